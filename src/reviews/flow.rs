//! The steps of meetings: load, permit, decide, save, record.

use chrono::{Days, NaiveDate};
use serde_json::json;
use sqlx::PgConnection;

use super::rhythm::Rhythm;
use super::steps::{State, Step};
use super::{Hand, Review, ReviewId, Series, SeriesId, agenda, policy, store};
use crate::audit::{self, Event};
use crate::error::{AppError, Found, OnConstraint, Result};
use crate::kernel::id::{DepartmentId, EmployeeId};
use crate::org::Company;

/// A standing meeting to make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeriesDraft {
    /// What it is called.
    pub name: String,
    /// Whose meeting it is.
    pub department: DepartmentId,
    /// When it is.
    pub rhythm: Rhythm,
    /// Who leads it; nobody where it is whoever leads the department.
    pub leader: Option<EmployeeId>,
    /// People of other departments who take part.
    pub guests: Vec<EmployeeId>,
}

const STALE: AppError = AppError::Conflict("error-stale");

/// Makes a standing meeting, and plans its first one on the first day of its rhythm from today on.
pub async fn make(
    conn: &mut PgConnection,
    company: &Company,
    hand: &Hand,
    draft: &SeriesDraft,
) -> Result<SeriesId> {
    let id = store::insert_series(conn, draft, hand).await?;
    let series = store::find_series(conn, id).await?.found()?;
    plan(conn, company, hand, &series).await?;
    record(
        conn,
        hand,
        ("review.series_made", "review_series", id.0),
        json!({ "rhythm": draft.rhythm.code() }),
    )
    .await?;
    Ok(id)
}

/// Plans the next meeting of a series that has none to come.
async fn plan(conn: &mut PgConnection, company: &Company, hand: &Hand, series: &Series) -> Result<()> {
    let last = store::latest_held(conn, series.id).await?;
    let yesterday = company.day_of(hand.at) - Days::new(1);
    let after = last.as_ref().map_or(yesterday, |last| last.on.max(last.rhythm_day).max(yesterday));
    let (on, covers_from) = days(company, series.rhythm, after, last.map(|last| last.on))?;
    store::insert(conn, series.id, (on, covers_from), hand).await.map(drop)
}

/// The first day of a rhythm after `after`, and what a meeting on it looks at first: since the one before, or one turn of the
/// rhythm.
fn days(
    company: &Company,
    rhythm: Rhythm,
    after: NaiveDate,
    last: Option<NaiveDate>,
) -> Result<(NaiveDate, NaiveDate)> {
    let on = rhythm.next(after, &company.calendar).ok_or(AppError::Conflict("review-error-no-day"))?;
    let turn = || rhythm.previous(on, &company.calendar).unwrap_or(on - Days::new(7));
    Ok((on, last.unwrap_or_else(turn)))
}

/// Saves changes to a standing meeting; what is planned follows a new rhythm. `None` when the version is stale.
pub(super) async fn change(
    conn: &mut PgConnection,
    company: &Company,
    hand: &Hand,
    (series, version): (&Series, i64),
    draft: &SeriesDraft,
) -> Result<Option<()>> {
    if store::save_series(conn, series.id, version, draft).await?.is_none() {
        return Ok(None);
    }
    let planned = store::planned(conn, series.id).await?;
    if let Some(planned) = planned.filter(|_| draft.rhythm != series.rhythm) {
        let last = store::latest_held(conn, series.id).await?.map(|last| last.on);
        let yesterday = company.day_of(hand.at) - Days::new(1);
        let after = last.map_or(yesterday, |last| last.max(yesterday));
        let (on, from) = days(company, draft.rhythm, after, last)?;
        store::save_day(conn, (planned.id, planned.version), on, on, from).await?.ok_or(STALE)?;
        store::insert_step(conn, planned.id, Step::Move, hand, on, "").await?;
    }
    let details = json!({ "rhythm": draft.rhythm.code(), "on": draft.rhythm.on() });
    record(conn, hand, ("review.series_changed", "review_series", series.id.0), details).await?;
    Ok(Some(()))
}

/// Ends a standing meeting; what is planned and empty goes away. Or lets it go on, and plans the next.
pub(super) async fn end(
    conn: &mut PgConnection,
    company: &Company,
    hand: &Hand,
    (series, version): (&Series, i64),
    ends: bool,
) -> Result<()> {
    let at = ends.then_some(hand.at);
    store::save_ended(conn, series.id, version, at).await?.ok_or(STALE)?;
    match store::planned(conn, series.id).await? {
        Some(planned) if ends && store::is_empty(conn, planned.id).await? => {
            store::delete(conn, planned.id).await?;
        }
        None if !ends => plan(conn, company, hand, series).await?,
        _ => {}
    }
    let action = if ends { "review.series_ended" } else { "review.series_resumed" };
    record(conn, hand, (action, "review_series", series.id.0), json!({})).await
}

/// Puts a meeting on another day: a working day after the one before.
pub(super) async fn put_off(
    conn: &mut PgConnection,
    hand: &Hand,
    (review, version): (&Review, i64),
    to: NaiveDate,
) -> Result<()> {
    Step::Move.from(review.state).ok_or(AppError::Conflict("review-error-held"))?;
    let saved = store::save_day(conn, (review.id, version), to, review.rhythm_day, review.covers_from).await;
    saved.on_constraint(&[("reviews_day", "day", "review-error-day-taken")])?.ok_or(STALE)?;
    store::insert_step(conn, review.id, Step::Move, hand, to, "").await?;
    record(conn, hand, ("review.moved", "review", review.id.0), json!({ "day": to })).await
}

/// Ends a meeting: what it saw is kept, and the next one is planned unless the series has ended. A conflict before its day,
/// when it was held already, and when the version is stale.
pub async fn hold(
    conn: &mut PgConnection,
    company: &Company,
    hand: &Hand,
    (id, version): (ReviewId, i64),
) -> Result<()> {
    let review = store::find(conn, id).await?.found()?;
    let state = Step::Hold.from(review.state).ok_or(AppError::Conflict("review-error-held"))?;
    let today = company.day_of(hand.at);
    if today < review.on {
        return Err(AppError::Conflict("review-error-early"));
    }
    let seen = agenda::build(conn, company, &review, today).await?;
    let members = policy::members(&company.organisation, &review.series, today);
    let invited: Vec<EmployeeId> = members.into_iter().map(|(id, _)| id).collect();
    store::save_state(conn, (id, version), state, Some(&seen), &invited).await?.ok_or(STALE)?;
    store::insert_step(conn, id, Step::Hold, hand, review.on, "").await?;
    if !review.series.ended {
        plan(conn, company, hand, &review.series).await?;
    }
    record(conn, hand, ("review.held", "review", id.0), json!({ "day": review.on })).await
}

/// Takes back that the latest meeting was held, while nothing is written about the next one, which goes away.
pub(super) async fn take_back(
    conn: &mut PgConnection,
    hand: &Hand,
    (review, version): (&Review, i64),
) -> Result<()> {
    let state = Step::TakeBack.from(review.state).ok_or(AppError::Conflict("error-stale"))?;
    if !can_take_back(conn, review).await? {
        return Err(AppError::Conflict("review-error-next"));
    }
    if let Some(next) = store::planned(conn, review.series.id).await? {
        store::delete(conn, next.id).await?;
    }
    store::save_state(conn, (review.id, version), state, None, &[]).await?.ok_or(STALE)?;
    store::insert_step(conn, review.id, Step::TakeBack, hand, review.on, "").await?;
    record(conn, hand, ("review.taken_back", "review", review.id.0), json!({ "day": review.on })).await
}

/// Whether a held meeting is the latest, and the one after it is empty.
pub(super) async fn can_take_back(conn: &mut PgConnection, review: &Review) -> Result<bool> {
    let latest = store::latest_held(conn, review.series.id).await?;
    if latest.is_none_or(|latest| latest.id != review.id) {
        return Ok(false);
    }
    match store::planned(conn, review.series.id).await? {
        Some(next) => store::is_empty(conn, next.id).await,
        None => Ok(true),
    }
}

/// Writes a note about a section over the one of `version`, 0 for a first one. `None` when that is stale.
pub async fn note(
    conn: &mut PgConnection,
    hand: &Hand,
    review: &Review,
    (section, version): (&str, i64),
    body: &str,
) -> Result<Option<()>> {
    if store::save_note(conn, review.id, (section, version), body, (hand.user, hand.at)).await?.is_none() {
        return Ok(None);
    }
    if review.state == State::Held {
        store::insert_step(conn, review.id, Step::Correct, hand, review.on, section).await?;
    }
    record(conn, hand, ("review.noted", "review", review.id.0), json!({ "section": section })).await?;
    Ok(Some(()))
}

async fn record(
    conn: &mut PgConnection,
    hand: &Hand,
    (action, kind, id): (&'static str, &'static str, i64),
    details: serde_json::Value,
) -> Result<()> {
    audit::record(conn, Some(hand.user), hand.at, Event::new(action, kind, id).with(details)).await
}
