//! Orders of Nordhem Ventilation on their way: dates that were given, some that slipped, what is made and what is ready.

use sqlx::PgConnection;

use super::staff::Staff;
use super::store;
use super::timeline::Timeline;
use crate::error::{AppError, Result};
use crate::sales::booking;

/// So many orders are worked out in one statement.
const AT_ONCE: usize = 5_000;

/// Puts dates on the trail of what is open or was delivered lately, and takes open orders as far as their dates say.
pub(super) async fn create(conn: &mut PgConnection, timeline: &Timeline<'_>, staff: &Staff) -> Result<()> {
    let production = staff.department("PRODUCTION").ok_or(AppError::NotFound)?;
    let by = staff.manager_of("PRODUCTION").or_else(|| staff.executive());
    store::give_dates(conn, timeline.today, production, by).await?;
    let orders = store::take_orders(conn, timeline.today, by).await?;
    for orders in orders.chunks(AT_ONCE) {
        booking::settle_orders(conn, timeline.company, orders, timeline.now).await?;
    }
    Ok(())
}
