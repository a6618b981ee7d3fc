//! SQL of what was decided.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::{FromRow, PgConnection, Postgres, QueryBuilder};

use super::steps::{Act, Outcome};
use super::{Decision, DecisionId, Hand, Review, ReviewId, Seen, SeriesId};
use crate::error::{AppError, Result};
use crate::kernel::id::{EmployeeId, UserId};

#[derive(FromRow)]
struct Row {
    id: DecisionId,
    review_id: ReviewId,
    series_id: SeriesId,
    meeting: String,
    meets_on: NaiveDate,
    section: String,
    what: String,
    owner_id: EmployeeId,
    owner_name: String,
    due_on: NaiveDate,
    state: String,
    decided_by: UserId,
    decided_at: DateTime<Utc>,
    closed_at: Option<DateTime<Utc>>,
    version: i64,
}

impl Row {
    fn read(self) -> Result<Decision> {
        Ok(Decision {
            id: self.id,
            review: self.review_id,
            series: self.series_id,
            meeting: self.meeting,
            on: self.meets_on,
            section: self.section,
            what: self.what,
            owner: self.owner_id,
            owner_name: self.owner_name,
            due: self.due_on,
            outcome: Outcome::from_code(&self.state)
                .ok_or_else(|| AppError::internal("unreadable decision"))?,
            by: self.decided_by,
            at: self.decided_at,
            closed_at: self.closed_at,
            version: self.version,
        })
    }
}

const COLUMNS: &str =
    "d.id, d.review_id, r.series_id, s.name as meeting, r.meets_on, d.section, d.what, d.owner_id,
    e.name as owner_name, d.due_on, d.state, d.decided_by, d.decided_at, d.closed_at, d.version";
const FROM: &str =
    " from decisions d join reviews r on r.id = d.review_id join review_series s on s.id = r.series_id
    join employees e on e.id = d.owner_id where ";

fn select() -> QueryBuilder<Postgres> {
    let mut query = QueryBuilder::new("select ");
    query.push(COLUMNS).push(FROM);
    query
}

async fn all(conn: &mut PgConnection, mut query: QueryBuilder<Postgres>) -> Result<Vec<Decision>> {
    let rows: Vec<Row> = query.build_query_as().fetch_all(conn).await?;
    rows.into_iter().map(Row::read).collect()
}

pub(super) async fn find(conn: &mut PgConnection, id: DecisionId) -> Result<Option<Decision>> {
    let mut query = select();
    query.push("d.id = ").push_bind(id.0).push(" and d.state <> 'undone'");
    Ok(all(conn, query).await?.pop())
}

/// What a meeting decided, in order.
pub(super) async fn of_review(conn: &mut PgConnection, id: ReviewId) -> Result<Vec<Decision>> {
    let mut query = select();
    query.push("d.review_id = ").push_bind(id.0).push(" and d.state <> 'undone' order by d.id");
    all(conn, query).await
}

/// What earlier meetings of the series decided and is open, or was closed since the day a meeting looks at first; what is due
/// first first.
pub(super) async fn coming_back(conn: &mut PgConnection, review: &Review) -> Result<Vec<Decision>> {
    let mut query = select();
    query.push("r.series_id = ").push_bind(review.series.id.0);
    query
        .push(" and r.meets_on < ")
        .push_bind(review.on)
        .push(" and (d.state = 'open' or d.state <> 'undone' and ");
    // a day early: whose day it was is for the company's clock to say
    query.push("d.closed_at >= ").push_bind(review.covers_from).push("::date - 1)");
    query.push(" order by d.state = 'open' desc, d.due_on, d.id limit 100");
    all(conn, query).await
}

/// What is open of some people.
pub(super) async fn open_of(conn: &mut PgConnection, people: &[EmployeeId]) -> Result<Vec<Decision>> {
    let people: Vec<i64> = people.iter().map(|id| id.0).collect();
    let mut query = select();
    query.push("d.owner_id = any(").push_bind(people).push(") and d.state = 'open' order by d.due_on, d.id");
    all(conn, query).await
}

/// Which decisions are listed.
#[derive(Clone, Debug, Default)]
pub(super) struct Filter {
    /// What the reader sees.
    pub(super) seen: Seen,
    /// Only these states; nothing for all that lists show.
    pub(super) outcome: Option<Outcome>,
    /// Only what is open and was due before this day.
    pub(super) overdue_on: Option<NaiveDate>,
    /// Only of this person.
    pub(super) owner: Option<EmployeeId>,
    /// Only of this standing meeting.
    pub(super) meeting: Option<SeriesId>,
    /// Only with these words in what is to be done, the owner or the meeting.
    pub(super) words: String,
    /// In order of id, after this one, for programs.
    pub(super) after: Option<i64>,
}

fn narrow(query: &mut QueryBuilder<Postgres>, filter: &Filter) {
    query.push(FROM).push("d.state <> 'undone'");
    if let Some(people) = &filter.seen.people {
        query.push(" and (r.series_id = any(").push_bind(filter.seen.series.clone());
        query.push(") or d.owner_id = any(").push_bind(people.clone()).push("))");
    }
    if let Some(outcome) = filter.outcome {
        query.push(" and d.state = ").push_bind(outcome.code());
    }
    if let Some(day) = filter.overdue_on {
        query.push(" and d.state = 'open' and d.due_on < ").push_bind(day);
    }
    if let Some(owner) = filter.owner {
        query.push(" and d.owner_id = ").push_bind(owner.0);
    }
    if let Some(series) = filter.meeting {
        query.push(" and r.series_id = ").push_bind(series.0);
    }
    if !filter.words.is_empty() {
        query.push(" and position(lower(").push_bind(filter.words.clone());
        query.push(") in lower(d.what || ' ' || e.name || ' ' || s.name)) > 0");
    }
    if let Some(after) = filter.after {
        query.push(" and d.id > ").push_bind(after);
    }
}

pub(super) async fn count(conn: &mut PgConnection, filter: &Filter) -> Result<i64> {
    let mut query = QueryBuilder::new("select count(*)");
    narrow(&mut query, filter);
    Ok(query.build_query_scalar().fetch_one(conn).await?)
}

/// Decisions in order; `slice` is how many and after how many.
pub(super) async fn list(
    conn: &mut PgConnection,
    filter: &Filter,
    (column, descending): (&str, bool),
    slice: (i64, i64),
) -> Result<Vec<Decision>> {
    let mut query = QueryBuilder::new("select ");
    query.push(COLUMNS);
    narrow(&mut query, filter);
    query.push(" order by ").push(match column {
        "what" => "lower(d.what)",
        "owner" => r#"lower(e.name) collate "sv-x-icu""#,
        "meeting" => "r.meets_on",
        "id" => "d.id",
        _ => "d.due_on",
    });
    query.push(if descending { " desc, d.id desc" } else { ", d.id" });
    query.push(" limit ").push_bind(slice.0).push(" offset ").push_bind(slice.1);
    all(conn, query).await
}

/// What is decided, before it has an id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct New {
    pub(super) review: ReviewId,
    pub(super) section: String,
    pub(super) what: String,
    pub(super) owner: EmployeeId,
    pub(super) due: NaiveDate,
}

pub(super) async fn insert(conn: &mut PgConnection, new: &New, hand: &Hand) -> Result<DecisionId> {
    Ok(sqlx::query_scalar!(
        r#"insert into decisions (review_id, section, what, owner_id, due_on, state, decided_by, decided_at)
        values ($1, $2, $3, $4, $5, 'open', $6, $7) returning id as "id: DecisionId""#,
        new.review.0,
        new.section,
        new.what,
        new.owner.0,
        new.due,
        hand.user.0,
        hand.at
    )
    .fetch_one(conn)
    .await?)
}

/// `None` when the version is stale.
pub(super) async fn save(conn: &mut PgConnection, decision: &Decision) -> Result<Option<()>> {
    let done = sqlx::query!(
        "update decisions set what = $3, owner_id = $4, due_on = $5, state = $6, closed_at = $7, version = version + 1
        where id = $1 and version = $2",
        decision.id.0,
        decision.version,
        decision.what,
        decision.owner.0,
        decision.due,
        decision.outcome.code(),
        decision.closed_at
    )
    .execute(conn)
    .await?;
    Ok((done.rows_affected() == 1).then_some(()))
}

pub(super) async fn insert_step(
    conn: &mut PgConnection,
    id: DecisionId,
    act: Act,
    hand: &Hand,
    (owner, due): (EmployeeId, NaiveDate),
    reason: &str,
) -> Result<()> {
    sqlx::query!(
        "insert into decision_steps (decision_id, number, step, taken_by, taken_at, owner_id, due_on, reason)
        select $1, coalesce(max(number), 0) + 1, $2, $3, $4, $5, $6, $7 from decision_steps where decision_id = $1",
        id.0,
        act.code(),
        hand.user.0,
        hand.at,
        owner.0,
        due,
        reason
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// A step that was taken.
pub(super) struct Taken {
    pub(super) act: Act,
    pub(super) name: String,
    pub(super) at: DateTime<Utc>,
    pub(super) owner: String,
    pub(super) due: NaiveDate,
    pub(super) reason: String,
}

pub(super) async fn list_steps(conn: &mut PgConnection, id: DecisionId) -> Result<Vec<Taken>> {
    let rows = sqlx::query!(
        "select s.step, u.name, s.taken_at, e.name as owner, s.due_on, s.reason from decision_steps s join users u on u.id = s.taken_by join employees e on e.id = s.owner_id
        where s.decision_id = $1 order by s.number",
        id.0
    )
    .fetch_all(conn)
    .await?;
    let taken = rows.into_iter().filter_map(|row| {
        let act = Act::from_code(&row.step)?;
        let (name, at, owner) = (row.name, row.taken_at, row.owner);
        Some(Taken { act, name, at, owner, due: row.due_on, reason: row.reason })
    });
    Ok(taken.collect())
}
