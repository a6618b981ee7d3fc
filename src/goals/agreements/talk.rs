//! Talking about an agreement: those of both sides, and whoever reads everything.

use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use sqlx::PgConnection;

use super::steps::{Side, State};
use super::{Agreement, AgreementId, Taken, flow, page, wording};
use crate::error::{AppError, Result};
use crate::goals::talk::{self, CommentForm, Place};
use crate::talks::mentions::Reachable;
use crate::talks::{self, Line, PostId, Talk};
use crate::web::context::Ctx;
use crate::web::form::{Form, FormErrors};
use crate::web::toast::Notice;

/// What was written and done, oldest first.
pub(super) async fn of(
    conn: &mut PgConnection,
    ctx: &Ctx,
    agreement: &Agreement,
    side: Option<Side>,
    history: &[Taken],
) -> Result<Talk> {
    let posts = talks::posts(conn, agreement.thread).await?;
    let mut lines: Vec<Line> = posts.into_iter().map(|post| Line::of(ctx, post)).collect();
    lines.extend(wording::events(ctx, agreement, history));
    lines.sort_by_key(|line| line.at);
    Ok(Talk {
        lines,
        action: format!("{}/comments", wording::href(agreement.id)),
        may_write: side.is_some() && agreement.standing.state != State::Draft,
        seen_by: ctx.l.t("agreements-talk-seen-by"),
        ..Talk::default()
    })
}

/// `POST /agreements/{id}/comments`
pub async fn write(ctx: Ctx, Path(id): Path<AgreementId>, Form(form): Form<CommentForm>) -> Result<Response> {
    let mut tx = ctx.app.begin().await?;
    let agreement = super::find(&mut tx, id).await?;
    match comment(&mut tx, &ctx, &agreement, &form).await? {
        Ok(_) => {
            tx.commit().await?;
            Ok(Redirect::to(&format!("{}#talk", wording::href(id))).into_response())
        }
        Err(errors) => {
            tx.rollback().await?;
            page::with_faults(ctx, id, form, &errors).await
        }
    }
}

/// Adds what the reader wrote. Not found where they know nothing of it, forbidden where they only read, and while it is a
/// draft; faults at `body`.
pub async fn comment(
    conn: &mut PgConnection,
    ctx: &Ctx,
    agreement: &Agreement,
    form: &CommentForm,
) -> Result<std::result::Result<PostId, FormErrors>> {
    let side = agreement.seen_by(ctx)?.ok_or(AppError::Forbidden)?;
    // whoever prepares a draft is alone with it
    if agreement.standing.state == State::Draft {
        return Err(AppError::Forbidden);
    }
    let href = wording::href(agreement.id);
    let mut values = wording::values(agreement, "");
    values.retain(|(name, _)| !matches!(*name, "who" | "target"));
    let place = Place {
        thread: agreement.thread,
        href: &href,
        values,
        readers: Reachable::of(super::readers(conn, &ctx.company, agreement.subject, ctx.today).await?),
        concerned: flow::accounts_of(conn, &ctx.company, agreement.subject, side.other(), ctx.now).await?,
    };
    talk::add(conn, ctx, &place, form).await
}

/// `POST /agreements/{id}/comments/{post}/remove`
pub async fn remove(ctx: Ctx, Path((id, post)): Path<(AgreementId, PostId)>) -> Result<Response> {
    change(&ctx, id, post, true).await?;
    let href = wording::href(id);
    let back = format!("{href}/comments/{post}/restore");
    Ok(Notice::new("talks-toast-removed").undo(back, &[]).redirect(&format!("{href}#talk")))
}

/// `POST /agreements/{id}/comments/{post}/restore`
pub async fn restore(ctx: Ctx, Path((id, post)): Path<(AgreementId, PostId)>) -> Result<Response> {
    change(&ctx, id, post, false).await?;
    Ok(Redirect::to(&format!("{}#talk", wording::href(id))).into_response())
}

async fn change(ctx: &Ctx, id: AgreementId, post: PostId, removed: bool) -> Result<()> {
    let mut tx = ctx.app.begin().await?;
    let agreement = super::find(&mut tx, id).await?;
    agreement.seen_by(ctx)?;
    talk::set_removed(&mut tx, ctx, agreement.thread, post, removed).await?;
    tx.commit().await?;
    Ok(())
}
