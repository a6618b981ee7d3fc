//! The health of the set-up, for administrators: what is there, what is missing, where to mend it.

use sqlx::PgConnection;

use super::store::{self, Counts, ImportRow};
use crate::error::Result;
use crate::web::context::Ctx;
use crate::web::i18n::Value;

/// What an administrator is shown.
pub(super) struct Setup {
    /// What there is and what is missing.
    pub(super) checks: Vec<Check>,
    /// How many of them lack something.
    pub(super) lacking: usize,
    /// The latest imports.
    pub(super) imports: Vec<Import>,
}

/// One part of the set-up.
pub(super) struct Check {
    /// Whether nothing is missing.
    pub(super) fine: bool,
    /// Where to look after it.
    pub(super) href: &'static str,
    /// What it is.
    pub(super) title: String,
    /// How it stands.
    pub(super) text: String,
}

/// An import in the short list.
pub(super) struct Import {
    /// Its page.
    pub(super) href: String,
    /// The file's name.
    pub(super) file: String,
    /// "22 Nov 2026 14:05 · 120 added, 3 changed".
    pub(super) text: String,
    /// `on`, `off` or nothing, for the tag.
    pub(super) state: &'static str,
    /// How it went.
    pub(super) status: String,
}

/// Loads the health of the set-up.
pub(super) async fn load(conn: &mut PgConnection, ctx: &Ctx) -> Result<Setup> {
    let counts = store::counts(conn, ctx.today).await?;
    let checks = checks(ctx, &counts);
    let imports = store::latest_imports(conn).await?;
    Ok(Setup {
        lacking: checks.iter().filter(|check| !check.fine).count(),
        checks,
        imports: imports.into_iter().map(|row| import(ctx, row)).collect(),
    })
}

fn checks(ctx: &Ctx, counts: &Counts) -> Vec<Check> {
    let check = |name: &str, href: &'static str, fine: bool, values: &[(&str, Value)]| {
        let key = if fine { format!("home-setup-{name}-fine") } else { format!("home-setup-{name}-lack") };
        Check { fine, href, title: ctx.l.t(&format!("home-setup-{name}")), text: ctx.l.tr(&key, values) }
    };
    let last = counts.last_deal.map_or_else(String::new, |day| ctx.l.date_year(day));
    vec![
        check(
            "calendar",
            "/admin/settings",
            ctx.company.configured && counts.holidays > 0,
            &[("n", counts.holidays.into()), ("currency", ctx.company.currency.code().into())],
        ),
        check(
            "departments",
            "/admin/departments",
            counts.departments > 1 && counts.without_lead == 0,
            &[("n", counts.departments.into()), ("lack", counts.without_lead.into())],
        ),
        check(
            "people",
            "/admin/people",
            counts.people > 0 && counts.without_account == 0,
            &[("n", counts.people.into()), ("lack", counts.without_account.into())],
        ),
        check("products", "/products", counts.products > 0, &[("n", counts.products.into())]),
        check("goals", "/goals", counts.goals > 0, &[("n", counts.goals.into())]),
        check("deals", "/deals", counts.deals > 0, &[("n", counts.deals.into()), ("date", last.into())]),
    ]
}

fn import(ctx: &Ctx, row: ImportRow) -> Import {
    let values = [
        ("at", ctx.l.datetime(row.started_at, ctx.company.zone).into()),
        ("added", row.added.into()),
        ("changed", row.changed.into()),
        ("faults", row.fault_count.into()),
    ];
    let key = if row.fault_count > 0 { "home-import-faults" } else { "home-import-text" };
    Import {
        href: format!("/admin/imports/{}", row.id),
        file: if row.file_name.is_empty() { row.kind } else { row.file_name },
        text: ctx.l.tr(key, &values),
        state: match row.status.as_str() {
            "done" => "on",
            "refused" | "failed" => "off",
            _ => "",
        },
        status: ctx.l.t(&format!("home-import-{}", row.status)),
    }
}
