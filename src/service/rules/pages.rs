//! `/admin/follow-up-rules`: the rules, and the form that makes and changes one.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use serde_json::json;
use sqlx::PgConnection;

use super::forms::{RuleForm, code};
use super::{Bought, Rule, RuleDraft, RuleId, Who, store};
use crate::audit::{self, Event};
use crate::error::{AppError, Found, Result};
use crate::products;
use crate::web::context::Ctx;
use crate::web::form::{Form, FormErrors};
use crate::web::page::Page;
use crate::web::shell::Shell;
use crate::web::toast::Notice;
use crate::web::ui::Choice;

#[derive(Template)]
#[template(path = "service/rules.html")]
struct RulesPage {
    shell: Shell,
    rows: Vec<Row>,
}

/// A rule in the list.
struct Row {
    href: String,
    when: String,
    bought: String,
    who: String,
    question: String,
    active: bool,
}

/// `GET /admin/follow-up-rules`
pub async fn index(ctx: Ctx) -> Result<Response> {
    let rules = super::all(&mut *ctx.app.read().await?).await?;
    let rows = rules.iter().map(|rule| row(&ctx, rule)).collect();
    Ok(Page::ok(RulesPage { shell: ctx.shell("follow-ups"), rows }).into_response())
}

fn row(ctx: &Ctx, rule: &Rule) -> Row {
    let draft = &rule.draft;
    let department = rule.department.clone().unwrap_or_default();
    let question = &draft.question;
    Row {
        href: format!("/admin/follow-up-rules/{}", rule.id),
        when: ctx.l.tr("service-rule-after", &[("n", draft.days_after.into())]),
        bought: rule.bought_name.clone().unwrap_or_else(|| ctx.l.t("service-rule-anything")),
        who: match draft.who {
            Who::Seller => ctx.l.t("service-rule-seller"),
            Who::Lead(_) => ctx.l.tr("service-rule-lead", &[("department", department.into())]),
            Who::Fewest(_) => ctx.l.tr("service-rule-fewest", &[("department", department.into())]),
        },
        question: if question.is_empty() { ctx.l.t("service-question") } else { question.clone() },
        active: draft.active,
    }
}

#[derive(Template)]
#[template(path = "service/rule.html")]
struct RulePage {
    shell: Shell,
    id: Option<RuleId>,
    form: RuleForm,
    errors: FormErrors,
    products: Vec<Choice>,
    owners: Vec<Choice>,
    assigning: Vec<Choice>,
}

async fn page(
    conn: &mut PgConnection,
    ctx: &Ctx,
    id: Option<RuleId>,
    form: RuleForm,
    errors: FormErrors,
) -> Result<RulePage> {
    let mut choices = Vec::new();
    for (id, name) in products::categories(conn).await? {
        let label = ctx.l.tr("service-rule-category", &[("name", name.into())]);
        choices.push(Choice::new(code(Bought::Category(id)), label));
    }
    for product in products::list_active(conn).await? {
        choices.push(Choice::new(code(Bought::Product(product.id)), product.name));
    }
    let seller = Choice::new("seller", ctx.l.t("service-rule-seller"));
    let departments = ctx.company.organisation.departments.iter().filter(|one| one.parent.is_some());
    let departments = departments.map(|one| Choice::new(one.id.to_string(), one.name.clone()));
    let assigning =
        ["lead", "fewest"].map(|code| Choice::new(code, ctx.l.t(&format!("service-assigns-{code}"))));
    Ok(RulePage {
        shell: ctx.shell("follow-ups"),
        id,
        form,
        errors,
        products: choices,
        owners: std::iter::once(seller).chain(departments).collect(),
        assigning: assigning.into(),
    })
}

/// `GET /admin/follow-up-rules/new`
pub async fn new(ctx: Ctx) -> Result<Response> {
    let mut conn = ctx.app.read().await?;
    Ok(Page::ok(page(&mut conn, &ctx, None, RuleForm::new(), FormErrors::default()).await?).into_response())
}

/// What the form says, about things that are there.
async fn read(
    conn: &mut PgConnection,
    ctx: &Ctx,
    form: &RuleForm,
) -> Result<std::result::Result<RuleDraft, FormErrors>> {
    let draft = match form.read() {
        Ok(draft) => draft,
        Err(errors) => return Ok(Err(errors)),
    };
    let known = match draft.bought {
        Bought::Anything => true,
        Bought::Category(id) => products::categories(conn).await?.iter().any(|(known, _)| *known == id),
        Bought::Product(id) => products::find(conn, id).await?.is_some(),
    };
    let there = match draft.who {
        Who::Seller => true,
        Who::Lead(id) | Who::Fewest(id) => ctx.company.organisation.department(id).is_some(),
    };
    Ok(match (known, there) {
        (false, _) => Err(FormErrors::one("bought", "error-required")),
        (_, false) => Err(FormErrors::one("who", "error-required")),
        _ => Ok(draft),
    })
}

/// `POST /admin/follow-up-rules`
pub async fn create(ctx: Ctx, Form(form): Form<RuleForm>) -> Result<Response> {
    let mut tx = ctx.app.begin().await?;
    let draft = match read(&mut tx, &ctx, &form).await? {
        Ok(draft) => draft,
        Err(errors) => {
            let page = page(&mut tx, &ctx, None, form, errors).await?;
            return Ok(Page::invalid(page).into_response());
        }
    };
    let id = store::insert(&mut tx, &draft).await?;
    record(&mut tx, &ctx, "follow-up-rule.added", id, &draft).await?;
    tx.commit().await?;
    Ok(Notice::new("toast-saved").redirect("/admin/follow-up-rules"))
}

async fn record(
    conn: &mut PgConnection,
    ctx: &Ctx,
    action: &'static str,
    id: RuleId,
    draft: &RuleDraft,
) -> Result<()> {
    let details = json!({ "days": draft.days_after, "for": code(draft.bought), "active": draft.active });
    let event = Event::new(action, "follow-up-rule", id.0).with(details);
    audit::record(conn, Some(ctx.actor.user), ctx.now, event).await
}

async fn known(conn: &mut PgConnection, id: RuleId) -> Result<Rule> {
    super::all(conn).await?.into_iter().find(|rule| rule.id == id).found()
}

/// `GET /admin/follow-up-rules/{id}`
pub async fn edit(ctx: Ctx, Path(id): Path<RuleId>) -> Result<Response> {
    let mut conn = ctx.app.read().await?;
    let form = RuleForm::of(&known(&mut conn, id).await?);
    Ok(Page::ok(page(&mut conn, &ctx, Some(id), form, FormErrors::default()).await?).into_response())
}

/// `POST /admin/follow-up-rules/{id}`
pub async fn save(ctx: Ctx, Path(id): Path<RuleId>, Form(form): Form<RuleForm>) -> Result<Response> {
    let mut tx = ctx.app.begin().await?;
    known(&mut tx, id).await?;
    let draft = match read(&mut tx, &ctx, &form).await? {
        Ok(draft) => draft,
        Err(errors) => {
            let page = page(&mut tx, &ctx, Some(id), form, errors).await?;
            return Ok(Page::invalid(page).into_response());
        }
    };
    store::update(&mut tx, id, form.version, &draft).await?.ok_or(AppError::Conflict("error-stale"))?;
    record(&mut tx, &ctx, "follow-up-rule.changed", id, &draft).await?;
    tx.commit().await?;
    Ok(Notice::new("toast-saved").redirect("/admin/follow-up-rules"))
}
