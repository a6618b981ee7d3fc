//! SQL of standing meetings, meetings and their notes.

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::Value as Json;
use sqlx::{FromRow, PgConnection, Postgres, QueryBuilder};

use super::rhythm::Rhythm;
use super::steps::{State, Step};
use super::{Agenda, Hand, Review, ReviewId, Series, SeriesDraft, SeriesId};
use crate::error::{AppError, Result};
use crate::kernel::id::{DepartmentId, EmployeeId, UserId};

#[derive(FromRow)]
struct SeriesRow {
    series_id: SeriesId,
    name: String,
    department_id: DepartmentId,
    rhythm: String,
    rhythm_on: i16,
    leader_id: Option<EmployeeId>,
    guests: Vec<i64>,
    ended: bool,
    series_version: i64,
}

impl SeriesRow {
    fn read(self) -> Result<Series> {
        let on = u32::try_from(self.rhythm_on).unwrap_or_default();
        let rhythm = Rhythm::new(&self.rhythm, on).ok_or_else(|| AppError::internal("unreadable rhythm"))?;
        Ok(Series {
            id: self.series_id,
            name: self.name,
            department: self.department_id,
            rhythm,
            leader: self.leader_id,
            guests: self.guests.into_iter().map(EmployeeId).collect(),
            ended: self.ended,
            version: self.series_version,
        })
    }
}

const SERIES: &str = "s.id as series_id, s.name, s.department_id, s.rhythm, s.rhythm_on, s.leader_id,
    array(select g.employee_id from review_guests g where g.series_id = s.id order by g.employee_id) as guests,
    s.ended_at is not null as ended, s.version as series_version";

#[derive(FromRow)]
struct Row {
    id: ReviewId,
    meets_on: NaiveDate,
    rhythm_day: NaiveDate,
    covers_from: NaiveDate,
    state: String,
    agenda: Option<Json>,
    invited: Vec<i64>,
    version: i64,
    #[sqlx(flatten)]
    series: SeriesRow,
}

impl Row {
    fn read(self) -> Result<Review> {
        Ok(Review {
            id: self.id,
            series: self.series.read()?,
            on: self.meets_on,
            rhythm_day: self.rhythm_day,
            covers_from: self.covers_from,
            state: State::from_code(&self.state).ok_or_else(|| AppError::internal("unreadable meeting"))?,
            agenda: self.agenda.map(serde_json::from_value).transpose().map_err(AppError::internal)?,
            invited: self.invited.into_iter().map(EmployeeId).collect(),
            version: self.version,
        })
    }
}

/// The columns of a meeting; lists leave the agenda out.
fn columns(query: &mut QueryBuilder<Postgres>, with_agenda: bool) {
    query.push("r.id, r.meets_on, r.rhythm_day, r.covers_from, r.state, r.invited, r.version, ");
    query.push(if with_agenda { "r.agenda, " } else { "null::jsonb as agenda, " });
    query.push(SERIES);
}

/// Every standing meeting, by name.
pub(super) async fn list_series(conn: &mut PgConnection) -> Result<Vec<Series>> {
    let mut query: QueryBuilder<Postgres> = QueryBuilder::new("select ");
    query.push(SERIES).push(" from review_series s order by lower(s.name), s.id");
    let rows: Vec<SeriesRow> = query.build_query_as().fetch_all(conn).await?;
    rows.into_iter().map(SeriesRow::read).collect()
}

pub(super) async fn find_series(conn: &mut PgConnection, id: SeriesId) -> Result<Option<Series>> {
    let mut query: QueryBuilder<Postgres> = QueryBuilder::new("select ");
    query.push(SERIES).push(" from review_series s where s.id = ").push_bind(id.0);
    let row: Option<SeriesRow> = query.build_query_as().fetch_optional(conn).await?;
    row.map(SeriesRow::read).transpose()
}

fn rhythm_on(rhythm: Rhythm) -> i16 {
    i16::try_from(rhythm.on()).unwrap_or(i16::MAX)
}

pub(super) async fn insert_series(
    conn: &mut PgConnection,
    draft: &SeriesDraft,
    hand: &Hand,
) -> Result<SeriesId> {
    let id = sqlx::query_scalar!(
        r#"insert into review_series (name, department_id, rhythm, rhythm_on, leader_id, created_by, created_at)
        values ($1, $2, $3, $4, $5, $6, $7) returning id as "id: SeriesId""#,
        draft.name,
        draft.department.0,
        draft.rhythm.code(),
        rhythm_on(draft.rhythm),
        draft.leader.map(|id| id.0),
        hand.user.0,
        hand.at
    )
    .fetch_one(&mut *conn)
    .await?;
    save_guests(conn, id, &draft.guests).await?;
    Ok(id)
}

/// `None` when `version` is stale.
pub(super) async fn save_series(
    conn: &mut PgConnection,
    id: SeriesId,
    version: i64,
    draft: &SeriesDraft,
) -> Result<Option<()>> {
    let done = sqlx::query!(
        "update review_series set name = $3, department_id = $4, rhythm = $5, rhythm_on = $6, leader_id = $7,
            version = version + 1 where id = $1 and version = $2",
        id.0,
        version,
        draft.name,
        draft.department.0,
        draft.rhythm.code(),
        rhythm_on(draft.rhythm),
        draft.leader.map(|id| id.0)
    )
    .execute(&mut *conn)
    .await?;
    if done.rows_affected() == 0 {
        return Ok(None);
    }
    save_guests(conn, id, &draft.guests).await?;
    Ok(Some(()))
}

async fn save_guests(conn: &mut PgConnection, id: SeriesId, guests: &[EmployeeId]) -> Result<()> {
    let guests: Vec<i64> = guests.iter().map(|id| id.0).collect();
    sqlx::query!(
        "with gone as (delete from review_guests where series_id = $1 and employee_id <> all($2))
        insert into review_guests (series_id, employee_id) select $1, unnest($2::bigint[]) on conflict do nothing",
        id.0,
        &guests
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Ends or resumes a series; `None` when `version` is stale.
pub(super) async fn save_ended(
    conn: &mut PgConnection,
    id: SeriesId,
    version: i64,
    at: Option<DateTime<Utc>>,
) -> Result<Option<()>> {
    let done = sqlx::query!(
        "update review_series set ended_at = $3, version = version + 1 where id = $1 and version = $2",
        id.0,
        version,
        at
    )
    .execute(conn)
    .await?;
    Ok((done.rows_affected() == 1).then_some(()))
}

async fn one(conn: &mut PgConnection, mut query: QueryBuilder<Postgres>) -> Result<Option<Review>> {
    let row: Option<Row> = query.build_query_as().fetch_optional(conn).await?;
    row.map(Row::read).transpose()
}

fn select(with_agenda: bool) -> QueryBuilder<Postgres> {
    let mut query = QueryBuilder::new("select ");
    columns(&mut query, with_agenda);
    query.push(" from reviews r join review_series s on s.id = r.series_id where ");
    query
}

pub(super) async fn find(conn: &mut PgConnection, id: ReviewId) -> Result<Option<Review>> {
    let mut query = select(true);
    query.push("r.id = ").push_bind(id.0);
    one(conn, query).await
}

/// The meeting of a series that is to come.
pub(super) async fn planned(conn: &mut PgConnection, series: SeriesId) -> Result<Option<Review>> {
    let mut query = select(false);
    query.push("r.series_id = ").push_bind(series.0).push(" and r.state = 'planned'");
    one(conn, query).await
}

/// The latest meeting of a series that was held, without what it saw.
pub(super) async fn latest_held(conn: &mut PgConnection, series: SeriesId) -> Result<Option<Review>> {
    let mut query = select(false);
    query.push("r.series_id = ").push_bind(series.0);
    query.push(" and r.state = 'held' order by r.meets_on desc limit 1");
    one(conn, query).await
}

/// Whether nothing has been written about a meeting.
pub(super) async fn is_empty(conn: &mut PgConnection, id: ReviewId) -> Result<bool> {
    Ok(sqlx::query_scalar!(
        r#"select not exists (select from review_notes where review_id = $1)
            and not exists (select from decisions where review_id = $1) as "empty!""#,
        id.0
    )
    .fetch_one(conn)
    .await?)
}

/// Plans a meeting. Nothing when another is planned already.
pub(super) async fn insert(
    conn: &mut PgConnection,
    series: SeriesId,
    (on, covers_from): (NaiveDate, NaiveDate),
    hand: &Hand,
) -> Result<Option<ReviewId>> {
    let id = sqlx::query_scalar!(
        r#"insert into reviews (series_id, meets_on, rhythm_day, covers_from, state) values ($1, $2, $2, $3, 'planned')
        on conflict do nothing returning id as "id: ReviewId""#,
        series.0,
        on,
        covers_from
    )
    .fetch_optional(&mut *conn)
    .await?;
    if let Some(id) = id {
        insert_step(conn, id, Step::Plan, hand, on, "").await?;
    }
    Ok(id)
}

/// Takes away a meeting that was never held.
pub(super) async fn delete(conn: &mut PgConnection, id: ReviewId) -> Result<()> {
    sqlx::query!("delete from reviews where id = $1 and state = 'planned'", id.0).execute(conn).await?;
    Ok(())
}

/// `None` when `version` is stale.
pub(super) async fn save_day(
    conn: &mut PgConnection,
    (id, version): (ReviewId, i64),
    on: NaiveDate,
    rhythm_day: NaiveDate,
    covers_from: NaiveDate,
) -> std::result::Result<Option<()>, sqlx::Error> {
    let done = sqlx::query!(
        "update reviews set meets_on = $3, rhythm_day = $4, covers_from = $5, version = version + 1
        where id = $1 and version = $2 and state = 'planned'",
        id.0,
        version,
        on,
        rhythm_day,
        covers_from
    )
    .execute(conn)
    .await?;
    Ok((done.rows_affected() == 1).then_some(()))
}

/// `None` when `version` is stale.
pub(super) async fn save_state(
    conn: &mut PgConnection,
    (id, version): (ReviewId, i64),
    state: State,
    agenda: Option<&Agenda>,
    invited: &[EmployeeId],
) -> Result<Option<()>> {
    let agenda = agenda.map(serde_json::to_value).transpose().map_err(AppError::internal)?;
    let invited: Vec<i64> = invited.iter().map(|id| id.0).collect();
    let done = sqlx::query!(
        "update reviews set state = $3, agenda = $4, invited = $5, version = version + 1
        where id = $1 and version = $2",
        id.0,
        version,
        state.code(),
        agenda,
        &invited
    )
    .execute(conn)
    .await?;
    Ok((done.rows_affected() == 1).then_some(()))
}

pub(super) async fn insert_step(
    conn: &mut PgConnection,
    id: ReviewId,
    step: Step,
    hand: &Hand,
    on: NaiveDate,
    section: &str,
) -> Result<()> {
    sqlx::query!(
        "insert into review_steps (review_id, number, step, taken_by, taken_at, meets_on, section)
        select $1, coalesce(max(number), 0) + 1, $2, $3, $4, $5, $6 from review_steps where review_id = $1",
        id.0,
        step.code(),
        hand.user.0,
        hand.at,
        on,
        section
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// A step that was taken.
pub(super) struct Taken {
    pub(super) step: Step,
    pub(super) name: String,
    pub(super) at: DateTime<Utc>,
    pub(super) on: NaiveDate,
    pub(super) section: String,
}

pub(super) async fn list_steps(conn: &mut PgConnection, id: ReviewId) -> Result<Vec<Taken>> {
    let rows = sqlx::query!(
        "select s.step, u.name, s.taken_at, s.meets_on, s.section from review_steps s
        join users u on u.id = s.taken_by where s.review_id = $1 order by s.number",
        id.0
    )
    .fetch_all(conn)
    .await?;
    let taken = rows.into_iter().filter_map(|row| {
        let step = Step::from_code(&row.step)?;
        Some(Taken { step, name: row.name, at: row.taken_at, on: row.meets_on, section: row.section })
    });
    Ok(taken.collect())
}

/// What was said about a section.
#[derive(Clone, Debug)]
pub(super) struct Note {
    pub(super) section: String,
    pub(super) body: String,
    pub(super) name: String,
    pub(super) at: DateTime<Utc>,
    pub(super) version: i64,
}

pub(super) async fn list_notes(conn: &mut PgConnection, id: ReviewId) -> Result<Vec<Note>> {
    Ok(sqlx::query_as!(
        Note,
        "select n.section, n.body, u.name, n.written_at as at, n.version from review_notes n
        join users u on u.id = n.written_by where n.review_id = $1 order by n.section",
        id.0
    )
    .fetch_all(conn)
    .await?)
}

/// Writes a note over the one of `version`, or a first one where that is 0; `None` when it is stale.
pub(super) async fn save_note(
    conn: &mut PgConnection,
    id: ReviewId,
    (section, version): (&str, i64),
    body: &str,
    (by, at): (UserId, DateTime<Utc>),
) -> Result<Option<()>> {
    let done = sqlx::query!(
        "insert into review_notes (review_id, section, body, written_by, written_at)
        select $1, $2, $3, $5, $6 where $4::bigint = 0 or exists (select from review_notes where review_id = $1 and section = $2)
        on conflict (review_id, section) do update
            set body = $3, written_by = $5, written_at = $6, version = review_notes.version + 1
            where review_notes.version = $4::bigint",
        id.0,
        section,
        body,
        version,
        by.0,
        at
    )
    .execute(conn)
    .await?;
    Ok((done.rows_affected() == 1).then_some(()))
}
