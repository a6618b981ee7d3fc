//! What came back or was cancelled, and why.

use std::collections::HashMap;

use sqlx::PgConnection;

use super::{Line, On, count};
use crate::error::Result;
use crate::kernel::basis::Basis;
use crate::sales::ReturnCause;
use crate::sales::came_back::{CameBack, came_back};

/// So many causes.
const MOST: usize = 5;

pub(super) async fn lines(conn: &mut PgConnection, on: &On<'_>) -> Result<Vec<Line>> {
    let inside: Option<Vec<i64>> = (!on.is_company()).then(|| on.inside().iter().map(|id| id.0).collect());
    let now = came_back(conn, inside.as_deref(), on.period).await?;
    let before = came_back(conn, inside.as_deref(), on.before).await?;
    if now == CameBack::default() && before == CameBack::default() {
        return Ok(Vec::new());
    }
    let deals = |what: &str| on.deals(Basis::Booked, what); // as the sums are
    let (returned, cancelled) = (deals("&event=return"), deals("&event=cancellation"));
    let line = |text: &str, href: &str| Line::new(text, href).about(on.about());
    let mut lines = vec![
        line("back-returned", &returned).figure(on.money(now.returned), on.money(before.returned)),
        line("back-cancelled", &cancelled).figure(on.money(now.cancelled), on.money(before.cancelled)),
    ];
    let earlier: HashMap<ReturnCause, i64> = before.causes.iter().copied().collect();
    lines.extend(now.causes.iter().take(MOST).map(|(cause, times)| {
        line(&format!("back-{}", cause.code().replace('_', "-")), &returned)
            .figure(count(*times), count(earlier.get(cause).copied().unwrap_or(0)))
    }));
    Ok(lines)
}
