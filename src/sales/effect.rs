//! What a deal does to goals: how they stand with it and how they would stand without.

use chrono::NaiveDate;
use sqlx::PgConnection;

use super::credit::CreditKind;
use super::view::EntryView;
use super::view_store;
use crate::attainment::Metric;
use crate::attainment::engine::{self, Attainment, GoalFacts};
use crate::attainment::forecast::Range;
use crate::attainment::service::{self, AsOf};
use crate::attainment::status::Status;
use crate::error::Result;
use crate::goals::{self, Goal, GoalFilter, Subject, Viewer};
use crate::kernel::id::{DepartmentId, EmployeeId};
use crate::kernel::period::PeriodKind;
use crate::kernel::ratio::Pct;
use crate::org::Company;
use crate::web::charts::{Bullet, Unit};
use crate::web::i18n::Localiser;
use crate::web::ui::{self, Html};

/// A goal without and with a deal.
#[derive(Clone, Debug)]
pub struct GoalEffect {
    /// The goal.
    pub goal: Goal,
    /// Its figures without the deal.
    pub before: Attainment,
    /// Its figures with the deal.
    pub after: Attainment,
    /// Where it is likely to land; only for a single goal that stands as it is.
    pub range: Option<Range>,
}

impl GoalEffect {
    /// "Order intake Q4 2026", or with the name of the department or the person before it.
    pub fn title(&self, l: &Localiser) -> String {
        let metric = l.t(metric_key(self.goal.metric));
        let what = match &self.goal.category {
            Some((_, category)) => format!("{metric}, {category}"),
            None => metric,
        };
        format!("{what} {}", l.period_label(self.goal.period.start, self.goal.period.end))
    }

    /// What the goal counts, for charts.
    pub fn unit(&self) -> Unit {
        match self.goal.currency {
            Some(currency) => Unit::Money { exponent: currency.exponent() },
            None => Unit::Count,
        }
    }

    /// What the deal adds, such as "+168k".
    pub fn gain(&self, l: &Localiser) -> String {
        let gain = self.after.actual - self.before.actual;
        let sign = if gain > 0 { "+" } else { "" };
        format!("{sign}{}", self.unit().short(*l, gain))
    }

    /// Attainment without the deal: "64%".
    pub fn pct_before(&self, l: &Localiser) -> String {
        pct(*l, self.before.attainment)
    }

    /// Attainment with the deal: "75%".
    pub fn pct_after(&self, l: &Localiser) -> String {
        pct(*l, self.after.attainment)
    }

    /// The state with the deal, in the terms of style classes: "on".
    pub fn look(&self) -> &'static str {
        look(self.after.status)
    }

    /// The state with the deal as shape and word.
    pub fn status(&self, l: &Localiser) -> Html {
        ui::status(l, self.look())
    }

    /// "SEK 312k ahead of pace"; nothing before the period has begun.
    pub fn against_pace(&self, l: &Localiser) -> Option<String> {
        let key = match (self.after.expected, self.after.against_pace) {
            (0, _) => return None,
            (_, 0..) => "deals-pace-ahead",
            _ => "deals-pace-behind",
        };
        let amount = self.amount(l, self.after.against_pace.abs());
        Some(l.tr(key, &[("amount", amount.into())]))
    }

    /// An amount of the goal with its currency: "SEK 1.19M".
    pub fn amount(&self, l: &Localiser, value: impl crate::web::i18n::ByValue<i64>) -> String {
        let value = value.value();
        match self.goal.currency {
            Some(currency) => l.short_money(value, currency.code(), currency.exponent()),
            None => l.number(value),
        }
    }

    /// An amount of the goal without its currency: "1.60M".
    pub fn short(&self, l: &Localiser, value: impl crate::web::i18n::ByValue<i64>) -> String {
        self.unit().short(*l, value.value())
    }

    /// The bar with the deal, for a table row.
    pub fn bullet_small(&self, l: &Localiser) -> Bullet {
        self.bullet(l).small()
    }

    /// The bar with the deal, with labels.
    pub fn bullet(&self, l: &Localiser) -> Bullet {
        let metric = l.t(metric_key(self.goal.metric));
        let (actual, target) = (self.after.actual, self.after.target);
        let bullet = Bullet::new(*l, self.unit(), &metric, actual, target, self.look());
        let range = self.range.as_ref().map(|range| (range.low, range.likely, range.high));
        bullet.pace((self.after.expected > 0).then_some(self.after.expected)).forecast(range)
    }

    /// "Likely to land on 1.79M, about a 9 in 10 chance."; nothing while it is too early to say.
    pub fn outlook(&self, l: &Localiser) -> Option<String> {
        let range = self.range.as_ref()?;
        let likely = self.unit().short(*l, range.likely);
        let chance = i64::from(range.chance(self.after.target));
        Some(l.tr("deals-outlook", &[("likely", likely.into()), ("chance", chance.into())]))
    }
}

fn pct(l: Localiser, attainment: Option<Pct>) -> String {
    attainment.map_or_else(|| l.t("not-available"), |attainment| l.pct(attainment.whole()))
}

const fn metric_key(metric: Metric) -> &'static str {
    match metric {
        Metric::Revenue => "deals-metric-revenue",
        Metric::Margin => "deals-metric-margin",
        Metric::Units => "deals-metric-units",
        Metric::Orders => "deals-metric-orders",
        Metric::NewCustomers => "deals-metric-new-customers",
    }
}

const fn look(status: Status) -> &'static str {
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

fn evaluate(company: &Company, today: NaiveDate, goal: &Goal, actual: i64) -> Attainment {
    let facts =
        GoalFacts { period: goal.period, versions: goal.targets(), actual, today, today_is_over: false };
    engine::evaluate(&facts, &company.calendar, &company.rules)
}

/// The goal for order intake that a person has on a day: the quarter's, or else the shortest.
async fn main_goal(
    conn: &mut PgConnection,
    company: &Company,
    viewer: Viewer,
    owner: EmployeeId,
    on: NaiveDate,
) -> Result<Option<Goal>> {
    let filter = GoalFilter {
        subjects: Some(vec![Subject::Person(owner)]),
        metric: Some(Metric::Revenue),
        category: Some(None),
        on: Some(on),
        ..GoalFilter::default()
    };
    let quarter = company.fiscal.containing(PeriodKind::Quarter, on);
    let goals = goals::list(conn, viewer, &filter).await?;
    Ok(goals.into_iter().min_by_key(|goal| (goal.period != quarter, goal.period.days())))
}

/// What a deal that is not saved yet would do to its owner's goal for order intake. `amount` is the owner's part, in
/// minor units of the company's currency.
pub async fn preview(
    conn: &mut PgConnection,
    company: &Company,
    viewer: Viewer,
    (owner, on): (EmployeeId, NaiveDate),
    amount: i64,
) -> Result<Option<GoalEffect>> {
    let Some(goal) = main_goal(conn, company, viewer, owner, on).await? else { return Ok(None) };
    let figures = service::figures(conn, company, AsOf::now(viewer.today), vec![goal]).await?.pop();
    Ok(figures.map(|figures| {
        let actual = figures.figures.actual.saturating_add(amount);
        let after = evaluate(company, viewer.today, &figures.goal, actual);
        GoalEffect { before: figures.figures, after, goal: figures.goal, range: None }
    }))
}

/// How a person's goal for order intake stands now, without and with a deal that is saved.
pub async fn on_owner(
    conn: &mut PgConnection,
    company: &Company,
    viewer: Viewer,
    (owner, on): (EmployeeId, NaiveDate),
    entries: &[EntryView],
) -> Result<Option<GoalEffect>> {
    let Some(goal) = main_goal(conn, company, viewer, owner, on).await? else { return Ok(None) };
    let figures =
        service::figures_with_range(conn, company, AsOf::now(viewer.today), vec![goal]).await?.pop();
    Ok(figures.map(|figures| {
        let own = entries.iter().filter(|entry| entry.employee == Some(owner));
        let part = own.map(|entry| counted(&figures.goal, entry)).sum::<i64>();
        let before = evaluate(company, viewer.today, &figures.goal, figures.figures.actual - part);
        GoalEffect { before, after: figures.figures, range: figures.range, goal: figures.goal }
    }))
}

/// The goals of people, departments and the company that a deal counts in, as far as the viewer may see them.
pub async fn on_goals(
    conn: &mut PgConnection,
    company: &Company,
    viewer: Viewer,
    on: NaiveDate,
    entries: &[EntryView],
) -> Result<Vec<GoalEffect>> {
    let places = Places::of(conn, entries).await?;
    let filter =
        GoalFilter { subjects: Some(places.subjects(company.root)), on: Some(on), ..GoalFilter::default() };
    let goals = goals::list(conn, viewer, &filter).await?;
    let figures = service::figures(conn, company, AsOf::now(viewer.today), goals).await?;
    let effects = figures.into_iter().filter_map(|figures| {
        let rows = entries.iter().filter(|entry| places.counts_for(figures.goal.subject, entry));
        let part: i64 = rows.map(|entry| counted(&figures.goal, entry)).sum();
        let before = evaluate(company, viewer.today, &figures.goal, figures.figures.actual - part);
        (part != 0).then_some(GoalEffect { before, after: figures.figures, range: None, goal: figures.goal })
    });
    Ok(effects.collect())
}

/// What a row counts of a goal's metric, if its day and category belong to the goal.
fn counted(goal: &Goal, entry: &EntryView) -> i64 {
    let in_category = goal.category.as_ref().is_none_or(|(category, _)| *category == entry.category);
    if !in_category || !goal.period.contains(entry.date) {
        return 0;
    }
    match (goal.metric, &goal.category) {
        (Metric::Revenue, _) => entry.revenue,
        (Metric::Margin, _) => entry.margin,
        (Metric::Units, _) => entry.units,
        (Metric::Orders, None) => entry.orders,
        (Metric::Orders, Some(_)) => entry.category_orders,
        (Metric::NewCustomers, None) => entry.new_customers,
        (Metric::NewCustomers, Some(_)) => entry.category_new_customers,
    }
}

/// Which departments the holders of credits belonged to on the day of each.
struct Places(Vec<(EmployeeId, NaiveDate, DepartmentId)>, Vec<EmployeeId>);

impl Places {
    async fn of(conn: &mut PgConnection, entries: &[EntryView]) -> Result<Self> {
        let mut holders: Vec<(EmployeeId, NaiveDate)> =
            entries.iter().filter_map(|entry| Some((entry.employee?, entry.date))).collect();
        holders.sort_unstable();
        holders.dedup();
        let people: Vec<i64> = holders.iter().map(|(id, _)| id.0).collect();
        let days: Vec<NaiveDate> = holders.iter().map(|(_, day)| *day).collect();
        let places = view_store::departments_of(conn, &people, &days).await?;
        let mut people: Vec<EmployeeId> = holders.iter().map(|(id, _)| *id).collect();
        people.dedup();
        let places = places.into_iter().map(|(person, day, id)| (person, day, DepartmentId(id)));
        Ok(Self(places.collect(), people))
    }

    fn subjects(&self, root: Option<DepartmentId>) -> Vec<Subject> {
        let mut departments: Vec<DepartmentId> = self.0.iter().map(|(_, _, id)| *id).collect();
        departments.sort_unstable();
        departments.dedup();
        let people = self.1.iter().map(|id| Subject::Person(*id));
        let departments = departments.into_iter().filter(|id| Some(*id) != root).map(Subject::Department);
        people.chain(departments).chain(root.map(Subject::Company)).collect()
    }

    fn counts_for(&self, subject: Subject, entry: &EntryView) -> bool {
        match subject {
            Subject::Person(id) => entry.employee == Some(id),
            Subject::Company(_) => entry.kind != CreditKind::Overlay,
            Subject::Department(id) => {
                entry.kind == CreditKind::Direct
                    && self.0.iter().any(|(person, day, department)| {
                        Some(*person) == entry.employee && *day == entry.date && *department == id
                    })
            }
        }
    }
}
