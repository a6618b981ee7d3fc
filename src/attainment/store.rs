//! SQL that reads the rollup of the ledger: totals and days of people, departments and the company.
//!
//! A department counts its members of each day (rule 8), so moving somebody today changes no past figure.

use chrono::NaiveDate;
use sqlx::PgConnection;

use super::service::{DayTotals, Span, Totals};
use crate::error::Result;
use crate::goals::Subject;

/// The spans of one kind of subject, as columns, with the place of each in the caller's list.
#[derive(Default)]
struct Columns {
    place: Vec<i64>,
    id: Vec<i64>,
    category: Vec<i64>,
    starts: Vec<NaiveDate>,
    ends: Vec<NaiveDate>,
}

impl Columns {
    fn of(spans: &[Span], belongs: impl Fn(Subject) -> Option<i64>) -> Self {
        let mut columns = Self::default();
        for (place, span) in (0_i64..).zip(spans) {
            if let Some(id) = belongs(span.subject) {
                columns.place.push(place);
                columns.id.push(id);
                columns.category.push(span.category.map_or(0, |category| category.0));
                columns.starts.push(span.period.start);
                columns.ends.push(span.period.end);
            }
        }
        columns
    }

    fn people(spans: &[Span]) -> Self {
        Self::of(spans, |subject| subject.employee().map(|id| id.0))
    }

    fn departments(spans: &[Span]) -> Self {
        Self::of(spans, |subject| match subject {
            Subject::Department(id) => Some(id.0),
            _ => None,
        })
    }

    fn company(spans: &[Span]) -> Self {
        Self::of(spans, |subject| match subject {
            Subject::Company(id) => Some(id.0),
            _ => None,
        })
    }
}

/// What a query answers: totals of the span at `place`.
struct TotalsRow {
    place: i64,
    revenue: i64,
    margin: i64,
    units: i64,
    orders: i64,
    new_customers: i64,
}

/// Totals of every span, in the order of `spans`.
pub(super) async fn totals(conn: &mut PgConnection, spans: &[Span]) -> Result<Vec<Totals>> {
    let mut totals = vec![Totals::default(); spans.len()];
    let (people, departments, company) =
        (Columns::people(spans), Columns::departments(spans), Columns::company(spans));
    let mut rows = Vec::new();
    if !people.id.is_empty() {
        rows.extend(totals_of_people(conn, &people).await?);
    }
    if !departments.id.is_empty() {
        rows.extend(totals_of_departments(conn, &departments).await?);
    }
    if !company.id.is_empty() {
        rows.extend(totals_of_company(conn, &company).await?);
    }
    for row in rows {
        if let Some(total) = usize::try_from(row.place).ok().and_then(|place| totals.get_mut(place)) {
            *total = Totals {
                revenue: row.revenue,
                margin: row.margin,
                units: row.units,
                orders: row.orders,
                new_customers: row.new_customers,
            };
        }
    }
    Ok(totals)
}

async fn totals_of_people(conn: &mut PgConnection, c: &Columns) -> Result<Vec<TotalsRow>> {
    Ok(sqlx::query_file_as!(
        TotalsRow,
        "sql/totals_of_people.sql",
        &c.place,
        &c.id,
        &c.category,
        &c.starts,
        &c.ends
    )
    .fetch_all(conn)
    .await?)
}

async fn totals_of_departments(conn: &mut PgConnection, c: &Columns) -> Result<Vec<TotalsRow>> {
    Ok(sqlx::query_file_as!(
        TotalsRow,
        "sql/totals_of_departments.sql",
        &c.place,
        &c.id,
        &c.category,
        &c.starts,
        &c.ends
    )
    .fetch_all(conn)
    .await?)
}

async fn totals_of_company(conn: &mut PgConnection, c: &Columns) -> Result<Vec<TotalsRow>> {
    Ok(sqlx::query_file_as!(
        TotalsRow,
        "sql/totals_of_company.sql",
        &c.place,
        &c.category,
        &c.starts,
        &c.ends
    )
    .fetch_all(conn)
    .await?)
}

struct DayRow {
    place: i64,
    day: NaiveDate,
    revenue: i64,
    margin: i64,
    units: i64,
    orders: i64,
    new_customers: i64,
}

/// Totals of every day with sales of every span, in the order of `spans`, each by day.
pub(super) async fn days(conn: &mut PgConnection, spans: &[Span]) -> Result<Vec<Vec<DayTotals>>> {
    let mut days: Vec<Vec<DayTotals>> = vec![Vec::new(); spans.len()];
    let (people, departments, company) =
        (Columns::people(spans), Columns::departments(spans), Columns::company(spans));
    let mut rows = Vec::new();
    if !people.id.is_empty() {
        rows.extend(days_of_people(conn, &people).await?);
    }
    if !departments.id.is_empty() {
        rows.extend(days_of_departments(conn, &departments).await?);
    }
    if !company.id.is_empty() {
        rows.extend(days_of_company(conn, &company).await?);
    }
    for row in rows {
        if let Some(list) = usize::try_from(row.place).ok().and_then(|place| days.get_mut(place)) {
            let totals = Totals {
                revenue: row.revenue,
                margin: row.margin,
                units: row.units,
                orders: row.orders,
                new_customers: row.new_customers,
            };
            list.push(DayTotals { day: row.day, totals });
        }
    }
    Ok(days)
}

async fn days_of_people(conn: &mut PgConnection, c: &Columns) -> Result<Vec<DayRow>> {
    Ok(sqlx::query_file_as!(
        DayRow,
        "sql/days_of_people.sql",
        &c.place,
        &c.id,
        &c.category,
        &c.starts,
        &c.ends
    )
    .fetch_all(conn)
    .await?)
}

async fn days_of_departments(conn: &mut PgConnection, c: &Columns) -> Result<Vec<DayRow>> {
    Ok(sqlx::query_file_as!(
        DayRow,
        "sql/days_of_departments.sql",
        &c.place,
        &c.id,
        &c.category,
        &c.starts,
        &c.ends
    )
    .fetch_all(conn)
    .await?)
}

async fn days_of_company(conn: &mut PgConnection, c: &Columns) -> Result<Vec<DayRow>> {
    Ok(sqlx::query_file_as!(DayRow, "sql/days_of_company.sql", &c.place, &c.category, &c.starts, &c.ends)
        .fetch_all(conn)
        .await?)
}
