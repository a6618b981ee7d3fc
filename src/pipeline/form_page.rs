//! The form of an opportunity, for a new one and for changing one.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use sqlx::PgConnection;

use super::flow::{self, Opened, Stamp};
use super::forms::{Checked, Known, NOBODY, OpportunityForm};
use super::policy::{self, Permits};
use super::stages::{self, Stages};
use super::{Draft, Opportunity, Origin, view_store, worth};
use crate::customers;
use crate::error::{AppError, Result};
use crate::kernel::id::{EmployeeId, OpportunityId};
use crate::products::{self, ProductView};
use crate::sales::policy::Reach;
use crate::web::context::Ctx;
use crate::web::form::{Form, FormErrors};
use crate::web::i18n::ByValue;
use crate::web::list::ListQuery;
use crate::web::page::Page;
use crate::web::shell::Shell;
use crate::web::stale::{self, Clash};
use crate::web::toast::Notice;
use crate::web::ui::Choice;

#[derive(Template)]
#[template(path = "pipeline/form.html")]
struct FormPage {
    shell: Shell,
    title: String,
    action: String,
    back: String,
    form: OpportunityForm,
    errors: FormErrors,
    clashes: Option<Vec<Clash>>,
    begins: bool,
    owner: String,
    owners: Vec<Choice>,
    stages: Vec<Choice>,
    origins: Vec<Choice>,
    products: Vec<Choice>,
    techniques: Vec<String>,
    currency: String,
    today: String,
    lines: Vec<usize>,
}

impl FormPage {
    fn line(&self, field: &str, index: impl ByValue<usize>) -> &str {
        self.form.line(field, index.value())
    }

    fn error(&self, field: &str, index: impl ByValue<usize>) -> Option<String> {
        self.errors.of(&self.shell.l, &format!("{field}-{}", index.value()))
    }
}

/// What the form needs to know.
pub(super) struct Desk {
    reach: Reach,
    people: Vec<(EmployeeId, String)>,
    products: Vec<ProductView>,
    stages: Stages,
    techniques: Vec<String>,
}

impl Desk {
    pub(super) async fn load(conn: &mut PgConnection, ctx: &Ctx, one: Option<&Opportunity>) -> Result<Self> {
        let there = ctx.company.organisation.people_on(ctx.today);
        let mut people: Vec<(EmployeeId, String)> = there.map(|person| (person.id, person.name)).collect();
        let mut products = products::list_active(conn).await?;
        if let Some(one) = one {
            let owner = one.draft.owner.zip(one.owner_name.clone());
            people.extend(owner.filter(|(id, _)| !people.iter().any(|(known, _)| known == id)));
            for (line, name) in one.draft.lines.iter().zip(&one.products) {
                if !products.iter().any(|product| product.id == line.product) {
                    products.extend(retired(conn, line, name, one).await?);
                }
            }
        }
        Ok(Self {
            reach: policy::reach(ctx),
            people,
            products,
            stages: stages::all(conn).await?,
            techniques: view_store::techniques(conn, policy::scope(ctx).only().as_deref()).await?,
        })
    }

    /// What is sold.
    pub(super) fn products(&self) -> &[ProductView] {
        &self.products
    }

    pub(super) fn known<'a>(&'a self, ctx: &'a Ctx) -> Known<'a> {
        Known {
            own: ctx.company.currency,
            today: ctx.today,
            actor: ctx.actor.employee,
            reach: &self.reach,
            people: &self.people,
            products: &self.products,
            stages: &self.stages,
        }
    }

    fn owners(&self, ctx: &Ctx) -> Vec<Choice> {
        let covered = self.people.iter().filter(|(id, _)| self.reach.covers(Some(*id)));
        let nobody = self.reach.covers(None).then(|| Choice::new(NOBODY, ctx.l.t("pipeline-nobody")));
        covered.map(|(id, name)| Choice::new(id.to_string(), name)).chain(nobody).collect()
    }
}

/// A product that is not offered any more but stands on a line.
async fn retired(
    conn: &mut PgConnection,
    line: &super::Line,
    name: &str,
    one: &Opportunity,
) -> Result<Option<ProductView>> {
    let row = products::find(conn, line.product).await?;
    Ok(row.map(|row| ProductView {
        id: row.id,
        sku: row.sku,
        name: name.to_owned(),
        category_id: crate::kernel::id::CategoryId(0),
        category: row.category,
        unit_cost: row.unit_cost,
        list_price: row.list_price,
        currency: if row.currency.is_empty() { one.draft.currency.to_string() } else { row.currency },
    }))
}

fn page(
    ctx: &Ctx,
    desk: &Desk,
    edited: Option<OpportunityId>,
    (form, errors): (OpportunityForm, FormErrors),
) -> FormPage {
    let own = ctx.actor.employee.map(|id| id.to_string()).unwrap_or_default();
    let (title, action, back) = match edited {
        Some(id) => ("pipeline-edit", format!("/pipeline/{id}/edit"), format!("/pipeline/{id}")),
        None => ("pipeline-new", "/pipeline".to_owned(), "/pipeline".to_owned()),
    };
    let stages = desk.stages.active().map(|stage| Choice::new(stage.id.to_string(), stage.name(ctx.l)));
    let product = |product: &ProductView| Choice::new(product.id.to_string(), &product.name);
    FormPage {
        shell: ctx.shell("pipeline"),
        title: ctx.l.t(title),
        action,
        back,
        clashes: None,
        begins: edited.is_none(),
        owner: form.owner.clone().unwrap_or(own),
        owners: desk.owners(ctx),
        stages: stages.collect(),
        origins: Origin::ALL.into_iter().map(|one| Choice::new(one.code(), one.name(ctx.l))).collect(),
        products: desk.products.iter().map(product).collect(),
        techniques: desk.techniques.clone(),
        currency: form
            .currency
            .clone()
            .filter(|code| !code.is_empty())
            .unwrap_or_else(|| ctx.company.currency.to_string()),
        today: ctx.today.to_string(),
        lines: (0..form.lines() + usize::from(form.more.is_some())).collect(),
        form,
        errors,
    }
}

/// `GET /pipeline/new?customer=&stage=&origin=&note=&amount=`: begins with what a page that leads here knows.
pub async fn new(ctx: Ctx, query: ListQuery) -> Result<Response> {
    let desk = Desk::load(&mut *ctx.app.read().await?, &ctx, None).await?;
    let form = OpportunityForm {
        customer: query.text("customer").to_owned(),
        stage: query.text("stage").to_owned(),
        origin: query.text("origin").to_owned(),
        note: query.text("note").to_owned(),
        ..OpportunityForm::fresh(ctx.today)
    };
    let form = match query.get("amount") {
        Some(amount) => OpportunityForm { amount: vec![amount.to_owned()], ..form },
        None => form,
    };
    Ok(Page::ok(page(&ctx, &desk, None, (form, FormErrors::default()))).into_response())
}

/// `POST /pipeline`: opens one, once per form.
pub async fn create(ctx: Ctx, Form(form): Form<OpportunityForm>) -> Result<Response> {
    let desk = Desk::load(&mut *ctx.app.read().await?, &ctx, None).await?;
    if form.more.is_some() {
        return Ok(Page::ok(page(&ctx, &desk, None, (form, FormErrors::default()))).into_response());
    }
    let outcome = match form.check(&desk.known(&ctx), true) {
        Ok(checked) => open(&ctx, &desk, checked).await,
        Err(errors) => Err(errors.into()),
    };
    match outcome {
        Ok(opened) => {
            let notice = Notice::new("pipeline-toast-opened")
                .with("customer", super::list::title(ctx.l, form.customer.trim()));
            Ok(notice.redirect(&format!("/pipeline/{}", opened.id())))
        }
        Err(AppError::Invalid(errors)) => {
            Ok(Page::invalid(page(&ctx, &desk, None, (form, errors))).into_response())
        }
        Err(other) => Err(other),
    }
}

/// Who and when, of a request.
pub(super) fn stamp(ctx: &Ctx) -> Stamp {
    Stamp { by: Some(ctx.actor.user), at: ctx.now, day: ctx.today }
}

/// The draft with its customer, who is made when they are new, and its costs.
pub(super) async fn complete(
    conn: &mut PgConnection,
    ctx: &Ctx,
    desk: &Desk,
    mut checked: Checked,
) -> Result<Draft> {
    let currencies = (ctx.company.currency, checked.draft.currency);
    let lines = (&mut checked.draft.lines[..], &checked.open_costs[..]);
    worth::fill_costs(conn, currencies, ctx.today, &desk.products, lines).await?;
    let customer = match checked.customer.as_str() {
        "" => None,
        name => Some(customers::find_or_create_by_name(conn, name, ctx.now).await?),
    };
    Ok(checked.with_customer(customer))
}

async fn open(ctx: &Ctx, desk: &Desk, checked: Checked) -> Result<Opened> {
    let stage = checked.stage.ok_or(AppError::BadRequest("error-form"))?;
    let mut tx = ctx.app.begin().await?;
    let draft = complete(&mut tx, ctx, desk, checked).await?;
    let opened = flow::open(&mut tx, &ctx.company, &draft, stage, stamp(ctx)).await?;
    tx.commit().await?;
    Ok(opened)
}

/// One that the actor may change, with the desk to do it at.
async fn editable(conn: &mut PgConnection, ctx: &Ctx, id: OpportunityId) -> Result<(Opportunity, Desk)> {
    let one = super::find(conn, &policy::scope(ctx), id).await?;
    let desk = Desk::load(conn, ctx, Some(&one)).await?;
    if !desk.reach.covers(one.draft.owner) {
        return Err(AppError::Forbidden);
    }
    if !Permits::of(&desk.reach, &one).edit {
        return Err(AppError::Conflict("error-pipeline-decided"));
    }
    Ok((one, desk))
}

/// `GET /pipeline/{id}/edit`
pub async fn edit(ctx: Ctx, Path(id): Path<OpportunityId>) -> Result<Response> {
    let (one, desk) = editable(&mut *ctx.app.read().await?, &ctx, id).await?;
    let form = OpportunityForm::of(&one);
    Ok(Page::ok(page(&ctx, &desk, Some(id), (form, FormErrors::default()))).into_response())
}

/// `POST /pipeline/{id}/edit`: a version that is no longer the present one is answered with both values side by side.
pub async fn save(
    ctx: Ctx,
    Path(id): Path<OpportunityId>,
    Form(mut form): Form<OpportunityForm>,
) -> Result<Response> {
    let (one, desk) = editable(&mut *ctx.app.read().await?, &ctx, id).await?;
    if form.more.is_some() {
        return Ok(Page::ok(page(&ctx, &desk, Some(id), (form, FormErrors::default()))).into_response());
    }
    match amend(&ctx, &desk, &one, &form).await {
        Ok(()) => Ok(Notice::new("toast-saved").redirect(&format!("/pipeline/{id}"))),
        Err(AppError::Invalid(errors)) => {
            Ok(Page::invalid(page(&ctx, &desk, Some(id), (form, errors))).into_response())
        }
        Err(AppError::Conflict("error-stale")) => {
            let (one, desk) = editable(&mut *ctx.app.read().await?, &ctx, id).await?;
            let clashes = Some(clashes(&ctx, &desk, &one, &form));
            form.version = one.version.to_string();
            let shown = page(&ctx, &desk, Some(id), (form, FormErrors::default()));
            Ok(Page::conflict(FormPage { clashes, ..shown }).into_response())
        }
        Err(other) => Err(other),
    }
}

async fn amend(ctx: &Ctx, desk: &Desk, one: &Opportunity, form: &OpportunityForm) -> Result<()> {
    let checked = form.check(&desk.known(ctx), false)?;
    let version = form.version.parse().map_err(|_| AppError::BadRequest("error-form"))?;
    let mut tx = ctx.app.begin().await?;
    let draft = complete(&mut tx, ctx, desk, checked).await?;
    flow::amend(&mut tx, &ctx.company, (one, version), &draft, stamp(ctx)).await?;
    tx.commit().await?;
    Ok(())
}

/// Where the stored one and what was typed differ.
fn clashes(ctx: &Ctx, desk: &Desk, one: &Opportunity, typed: &OpportunityForm) -> Vec<Clash> {
    let stored = OpportunityForm::of(one);
    let owner = |form: &OpportunityForm| {
        let id = form.owner.as_deref().unwrap_or_default();
        let known = desk.owners(ctx).into_iter().find(|choice| choice.is(id));
        known.map_or_else(|| id.to_owned(), |choice| choice.label)
    };
    let lines = |form: &OpportunityForm| {
        let line = |index: usize| {
            let id = form.line("product", index);
            let name = desk.products.iter().find(|product| product.id.to_string() == id);
            let name = name.map_or(id, |product| product.name.as_str());
            format!("{} × {name}: {}", form.line("quantity", index), form.line("amount", index))
        };
        (0..form.lines()).map(line).collect::<Vec<_>>().join("\n")
    };
    let both = [(owner(&stored), owner(typed)), (lines(&stored), lines(typed))];
    stale::clashes(
        ctx.l,
        &[
            ("deals-customer", &stored.customer, &typed.customer),
            ("pipeline-owner", &both[0].0, &both[0].1),
            ("deals-lines", &both[1].0, &both[1].1),
            ("pipeline-technique", &stored.technique, &typed.technique),
            ("pipeline-expected", &stored.expected_on, &typed.expected_on),
            ("pipeline-next", &stored.next_step, &typed.next_step),
            ("pipeline-next-on", &stored.next_on, &typed.next_on),
            ("deals-note", &stored.note, &typed.note),
        ],
    )
}
