//! `/follow-ups/{id}`: one call, quick with a thumb: "reached, 9" is one tap here.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use sqlx::PgConnection;

use super::forms::StepForm;
use super::list_page::state_name;
use super::steps::{Said, State, Step};
use super::{FollowUp, FollowUpId, find, store, take};
use crate::error::{AppError, Found, Result};
use crate::kernel::id::CustomerId;
use crate::notices;
use crate::pipeline::Origin;
use crate::service::Hand;
use crate::service::scope;
use crate::web::context::Ctx;
use crate::web::form::{Form, FormErrors};
use crate::web::page::Page;
use crate::web::shell::Shell;
use crate::web::toast::Notice;
use crate::web::ui::Link;

#[derive(Template)]
#[template(path = "service/follow_up.html")]
#[expect(clippy::struct_excessive_bools, reason = "one answer for each button")]
struct FollowUpPage {
    shell: Shell,
    id: FollowUpId,
    customer: CustomerId,
    title: String,
    question: String,
    state: String,
    tone: &'static str,
    facts: Vec<(String, String)>,
    deal: Option<Link>,
    /// What a case about it begins with.
    about: String,
    /// Where an open deal is made of the next offer.
    next_deal: Option<String>,
    needs_help: bool,
    is_open: bool,
    is_done: bool,
    steps: Vec<&'static str>,
    scores: Vec<i16>,
    form: StepForm,
    errors: FormErrors,
    currency: String,
    history: Vec<Past>,
    undoable: bool,
    asks: bool,
}

impl FollowUpPage {
    fn crumbs(&self) -> Vec<Link> {
        let title = self.shell.l.t("nav-follow-ups");
        vec![Link::new("/follow-ups", title), Link::new("", self.title.clone())]
    }

    fn takes(&self, step: &str) -> bool {
        self.steps.contains(&step)
    }
}

/// A step in the history.
pub(in crate::service) struct Past {
    pub(in crate::service) what: String,
    pub(in crate::service) when: String,
    pub(in crate::service) words: String,
    pub(in crate::service) taken_back: bool,
}

async fn history(conn: &mut PgConnection, ctx: &Ctx, id: FollowUpId) -> Result<Vec<Past>> {
    let steps = store::steps(conn, id).await?.into_iter().rev();
    Ok(steps
        .map(|taken| {
            let name = taken.name.unwrap_or_else(|| ctx.l.t("audit-system"));
            let when = ctx.l.datetime(taken.at, ctx.company.zone);
            Past {
                what: ctx.l.t(&format!("service-step-{}", taken.step)),
                when: format!("{name} · {when}"),
                words: taken.words,
                taken_back: taken.undone && taken.step != Step::Back.code(),
            }
        })
        .collect())
}

fn facts(ctx: &Ctx, one: &FollowUp) -> Vec<(String, String)> {
    let (l, standing) = (ctx.l, &one.standing);
    let owner = one.owner_name.clone().or_else(|| one.department_name.clone()).unwrap_or_default();
    let mut facts = vec![(l.t("service-due"), l.date_year(standing.due_on)), (l.t("service-owner"), owner)];
    if let Some(day) = standing.done_on {
        facts.push((l.t("service-done"), l.date_year(day)));
    }
    if let Some(score) = standing.score {
        facts.push((l.t("service-score"), l.tr("service-of-ten", &[("n", i64::from(score).into())])));
    }
    let texts = [("service-words", &standing.words), ("service-offer", &standing.offer)];
    facts.extend(
        texts.into_iter().filter(|(_, text)| !text.is_empty()).map(|(key, text)| (l.t(key), text.clone())),
    );
    if let Some(amount) = standing.amount.filter(|_| sees_amount(ctx, one)) {
        let currency = ctx.company.currency;
        facts.push((l.t("service-amount"), l.money(amount, currency.code(), currency.exponent())));
    }
    facts
}

/// Whether the reader sees amounts of it.
fn sees_amount(ctx: &Ctx, one: &FollowUp) -> bool {
    scope::sight(ctx).shows_amounts(one.seller.or(one.standing.owner))
}

/// Where an open deal is made of what the customer could need next; nothing where there is nothing, or the reader sells nothing.
fn next_deal(ctx: &Ctx, one: &FollowUp) -> Option<String> {
    let standing = &one.standing;
    if standing.offer.is_empty() || !ctx.actor.logs_deals() {
        return None;
    }
    let mut known = form_urlencoded::Serializer::new(String::new());
    known.append_pair("customer", &one.customer_name).append_pair("origin", Origin::Existing.code());
    known.append_pair("note", &standing.offer);
    if let Some(amount) = standing.amount.filter(|_| sees_amount(ctx, one)) {
        known.append_pair("amount", &ctx.l.decimal(amount, ctx.company.currency.exponent()));
    }
    Some(format!("/pipeline/new?{}", known.finish()))
}

async fn page(
    conn: &mut PgConnection,
    ctx: &Ctx,
    one: &FollowUp,
    typed: Option<(Step, StepForm)>,
    errors: FormErrors,
) -> Result<FollowUpPage> {
    let standing = &one.standing;
    let steps = standing.steps().into_iter().filter(|step| one.permits(ctx, *step)).map(Step::code);
    let mut shown = StepForm::of(ctx, standing, one.version);
    if !sees_amount(ctx, one) {
        shown.amount = String::new();
    }
    if let Some((step, form)) = typed {
        shown = form.beside(step, shown);
    }
    let history = history(conn, ctx, one.id).await?;
    let deal = one
        .deal
        .zip(one.order_no.as_deref())
        .map(|(id, number)| scope::order_link(ctx, id, one.seller, number));
    let about = one.deal.map_or_else(|| format!("customer={}", one.customer), |id| format!("deal={id}"));
    Ok(FollowUpPage {
        shell: ctx.shell("follow-ups"),
        id: one.id,
        customer: one.customer,
        title: one.customer_name.clone(),
        question: one.asks(ctx),
        state: state_name(ctx, standing.state),
        tone: standing.state.tone(),
        facts: facts(ctx, one),
        deal,
        about,
        next_deal: next_deal(ctx, one),
        needs_help: standing.state == State::NeedsHelp,
        is_open: standing.state.is_open(),
        is_done: standing.state.is_done(),
        steps: steps.collect(),
        scores: (0..=10).collect(),
        form: shown,
        errors,
        currency: ctx.company.currency.to_string(),
        undoable: history.first().is_some_and(|past| !past.taken_back) && one.is_written_by(ctx),
        asks: one.is_written_by(ctx),
        history,
    })
}

/// `GET /follow-ups/{id}`
pub async fn show(ctx: Ctx, Path(id): Path<FollowUpId>) -> Result<Response> {
    let mut conn = ctx.app.read().await?;
    let one = find(&mut conn, &ctx, id).await?;
    let read = notices::seen(&mut conn, &ctx, &format!("/follow-ups/{id}")).await?;
    let page = page(&mut conn, &ctx, &one, None, FormErrors::default()).await?;
    let shell = page.shell.after_reading(read);
    Ok(Page::ok(FollowUpPage { shell, ..page }).into_response())
}

/// `POST /follow-ups/{id}/steps/{step}`
pub async fn step(
    ctx: Ctx,
    Path((id, step)): Path<(FollowUpId, String)>,
    Form(form): Form<StepForm>,
) -> Result<Response> {
    let step = Step::from_code(&step).found()?;
    let mut tx = ctx.app.begin().await?;
    let one = find(&mut tx, &ctx, id).await?;
    // whoever gave it away by mistake takes that back, though it is not theirs any more
    let takes_back = step == Step::Back && store::took_latest(&mut tx, id, ctx.actor.user).await?;
    if !takes_back && !one.permits(&ctx, step) {
        return Err(AppError::Forbidden);
    }
    let said = match form.read(&ctx, step, &one.standing) {
        // an amount that was not shown was not taken away either
        Ok(said) if !sees_amount(&ctx, &one) => Said { amount: said.amount.or(one.standing.amount), ..said },
        Ok(said) => said,
        Err(errors) => {
            let page = page(&mut tx, &ctx, &one, Some((step, form)), errors).await?;
            return Ok(Page::invalid(page).into_response());
        }
    };
    let version = form.version;
    let next = take(&mut tx, &Hand::of(&ctx), &one, version, step, &said).await?;
    tx.commit().await?;
    let score = next.score.filter(|_| step == Step::Reach).map(|score| score.to_string());
    let notice = match score {
        Some(score) => Notice::new("service-toast-scored").with("score", score),
        None => Notice::new(&format!("service-toast-{}", step.code())),
    };
    let undo = (step != Step::Back).then(|| format!("/follow-ups/{id}/steps/back"));
    let fields = [("version", (version + 1).to_string())];
    let notice = match undo {
        Some(undo) => notice.with("customer", one.customer_name).undo(undo, &fields),
        None => notice.with("customer", one.customer_name),
    };
    let back = if form.back == "list" { "/follow-ups".to_owned() } else { format!("/follow-ups/{id}") };
    let to = if next.state == State::NeedsHelp { format!("/follow-ups/{id}") } else { back };
    Ok(notice.redirect(&to))
}
