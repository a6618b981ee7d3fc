//! SQL of home: the latest imports.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use crate::error::Result;

/// An import as the short list shows it.
pub(super) struct ImportRow {
    pub(super) id: i64,
    pub(super) kind: String,
    pub(super) file_name: String,
    pub(super) status: String,
    pub(super) added: i64,
    pub(super) changed: i64,
    pub(super) fault_count: i64,
    pub(super) started_at: DateTime<Utc>,
}

/// The latest imports that were not only a check.
pub(super) async fn latest_imports(conn: &mut PgConnection) -> Result<Vec<ImportRow>> {
    Ok(sqlx::query_as!(
        ImportRow,
        "select id, kind, file_name, status, added, changed, fault_count, started_at
        from imports where not dry_run order by started_at desc, id desc limit 5"
    )
    .fetch_all(conn)
    .await?)
}
