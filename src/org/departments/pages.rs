//! A department with its members on a date, and the form that makes and changes departments.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use chrono::NaiveDate;
use serde_json::json;

use super::forms::DepartmentForm;
use super::{
    DepartmentKind, DepartmentRow, DepartmentView, NewDepartment, create_department, find_department, tree,
    update_department,
};
use crate::audit::{self, Event};
use crate::error::{AppError, Found, Result};
use crate::kernel::id::DepartmentId;
use crate::org::people::{PersonOn, department_choices};
use crate::web::context::Ctx;
use crate::web::form::{Form, FormErrors};
use crate::web::i18n::Localiser;
use crate::web::list::ListQuery;
use crate::web::page::Page;
use crate::web::shell::Shell;
use crate::web::stale::{Clash, Saved};
use crate::web::toast::Notice;
use crate::web::ui::{Choice, Link};

#[derive(Template)]
#[template(path = "org/department.html")]
struct DepartmentPage {
    shell: Shell,
    department: DepartmentView,
    parent: Option<DepartmentView>,
    day: NaiveDate,
    people: Vec<PersonOn>,
    below: Vec<DepartmentRow>,
}

impl DepartmentPage {
    fn crumbs(&self) -> Vec<Link> {
        let list = Link::new("/admin/departments", self.shell.l.t("nav-departments"));
        let above = self.parent.as_ref();
        let above =
            above.map(|above| Link::new(format!("/admin/departments/{}", above.id), above.name.clone()));
        let here = Link::new("", self.department.name.clone());
        [Some(list), above, Some(here)].into_iter().flatten().collect()
    }
}

/// `GET /admin/departments/{id}?day=`: who belongs to it on a day, today unless another is asked for.
pub async fn show(ctx: Ctx, Path(id): Path<DepartmentId>, query: ListQuery) -> Result<Response> {
    let mut conn = ctx.app.read().await?;
    let day = query.parsed("day").unwrap_or(ctx.today);
    let department = find_department(&mut conn, id).await?.found()?;
    let parent = match department.parent {
        Some(parent) => find_department(&mut conn, parent).await?,
        None => None,
    };
    let there = ctx.company.organisation.people_on(day);
    let mut people: Vec<PersonOn> = there.filter(|person| person.department == id).collect();
    people.sort_by_key(|person| !person.lead);
    let mut below = tree(&ctx.company.organisation, day);
    below.retain(|row| row.department.parent == Some(id));
    let shell = ctx.shell("departments");
    Ok(Page::ok(DepartmentPage { shell, department, parent, day, people, below }).into_response())
}

/// The form about a department; `department` is absent for a new one.
#[derive(Template)]
#[template(path = "org/department_form.html")]
struct DepartmentFormPage {
    shell: Shell,
    department: Option<DepartmentView>,
    form: DepartmentForm,
    kinds: Vec<Choice>,
    parents: Vec<Choice>,
    stale: bool,
    clashes: Vec<Clash>,
    errors: FormErrors,
}

impl DepartmentFormPage {
    async fn new(
        ctx: &Ctx,
        department: Option<DepartmentView>,
        form: DepartmentForm,
        errors: FormErrors,
    ) -> Result<Self> {
        let parents = department_choices(&mut *ctx.app.read().await?).await?;
        let (shell, kinds) = (ctx.shell("departments"), kind_choices(ctx.l));
        Ok(Self { shell, department, form, kinds, parents, stale: false, clashes: Vec::new(), errors })
    }

    fn title(&self) -> String {
        let l = self.shell.l;
        match &self.department {
            Some(department) => l.tr("org-edit-department", &[("name", department.name.clone().into())]),
            None => l.t("org-add-department"),
        }
    }

    /// Where the form goes, and where it comes back to: the list for a new department, else the department.
    fn back(&self) -> String {
        let known = self.department.as_ref();
        known.map_or_else(|| "/admin/departments".to_owned(), |d| format!("/admin/departments/{}", d.id))
    }

    fn is_root(&self) -> bool {
        self.department.as_ref().is_some_and(|department| department.kind == DepartmentKind::Company)
    }
}

pub(super) fn kind_choices(l: Localiser) -> Vec<Choice> {
    DepartmentKind::BELOW_ROOT.iter().map(|kind| Choice::new(kind.code(), l.t(kind.label()))).collect()
}

/// `GET /admin/departments/new?parent=`
pub async fn new(ctx: Ctx, query: ListQuery) -> Result<Response> {
    let root = ctx.company.root.map_or_else(String::new, |root| root.to_string());
    let parent = query.get("parent").map_or(root, str::to_owned);
    let form = DepartmentForm { parent, kind: "sales".to_owned(), ..DepartmentForm::default() };
    Ok(Page::ok(DepartmentFormPage::new(&ctx, None, form, FormErrors::default()).await?).into_response())
}

/// `POST /admin/departments`
pub async fn create(ctx: Ctx, Form(form): Form<DepartmentForm>) -> Result<Response> {
    let made = match form.read(false) {
        Ok(draft) => Saved::of(make(&ctx, &draft).await.map(Some))?,
        Err(errors) => Saved::Faulty(errors),
    };
    match made {
        Saved::Done(_) => Ok(Notice::new("org-toast-department-added")
            .with("name", form.name.trim())
            .redirect("/admin/departments")),
        Saved::Stale => Err(AppError::Conflict("error-stale")),
        Saved::Faulty(errors) => {
            Ok(Page::invalid(DepartmentFormPage::new(&ctx, None, form, errors).await?).into_response())
        }
    }
}

async fn make(ctx: &Ctx, draft: &NewDepartment<'_>) -> Result<DepartmentId> {
    let mut tx = ctx.app.begin().await?;
    let id = create_department(&mut tx, draft).await?;
    let event = Event::new("department.added", "department", id.0).with(details(draft));
    audit::record(&mut tx, Some(ctx.actor.user), ctx.now, event).await?;
    tx.commit().await?;
    Ok(id)
}

fn details(draft: &NewDepartment<'_>) -> serde_json::Value {
    json!({ "code": draft.code, "kind": draft.kind.code(), "parent": draft.parent })
}

/// `GET /admin/departments/{id}/edit`
pub async fn edit(ctx: Ctx, Path(id): Path<DepartmentId>) -> Result<Response> {
    let department = find_department(&mut *ctx.app.read().await?, id).await?.found()?;
    let form = DepartmentForm::of(&department);
    let page = DepartmentFormPage::new(&ctx, Some(department), form, FormErrors::default()).await?;
    Ok(Page::ok(page).into_response())
}

/// `POST /admin/departments/{id}`
pub async fn update(
    ctx: Ctx,
    Path(id): Path<DepartmentId>,
    Form(form): Form<DepartmentForm>,
) -> Result<Response> {
    let before = find_department(&mut *ctx.app.read().await?, id).await?.found()?;
    let saved = match form.read(before.kind == DepartmentKind::Company) {
        Ok(draft) => Saved::of(save(&ctx, id, &draft, form.version).await)?,
        Err(errors) => Saved::Faulty(errors),
    };
    match saved {
        Saved::Done(()) => Ok(Notice::new("org-toast-department-saved")
            .with("name", form.name.trim())
            .redirect(&format!("/admin/departments/{id}"))),
        Saved::Stale => {
            let typed = form.clone();
            let form = DepartmentForm { version: before.version, ..form };
            let page =
                DepartmentFormPage::new(&ctx, Some(before.clone()), form, FormErrors::default()).await?;
            let clashes = typed.clashes(ctx.l, &before, &page.parents);
            Ok(Page::conflict(DepartmentFormPage { stale: true, clashes, ..page }).into_response())
        }
        Saved::Faulty(errors) => {
            Ok(Page::invalid(DepartmentFormPage::new(&ctx, Some(before), form, errors).await?)
                .into_response())
        }
    }
}

async fn save(ctx: &Ctx, id: DepartmentId, draft: &NewDepartment<'_>, version: i64) -> Result<Option<()>> {
    let mut tx = ctx.app.begin().await?;
    if update_department(&mut tx, id, draft, version).await?.is_none() {
        return Ok(None);
    }
    let event = Event::new("department.changed", "department", id.0).with(details(draft));
    audit::record(&mut tx, Some(ctx.actor.user), ctx.now, event).await?;
    tx.commit().await?;
    Ok(Some(()))
}
