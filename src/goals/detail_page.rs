//! `/goals/{id}`: how a goal stands, what was agreed and when, and the deals that count.

use std::collections::HashMap;

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use sqlx::PgConnection;

use super::accord::{self, Accord};
use super::agreements;
use super::detail_deals::{Deal, deals_href, deals_shown, value_label};
use super::measured::{self, Measured};
use super::talk::{self, CommentForm};
use super::wording::{self, CoverageView};
use super::{
    Goal, GoalFilter, GoalVersion, Subject, Viewer, find, list, periods, policy, progress, remembered,
    structure, subjects,
};
use crate::attainment::service::{self, AsOf, GoalFigures};
use crate::attainment::view::{GoalCard, Kind, Measure, Reader, likely, period_name};
use crate::closing;
use crate::error::{Found, Result};
use crate::facts::{self, Week};
use crate::kernel::id::GoalId;
use crate::kernel::ratio::Pct;
use crate::market::{self, Note};
use crate::notices;
use crate::sales;
use crate::talks::Talk;
use crate::web::charts::{ProgressChart, ProgressRow, Sparkline};
use crate::web::context::Ctx;
use crate::web::form::FormErrors;
use crate::web::page::Page;
use crate::web::shell::Shell;
use crate::web::ui::Link;

/// Notes about the market shown beside the chart.
const NOTES_SHOWN: i64 = 6;
/// Deals shown on the page; the rest stand in the list of deals.
const DEALS_SHOWN: usize = 6;

#[derive(Template)]
#[template(path = "goals/detail.html")]
struct DetailPage {
    shell: Shell,
    id: GoalId,
    version: i64,
    crumbs: Vec<Link>,
    card: GoalCard,
    facts: Vec<Fact>,
    /// Of goals that are counted in sales.
    chart: Option<ProgressChart>,
    /// Of goals that are measured by facts.
    weeks: Option<Weeks>,
    /// Where figures are taken apart.
    explain: String,
    table: Vec<ProgressRow>,
    agreements: Vec<Agreement>,
    coverage: Option<CoverageView>,
    tree_href: String,
    deals: Vec<Deal>,
    has_more_deals: bool,
    deals_href: String,
    value_label: String,
    previous: Option<Link>,
    next: Option<Link>,
    may_set: bool,
    accord: Accord,
    talk: Talk,
    /// What happened in the market in the period.
    market: Vec<MarketNote>,
    measured: Measured,
    /// When and by whom its final state was settled.
    closed: Option<String>,
    /// Whether the reader may see it as it stood.
    looks_back: bool,
}

/// A note about the market, in a line.
struct MarketNote {
    href: String,
    title: String,
    text: String,
}

fn market_note(ctx: &Ctx, note: &Note) -> MarketNote {
    let about = [ctx.l.date(note.draft.happened_on), note.draft.about.clone(), note.figure(ctx.l)];
    let about: Vec<String> = about.into_iter().filter(|part| !part.is_empty()).collect();
    MarketNote {
        href: format!("/market/{}", note.id),
        title: note.draft.title.clone(),
        text: about.join(" · "),
    }
}

/// A goal that is measured by facts, week by week.
struct Weeks {
    line: Sparkline,
    rows: Vec<Week>,
}

impl Weeks {
    async fn of(conn: &mut PgConnection, ctx: &Ctx, of: &GoalFigures, card: &GoalCard) -> Result<Self> {
        let rows = facts::weeks(conn, ctx, &of.goal).await?;
        let values = rows.iter().rev().map(|week| week.figure).collect();
        let reference = (!of.goal.metric.adds_up()).then_some(of.figures.effective_target);
        Ok(Self {
            line: Sparkline { values, reference, label: format!("{} {}", card.what, card.period) },
            rows,
        })
    }
}

/// A key figure with the link that explains it.
struct Fact {
    label: String,
    value: String,
    small: String,
    tone: &'static str,
    explain: Option<&'static str>,
}

/// A version of the target.
struct Agreement {
    target: String,
    is_current: bool,
    is_original: bool,
    when: String,
    class: Option<String>,
    reason: String,
    by: String,
    evidence: Vec<MarketNote>,
}

/// `GET /goals/{id}`
pub async fn show(ctx: Ctx, Path(id): Path<GoalId>) -> Result<Response> {
    Ok(Page::ok(page(ctx, id, CommentForm::default()).await?).into_response())
}

/// The page again with a comment that could not be written.
pub(super) async fn with_faults(
    ctx: Ctx,
    id: GoalId,
    form: CommentForm,
    errors: &FormErrors,
) -> Result<Response> {
    let error = errors.of(&ctx.l, "body");
    let mut page = page(ctx, id, form).await?;
    page.talk.error = error;
    Ok(Page::invalid(page).into_response())
}

async fn page(ctx: Ctx, id: GoalId, form: CommentForm) -> Result<DetailPage> {
    let mut conn = ctx.app.read().await?;
    let viewer = Viewer::new(&ctx.actor, ctx.today);
    let goal = find(&mut conn, viewer, id).await?;
    let open = !ctx.company.has_closed(&goal.period);
    let may_set = open && subjects::may_set(&mut conn, &ctx.actor, viewer, goal.subject).await?;
    let (previous, next) = neighbours(&mut conn, &ctx, &goal).await?;
    let at = AsOf::now(ctx.today);
    let figures = service::figures_with_range(&mut conn, &ctx.company, at, vec![goal]).await?;
    let of = figures.into_iter().next().found()?;
    let card = GoalCard::new(Reader::of(&ctx), &of);
    let (crumbs, coverage) = surroundings(&mut conn, &ctx, &of.goal).await?;
    let of_sales = of.goal.metric.is_of_sales();
    let chart = if of_sales { Some(progress::chart(&mut conn, &ctx, &of, &card).await?) } else { None };
    let counted = (&of.goal.span(), of.goal.metric);
    let (deals, has_more_deals) = if of_sales {
        sales::latest_contributions(&mut conn, viewer, &ctx.company, counted, DEALS_SHOWN).await?
    } else {
        (Vec::new(), false)
    };
    let weeks = if of_sales { None } else { Some(Weeks::of(&mut conn, &ctx, &of, &card).await?) };
    let agreement = agreements::of_goal(&mut conn, id).await?;
    let mut read = notices::seen(&mut conn, &ctx, &format!("/goals/{id}")).await?;
    if let Some(agreement) = &agreement {
        read += notices::seen(&mut conn, &ctx, &agreements::href(agreement.id)).await?;
    }
    let cited = market::cited(&mut conn, id).await?;
    let happened = market::within(&mut conn, of.goal.period, NOTES_SHOWN).await?;
    Ok(DetailPage {
        shell: ctx.shell("goals").after_reading(read),
        id,
        accord: accord::of(&mut conn, &ctx, &of.goal).await?,
        talk: talk::of(&mut conn, &ctx, &of.goal, agreement.as_ref(), form).await?,
        version: of.goal.version,
        crumbs,
        facts: key_figures(&ctx, &of, &card),
        table: chart.as_ref().map(ProgressChart::rows).unwrap_or_default(),
        chart,
        weeks,
        explain: if of_sales { format!("/explain?goal={id}") } else { format!("/facts?goal={id}") },
        agreements: versions(&ctx, &of.goal, agreement.as_ref(), &cited),
        market: happened.iter().map(|note| market_note(&ctx, note)).collect(),
        coverage,
        tree_href: tree_href(&of.goal),
        has_more_deals,
        deals: deals_shown(&ctx, &of.goal, deals),
        deals_href: deals_href(&of.goal),
        value_label: value_label(&ctx, &of.goal),
        previous,
        next,
        measured: measured::of(&ctx, &of),
        closed: closed(&mut conn, &ctx, &of.goal).await?,
        looks_back: of.goal.subject.department().is_none_or(|id| policy::sees_parts(&ctx.actor, id)),
        may_set,
        card,
    })
}

/// "Closed on 3 January 2027 by Frida Dahl".
async fn closed(conn: &mut PgConnection, ctx: &Ctx, goal: &Goal) -> Result<Option<String>> {
    if !ctx.company.has_closed(&goal.period) {
        return Ok(None);
    }
    let closing = closing::of_goal(conn, goal.id).await?;
    Ok(closing.and_then(|closing| closing.closed).map(|did| {
        let day = ctx.l.date_year(ctx.company.day_of(did.at));
        ctx.l.tr("closing-goal", &[("date", day.into()), ("name", did.name.into())])
    }))
}

/// The goals above, up to the company, and whether the parts below add up.
async fn surroundings(
    conn: &mut PgConnection,
    ctx: &Ctx,
    goal: &Goal,
) -> Result<(Vec<Link>, Option<CoverageView>)> {
    let viewer = Viewer::new(&ctx.actor, ctx.today);
    let structure = structure::of(&ctx.company.organisation, viewer, &goal.period);
    let mut chain = vec![goal.subject];
    while let Some(above) = chain.last().and_then(|subject| structure.above(*subject)) {
        chain.push(above.subject());
    }
    let parts = goal.subject.department().filter(|id| policy::sees_parts(&ctx.actor, *id));
    let parts = parts.map(|id| structure.parts(id)).unwrap_or_default();
    let same = remembered::of_kind(conn, &ctx.app.goals, &ctx.company, viewer, Kind::of(goal)).await?;
    let same: HashMap<Subject, &Goal> = same.iter().map(|other| (other.subject, other.as_ref())).collect();
    let of = |subject: &Subject| same.get(subject).copied();
    let measure = Measure::of(Reader::of(ctx), goal);
    let crumb = |subject: &Subject| {
        let name = structure.name(*subject);
        let name = if *subject == goal.subject { goal.subject_name.as_str() } else { name };
        let amount = |goal: &Goal| format!("{name} {}", measure.short(goal.target()));
        let label = of(subject).map_or_else(|| name.to_owned(), amount);
        Link::new(of(subject).map_or_else(|| tree_href(goal), |g| format!("/goals/{}", g.id)), label)
    };
    let asked = |goal: &Goal| service::line(&ctx.company, goal).agreed();
    let targets: Vec<i64> = parts.iter().filter_map(of).map(asked).collect();
    let coverage = (goal.metric.adds_up() && !targets.is_empty())
        .then(|| wording::coverage(ctx.l, measure, asked(goal), targets));
    Ok((chain.iter().rev().map(crumb).collect(), coverage))
}

/// The same subject's goals of the periods before and after.
async fn neighbours(conn: &mut PgConnection, ctx: &Ctx, goal: &Goal) -> Result<(Option<Link>, Option<Link>)> {
    let kind = Kind::of(goal);
    let filter = GoalFilter {
        subjects: Some(vec![goal.subject]),
        metric: Some(kind.metric),
        category: Some(kind.category),
        ..GoalFilter::default()
    };
    let all = list(conn, Viewer::new(&ctx.actor, ctx.today), &filter).await?;
    let length = ctx.company.fiscal.kind_of(&goal.period);
    let alike = |other: &&Goal| ctx.company.fiscal.kind_of(&other.period) == length;
    let link = |other: &Goal| {
        let name = period_name(ctx.l, ctx.company.fiscal, &other.period);
        Link::new(format!("/goals/{}", other.id), name)
    };
    let previous = all.iter().filter(alike).rfind(|other| other.period.end <= goal.period.start);
    let next = all.iter().filter(alike).find(|other| other.period.start >= goal.period.end);
    Ok((previous.map(link), next.map(link)))
}

fn key_figures(ctx: &Ctx, of: &GoalFigures, card: &GoalCard) -> Vec<Fact> {
    let (l, measure, at) = (ctx.l, Measure::of(Reader::of(ctx), &of.goal), &of.figures);
    let fact = |key: &str, value: String, small: String, explain| Fact {
        label: l.t(key),
        value,
        small,
        tone: "",
        explain,
    };
    let percent = card.percent.clone().unwrap_or_default();
    let mut facts = vec![fact("chart-actual", card.actual.clone(), percent, Some("actual"))];
    if at.basis.is_some() {
        facts.push(fact("chart-goal", measure.amount(at.effective_target), String::new(), None));
    }
    if let Some(original) = Pct::of(at.actual, at.original_effective).filter(|_| of.goal.versions.len() > 1) {
        let whole = l.tr("goals-of-original", &[("target", measure.said(at.original_target).into())]);
        facts.push(fact("goals-against-original", l.pct(original.whole()), whole, None));
    }
    if !card.against_short.is_empty() {
        let key = if at.basis.is_some() { "goals-against-target" } else { "goals-against-pace" };
        let against = fact(key, card.against_short.clone(), String::new(), Some("expected"));
        facts.push(Fact { tone: card.tone, ..against });
    }
    if let Some(likely) = likely(of) {
        let range = of.range.as_ref().map(|range| measure.range(range.low, range.high)).unwrap_or_default();
        facts.push(fact("chart-likely", measure.short(likely), range, Some("projection")));
    }
    if let Some(chance) = of.chance().filter(|_| likely(of).is_some()) {
        let chance = l.tr("goals-chance-in-ten", &[("n", i64::from(chance).into())]);
        facts.push(fact("goals-chance", chance, String::new(), None));
    }
    if let Some(needed) = at.needed_per_day.filter(|needed| *needed > 0) {
        let so_far =
            at.achieved_per_day.map(|day| l.tr("goals-so-far", &[("amount", measure.short(day).into())]));
        facts.push(fact("goals-needed", measure.short(needed), so_far.unwrap_or_default(), None));
    }
    facts
}

fn versions(
    ctx: &Ctx,
    goal: &Goal,
    agreed: Option<&agreements::Agreement>,
    cited: &[(i32, Note)],
) -> Vec<Agreement> {
    let evidence = |number: i32| {
        let notes = cited.iter().filter(move |(of, _)| *of == number);
        notes.map(|(_, note)| market_note(ctx, note)).collect()
    };
    let measure = Measure::of(Reader::of(ctx), goal);
    let last = goal.versions.len();
    let agreement = |version: &GoalVersion| Agreement {
        target: measure.short(version.target),
        is_current: usize::try_from(version.number).is_ok_and(|number| number == last),
        is_original: version.reason_class.is_none(),
        when: when(ctx, version),
        class: version.reason_class.map(|class| ctx.l.t(&format!("goals-class-{}", class.code()))),
        reason: version.reason.clone(),
        by: accord::how(ctx, version, agreed),
        evidence: evidence(version.number),
    };
    goal.versions.iter().rev().map(agreement).collect()
}

/// "12 October, by Karin Lindqvist" and from when it holds.
fn when(ctx: &Ctx, version: &GoalVersion) -> String {
    let recorded = ctx.l.date_year(ctx.company.day_of(version.recorded_at));
    let by = match &version.proposed_by {
        Some(name) => ctx.l.tr("goals-by", &[("date", recorded.into()), ("name", name.into())]),
        None => recorded,
    };
    if ctx.company.day_of(version.recorded_at) == version.effective_on {
        return by;
    }
    let from = ctx.l.tr("goals-effective-from", &[("date", ctx.l.date_year(version.effective_on).into())]);
    format!("{by} · {from}")
}

fn tree_href(goal: &Goal) -> String {
    let category = goal.category.as_ref().map(|(id, _)| format!("&category={id}")).unwrap_or_default();
    let open = goal.subject.department().map(|id| format!("&at={id}")).unwrap_or_default();
    format!(
        "/goals/tree?metric={}&period={}{category}{open}",
        goal.metric.code(),
        periods::code(&goal.period)
    )
}
