//! The start of the administration: what is set up, what is not, and the way to mend it.

use askama::Template;
use axum::response::{IntoResponse, Response};
use chrono::Datelike;
use sqlx::PgConnection;

use super::store::{self, Inventory};
use crate::error::Result;
use crate::web::context::Ctx;
use crate::web::i18n::{Localiser, Value};
use crate::web::page::Page;
use crate::web::shell::Shell;

/// From this month on, next year's holidays are missed.
const PLAN_AHEAD_MONTH: u32 = 10;

/// One thing to have in order.
pub struct Check {
    /// Whether it is in order.
    pub done: bool,
    /// How it stands.
    pub text: String,
    /// Where it is mended.
    pub href: &'static str,
    /// What the link does.
    pub action: String,
}

#[derive(Template)]
#[template(path = "admin/home.html")]
struct AdminPage {
    shell: Shell,
    checks: Vec<Check>,
    facts: Vec<(String, String)>,
}

impl AdminPage {
    fn open(&self) -> Vec<&Check> {
        self.checks.iter().filter(|check| !check.done).collect()
    }

    fn done(&self) -> Vec<&Check> {
        self.checks.iter().filter(|check| check.done).collect()
    }
}

/// `GET /admin`
pub async fn show(ctx: Ctx) -> Result<Response> {
    let mut conn = ctx.app.read().await?;
    let inventory = store::inventory(&mut conn, ctx.today).await?;
    let checks = judge(&ctx, &inventory);
    let import = store::last_import(&mut conn).await?;
    let l = ctx.l;
    let import = import.map_or_else(
        || l.t("admin-no-import"),
        |import| {
            let status = l.t(&format!("admin-import-{}", import.status));
            format!("{} · {status} · {}", import.file_name, l.datetime(import.started_at, ctx.company.zone))
        },
    );
    let facts = vec![
        (l.t("admin-people"), l.number(inventory.people)),
        (l.t("nav-departments"), l.number(inventory.departments)),
        (l.t("nav-products"), l.number(inventory.products)),
        (l.t("admin-last-import"), import),
        (l.t("admin-database"), size(l, inventory.bytes)),
        (l.t("admin-version"), env!("CARGO_PKG_VERSION").to_owned()),
    ];
    Ok(Page::ok(AdminPage { shell: ctx.shell("admin"), checks, facts }).into_response())
}

/// Everything that should be in order, as it stands today.
pub async fn checks(conn: &mut PgConnection, ctx: &Ctx) -> Result<Vec<Check>> {
    Ok(judge(ctx, &store::inventory(conn, ctx.today).await?))
}

fn judge(ctx: &Ctx, there: &Inventory) -> Vec<Check> {
    let mut checks = organisation(ctx, there);
    checks.extend(business(ctx, there));
    checks
}

/// The check of something of which none should be missing.
fn none_missing(l: Localiser, missing: i64, key: &str, href: &'static str, action: &str) -> Check {
    Check { done: missing == 0, text: l.tr(key, &[("n", Value::Number(missing))]), href, action: l.t(action) }
}

fn organisation(ctx: &Ctx, there: &Inventory) -> Vec<Check> {
    let l = ctx.l;
    let check = |done, yes, no, href, action: &str| Check {
        done,
        text: l.t(if done { yes } else { no }),
        href,
        action: l.t(action),
    };
    let mut checks = vec![
        check(
            ctx.company.configured,
            "admin-configured",
            "admin-not-configured",
            "/admin/settings",
            "admin-do-settings",
        ),
        check(
            there.departments > 1,
            "admin-departments",
            "admin-no-departments",
            "/admin/departments",
            "org-add-department",
        ),
        check(there.people > 0, "admin-has-people", "admin-no-people", "/admin/people", "org-add-person"),
    ];
    if there.people > 0 {
        checks.extend([
            none_missing(
                l,
                there.without_department,
                "admin-without-department",
                "/admin/people",
                "admin-do-place",
            ),
            none_missing(
                l,
                there.without_account,
                "admin-without-account",
                "/admin/people?status=no-account",
                "admin-do-invite",
            ),
            none_missing(l, there.without_lead, "admin-without-lead", "/admin/departments", "admin-do-leads"),
        ]);
    }
    checks
}

fn business(ctx: &Ctx, there: &Inventory) -> Vec<Check> {
    let l = ctx.l;
    let products = there.products > 0;
    let product_text = if products { "admin-has-products" } else { "admin-no-products" };
    let mut checks = vec![Check {
        done: products,
        text: l.t(product_text),
        href: "/products",
        action: l.t("products-add"),
    }];
    if products {
        checks.push(none_missing(l, there.without_cost, "admin-without-cost", "/products", "admin-do-costs"));
    }
    let goals = there.goals > 0;
    let goal_text = if goals { "admin-has-goals" } else { "admin-no-goals" };
    checks.push(Check { done: goals, text: l.t(goal_text), href: "/goals", action: l.t("admin-do-goals") });
    checks.push(holidays(ctx, there));
    checks
}

/// This year's holidays, and towards its end next year's.
fn holidays(ctx: &Ctx, there: &Inventory) -> Check {
    let year = ctx.today.year();
    let next_there = there.last_holiday.is_some_and(|day| day.year() > year);
    let missing = match (there.holidays, ctx.today.month() >= PLAN_AHEAD_MONTH && !next_there) {
        (0, _) => Some(year),
        (_, true) => Some(year + 1),
        _ => None,
    };
    let shown = [("year", Value::Text(missing.unwrap_or(year).to_string()))];
    let key = if missing.is_some() { "admin-no-holidays" } else { "admin-has-holidays" };
    let (text, action) = (ctx.l.tr(key, &shown), ctx.l.t("settings-add-holiday"));
    Check { done: missing.is_none(), text, href: "/admin/settings/holidays", action }
}

/// Bytes in the unit people know: "214 MB".
fn size(l: Localiser, bytes: i64) -> String {
    let megabytes = bytes / 1_000_000;
    if megabytes < 10_000 {
        format!("{}\u{a0}MB", l.number(megabytes))
    } else {
        format!("{}\u{a0}GB", l.decimal(megabytes / 100, 1))
    }
}
