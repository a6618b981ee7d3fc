//! What is said about a case among those who see it.

use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use serde_json::json;
use sqlx::PgConnection;

use super::{Case, CaseId, find, page, store};
use crate::audit::{self, Event};
use crate::auth::accounts::{self, Holder};
use crate::error::Result;
use crate::notices::{self, Telling, Value};
use crate::service::scope;
use crate::talks::mentions::{self, Reachable};
use crate::talks::{self, Line, PostId, Talk};
use crate::web::context::Ctx;
use crate::web::form::{Form, FormErrors};
use crate::web::toast::Notice;

/// What the form of a thread sends.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CommentForm {
    pub(super) body: String,
}

/// What was written and what has happened, oldest first.
pub(super) async fn of(
    conn: &mut PgConnection,
    ctx: &Ctx,
    case: &Case,
    form: CommentForm,
    errors: &FormErrors,
) -> Result<Talk> {
    let posts = talks::posts(conn, case.thread).await?;
    let mut lines: Vec<Line> = posts.into_iter().map(|post| Line::of(ctx, post)).collect();
    for taken in store::steps(conn, case.id).await? {
        let name = taken.name.unwrap_or_else(|| ctx.l.t("audit-system"));
        let step = ctx.l.t(&format!("service-case-did-{}", taken.step));
        let words = if taken.words.is_empty() { String::new() } else { format!(": {}", taken.words) };
        lines.push(Line {
            at: taken.at,
            when: ctx.l.datetime(taken.at, ctx.company.zone),
            text: format!("{name}, {step}{words}"),
            name,
            icon: Some(if taken.undone { "undo-2" } else { "history" }),
            own: None,
        });
    }
    lines.sort_by_key(|line| line.at);
    Ok(Talk {
        lines,
        action: format!("/cases/{}/comments", case.id),
        may_write: true,
        body: form.body,
        error: errors.of(&ctx.l, "body"),
        seen_by: ctx.l.t("service-talk-seen-by"),
    })
}

/// Everybody with an account who sees the case.
async fn readers(conn: &mut PgConnection, ctx: &Ctx, case: &Case) -> Result<Vec<Holder>> {
    let people: Vec<_> = case.standing.owner.into_iter().chain(case.seller).collect();
    let (organisation, department) = (&ctx.company.organisation, case.standing.department);
    let reads = |holder: &Holder| scope::reads(organisation, holder, ctx.today, &people, department);
    let mut holders = accounts::all_active(conn).await?;
    holders.retain(reads);
    Ok(holders)
}

/// `POST /cases/{id}/comments`
pub async fn comment(ctx: Ctx, Path(id): Path<CaseId>, Form(form): Form<CommentForm>) -> Result<Response> {
    let mut tx = ctx.app.begin().await?;
    let case = find(&mut tx, &ctx, id).await?;
    if let Err(errors) = add(&mut tx, &ctx, &case, &form).await? {
        return page::answer(&mut tx, &ctx, &case, None, form, errors).await;
    }
    tx.commit().await?;
    Ok(Redirect::to(&format!("/cases/{id}#talk")).into_response())
}

async fn add(
    conn: &mut PgConnection,
    ctx: &Ctx,
    case: &Case,
    form: &CommentForm,
) -> Result<std::result::Result<(), FormErrors>> {
    let body = match talks::check(&form.body) {
        Ok(body) => body,
        Err(key) => return Ok(Err(FormErrors::one("body", key))),
    };
    let readers = readers(conn, ctx, case).await?;
    let concerned = [case.standing.owner, case.seller];
    let mut others: Vec<_> = readers
        .iter()
        .filter(|holder| holder.employee.is_some() && concerned.contains(&holder.employee))
        .map(|holder| holder.user)
        .collect();
    let reachable = Reachable::of(readers);
    let mentioned = match mentions::find(body, &reachable) {
        Ok(mentioned) => mentioned,
        Err(word) => {
            let mut errors = FormErrors::default();
            errors.add_with("body", "error-talk-mention", vec![("name", word)]);
            return Ok(Err(errors));
        }
    };
    let by = ctx.actor.user;
    let post = talks::post(conn, case.thread, by, body, ctx.now).await?;
    others.extend(talks::writers(conn, case.thread).await?);
    others.retain(|user| !mentioned.contains(user) && reachable.iter().any(|one| one.user == *user));
    for (to, message) in [(&mentioned, "notice-case-mention"), (&others, "notice-case-written")] {
        let values = vec![
            ("who", Value::text(&ctx.actor.name)),
            ("customer", Value::text(&case.customer_name)),
            ("title", Value::text(&case.title)),
        ];
        let quote = body.chars().take(200).collect();
        let telling = Telling { message, values, quote, href: format!("/cases/{}#talk", case.id) };
        notices::tell(conn, to, Some(by), &telling, ctx.now).await?;
    }
    let event = Event::new("talk.written", "thread", case.thread.0).with(json!({ "post": post }));
    audit::record(conn, Some(by), ctx.now, event).await?;
    Ok(Ok(()))
}

/// `POST /cases/{id}/comments/{post}/remove`
pub async fn remove(ctx: Ctx, Path((id, post)): Path<(CaseId, PostId)>) -> Result<Response> {
    let mut tx = ctx.app.begin().await?;
    let case = find(&mut tx, &ctx, id).await?;
    talks::set_removed(&mut tx, case.thread, post, ctx.actor.user, Some(ctx.now)).await?;
    let event = Event::new("talk.removed", "thread", case.thread.0).with(json!({ "post": post }));
    audit::record(&mut tx, Some(ctx.actor.user), ctx.now, event).await?;
    tx.commit().await?;
    let undo = format!("/cases/{id}/comments/{post}/restore");
    Ok(Notice::new("talks-toast-removed").undo(undo, &[]).redirect(&format!("/cases/{id}#talk")))
}

/// `POST /cases/{id}/comments/{post}/restore`
pub async fn restore(ctx: Ctx, Path((id, post)): Path<(CaseId, PostId)>) -> Result<Response> {
    let mut tx = ctx.app.begin().await?;
    let case = find(&mut tx, &ctx, id).await?;
    talks::set_removed(&mut tx, case.thread, post, ctx.actor.user, None).await?;
    let event = Event::new("talk.restored", "thread", case.thread.0).with(json!({ "post": post }));
    audit::record(&mut tx, Some(ctx.actor.user), ctx.now, event).await?;
    tx.commit().await?;
    Ok(Redirect::to(&format!("/cases/{id}#talk")).into_response())
}
