//! The table of people as the page draws it.

use sqlx::PgConnection;

use super::pages::Team;
use super::table::{self, COLUMNS, Row, Sums};
use crate::attainment::service::{AsOf, GoalFigures};
use crate::attainment::view::{self, GoalCard, Measure, Reader};
use crate::error::Result;
use crate::kernel::period::Period;
use crate::kernel::ratio::{Pct, scale};
use crate::web::charts::{Bullet, Sparkline};
use crate::web::context::Ctx;
use crate::web::list::{ListQuery, PER_PAGE, Paged};
use crate::web::ui::{self, Choice, FilterTag, Html, Link, Pager, SortLink};

/// Working days that a week of the reference line stands for.
const DAYS_OF_WEEK: i64 = 5;

/// The table with everything around it.
pub struct PeopleTable {
    /// "Order intake in Q4 2026 per person, amounts in SEK".
    pub caption: String,
    /// Everyone, behind pace, new starters.
    pub views: Vec<Link>,
    /// The filters that are on.
    pub filters: Vec<FilterTag>,
    /// The table without filters.
    pub clear: String,
    /// What the filter form keeps of the address.
    pub kept: Vec<(&'static str, String)>,
    /// The page itself, for the filter form.
    pub action: String,
    /// The words searched for.
    pub search: String,
    /// The status filtered by.
    pub status: String,
    /// The statuses to filter by.
    pub statuses: Vec<Choice>,
    /// The headings that sort, in the order of [`COLUMNS`].
    pub heads: Vec<SortLink>,
    /// The rows of this page.
    pub rows: Vec<PersonRow>,
    /// The sums, where somebody has a goal.
    pub sums: Option<SumRow>,
    /// The way to the other rows.
    pub pager: Pager,
    /// The download.
    pub csv: String,
}

/// A person's cells.
pub struct PersonRow {
    /// Full name.
    pub name: String,
    /// The person's page.
    pub href: String,
    /// "Goal 1.60M · joined 12 October".
    pub note: String,
    /// "64%".
    pub percent: String,
    /// The small bullet graph.
    pub bullet: Option<Bullet>,
    /// "1.02M".
    pub actual: String,
    /// "+144k".
    pub against: String,
    /// Its colour.
    pub tone: &'static str,
    /// "1.68M".
    pub likely: String,
    /// The last seven weeks.
    pub weeks: Sparkline,
    /// The state.
    pub badge: Html,
}

/// The sums under the table.
pub struct SumRow {
    /// "Sum of personal goals 12.4M".
    pub label: String,
    /// Attainment of all together.
    pub percent: String,
    /// What they reached.
    pub actual: String,
    /// Against the pace.
    pub against: String,
    /// Where they are likely to land.
    pub likely: String,
}

impl PeopleTable {
    /// The table of a team as the query asks for it.
    pub(super) async fn new(
        conn: &mut PgConnection,
        ctx: &Ctx,
        team: &Team,
        query: &ListQuery,
    ) -> Result<Self> {
        let kind = team.choice.chosen.kind;
        let reader = Reader::of(ctx);
        let measure = Measure::new(reader, kind.metric);
        let selected = table::select(team.rows.clone(), query, ctx.today);
        let paged = page_of(&selected, query);
        let weeks = table::weeks(conn, &ctx.company, &paged.rows, (kind, AsOf::now(ctx.today))).await?;
        let rows = paged.rows.iter().zip(weeks);
        Ok(Self {
            caption: caption(ctx, team),
            views: views(ctx, &team.rows, query),
            filters: filters(ctx, query),
            clear: query.path().to_owned(),
            kept: kept(query),
            action: query.path().to_owned(),
            search: query.search().to_owned(),
            status: query.text("status").to_owned(),
            statuses: statuses(ctx),
            heads: heads(query),
            rows: rows
                .map(|(row, weeks)| person(reader, measure, kind.period, row, weeks.to_vec()))
                .collect(),
            sums: sums(ctx, measure, &selected),
            pager: paged.pager(query),
            csv: query.at(&format!("/team/{}/people.csv", team.department)),
        })
    }
}

fn page_of(rows: &[Row], query: &ListQuery) -> Paged<Row> {
    let skip = usize::try_from(query.offset()).unwrap_or(usize::MAX);
    let take = usize::try_from(PER_PAGE).unwrap_or(usize::MAX);
    let shown = rows.iter().skip(skip).take(take).cloned().collect();
    Paged::new(shown, i64::try_from(rows.len()).unwrap_or(i64::MAX), query)
}

fn caption(ctx: &Ctx, team: &Team) -> String {
    let chosen = &team.choice.chosen;
    let period = view::period_name(ctx.l, ctx.company.fiscal, &chosen.kind.period);
    let values = [
        ("what", chosen.name(ctx.l).into()),
        ("period", period.into()),
        ("currency", ctx.company.currency.code().into()),
    ];
    let key = if chosen.kind.metric.is_money() { "team-caption-money" } else { "team-caption" };
    ctx.l.tr(key, &values)
}

fn heads(query: &ListQuery) -> Vec<SortLink> {
    let columns = COLUMNS.iter().map(|column| column.trim_start_matches('-'));
    columns.map(|column| query.sort_head(column, &COLUMNS)).collect()
}

fn views(ctx: &Ctx, rows: &[Row], query: &ListQuery) -> Vec<Link> {
    let now = query.text("view");
    let views = [("", "team-view-all"), ("behind", "team-view-behind"), ("new", "team-view-new")];
    let link = |(view, key): (&str, &str)| {
        let count = rows.iter().filter(|row| table::is_in_view(row, view, ctx.today)).count();
        let link = Link::new(query.with("view", view), ctx.l.t(key)).current(view == now);
        link.count(i64::try_from(count).unwrap_or(i64::MAX))
    };
    views.into_iter().map(link).collect()
}

fn statuses(ctx: &Ctx) -> Vec<Choice> {
    let choice = |state: &str| Choice::new(state, ctx.l.t(&format!("team-status-{state}")));
    ["reached", "on", "risk", "off", "none"].into_iter().map(choice).collect()
}

fn filters(ctx: &Ctx, query: &ListQuery) -> Vec<FilterTag> {
    let status = query.get("status").map(|state| ctx.l.t(&format!("team-status-{state}")));
    let search = query.get("q").map(str::to_owned);
    let tag = |(label, key): (Option<String>, &str)| {
        label.map(|label| FilterTag { label, href: query.without(key) })
    };
    [(search, "q"), (status, "status")].into_iter().filter_map(tag).collect()
}

fn kept(query: &ListQuery) -> Vec<(&'static str, String)> {
    let keys = ["metric", "category", "period", "view", "sort"];
    keys.into_iter().filter_map(|key| query.get(key).map(|value| (key, value.to_owned()))).collect()
}

fn person(reader: Reader<'_>, measure: Measure, period: Period, row: &Row, weeks: Vec<i64>) -> PersonRow {
    let card = row.goal.as_ref().map(|goal| GoalCard::new(reader, goal));
    let dash = || "–".to_owned();
    PersonRow {
        name: row.member.name.clone(),
        href: format!("/people/{}", row.member.id),
        note: note(reader, period, row, card.as_ref()),
        percent: card.as_ref().and_then(|card| card.percent.clone()).unwrap_or_else(dash),
        actual: measure.short(row.actual),
        against: card.as_ref().map_or_else(dash, |card| card.against_short.clone()),
        tone: view::tone(row.status()),
        likely: row.likely().map_or_else(dash, |likely| measure.short(likely)),
        weeks: line(reader, measure, row.goal.as_ref(), weeks),
        badge: badge(reader, card.as_ref()),
        bullet: card.map(|card| card.small),
    }
}

fn badge(reader: Reader<'_>, card: Option<&GoalCard>) -> Html {
    match card {
        Some(card) => card.badge.clone(),
        None => ui::status_word("none", &reader.l.t("team-no-goal")),
    }
}

/// The goal, and whether the person came or went in the period.
fn note(reader: Reader<'_>, period: Period, row: &Row, card: Option<&GoalCard>) -> String {
    let l = reader.l;
    let goal = card.map(|card| l.tr("team-goal", &[("goal", card.target.clone().into())]));
    let moved = |key: &str, day| l.tr(key, &[("date", l.date_short(day).into())]);
    let joined = row.member.joined_in(period).map(|day| moved("team-joined", day));
    let left = row.member.left_in(period).map(|day| moved("team-left", day));
    let parts: Vec<String> = goal.into_iter().chain(joined).chain(left).collect();
    parts.join(" · ")
}

fn line(reader: Reader<'_>, measure: Measure, goal: Option<&GoalFigures>, weeks: Vec<i64>) -> Sparkline {
    let week =
        |goal: &GoalFigures| scale(goal.figures.effective_target, DAYS_OF_WEEK, goal.figures.working_days);
    let last = weeks.last().copied().unwrap_or_default();
    let label = reader.l.tr("team-weeks-label", &[("last", measure.amount(last).into())]);
    Sparkline { values: weeks, reference: goal.and_then(week), label }
}

fn sums(ctx: &Ctx, measure: Measure, rows: &[Row]) -> Option<SumRow> {
    let sums = Sums::of(rows);
    (sums.count > 0).then(|| SumRow {
        label: ctx.l.tr("team-sum", &[("goal", measure.amount(sums.target).into())]),
        percent: Pct::of(sums.actual, sums.target)
            .map_or_else(|| ctx.l.t("not-available"), |pct| ctx.l.pct(pct.whole())),
        actual: measure.short(sums.actual),
        against: measure.signed(sums.actual.saturating_sub(sums.expected)),
        likely: sums.likely.map_or_else(|| "–".to_owned(), |likely| measure.short(likely)),
    })
}
