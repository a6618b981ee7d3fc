//! Who answers for a customer beside those who sell to them: they see the customer's orders and are told what happens to them.
//! Because it shows somebody orders of others, it is decided by executives and administrators, and by leads for customers
//! that only their own people sell to.

use axum::extract::Path;
use axum::response::Response;
use serde::Deserialize;
use serde_json::json;
use sqlx::PgConnection;

use super::store;
use crate::audit::{self, Event};
use crate::error::{AppError, Found, Result};
use crate::goals::Viewer;
use crate::kernel::id::{CustomerId, EmployeeId};
use crate::web::context::Ctx;
use crate::web::form::Form;
use crate::web::routes::Gate;
use crate::web::toast::Notice;
use crate::web::ui::Choice;

/// Who it is to be; nobody when empty.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OwnerForm {
    #[serde(default)]
    owner: String,
    version: i64,
}

/// Those who can be chosen: everybody who works here now and whom the reader sees, by name; nobody where it is not for the
/// reader to decide.
pub(super) async fn choices(conn: &mut PgConnection, ctx: &Ctx, id: CustomerId) -> Result<Vec<Choice>> {
    let organisation = &ctx.company.organisation;
    let viewer = Viewer::new(&ctx.actor, ctx.today);
    let seen = organisation.visible_people(viewer);
    let leads = Gate::Leader.admits(Some(&ctx.actor)).is_ok();
    if !leads || !viewer.everyone && store::is_sold_to_by_others(conn, id, &seen).await? {
        return Ok(Vec::new());
    }
    let there = organisation.people_on(ctx.today).filter(|person| seen.contains(&person.id));
    Ok(there.map(|person| Choice::new(person.id.to_string(), person.name)).collect())
}

/// `POST /customers/{id}/owner`
pub async fn save(ctx: Ctx, Path(id): Path<CustomerId>, Form(form): Form<OwnerForm>) -> Result<Response> {
    let mut tx = ctx.app.begin().await?;
    let name = super::name(&mut tx, id).await?.found()?;
    let before = store::owner(&mut tx, id).await?;
    let choices = choices(&mut tx, &ctx, id).await?;
    let owner = match form.owner.as_str() {
        "" if !choices.is_empty() => None,
        chosen if choices.iter().any(|choice| choice.is(chosen)) => chosen.parse().ok().map(EmployeeId),
        _ => return Err(AppError::Forbidden),
    };
    store::save_owner(&mut tx, id, owner, form.version).await?.ok_or(AppError::Conflict("error-stale"))?;
    let event = Event::new("customer.owner-set", "customer", id.0).with(json!({ "owner": owner }));
    audit::record(&mut tx, Some(ctx.actor.user), ctx.now, event).await?;
    tx.commit().await?;
    let back = [
        ("owner", before.map_or_else(String::new, |id| id.to_string())),
        ("version", (form.version + 1).to_string()),
    ];
    let notice = Notice::new("customers-toast-owner").with("name", name);
    Ok(notice.undo(format!("/customers/{id}/owner"), &back).redirect(&format!("/customers/{id}")))
}
