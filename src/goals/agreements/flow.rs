//! Taking a step: decided by the table, saved, told to the other side, recorded. A step that settles makes the goal.

use chrono::{DateTime, Utc};
use serde_json::json;
use sqlx::PgConnection;

use super::steps::{Side, Standing, State, Step};
use super::{Agreement, AgreementId, store, wording};
use crate::audit::{self, Event};
use crate::error::{AppError, OnConstraint, Result};
use crate::goals::{self, Approval, GoalDraft, GoalFilter, Subject, Viewer, acknowledgements, concerned};
use crate::kernel::id::{GoalId, UserId};
use crate::notices::{self, Telling};
use crate::org::Company;
use crate::talks;
use crate::web::form::FormErrors;

/// Who takes a step, for which side, when.
#[derive(Clone, Debug)]
pub struct Hand {
    /// The account.
    pub user: UserId,
    /// Name as shown.
    pub name: String,
    /// For which side.
    pub side: Side,
    /// When.
    pub at: DateTime<Utc>,
}

/// What a step says.
#[derive(Clone, Debug, Default)]
pub struct Answer {
    /// The amount, for steps that name one.
    pub target: Option<i64>,
    /// Why, in words.
    pub reason: String,
}

/// Begins an agreement, as a draft or as an offer ([`Step::Draft`], [`Step::Propose`]). Faults at `subject`: nobody on
/// the other side can answer; at `period`: there is such a goal, or it is being agreed on already.
pub async fn begin(
    conn: &mut PgConnection,
    company: &Company,
    hand: &Hand,
    draft: &GoalDraft,
    step: Step,
    reason: &str,
) -> Result<AgreementId> {
    let standing = Standing {
        state: if step == Step::Draft { State::Draft } else { State::Proposed },
        begun_by: hand.side,
        offered_by: hand.side,
        target: draft.target,
    };
    let answering = accounts_of(conn, company, draft.subject, hand.side.other(), hand.at).await?;
    if answering.is_empty() || matches!(draft.subject, Subject::Company(_)) {
        return Err(AppError::Invalid(FormErrors::one("subject", "error-agreement-nobody")));
    }
    refuse_second_goal(conn, company, draft, hand.at).await?;
    let thread = talks::open(conn).await?;
    let currency = draft.metric.is_money().then_some(company.currency);
    let inserted = store::insert(conn, draft, currency, &standing, thread, hand.at).await;
    let id = inserted.on_constraint(&[("agreements_one_open", "period", "error-agreement-open")])?;
    store::insert_step(conn, id, 1, step, hand, standing.target, reason).await?;
    let agreement = super::find(conn, id).await?;
    tell(conn, &answering, hand, &agreement, step, reason).await?;
    record(conn, hand, &agreement, step).await?;
    Ok(id)
}

async fn refuse_second_goal(
    conn: &mut PgConnection,
    company: &Company,
    draft: &GoalDraft,
    now: DateTime<Utc>,
) -> Result<()> {
    let filter = GoalFilter {
        subjects: Some(vec![draft.subject]),
        metric: Some(draft.metric),
        category: Some(draft.category),
        period: Some(draft.period),
        ..GoalFilter::default()
    };
    let there = goals::list(conn, Viewer::system(company.day_of(now)), &filter).await?;
    if there.is_empty() {
        return Ok(());
    }
    Err(AppError::Invalid(FormErrors::one("period", "error-goal-exists")))
}

/// The accounts that act for a side.
pub(super) async fn accounts_of(
    conn: &mut PgConnection,
    company: &Company,
    subject: Subject,
    side: Side,
    now: DateTime<Utc>,
) -> Result<Vec<UserId>> {
    let day = company.day_of(now);
    match side {
        Side::Owner => concerned::owner_accounts(conn, company, subject, day).await,
        Side::Setter => concerned::setter_accounts(conn, company, subject, day).await,
    }
}

/// Takes a step. `version` is the agreement's version that was looked at; a conflict when it is no longer the present
/// one, forbidden when the table has no such step for this side. Answers how it stands then.
pub async fn take(
    conn: &mut PgConnection,
    company: &Company,
    hand: &Hand,
    agreement: &Agreement,
    version: i64,
    step: Step,
    answer: &Answer,
) -> Result<Agreement> {
    // whoever comes second waits here, and finds that the other was first
    store::lock(conn, agreement.id, version).await?.ok_or(AppError::Conflict("error-stale"))?;
    let standing = agreement.standing.after(step, hand.side, answer.target).ok_or(AppError::Forbidden)?;
    let goal = match standing.state {
        State::Agreed | State::Imposed => {
            Some(settle(conn, company, hand, agreement, &standing, answer).await?)
        }
        _ => None,
    };
    let saved = store::save(conn, agreement.id, version, &standing, goal, hand.at).await;
    let saved = saved.on_constraint(&[("agreements_one_open", "period", "error-agreement-open")])?;
    saved.ok_or(AppError::Conflict("error-stale"))?;
    let number = store::next_number(conn, agreement.id).await?;
    store::insert_step(conn, agreement.id, number, step, hand, standing.target, &answer.reason).await?;
    let after = super::find(conn, agreement.id).await?;
    let draft = agreement.standing.state == State::Draft && standing.state != State::Proposed;
    if !draft && step != Step::Reopen {
        let others = others(conn, company, hand, &after).await?;
        tell(conn, &others, hand, &after, step, &answer.reason).await?;
    }
    record(conn, hand, &after, step).await?;
    Ok(after)
}

/// The other side, and whoever took part so far and may still read it.
async fn others(
    conn: &mut PgConnection,
    company: &Company,
    hand: &Hand,
    agreement: &Agreement,
) -> Result<Vec<UserId>> {
    let mut to = accounts_of(conn, company, agreement.subject, hand.side.other(), hand.at).await?;
    to.extend(super::history(conn, agreement.id).await?.into_iter().map(|taken| taken.by));
    let readers = super::readers(conn, company, agreement.subject, company.day_of(hand.at)).await?;
    to.retain(|user| readers.iter().any(|reader| reader.user == *user));
    Ok(to)
}

/// Makes the goal. Whoever offered and whoever accepted have acknowledged it thereby; when it is imposed, those whom it
/// is for are asked to say that they have seen it.
async fn settle(
    conn: &mut PgConnection,
    company: &Company,
    hand: &Hand,
    agreement: &Agreement,
    standing: &Standing,
    answer: &Answer,
) -> Result<GoalId> {
    let offer = store::latest_offer(conn, agreement.id).await?;
    let imposed = standing.state == State::Imposed;
    let (proposed_by, proposed_at) = if imposed { (hand.user, hand.at) } else { offer };
    let draft = GoalDraft {
        subject: agreement.subject,
        metric: agreement.metric,
        category: agreement.category.as_ref().map(|(id, _)| *id),
        period: agreement.period,
        target: standing.target,
        basis: Some(agreement.basis),
    };
    let approval = Approval {
        proposed_by: Some(proposed_by),
        approved_by: Some(hand.user),
        reason: if imposed { answer.reason.clone() } else { String::new() },
    };
    let currency = agreement.currency.unwrap_or(company.currency);
    let id = goals::set_approved(conn, &draft, currency, &approval, hand.at).await;
    let id = id.map_err(|error| match error {
        AppError::Invalid(_) => AppError::Conflict("error-goal-exists"),
        other => other,
    })?;
    goals::keep_thread(conn, id, agreement.thread).await?;
    acknowledgements::note(conn, id, 1, proposed_by, proposed_at).await?;
    acknowledgements::note(conn, id, 1, hand.user, hand.at).await?;
    if imposed {
        let goal = goals::find(conn, Viewer::system(company.day_of(hand.at)), id).await?;
        acknowledgements::ask(conn, company, &goal, 1, hand.at).await?;
    }
    Ok(id)
}

async fn tell(
    conn: &mut PgConnection,
    to: &[UserId],
    hand: &Hand,
    agreement: &Agreement,
    step: Step,
    reason: &str,
) -> Result<()> {
    let Some(message) = wording::told(step) else { return Ok(()) };
    let href = agreement.goal.map_or_else(|| wording::href(agreement.id), |goal| format!("/goals/{goal}"));
    let values = wording::values(agreement, &hand.name);
    let telling = Telling { message, values, quote: reason.to_owned(), href };
    notices::tell(conn, to, Some(hand.user), &telling, hand.at).await
}

async fn record(conn: &mut PgConnection, hand: &Hand, agreement: &Agreement, step: Step) -> Result<()> {
    let details = json!({ "step": step.code(), "side": hand.side.code(), "target": agreement.standing.target,
        "state": agreement.standing.state.code(), "goal": agreement.goal });
    let event = Event::new("agreement.step", "agreement", agreement.id.0).with(details);
    audit::record(conn, Some(hand.user), hand.at, event).await
}
