//! How the process runs, from the first call to what the customer says: what is opened and decided, delivered and scored, by
//! month, person, department, product or kind of customer. Every figure leads to its rows.
//!
//! Example: in the last three months Elias opened 14 deals, won 6 of the 9 that were decided, half of them within 23 days; 5 of his
//! 6 deliveries kept their date, and customers gave them 8.4.

mod names;
mod page;
mod row;

use std::collections::{BTreeSet, HashMap};

use sqlx::PgConnection;

use crate::error::Result;
use crate::kernel::period::Period;
use crate::orders::{self, Deliveries};
use crate::org::Viewer;
use crate::pipeline::{self, Decisions};
use crate::process::Sight;
use crate::process::grouping::{By, Grouping};
use crate::service::{self, Scores};
use crate::web::context::Ctx;
use crate::web::routes::{Gate, Routes};

/// The page and its download.
pub fn routes() -> Routes {
    Routes::new().get("/process", Gate::SignedIn, page::show).get(
        "/process.csv",
        Gate::SignedIn,
        page::download,
    )
}

/// What happened to a group.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Figures {
    decisions: Decisions,
    deliveries: Deliveries,
    scores: Scores,
}

/// Whether the reader sees every order.
fn sees_all(ctx: &Ctx) -> bool {
    Sight::new(&ctx.company.organisation, &ctx.actor, Viewer::new(&ctx.actor, ctx.today)).only().is_none()
}

/// Figures by the key of the group, as far as the reader sees them: open deals of those whose sales they see, deliveries and scores
/// of all orders that may wait for them. Deliveries of all groups together stand beside.
async fn figures(
    conn: &mut PgConnection,
    ctx: &Ctx,
    by: By,
    days: Period,
) -> Result<(HashMap<String, Figures>, Deliveries)> {
    let organisation = &ctx.company.organisation;
    let grouping = Grouping::new(organisation, by, days);
    let scope = pipeline::policy::scope(ctx);
    let served = Sight::new(organisation, &ctx.actor, Viewer::new(&ctx.actor, ctx.today)).only();
    let mut decisions = pipeline::decisions_by(conn, &grouping, &scope).await?;
    let (mut deliveries, all) =
        orders::deliveries_by(conn, organisation, &grouping, served.as_deref()).await?;
    let mut scores = service::scores_by(conn, &grouping, served.as_deref()).await?;
    let keys: BTreeSet<String> =
        decisions.keys().chain(deliveries.keys()).chain(scores.keys()).cloned().collect();
    let figures = keys.into_iter().map(|key| {
        let figures = Figures {
            decisions: decisions.remove(&key).unwrap_or_default(),
            deliveries: deliveries.remove(&key).unwrap_or_default(),
            scores: scores.remove(&key).unwrap_or_default(),
        };
        (key, figures)
    });
    Ok((figures.collect(), all))
}

/// Figures of everything together, of which the `deliveries` are known.
async fn of_all(conn: &mut PgConnection, ctx: &Ctx, days: Period, deliveries: Deliveries) -> Result<Figures> {
    let organisation = &ctx.company.organisation;
    let grouping = Grouping::new(organisation, By::All, days);
    let served = Sight::new(organisation, &ctx.actor, Viewer::new(&ctx.actor, ctx.today)).only();
    let decisions = pipeline::decisions_by(conn, &grouping, &pipeline::policy::scope(ctx)).await?;
    let scores = service::scores_by(conn, &grouping, served.as_deref()).await?;
    Ok(Figures {
        decisions: decisions.into_values().next().unwrap_or_default(),
        scores: scores.into_values().next().unwrap_or_default(),
        deliveries,
    })
}
