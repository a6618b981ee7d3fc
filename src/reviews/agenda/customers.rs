//! Who bought for the first time.

use sqlx::PgConnection;

use super::{About, Line, On, count};
use crate::attainment::Metric;
use crate::attainment::service::{self, Span};
use crate::error::Result;
use crate::goals::Viewer;
use crate::notices::Value;
use crate::sales::list;

/// So many by name.
const MOST: usize = 5;

pub(super) async fn lines(conn: &mut PgConnection, on: &On<'_>) -> Result<Vec<Line>> {
    let span = |period| Span { subject: on.subject(), category: None, basis: on.company.basis, period };
    let sums = service::totals(conn, &[span(on.period), span(on.before)]).await?;
    let [now, before] = sums[..] else { return Ok(Vec::new()) };
    if now.new_customers == 0 && before.new_customers == 0 {
        return Ok(Vec::new());
    }
    let first = Line::new("customers", on.deals(on.company.basis, "&metric=new_customers"))
        .figure(count(now.new_customers), count(before.new_customers))
        .about(on.about());
    let filter = list::Filter::of_span(&span(on.period), Metric::NewCustomers);
    let latest = list::latest(conn, Viewer::system(on.today), &filter, (MOST, None)).await?;
    let named = latest.deals.into_iter().filter(|deal| deal.totals.new_customers > 0).map(|deal| {
        let seller = deal.owner_name.unwrap_or_default();
        // whose customer it is tells what somebody sold
        Line::new("customer", format!("/customers/{}", deal.customer))
            .with("name", Value::text(deal.customer_name))
            .with("who", Value::text(seller))
            .with("day", Value::Day { day: deal.ordered_on })
            .figure(on.money(deal.totals.revenue), None)
            .about(deal.owner.map_or(on.about(), About::Person))
    });
    Ok(std::iter::once(first).chain(named).collect())
}
