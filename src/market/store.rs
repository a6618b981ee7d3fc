//! SQL of notes about the market.

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use sqlx::{FromRow, PgConnection, Postgres, QueryBuilder};

use super::{Filter, Kind, Note, NoteDraft, NoteId};
use crate::error::{AppError, Result};
use crate::kernel::id::{GoalId, UserId};

#[derive(FromRow)]
struct Row {
    id: NoteId,
    kind: String,
    happened_on: NaiveDate,
    title: String,
    about: String,
    value: Option<Decimal>,
    unit: String,
    body: String,
    source: String,
    recorded_by: Option<UserId>,
    name: Option<String>,
    version: i64,
}

impl Row {
    fn read(self) -> Result<Note> {
        let kind = Kind::from_code(&self.kind).ok_or_else(|| AppError::internal("unreadable note"))?;
        let draft = NoteDraft {
            kind,
            happened_on: self.happened_on,
            title: self.title,
            about: self.about,
            value: self.value,
            unit: self.unit,
            body: self.body,
            source: self.source,
        };
        Ok(Note { id: self.id, draft, by: self.recorded_by, name: self.name, version: self.version })
    }
}

const COLUMNS: &str =
    "m.id, m.kind, m.happened_on, m.title, m.about, m.value, m.unit, m.body, m.source, m.recorded_by,
    u.name, m.version";

fn narrow(query: &mut QueryBuilder<Postgres>, filter: &Filter) {
    query.push(" from market_notes m left join users u on u.id = m.recorded_by where m.removed_at is null");
    if !filter.words.is_empty() {
        query.push(" and position(lower(").push_bind(filter.words.clone());
        query.push(") in lower(m.title || ' ' || m.about || ' ' || m.body || ' ' || m.source)) > 0");
    }
    if let Some(kind) = filter.kind {
        query.push(" and m.kind = ").push_bind(kind.code());
    }
    if let Some(days) = filter.days {
        query.push(" and m.happened_on >= ").push_bind(days.start);
        query.push(" and m.happened_on < ").push_bind(days.end);
    }
}

pub(super) async fn list(conn: &mut PgConnection, filter: &Filter) -> Result<(Vec<Note>, i64)> {
    let mut count = QueryBuilder::new("select count(*)");
    narrow(&mut count, filter);
    let total: i64 = count.build_query_scalar().fetch_one(&mut *conn).await?;
    let mut query = QueryBuilder::new("select ");
    query.push(COLUMNS);
    narrow(&mut query, filter);
    query.push(match (filter.by_title, filter.descending) {
        (false, false) => " order by m.happened_on, m.id",
        (false, true) => " order by m.happened_on desc, m.id desc",
        (true, false) => " order by lower(m.title), m.id",
        (true, true) => " order by lower(m.title) desc, m.id desc",
    });
    query.push(" limit ").push_bind(filter.slice.0).push(" offset ").push_bind(filter.slice.1);
    let rows: Vec<Row> = query.build_query_as().fetch_all(conn).await?;
    Ok((rows.into_iter().map(Row::read).collect::<Result<_>>()?, total))
}

/// A note that is there, or one that was taken away.
pub(super) async fn find(conn: &mut PgConnection, id: NoteId, removed: bool) -> Result<Option<Note>> {
    let mut query: QueryBuilder<Postgres> = QueryBuilder::new("select ");
    query.push(COLUMNS).push(" from market_notes m left join users u on u.id = m.recorded_by where m.id = ");
    query.push_bind(id.0).push(" and (m.removed_at is not null) = ").push_bind(removed);
    let row: Option<Row> = query.build_query_as().fetch_optional(conn).await?;
    row.map(Row::read).transpose()
}

/// `None` when the same kind, day and title is there already.
pub(super) async fn insert(
    conn: &mut PgConnection,
    draft: &NoteDraft,
    by: Option<UserId>,
    now: DateTime<Utc>,
) -> Result<Option<NoteId>> {
    Ok(sqlx::query_scalar!(
        r#"insert into market_notes (kind, happened_on, title, about, value, unit, body, source, recorded_by, recorded_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        on conflict (kind, happened_on, title) where removed_at is null do nothing returning id as "id: NoteId""#,
        draft.kind.code(),
        draft.happened_on,
        draft.title,
        draft.about,
        draft.value,
        draft.unit,
        draft.body,
        draft.source,
        by.map(|user| user.0),
        now
    )
    .fetch_optional(conn)
    .await?)
}

/// `None` when `version` is stale.
pub(super) async fn update(
    conn: &mut PgConnection,
    id: NoteId,
    draft: &NoteDraft,
    version: i64,
) -> std::result::Result<Option<()>, sqlx::Error> {
    let done = sqlx::query!(
        "update market_notes set kind = $3, happened_on = $4, title = $5, about = $6, value = $7, unit = $8, body = $9,
            source = $10, version = version + 1
        where id = $1 and version = $2 and removed_at is null",
        id.0,
        version,
        draft.kind.code(),
        draft.happened_on,
        draft.title,
        draft.about,
        draft.value,
        draft.unit,
        draft.body,
        draft.source
    )
    .execute(conn)
    .await?;
    Ok((done.rows_affected() == 1).then_some(()))
}

pub(super) async fn save_removed(
    conn: &mut PgConnection,
    id: NoteId,
    at: Option<DateTime<Utc>>,
) -> std::result::Result<(), sqlx::Error> {
    sqlx::query!("update market_notes set removed_at = $2, version = version + 1 where id = $1", id.0, at)
        .execute(conn)
        .await
        .map(drop)
}

pub(super) async fn insert_evidence(
    conn: &mut PgConnection,
    goal: GoalId,
    number: i32,
    notes: &[NoteId],
) -> Result<()> {
    let ids: Vec<i64> = notes.iter().map(|note| note.0).collect();
    sqlx::query!(
        "insert into goal_evidence (goal_id, number, note_id)
        select $1, $2, id from market_notes where id = any($3) and removed_at is null on conflict do nothing",
        goal.0,
        number,
        &ids
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub(super) async fn list_evidence(conn: &mut PgConnection, goal: GoalId) -> Result<Vec<(i32, Note)>> {
    #[derive(FromRow)]
    struct Cited {
        number: i32,
        #[sqlx(flatten)]
        note: Row,
    }
    let mut query: QueryBuilder<Postgres> = QueryBuilder::new("select e.number, ");
    query.push(COLUMNS);
    query.push(
        " from goal_evidence e join market_notes m on m.id = e.note_id
        left join users u on u.id = m.recorded_by where e.goal_id = ",
    );
    query.push_bind(goal.0).push(" order by e.number, m.happened_on, m.id");
    let rows: Vec<Cited> = query.build_query_as().fetch_all(conn).await?;
    rows.into_iter().map(|row| Ok((row.number, row.note.read()?))).collect()
}
