//! What groups are called, and which of them a reader sees.

use std::collections::HashMap;

use chrono::{Datelike, NaiveDate};
use sqlx::PgConnection;

use super::Figures;
use super::row::Row;
use crate::error::Result;
use crate::kernel::id::{DepartmentId, EmployeeId, ProductId};
use crate::org::Viewer;
use crate::process::grouping::By;
use crate::products;
use crate::web::context::Ctx;

/// The groups with their names, without those that the reader does not see.
pub(super) async fn rows(
    conn: &mut PgConnection,
    ctx: &Ctx,
    by: By,
    figures: HashMap<String, Figures>,
) -> Result<Vec<Row>> {
    let products: HashMap<ProductId, String> = match by {
        By::Product => products::names(conn).await?,
        _ => HashMap::new(),
    };
    let row = |(key, figures): (String, Figures)| {
        let (name, place) = named(ctx, by, &key, &products)?;
        Some(Row { key, name, place, figures })
    };
    Ok(figures.into_iter().filter_map(row).collect())
}

/// Name of a group, and where it stands among the others; nothing where the reader does not see it.
fn named(ctx: &Ctx, by: By, key: &str, products: &HashMap<ProductId, String>) -> Option<(String, String)> {
    let organisation = &ctx.company.organisation;
    let alike = |name: String| Some((name.clone(), name.to_lowercase()));
    match by {
        By::All => alike(String::new()),
        By::Person if key.is_empty() => alike(ctx.l.t("deals-house")),
        By::Person => alike(organisation.person(EmployeeId(key.parse().ok()?))?.name.clone()),
        By::Department => {
            let id = DepartmentId(key.parse().ok()?);
            let whole = Viewer::new(&ctx.actor, ctx.today).everyone || ctx.actor.leads_department(id);
            // of others only some of the people are seen, and part of a department's figures is no figure of it
            let place = organisation.departments.iter().position(|one| one.id == id).filter(|_| whole)?;
            Some((organisation.departments[place].name.clone(), format!("{place:06}")))
        }
        By::Product => alike(products.get(&ProductId(key.parse().ok()?))?.clone()),
        By::Segment if key.is_empty() => alike(ctx.l.t("process-no-segment")),
        By::Segment => alike(key.to_owned()),
        By::Month => {
            let day: NaiveDate = format!("{key}-01").parse().ok()?;
            Some((ctx.l.month_label(day.year(), day.month()), key.to_owned()))
        }
    }
}
