//! What pages say of a goal, in the reader's words: figures, how it stands against its pace, where it is heading.
//!
//! Example: "SEK 144k ahead of pace. Likely to land on 1.68M (range 1.49–1.86M), about a 7 in 10 chance."

mod measure;
mod say;

use std::cmp::Ordering;

use sqlx::PgConnection;

pub use measure::Measure;

use super::Metric;
use super::engine::Status;
use super::score;
use super::service::{self, AsOf, GoalFigures};
use crate::error::Result;
use crate::goals::{self, Goal, GoalFilter, Subject, Viewer};
use crate::kernel::basis::Basis;
use crate::kernel::id::{CategoryId, EmployeeId, GoalId};
use crate::kernel::period::{FiscalCalendar, Period, PeriodKind, PeriodLabel};
use crate::org::Company;
use crate::web::charts::Bullet;
use crate::web::context::Ctx;
use crate::web::i18n::Localiser;
use crate::web::ui::{self, Html};

/// Who reads: their language, whose company it is, and which goals are their own.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'a> {
    /// Words, numbers and dates.
    pub l: Localiser,
    /// Currency and fiscal calendar.
    pub company: &'a Company,
    /// The person who reads; their own goals speak to them as "you".
    pub me: Option<EmployeeId>,
}

impl<'a> Reader<'a> {
    /// The reader behind a request.
    pub fn of(ctx: &'a Ctx) -> Self {
        Self { l: ctx.l, company: &ctx.company, me: ctx.actor.employee }
    }
}

/// Everything a page says of one goal. All texts are finished and in the reader's language.
#[derive(Clone, Debug)]
pub struct GoalCard {
    /// Its id.
    pub id: GoalId,
    /// The goal's own page.
    pub href: String,
    /// Name of the person or department.
    pub subject: String,
    /// The subject's page; nothing for the company.
    pub subject_href: Option<String>,
    /// "Order intake", or "Order intake, Ventilation" for one category.
    pub what: String,
    /// "Q4 2026".
    pub period: String,
    /// With the currency: "SEK 1.02M".
    pub actual: String,
    /// Without the currency: "1.02M".
    pub actual_short: String,
    /// Without the currency: "1.60M".
    pub target: String,
    /// "64%"; nothing without a target.
    pub percent: Option<String>,
    /// "of 1.60M · 64%".
    pub of: String,
    /// "SEK 144k ahead of pace"; empty where there is nothing to compare with.
    pub against: String,
    /// "+144k".
    pub against_short: String,
    /// Where it is likely to land: "1.68M"; nothing while it is too early to say.
    pub likely: Option<String>,
    /// Where it is heading and what it takes, or how it ended.
    pub outlook: String,
    /// The state's class: `reached`, `on`, `risk`, `off` or `none`; for [`ui::status`].
    pub status: &'static str,
    /// Class of coloured text: `t-on`, `t-risk`, `t-off` or `t-mute`.
    pub tone: &'static str,
    /// The state as shape, word and colour.
    pub badge: Html,
    /// The large bullet graph with labels.
    pub bullet: Bullet,
    /// The small one for a table row.
    pub small: Bullet,
}

impl GoalCard {
    /// What `reader` is told of a goal.
    pub fn new(reader: Reader<'_>, goal: &GoalFigures) -> Self {
        let (l, at) = (reader.l, &goal.figures);
        let measure = Measure::of(reader, &goal.goal);
        let status = state(at.status);
        let percent = at.attainment.map(|pct| l.pct(pct.whole()));
        let target = measure.short(at.effective_target);
        let what = goal_name(reader, &goal.goal);
        Self {
            id: goal.goal.id,
            href: format!("/goals/{}", goal.goal.id),
            subject: goal.goal.subject_name.clone(),
            subject_href: subject_href(goal.goal.subject),
            period: period_name(l, reader.company.fiscal, &goal.goal.period),
            actual: measure.amount(at.actual),
            actual_short: measure.short(at.actual),
            of: say::of(l, &measure.said(at.effective_target), percent.as_deref()),
            target,
            percent,
            against: say::against(l, measure, at),
            against_short: say::against_short(measure, at),
            likely: likely(goal).map(|value| measure.short(value)),
            outlook: say::outlook(reader, measure, goal),
            status,
            tone: tone(at.status),
            badge: ui::status(l, status),
            bullet: measure.bullet(&what, goal),
            small: measure.bullet(&what, goal).small(),
            what,
        }
    }

    /// Cards of many goals, in their order.
    pub fn list(reader: Reader<'_>, goals: &[GoalFigures]) -> Vec<Self> {
        goals.iter().map(|goal| Self::new(reader, goal)).collect()
    }
}

/// The weighted score over goals: "87%". Nothing where none has a weight, or nothing can be said of those yet.
pub fn score(l: Localiser, goals: &[GoalFigures]) -> Option<String> {
    let part = |of: &GoalFigures| {
        let weight = of.goal.terms.weight?;
        Some(score::Part { attainment: of.figures.attainment, weight })
    };
    let parts: Vec<score::Part> = goals.iter().filter_map(part).collect();
    score::weighted(&parts).map(|score| l.pct2(score.0))
}

/// Where a goal that is under way is likely to land.
pub fn likely(goal: &GoalFigures) -> Option<i64> {
    let open = !matches!(goal.figures.status, Status::Met | Status::Exceeded | Status::Missed);
    let likely = goal.range.as_ref().map(|range| range.likely).or(goal.figures.projection);
    likely.filter(|_| open)
}

/// A status as [`ui::status`] and the charts name it.
pub const fn state(status: Status) -> &'static str {
    match status {
        Status::Reached => "reached",
        Status::OnTrack => "on",
        Status::AtRisk => "risk",
        Status::Behind => "off",
        Status::NotStarted => "not-started",
        Status::NotApplicable => "none",
        Status::Met => "met",
        Status::Exceeded => "exceeded",
        Status::Missed => "missed",
    }
}

/// The class of text in a status' colour.
pub const fn tone(status: Status) -> &'static str {
    match status {
        Status::Reached | Status::OnTrack | Status::Met | Status::Exceeded => "t-on",
        Status::AtRisk => "t-risk",
        Status::Behind | Status::Missed => "t-off",
        Status::NotStarted | Status::NotApplicable => "t-mute",
    }
}

/// How urgent a status is, most urgent first, for lists with those who are behind on top.
pub const fn urgency(status: Status) -> u8 {
    match status {
        Status::Behind | Status::Missed => 0,
        Status::AtRisk => 1,
        Status::OnTrack => 2,
        Status::Reached | Status::Met | Status::Exceeded => 3,
        Status::NotStarted | Status::NotApplicable => 4,
    }
}

/// The goals a page leads with first: order intake before the rest, all products before one category.
pub fn by_weight(a: &Goal, b: &Goal) -> Ordering {
    let key = |goal: &Goal| {
        let category = goal.category.as_ref().map(|(_, name)| name.clone());
        (category.is_some(), goal.metric, category, goal.period)
    };
    key(a).cmp(&key(b))
}

/// "Order intake", or "Order intake, Ventilation".
pub fn metric_name(l: Localiser, goal: &Goal) -> String {
    counted(l, goal.metric, goal.category.as_ref().map(|(_, name)| name.as_str()))
}

/// The same with when it counts, where that is not as usual: "Order intake, delivered".
pub fn goal_name(reader: Reader<'_>, goal: &Goal) -> String {
    on_basis(reader, metric_name(reader.l, goal), (goal.metric, goal.terms.basis))
}

/// A name with when it counts, where that is not as usual in the company.
pub fn on_basis(reader: Reader<'_>, name: String, (metric, basis): (Metric, Basis)) -> String {
    if basis == reader.company.basis || !metric.is_of_sales() {
        return name;
    }
    let basis = reader.l.t(&format!("basis-{}", basis.code()));
    reader.l.tr("attainment-metric-on", &[("metric", name.into()), ("basis", basis.into())])
}

/// The name of what is counted, in a category where one is given.
pub fn counted(l: Localiser, metric: Metric, category: Option<&str>) -> String {
    let name = l.t(metric_key(metric));
    match category {
        Some(category) => {
            l.tr("attainment-metric-of", &[("metric", name.into()), ("category", category.into())])
        }
        None => name,
    }
}

/// A name inside a sentence or after a comma: "order intake".
pub fn within(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().into_iter().flat_map(char::to_lowercase).chain(letters).collect()
}

/// Catalogue key of a metric's name.
pub const fn metric_key(metric: Metric) -> &'static str {
    match metric {
        Metric::Revenue => "metric-revenue",
        Metric::Margin => "metric-margin",
        Metric::Units => "metric-units",
        Metric::Orders => "metric-orders",
        Metric::NewCustomers => "metric-new-customers",
        Metric::OnTimeDelivery => "metric-on-time-delivery",
        Metric::FollowUpsInTime => "metric-follow-ups-in-time",
        Metric::CustomerScore => "metric-customer-score",
        Metric::FirstReplyTime => "metric-first-reply-time",
        Metric::Leads => "metric-leads",
        Metric::TrainingCompleted => "metric-training-completed",
    }
}

/// What a period is called in the company's own calendar: "Q4 2026", "November 2026", "2026/27".
pub fn period_name(l: Localiser, fiscal: FiscalCalendar, period: &Period) -> String {
    match fiscal.label_parts(period) {
        PeriodLabel::Month { year, month } => l.month_label(year, month),
        PeriodLabel::Quarter { fiscal_year, number } => l.quarter_label(fiscal_year, number),
        PeriodLabel::Half { fiscal_year, number } => {
            l.tr("attainment-half", &[("n", number.into()), ("year", fiscal_year.to_string().into())])
        }
        PeriodLabel::Year { fiscal_year } if fiscal.start_month == 1 => fiscal_year.to_string(),
        PeriodLabel::Year { fiscal_year } => format!("{}/{:02}", fiscal_year - 1, fiscal_year % 100),
        PeriodLabel::Free { from, last } => l.span(from, last),
    }
}

/// The length of a period by which views switch: the kind it has, or the nearest longer one.
pub fn kind_of(fiscal: FiscalCalendar, period: &Period) -> PeriodKind {
    fiscal.kind_of(period).unwrap_or(match period.days() {
        ..=31 => PeriodKind::Month,
        32..=93 => PeriodKind::Quarter,
        _ => PeriodKind::Year,
    })
}

/// Which goals belong to one table: the same metric, the same category, the same period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Kind {
    /// What is counted.
    pub metric: Metric,
    /// Which products.
    pub category: Option<CategoryId>,
    /// Which days.
    pub period: Period,
}

impl Kind {
    /// The kind of a goal.
    pub fn of(goal: &Goal) -> Self {
        let category = goal.category.as_ref().map(|(id, _)| *id);
        Self { metric: goal.metric, category, period: goal.period }
    }
}

/// A person's present goals as far as the viewer may see them, with the forecast range, weightiest first.
pub async fn person_cards(
    conn: &mut PgConnection,
    reader: Reader<'_>,
    viewer: Viewer,
    person: EmployeeId,
    at: AsOf,
) -> Result<Vec<GoalCard>> {
    let subjects = Some(vec![Subject::Person(person)]);
    let filter = GoalFilter { subjects, on: Some(at.day), ..GoalFilter::default() };
    let mut goals = goals::list(conn, viewer, &filter).await?;
    goals.sort_by(by_weight);
    let figures = service::figures_with_range(conn, reader.company, at, goals).await?;
    Ok(GoalCard::list(reader, &figures))
}

fn subject_href(subject: Subject) -> Option<String> {
    match subject {
        Subject::Person(id) => Some(format!("/people/{id}")),
        Subject::Department(id) => Some(format!("/team/{id}")),
        Subject::Company(_) => None,
    }
}

/// The cards after the first, two by two.
pub fn pairs(cards: &[GoalCard]) -> impl Iterator<Item = &[GoalCard]> {
    cards.get(1..).unwrap_or_default().chunks(2)
}
