//! The part about service on the pages of customers and orders.

use sqlx::PgConnection;

use super::cases;
use super::feedback;
use super::follow_ups;
use super::scope::{self, Scope};
use crate::error::Result;
use crate::kernel::id::{CustomerId, DealId};
use crate::web::context::Ctx;

/// More than a page needs.
const MOST: i64 = 20;

/// Follow-ups, cases and scores of a customer or an order, as far as the reader sees them, as
/// `templates/service/part.html` draws them.
#[derive(Default)]
pub struct Part {
    /// Whatever there is, follow-ups first.
    pub lines: Vec<PartLine>,
    /// What a form for a new one begins with: "customer=3".
    pub about: String,
    /// Whether the reader may begin one.
    pub adds: bool,
    /// The order that the customer can be asked about.
    pub deal: Option<DealId>,
}

/// A line of it.
pub struct PartLine {
    /// Its icon.
    pub icon: &'static str,
    /// Its page; empty where it has none.
    pub href: String,
    /// What it is.
    pub title: String,
    /// Whose, and when.
    pub text: String,
    /// How it stands.
    pub state: String,
    /// Colour of that.
    pub tone: &'static str,
}

/// Of a customer.
pub async fn part_of_customer(conn: &mut PgConnection, ctx: &Ctx, id: CustomerId) -> Result<Part> {
    part(conn, ctx, Some(id), None).await
}

/// Of an order, which the reader sees.
pub async fn part_of_deal(conn: &mut PgConnection, ctx: &Ctx, id: DealId) -> Result<Part> {
    part(conn, ctx, None, Some(id)).await
}

async fn part(
    conn: &mut PgConnection,
    ctx: &Ctx,
    customer: Option<CustomerId>,
    deal: Option<DealId>,
) -> Result<Part> {
    let scope = Scope::of(ctx);
    let filter = follow_ups::Filter { scope: scope.clone(), customer, deal, ..Default::default() };
    let mut lines = Vec::new();
    for one in follow_ups::list(conn, &filter, ("due", true), (MOST, 0)).await? {
        let owner = one.owner_name.clone().or(one.department_name.clone()).unwrap_or_default();
        lines.push(PartLine {
            icon: "phone-call",
            href: format!("/follow-ups/{}", one.id),
            title: ctx.l.t("service-follow-up"),
            text: format!("{owner} · {}", ctx.l.date_short_year(one.standing.due_on)),
            state: follow_ups::state_name(ctx, one.standing.state),
            tone: one.standing.state.tone(),
        });
    }
    let filter = cases::Filter { scope, customer, deal, now: ctx.now, ..Default::default() };
    for case in cases::list(conn, &filter, ("opened", true), (MOST, 0)).await? {
        let row = cases::row(ctx, &case);
        lines.push(PartLine {
            icon: "headphones",
            href: row.href,
            title: row.title,
            text: format!("{} · {}", row.owner, row.opened),
            state: row.state,
            tone: row.tone,
        });
    }
    let sight = scope::sight(ctx);
    let filter = feedback::Filter { people: sight.only(), customer, deal, ..Default::default() };
    let said = feedback::list(conn, &filter, ("day", true), (MOST, 0)).await?;
    for one in said.iter().filter(|one| one.shows_from(&sight)) {
        let row = feedback::row(ctx, &sight, one);
        lines.push(PartLine {
            icon: "message-square",
            href: String::new(),
            title: if row.words.is_empty() { ctx.l.t("service-said") } else { row.words },
            text: row.day,
            state: row.score,
            tone: row.tone,
        });
    }
    let about = match (customer, deal) {
        (Some(id), _) => format!("customer={id}"),
        (_, Some(id)) => format!("deal={id}"),
        _ => String::new(),
    };
    Ok(Part { lines, about, adds: ctx.actor.logs_deals(), deal })
}
