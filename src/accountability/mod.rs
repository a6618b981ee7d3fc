//! Who should do what next, put together from every area: each step has an owner and a due date, and what is overdue is told to
//! the owner first and then to those above them.
//!
//! Example: a follow-up was due on Monday. On Tuesday Siv is told, on Thursday the one who leads customer service.

mod pages;
mod remind;
mod store;

use sqlx::PgConnection;

use crate::error::Result;
use crate::process::action::{self, Action, Whose};
use crate::web::context::Ctx;
use crate::web::routes::{Gate, Routes};

pub use pages::{RowView, views};
pub use remind::{keep_reminding, remind};

/// The list of next actions.
pub fn routes() -> Routes {
    Routes::new().get("/actions", Gate::SignedIn, pages::index).get(
        "/actions.csv",
        Gate::SignedIn,
        pages::download,
    )
}

/// Every open step of some people and departments, in the order they should be done.
pub async fn next(conn: &mut PgConnection, ctx: &Ctx, whose: &Whose) -> Result<Vec<Action>> {
    let mut all = crate::pipeline::actions(conn, ctx, whose).await?;
    all.extend(crate::orders::actions(conn, ctx, whose).await?);
    all.extend(crate::service::actions(conn, ctx, whose).await?);
    all.extend(crate::reviews::actions(conn, ctx, whose).await?);
    all.sort_by_key(|action| (action.kind, action.id));
    all.dedup_by_key(|action| (action.kind, action.id));
    Ok(action::in_order(all, ctx.today))
}

/// The reader's own steps.
pub fn own(ctx: &Ctx) -> Whose {
    Whose { people: ctx.actor.employee.into_iter().collect(), ..Whose::default() }
}

/// The steps of the reader's department, and of the departments they lead.
pub fn of_departments(ctx: &Ctx) -> Whose {
    let own = ctx.actor.department.iter().map(|(id, _)| *id);
    let departments = own.chain(ctx.actor.led.iter().copied()).collect();
    Whose { departments, ..Whose::default() }
}
