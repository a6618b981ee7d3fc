//! SQL of stages.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use super::stages::{self, Stage, StageId};
use crate::error::Result;

/// Every stage with what is measured of it.
pub(super) async fn list(conn: &mut PgConnection) -> Result<Vec<Stage>> {
    let rows = sqlx::query_file!("sql/pipeline_stages.sql").fetch_all(conn).await?;
    Ok(rows
        .into_iter()
        .map(|row| Stage {
            id: row.id,
            code: row.code,
            name: row.name,
            place: row.place,
            typed_bp: row.probability_bp.into(),
            retired: row.retired,
            version: row.version,
            decided: row.decided,
            won: row.won,
            patience: stages::patience(row.stays, row.twice_median),
        })
        .collect())
}

/// Adds a stage at the end of the way.
pub(super) async fn insert(conn: &mut PgConnection, name: &str, bp: i64) -> Result<StageId> {
    Ok(sqlx::query_scalar!(
        r#"insert into stages (name, place, probability_bp)
        select $1, coalesce(max(place), 0) + 1, $2::bigint::integer from stages returning id as "id: StageId""#,
        name,
        bp
    )
    .fetch_one(conn)
    .await?)
}

/// `None` when `version` is stale.
pub(super) async fn update(
    conn: &mut PgConnection,
    id: StageId,
    (name, bp): (&str, i64),
    version: i64,
) -> Result<Option<()>> {
    let done = sqlx::query!(
        "update stages set name = $2, probability_bp = $3::bigint::integer, version = version + 1
        where id = $1 and version = $4",
        id.0,
        name,
        bp,
        version
    )
    .execute(conn)
    .await?;
    Ok((done.rows_affected() == 1).then_some(()))
}

/// Takes a stage out of use or back into it; `None` when `version` is stale.
pub(super) async fn save_retired(
    conn: &mut PgConnection,
    id: StageId,
    version: i64,
    at: Option<DateTime<Utc>>,
) -> Result<Option<()>> {
    let done = sqlx::query!(
        "update stages set retired_at = $3, version = version + 1 where id = $1 and version = $2",
        id.0,
        version,
        at
    )
    .execute(conn)
    .await?;
    Ok((done.rows_affected() == 1).then_some(()))
}

/// Gives the stages their places, in the order given.
pub(super) async fn save_order(conn: &mut PgConnection, ids: &[i64]) -> Result<()> {
    sqlx::query!(
        "update stages s set place = o.place::integer, version = version + 1
        from unnest($1::bigint[]) with ordinality as o (id, place)
        where s.id = o.id and s.place <> o.place",
        ids
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Whether an opportunity ever stood in it.
pub(super) async fn is_used(conn: &mut PgConnection, id: StageId) -> Result<bool> {
    Ok(sqlx::query_scalar!(
        r#"select exists (select from opportunity_moves where stage_id = $1) as "used!""#,
        id.0
    )
    .fetch_one(conn)
    .await?)
}

/// Takes a stage away that nothing ever stood in.
pub(super) async fn delete(conn: &mut PgConnection, id: StageId) -> Result<()> {
    sqlx::query!("delete from stages where id = $1", id.0).execute(conn).await?;
    Ok(())
}
