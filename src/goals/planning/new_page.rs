//! `/plans/new`: a scenario begun from what was reached, from nothing, or from another.

use askama::Template;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use sqlx::PgConnection;

use super::forms::{self, Typed};
use super::node::Change;
use super::sheet::{self, Sheet};
use super::store::{self, Draft};
use super::table_page::{methods, step_choices};
use super::{Scenario, ScenarioId, Scope, Start, beginning};
use crate::attainment::Metric;
use crate::attainment::view::Kind;
use crate::error::{Found, Result};
use crate::goals::structure;
use crate::goals::wording::{self, Denomination};
use crate::goals::{Viewer, periods, plan, plan_page};
use crate::kernel::id::{CategoryId, DepartmentId};
use crate::products;
use crate::web::context::Ctx;
use crate::web::form::{Form, FormErrors};
use crate::web::list::ListQuery;
use crate::web::page::Page;
use crate::web::shell::Shell;
use crate::web::toast::Notice;
use crate::web::ui::Choice;

/// What the form sends.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct NewForm {
    name: String,
    department: String,
    metric: String,
    category: String,
    period: String,
    basis: String,
    start: String,
    whole: String,
    percent: String,
    step: String,
    copy: String,
}

#[derive(Template)]
#[template(path = "goals/planning/new.html")]
struct NewPage {
    shell: Shell,
    form: NewForm,
    /// What a copy is of.
    original: Option<(String, String)>,
    departments: Vec<Choice>,
    metrics: Vec<Choice>,
    categories: Vec<Choice>,
    periods: Vec<Choice>,
    bases: Vec<Choice>,
    starts: Vec<Choice>,
    steps: Vec<Choice>,
    errors: FormErrors,
}

/// `GET /plans/new?department=&metric=&category=&period=` or `?copy=`
pub async fn show(ctx: Ctx, query: ListQuery) -> Result<Response> {
    let mut conn = ctx.app.read().await?;
    let text = |key: &str| query.text(key).to_owned();
    let or = |key: &str, otherwise: &str| query.get(key).unwrap_or(otherwise).to_owned();
    let metric = Metric::from_code(query.text("metric")).filter(|metric| metric.is_of_sales());
    let metric = metric.unwrap_or(Metric::Revenue);
    let period = plan::period(&ctx, &query);
    let structure = structure::of(&ctx.company.organisation, Viewer::new(&ctx.actor, ctx.today), &period);
    let mut form = NewForm {
        name: text("name"),
        department: plan::department(&ctx, &query, &structure)?.to_string(),
        metric: metric.code().to_owned(),
        category: text("category"),
        period: periods::code(&period),
        basis: or("basis", ctx.company.basis.code()),
        start: or("start", "last_year"),
        whole: text("whole"),
        percent: or("percent", "5"),
        step: or("step", if metric.is_money() { "1000" } else { "1" }),
        copy: text("copy"),
    };
    if let Some(original) = original(&mut conn, &ctx, &form).await? {
        form.name = ctx.l.tr("plans-copy-name", &[("name", original.name.into())]);
    }
    Ok(Page::ok(page(&mut conn, &ctx, form, FormErrors::default()).await?).into_response())
}

/// The scenario that a copy is of.
async fn original(conn: &mut PgConnection, ctx: &Ctx, form: &NewForm) -> Result<Option<Scenario>> {
    if form.copy.is_empty() {
        return Ok(None);
    }
    let id = form.copy.parse::<ScenarioId>().ok().found()?;
    sheet::find(conn, ctx, id, false).await.map(Some)
}

async fn page(conn: &mut PgConnection, ctx: &Ctx, form: NewForm, errors: FormErrors) -> Result<NewPage> {
    let (l, fiscal) = (ctx.l, ctx.company.fiscal);
    let asked = periods::parse(&form.period);
    let period = asked.unwrap_or_else(|| periods::current(fiscal, ctx.today));
    let structure = structure::of(&ctx.company.organisation, Viewer::new(&ctx.actor, ctx.today), &period);
    let categories = products::categories(conn).await?.into_iter();
    let original = original(conn, ctx, &form).await?;
    let mut starts = methods(ctx);
    starts.push(Choice::new("by_hand", l.t("plans-start-by-hand")));
    Ok(NewPage {
        shell: ctx.shell("goals"),
        original: original.map(|of| (of.name.clone(), format!("{}, {}", of.department, of.what(ctx)))),
        departments: plan_page::department_choices(ctx, &structure),
        metrics: wording::sales_metrics(l),
        categories: categories.map(|(id, name)| Choice::new(id.to_string(), name)).collect(),
        periods: periods::choices(l, fiscal, &periods::around(fiscal, ctx.today), asked.as_ref()),
        bases: wording::bases(l),
        starts,
        steps: step_choices(ctx),
        form,
        errors,
    })
}

/// `POST /plans/new`
pub async fn create(ctx: Ctx, Form(form): Form<NewForm>) -> Result<Response> {
    let mut tx = ctx.app.begin().await?;
    let begun = match original(&mut tx, &ctx, &form).await? {
        Some(original) => copied(&mut tx, &ctx, &form, &original).await?,
        None => begun(&mut tx, &ctx, &form).await?,
    };
    match begun {
        Ok((draft, changes)) => {
            let id = beginning::save(&mut tx, &ctx, &draft, &changes).await?;
            tx.commit().await?;
            let undo = (format!("/plans/{id}/remove"), if changes.is_empty() { "1" } else { "2" }.to_owned());
            let notice = Notice::new("plans-toast-begun").with("name", draft.name);
            Ok(notice.undo(undo.0, &[("version", undo.1)]).redirect(&format!("/plans/{id}")))
        }
        Err(errors) => Ok(Page::invalid(page(&mut tx, &ctx, form, errors).await?).into_response()),
    }
}

type Begun = std::result::Result<(Draft, Vec<Change>), FormErrors>;

async fn copied(conn: &mut PgConnection, ctx: &Ctx, form: &NewForm, original: &Scenario) -> Result<Begun> {
    let mut errors = FormErrors::default();
    let Some(name) = forms::name(&form.name, &mut errors) else { return Ok(Err(errors)) };
    let targets = store::targets(conn, &[original.id]).await?.remove(&original.id).unwrap_or_default();
    // only what the reader sees: a copy gives nobody a way around
    let tree = Sheet::with(conn, ctx, &original.scope, &targets, false).await?.tree;
    let set = tree.0.iter().filter(|node| node.target.is_some());
    let changes = set.map(|node| Change { part: node.part(), from: None, to: node.target }).collect();
    let draft = Draft {
        name,
        scope: original.scope,
        settings: original.settings,
        start: Start::Copy,
        copied_from: Some(original.id),
    };
    Ok(Ok((draft, changes)))
}

/// A new scenario: the whole as typed, or by what was reached, and divided down to the people.
async fn begun(conn: &mut PgConnection, ctx: &Ctx, form: &NewForm) -> Result<Begun> {
    let mut errors = FormErrors::default();
    let name = forms::name(&form.name, &mut errors);
    let scope = scope(ctx, form, &mut errors)?;
    let start = errors.check("start", Start::from_code(&form.start).ok_or("error-required"));
    let method = match start {
        Some(Start::Divided(method)) => method.code(),
        _ => "last_year",
    };
    let fields = [("method", method), ("percent", &form.percent), ("step", &form.step)];
    let typed = Typed::new(fields.map(|(field, text)| (field.to_owned(), text.to_owned())).into());
    let settings = forms::settings(&typed, &mut errors);
    let metric = scope.map_or(Metric::Revenue, |scope| scope.kind.metric);
    let unit = Denomination { metric, currency: ctx.company.currency };
    let whole = match form.whole.trim() {
        "" => Some(None),
        text => errors.check("whole", unit.read(text).map(Some)),
    };
    let (Some(name), Some(scope), Some(start), Some(settings), Some(whole)) =
        (name, scope, start, settings, whole)
    else {
        return Ok(Err(errors));
    };
    let draft = Draft { name, scope, settings, start, copied_from: None };
    let changes = beginning::divided(conn, ctx, &draft, (unit, whole)).await?;
    Ok(changes.map(|changes| (draft, changes)))
}

/// What is planned. A department that the reader does not know is not found, one that they do not plan is refused.
fn scope(ctx: &Ctx, form: &NewForm, errors: &mut FormErrors) -> Result<Option<Scope>> {
    let metric = errors.check(
        "metric",
        Metric::from_code(&form.metric).filter(|metric| metric.is_of_sales()).ok_or("error-required"),
    );
    let period = errors.check("period", periods::parse(&form.period).ok_or("error-required"));
    let category = match form.category.as_str() {
        "" => Some(None),
        id => errors.check("category", id.parse::<CategoryId>().map(Some).map_err(|_| "error-goal-category")),
    };
    let basis = errors.check("basis", wording::read_basis(&form.basis));
    let department = form.department.parse::<DepartmentId>().ok().found()?;
    let (Some(metric), Some(period), Some(category), Some(basis)) = (metric, period, category, basis) else {
        return Ok(None);
    };
    let query = ListQuery::parse("/plans/new", &format!("department={department}"));
    let structure = structure::of(&ctx.company.organisation, Viewer::new(&ctx.actor, ctx.today), &period);
    let department = plan::department(ctx, &query, &structure)?;
    let basis = basis.unwrap_or(ctx.company.basis);
    Ok(Some(Scope { department, kind: Kind { metric, category, period }, basis }))
}
