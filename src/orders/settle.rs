//! What follows from a change of an order: how far it has come, whether it was on time, what its seller gets credit for.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use super::store;
use crate::error::Result;
use crate::kernel::id::DealId;
use crate::org::Company;
use crate::sales::booking::{self, Stamp};
use crate::service;

/// Brings state, punctuality and credits of orders in step with their lines and deliveries, and has customers called after what
/// is wholly delivered.
pub async fn settle(
    conn: &mut PgConnection,
    company: &Company,
    orders: &[DealId],
    stamp: Stamp,
) -> Result<()> {
    let ids: Vec<i64> = orders.iter().map(|id| id.0).collect();
    service::lock_of_deals(conn, &ids).await?;
    booking::settle_orders(conn, company, &ids, stamp.at).await?;
    for id in orders {
        booking::settle_deal(conn, company, *id, stamp).await?;
        follow_up(conn, company, *id, stamp.at).await?;
    }
    Ok(())
}

/// Has the customer called after what is wholly delivered, and not where it is not any more.
pub(super) async fn follow_up(
    conn: &mut PgConnection,
    company: &Company,
    id: DealId,
    at: DateTime<Utc>,
) -> Result<()> {
    match store::delivered_on(conn, id).await? {
        Some(day) => service::after_delivery(conn, company, id, day, at).await.map(drop),
        None => service::not_delivered(conn, id, at).await,
    }
}

/// Notes orders that have become late since they were last looked at. Answers how many.
pub async fn settle_late(conn: &mut PgConnection, company: &Company, at: DateTime<Utc>) -> Result<usize> {
    let ids = store::newly_late(conn, company.day_of(at)).await?;
    if !ids.is_empty() {
        booking::settle_orders(conn, company, &ids, at).await?;
    }
    Ok(ids.len())
}
