//! SQL of the audit record.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use super::Event;
use crate::error::Result;
use crate::kernel::id::UserId;

pub(super) async fn insert(
    conn: &mut PgConnection,
    by: Option<UserId>,
    at: DateTime<Utc>,
    event: &Event,
) -> Result<()> {
    sqlx::query!(
        "insert into audit_log (at, user_id, action, subject_kind, subject_id, details)
        values ($1, $2, $3, $4, $5, $6)",
        at,
        by.map(|user| user.0),
        event.action,
        event.subject_kind,
        event.subject_id,
        event.details
    )
    .execute(conn)
    .await?;
    Ok(())
}
