//! Which follow-ups and cases wait for people and departments.

use sqlx::PgConnection;

use super::cases::{self, Case};
use super::follow_ups::{self, FollowUp};
use super::scope::{self, Scope};
use super::worth;
use crate::error::Result;
use crate::process::Action;
use crate::process::action::Whose;
use crate::web::context::Ctx;

/// What they should do next, as far as the reader sees it: calls after delivery, first answers, open cases.
pub async fn actions(conn: &mut PgConnection, ctx: &Ctx, whose: &Whose) -> Result<Vec<Action>> {
    let people: Vec<i64> = whose.people.iter().map(|id| id.0).collect();
    let departments: Vec<i64> = whose.departments.iter().map(|id| id.0).collect();
    if people.is_empty() && departments.is_empty() {
        return Ok(Vec::new());
    }
    let scope = Scope::of(ctx);
    let calls = follow_ups::open_of(conn, &scope, whose).await?;
    let mut actions: Vec<Action> = calls.iter().map(|(one, value)| call(ctx, one, *value)).collect();
    let filter = cases::Filter {
        scope,
        of: Some((people, departments)),
        state: Some("open".into()),
        now: ctx.now,
        ..cases::Filter::default()
    };
    let open = cases::list(conn, &filter, ("due", false), (whose.most(), 0)).await?;
    let deals: Vec<i64> = open.iter().filter_map(|case| case.deal).map(|id| id.0).collect();
    let worth = worth(conn, &deals).await?;
    let value = |case: &Case| case.deal.and_then(|id| worth.get(&id.0)).copied().unwrap_or(0);
    actions.extend(open.iter().map(|case| answer(ctx, case, value(case))));
    Ok(actions)
}

fn call(ctx: &Ctx, one: &FollowUp, value: i64) -> Action {
    Action {
        kind: "follow_up",
        id: one.id.0,
        icon: "phone-call",
        href: format!("/follow-ups/{}", one.id),
        title: ctx.l.t("service-action-call"),
        text: about(ctx, &one.customer_name, one.order_no.as_deref()),
        due: Some(one.standing.due_on),
        value: if scope::sight(ctx).shows_amounts(one.seller) { value } else { 0 },
        owner: one.standing.owner,
        department: one.standing.department,
    }
}

fn answer(ctx: &Ctx, case: &Case, value: i64) -> Action {
    let first = case.standing.replied_at.is_none();
    let (kind, title) =
        if first { ("case_reply", "service-action-reply") } else { ("case", "service-action-case") };
    Action {
        kind,
        id: case.id.0,
        icon: "headphones",
        href: format!("/cases/{}", case.id),
        title: ctx.l.t(title),
        text: format!("{}, {}", case.customer_name, case.title),
        due: case.standing.due().map(|due| ctx.company.day_of(due)),
        value: if scope::sight(ctx).shows_amounts(case.seller) { value } else { 0 },
        owner: case.standing.owner,
        department: Some(case.standing.department),
    }
}

/// "Holmen Skog, order 10234".
fn about(ctx: &Ctx, customer: &str, order_no: Option<&str>) -> String {
    match order_no {
        Some(no) => ctx.l.tr("service-customer-order", &[("customer", customer.into()), ("no", no.into())]),
        None => customer.to_owned(),
    }
}
