//! The people of a team, one a row: filtered, sorted and summed.

use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use chrono::{Datelike, Days, NaiveDate};
use sqlx::PgConnection;

use super::board::Board;
use super::members::Member;
use crate::attainment::engine::Status;
use crate::attainment::service::{self, AsOf, GoalFigures};
use crate::attainment::view::{self, Kind};
use crate::error::Result;
use crate::kernel::basis::Basis;
use crate::kernel::id::{DepartmentId, EmployeeId};
use crate::kernel::period::Period;
use crate::kernel::ratio::Pct;
use crate::org::{Company, DepartmentKind};
use crate::web::list::ListQuery;
use crate::web::ui;

/// The columns that sort, the first being how the table opens.
pub const COLUMNS: [&str; 6] = ["-pace", "name", "attainment", "actual", "likely", "status"];
/// Days of the whole weeks in the line of recent sales, beside the week under way.
const WEEKS_BEFORE: Days = Days::new(7 * 6);

/// A person with their goal, if they have one.
#[derive(Clone, Debug)]
pub struct Row {
    /// The person.
    pub member: Member,
    /// Their goal with its figures.
    pub goal: Option<GoalFigures>,
    /// What they reached in the period.
    pub actual: i64,
}

impl Row {
    /// The status; not applicable without a goal.
    pub fn status(&self) -> Status {
        self.goal.as_ref().map_or(Status::NotApplicable, |goal| goal.figures.status)
    }

    /// The class that status filters and tags go by: `reached`, `on`, `risk`, `off` or `none`.
    pub fn look(&self) -> &'static str {
        ui::look(view::state(self.status()))
    }

    /// Where they are likely to land.
    pub fn likely(&self) -> Option<i64> {
        self.goal.as_ref().and_then(view::likely)
    }

    /// Whether they are short of their pace by more than the company tolerates.
    pub fn is_behind(&self) -> bool {
        matches!(self.look(), "risk" | "off")
    }

    fn against_pace(&self) -> Option<i64> {
        self.goal.as_ref().map(|goal| goal.figures.against_pace)
    }

    fn attainment(&self) -> Option<Pct> {
        self.goal.as_ref().and_then(|goal| goal.figures.attainment)
    }
}

/// The rows of a department: who has a goal, who has sold, and who of a sales department has neither. Leads
/// without a goal of their own and without sales are left out.
pub fn rows(board: &Board, members: Vec<Member>) -> Vec<Row> {
    let selling: HashSet<DepartmentId> =
        board.tree.iter().filter(|d| d.kind == DepartmentKind::Sales).map(|d| d.id).collect();
    let rows = members.into_iter().map(|member| Row {
        goal: board.of_person(member.id).cloned(),
        actual: board.sold_by(member.id),
        member,
    });
    let expected_to_sell = |row: &Row| selling.contains(&row.member.department) && !row.member.leads;
    rows.filter(|row| row.goal.is_some() || row.actual != 0 || expected_to_sell(row)).collect()
}

/// The saved views: everyone, those behind, those who started lately.
pub fn is_in_view(row: &Row, view: &str, today: NaiveDate) -> bool {
    match view {
        "behind" => row.is_behind(),
        "new" => row.member.is_new(today),
        _ => true,
    }
}

/// The rows that the query asks for, in its order.
pub fn select(rows: Vec<Row>, query: &ListQuery, today: NaiveDate) -> Vec<Row> {
    let words = query.search().to_lowercase();
    let status = query.text("status");
    let mut rows: Vec<Row> = rows
        .into_iter()
        .filter(|row| is_in_view(row, query.text("view"), today))
        .filter(|row| status.is_empty() || row.look() == status)
        .filter(|row| words.is_empty() || row.member.name.to_lowercase().contains(&words))
        .collect();
    let (column, descending) = query.sort(&COLUMNS);
    rows.sort_by(|a, b| compare(a, b, column, descending));
    rows
}

/// By the column; whoever has nothing there stands last either way. Equals stay in the order of names.
fn compare(a: &Row, b: &Row, column: &str, descending: bool) -> Ordering {
    let turn = |order: Ordering| if descending { order.reverse() } else { order };
    match column {
        "name" => turn(a.member.name.to_lowercase().cmp(&b.member.name.to_lowercase())),
        "attainment" => last_if_none(a.attainment(), b.attainment(), turn),
        "actual" => turn(a.actual.cmp(&b.actual)),
        "likely" => last_if_none(a.likely(), b.likely(), turn),
        "status" => turn(view::urgency(a.status()).cmp(&view::urgency(b.status()))),
        _ => last_if_none(a.against_pace(), b.against_pace(), turn),
    }
}

fn last_if_none<T: Ord>(a: Option<T>, b: Option<T>, turn: impl Fn(Ordering) -> Ordering) -> Ordering {
    match (a, b) {
        (Some(a), Some(b)) => turn(a.cmp(&b)),
        (a, b) => b.is_some().cmp(&a.is_some()),
    }
}

/// The sums of everybody who has a goal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// How many have a goal.
    pub count: i64,
    /// Their targets.
    pub target: i64,
    /// What they reached.
    pub actual: i64,
    /// What they should have reached.
    pub expected: i64,
    /// Where they are likely to land; nothing where it cannot be said of everybody.
    pub likely: Option<i64>,
}

impl Sums {
    /// Adds up `rows`.
    pub fn of(rows: &[Row]) -> Self {
        let goals = || rows.iter().filter_map(|row| row.goal.as_ref());
        // ratios never add up
        if goals().any(|goal| !goal.goal.metric.adds_up()) {
            return Self::default();
        }
        Self {
            count: goals().map(|_| 1).sum(),
            target: goals().map(|goal| goal.figures.effective_target).sum(),
            actual: goals().map(|goal| goal.figures.actual).sum(),
            expected: goals().map(|goal| goal.figures.expected).sum(),
            likely: goals().map(view::likely).sum(),
        }
    }
}

/// What each person sold in each of the last seven weeks, oldest first; the week under way is the last.
pub async fn weeks(
    conn: &mut PgConnection,
    company: &Company,
    rows: &[Row],
    (kind, at): (Kind, AsOf),
) -> Result<Vec<Arc<Vec<i64>>>> {
    let last = at.day.min(kind.period.last_day());
    let monday = last - Days::new(last.weekday().num_days_from_monday().into());
    let Some(period) = Period::from_inclusive(monday - WEEKS_BEFORE, last) else { return Ok(Vec::new()) };
    let basis = |row: &Row| row.goal.as_ref().map_or(company.basis, |of| of.goal.terms.basis);
    let mut weeks: HashMap<EmployeeId, Arc<Vec<i64>>> = HashMap::new();
    for each in Basis::ALL {
        let people: Vec<EmployeeId> =
            rows.iter().filter(|row| basis(row) == each).map(|row| row.member.id).collect();
        if people.is_empty() {
            continue;
        }
        let counted = (kind.metric, kind.category);
        let found = service::weeks(conn, company, &people, counted, (period, each)).await?;
        weeks.extend(people.into_iter().zip(found));
    }
    Ok(rows.iter().map(|row| weeks.get(&row.member.id).cloned().unwrap_or_default()).collect())
}
