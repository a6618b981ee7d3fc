//! `POST /people/{id}/relief/{relief}/end`: approved leave that ends before its time. What is closed stays as it is.

use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::json;

use super::pages::{self, relation, tell};
use super::policy::{self, Answer, State};
use super::{ReliefId, href, store};
use crate::audit::{self, Event};
use crate::error::{AppError, Found, Result};
use crate::goals::{self, Subject};
use crate::kernel::id::EmployeeId;
use crate::web::context::Ctx;
use crate::web::form::{Form, FormErrors};
use crate::web::page::Page;
use crate::web::toast::Notice;

/// The new last day, as typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct EndForm {
    last: String,
    version: i64,
}

/// Ends approved leave with an earlier day: whoever could take it back can do that. Asking for more again takes approval.
pub async fn end(
    ctx: Ctx,
    Path((id, relief)): Path<(EmployeeId, ReliefId)>,
    Form(form): Form<EndForm>,
) -> Result<Response> {
    let mut tx = ctx.app.begin().await?;
    let (relation, person) = relation(&mut tx, &ctx, id).await?;
    let relief = store::of_person(&mut tx, id).await?.into_iter().find(|row| row.id == relief).found()?;
    let may = relation.takes(Answer::Withdraw, &ctx.actor, relief.requested_by.0);
    if !may || relief.state != State::Approved {
        return Err(AppError::Forbidden);
    }
    let last = form.last.parse().map_err(|_| "error-date");
    let ends = last.and_then(|last| policy::ends(&relief.draft.period, last, ctx.company.open_from));
    let period = match ends {
        Ok(period) => period,
        Err(key) => {
            let errors = FormErrors::one(&format!("last-{}", relief.id), key);
            let page = pages::with_end(&mut tx, &ctx, id, (relief.id, form.last), errors).await?;
            return Ok(Page::invalid(page).into_response());
        }
    };
    super::end(&mut tx, &relief, form.version, &period, (ctx.actor.user, ctx.now)).await?;
    let details = json!({ "person": id, "from": period.start, "last": period.last_day(),
        "before": relief.draft.period.last_day() });
    let event = Event::new("relief.ended", "relief", relief.id.0).with(details);
    audit::record(&mut tx, Some(ctx.actor.user), ctx.now, event).await?;
    let mut to = goals::owner_accounts(&mut tx, &ctx.company, Subject::Person(id), ctx.today).await?;
    to.extend(goals::setter_accounts(&mut tx, &ctx.company, Subject::Person(id), ctx.today).await?);
    tell(&mut tx, &ctx, &to, &person, "notice-relief-ended", &period).await?;
    tx.commit().await?;
    let notice = Notice::new("capacity-toast-ended").with("name", person.name);
    Ok(notice.with("last", ctx.l.date_year(period.last_day())).redirect(&href(id)))
}
