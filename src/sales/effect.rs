//! What a deal does to goals: how they stand with it and how they would stand without.

use chrono::NaiveDate;
use sqlx::PgConnection;

use super::credit::CreditKind;
use super::view::EntryView;
use super::view_store;
use crate::attainment::Metric;
use crate::attainment::engine::Attainment;
use crate::attainment::service::{self, AsOf, GoalFigures};
use crate::attainment::view::{GoalCard, Measure, Reader};
use crate::error::Result;
use crate::goals::{self, Goal, GoalFilter, Subject, Viewer};
use crate::kernel::basis::Basis;
use crate::kernel::id::{DepartmentId, EmployeeId};
use crate::kernel::period::PeriodKind;
use crate::org::Company;

/// A goal with a deal, and how it stood without.
#[derive(Clone, Debug)]
pub struct GoalEffect {
    /// The goal with the deal.
    pub card: GoalCard,
    /// Attainment without the deal: "64%".
    pub before: String,
    /// Attainment with the deal: "75%".
    pub after: String,
    /// What the deal adds: "+168k"; nothing while there is no amount.
    pub gain: Option<String>,
}

impl GoalEffect {
    fn new(reader: Reader<'_>, before: &Attainment, with: &GoalFigures) -> Self {
        let pct = |at: &Attainment| {
            at.attainment.map_or_else(|| reader.l.t("not-available"), |pct| reader.l.pct(pct.whole()))
        };
        let gain = with.figures.actual.saturating_sub(before.actual);
        Self {
            card: GoalCard::new(reader, with),
            before: pct(before),
            after: pct(&with.figures),
            gain: (gain != 0).then(|| Measure::of(reader, &with.goal).signed(gain)),
        }
    }
}

fn evaluate(company: &Company, today: NaiveDate, goal: &Goal, actual: i64) -> Attainment {
    service::evaluate(company, AsOf::now(today), goal, actual)
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
    reader: Reader<'_>,
    viewer: Viewer,
    (owner, on): (EmployeeId, NaiveDate),
    amount: i64,
) -> Result<Option<GoalEffect>> {
    let company = reader.company;
    let Some(goal) = main_goal(conn, company, viewer, owner, on).await? else { return Ok(None) };
    let figures = service::figures(conn, company, AsOf::now(viewer.today), vec![goal]).await?.pop();
    Ok(figures.map(|figures| {
        // what is delivered later counts later where goals count deliveries
        let amount = if figures.goal.terms.basis == Basis::Booked { amount } else { 0 };
        let actual = figures.figures.actual.saturating_add(amount);
        let after = evaluate(company, viewer.today, &figures.goal, actual);
        let with = GoalFigures { figures: after, goal: figures.goal, range: None, reached: actual.into() };
        GoalEffect::new(reader, &figures.figures, &with)
    }))
}

/// How a person's goal for order intake stands now, without and with a deal that is saved.
pub async fn on_owner(
    conn: &mut PgConnection,
    reader: Reader<'_>,
    viewer: Viewer,
    (owner, on): (EmployeeId, NaiveDate),
    entries: &[EntryView],
) -> Result<Option<GoalEffect>> {
    let company = reader.company;
    let Some(goal) = main_goal(conn, company, viewer, owner, on).await? else { return Ok(None) };
    let figures =
        service::figures_with_range(conn, company, AsOf::now(viewer.today), vec![goal]).await?.pop();
    Ok(figures.map(|figures| {
        let own = entries.iter().filter(|entry| entry.employee == Some(owner));
        let part = own.map(|entry| counted(&figures.goal, entry)).sum::<i64>();
        let before = evaluate(company, viewer.today, &figures.goal, figures.figures.actual - part);
        GoalEffect::new(reader, &before, &figures)
    }))
}

/// The goals of people, departments and the company that a deal counts in, as far as the viewer may see them: those of the
/// day it was ordered `on`, and those that count deliveries on the days of its own.
pub async fn on_goals(
    conn: &mut PgConnection,
    reader: Reader<'_>,
    viewer: Viewer,
    on: NaiveDate,
    entries: &[EntryView],
) -> Result<Vec<GoalEffect>> {
    let company = reader.company;
    let places = Places::of(conn, entries).await?;
    let mut days: Vec<NaiveDate> =
        entries.iter().filter(|entry| entry.basis == Basis::Delivered).map(|entry| entry.date).collect();
    days.push(on);
    days.sort_unstable();
    days.dedup();
    let mut goals: Vec<Goal> = Vec::new();
    for day in days {
        let subjects = Some(places.subjects(company.root));
        let filter = GoalFilter { subjects, on: Some(day), ..GoalFilter::default() };
        let mut found = goals::list(conn, viewer, &filter).await?;
        found.retain(|goal| (day == on || goal.terms.basis == Basis::Delivered) && !goals.contains(goal));
        goals.extend(found);
    }
    let figures = service::figures(conn, company, AsOf::now(viewer.today), goals).await?;
    let effects = figures.into_iter().filter_map(|figures| {
        let rows = entries.iter().filter(|entry| places.counts_for(figures.goal.subject, entry));
        let part: i64 = rows.map(|entry| counted(&figures.goal, entry)).sum();
        let before = evaluate(company, viewer.today, &figures.goal, figures.figures.actual - part);
        (part != 0).then(|| GoalEffect::new(reader, &before, &figures))
    });
    Ok(effects.collect())
}

/// What a row counts of a goal's metric, if its basis, day and category belong to the goal.
fn counted(goal: &Goal, entry: &EntryView) -> i64 {
    let in_category = goal.category.as_ref().is_none_or(|(category, _)| *category == entry.category);
    if !in_category || entry.basis != goal.terms.basis || !goal.period.contains(entry.date) {
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
        _ => 0, // has facts of its own
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
