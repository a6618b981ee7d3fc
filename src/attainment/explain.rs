//! How a figure of a goal came about: the ledger rows behind the actual, and the steps of the required pace.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use sqlx::PgConnection;

use super::Metric;
use super::explain_store as store;
use super::service::{self, AsOf, Span};
use crate::error::Result;
use crate::goals::{Goal, Viewer};
use crate::kernel::id::DealId;
use crate::org::Company;

/// So many people, the reader perhaps among them, hide what each of them sold.
const ENOUGH: usize = 3;

/// A part of an actual.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Its first day: the same, unless days were put together.
    pub from: NaiveDate,
    /// The day it counts on, or the last of several.
    pub day: NaiveDate,
    /// What that day came to, all its parts together.
    pub day_total: i64,
    /// The deal, for readers who may see the person; nothing for a sum of several.
    pub source: Option<Source>,
    /// What it adds: minor units, or a count.
    pub value: i64,
}

/// Where a part comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// The deal.
    pub deal: DealId,
    /// Its number.
    pub order_no: String,
    /// Who bought.
    pub customer: String,
    /// What was sold.
    pub product: String,
    /// Who holds the credit; nobody for a house sale.
    pub person: Option<String>,
    /// `sale`, `return`, `cancellation` or `correction`.
    pub event: String,
    /// `direct`, `overlay` or `house`.
    pub kind: String,
    /// Hundredths of a percent of the line.
    pub share_bp: i32,
    /// The closed day that it belongs to, when it came after the closing.
    pub origin: Option<NaiveDate>,
}

/// Parts of an actual, and what all of them add up to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parts {
    /// Some of the parts, latest first.
    pub parts: Vec<Part>,
    /// How many there are.
    pub count: i64,
    /// What all of them add up to: the actual itself.
    pub total: i64,
}

/// The part of a ledger to show.
#[derive(Clone, Copy, Debug)]
pub struct Window {
    /// Parts to skip.
    pub offset: i64,
    /// Parts to give; all when absent.
    pub limit: Option<i64>,
}

/// The ledger rows behind an actual, for readers who see its people one by one. What was sold by somebody whom they
/// do not see (any more) is summed per day, without a name.
pub async fn entries(
    conn: &mut PgConnection,
    viewer: Viewer,
    span: &Span,
    metric: Metric,
    window: Window,
) -> Result<Parts> {
    let rows = store::entries(conn, viewer, span, metric, (window.limit, window.offset)).await?;
    let (count, total) = rows.first().map_or((0, 0), |row| (row.rows, row.total));
    Ok(Parts { parts: rows.into_iter().map(part).collect(), count, total })
}

fn part(row: store::EntryRow) -> Part {
    let source = row.deal.filter(|_| row.seen).map(|deal| Source {
        deal,
        order_no: row.order_no.unwrap_or_default(),
        customer: row.customer.unwrap_or_default(),
        product: row.product.unwrap_or_default(),
        person: row.person,
        event: row.event.unwrap_or_default(),
        kind: row.kind.unwrap_or_default(),
        share_bp: row.share_bp.unwrap_or_default(),
        origin: row.origin,
    });
    Part { from: row.day, day: row.day, day_total: row.day_total, source, value: row.value }
}

/// The same for readers who see the total but not the people: days, put together until enough people have sold in
/// them that no part is one person's figure.
pub async fn days(conn: &mut PgConnection, span: &Span, metric: Metric, window: Window) -> Result<Parts> {
    let days = store::person_days(conn, span, metric).await?;
    let parts = together(&days);
    let count = i64::try_from(parts.len()).unwrap_or(i64::MAX);
    let total = parts.iter().map(|part| part.value).sum();
    let skip = usize::try_from(window.offset).unwrap_or(usize::MAX);
    let take = window.limit.map_or(usize::MAX, |limit| usize::try_from(limit).unwrap_or(usize::MAX));
    Ok(Parts { parts: parts.into_iter().rev().skip(skip).take(take).collect(), count, total })
}

/// Consecutive days with at least [`ENOUGH`] people each; what is left at the end joins the part before it.
fn together(days: &[store::PersonDay]) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    let mut people: BTreeSet<i64> = BTreeSet::new();
    let mut open: Option<Part> = None;
    for day in days {
        // a part that is full is closed by the next day, so that days stay whole
        if people.len() >= ENOUGH && open.as_ref().is_some_and(|part| part.day < day.day) {
            parts.extend(open.take());
            people.clear();
        }
        let part =
            open.get_or_insert(Part { from: day.day, day: day.day, day_total: 0, source: None, value: 0 });
        (part.day, part.value) = (day.day, part.value.saturating_add(day.value));
        part.day_total = part.value;
        if day.employee != 0 && day.value != 0 {
            people.insert(day.employee);
        }
    }
    match (open, parts.last_mut()) {
        (Some(rest), Some(last)) if people.len() < ENOUGH => {
            (last.day, last.value) = (rest.day, last.value.saturating_add(rest.value));
            last.day_total = last.value;
        }
        (rest, _) => parts.extend(rest),
    }
    parts
}

/// A stretch of the required line: from where it stood towards one target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PaceStep {
    /// The first day of the stretch.
    pub from: NaiveDate,
    /// The target it climbs to.
    pub target: i64,
    /// Where the line stood, rounded.
    pub base: i64,
    /// Weight of the stretch that has passed: working days where they weigh alike.
    pub passed: i64,
    /// Weight from its first day to the end of the period.
    pub days: i64,
    /// Whether all working days weigh alike.
    pub even: bool,
    /// Where the line stands at its end or today, rounded.
    pub reached: i64,
}

/// The stretches of the required line that have begun by `at`.
pub fn pace_steps(goal: &Goal, company: &Company, at: AsOf) -> Vec<PaceStep> {
    let line = service::line(company, goal);
    let until = if at.is_over { at.day.succ_opt().unwrap_or(at.day) } else { at.day };
    let starts = line.targets();
    let ends = starts.iter().skip(1).map(|next| next.date).chain([goal.period.end]);
    let steps = starts.iter().zip(ends).filter(|(start, _)| start.index == 0 || start.date < until);
    steps
        .map(|(start, end)| {
            let end = end.min(until).max(start.date);
            let base = if start.index == 0 { 0 } else { line.at(start.date).round().min(start.value) };
            PaceStep {
                from: start.date,
                target: start.value,
                base,
                passed: line.weight_before(end) - line.weight_before(start.date),
                days: line.weight() - line.weight_before(start.date),
                even: line.weights().are_even(),
                reached: line.at(end).round(),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_put_together_until_nobody_stands_alone() {
        let day = |day: u32, employee: i64, value: i64| store::PersonDay {
            day: NaiveDate::from_ymd_opt(2026, 11, day).unwrap(),
            employee,
            value,
        };
        let days = [day(2, 1, 10), day(3, 2, 20), day(3, 3, 5), day(3, 4, 1), day(4, 1, 7), day(5, 0, 3)];
        let parts: Vec<_> = together(&days).iter().map(|part| (part.from, part.day, part.value)).collect();
        let on = |day| NaiveDate::from_ymd_opt(2026, 11, day).unwrap();
        assert_eq!(parts, [(on(2), on(5), 46)], "4 and 5 November are one person and the house");
        let days = [day(2, 1, 1), day(2, 2, 2), day(2, 3, 3), day(3, 1, 4), day(3, 2, 5), day(4, 9, 6)];
        let parts: Vec<_> = together(&days).iter().map(|part| (part.from, part.day, part.value)).collect();
        assert_eq!(parts, [(on(2), on(2), 6), (on(3), on(4), 15)]);
        assert_eq!(together(&[]), []);
    }
}
