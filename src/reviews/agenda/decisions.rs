//! What was decided before, and where it stands.

use sqlx::PgConnection;

use super::{Line, On};
use crate::error::Result;
use crate::notices::Value;
use crate::reviews::steps::Outcome;
use crate::reviews::{Decision, deciding, decision_store};

/// What is open from earlier meetings, and what was done or dropped since the last one.
pub(super) async fn lines(conn: &mut PgConnection, on: &On<'_>) -> Result<Vec<Line>> {
    let earlier = decision_store::coming_back(conn, on.review).await?;
    let since = on.review.covers_from;
    let fresh = |decision: &Decision| match decision.closed_at {
        Some(at) => on.company.day_of(at) >= since,
        None => true,
    };
    Ok(earlier.into_iter().filter(fresh).map(|decision| line(on, decision)).collect())
}

fn line(on: &On<'_>, decision: Decision) -> Line {
    let (text, tone) = match decision.outcome {
        Outcome::Done => ("decision-done", "reached"),
        Outcome::Dropped => ("decision-dropped", "none"),
        _ if decision.is_overdue(on.today) => ("decision-overdue", "off"),
        _ => ("decision-open", ""),
    };
    Line::new(text, deciding::href(decision.id))
        .with("what", Value::text(decision.what))
        .with("who", Value::text(decision.owner_name))
        .with("due", Value::Day { day: decision.due })
        .tone(tone)
}
