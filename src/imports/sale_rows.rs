//! Order lines. New orders are posted all at once; orders that change, and those that are no longer a customer's
//! first, are settled one by one like any edited deal.

use sqlx::PgConnection;

use super::load::Origin;
use super::{Counts, Kind, staging};
use crate::error::Result;
use crate::kernel::id::DealId;
use crate::org::company;
use crate::sales::booking::{self, Stamp};

/// Orders that bring dates of delivery with them, or had some that may be gone.
const DATED: &str = "select o.deal_id from stage_orders o join stage_sales s on s.order_no = o.order_no
    where s.promised_on is not null or s.delivered_on is not null
    union select deal_id from stage_unsettled order by deal_id";
/// So many orders are worked out in one statement.
const AT_ONCE: usize = 20_000;

/// Writes orders and lines, and brings the ledger in step with them.
pub(super) async fn write(conn: &mut PgConnection, origin: &Origin) -> Result<Counts> {
    let counts = staging::write(conn, Kind::Sales).await?;
    let company = company::find(conn).await?;
    let stamp = Stamp { by: origin.by, at: origin.at };
    let unsettled: Vec<DealId> = sqlx::query_scalar("select deal_id from stage_unsettled order by deal_id")
        .fetch_all(&mut *conn)
        .await?;
    let dated: Vec<i64> = sqlx::query_scalar(DATED).fetch_all(&mut *conn).await?;
    for orders in dated.chunks(AT_ONCE) {
        booking::settle_orders(conn, &company, orders, origin.at).await?;
    }
    for deal in unsettled {
        booking::settle_deal(conn, &company, deal, stamp).await?;
    }
    Ok(counts)
}
