//! What is to be done next, by the reader and by their department.

use sqlx::PgConnection;

use crate::accountability::{self, RowView};
use crate::error::Result;
use crate::process::action::Whose;
use crate::web::context::Ctx;

/// Steps that home names; the list has them all.
const SHORT: usize = 6;

/// The first steps of some people or departments.
pub(super) struct Actions {
    /// The card's heading.
    pub(super) title: String,
    /// Where all of them are.
    pub(super) href: &'static str,
    /// How many are overdue.
    pub(super) overdue: i64,
    /// The first of them.
    pub(super) rows: Vec<RowView>,
}

/// The reader's own next steps, and what waits for a department that supports others.
pub(super) async fn load(conn: &mut PgConnection, ctx: &Ctx) -> Result<Vec<Actions>> {
    let mut found = Vec::new();
    if ctx.actor.employee.is_some() {
        found.push(part(conn, ctx, &accountability::own(ctx), ("actions-mine", "/actions")).await?);
    }
    let departments = accountability::of_departments(ctx);
    if !departments.departments.is_empty() {
        let ours = part(conn, ctx, &departments, ("actions-ours", "/actions?view=department")).await?;
        found.push(ours);
    }
    // one empty list says that nothing waits; two say nothing more
    let some = found.iter().any(|part| !part.rows.is_empty());
    found.retain(|part| !part.rows.is_empty() || !some && part.href == "/actions");
    Ok(found)
}

async fn part(
    conn: &mut PgConnection,
    ctx: &Ctx,
    whose: &Whose,
    (title, href): (&str, &'static str),
) -> Result<Actions> {
    let actions = accountability::next(conn, ctx, whose).await?;
    let overdue = actions.iter().filter(|action| action.is_overdue(ctx.today)).count();
    let first = &actions[..actions.len().min(SHORT)];
    Ok(Actions {
        title: ctx.l.t(title),
        href,
        overdue: i64::try_from(overdue).unwrap_or(i64::MAX),
        rows: accountability::views(ctx, first),
    })
}
