//! SQL that reads and folds the rollups of the ledger: totals and days of people, departments and the company.
//!
//! A department counts its members of each day (rule 8), so moving somebody today changes no past figure.

use std::collections::HashMap;

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use sqlx::{Connection, PgConnection};

use super::Metric;
use super::looking_back::Back;
use super::service::{DayTotals, Span, Totals};
use crate::error::Result;
use crate::goals::Subject;
use crate::kernel::basis::Basis;
use crate::kernel::id::{CategoryId, EmployeeId};
use crate::kernel::period::Period;

/// How long the folder waits for somebody who changes memberships or imports, before it tries again later; and how
/// long it may take.
const BOUNDS: &str = "set local lock_timeout = '2s'; set local statement_timeout = '60s'";

/// From so many people on, whole months are read of everybody at once rather than of each by themselves.
const MANY: usize = 100;

/// The spans of people or of departments, as columns, with the place of each in the caller's list.
#[derive(Default)]
struct Columns {
    place: Vec<i64>,
    id: Vec<i64>,
    category: Vec<i64>,
    starts: Vec<NaiveDate>,
    ends: Vec<NaiveDate>,
    first_month: Vec<NaiveDate>,
    last_month: Vec<NaiveDate>,
    basis: Vec<i16>,
}

impl Columns {
    /// Splits spans into those of people and those of departments; the company is department 0.
    fn people_and_departments(spans: &[Span]) -> (Self, Self) {
        let (mut people, mut departments) = (Self::default(), Self::default());
        for (place, span) in (0_i64..).zip(spans) {
            match span.subject {
                Subject::Person(id) => people.push(place, id.0, span),
                Subject::Department(id) => departments.push(place, id.0, span),
                Subject::Company(_) => departments.push(place, 0, span),
            }
        }
        (people, departments)
    }

    fn push(&mut self, place: i64, id: i64, span: &Span) {
        let (first_month, last_month) = span.period.whole_months();
        self.place.push(place);
        self.id.push(id);
        self.category.push(span.category.map_or(0, |category| category.0));
        self.starts.push(span.period.start);
        self.ends.push(span.period.end);
        self.first_month.push(first_month);
        self.last_month.push(last_month);
        self.basis.push(span.basis.number());
    }

    fn is_empty(&self) -> bool {
        self.place.is_empty()
    }
}

/// Sums of the span at `place`.
struct TotalsRow {
    place: i64,
    revenue: i64,
    margin: i64,
    units: i64,
    orders: i64,
    new_customers: i64,
}

impl TotalsRow {
    const fn new(place: i64, totals: &Totals) -> Self {
        let Totals { revenue, margin, units, orders, new_customers } = *totals;
        Self { place, revenue, margin, units, orders, new_customers }
    }
}

/// Sums of one day of the span at `place`.
struct DayRow {
    place: i64,
    day: NaiveDate,
    revenue: i64,
    margin: i64,
    units: i64,
    orders: i64,
    new_customers: i64,
}

macro_rules! sums {
    ($row:expr) => {
        Totals {
            revenue: $row.revenue,
            margin: $row.margin,
            units: $row.units,
            orders: $row.orders,
            new_customers: $row.new_customers,
        }
    };
}

macro_rules! totals_from {
    ($file:literal, $conn:expr, $c:expr) => {
        sqlx::query_file_as!(
            TotalsRow,
            $file,
            &$c.place,
            &$c.id,
            &$c.category,
            &$c.starts,
            &$c.ends,
            &$c.first_month,
            &$c.last_month,
            &$c.basis
        )
        .fetch_all($conn)
        .await?
    };
}

macro_rules! days_from {
    ($file:literal, $conn:expr, $c:expr) => {
        sqlx::query_file_as!(DayRow, $file, &$c.place, &$c.id, &$c.category, &$c.starts, &$c.ends, &$c.basis)
            .fetch_all($conn)
            .await?
    };
}

/// Totals of every span, in the order of `spans`.
pub(super) async fn totals(conn: &mut PgConnection, spans: &[Span]) -> Result<Vec<Totals>> {
    let (people, departments) = Columns::people_and_departments(spans);
    let mut rows = Vec::new();
    if let Some((sort, months)) = same_months(&people) {
        rows.extend(totals_of_everybody(conn, sort, months, &people).await?);
    } else if !people.is_empty() {
        rows.extend(totals_from!("sql/totals_of_people.sql", &mut *conn, people));
    }
    if !departments.is_empty() {
        rows.extend(totals_from!("sql/totals_of_departments.sql", &mut *conn, departments));
    }
    let mut totals = vec![Totals::default(); spans.len()];
    for row in rows {
        if let Some(total) = usize::try_from(row.place).ok().and_then(|place| totals.get_mut(place)) {
            *total = sums!(row);
        }
    }
    Ok(totals)
}

/// The category, the basis and the whole months that many spans have in common, if they do.
fn same_months(people: &Columns) -> Option<((i64, i16), (NaiveDate, NaiveDate))> {
    let basis = *people.basis.first()?;
    let (category, start, end) = (*people.category.first()?, *people.starts.first()?, *people.ends.first()?);
    let whole = *people.first_month.first()? == start && *people.last_month.first()? == end;
    let same = people.category.iter().all(|other| *other == category)
        && people.starts.iter().all(|other| *other == start)
        && people.ends.iter().all(|other| *other == end)
        && people.basis.iter().all(|other| *other == basis);
    (people.place.len() >= MANY && whole && same).then_some(((category, basis), (start, end)))
}

async fn totals_of_everybody(
    conn: &mut PgConnection,
    (category, basis): (i64, i16),
    (start, end): (NaiveDate, NaiveDate),
    people: &Columns,
) -> Result<Vec<TotalsRow>> {
    // one by one, so that the planner knows that there are a few
    let months: Vec<NaiveDate> =
        start.iter_days().take_while(|day| *day < end).filter(|day| day.day() == 1).collect();
    let rows = sqlx::query_file!("sql/totals_of_everybody.sql", category, start, end, &months, basis);
    let rows = rows.fetch_all(conn).await?;
    let totals: HashMap<i64, Totals> = rows.into_iter().map(|row| (row.employee, sums!(row))).collect();
    let places = people.place.iter().zip(&people.id);
    let row = |(place, id): (&i64, &i64)| totals.get(id).map(|totals| TotalsRow::new(*place, totals));
    Ok(places.filter_map(row).collect())
}

/// Totals of every day with sales of every span, in the order of `spans`, each by day.
pub(super) async fn days(conn: &mut PgConnection, spans: &[Span]) -> Result<Vec<Vec<DayTotals>>> {
    let (people, departments) = Columns::people_and_departments(spans);
    let mut rows = Vec::new();
    if !people.is_empty() {
        rows.extend(days_from!("sql/days_of_people.sql", &mut *conn, people));
    }
    if !departments.is_empty() {
        rows.extend(days_from!("sql/days_of_departments.sql", &mut *conn, departments));
    }
    let mut days: Vec<Vec<DayTotals>> = vec![Vec::new(); spans.len()];
    for row in rows {
        if let Some(list) = usize::try_from(row.place).ok().and_then(|place| days.get_mut(place)) {
            list.push(DayTotals { day: row.day, totals: sums!(row) });
        }
    }
    Ok(days)
}

/// What each of `people` has sold in each week of `period`, oldest first.
pub(super) async fn weeks(
    conn: &mut PgConnection,
    people: &[EmployeeId],
    (metric, category): (Metric, Option<CategoryId>),
    (period, basis): (Period, Basis),
) -> Result<Vec<Vec<i64>>> {
    if people.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<i64> = people.iter().map(|id| id.0).collect();
    let category = category.map_or(0, |category| category.0);
    let rows = sqlx::query_file!(
        "sql/weeks_of_people.sql",
        &ids,
        category,
        period.start,
        period.end,
        metric.code(),
        basis.number()
    );
    let count = usize::try_from(period.days()).unwrap_or_default().div_ceil(7);
    let mut weeks = vec![vec![0; count]; people.len()];
    for row in rows.fetch_all(conn).await? {
        let person = usize::try_from(row.place - 1).ok().and_then(|place| weeks.get_mut(place));
        let week = usize::try_from(row.week).ok();
        if let Some(amount) = person.zip(week).and_then(|(weeks, week)| weeks.get_mut(week)) {
            *amount = row.amount;
        }
    }
    Ok(weeks)
}

/// Moves what is pending into the rollups and answers how many rows that were. Fails when the rollups stay locked
/// for longer than the folder waits.
pub(super) async fn fold(conn: &mut PgConnection) -> Result<i64> {
    let mut tx = conn.begin().await?;
    sqlx::raw_sql(BOUNDS).execute(&mut *tx).await?;
    // in a statement of its own: the next one sees what the last holder of the lock has written
    sqlx::query!("select lock_rollups()").fetch_one(&mut *tx).await?;
    let folded = sqlx::query_scalar!(r#"select fold_credits() as "rows!""#).fetch_one(&mut *tx).await?;
    tx.commit().await?;
    Ok(folded)
}

/// The first day that anything was sold on.
pub(super) async fn first_day(conn: &mut PgConnection) -> Result<Option<NaiveDate>> {
    Ok(sqlx::query_scalar!("select min(credit_date) from credit_entries where basis = 0")
        .fetch_one(conn)
        .await?)
}

/// Whether anything is pending.
pub(super) async fn is_anything_pending(conn: &mut PgConnection) -> Result<bool> {
    Ok(sqlx::query_scalar!(r#"select exists (select from credit_pending) as "any!""#).fetch_one(conn).await?)
}

/// The revision of the rollups; nothing while anything is pending. Both in one look.
pub(super) async fn settled_revision(conn: &mut PgConnection) -> Result<Option<i64>> {
    Ok(sqlx::query_scalar!(
        "select revision from rollup_revision where not exists (select from credit_pending)"
    )
    .fetch_optional(conn)
    .await?)
}

/// Counts the changes to the rollups.
pub(super) async fn revision(conn: &mut PgConnection) -> Result<i64> {
    Ok(sqlx::query_scalar!("select revision from rollup_revision").fetch_one(conn).await?)
}

/// Frees the room of rows that were folded, so that reads of what is pending stay short.
pub(super) async fn tidy(conn: &mut PgConnection) -> Result<()> {
    sqlx::raw_sql("vacuum (truncate false, index_cleanup off) credit_pending").execute(conn).await?;
    Ok(())
}

/// Actuals of spans as the ledger stood at the end of a day, and what came afterwards, in the order given.
pub(super) async fn as_of(
    conn: &mut PgConnection,
    spans: &[(Metric, Span)],
    day: NaiveDate,
    moment: DateTime<Utc>,
) -> Result<Vec<Back>> {
    let mut backs = vec![Back::default(); spans.len()];
    if spans.is_empty() {
        return Ok(backs);
    }
    let id = |subject: Subject| match subject {
        Subject::Person(id) => id.0,
        Subject::Department(id) | Subject::Company(id) => id.0,
    };
    let places: Vec<i64> = (0_i64..).zip(spans).map(|(place, _)| place).collect();
    let kinds: Vec<String> = spans.iter().map(|(_, span)| span.subject.kind().to_owned()).collect();
    let ids: Vec<i64> = spans.iter().map(|(_, span)| id(span.subject)).collect();
    let metrics: Vec<String> = spans.iter().map(|(metric, _)| metric.code().to_owned()).collect();
    let categories: Vec<Option<i64>> = spans.iter().map(|(_, span)| span.category.map(|id| id.0)).collect();
    let starts: Vec<NaiveDate> = spans.iter().map(|(_, span)| span.period.start).collect();
    let ends: Vec<NaiveDate> = spans.iter().map(|(_, span)| span.period.end).collect();
    let bases: Vec<i16> = spans.iter().map(|(_, span)| span.basis.number()).collect();
    let rows = sqlx::query_file!(
        "sql/as_of.sql",
        &places,
        &kinds,
        &ids,
        &metrics,
        &categories as &[Option<i64>],
        &starts,
        &ends,
        &bases,
        day,
        moment
    );
    for row in rows.fetch_all(conn).await? {
        if let Some(back) = usize::try_from(row.place).ok().and_then(|place| backs.get_mut(place)) {
            *back = Back::of_sums(row.reached, row.after, row.late);
        }
    }
    Ok(backs)
}
