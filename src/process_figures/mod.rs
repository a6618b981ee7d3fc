//! How the process runs, from the first call to what the customer says: what is opened and decided, delivered and scored, by
//! month, person, department, product or kind of customer. Every figure leads to its rows.
//!
//! Example: in the last three months Elias opened 14 deals, won 6 of the 9 that were decided, half of them within 23 days; 5 of his
//! 6 deliveries kept their date, and customers gave them 8.4.

mod names;
mod page;
mod row;

use std::collections::BTreeSet;

use sqlx::PgConnection;

use crate::customers;
use crate::error::Result;
use crate::kernel::period::Period;
use crate::orders::{self, Deliveries};
use crate::org::Viewer;
use crate::pipeline::{self, Decisions};
use crate::process::Sight;
use crate::process::grouping::{By, Grouped, Grouping};
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

/// Figures by the key of the group, and all together, as far as the reader sees them: open deals of those whose sales they see,
/// deliveries and scores of all orders that may wait for them.
async fn figures(conn: &mut PgConnection, ctx: &Ctx, by: By, days: Period) -> Result<Grouped<Figures>> {
    let organisation = &ctx.company.organisation;
    let segments = match by {
        By::Segment => customers::by_segment(conn).await?,
        _ => Vec::new(),
    };
    let grouping = Grouping::new(organisation, by, days, &segments);
    let served = Sight::new(organisation, &ctx.actor, Viewer::new(&ctx.actor, ctx.today)).only();
    let mut decisions = pipeline::decisions_by(conn, &grouping, &pipeline::policy::scope(ctx)).await?;
    let mut deliveries = orders::deliveries_by(conn, &grouping, served.as_deref()).await?;
    let mut scores = service::scores_by(conn, &grouping, served.as_deref()).await?;
    let keys: BTreeSet<String> =
        decisions.0.keys().chain(deliveries.0.keys()).chain(scores.0.keys()).cloned().collect();
    let groups = keys.into_iter().map(|key| {
        let figures = Figures {
            decisions: decisions.0.remove(&key).unwrap_or_default(),
            deliveries: deliveries.0.remove(&key).unwrap_or_default(),
            scores: scores.0.remove(&key).unwrap_or_default(),
        };
        (key, figures)
    });
    let groups = groups.collect();
    Ok((groups, Figures { decisions: decisions.1, deliveries: deliveries.1, scores: scores.1 }))
}
