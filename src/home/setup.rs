//! The health of the set-up, for administrators: what is missing, where to mend it, and the latest imports.

use sqlx::PgConnection;

use super::store::{self, ImportRow};
use crate::admin::health::{self, Check};
use crate::error::Result;
use crate::web::context::Ctx;

/// What an administrator is shown.
pub(super) struct Setup {
    /// What is missing.
    pub(super) open: Vec<Check>,
    /// The latest imports.
    pub(super) imports: Vec<Import>,
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
    let mut open = health::checks(conn, ctx).await?;
    open.retain(|check| !check.done);
    let imports = store::latest_imports(conn).await?;
    Ok(Setup { open, imports: imports.into_iter().map(|row| import(ctx, row)).collect() })
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
