//! Talking about an opportunity: those who see it read and write.

use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use serde_json::json;
use sqlx::PgConnection;

use super::show_page::{self, Typed};
use super::{Opportunity, policy, store};
use crate::audit::{self, Event};
use crate::auth::accounts;
use crate::error::{AppError, Result};
use crate::kernel::id::{OpportunityId, UserId};
use crate::notices::{self, Telling, Value};
use crate::org::Viewer;
use crate::talks::mentions::{self, Reachable};
use crate::talks::{self, Line, PostId, Talk, ThreadId};
use crate::web::context::Ctx;
use crate::web::form::{Form, FormErrors};
use crate::web::toast::Notice;

/// What the form of a thread sends.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CommentForm {
    body: String,
}

/// Its thread as the reader sees it.
pub(super) async fn of(conn: &mut PgConnection, ctx: &Ctx, one: &Opportunity, typed: &Typed) -> Result<Talk> {
    let posts = match one.thread {
        Some(thread) => talks::posts(conn, thread).await?,
        None => Vec::new(),
    };
    Ok(Talk {
        lines: posts.into_iter().map(|post| Line::of(ctx, post)).collect(),
        action: format!("/pipeline/{}/comments", one.id),
        may_write: true,
        body: typed.body.clone(),
        error: typed.errors.of(&ctx.l, "body"),
        seen_by: ctx.l.t("pipeline-talk-seen-by"),
    })
}

/// Those with an account who see it, and the account of its owner.
async fn readers(
    conn: &mut PgConnection,
    ctx: &Ctx,
    one: &Opportunity,
) -> Result<(Vec<Reachable>, Vec<UserId>)> {
    let mut holders = accounts::all_active(conn).await?;
    let owner = one.draft.owner;
    holders.retain(|holder| {
        let everyone = holder.role.reads_everyone();
        let viewer = Viewer { employee: holder.employee, everyone, today: ctx.today };
        everyone || owner.is_some_and(|owner| ctx.company.organisation.shows_person(viewer, owner))
    });
    let owners = holders.iter().filter(|holder| owner.is_some() && holder.employee == owner);
    let owners = owners.map(|holder| holder.user).collect();
    Ok((Reachable::of(holders), owners))
}

async fn thread_of(conn: &mut PgConnection, one: &Opportunity) -> Result<ThreadId> {
    if let Some(thread) = one.thread {
        return Ok(thread);
    }
    let thread = talks::open(conn).await?;
    store::save_thread(conn, one.id, thread).await?;
    Ok(thread)
}

/// Adds what somebody wrote, and tells the owner, those who wrote before and those mentioned. A fault at `body`: nothing
/// written, or a mention of nobody who sees it.
async fn add(conn: &mut PgConnection, ctx: &Ctx, one: &Opportunity, typed: &str) -> Result<()> {
    let body = talks::check(typed).map_err(|key| FormErrors::one("body", key))?;
    let (readers, mut others) = readers(conn, ctx, one).await?;
    let mentioned = mentions::find(body, &readers).map_err(|word| {
        let mut errors = FormErrors::default();
        errors.add_with("body", "error-talk-mention", vec![("name", word)]);
        errors
    })?;
    let (thread, by) = (thread_of(conn, one).await?, ctx.actor.user);
    let post = talks::post(conn, thread, by, body, ctx.now).await?;
    others.extend(talks::writers(conn, thread).await?);
    others.retain(|user| !mentioned.contains(user) && readers.iter().any(|one| one.user == *user));
    let name = super::list::title(ctx.l, &one.customer_name);
    for (to, message) in [(&mentioned, "notice-pipeline-mention"), (&others, "notice-pipeline-written")] {
        let values = vec![("customer", Value::text(&name)), ("who", Value::text(&ctx.actor.name))];
        let quote = body.chars().take(200).collect();
        let telling = Telling { message, values, quote, href: format!("/pipeline/{}#talk", one.id) };
        notices::tell(conn, to, Some(by), &telling, ctx.now).await?;
    }
    let event = Event::new("talk.written", "thread", thread.0).with(json!({ "post": post }));
    audit::record(conn, Some(by), ctx.now, event).await
}

/// `POST /pipeline/{id}/comments`
pub async fn write(
    ctx: Ctx,
    Path(id): Path<OpportunityId>,
    Form(form): Form<CommentForm>,
) -> Result<Response> {
    let mut tx = ctx.app.begin().await?;
    let one = super::flow::lock(&mut tx, &policy::scope(&ctx), id).await?;
    match add(&mut tx, &ctx, &one, &form.body).await {
        Ok(()) => {
            tx.commit().await?;
            Ok(Redirect::to(&format!("/pipeline/{id}#talk")).into_response())
        }
        Err(AppError::Invalid(errors)) => {
            tx.rollback().await?;
            let typed = Typed { form: "talk", body: form.body, errors, ..Typed::default() };
            show_page::with_faults(ctx, id, typed).await
        }
        Err(other) => Err(other),
    }
}

/// `POST /pipeline/{id}/comments/{post}/remove`
pub async fn remove(ctx: Ctx, Path((id, post)): Path<(OpportunityId, PostId)>) -> Result<Response> {
    change(&ctx, id, post, true).await?;
    let back = format!("/pipeline/{id}/comments/{post}/restore");
    Ok(Notice::new("talks-toast-removed").undo(back, &[]).redirect(&format!("/pipeline/{id}#talk")))
}

/// `POST /pipeline/{id}/comments/{post}/restore`
pub async fn restore(ctx: Ctx, Path((id, post)): Path<(OpportunityId, PostId)>) -> Result<Response> {
    change(&ctx, id, post, false).await?;
    Ok(Redirect::to(&format!("/pipeline/{id}#talk")).into_response())
}

async fn change(ctx: &Ctx, id: OpportunityId, post: PostId, removed: bool) -> Result<()> {
    let mut tx = ctx.app.begin().await?;
    let one = super::find(&mut tx, &policy::scope(ctx), id).await?;
    let thread = one.thread.ok_or(AppError::NotFound)?;
    talks::set_removed(&mut tx, thread, post, ctx.actor.user, removed.then_some(ctx.now)).await?;
    let action = if removed { "talk.removed" } else { "talk.restored" };
    let event = Event::new(action, "thread", thread.0).with(json!({ "post": post }));
    audit::record(&mut tx, Some(ctx.actor.user), ctx.now, event).await?;
    tx.commit().await?;
    Ok(())
}
