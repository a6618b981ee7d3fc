//! Moving people between departments, making them leads, and putting right what was entered wrongly.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::json;
use sqlx::PgConnection;

use super::{Membership, MembershipId, correct, find, history, join, remove, take_back, transfer};
use crate::audit::{self, Event};
use crate::error::{AppError, Found, Result};
use crate::kernel::id::{DepartmentId, EmployeeId};
use crate::org::forms::{day, iso, optional_day};
use crate::org::people::{self, EmployeeView, find_employee};
use crate::web::context::Ctx;
use crate::web::form::{Form, FormErrors};
use crate::web::page::Page;
use crate::web::shell::Shell;
use crate::web::stale::{self, Clash, Saved};
use crate::web::toast::Notice;
use crate::web::ui::Choice;

/// What the form of a move sends.
#[derive(Deserialize, Clone)]
#[serde(deny_unknown_fields)]
pub struct MoveForm {
    pub(in crate::org) department: String,
    #[serde(default)]
    pub(in crate::org) lead: String,
    pub(in crate::org) from: String,
}

/// The form of a move with the departments to choose from.
pub(in crate::org) struct MoveCard {
    pub(in crate::org) form: MoveForm,
    pub(in crate::org) departments: Vec<Choice>,
}

impl MoveCard {
    /// The form as typed, or as the person stands today.
    pub(in crate::org) async fn new(
        conn: &mut PgConnection,
        ctx: &Ctx,
        employee: EmployeeId,
        form: Option<MoveForm>,
    ) -> Result<Self> {
        let departments = people::department_choices(conn).await?;
        let form = match form {
            Some(form) => form,
            None => Self::present(conn, ctx, employee).await?,
        };
        Ok(Self { form, departments })
    }

    async fn present(conn: &mut PgConnection, ctx: &Ctx, employee: EmployeeId) -> Result<MoveForm> {
        let present = history(conn, employee).await?.into_iter().find(|m| m.holds_on(ctx.today));
        let (department, lead) =
            present.map_or((String::new(), false), |m| (m.department.to_string(), m.lead));
        let lead = if lead { "on" } else { "" }.to_owned();
        Ok(MoveForm { department, lead, from: ctx.today.to_string() })
    }
}

fn department_of(errors: &mut FormErrors, text: &str) -> Option<DepartmentId> {
    errors.check("department", text.parse().map_err(|_| "error-required"))
}

/// `POST /admin/people/{id}/transfer`: to a department, or to its lead, from a day on.
pub async fn move_person(
    ctx: Ctx,
    Path(id): Path<EmployeeId>,
    Form(form): Form<MoveForm>,
) -> Result<Response> {
    let mut errors = FormErrors::default();
    let department = department_of(&mut errors, &form.department);
    let from = day(&mut errors, "from", &form.from);
    let moved = match errors.or(department.zip(from)) {
        Ok((department, from)) => {
            Saved::of(store_move(&ctx, id, department, !form.lead.is_empty(), from).await.map(Some))?
        }
        Err(errors) => Saved::Faulty(errors),
    };
    let person = format!("/admin/people/{id}");
    match moved {
        Saved::Faulty(errors) => people::pages::render(&ctx, id, Some(form), None, errors).await,
        Saved::Stale => Err(AppError::Conflict("error-stale")),
        Saved::Done((made, before)) => {
            let before = before.map_or_else(String::new, |before| before.0.to_string());
            let fields = [("membership", made.0.to_string()), ("before", before)];
            Ok(Notice::new("org-toast-moved")
                .undo(format!("{person}/transfer/undo"), &fields)
                .redirect(&person))
        }
    }
}

async fn store_move(
    ctx: &Ctx,
    id: EmployeeId,
    department: DepartmentId,
    lead: bool,
    from: NaiveDate,
) -> Result<(MembershipId, Option<MembershipId>)> {
    let mut tx = ctx.app.begin().await?;
    let before = history(&mut tx, id).await?.into_iter().find(|membership| membership.holds_on(from));
    let membership = transfer(&mut tx, id, department, lead, from).await?;
    let details = json!({ "department": department, "lead": lead, "from": from });
    let event = Event::new("person.moved", "employee", id.0).with(details);
    audit::record(&mut tx, Some(ctx.actor.user), ctx.now, event).await?;
    tx.commit().await?;
    Ok((membership, before.map(|before| before.id)))
}

/// The membership that a move made, and the one that it ended.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MovedForm {
    membership: i64,
    before: String,
}

/// `POST /admin/people/{id}/transfer/undo`
pub async fn undo_move(
    ctx: Ctx,
    Path(id): Path<EmployeeId>,
    Form(form): Form<MovedForm>,
) -> Result<Response> {
    let before = form.before.parse().ok().map(MembershipId);
    let mut tx = ctx.app.begin().await?;
    let gone = take_back(&mut tx, id, MembershipId(form.membership), before).await?;
    record(&mut tx, &ctx, "membership.removed", &gone).await?;
    tx.commit().await?;
    Ok(Notice::new("org-toast-move-undone").redirect(&format!("/admin/people/{id}")))
}

/// What the form of a correction sends.
#[derive(Deserialize, Clone)]
#[serde(deny_unknown_fields)]
pub struct CorrectionForm {
    department: String,
    #[serde(default)]
    lead: String,
    from: String,
    until: String,
    #[serde(default)]
    version: i64,
}

impl CorrectionForm {
    fn of(membership: &Membership) -> Self {
        Self {
            department: membership.department.to_string(),
            lead: if membership.lead { "on" } else { "" }.to_owned(),
            from: membership.from.to_string(),
            until: iso(membership.until),
            version: membership.version,
        }
    }

    /// The membership of `employee` as typed.
    fn read(&self, id: MembershipId, employee: EmployeeId) -> Result<Membership, FormErrors> {
        let mut errors = FormErrors::default();
        let department = department_of(&mut errors, &self.department);
        let from = day(&mut errors, "from", &self.from);
        let until = optional_day(&mut errors, "until", &self.until);
        let typed = department.zip(from).map(|(department, from)| Membership {
            id,
            employee,
            department,
            department_name: String::new(),
            lead: !self.lead.is_empty(),
            from,
            until,
            version: self.version,
        });
        errors.or(typed)
    }
}

#[derive(Template)]
#[template(path = "org/membership.html")]
struct MembershipPage {
    shell: Shell,
    person: EmployeeView,
    membership: Membership,
    form: CorrectionForm,
    departments: Vec<Choice>,
    stale: bool,
    clashes: Vec<Clash>,
    errors: FormErrors,
}

impl MembershipPage {
    async fn new(
        ctx: &Ctx,
        membership: Membership,
        form: CorrectionForm,
        errors: FormErrors,
    ) -> Result<Self> {
        let mut conn = ctx.app.read().await?;
        let person = find_employee(&mut conn, membership.employee).await?.found()?;
        let departments = people::department_choices(&mut conn).await?;
        let shell = ctx.shell("people");
        Ok(Self { shell, person, membership, form, departments, stale: false, clashes: Vec::new(), errors })
    }

    fn back(&self) -> String {
        format!("/admin/people/{}", self.person.id)
    }

    /// Tells what somebody else has stored meanwhile; saving again stores what was typed.
    fn stale(mut self) -> Self {
        let stored = CorrectionForm::of(&self.membership);
        let l = self.shell.l;
        let name = |id: &str| {
            let known = self.departments.iter().find(|choice| choice.is(id));
            known.map_or_else(String::new, |choice| choice.label.trim().to_owned())
        };
        let lead = |form: &CorrectionForm| l.t(if form.lead.is_empty() { "no" } else { "yes" });
        self.clashes = stale::clashes(
            l,
            &[
                ("org-department", &name(&stored.department), &name(&self.form.department)),
                ("org-lead", &lead(&stored), &lead(&self.form)),
                ("org-from", &stored.from, &self.form.from),
                ("org-until", &stored.until, &self.form.until),
            ],
        );
        (self.stale, self.form.version) = (true, stored.version);
        self
    }
}

/// `GET /admin/memberships/{id}`
pub async fn edit(ctx: Ctx, Path(id): Path<MembershipId>) -> Result<Response> {
    let membership = find(&mut *ctx.app.read().await?, id).await?.found()?;
    let form = CorrectionForm::of(&membership);
    Ok(Page::ok(MembershipPage::new(&ctx, membership, form, FormErrors::default()).await?).into_response())
}

/// `POST /admin/memberships/{id}`
pub async fn update(
    ctx: Ctx,
    Path(id): Path<MembershipId>,
    Form(form): Form<CorrectionForm>,
) -> Result<Response> {
    let membership = find(&mut *ctx.app.read().await?, id).await?.found()?;
    let saved = match form.read(id, membership.employee) {
        Ok(typed) => Saved::of(store_correction(&ctx, &typed).await)?,
        Err(errors) => Saved::Faulty(errors),
    };
    match saved {
        Saved::Done(()) => {
            Ok(Notice::new("org-toast-corrected").redirect(&format!("/admin/people/{}", membership.employee)))
        }
        Saved::Stale => {
            let page = MembershipPage::new(&ctx, membership, form, FormErrors::default()).await?;
            Ok(Page::conflict(page.stale()).into_response())
        }
        Saved::Faulty(errors) => {
            Ok(Page::invalid(MembershipPage::new(&ctx, membership, form, errors).await?).into_response())
        }
    }
}

async fn store_correction(ctx: &Ctx, typed: &Membership) -> Result<Option<()>> {
    let mut tx = ctx.app.begin().await?;
    if correct(&mut tx, typed, typed.version).await?.is_none() {
        return Ok(None);
    }
    record(&mut tx, ctx, "membership.corrected", typed).await?;
    tx.commit().await?;
    Ok(Some(()))
}

async fn record(
    conn: &mut PgConnection,
    ctx: &Ctx,
    action: &'static str,
    membership: &Membership,
) -> Result<()> {
    let details = json!({
        "employee": membership.employee, "department": membership.department, "lead": membership.lead,
        "from": membership.from, "until": membership.until,
    });
    let event = Event::new(action, "membership", membership.id.0).with(details);
    audit::record(conn, Some(ctx.actor.user), ctx.now, event).await
}

/// `POST /admin/memberships/{id}/remove`
pub async fn delete(ctx: Ctx, Path(id): Path<MembershipId>) -> Result<Response> {
    let mut tx = ctx.app.begin().await?;
    let gone = find(&mut tx, id).await?.found()?;
    remove(&mut tx, id).await?;
    record(&mut tx, &ctx, "membership.removed", &gone).await?;
    tx.commit().await?;
    let form = CorrectionForm::of(&gone);
    let fields =
        [("department", form.department), ("lead", form.lead), ("from", form.from), ("until", form.until)];
    let person = format!("/admin/people/{}", gone.employee);
    Ok(Notice::new("org-toast-membership-removed")
        .with("department", gone.department_name)
        .undo(format!("{person}/memberships"), &fields)
        .redirect(&person))
}

/// `POST /admin/people/{id}/memberships`: puts a removed membership back.
pub async fn restore(
    ctx: Ctx,
    Path(id): Path<EmployeeId>,
    Form(form): Form<CorrectionForm>,
) -> Result<Response> {
    let typed = form.read(MembershipId(0), id).map_err(AppError::Invalid)?;
    let mut tx = ctx.app.begin().await?;
    let made = join(&mut tx, id, typed.department, typed.lead, typed.from, typed.until).await?;
    record(&mut tx, &ctx, "membership.restored", &Membership { id: made, ..typed }).await?;
    tx.commit().await?;
    Ok(Notice::new("toast-saved").redirect(&format!("/admin/people/{id}")))
}
