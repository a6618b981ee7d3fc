//! A person's page, and the forms that make and change people.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use serde_json::json;
use sqlx::PgConnection;

use super::account::AccountCard;
use super::forms::{PersonDraft, PersonForm};
use super::list::department_choices;
use super::{EmployeeView, create_employee, find_employee, store, update_employee};
use crate::attainment::service::AsOf;
use crate::attainment::view::{self, GoalCard, Reader};
use crate::audit::{self, Event};
use crate::error::{AppError, Found, Result};
use crate::goals::Viewer;
use crate::kernel::id::EmployeeId;
use crate::org::memberships::pages::{MoveCard, MoveForm};
use crate::org::memberships::{self, Membership};
use crate::org::policy;
use crate::web::context::Ctx;
use crate::web::form::{Form, FormErrors};
use crate::web::i18n::Localiser;
use crate::web::page::Page;
use crate::web::shell::Shell;
use crate::web::stale::{Clash, Saved};
use crate::web::toast::Notice;
use crate::web::ui::{Choice, Link};

/// A membership as pages show it.
pub(in crate::org) struct MembershipRow {
    pub(in crate::org) id: i64,
    pub(in crate::org) department: String,
    pub(in crate::org) lead: bool,
    pub(in crate::org) span: String,
    pub(in crate::org) present: bool,
}

impl MembershipRow {
    fn new(ctx: &Ctx, membership: Membership) -> Self {
        let from = ctx.l.date_short_year(membership.from);
        let span = match membership.until {
            Some(until) => format!("{from} – {}", ctx.l.date_short_year(until)),
            None => ctx.l.tr("org-since", &[("from", from.into())]),
        };
        let present = membership.holds_on(ctx.today);
        Self {
            id: membership.id.0,
            department: membership.department_name,
            lead: membership.lead,
            span,
            present,
        }
    }
}

/// Where a person belonged, latest first.
async fn history(conn: &mut PgConnection, ctx: &Ctx, person: EmployeeId) -> Result<Vec<MembershipRow>> {
    let memberships = memberships::history(conn, person).await?;
    Ok(memberships.into_iter().map(|membership| MembershipRow::new(ctx, membership)).collect())
}

/// A person's properties in words.
fn facts(l: Localiser, person: &EmployeeView) -> Vec<(String, String)> {
    let day = |day: Option<_>| day.map_or_else(|| "–".to_owned(), |day| l.date_year(day));
    let mut facts = vec![
        (l.t("org-number"), person.employee_no.clone()),
        (l.t("org-email"), person.email.clone().unwrap_or_else(|| "–".to_owned())),
        (l.t("org-hired"), day(person.hired_on)),
    ];
    if person.left_on.is_some() {
        facts.push((l.t("org-left"), day(person.left_on)));
    }
    facts
}

/// A person as administrators see them.
#[derive(Template)]
#[template(path = "org/person.html")]
struct PersonPage {
    shell: Shell,
    person: EmployeeView,
    facts: Vec<(String, String)>,
    memberships: Vec<MembershipRow>,
    moving: MoveCard,
    account: AccountCard,
    errors: FormErrors,
}

/// `GET /admin/people/{id}`
pub async fn show(ctx: Ctx, Path(id): Path<EmployeeId>) -> Result<Response> {
    render(&ctx, id, None, None, FormErrors::default()).await
}

/// The page of a person with a form that came back, or with a link to copy that is shown once.
pub(in crate::org) async fn render(
    ctx: &Ctx,
    id: EmployeeId,
    moving: Option<MoveForm>,
    account: Option<AccountCard>,
    errors: FormErrors,
) -> Result<Response> {
    let mut conn = ctx.app.read().await?;
    let person = find_employee(&mut conn, id).await?.found()?;
    let memberships = history(&mut conn, ctx, id).await?;
    let moving = MoveCard::new(&mut conn, ctx, id, moving).await?;
    let account = match account {
        Some(card) => card,
        None => AccountCard::load(&mut conn, &person).await?,
    };
    let facts = facts(ctx.l, &person);
    let failed = !errors.is_empty();
    let shell = ctx.shell("people");
    let page = PersonPage { shell, person, facts, memberships, moving, account, errors };
    Ok(if failed { Page::invalid(page) } else { Page::ok(page) }.into_response())
}

/// A person as colleagues in scope see them.
#[derive(Template)]
#[template(path = "org/colleague.html")]
struct ColleaguePage {
    shell: Shell,
    person: EmployeeView,
    facts: Vec<(String, String)>,
    memberships: Vec<MembershipRow>,
    administers: bool,
    sees_capacity: bool,
    goals: Vec<GoalCard>,
}

/// `GET /people/{id}`: 404 for those the reader does not see.
pub async fn colleague(ctx: Ctx, Path(id): Path<EmployeeId>) -> Result<Response> {
    let mut conn = ctx.app.read().await?;
    let everyone = policy::reads_organisation(&ctx.actor);
    if !store::is_visible(&mut conn, id, ctx.actor.employee, everyone, ctx.today).await? {
        return Err(AppError::NotFound);
    }
    let person = find_employee(&mut conn, id).await?.found()?;
    let memberships = history(&mut conn, &ctx, id).await?;
    let facts = facts(ctx.l, &person);
    let here = if ctx.sees_teams() { "team" } else { "home" };
    let (shell, administers) = (ctx.shell(here), ctx.actor.is_admin());
    let viewer = Viewer::new(&ctx.actor, ctx.today);
    let sees_capacity = crate::capacity::sees(&mut conn, &ctx, id).await?;
    let goals = view::person_cards(&mut conn, Reader::of(&ctx), viewer, id, AsOf::now(ctx.today)).await?;
    Ok(Page::ok(ColleaguePage { shell, person, facts, memberships, administers, sees_capacity, goals })
        .into_response())
}

/// The form about a person; `person` is absent for somebody new.
#[derive(Template)]
#[template(path = "org/person_form.html")]
struct PersonFormPage {
    shell: Shell,
    person: Option<EmployeeView>,
    form: PersonForm,
    departments: Vec<Choice>,
    stale: bool,
    clashes: Vec<Clash>,
    errors: FormErrors,
}

impl PersonFormPage {
    async fn new(
        ctx: &Ctx,
        person: Option<EmployeeView>,
        form: PersonForm,
        errors: FormErrors,
    ) -> Result<Self> {
        let departments = department_choices(&mut *ctx.app.read().await?).await?;
        let shell = ctx.shell("people");
        Ok(Self { shell, person, form, departments, stale: false, clashes: Vec::new(), errors })
    }

    fn title(&self) -> String {
        let l = self.shell.l;
        match &self.person {
            Some(person) => l.tr("org-edit-person", &[("name", person.name.clone().into())]),
            None => l.t("org-add-person"),
        }
    }

    fn crumbs(&self) -> Vec<Link> {
        let people = Link::new("/admin/people", self.shell.l.t("nav-people"));
        let person = self.person.as_ref().map(|person| Link::new(self.back(), person.name.clone()));
        let here =
            Link::new("", self.shell.l.t(if self.person.is_some() { "edit" } else { "org-add-person" }));
        [Some(people), person, Some(here)].into_iter().flatten().collect()
    }

    /// Where the form goes, and where it comes back to: the list for somebody new, else the person.
    fn back(&self) -> String {
        self.person.as_ref().map_or_else(|| "/admin/people".to_owned(), |p| format!("/admin/people/{}", p.id))
    }

    fn submit(&self) -> String {
        self.shell.l.t(if self.person.is_some() { "save" } else { "org-add-person" })
    }
}

/// `GET /admin/people/new`
pub async fn new(ctx: Ctx) -> Result<Response> {
    let form = PersonForm { hired_on: ctx.today.to_string(), ..PersonForm::default() };
    Ok(Page::ok(PersonFormPage::new(&ctx, None, form, FormErrors::default()).await?).into_response())
}

/// `POST /admin/people`
pub async fn create(ctx: Ctx, Form(form): Form<PersonForm>) -> Result<Response> {
    let made = match form.read() {
        Ok(draft) => Saved::of(make(&ctx, &draft).await.map(Some))?,
        Err(errors) => Saved::Faulty(errors),
    };
    match made {
        Saved::Done(id) => Ok(Notice::new("org-toast-person-added")
            .with("name", form.name.trim())
            .redirect(&format!("/admin/people/{id}"))),
        Saved::Stale => Err(AppError::Conflict("error-stale")),
        Saved::Faulty(errors) => {
            Ok(Page::invalid(PersonFormPage::new(&ctx, None, form, errors).await?).into_response())
        }
    }
}

async fn make(ctx: &Ctx, draft: &PersonDraft) -> Result<EmployeeId> {
    let mut tx = ctx.app.begin().await?;
    let id = create_employee(&mut tx, &draft.employee()).await?;
    if let Some(department) = draft.department {
        memberships::join(&mut tx, id, department, false, draft.hired_on.unwrap_or(ctx.today), None).await?;
    }
    audit::record(&mut tx, Some(ctx.actor.user), ctx.now, Event::new("person.added", "employee", id.0))
        .await?;
    tx.commit().await?;
    Ok(id)
}

/// `GET /admin/people/{id}/edit`
pub async fn edit(ctx: Ctx, Path(id): Path<EmployeeId>) -> Result<Response> {
    let person = find_employee(&mut *ctx.app.read().await?, id).await?.found()?;
    let form = PersonForm::of(&person);
    Ok(Page::ok(PersonFormPage::new(&ctx, Some(person), form, FormErrors::default()).await?).into_response())
}

/// `POST /admin/people/{id}`
pub async fn update(ctx: Ctx, Path(id): Path<EmployeeId>, Form(form): Form<PersonForm>) -> Result<Response> {
    let before = find_employee(&mut *ctx.app.read().await?, id).await?.found()?;
    let saved = match form.read() {
        Ok(draft) => Saved::of(save(&ctx, &before, &draft, form.version).await)?,
        Err(errors) => Saved::Faulty(errors),
    };
    match saved {
        Saved::Done(()) => Ok(Notice::new("org-toast-person-saved")
            .with("name", form.name.trim())
            .redirect(&format!("/admin/people/{id}"))),
        Saved::Stale => {
            let clashes = form.clashes(ctx.l, &before);
            let form = PersonForm { version: before.version, ..form };
            let page = PersonFormPage::new(&ctx, Some(before), form, FormErrors::default()).await?;
            Ok(Page::conflict(PersonFormPage { stale: true, clashes, ..page }).into_response())
        }
        Saved::Faulty(errors) => {
            Ok(Page::invalid(PersonFormPage::new(&ctx, Some(before), form, errors).await?).into_response())
        }
    }
}

async fn save(ctx: &Ctx, before: &EmployeeView, draft: &PersonDraft, version: i64) -> Result<Option<()>> {
    let mut tx = ctx.app.begin().await?;
    let after = draft.employee();
    if update_employee(&mut tx, before.id, &after, version).await?.is_none() {
        return Ok(None);
    }
    let changed = [
        ("employee_no", before.employee_no != after.employee_no.trim()),
        ("name", before.name != after.name.trim()),
        ("email", before.email.as_deref() != after.email),
        ("job_title", before.job_title != after.job_title.trim()),
        ("hired_on", before.hired_on != after.hired_on),
        ("left_on", before.left_on != after.left_on),
    ];
    let changed: Vec<&str> =
        changed.into_iter().filter_map(|(field, differs)| differs.then_some(field)).collect();
    let details = json!({ "changed": changed, "left_on": after.left_on });
    let event = Event::new("person.changed", "employee", before.id.0).with(details);
    audit::record(&mut tx, Some(ctx.actor.user), ctx.now, event).await?;
    tx.commit().await?;
    Ok(Some(()))
}
