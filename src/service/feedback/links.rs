//! Links for customers: made once, shown once, kept as a hash.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;
use serde_json::json;
use sqlx::PgConnection;

use super::store;
use crate::audit::{self, Event};
use crate::auth::secret;
use crate::define_id;
use crate::error::{AppError, Found, Result};
use crate::kernel::id::{CustomerId, DealId, DepartmentId, EmployeeId, OpportunityId, UserId};
use crate::kernel::lang::Lang;
use crate::pipeline::{self, policy};
use crate::service::follow_ups::{self, FollowUpId};
use crate::service::measures::Occasion;
use crate::service::scope;
use crate::web::context::Ctx;
use crate::web::form::Form;
use crate::web::page::Page;
use crate::web::shell::Shell;
use crate::web::ui;

/// How long a link works.
const LIFETIME: TimeDelta = TimeDelta::days(60);
/// An answer can be changed so many times.
pub(super) const MOST_CHANGES: i32 = 20;

define_id!(
    /// A link for a customer.
    LinkId
);

/// A link to make.
#[derive(Clone, Debug)]
pub struct NewLink {
    /// Who is asked.
    pub customer: CustomerId,
    /// About which order.
    pub deal: Option<DealId>,
    /// Or about which lost opportunity.
    pub opportunity: Option<OpportunityId>,
    /// After which follow-up.
    pub follow_up: Option<FollowUpId>,
    /// Whose the score is: who followed up, or who sold.
    pub owner: Option<EmployeeId>,
    /// The department's where that is nobody.
    pub department: Option<DepartmentId>,
    /// What was bought, or nearly, in words that the customer knows; never amounts.
    pub about: String,
    /// The language it begins in.
    pub lang: Lang,
}

/// A link that works.
#[derive(Clone, Debug)]
pub(in crate::service) struct Link {
    pub(in crate::service) id: LinkId,
    pub(in crate::service) customer: CustomerId,
    pub(in crate::service) customer_name: String,
    /// About which lost opportunity.
    pub(in crate::service) opportunity: Option<OpportunityId>,
    pub(in crate::service) deal: Option<DealId>,
    pub(in crate::service) order_no: Option<String>,
    pub(in crate::service) follow_up: Option<FollowUpId>,
    pub(in crate::service) owner: Option<EmployeeId>,
    pub(in crate::service) department: Option<DepartmentId>,
    pub(in crate::service) about: String,
    pub(in crate::service) lang: Lang,
    pub(in crate::service) answered_at: Option<DateTime<Utc>>,
}

impl Link {
    /// What is scored by it; nothing after a lost deal.
    pub(in crate::service) fn occasion(&self) -> Option<Occasion> {
        self.deal.map(Occasion::Order).or_else(|| self.follow_up.map(Occasion::Call))
    }
}

/// Makes a link and answers its secret, which is not kept; earlier ones about the same that nobody has answered stop working.
pub async fn make_link(
    conn: &mut PgConnection,
    new: &NewLink,
    by: Option<UserId>,
    now: DateTime<Utc>,
) -> Result<String> {
    let token = secret::generate()?;
    store::retire(conn, new, now).await?;
    let id = store::insert_link(conn, &secret::hash(&token), new, by, now, now + LIFETIME).await?;
    let details = json!({ "deal": new.deal, "opportunity": new.opportunity, "follow_up": new.follow_up });
    audit::record(conn, by, now, Event::new("feedback.asked", "feedback-link", id.0).with(details)).await?;
    Ok(token)
}

/// What the button sends.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LinkForm {
    lang: String,
}

#[derive(Template)]
#[template(path = "service/link.html")]
struct LinkPage {
    shell: Shell,
    customer: String,
    link: String,
    back: ui::Link,
}

async fn made(ctx: &Ctx, new: &NewLink, customer: String, back: ui::Link) -> Result<Response> {
    let mut tx = ctx.app.begin().await?;
    let token = make_link(&mut tx, new, Some(ctx.actor.user), ctx.now).await?;
    tx.commit().await?;
    let link = format!("{}/f/{token}", ctx.app.base_url());
    Ok(Page::ok(LinkPage { shell: ctx.shell("follow-ups"), customer, link, back }).into_response())
}

/// `POST /follow-ups/{id}/link`: shown once, on the page that answers.
pub async fn for_follow_up(
    ctx: Ctx,
    Path(id): Path<FollowUpId>,
    Form(form): Form<LinkForm>,
) -> Result<Response> {
    let mut conn = ctx.app.read().await?;
    let one = follow_ups::find(&mut conn, &ctx, id).await?;
    if !one.is_written_by(&ctx) {
        return Err(AppError::Forbidden);
    }
    let about = super::bought(&mut conn, one.deal).await?;
    drop(conn);
    let new = NewLink {
        customer: one.customer,
        deal: one.deal,
        opportunity: None,
        follow_up: Some(id),
        owner: one.standing.owner,
        department: one.standing.department,
        about,
        lang: lang(&ctx, &form),
    };
    let back = ui::Link::new(format!("/follow-ups/{id}"), one.customer_name.clone());
    made(&ctx, &new, one.customer_name, back).await
}

/// `POST /deals/{id}/feedback-link`: shown once, on the page that answers.
pub async fn for_deal(ctx: Ctx, Path(id): Path<DealId>, Form(form): Form<LinkForm>) -> Result<Response> {
    let mut conn = ctx.app.read().await?;
    let deal = store::deal(&mut conn, id, scope::sight(&ctx).only().as_deref()).await?.found()?;
    let about = store::products(&mut conn, id).await?;
    drop(conn);
    let service = scope::service_department(&ctx.company.organisation);
    let new = NewLink {
        customer: deal.customer,
        deal: Some(id),
        opportunity: None,
        follow_up: None,
        owner: deal.seller,
        department: if deal.seller.is_none() { service } else { None },
        about,
        lang: lang(&ctx, &form),
    };
    let back = ui::Link::new(format!("/deals/{id}"), deal.order_no);
    made(&ctx, &new, deal.customer_name, back).await
}

/// `POST /pipeline/{id}/feedback-link`: asks a customer who did not buy why; shown once, on the page that answers.
pub async fn for_lost(
    ctx: Ctx,
    Path(id): Path<OpportunityId>,
    Form(form): Form<LinkForm>,
) -> Result<Response> {
    let mut conn = ctx.app.read().await?;
    let one = pipeline::find(&mut conn, &policy::scope(&ctx), id).await?;
    drop(conn);
    if !policy::Permits::of(&policy::reach(&ctx), &one).ask {
        return Err(AppError::Forbidden);
    }
    let new = NewLink {
        customer: one.draft.customer.ok_or(AppError::Conflict("service-error-no-customer"))?,
        deal: None,
        opportunity: Some(id),
        follow_up: None,
        owner: one.draft.owner,
        department: None,
        about: one.products.join(", "),
        lang: lang(&ctx, &form),
    };
    let back = ui::Link::new(format!("/pipeline/{id}"), one.customer_name.clone());
    made(&ctx, &new, one.customer_name, back).await
}

fn lang(ctx: &Ctx, form: &LinkForm) -> Lang {
    Lang::from_code(&form.lang).unwrap_or(ctx.company.lang)
}
