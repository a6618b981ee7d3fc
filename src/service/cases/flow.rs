//! Opening a case and taking a step with it: decided by the tables, saved, counted, told and recorded.

use serde_json::json;
use sqlx::PgConnection;

use super::steps::{Said, Standing, State, Step};
use super::{Case, CaseId, Draft, promises, store};
use crate::attainment::Metric;
use crate::audit::{self, Event};
use crate::auth::accounts;
use crate::error::{AppError, Found, Result};
use crate::facts::Facts;
use crate::kernel::id::EmployeeId;
use crate::notices::{self, Telling, Value};
use crate::service::Hand;
use crate::service::hours::Hours;
use crate::service::measures::{self, Measure};
use crate::talks;

/// Opens a case, with what is promised from now on. One that is there already, by source and number, is left as it is; the
/// answer says whether this one is new.
pub async fn open(conn: &mut PgConnection, hand: &Hand<'_>, draft: &Draft) -> Result<(CaseId, bool)> {
    let table = store::promises(conn).await?;
    let promise = promises::choose(&table, draft.category, draft.severity).found()?;
    let (reply_due, solve_due) = promise.due(Hours::of(hand.company), hand.now);
    let standing = Standing {
        state: State::New,
        owner: draft.owner,
        department: draft.department,
        opened_at: hand.now,
        reply_due,
        solve_due,
        replied_at: None,
        solved_at: None,
        reply_minutes: None,
        solve_minutes: None,
        paused_since: None,
        paused_minutes: 0,
    };
    let thread = talks::open(conn).await?;
    let Some(id) = store::insert(conn, draft, &standing, thread, hand.user).await? else {
        let origin = draft.origin.as_ref().found()?;
        let known = store::by_origin(conn, &origin.source, &origin.number).await?.found()?;
        return Ok((known, false));
    };
    let case = store::find(conn, None, id).await?.found()?;
    tell(conn, hand, &case, &standing, "notice-case-opened", &case.title).await?;
    let details = json!({ "category": draft.category.code(), "severity": draft.severity.code() });
    let event = Event::new("case.opened", "case", id.0).with(details);
    audit::record(conn, hand.user, hand.now, event).await?;
    Ok((id, true))
}

/// Takes a step. A conflict when `version` is stale, or when the table has no such step.
pub async fn take(
    conn: &mut PgConnection,
    hand: &Hand<'_>,
    known: &Case,
    version: i64,
    step: Step,
    said: &Said,
) -> Result<Standing> {
    let before = &known.standing;
    let next = match step {
        Step::Back => back(conn, known.id).await?,
        _ => before.after(step, said, Hours::of(hand.company), hand.now),
    };
    let next = next.ok_or(AppError::Conflict("service-error-step"))?;
    store::save(conn, known.id, version, &next).await?.ok_or(AppError::Conflict("error-stale"))?;
    store::insert_step(conn, known.id, (step, &said.words), before, hand.user, hand.now).await?;
    if next.replied_at != before.replied_at {
        measures::sync(conn, first_reply(known.id, &next, hand), hand.user, hand.now).await?;
    }
    match step {
        Step::Assign => tell(conn, hand, known, &next, "notice-case-assigned", "").await?,
        Step::Reopen => tell(conn, hand, known, &next, "notice-case-reopened", &said.words).await?,
        Step::Solve => tell_seller(conn, hand, known, &said.words).await?,
        _ => {}
    }
    let details = json!({ "step": step.code(), "state": next.state.code() });
    let event = Event::new("case.step", "case", known.id.0).with(details);
    audit::record(conn, hand.user, hand.now, event).await?;
    Ok(next)
}

/// As it was before the latest step that still stands, which is taken back.
async fn back(conn: &mut PgConnection, id: CaseId) -> Result<Option<Standing>> {
    let steps = store::steps(conn, id).await?;
    let Some(latest) = steps.iter().rfind(|taken| !taken.undone) else { return Ok(None) };
    store::save_taken_back(conn, id, latest.number).await?;
    serde_json::from_value(latest.before.clone()).map(Some).map_err(AppError::internal)
}

/// What the first answer counts: it stays with whoever gave it.
fn first_reply(id: CaseId, standing: &Standing, hand: &Hand<'_>) -> Measure {
    let subject = measures::subject(standing.owner, Some(standing.department));
    let said = subject.zip(standing.replied_at.zip(standing.reply_minutes));
    Measure {
        fact_no: format!("case-{id}-reply"),
        metric: Metric::FirstReplyTime,
        said: said.map(|(subject, (at, part))| (subject, hand.company.day_of(at), Facts { part, whole: 1 })),
    }
}

/// Tells whoever answers for a case: its owner, or those who lead the department.
async fn tell(
    conn: &mut PgConnection,
    hand: &Hand<'_>,
    case: &Case,
    standing: &Standing,
    message: &'static str,
    quote: &str,
) -> Result<()> {
    let leads = || hand.company.organisation.leads(standing.department, hand.today);
    let people: Vec<EmployeeId> = standing.owner.map_or_else(leads, |owner| vec![owner]);
    send(conn, hand, case, &people, message, quote).await
}

/// Tells who sold it that it is solved.
async fn tell_seller(conn: &mut PgConnection, hand: &Hand<'_>, case: &Case, quote: &str) -> Result<()> {
    let seller: Vec<EmployeeId> = case.seller.into_iter().collect();
    send(conn, hand, case, &seller, "notice-case-solved", quote).await
}

async fn send(
    conn: &mut PgConnection,
    hand: &Hand<'_>,
    case: &Case,
    people: &[EmployeeId],
    message: &'static str,
    quote: &str,
) -> Result<()> {
    let to: Vec<_> = accounts::of_people(conn, people).await?.into_iter().map(|holder| holder.user).collect();
    let values = vec![
        ("who", Value::text(&hand.name)),
        ("customer", Value::text(&case.customer_name)),
        ("title", Value::text(&case.title)),
    ];
    let href = format!("/cases/{}", case.id);
    let telling = Telling { message, values, quote: quote.to_owned(), href };
    notices::tell(conn, &to, hand.user, &telling, hand.now).await
}
