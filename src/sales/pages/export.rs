//! The list of deals as a spreadsheet, with the same filters.

use axum::response::Response;

use super::{desk, index};
use crate::error::Result;
use crate::kernel::money::Money;
use crate::sales::list;
use crate::web::context::Ctx;
use crate::web::csv::CsvDownload;
use crate::web::list::ListQuery;

/// Keys of the column headings.
const COLUMNS: [&str; 11] = [
    "deals-order-no",
    "deals-date",
    "deals-customer",
    "deals-what",
    "deals-owner",
    "deals-status",
    "deals-revenue",
    "deals-margin",
    "deals-units",
    "deals-currency",
    "deals-new-customer",
];

/// `GET /deals.csv`
pub async fn csv(ctx: Ctx, query: ListQuery) -> Result<Response> {
    let mut conn = ctx.app.read().await?;
    let rows = list::all(&mut conn, desk::viewer(&ctx), &index::read(&ctx, &query), &query).await?;
    drop(conn);
    let (l, currency) = (ctx.l, ctx.company.currency);
    let mut file = CsvDownload::new("deals", l, &COLUMNS.map(|key| l.t(key)))?;
    for row in rows {
        let money = |minor| Money::new(minor, currency).to_decimal_string();
        file.row(&[
            row.order_no.clone(),
            row.ordered_on.to_string(),
            row.customer_name.clone(),
            row.what(&l),
            row.owner_name.clone().unwrap_or_else(|| l.t("deals-house")),
            l.t(row.status.label()),
            money(row.totals.revenue),
            money(row.totals.margin),
            row.totals.units.to_string(),
            currency.to_string(),
            l.t(if row.is_first { "yes" } else { "no" }),
        ])?;
    }
    file.finish()
}
