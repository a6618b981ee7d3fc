//! Taking a step with a follow-up: decided by the table, saved, counted, told and recorded.

use chrono::{DateTime, Utc};
use serde_json::json;
use sqlx::PgConnection;

use super::steps::{Said, Standing, Step};
use super::{FollowUp, FollowUpId, noted_store, store};
use crate::attainment::Metric;
use crate::audit::{self, Event};
use crate::auth::accounts;
use crate::error::{AppError, Result};
use crate::facts;
use crate::kernel::id::{DealId, EmployeeId};
use crate::notices::{self, Telling, Value};
use crate::service::measures::{self, Measure, Occasion};
use crate::service::{Hand, feedback, scope};

/// Late ones that are noted at a time.
const AT_A_TIME: i64 = 500;

/// Takes a step. A conflict when `version` is stale, or when the table has no such step; `words` must be there for steps that
/// say why.
pub async fn take(
    conn: &mut PgConnection,
    hand: &Hand<'_>,
    known: &FollowUp,
    version: i64,
    step: Step,
    said: &Said,
) -> Result<Standing> {
    // before anything that its facts lock, in the order of those who note what is late
    store::lock(conn, known.id).await?;
    let before = &known.standing;
    let next = match step {
        Step::Back => back(conn, known.id).await?,
        _ => before.after(step, said, hand.today),
    };
    let next = next.ok_or(AppError::Conflict("service-error-step"))?;
    let was_late = note_if_late(conn, hand, known).await?;
    store::save(conn, known.id, version, &next).await?.ok_or(AppError::Conflict("error-stale"))?;
    store::insert_step(conn, known.id, (step, &said.words), before, hand.user, hand.now).await?;
    count(conn, hand, known, &next, was_late).await?;
    tell(conn, hand, known, &next, step).await?;
    let details = json!({ "step": step.code(), "state": next.state.code(), "due": next.due_on });
    let event = Event::new("follow-up.step", "follow-up", known.id.0).with(details);
    audit::record(conn, hand.user, hand.now, event).await?;
    Ok(next)
}

/// As it was before the latest step that still stands, which is taken back.
async fn back(conn: &mut PgConnection, id: FollowUpId) -> Result<Option<Standing>> {
    let steps = store::steps(conn, id).await?;
    let Some(latest) = steps.iter().rfind(|taken| !taken.undone) else { return Ok(None) };
    store::save_taken_back(conn, id, latest.number).await?;
    serde_json::from_value(latest.before.clone()).map(Some).map_err(AppError::internal)
}

/// Being late stays with whoever it was late with: notes it before anything changes. Answers whether it is noted now.
async fn note_if_late(conn: &mut PgConnection, hand: &Hand<'_>, known: &FollowUp) -> Result<bool> {
    if noted_store::is_late_noted(conn, known.id).await? {
        return Ok(true);
    }
    let is_late = known.standing.state.is_open() && known.standing.in_time(hand.today).is_some();
    if is_late {
        measures::sync(conn, in_time(known.id, &known.standing, hand), hand.user, hand.now).await?;
    }
    Ok(is_late)
}

fn in_time(id: FollowUpId, standing: &Standing, hand: &Hand<'_>) -> Measure {
    let subject = measures::subject(standing.owner, standing.department);
    Measure {
        fact_no: format!("follow-up-{id}"),
        metric: Metric::FollowUpsInTime,
        said: subject.zip(standing.in_time(hand.today)).map(|(subject, (day, facts))| (subject, day, facts)),
    }
}

fn scored(known: &FollowUp, standing: &Standing) -> Measure {
    let subject = measures::subject(standing.owner, standing.department);
    Measure {
        fact_no: Occasion::of(known.id, known.deal).score_no(),
        metric: Metric::CustomerScore,
        said: subject.zip(standing.scored()).map(|(subject, (day, facts))| (subject, day, facts)),
    }
}

/// Lets the goals of those who serve know.
async fn count(
    conn: &mut PgConnection,
    hand: &Hand<'_>,
    known: &FollowUp,
    next: &Standing,
    was_late: bool,
) -> Result<()> {
    let counted = next.in_time(hand.today);
    let stays = was_late && counted == known.standing.in_time(hand.today);
    if !stays {
        measures::sync(conn, in_time(known.id, next, hand), hand.user, hand.now).await?;
    }
    let late = counted.is_some_and(|(day, facts)| facts.part == 0 && day > next.counts_by);
    noted_store::save_late_noted(conn, &[known.id], late).await?;
    if known.standing.scored() == next.scored() && known.standing.owner == next.owner {
        return Ok(());
    }
    // what the customer says themselves counts before what somebody heard
    if feedback::has_said(conn, Occasion::of(known.id, known.deal)).await? {
        return Ok(());
    }
    let mut score = scored(known, next);
    if score.said.is_none() {
        // another call about the same order may have one
        score.said = noted_store::other_score(conn, known.id, known.deal).await?;
    }
    measures::sync(conn, score, hand.user, hand.now).await
}

/// Tells whom it is given to, and those who help.
async fn tell(
    conn: &mut PgConnection,
    hand: &Hand<'_>,
    known: &FollowUp,
    next: &Standing,
    step: Step,
) -> Result<()> {
    let organisation = &hand.company.organisation;
    let (people, message): (Vec<EmployeeId>, _) = match step {
        Step::Assign => (next.owner.into_iter().collect(), "notice-follow-up-assigned"),
        Step::Help => {
            let service = scope::service_department(organisation);
            let leads = service.map(|id| organisation.leads(id, hand.today)).unwrap_or_default();
            (leads, "notice-follow-up-help")
        }
        _ => return Ok(()),
    };
    let to: Vec<_> =
        accounts::of_people(conn, &people).await?.into_iter().map(|holder| holder.user).collect();
    let values = vec![
        ("who", Value::text(&hand.name)),
        ("customer", Value::text(&known.customer_name)),
        ("due", Value::Day { day: next.due_on }),
    ];
    let telling = Telling {
        message,
        values,
        quote: if step == Step::Help { next.words.clone() } else { String::new() },
        href: format!("/follow-ups/{}", known.id),
    };
    notices::tell(conn, &to, hand.user, &telling, hand.now).await
}

/// Notes those whose day is over and that are not done, some at a time, and answers how many there were.
pub async fn late(conn: &mut PgConnection, hand: &Hand<'_>) -> Result<usize> {
    let late = store::late(conn, hand.today, AT_A_TIME).await?;
    for one in &late {
        measures::sync(conn, in_time(one.id, &one.standing, hand), None, hand.now).await?;
    }
    let ids: Vec<FollowUpId> = late.iter().map(|one| one.id).collect();
    noted_store::save_late_noted(conn, &ids, true).await?;
    Ok(ids.len())
}

/// Locks the calls about some orders before anything that their facts lock, for whoever changes the orders.
pub async fn lock_of_deals(conn: &mut PgConnection, deals: &[i64]) -> Result<()> {
    noted_store::lock_of_deals(conn, deals).await
}

/// Takes away the calls that a rule asked for after a delivery that was none, where nobody has done anything about them.
pub async fn not_delivered(conn: &mut PgConnection, deal: DealId, now: DateTime<Utc>) -> Result<()> {
    for id in noted_store::delete_untouched(conn, deal).await? {
        facts::withdraw(conn, measures::SOURCE, &format!("follow-up-{id}"), now).await?;
    }
    Ok(())
}

/// Takes back what was noted of those whose order does not stand any more; answers how many.
pub async fn no_more(conn: &mut PgConnection, now: DateTime<Utc>) -> Result<usize> {
    let gone = noted_store::no_more(conn, AT_A_TIME).await?;
    for id in &gone {
        facts::withdraw(conn, measures::SOURCE, &format!("follow-up-{id}"), now).await?;
    }
    noted_store::save_late_noted(conn, &gone, false).await?;
    Ok(gone.len())
}
