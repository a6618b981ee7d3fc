//! SQL of imports of opportunities.

use chrono::NaiveDate;
use sqlx::PgConnection;

use super::write::Ready;
use super::{Mapping, Origin, Outcome};
use crate::error::{AppError, Result};
use crate::kernel::id::{CustomerId, UserId};
use crate::pipeline::State;

const KIND: &str = "opportunities";

/// One import at a time: the next waits.
pub(super) async fn take_turn(conn: &mut PgConnection) -> Result<()> {
    sqlx::query!("select pg_advisory_xact_lock(hashtext('opportunity imports'))").execute(conn).await?;
    Ok(())
}

pub(super) async fn customers(conn: &mut PgConnection) -> Result<Vec<(CustomerId, String, String)>> {
    let rows = sqlx::query!(
        r#"select id as "id: CustomerId", customer_no, name from customers order by lower(name), id"#
    );
    let rows = rows.fetch_all(conn).await?;
    Ok(rows.into_iter().map(|row| (row.id, row.customer_no, row.name)).collect())
}

/// The numbers of a source that are known.
pub(super) async fn known_numbers(conn: &mut PgConnection, source: &str) -> Result<Vec<String>> {
    let known = sqlx::query_scalar!("select opportunity_no from opportunities where source = $1", source);
    Ok(known.fetch_all(conn).await?)
}

/// Stores opportunities of one line each, with their way.
pub(super) async fn insert(conn: &mut PgConnection, ready: &[Ready], origin: Origin<'_>) -> Result<()> {
    let number = |value: &dyn Fn(&Ready) -> i64| ready.iter().map(value).collect::<Vec<i64>>();
    let id = |value: &dyn Fn(&Ready) -> Option<i64>| ready.iter().map(value).collect::<Vec<Option<i64>>>();
    let text = |value: &dyn Fn(&Ready) -> String| ready.iter().map(value).collect::<Vec<String>>();
    let day = |value: &dyn Fn(&Ready) -> Option<NaiveDate>| ready.iter().map(value).collect::<Vec<_>>();
    let reason = |one: &Ready| one.row.loss.as_ref().map_or("", |loss| loss.reason.code()).to_owned();
    sqlx::query_file!(
        "sql/pipeline_import.sql",
        origin.source,
        &text(&|one| one.row.draft.number.clone().unwrap_or_default()),
        &id(&|one| one.row.draft.customer.map(|id| id.0)) as &[Option<i64>],
        &id(&|one| one.row.draft.owner.map(|id| id.0)) as &[Option<i64>],
        &text(&|one| one.row.draft.currency.code().to_owned()),
        &text(&|one| one.row.draft.origin.code().to_owned()),
        &text(&|one| one.row.draft.technique.clone()),
        &text(&|one| one.row.state.code().to_owned()),
        &number(&|one| one.row.stage.0),
        &day(&|one| Some(one.row.draft.opened_on)) as &[Option<NaiveDate>],
        &day(&|one| one.row.draft.expected_on) as &[Option<NaiveDate>],
        &day(&|one| one.row.closed_on) as &[Option<NaiveDate>],
        &text(&|one| one.row.draft.note.clone()),
        &text(&reason),
        &text(&|one| one.row.loss.as_ref().map(|loss| loss.to.clone()).unwrap_or_default()),
        &id(&|one| one.deal.map(|deal| deal.0)) as &[Option<i64>],
        &number(&|one| one.line.line.product.0),
        &number(&|one| one.line.line.quantity),
        &number(&|one| one.line.line.amount),
        &number(&|one| one.line.line.cost),
        &number(&|one| one.line.own_amount),
        &number(&|one| one.line.own_cost),
        origin.stamp.by.map(|user| user.0),
        origin.stamp.at,
        State::Open.code()
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub(super) async fn find_mapping(conn: &mut PgConnection, source: &str) -> Result<Option<Mapping>> {
    let found = sqlx::query_scalar!(
        "select mapping from import_mappings where kind = $1 and source = $2",
        KIND,
        source
    );
    let found = found.fetch_optional(conn).await?;
    found.map(|json| serde_json::from_value(json).map_err(AppError::internal)).transpose()
}

pub(super) async fn save_mapping(
    conn: &mut PgConnection,
    mapping: &Mapping,
    origin: Origin<'_>,
) -> Result<()> {
    let json = serde_json::to_value(mapping).map_err(AppError::internal)?;
    sqlx::query!(
        "insert into import_mappings (kind, source, mapping, saved_by, saved_at) values ($1, $2, $3, $4, $5)
        on conflict (kind, source) do update set mapping = excluded.mapping, saved_by = excluded.saved_by,
            saved_at = excluded.saved_at",
        KIND,
        origin.source,
        json,
        origin.stamp.by.map(|user| user.0),
        origin.stamp.at
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// A file that waits, or what came of it.
pub(super) struct Upload {
    pub(super) source: String,
    pub(super) file_name: String,
    pub(super) content: Option<Vec<u8>>,
    pub(super) result: Option<Outcome>,
}

/// Keeps a file until it is done; those that waited for more than a day are forgotten.
pub(super) async fn insert_upload(
    conn: &mut PgConnection,
    (file_name, content): (&str, &[u8]),
    by: UserId,
    origin: Origin<'_>,
) -> Result<i64> {
    sqlx::query!(
        "delete from opportunity_uploads where uploaded_at < $1::timestamptz - interval '1 day'",
        origin.stamp.at
    )
    .execute(&mut *conn)
    .await?;
    Ok(sqlx::query_scalar!(
        "insert into opportunity_uploads (source, file_name, content, uploaded_by, uploaded_at)
        values ($1, $2, $3, $4, $5) returning id",
        origin.source,
        file_name,
        content,
        by.0,
        origin.stamp.at
    )
    .fetch_one(conn)
    .await?)
}

/// A file that this account sent.
pub(super) async fn find_upload(conn: &mut PgConnection, id: i64, by: UserId) -> Result<Option<Upload>> {
    let row = sqlx::query!(
        "select source, file_name, content, result from opportunity_uploads where id = $1 and uploaded_by = $2",
        id,
        by.0
    )
    .fetch_optional(conn)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let result = row.result.map(serde_json::from_value).transpose().map_err(AppError::internal)?;
    Ok(Some(Upload { source: row.source, file_name: row.file_name, content: row.content, result }))
}

/// Keeps what came of a file instead of the file.
pub(super) async fn finish_upload(conn: &mut PgConnection, id: i64, outcome: &Outcome) -> Result<()> {
    let json = serde_json::to_value(outcome).map_err(AppError::internal)?;
    sqlx::query!("update opportunity_uploads set content = null, result = $2 where id = $1", id, json)
        .execute(conn)
        .await?;
    Ok(())
}
