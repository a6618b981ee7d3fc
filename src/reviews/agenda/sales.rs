//! What was sold.

use sqlx::PgConnection;

use super::{Line, On, count};
use crate::attainment::Metric;
use crate::attainment::service::{self, Span, Totals};
use crate::error::Result;

pub(super) async fn lines(conn: &mut PgConnection, on: &On<'_>) -> Result<Vec<Line>> {
    let span = |period| Span { subject: on.subject(), category: None, basis: on.company.basis, period };
    let sums = service::totals(conn, &[span(on.period), span(on.before)]).await?;
    let [now, before] = sums[..] else { return Ok(Vec::new()) };
    if (now, before) == (Totals::default(), Totals::default()) {
        return Ok(Vec::new());
    }
    let line = |text, metric: Metric| {
        Line::new(text, on.deals(on.company.basis, &format!("&metric={}", metric.code()))).about(on.about())
    };
    Ok(vec![
        line("sales-revenue", Metric::Revenue).figure(on.money(now.revenue), on.money(before.revenue)),
        line("sales-orders", Metric::Orders).figure(count(now.orders), count(before.orders)),
        line("sales-units", Metric::Units).figure(count(now.units), count(before.units)),
    ])
}
