//! One's own goals, the quick form and one's latest deals.

use sqlx::PgConnection;
use uuid::Uuid;

use super::pages::{Scene, sells};
use crate::attainment::service::{self, AsOf};
use crate::attainment::view::{self, GoalCard, Reader};
use crate::auth::Role;
use crate::error::Result;
use crate::goals::{self, Subject};
use crate::products;
use crate::sales::list::{self, Filter, Holder};
use crate::web::context::Ctx;
use crate::web::ui::Choice;

/// Deals that are shown as the latest.
const LATEST: usize = 5;

/// One's own goals of the period.
pub(super) struct Mine {
    /// Weightiest first; empty where there is none yet.
    pub(super) cards: Vec<GoalCard>,
    /// The weighted score over them; nothing where no goal has a weight.
    pub(super) score: Option<String>,
    /// Whether the reader sets goals themselves.
    pub(super) sets_goals: bool,
}

/// The quick form.
pub(super) struct Quick {
    /// One per form shown.
    pub(super) form_key: String,
    /// The company's currency.
    pub(super) currency: &'static str,
    /// What is sold.
    pub(super) products: Vec<Choice>,
}

/// A deal in the short list.
pub(super) struct Recent {
    /// Its page.
    pub(super) href: String,
    /// Who bought.
    pub(super) customer: String,
    /// "18 Nov · Ventus 12".
    pub(super) text: String,
    /// What it is worth.
    pub(super) amount: String,
}

/// The reader's own goals; nothing for those who have none and are not expected to.
pub(super) async fn load(conn: &mut PgConnection, scene: &Scene<'_>) -> Result<Option<Mine>> {
    let ctx = scene.ctx;
    let Some(own) = ctx.actor.employee else { return Ok(None) };
    let mut goals = scene.goals_of_period();
    goals.retain(|goal| goal.subject == Subject::Person(own));
    goals.sort_by(view::by_weight);
    if goals.is_empty() && !sells(ctx.actor.role) {
        return Ok(None);
    }
    let figures = service::figures_with_range(conn, &ctx.company, AsOf::now(ctx.today), goals).await?;
    let cards = GoalCard::list(Reader::of(ctx), &figures);
    let score = view::score(ctx.l, &figures);
    Ok(Some(Mine { cards, score, sets_goals: ctx.sees_teams() }))
}

/// Whether the reader logs deals of their own every day.
fn logs_daily(ctx: &Ctx) -> bool {
    let role = matches!(ctx.actor.role, Role::Salesperson | Role::Support | Role::Manager);
    role && ctx.actor.employee.is_some() && ctx.actor.logs_deals()
}

/// The quick form, for those who log deals of their own.
pub(super) async fn quick(conn: &mut PgConnection, ctx: &Ctx) -> Result<Option<Quick>> {
    if !logs_daily(ctx) {
        return Ok(None);
    }
    let products = products::list_active(conn).await?;
    let products = products.into_iter().map(|product| Choice::new(product.id.to_string(), product.name));
    Ok(Some(Quick {
        form_key: Uuid::new_v4().to_string(),
        currency: ctx.company.currency.code(),
        products: products.collect(),
    }))
}

/// One's latest deals, for those who log deals of their own.
pub(super) async fn recent(conn: &mut PgConnection, ctx: &Ctx) -> Result<Option<Vec<Recent>>> {
    let Some(own) = ctx.actor.employee.filter(|_| logs_daily(ctx)) else { return Ok(None) };
    let filter = Filter { holder: Holder::Person(own), ..Filter::default() };
    let viewer = goals::Viewer::new(&ctx.actor, ctx.today);
    let latest = list::latest(conn, viewer, &filter, (LATEST, None)).await?;
    let currency = ctx.company.currency;
    let recent = latest.deals.into_iter().map(|deal| Recent {
        href: format!("/deals/{}", deal.id),
        text: format!("{} · {}", deal.date(&ctx.l, &ctx.today), deal.what(&ctx.l)),
        customer: deal.customer_name,
        amount: ctx.l.short_money(deal.totals.revenue, currency.code(), currency.exponent()),
    });
    let recent: Vec<Recent> = recent.collect();
    Ok((!recent.is_empty() || sells(ctx.actor.role)).then_some(recent))
}
