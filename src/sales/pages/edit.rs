//! All fields of a deal, for logging one with several lines or shares, and for changing one.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use serde_json::json;
use sqlx::PgConnection;

use super::desk::{self, Desk};
use super::log::preview_of;
use crate::audit::{self, Event};
use crate::customers;
use crate::error::{AppError, Result};
use crate::kernel::id::DealId;
use crate::sales::DealDraft;
use crate::sales::booking::{self, Stamp};
use crate::sales::effect::GoalEffect;
use crate::sales::forms::{CheckedDeal, DealForm};
use crate::sales::policy::Permits;
use crate::sales::view::{self, DealView};
use crate::web::context::Ctx;
use crate::web::form::{Form, FormErrors};
use crate::web::i18n::ByValue;
use crate::web::page::Page;
use crate::web::shell::Shell;
use crate::web::stale::{self, Clash};
use crate::web::toast::Notice;
use crate::web::ui::Choice;

/// The full form, for a new deal or a stored one.
#[derive(Template)]
#[template(path = "deals/form.html")]
pub(super) struct FullPage {
    shell: Shell,
    full: FullForm,
    title: String,
    action: String,
    back: String,
    people: Vec<Choice>,
    owners: Vec<Choice>,
    products: Vec<Choice>,
    currencies: Vec<Choice>,
    owner: String,
    ordered_on: String,
    today: String,
    lines: Vec<usize>,
    shares: Vec<usize>,
}

/// What the full form shows.
pub(super) struct FullForm {
    /// What was typed.
    pub(super) form: DealForm,
    /// What is wrong with it.
    pub(super) errors: FormErrors,
    /// What it would do to the owner's goal.
    pub(super) effect: Option<GoalEffect>,
    /// The deal that is changed; nothing for a new one.
    pub(super) edited: Option<DealId>,
    /// What somebody else changed meanwhile.
    pub(super) clashes: Option<Vec<Clash>>,
}

impl FullPage {
    /// The page around a form.
    pub(super) fn build(ctx: &Ctx, desk: &Desk, full: FullForm) -> Self {
        let form = &full.form;
        let own = ctx.actor.employee.map(|id| id.to_string()).unwrap_or_default();
        let more = |what: &str| usize::from(form.more.as_deref() == Some(what));
        let (title, action, back) = match full.edited {
            Some(id) => ("deals-edit-title", format!("/deals/{id}/edit"), format!("/deals/{id}")),
            None => ("deals-log-title", "/deals".to_owned(), "/deals".to_owned()),
        };
        Self {
            shell: ctx.shell("deals"),
            title: ctx.l.t(title),
            action,
            back,
            people: desk.person_choices(),
            owners: desk.owner_choices(ctx),
            products: desk.product_choices(),
            currencies: desk.currency_choices(ctx, form),
            owner: form.owner.clone().unwrap_or(own),
            ordered_on: form.ordered_on.clone().unwrap_or_else(|| ctx.today.to_string()),
            today: ctx.today.to_string(),
            lines: (0..form.lines() + more("line")).collect(),
            shares: (0..form.shares() + more("share")).collect(),
            full,
        }
    }
}

impl FullPage {
    fn form(&self) -> &DealForm {
        &self.full.form
    }

    fn error(&self, field: &str, index: impl ByValue<usize>) -> Option<String> {
        self.full.errors.of(&self.shell.l, &format!("{field}-{}", index.value()))
    }

    fn line(&self, field: &str, index: impl ByValue<usize>) -> &str {
        self.form().line(field, index.value())
    }

    fn share(&self, field: &str, index: impl ByValue<usize>) -> &str {
        let form = self.form();
        let values = match field {
            "person" => &form.share_person,
            "kind" => &form.share_kind,
            _ => &form.share_pct,
        };
        values.get(index.value()).map_or("", String::as_str)
    }

    fn currency(&self) -> &str {
        self.form().currency.as_deref().or(self.currencies.first().map(|c| c.value.as_str())).unwrap_or("")
    }
}

/// A deal that the actor may edit, with the desk to do it at.
async fn open(conn: &mut PgConnection, ctx: &Ctx, id: DealId) -> Result<(DealView, Desk)> {
    let deal = view::find(conn, desk::viewer(ctx), id).await?;
    let mut desk = Desk::load(conn, ctx, deal.ordered_on).await?;
    if !Permits::of(&ctx.actor, &desk.reach, &deal.standing(), ctx.now).edit {
        return Err(AppError::Forbidden);
    }
    desk.admit(&deal);
    desk.last_line = booking::last_line_no(conn, id).await?;
    Ok((deal, desk))
}

/// `GET /deals/{id}/edit`
pub async fn edit(ctx: Ctx, Path(id): Path<DealId>) -> Result<Response> {
    let mut conn = ctx.app.read().await?;
    let (deal, desk) = open(&mut conn, &ctx, id).await?;
    let full = FullForm {
        form: DealForm::of(&deal),
        errors: FormErrors::default(),
        effect: None,
        edited: Some(id),
        clashes: None,
    };
    Ok(Page::ok(FullPage::build(&ctx, &desk, full)).into_response())
}

/// `POST /deals/{id}/edit`: a version that is no longer the present one is answered with both values side by side.
pub async fn save(ctx: Ctx, Path(id): Path<DealId>, Form(mut form): Form<DealForm>) -> Result<Response> {
    let mut conn = ctx.app.read().await?;
    let (deal, desk) = open(&mut conn, &ctx, id).await?;
    let edited = Some(id);
    if form.more.is_some() {
        let full = FullForm { form, errors: FormErrors::default(), effect: None, edited, clashes: None };
        return Ok(Page::ok(FullPage::build(&ctx, &desk, full)).into_response());
    }
    drop(conn);
    match amend(&ctx, &desk, &deal, &form).await {
        Ok(response) => Ok(response),
        Err(AppError::Invalid(errors)) => {
            let full = FullForm { form, errors, effect: None, edited, clashes: None };
            Ok(Page::invalid(FullPage::build(&ctx, &desk, full)).into_response())
        }
        Err(AppError::Conflict("error-stale")) => {
            let mut conn = ctx.app.read().await?;
            let (deal, desk) = open(&mut conn, &ctx, id).await?;
            let clashes = Some(clashes(&ctx, &desk, &deal, &form));
            form.version = deal.version.to_string();
            let effect = preview_of(&mut conn, &ctx, &desk, &form).await?;
            let full = FullForm { form, errors: FormErrors::default(), effect, edited, clashes };
            Ok(Page::conflict(FullPage::build(&ctx, &desk, full)).into_response())
        }
        Err(other) => Err(other),
    }
}

async fn amend(ctx: &Ctx, desk: &Desk, deal: &DealView, form: &DealForm) -> Result<Response> {
    let mut checked = form.check(&desk.facts(ctx)).map_err(AppError::Invalid)?;
    let version = form.version.parse().map_err(|_| AppError::BadRequest("error-form"))?;
    let mut tx = ctx.app.begin().await?;
    desk.price_costs(&mut tx, ctx.company.currency, &mut checked).await?;
    let draft = draft_of(&mut tx, ctx, deal, checked).await?;
    let stamp = Stamp { by: Some(ctx.actor.user), at: ctx.now };
    booking::amend(&mut tx, &ctx.company, deal.id, version, &draft, stamp).await?;
    let amount: i64 = draft.lines.iter().map(|line| line.amount).sum();
    let details = json!({ "before": { "customer": deal.customer, "owner": deal.owner, "amount": deal.amount(),
        "currency": deal.currency, "ordered_on": deal.ordered_on }, "after": { "customer": draft.customer,
        "owner": draft.owner, "amount": amount, "currency": draft.currency, "ordered_on": draft.ordered_on } });
    let event = Event::new("deal.changed", "deal", deal.id.0).with(details);
    audit::record(&mut tx, Some(ctx.actor.user), ctx.now, event).await?;
    tx.commit().await?;
    Ok(Notice::new("toast-saved").redirect(&format!("/deals/{}", deal.id)))
}

/// The draft of an edited deal; what the form does not show, such as delivery dates, stays.
async fn draft_of(
    conn: &mut PgConnection,
    ctx: &Ctx,
    deal: &DealView,
    checked: CheckedDeal,
) -> Result<DealDraft> {
    let customer = if checked.customer.to_lowercase() == deal.customer_name.to_lowercase() {
        deal.customer
    } else {
        customers::find_or_create_by_name(conn, &checked.customer, ctx.now).await?
    };
    let mut draft = checked.draft(customer);
    for line in &mut draft.lines {
        if let Some(stored) = deal.lines.iter().find(|stored| stored.line_no == line.line_no) {
            (line.promised_on, line.delivered_on) = (stored.promised_on, stored.delivered_on);
        }
    }
    Ok(draft)
}

/// Where the stored deal and the typed one differ.
fn clashes(ctx: &Ctx, desk: &Desk, deal: &DealView, typed: &DealForm) -> Vec<Clash> {
    let texts = |form: &DealForm| {
        let text = |field: &Option<String>| field.clone().unwrap_or_default();
        let plain = |text: &str| text.trim().replace("\r\n", "\n");
        [
            ("deals-customer", plain(&form.customer)),
            ("deals-date", text(&form.ordered_on)),
            ("deals-owner", desk.name_of(ctx, &text(&form.owner))),
            ("deals-currency", text(&form.currency)),
            ("deals-lines", lines_text(form, &desk.product_choices())),
            ("deals-shares", shares_text(form, &desk.person_choices())),
            ("deals-channel", plain(&form.channel)),
            ("deals-note", plain(&form.note)),
        ]
    };
    let (stored, typed) = (texts(&DealForm::of(deal)), texts(typed));
    let pairs = stored
        .iter()
        .zip(&typed)
        .filter(|((key, _), (_, yours))| *key != "deals-currency" || !yours.is_empty());
    let fields: Vec<(&str, &str, &str)> =
        pairs.map(|((key, theirs), (_, yours))| (*key, theirs.as_str(), yours.as_str())).collect();
    stale::clashes(ctx.l, &fields)
}

fn label_of<'a>(choices: &'a [Choice], value: &str) -> &'a str {
    choices.iter().find(|choice| choice.is(value.trim())).map_or("–", |choice| choice.label.as_str())
}

fn lines_text(form: &DealForm, products: &[Choice]) -> String {
    let lines = (0..form.lines()).filter(|index| !form.line("product", *index).is_empty());
    let line = |index: usize| {
        let (quantity, amount) = (form.line("quantity", index), form.line("amount", index));
        format!("{} × {quantity}: {amount}", label_of(products, form.line("product", index)))
    };
    lines.map(line).collect::<Vec<_>>().join("\n")
}

fn shares_text(form: &DealForm, people: &[Choice]) -> String {
    let shares = form.share_person.iter().zip(&form.share_pct).filter(|(person, _)| !person.is_empty());
    shares.map(|(person, pct)| format!("{} {pct} %", label_of(people, person))).collect::<Vec<_>>().join("\n")
}
