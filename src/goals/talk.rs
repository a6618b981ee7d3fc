//! Talking about a goal, and saying that one has seen its target.

use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use serde_json::json;
use sqlx::PgConnection;

use super::agreements::{self, Agreement};
use super::{Goal, Viewer, acknowledgements, concerned, detail_page, find, store, subjects};
use crate::audit::{self, Event};
use crate::error::{AppError, Result};
use crate::kernel::id::{GoalId, UserId};
use crate::notices::{self, Telling, Value};
use crate::talks::mentions::{self, Reachable};
use crate::talks::{self, Line, PostId, Talk, ThreadId};
use crate::web::context::Ctx;
use crate::web::form::{Form, FormErrors};
use crate::web::toast::Notice;

/// What the form of a thread sends.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CommentForm {
    /// What was written.
    pub body: String,
}

/// A place where people talk about a goal or an agreement.
pub(super) struct Place<'a> {
    /// The thread.
    pub(super) thread: ThreadId,
    /// Its page.
    pub(super) href: &'a str,
    /// What notices about it mention beside who wrote.
    pub(super) values: Vec<(&'static str, Value)>,
    /// Who reads it.
    pub(super) readers: Vec<Reachable>,
    /// Who hears of everything that is written.
    pub(super) concerned: Vec<UserId>,
}

/// Adds what somebody wrote, and tells those whom it concerns, those who wrote before, and those mentioned. A fault at
/// `body`: nothing written, or a mention of nobody who reads this.
pub(super) async fn add(
    conn: &mut PgConnection,
    ctx: &Ctx,
    place: &Place<'_>,
    form: &CommentForm,
) -> Result<std::result::Result<PostId, FormErrors>> {
    let body = match talks::check(&form.body) {
        Ok(body) => body,
        Err(key) => return Ok(Err(FormErrors::one("body", key))),
    };
    let mentioned = match mentions::find(body, &place.readers) {
        Ok(mentioned) => mentioned,
        Err(word) => {
            let mut errors = FormErrors::default();
            errors.add_with("body", "error-talk-mention", vec![("name", word)]);
            return Ok(Err(errors));
        }
    };
    let by = ctx.actor.user;
    let post = talks::post(conn, place.thread, by, body, ctx.now).await?;
    let mut others = place.concerned.clone();
    others.extend(talks::writers(conn, place.thread).await?);
    // who has lost sight of it since does not hear of it
    others.retain(|user| !mentioned.contains(user) && place.readers.iter().any(|one| one.user == *user));
    for (to, message) in [(&mentioned, "notice-talk-mention"), (&others, "notice-talk-written")] {
        let mut values = place.values.clone();
        values.push(("who", Value::text(&ctx.actor.name)));
        let href = format!("{}#talk", place.href);
        let telling = Telling { message, values, quote: shortened(body), href };
        notices::tell(conn, to, Some(by), &telling, ctx.now).await?;
    }
    let event = Event::new("talk.written", "thread", place.thread.0).with(json!({ "post": post }));
    audit::record(conn, Some(by), ctx.now, event).await?;
    Ok(Ok(post))
}

/// The beginning of a text, for notices.
fn shortened(body: &str) -> String {
    const MOST: usize = 200;
    if body.chars().count() <= MOST {
        return body.to_owned();
    }
    body.chars().take(MOST).chain("…".chars()).collect()
}

async fn place<'a>(conn: &mut PgConnection, ctx: &Ctx, goal: &Goal, href: &'a str) -> Result<Place<'a>> {
    let readers = concerned::readers(conn, &ctx.company, goal.subject, ctx.today).await?;
    let mut to = concerned::owner_accounts(conn, &ctx.company, goal.subject, ctx.today).await?;
    to.extend(concerned::setter_accounts(conn, &ctx.company, goal.subject, ctx.today).await?);
    Ok(Place {
        thread: super::thread(conn, goal.id).await?,
        href,
        values: values(goal),
        readers: Reachable::of(readers),
        concerned: to,
    })
}

/// What notices about a goal mention.
pub(super) fn values(goal: &Goal) -> Vec<(&'static str, Value)> {
    let category = goal.category.as_ref().map(|(_, name)| name.as_str());
    vec![
        ("what", Value::counted(goal.metric, category)),
        ("period", Value::period(&goal.period)),
        ("subject", Value::text(&goal.subject_name)),
    ]
}

/// The talk of a goal: what was written, how it was agreed on, who has acknowledged it.
pub(super) async fn of(
    conn: &mut PgConnection,
    ctx: &Ctx,
    goal: &Goal,
    agreement: Option<&Agreement>,
    form: CommentForm,
) -> Result<Talk> {
    let mut lines = Vec::new();
    if let Some(thread) = store::find_thread(conn, goal.id).await? {
        lines.extend(talks::posts(conn, thread).await?.into_iter().map(|post| Line::of(ctx, post)));
    }
    if let Some(agreement) = agreement {
        let history = agreements::history(conn, agreement.id).await?;
        lines.extend(agreements::events(ctx, agreement, &history));
    }
    lines.sort_by_key(|line| line.at);
    Ok(Talk {
        lines,
        action: format!("/goals/{}/comments", goal.id),
        may_write: may_write(conn, ctx, goal).await?,
        body: form.body,
        error: None,
        seen_by: ctx.l.t("goals-talk-seen-by"),
    })
}

/// Who reads a person's goal talks about it. A department's goal is talked about by those who belong to it or lead it.
async fn may_write(conn: &mut PgConnection, ctx: &Ctx, goal: &Goal) -> Result<bool> {
    let viewer = Viewer::new(&ctx.actor, ctx.today);
    let affected = concerned::affected(&ctx.company.organisation, goal.subject, ctx.today);
    let own = ctx.actor.employee.is_some_and(|own| affected.contains(&own));
    Ok(own
        || goal.subject.employee().is_some()
        || subjects::may_set(conn, &ctx.actor, viewer, goal.subject).await?)
}

/// `POST /goals/{id}/comments`
pub async fn write(ctx: Ctx, Path(id): Path<GoalId>, Form(form): Form<CommentForm>) -> Result<Response> {
    let mut tx = ctx.app.begin().await?;
    let goal = find(&mut tx, Viewer::new(&ctx.actor, ctx.today), id).await?;
    if !may_write(&mut tx, &ctx, &goal).await? {
        return Err(AppError::Forbidden);
    }
    let href = format!("/goals/{id}");
    let place = place(&mut tx, &ctx, &goal, &href).await?;
    match add(&mut tx, &ctx, &place, &form).await? {
        Ok(_) => {
            tx.commit().await?;
            Ok(Redirect::to(&format!("{href}#talk")).into_response())
        }
        Err(errors) => {
            tx.rollback().await?;
            detail_page::with_faults(ctx, id, form, &errors).await
        }
    }
}

/// `POST /goals/{id}/comments/{post}/remove`
pub async fn remove(ctx: Ctx, Path((id, post)): Path<(GoalId, PostId)>) -> Result<Response> {
    change(&ctx, id, post, true).await?;
    let back = format!("/goals/{id}/comments/{post}/restore");
    Ok(Notice::new("talks-toast-removed").undo(back, &[]).redirect(&format!("/goals/{id}#talk")))
}

/// `POST /goals/{id}/comments/{post}/restore`
pub async fn restore(ctx: Ctx, Path((id, post)): Path<(GoalId, PostId)>) -> Result<Response> {
    change(&ctx, id, post, false).await?;
    Ok(Redirect::to(&format!("/goals/{id}#talk")).into_response())
}

async fn change(ctx: &Ctx, id: GoalId, post: PostId, removed: bool) -> Result<()> {
    let mut tx = ctx.app.begin().await?;
    find(&mut tx, Viewer::new(&ctx.actor, ctx.today), id).await?;
    let thread = store::find_thread(&mut tx, id).await?.ok_or(AppError::NotFound)?;
    set_removed(&mut tx, ctx, thread, post, removed).await?;
    tx.commit().await?;
    Ok(())
}

/// Takes the reader's own post away or brings it back.
pub(super) async fn set_removed(
    conn: &mut PgConnection,
    ctx: &Ctx,
    thread: ThreadId,
    post: PostId,
    removed: bool,
) -> Result<()> {
    talks::set_removed(conn, thread, post, ctx.actor.user, removed.then_some(ctx.now)).await?;
    let action = if removed { "talk.removed" } else { "talk.restored" };
    let event = Event::new(action, "thread", thread.0).with(json!({ "post": post }));
    audit::record(conn, Some(ctx.actor.user), ctx.now, event).await
}

/// `POST /goals/{id}/acknowledge`
pub async fn acknowledge(ctx: Ctx, Path(id): Path<GoalId>) -> Result<Response> {
    let mut tx = ctx.app.begin().await?;
    let goal = find(&mut tx, Viewer::new(&ctx.actor, ctx.today), id).await?;
    if acknowledgements::acknowledge(&mut tx, id, ctx.actor.user, ctx.now).await? {
        let event = Event::new("goal.acknowledged", "goal", id.0).with(json!({ "target": goal.target() }));
        audit::record(&mut tx, Some(ctx.actor.user), ctx.now, event).await?;
    }
    tx.commit().await?;
    Ok(Notice::new("goals-toast-acknowledged").redirect(&format!("/goals/{id}")))
}
