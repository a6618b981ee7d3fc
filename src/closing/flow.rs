//! The steps of a closing: load, permit, decide, save, record, tell.

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::json;
use sqlx::PgConnection;

use super::policy::{self, Step};
use super::snapshot::finals;
use super::{Closing, ClosingId, State, store};
use crate::audit::{self, Event};
use crate::auth::Role;
use crate::auth::accounts;
use crate::error::{AppError, Found, OnConstraint, Result};
use crate::kernel::id::UserId;
use crate::kernel::period::Period;
use crate::notices::{self, Telling, Value};
use crate::org::{Company, company};
use crate::web::context::Ctx;

/// Who takes a step, and when.
#[derive(Clone, Copy, Debug)]
pub struct Closer<'a> {
    /// The company.
    pub company: &'a Company,
    /// The account.
    pub user: UserId,
    /// Its holder's name.
    pub name: &'a str,
    /// When.
    pub now: DateTime<Utc>,
    /// The business date then.
    pub today: NaiveDate,
}

impl<'a> Closer<'a> {
    /// The reader behind a request.
    pub fn of(ctx: &'a Ctx) -> Self {
        let (company, actor) = (&*ctx.company, &ctx.actor);
        Self { company, user: actor.user, name: &actor.name, now: ctx.now, today: ctx.today }
    }
}

/// Puts a period in review. Conflict when it cannot be closed next or another is in review.
pub async fn begin(conn: &mut PgConnection, by: Closer<'_>, period: &Period) -> Result<ClosingId> {
    let can_be_next = policy::next(by.company.fiscal, by.company.open_from, by.today);
    if !can_be_next.contains(period) {
        return Err(AppError::Conflict("closing-error-next"));
    }
    let id = store::insert(conn, period, by.user, by.now).await;
    let id = id.on_constraint(&[("closings_one_open", "period", "closing-error-open")]);
    let id = id.map_err(|error| match error {
        AppError::Invalid(_) => AppError::Conflict("closing-error-open"),
        other => other,
    })?;
    record(conn, by, id, "closing.begun", period, "").await?;
    tell(conn, by, id, period, "notice-closing-review", "").await?;
    Ok(id)
}

/// Takes a step. Conflict when `version` is stale, forbidden when there is no such step.
pub async fn take(
    conn: &mut PgConnection,
    by: Closer<'_>,
    id: ClosingId,
    (step, version): (Step, i64),
    reason: &str,
) -> Result<Closing> {
    store::lock(conn).await?;
    let all = store::list(conn).await?;
    let closing = all.iter().find(|closing| closing.id == id).found()?;
    if closing.version != version {
        return Err(AppError::Conflict("error-stale"));
    }
    let standing = || all.iter().filter(|other| other.state == State::Closed);
    let is_last = standing().all(|other| other.period.end <= closing.period.end);
    let state = policy::after(closing, step, by.user, is_last).ok_or(AppError::Forbidden)?;
    if step == Step::Ask {
        let saved = store::save_wish(conn, id, version, by.user, reason, by.now).await?;
        saved.ok_or(AppError::Conflict("error-stale"))?;
    } else {
        let saved = store::save(conn, id, version, state, by.user, by.now).await?;
        saved.ok_or(AppError::Conflict("error-stale"))?;
    }
    match step {
        Step::Close => settle(conn, by, closing).await?,
        Step::Reopen => {
            let before = standing().filter(|other| other.id != id).map(|other| other.period.end).max();
            // what is before the first closing stays closed with it
            store::save_open_from(conn, before.or(Some(closing.period.start))).await?;
        }
        Step::GiveUp | Step::Ask => {}
    }
    let (action, message) = match step {
        Step::GiveUp => ("closing.given_up", "notice-closing-given-up"),
        Step::Close => ("closing.closed", "notice-closing-closed"),
        Step::Ask => ("closing.reopen_asked", "notice-closing-asked"),
        Step::Reopen => ("closing.reopened", "notice-closing-reopened"),
    };
    record(conn, by, id, action, &closing.period, reason).await?;
    tell(conn, by, id, &closing.period, message, reason).await?;
    Ok(closing.clone())
}

/// Keeps every figure and every goal's final state, and closes the days.
async fn settle(conn: &mut PgConnection, by: Closer<'_>, closing: &Closing) -> Result<()> {
    // as it is now that nobody else can change it
    let company = company::find(conn).await?;
    if !policy::next(company.fiscal, company.open_from, by.today).contains(&closing.period) {
        return Err(AppError::Conflict("closing-error-next"));
    }
    let ids = store::unsettled(conn, &closing.period).await?;
    let ended = finals(conn, &company, ids, by.today).await?;
    store::insert_figures(conn, closing.id, &closing.period).await?;
    store::insert_goals(conn, closing.id, &ended).await?;
    store::save_open_from(conn, Some(closing.period.end)).await
}

async fn record(
    conn: &mut PgConnection,
    by: Closer<'_>,
    id: ClosingId,
    action: &'static str,
    period: &Period,
    reason: &str,
) -> Result<()> {
    let details = json!({ "from": period.start, "last": period.last_day(), "reason": reason });
    let event = Event::new(action, "closing", id.0).with(details);
    audit::record(conn, Some(by.user), by.now, event).await
}

/// Tells everybody who answers for figures.
async fn tell(
    conn: &mut PgConnection,
    by: Closer<'_>,
    id: ClosingId,
    period: &Period,
    message: &'static str,
    quote: &str,
) -> Result<()> {
    let values = vec![("who", Value::text(by.name)), ("period", Value::period(period))];
    let mut closers = Vec::new();
    for role in [Role::Executive, Role::Finance, Role::Admin] {
        closers.extend(accounts::of_role(conn, role).await?.into_iter().map(|holder| holder.user));
    }
    let telling = |href: String| Telling { message, values: values.clone(), quote: quote.to_owned(), href };
    let cause = Some(by.user);
    notices::tell(conn, &closers, cause, &telling(format!("/closing/{id}")), by.now).await?;
    let leads: Vec<_> = accounts::of_role(conn, Role::Manager).await?.into_iter().map(|h| h.user).collect();
    notices::tell(conn, &leads, cause, &telling("/goals".to_owned()), by.now).await
}
