//! Everything that is done to an opportunity: load, decide, save, record. Callers own the transaction and the permission.

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::json;
use sqlx::PgConnection;

use super::steps::{self, State, Step};
use super::store::{self, Outcome};
use super::worth::{self, Priced};
use super::{Draft, Loss, NextStep, Opportunity, Scope, StageId, Stages};
use crate::audit::{self, Event};
use crate::auth::accounts;
use crate::error::{AppError, Found, Result};
use crate::kernel::id::{CustomerId, DealId, EmployeeId, OpportunityId, UserId};
use crate::notices::{self, Telling, Value};
use crate::org::Company;
use crate::sales::booking;
use crate::sales::{DealDraft, DealStatus, LineDraft, OWN_SOURCE};
use crate::web::form::FormErrors;

/// Who writes, when, and on which business day.
#[derive(Clone, Copy, Debug)]
pub struct Stamp {
    /// The account; nobody for the command line.
    pub by: Option<UserId>,
    /// The moment.
    pub at: DateTime<Utc>,
    /// The business day of it.
    pub day: NaiveDate,
}

impl From<Stamp> for booking::Stamp {
    fn from(stamp: Stamp) -> Self {
        Self { by: stamp.by, at: stamp.at }
    }
}

/// What became of a draft.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opened {
    /// A new opportunity.
    New(OpportunityId),
    /// The same form or the same number was sent before; nothing has changed.
    Already(OpportunityId),
}

impl Opened {
    /// The opportunity, new or old.
    pub const fn id(self) -> OpportunityId {
        match self {
            Self::New(id) | Self::Already(id) => id,
        }
    }
}

/// How it was won.
#[derive(Clone, Copy, Debug)]
pub struct Winning {
    /// The day of the order.
    pub on: NaiveDate,
    /// Who bought, where that was not known before.
    pub customer: Option<CustomerId>,
}

/// How it was lost.
#[derive(Clone, Debug)]
pub struct Losing {
    /// The day.
    pub on: NaiveDate,
    /// Why, and to whom.
    pub loss: Loss,
}

/// Locks an opportunity that `scope` shows and reads it, before it is changed.
pub async fn lock(conn: &mut PgConnection, scope: &Scope, id: OpportunityId) -> Result<Opportunity> {
    store::lock(conn, id).await?;
    super::find(conn, scope, id).await
}

async fn record(
    conn: &mut PgConnection,
    action: &'static str,
    id: OpportunityId,
    stamp: Stamp,
    details: serde_json::Value,
) -> Result<()> {
    audit::record(conn, stamp.by, stamp.at, Event::new(action, "opportunity", id.0).with(details)).await
}

async fn price(
    conn: &mut PgConnection,
    company: &Company,
    draft: &Draft,
    day: NaiveDate,
) -> Result<Vec<Priced>> {
    worth::price(conn, (draft.currency, company.currency), day, &draft.lines).await
}

/// Opens one in a stage that is in use. A draft whose form key or number is known already changes nothing. Faults: a missing
/// rate (`currency`), an amount beyond what can be counted (`amount-0`).
pub async fn open(
    conn: &mut PgConnection,
    company: &Company,
    draft: &Draft,
    stage: StageId,
    stamp: Stamp,
) -> Result<Opened> {
    let lines = price(conn, company, draft, stamp.day).await?;
    let Some(id) = store::insert(conn, draft, &lines, stage, stamp).await? else {
        return Ok(Opened::Already(store::find_same(conn, draft).await?.found()?));
    };
    let amount: i64 = draft.lines.iter().map(|line| line.amount).sum();
    let details = json!({ "customer": draft.customer, "owner": draft.owner, "amount": amount, "currency": draft.currency });
    record(conn, "opportunity.opened", id, stamp, details).await?;
    tell_owner(conn, (id, draft.owner), draft.customer, stamp).await?;
    Ok(Opened::New(id))
}

/// Tells somebody that an opportunity is theirs now.
async fn tell_owner(
    conn: &mut PgConnection,
    (id, owner): (OpportunityId, Option<EmployeeId>),
    customer: Option<CustomerId>,
    stamp: Stamp,
) -> Result<()> {
    let (Some(owner), Some(_)) = (owner, stamp.by) else { return Ok(()) };
    let to: Vec<UserId> =
        accounts::of_people(conn, &[owner]).await?.into_iter().map(|holder| holder.user).collect();
    let name = if customer.is_some() {
        super::find(conn, &Scope::Everybody, id).await?.customer_name
    } else {
        String::new()
    };
    let message = if name.is_empty() { "notice-pipeline-given-unnamed" } else { "notice-pipeline-given" };
    let values = vec![("customer", Value::text(name))];
    let telling = Telling { message, values, quote: String::new(), href: format!("/pipeline/{id}") };
    notices::tell(conn, &to, stamp.by, &telling, stamp.at).await
}

/// Rewrites what an open one says. Conflict when `version` is stale.
pub(super) async fn amend(
    conn: &mut PgConnection,
    company: &Company,
    (one, version): (&Opportunity, i64),
    draft: &Draft,
    stamp: Stamp,
) -> Result<()> {
    let lines = price(conn, company, draft, stamp.day).await?;
    store::update(conn, one.id, draft, &lines, version).await?.ok_or(AppError::Conflict("error-stale"))?;
    let amount: i64 = draft.lines.iter().map(|line| line.amount).sum();
    let details = json!({
        "before": { "customer": one.draft.customer, "owner": one.draft.owner, "amount": one.amount,
            "currency": one.draft.currency, "expected_on": one.draft.expected_on },
        "after": { "customer": draft.customer, "owner": draft.owner, "amount": amount, "currency": draft.currency,
            "expected_on": draft.expected_on } });
    record(conn, "opportunity.changed", one.id, stamp, details).await?;
    if draft.owner != one.draft.owner {
        tell_owner(conn, (one.id, draft.owner), draft.customer, stamp).await?;
    }
    Ok(())
}

fn decide(one: &Opportunity, step: Step) -> Result<State> {
    let order = one.order.as_ref().map(|order| order.status);
    steps::next(one.state, step, order).map_err(AppError::Conflict)
}

async fn save(
    conn: &mut PgConnection,
    (one, version): (&Opportunity, i64),
    day: NaiveDate,
    outcome: &Outcome<'_>,
    stamp: Stamp,
) -> Result<()> {
    let saved = store::save_outcome(conn, one.id, version, outcome).await?;
    saved.ok_or(AppError::Conflict("error-stale"))?;
    store::insert_move(conn, one.id, (outcome.stage, outcome.state), day, stamp).await
}

/// Moves an open one to another stage that is in use; to its own nothing happens. Conflicts: decided, stale.
pub async fn move_to(
    conn: &mut PgConnection,
    (one, version): (&Opportunity, i64),
    stages: &Stages,
    stage: StageId,
    stamp: Stamp,
) -> Result<()> {
    let state = decide(one, Step::Move)?;
    if stage == one.stage {
        return Ok(());
    }
    stages.open(stage).ok_or_else(|| FormErrors::one("stage", "error-pipeline-stage"))?;
    let since = stamp.day.max(one.stage_since);
    let outcome = Outcome { state, stage, since, closed_on: None, loss: None, deal: None };
    save(conn, (one, version), since, &outcome, stamp).await?;
    let details = json!({ "from_stage": one.stage, "to_stage": stage });
    record(conn, "opportunity.moved", one.id, stamp, details).await
}

fn check_day(field: &str, on: NaiveDate, one: &Opportunity, today: NaiveDate) -> Result<()> {
    let fault = if on > today {
        "deals-error-future"
    } else if on < one.draft.opened_on {
        "error-pipeline-before"
    } else {
        return Ok(());
    };
    Err(FormErrors::one(field, fault).into())
}

/// Wins an open one and books its order, credited to its owner as a whole. Faults: no customer (`customer`), a day before it
/// was opened or in the future (`won_on`). Conflicts: decided already, stale.
pub async fn win(
    conn: &mut PgConnection,
    company: &Company,
    (one, version): (&Opportunity, i64),
    winning: Winning,
    stamp: Stamp,
) -> Result<DealId> {
    let state = decide(one, Step::Win)?;
    check_day("won_on", winning.on, one, stamp.day)?;
    let known = one.draft.customer.or(winning.customer);
    let customer = known.ok_or_else(|| FormErrors::one("customer", "error-pipeline-customer"))?;
    if one.draft.customer.is_none() {
        store::save_customer(conn, one.id, customer).await?;
    }
    let booked =
        booking::book(conn, company, &order_of_draft(&one.draft, customer, winning.on), stamp.into()).await?;
    let deal = booked.id();
    let outcome = Outcome {
        state,
        stage: one.stage,
        since: one.stage_since,
        closed_on: Some(winning.on),
        loss: None,
        deal: Some(deal),
    };
    save(conn, (one, version), winning.on, &outcome, stamp).await?;
    let details = json!({ "customer": customer, "amount": one.amount, "currency": one.draft.currency });
    let event = Event::new("deal.logged", "deal", deal.0).with(details);
    audit::record(conn, stamp.by, stamp.at, event).await?;
    record(conn, "opportunity.won", one.id, stamp, json!({ "deal": deal, "on": winning.on })).await?;
    Ok(deal)
}

/// Wins an open one with an order that is booked already.
pub async fn came_of(
    conn: &mut PgConnection,
    (one, version): (&Opportunity, i64),
    (deal, on): (DealId, NaiveDate),
    stamp: Stamp,
) -> Result<()> {
    let (stage, since, closed_on) = (one.stage, one.stage_since, Some(on));
    let outcome =
        Outcome { state: decide(one, Step::Win)?, stage, since, closed_on, loss: None, deal: Some(deal) };
    save(conn, (one, version), on, &outcome, stamp).await?;
    record(conn, "opportunity.won", one.id, stamp, json!({ "deal": deal, "on": on })).await
}

/// The order that a draft becomes.
pub(super) fn order_of_draft(draft: &Draft, customer: CustomerId, on: NaiveDate) -> DealDraft {
    let line = |line: &super::Line| LineDraft {
        line_no: line.line_no,
        product: line.product,
        quantity: line.quantity,
        amount: line.amount,
        cost: line.cost,
        promised_on: None,
        delivered_on: None,
    };
    DealDraft {
        source: OWN_SOURCE.to_owned(),
        order_no: None,
        customer,
        owner: draft.owner,
        ordered_on: on,
        currency: draft.currency,
        channel: String::new(),
        note: draft.note.clone(),
        lines: draft.lines.iter().map(line).collect(),
        shares: Vec::new(),
        form_key: None,
    }
}

/// Loses an open one. Faults: "other" without words (`lost_text`), a day before it was opened or in the future (`lost_on`).
/// Conflicts: decided already, stale.
pub async fn lose(
    conn: &mut PgConnection,
    (one, version): (&Opportunity, i64),
    losing: &Losing,
    stamp: Stamp,
) -> Result<()> {
    let state = decide(one, Step::Lose)?;
    check_day("lost_on", losing.on, one, stamp.day)?;
    let outcome = Outcome {
        state,
        stage: one.stage,
        since: one.stage_since,
        closed_on: Some(losing.on),
        loss: Some(&losing.loss),
        deal: None,
    };
    save(conn, (one, version), losing.on, &outcome, stamp).await?;
    let details = json!({ "on": losing.on, "reason": losing.loss.reason.code(), "lost_to": losing.loss.to });
    record(conn, "opportunity.lost", one.id, stamp, details).await
}

/// Takes up again one that was lost, or won with an order that does not stand any more. It stands in its stage from today.
pub async fn reopen(
    conn: &mut PgConnection,
    (one, version): (&Opportunity, i64),
    stamp: Stamp,
) -> Result<()> {
    let state = decide(one, Step::Reopen)?;
    let outcome =
        Outcome { state, stage: one.stage, since: stamp.day, closed_on: None, loss: None, deal: None };
    save(conn, (one, version), stamp.day, &outcome, stamp).await?;
    record(conn, "opportunity.reopened", one.id, stamp, json!({ "was": one.state.code() })).await
}

/// Undoes the order of a won one and takes it up again, both or neither.
pub(super) async fn take_back(
    conn: &mut PgConnection,
    company: &Company,
    (one, version): (&Opportunity, i64),
    order_version: i64,
    stamp: Stamp,
) -> Result<()> {
    let order = one.order.as_ref().ok_or(AppError::Conflict("error-pipeline-open"))?;
    let undone = (DealStatus::Undone, None);
    booking::change_status(conn, company, order.id, order_version, undone, stamp.into()).await?;
    let event = Event::new("deal.undone", "deal", order.id.0);
    audit::record(conn, stamp.by, stamp.at, event).await?;
    let fresh = super::find(conn, &Scope::Everybody, one.id).await?;
    reopen(conn, (&fresh, version), stamp).await
}

/// Ticks the present next step off, where `done`, and puts another in its place. Conflict when `version` is stale.
pub(super) async fn next_step(
    conn: &mut PgConnection,
    (one, version): (&Opportunity, i64),
    (done, next): (bool, &NextStep),
    stamp: Stamp,
) -> Result<()> {
    if one.state != State::Open {
        return Err(AppError::Conflict("error-pipeline-decided"));
    }
    store::save_next(conn, one.id, version, next).await?.ok_or(AppError::Conflict("error-stale"))?;
    let ticked = done && !one.draft.next.what.is_empty();
    if ticked {
        store::insert_done(conn, one.id, &one.draft.next, stamp).await?;
    }
    let action = if ticked { "opportunity.step_done" } else { "opportunity.step_set" };
    record(conn, action, one.id, stamp, json!({ "step": next.what, "on": next.on })).await
}
