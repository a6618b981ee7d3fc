//! What is open and expected to be decided in a span: a second forecast beside what was sold so far.

use chrono::NaiveDate;
use sqlx::PgConnection;

use super::stages::{self, Stages};
use crate::attainment::Metric;
use crate::attainment::service::Span;
use crate::error::Result;
use crate::goals::Subject;
use crate::kernel::id::OpportunityId;

/// An open opportunity within a span: its lines of the span's category, in minor units of the company's currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenDeal {
    /// The opportunity.
    pub id: OpportunityId,
    /// Order value.
    pub revenue: i64,
    /// Order value less cost.
    pub margin: i64,
    /// Pieces.
    pub units: i64,
    /// How likely it is won, in hundredths of a percent.
    pub bp: i64,
}

impl OpenDeal {
    /// What it would add to a metric, and how likely; nothing for metrics that it says nothing about.
    pub const fn of(&self, metric: Metric) -> Option<(i64, i64)> {
        match metric {
            Metric::Revenue => Some((self.revenue, self.bp)),
            Metric::Margin => Some((self.margin, self.bp)),
            Metric::Units => Some((self.units, self.bp)),
            Metric::Orders => Some((1, self.bp)),
            _ => None,
        }
    }
}

/// The open opportunities that are expected to be decided within each span, in the order given: of the owner, of those who
/// belong to the department or one below it on `today`, or all of them. One statement for all spans.
pub async fn open_deals(
    conn: &mut PgConnection,
    today: NaiveDate,
    spans: &[Span],
) -> Result<Vec<Vec<OpenDeal>>> {
    let mut found: Vec<Vec<OpenDeal>> = spans.iter().map(|_| Vec::new()).collect();
    if spans.is_empty() {
        return Ok(found);
    }
    let kinds: Vec<String> = spans.iter().map(|span| span.subject.kind().to_owned()).collect();
    let people: Vec<i64> = spans.iter().map(|span| span.subject.employee().map_or(0, |id| id.0)).collect();
    let department = |span: &Span| match span.subject {
        Subject::Department(id) => id.0,
        _ => 0,
    };
    let departments: Vec<i64> = spans.iter().map(department).collect();
    let categories: Vec<i64> = spans.iter().map(|span| span.category.map_or(0, |id| id.0)).collect();
    let firsts: Vec<NaiveDate> = spans.iter().map(|span| span.period.start).collect();
    let ends: Vec<NaiveDate> = spans.iter().map(|span| span.period.end).collect();
    let rows = super::view_store::open_deals(
        conn,
        (&kinds, &people, &departments, &categories, &firsts, &ends),
        today,
    )
    .await?;
    if rows.is_empty() {
        return Ok(found);
    }
    let stages: Stages = stages::all(conn).await?;
    for row in rows {
        let place = usize::try_from(row.place - 1).ok().and_then(|place| found.get_mut(place));
        let bp = stages.bp(row.stage);
        let deal = OpenDeal { id: row.id, revenue: row.revenue, margin: row.margin, units: row.units, bp };
        if let Some(deals) = place {
            deals.push(deal);
        }
    }
    Ok(found)
}

/// Counted up whenever an opportunity or a stage changes.
pub async fn revision(conn: &mut PgConnection) -> Result<i64> {
    super::view_store::revision(conn).await
}
