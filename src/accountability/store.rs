//! SQL of what was told about overdue steps.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;

use crate::error::Result;
use crate::process::Action;

/// Notes that steps are told of at a level; answers the places of those that were not told before.
pub(super) async fn note(
    conn: &mut PgConnection,
    actions: &[(&Action, NaiveDate)],
    level: i16,
    at: DateTime<Utc>,
) -> Result<Vec<(String, i64)>> {
    let kinds: Vec<String> = actions.iter().map(|(action, _)| action.kind.to_owned()).collect();
    let ids: Vec<i64> = actions.iter().map(|(action, _)| action.id).collect();
    let dues: Vec<NaiveDate> = actions.iter().map(|(_, due)| *due).collect();
    let rows = sqlx::query!(
        "insert into reminders (kind, step_id, level, due, reminded_at)
        select n.kind, n.id, $4, n.due, $5 from unnest($1::text[], $2::bigint[], $3::date[]) n (kind, id, due)
        on conflict do nothing returning kind, step_id",
        &kinds,
        &ids,
        &dues,
        level,
        at
    );
    Ok(rows.fetch_all(conn).await?.into_iter().map(|row| (row.kind, row.step_id)).collect())
}
