//! Logging a deal: three fields, what it does to the goal before it is saved, and what it did after.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use serde_json::json;
use sqlx::PgConnection;

use super::desk::{self, Desk};
use super::edit::{FullForm, FullPage};
use crate::attainment::view::Reader;
use crate::audit::{self, Event};
use crate::customers;
use crate::error::{AppError, Result};
use crate::kernel::id::{DealId, EmployeeId};
use crate::kernel::money::{self, WHOLE_BP};
use crate::sales::booking::{self, Booked, Stamp};
use crate::sales::effect::{self, GoalEffect};
use crate::sales::forms::{self, DealForm};
use crate::sales::list::{self, DealRow, Filter, Holder};
use crate::sales::{ShareKind, view, view_store};
use crate::web::context::Ctx;
use crate::web::form::{Form, FormErrors};
use crate::web::i18n::{ByValue, Localiser};
use crate::web::list::ListQuery;
use crate::web::page::Page;
use crate::web::shell::Shell;
use crate::web::toast::Notice;
use crate::web::ui::Choice;

/// The quick form.
#[derive(Template)]
#[template(path = "deals/log.html")]
struct LogPage {
    shell: Shell,
    form: DealForm,
    errors: FormErrors,
    currency: String,
    recent: Vec<String>,
    products: Vec<Choice>,
    person: String,
    is_new_customer: bool,
    effect: Option<GoalEffect>,
}

/// What the sticky bar shows, answered while somebody types.
#[derive(Template)]
#[template(path = "deals/preview.html")]
struct PreviewPart {
    l: Localiser,
    is_new_customer: bool,
    effect: Option<GoalEffect>,
}

/// `GET /deals/new`: the quick form, or with `?full` all fields; what was typed in one is kept in the other.
pub async fn new(ctx: Ctx, Form(mut form): Form<DealForm>) -> Result<Response> {
    if form.form_key.is_empty() {
        form.form_key = DealForm::fresh().form_key;
    }
    if let Some(pick) = form.pick.take() {
        form.customer = pick;
    }
    let mut conn = ctx.app.read().await?;
    answer(&mut conn, ctx, form, FormErrors::default()).await
}

/// The form as far as it is filled in, with its faults.
async fn answer(conn: &mut PgConnection, ctx: Ctx, form: DealForm, errors: FormErrors) -> Result<Response> {
    let on = form.read_date(ctx.today).unwrap_or(ctx.today);
    let desk = Desk::load(conn, &ctx, on).await?;
    let failed = !errors.is_empty();
    let effect = preview_of(conn, &ctx, &desk, &form).await?;
    if form.full.is_some() || ctx.actor.employee.is_none() {
        let page =
            FullPage::build(&ctx, &desk, FullForm { form, errors, effect, edited: None, clashes: None });
        return Ok(if failed { Page::invalid(page) } else { Page::ok(page) }.into_response());
    }
    let page = LogPage {
        shell: ctx.shell("deals"),
        is_new_customer: is_new_customer(conn, &form).await?,
        currency: ctx.company.currency.to_string(),
        recent: desk.recent_customers().to_vec(),
        products: desk.product_chips(form.line("product", 0)),
        person: ctx.actor.name.clone(),
        form,
        errors,
        effect,
    };
    Ok(if failed { Page::invalid(page) } else { Page::ok(page) }.into_response())
}

async fn is_new_customer(conn: &mut PgConnection, form: &DealForm) -> Result<bool> {
    let name = form.customer.split_whitespace().collect::<Vec<_>>().join(" ");
    Ok(!name.is_empty() && !view_store::is_known_customer(conn, &name).await?)
}

/// `GET /deals/preview`: what the deal would do to the goal.
pub async fn preview(ctx: Ctx, Form(form): Form<DealForm>) -> Result<Response> {
    let mut conn = ctx.app.read().await?;
    let on = form.read_date(ctx.today).unwrap_or(ctx.today);
    let desk = Desk::load(&mut conn, &ctx, on).await?;
    let part = PreviewPart {
        l: ctx.l,
        is_new_customer: is_new_customer(&mut conn, &form).await?,
        effect: preview_of(&mut conn, &ctx, &desk, &form).await?,
    };
    Ok(Page::ok(part).into_response())
}

/// The effect on the owner's goal, as far as the form can be read.
pub(super) async fn preview_of(
    conn: &mut PgConnection,
    ctx: &Ctx,
    desk: &Desk,
    form: &DealForm,
) -> Result<Option<GoalEffect>> {
    let facts = desk.facts(ctx);
    let Ok(Some(owner)) = form.read_owner(&facts) else { return Ok(None) };
    let on = form.read_date(ctx.today).unwrap_or(ctx.today);
    let amount = match form.check(&facts) {
        Ok(deal) => {
            let total = deal.lines.iter().map(|line| line.amount).sum();
            part_of(owner, &deal.shares, own_money(conn, ctx, deal.currency, on, total).await?)
        }
        Err(_) => forms::read_amount(form.line("amount", 0), ctx.company.currency).unwrap_or(0),
    };
    effect::preview(conn, Reader::of(ctx), desk::viewer(ctx), (owner, on), amount).await
}

fn part_of(owner: EmployeeId, shares: &[crate::sales::Share], total: i64) -> i64 {
    if !shares.iter().any(|share| share.kind == ShareKind::Direct) {
        return total;
    }
    let own = shares.iter().filter(|share| share.employee == owner);
    money::share_of(total, own.map(|share| share.share_bp).sum::<u32>().min(WHOLE_BP))
}

/// An amount in the company's currency; nothing when there is no rate yet.
async fn own_money(
    conn: &mut PgConnection,
    ctx: &Ctx,
    currency: crate::kernel::money::Currency,
    on: chrono::NaiveDate,
    amount: i64,
) -> Result<i64> {
    let own = ctx.company.currency;
    if currency == own {
        return Ok(amount);
    }
    match booking::find_rate(conn, currency, on).await {
        Ok(rate) => Ok(money::convert(amount, rate, currency, own).unwrap_or(0)),
        Err(AppError::Invalid(_)) => Ok(0),
        Err(other) => Err(other),
    }
}

/// `POST /deals`: books it, once per form.
pub async fn create(ctx: Ctx, Form(mut form): Form<DealForm>) -> Result<Response> {
    let mut conn = ctx.app.read().await?;
    if form.more.is_some() {
        form.full = Some("1".to_owned());
        return answer(&mut conn, ctx, form, FormErrors::default()).await;
    }
    let on = form.read_date(ctx.today).unwrap_or(ctx.today);
    let desk = Desk::load(&mut conn, &ctx, on).await?;
    drop(conn);
    match book(&ctx, &desk, &form).await {
        Ok(response) => Ok(response),
        Err(AppError::Invalid(errors)) => {
            let mut conn = ctx.app.read().await?;
            answer(&mut conn, ctx, form, errors).await
        }
        Err(other) => Err(other),
    }
}

async fn book(ctx: &Ctx, desk: &Desk, form: &DealForm) -> Result<Response> {
    let mut deal = form.check(&desk.facts(ctx)).map_err(AppError::Invalid)?;
    let mut tx = ctx.app.begin().await?;
    desk.price_costs(&mut tx, ctx.company.currency, &mut deal).await?;
    let customer = customers::find_or_create_by_name(&mut tx, &deal.customer, ctx.now).await?;
    let stamp = Stamp { by: Some(ctx.actor.user), at: ctx.now };
    let booked = booking::book(&mut tx, &ctx.company, &deal.draft(customer), stamp).await?;
    let saved = view::find(&mut tx, desk::viewer(ctx), booked.id()).await?;
    if let Booked::New(id) = booked {
        let details = json!({ "customer": customer, "amount": saved.amount(), "currency": saved.currency });
        let event = Event::new("deal.logged", "deal", id.0).with(details);
        audit::record(&mut tx, Some(ctx.actor.user), ctx.now, event).await?;
    }
    tx.commit().await?;
    let amount = ctx.l.money(saved.amount(), saved.currency.code(), saved.currency.exponent());
    Ok(Notice::new("deals-toast-logged")
        .with("customer", saved.customer_name)
        .with("amount", amount)
        .undo(format!("/deals/{}/undo", saved.id), &[("version", saved.version.to_string())])
        .redirect(&format!("/deals/{}/saved", saved.id)))
}

/// After saving: the goal as it stands now, and the latest deals.
#[derive(Template)]
#[template(path = "deals/saved.html")]
struct SavedPage {
    shell: Shell,
    deal: DealId,
    heading: String,
    effect: Option<GoalEffect>,
    rows: Vec<DealRow>,
    today: chrono::NaiveDate,
    exponent: u32,
    currency: String,
}

impl SavedPage {
    fn amount(&self, minor: impl ByValue<i64>) -> String {
        super::show::amount(self.shell.l, minor.value(), self.exponent)
    }

    fn is_saved(&self, row: &DealRow) -> bool {
        row.id == self.deal
    }
}

/// `GET /deals/{id}/saved`
pub async fn saved(ctx: Ctx, Path(id): Path<DealId>) -> Result<Response> {
    let mut conn = ctx.app.read().await?;
    let viewer = desk::viewer(&ctx);
    let deal = view::find(&mut conn, viewer, id).await?;
    let entries = view::entries(&mut conn, id).await?;
    let effect = match deal.owner {
        Some(owner) => {
            effect::on_owner(&mut conn, Reader::of(&ctx), viewer, (owner, deal.ordered_on), &entries).await?
        }
        None => None,
    };
    let holder = deal.owner.map_or(Holder::Anybody, Holder::Person);
    let filter = Filter { holder, ..Filter::default() };
    let (page, _) = list::page(&mut conn, viewer, &filter, &ListQuery::default()).await?;
    let mut rows = page.rows;
    rows.sort_by_key(|row| row.id != id);
    rows.truncate(6);
    let page = SavedPage {
        shell: ctx.shell("deals"),
        deal: id,
        heading: deal.owner_name.unwrap_or_else(|| ctx.l.t("deals-house")),
        effect,
        rows,
        today: ctx.today,
        exponent: ctx.company.currency.exponent(),
        currency: ctx.company.currency.to_string(),
    };
    Ok(Page::ok(page).into_response())
}
