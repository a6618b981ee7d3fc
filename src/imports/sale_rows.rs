//! Order lines. New orders are posted all at once; orders that change, and those that are no longer a customer's
//! first, are settled one by one like any edited deal.

use sqlx::PgConnection;

use super::load::Origin;
use super::{Counts, Kind, staging};
use crate::error::Result;
use crate::kernel::id::DealId;
use crate::org::company;
use crate::sales::booking::{self, Stamp};

/// Writes orders and lines, and brings the ledger in step with them.
pub(super) async fn write(conn: &mut PgConnection, origin: &Origin) -> Result<Counts> {
    let counts = staging::write(conn, Kind::Sales).await?;
    let company = company::find(conn).await?;
    let stamp = Stamp { by: origin.by, at: origin.at };
    let unsettled: Vec<DealId> = sqlx::query_scalar("select deal_id from stage_unsettled order by deal_id")
        .fetch_all(&mut *conn)
        .await?;
    for deal in unsettled {
        booking::settle_deal(conn, &company, deal, stamp).await?;
    }
    Ok(counts)
}
