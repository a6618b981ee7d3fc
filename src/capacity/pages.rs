//! `/people/{id}/capacity`: a person's ramps and leave, and what they do to their goals.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use chrono::{NaiveDate, TimeDelta};
use serde::Deserialize;
use serde_json::json;
use sqlx::PgConnection;

use super::forms::{RampForm, ReliefForm};
use super::policy::{Answer, Relation, State};
use super::{Ramp, Relief, ReliefId, ReliefKind, href, store};
use crate::attainment::fair::lowered;
use crate::attainment::view::{Measure, Reader, goal_name, period_name};
use crate::audit::{self, Event};
use crate::error::{AppError, Found, Result};
use crate::goals::agreements::waiting::Waits;
use crate::goals::{self, GoalFilter, Subject, Viewer};
use crate::kernel::id::{EmployeeId, UserId};
use crate::kernel::period::Period;
use crate::notices::{self, Telling, Value};
use crate::org::Person;
use crate::web::context::Ctx;
use crate::web::form::{Form, FormErrors};
use crate::web::page::Page;
use crate::web::shell::Shell;
use crate::web::toast::Notice;
use crate::web::ui::{Choice, Link};

/// So long after their first day somebody may still be new.
const NEW_FOR: TimeDelta = TimeDelta::days(180);

#[derive(Template)]
#[template(path = "capacity/page.html")]
pub(super) struct CapacityPage {
    shell: Shell,
    id: EmployeeId,
    name: String,
    crumbs: Vec<Link>,
    relation: Relation,
    reliefs: Vec<ReliefRow>,
    ramps: Vec<RampRow>,
    goals: Vec<GoalRow>,
    kinds: Vec<Choice>,
    relief: ReliefForm,
    ramp: RampForm,
    errors: FormErrors,
}

/// Leave in the list.
struct ReliefRow {
    id: ReliefId,
    version: i64,
    span: String,
    what: String,
    reason: String,
    by: String,
    state: String,
    tag: &'static str,
    decides: bool,
    withdraws: bool,
    /// What the field of an earlier last day holds, where it can end before its time.
    ends: Option<String>,
}

impl ReliefRow {
    /// The id of its field of an earlier last day.
    fn end_field(&self) -> String {
        format!("last-{}", self.id)
    }
}

/// A ramp in the list.
struct RampRow {
    starts_on: String,
    from: String,
    steps: String,
}

/// A goal that is lowered.
struct GoalRow {
    href: String,
    title: String,
    full: String,
    effective: String,
}

/// `GET /people/{id}/capacity`
pub async fn show(ctx: Ctx, Path(id): Path<EmployeeId>) -> Result<Response> {
    let mut conn = ctx.app.read().await?;
    let read = notices::seen(&mut conn, &ctx, &href(id)).await?;
    let page = page(&mut conn, &ctx, id, None, None, FormErrors::default()).await?;
    let shell = page.shell.after_reading(read);
    Ok(Page::ok(CapacityPage { shell, ..page }).into_response())
}

/// What the reader is to a person; not found where they do not see them, forbidden where this is not theirs to see.
pub(super) async fn relation(
    conn: &mut PgConnection,
    ctx: &Ctx,
    id: EmployeeId,
) -> Result<(Relation, Person)> {
    let viewer = Viewer::new(&ctx.actor, ctx.today);
    let organisation = &ctx.company.organisation;
    let person = organisation.person(id).filter(|_| organisation.shows_person(viewer, id)).found()?;
    let sets = goals::may_set(conn, &ctx.actor, viewer, Subject::Person(id)).await?;
    let relation = Relation::new(&ctx.actor, id, sets);
    if relation.sees() { Ok((relation, person.clone())) } else { Err(AppError::Forbidden) }
}

async fn page(
    conn: &mut PgConnection,
    ctx: &Ctx,
    id: EmployeeId,
    relief: Option<ReliefForm>,
    ramp: Option<RampForm>,
    errors: FormErrors,
) -> Result<CapacityPage> {
    let (relation, person) = relation(conn, ctx, id).await?;
    let reliefs = store::of_person(conn, id).await?;
    let ramps = store::ramps(conn, id).await?;
    let here = Link::new("", ctx.l.t("capacity-title"));
    // whoever is new learns from their first day on; others from today
    let is_new = |hired: &NaiveDate| ramps.is_empty() && ctx.today - *hired < NEW_FOR;
    let starts = person.hired_on.filter(is_new).unwrap_or(ctx.today);
    Ok(CapacityPage {
        shell: ctx.shell(if ctx.sees_teams() { "team" } else { "home" }),
        id,
        crumbs: vec![Link::new(format!("/people/{id}"), person.name.clone()), here],
        name: person.name.clone(),
        relation,
        reliefs: reliefs.iter().map(|relief| relief_row(ctx, relation, relief)).collect(),
        ramps: ramps.iter().map(|ramp| ramp_row(ctx, ramp)).collect(),
        goals: lowered_goals(conn, ctx, id).await?,
        kinds: ReliefKind::ALL.map(|kind| Choice::new(kind.code(), kind_name(ctx, kind))).into(),
        relief: relief.unwrap_or_else(|| ReliefForm::new(ctx.today)),
        ramp: ramp.unwrap_or_else(|| RampForm::new(starts)),
        errors,
    })
}

fn kind_name(ctx: &Ctx, kind: ReliefKind) -> String {
    ctx.l.t(&format!("capacity-kind-{}", kind.code()))
}

fn relief_row(ctx: &Ctx, relation: Relation, relief: &Relief) -> ReliefRow {
    let takes = |answer| {
        relief.state.after(answer).is_some() && relation.takes(answer, &ctx.actor, relief.requested_by.0)
    };
    let draft = &relief.draft;
    let part = (draft.pct < 100).then(|| ctx.l.pct(i64::from(draft.pct)));
    let what: Vec<String> = std::iter::once(kind_name(ctx, draft.kind)).chain(part).collect();
    let asked = ctx.l.tr("capacity-asked-by", &[("name", (&relief.requested_by.1).into())]);
    let granted = relief
        .granted_to
        .map(|last| ctx.l.tr("capacity-granted-to", &[("last", ctx.l.date_year(last).into())]));
    let decided = relief.decided_by.as_ref().map(|name| {
        let key =
            if relief.state == State::Declined { "capacity-declined-by" } else { "capacity-approved-by" };
        ctx.l.tr(key, &[("name", name.into())])
    });
    ReliefRow {
        id: relief.id,
        version: relief.version,
        span: ctx.l.span(draft.period.start, draft.period.last_day()),
        what: what.join(" · "),
        reason: draft.reason.clone(),
        by: std::iter::once(asked).chain(decided).chain(granted).collect::<Vec<_>>().join(" · "),
        state: ctx.l.t(&format!("capacity-state-{}", relief.state.code())),
        tag: match relief.state {
            State::Approved => "tag--on",
            State::Requested => "tag--risk",
            State::Declined | State::Withdrawn => "",
        },
        ends: (relief.state == State::Approved && takes(Answer::Withdraw) && draft.period.days() > 1)
            .then(|| draft.period.last_day().to_string()),
        decides: takes(Answer::Approve),
        withdraws: takes(Answer::Withdraw),
    }
}

fn ramp_row(ctx: &Ctx, ramp: &Ramp) -> RampRow {
    let steps: Vec<String> = ramp.steps.iter().map(|pct| ctx.l.pct(i64::from(*pct))).collect();
    RampRow {
        starts_on: ramp.starts_on.to_string(),
        from: ctx.l.date_year(ramp.starts_on),
        steps: steps.join(" → "),
    }
}

/// The page again with a last day that leave cannot end with.
pub(super) async fn with_end(
    conn: &mut PgConnection,
    ctx: &Ctx,
    id: EmployeeId,
    (relief, typed): (ReliefId, String),
    errors: FormErrors,
) -> Result<CapacityPage> {
    let mut page = page(conn, ctx, id, None, None, errors).await?;
    if let Some(row) = page.reliefs.iter_mut().find(|row| row.id == relief) {
        row.ends = Some(typed);
    }
    Ok(page)
}

/// The goals of this and coming periods that ask for less than their full target.
async fn lowered_goals(conn: &mut PgConnection, ctx: &Ctx, id: EmployeeId) -> Result<Vec<GoalRow>> {
    let filter = GoalFilter { subjects: Some(vec![Subject::Person(id)]), ..GoalFilter::default() };
    let goals = goals::list(conn, Viewer::new(&ctx.actor, ctx.today), &filter).await?;
    let open = goals.iter().filter(|goal| goal.period.end > ctx.today);
    let row = |goal: &goals::Goal| {
        let terms = goal.engine_terms(&ctx.company.organisation);
        let parts = lowered(goal.period, &ctx.company.calendar, &terms, &goal.targets());
        let measure = Measure::of(Reader::of(ctx), goal);
        let period = period_name(ctx.l, ctx.company.fiscal, &goal.period);
        (parts.full != parts.effective).then(|| GoalRow {
            href: format!("/goals/{}", goal.id),
            title: format!("{} {period}", goal_name(Reader::of(ctx), goal)),
            full: measure.amount(parts.full),
            effective: measure.amount(parts.effective),
        })
    };
    Ok(open.filter_map(row).collect())
}

/// `POST /people/{id}/relief`
pub async fn ask(ctx: Ctx, Path(id): Path<EmployeeId>, Form(form): Form<ReliefForm>) -> Result<Response> {
    let mut tx = ctx.app.begin().await?;
    let (relation, person) = relation(&mut tx, &ctx, id).await?;
    if !relation.asks() {
        return Err(AppError::Forbidden);
    }
    let draft = match form.read() {
        Ok(draft) => draft,
        Err(errors) => {
            let page = page(&mut tx, &ctx, id, Some(form), None, errors).await?;
            return Ok(Page::invalid(page).into_response());
        }
    };
    let relief = super::ask(&mut tx, id, &draft, ctx.actor.user, ctx.now).await?;
    let details = json!({ "person": id, "from": draft.period.start, "last": draft.period.last_day(), "pct": draft.pct,
        "kind": draft.kind.code() });
    let event = Event::new("relief.asked", "relief", relief.0).with(details);
    audit::record(&mut tx, Some(ctx.actor.user), ctx.now, event).await?;
    let to = goals::setter_accounts(&mut tx, &ctx.company, Subject::Person(id), ctx.today).await?;
    tell(&mut tx, &ctx, &to, &person, "notice-relief-asked", &draft.period).await?;
    tx.commit().await?;
    Ok(Notice::new("capacity-toast-asked").with("name", person.name).redirect(&href(id)))
}

/// What becomes of leave.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnswerForm {
    answer: String,
    version: i64,
}

/// `POST /people/{id}/relief/{relief}`
pub async fn answer(
    ctx: Ctx,
    Path((id, relief)): Path<(EmployeeId, ReliefId)>,
    Form(form): Form<AnswerForm>,
) -> Result<Response> {
    let mut tx = ctx.app.begin().await?;
    let (relation, person) = relation(&mut tx, &ctx, id).await?;
    let relief = store::of_person(&mut tx, id).await?.into_iter().find(|row| row.id == relief).found()?;
    let answer = Answer::from_code(&form.answer).found()?;
    if !relation.takes(answer, &ctx.actor, relief.requested_by.0) {
        return Err(AppError::Forbidden);
    }
    let state = super::answer(&mut tx, relief.id, form.version, answer, ctx.actor.user, ctx.now).await?;
    let event = Event::new("relief.answered", "relief", relief.id.0)
        .with(json!({ "person": id, "state": state.code() }));
    audit::record(&mut tx, Some(ctx.actor.user), ctx.now, event).await?;
    let message = match state {
        State::Approved => "notice-relief-approved",
        State::Declined => "notice-relief-declined",
        State::Requested | State::Withdrawn => "notice-relief-withdrawn",
    };
    let mut to = goals::owner_accounts(&mut tx, &ctx.company, Subject::Person(id), ctx.today).await?;
    to.push(relief.requested_by.0);
    tell(&mut tx, &ctx, &to, &person, message, &relief.draft.period).await?;
    tx.commit().await?;
    let notice = Notice::new(&format!("capacity-toast-{}", state.code())).with("name", person.name);
    Ok(notice.redirect(&href(id)))
}

pub(super) async fn tell(
    conn: &mut PgConnection,
    ctx: &Ctx,
    to: &[UserId],
    person: &Person,
    message: &'static str,
    period: &Period,
) -> Result<()> {
    let values = vec![
        ("who", Value::text(&ctx.actor.name)),
        ("name", Value::text(&person.name)),
        ("from", Value::Day { day: period.start }),
        ("last", Value::Day { day: period.last_day() }),
    ];
    let telling = Telling { message, values, quote: String::new(), href: href(person.id) };
    notices::tell(conn, to, Some(ctx.actor.user), &telling, ctx.now).await
}

/// `POST /people/{id}/ramp`
pub async fn set_ramp(ctx: Ctx, Path(id): Path<EmployeeId>, Form(form): Form<RampForm>) -> Result<Response> {
    let mut tx = ctx.app.begin().await?;
    let (relation, person) = relation(&mut tx, &ctx, id).await?;
    if !relation.sets_goals {
        return Err(AppError::Forbidden);
    }
    let ramp = match form.read() {
        Ok(ramp) => ramp,
        Err(errors) => {
            let page = page(&mut tx, &ctx, id, None, Some(form), errors).await?;
            return Ok(Page::invalid(page).into_response());
        }
    };
    super::set_ramp(&mut tx, id, &ramp, ctx.actor.user, ctx.now).await?;
    let details = json!({ "starts_on": ramp.starts_on, "steps": ramp.steps });
    let event = Event::new("ramp.set", "employee", id.0).with(details);
    audit::record(&mut tx, Some(ctx.actor.user), ctx.now, event).await?;
    tx.commit().await?;
    Ok(Notice::new("capacity-toast-ramp").with("name", person.name).redirect(&href(id)))
}

/// Which ramp.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WhichRamp {
    starts_on: NaiveDate,
}

/// `POST /people/{id}/ramp/remove`
pub async fn remove_ramp(
    ctx: Ctx,
    Path(id): Path<EmployeeId>,
    Form(form): Form<WhichRamp>,
) -> Result<Response> {
    let mut tx = ctx.app.begin().await?;
    let (relation, _) = relation(&mut tx, &ctx, id).await?;
    if !relation.sets_goals {
        return Err(AppError::Forbidden);
    }
    let steps = store::delete_ramp(&mut tx, id, form.starts_on).await?.found()?;
    let details = json!({ "starts_on": form.starts_on, "steps": steps });
    let event = Event::new("ramp.removed", "employee", id.0).with(details);
    audit::record(&mut tx, Some(ctx.actor.user), ctx.now, event).await?;
    tx.commit().await?;
    let steps: Vec<String> = steps.iter().map(ToString::to_string).collect();
    let back = [("starts_on", form.starts_on.to_string()), ("steps", steps.join(", "))];
    Ok(Notice::new("capacity-toast-ramp-removed")
        .undo(format!("/people/{id}/ramp"), &back)
        .redirect(&href(id)))
}

/// Whether the reader may answer leave that waits.
pub(super) async fn may_answer(conn: &mut PgConnection, ctx: &Ctx, relief: &Relief) -> Result<bool> {
    let viewer = Viewer::new(&ctx.actor, ctx.today);
    let sets = goals::may_set(conn, &ctx.actor, viewer, Subject::Person(relief.person)).await?;
    let relation = Relation::new(&ctx.actor, relief.person, sets);
    Ok(relation.takes(Answer::Approve, &ctx.actor, relief.requested_by.0))
}

/// Whether the reader may look at this of a person whom they see.
pub(super) async fn sees(conn: &mut PgConnection, ctx: &Ctx, id: EmployeeId) -> Result<bool> {
    let viewer = Viewer::new(&ctx.actor, ctx.today);
    let sets = goals::may_set(conn, &ctx.actor, viewer, Subject::Person(id)).await?;
    Ok(Relation::new(&ctx.actor, id, sets).sees())
}

/// Leave as it waits on the reader's home.
pub(super) fn waits(ctx: &Ctx, relief: &Relief) -> Option<Waits> {
    let person = ctx.company.organisation.person(relief.person)?;
    Some(Waits {
        icon: "calendar",
        href: href(relief.person),
        title: ctx.l.tr("capacity-waiting", &[("name", (&person.name).into())]),
        text: ctx.l.span(relief.draft.period.start, relief.draft.period.last_day()),
    })
}
