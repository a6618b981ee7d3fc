//! Next steps of open opportunities, as what somebody should do.

use sqlx::PgConnection;

use super::{list, view_store};
use crate::error::Result;
use crate::kernel::id::EmployeeId;
use crate::org::Viewer;
use crate::process::Action;
use crate::process::action::Whose;
use crate::web::context::Ctx;

/// The next steps of those in `whose`, each due by its day, worth the amount of its opportunity. Those without a day are due
/// when the opportunity is expected to be decided.
pub async fn actions(conn: &mut PgConnection, ctx: &Ctx, whose: &Whose) -> Result<Vec<Action>> {
    let mut people: Vec<i64> = whose.people.iter().map(|id| id.0).collect();
    let inside = ctx.company.organisation.with_below(whose.departments.iter().copied());
    let members = ctx.company.organisation.people_on(ctx.today);
    people.extend(members.filter(|person| inside.contains(&person.department)).map(|person| person.id.0));
    // whoever asks about a department sees the deals of those whose figures they see
    let seen = ctx.company.organisation.visible_people(Viewer::new(&ctx.actor, ctx.today));
    people.retain(|id| seen.contains(&EmployeeId(*id)));
    let rows = view_store::next_steps(conn, &people).await?;
    let exponent = ctx.company.currency.exponent();
    let action = |row: view_store::NextRow| {
        let amount = ctx.l.short_money(row.own_amount, ctx.company.currency.code(), exponent);
        Action {
            kind: "opportunity",
            id: row.id.0,
            icon: "handshake",
            href: format!("/pipeline/{}", row.id),
            title: row.next_step,
            text: format!("{}, {amount}", list::title(ctx.l, &row.customer.unwrap_or_default())),
            due: row.next_on.or(row.expected_on),
            value: row.own_amount,
            owner: row.owner,
            department: None,
        }
    };
    Ok(rows.into_iter().map(action).collect())
}
