//! What mail somebody wants, in their settings or by the link in every letter.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use sqlx::PgConnection;
use uuid::Uuid;

use super::store;
use crate::audit::{self, Event};
use crate::error::{AppError, Found, Result};
use crate::kernel::id::UserId;
use crate::web::context::{Ctx, Visit};
use crate::web::form::Form;
use crate::web::page::Page;
use crate::web::shell::Shell;
use crate::web::toast::Notice;

/// What can be wanted.
const MODES: [&str; 3] = ["at_once", "daily", "off"];

/// What the form sends.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModeForm {
    mode: String,
}

/// What mail somebody wants: `at_once`, `daily` or `off`.
pub async fn mode(conn: &mut PgConnection, user: UserId) -> Result<String> {
    store::find_mode(conn, user).await
}

/// `POST /me/mail`
pub async fn change(ctx: Ctx, Form(form): Form<ModeForm>) -> Result<Response> {
    let mode = MODES.iter().find(|mode| **mode == form.mode).ok_or(AppError::BadRequest("error-form"))?;
    let mut tx = ctx.app.begin().await?;
    store::save_mode(&mut tx, ctx.actor.user, mode).await?;
    tx.commit().await?;
    Ok(Notice::new("toast-saved").redirect("/me"))
}

#[derive(Template)]
#[template(path = "notices/unsubscribe.html")]
struct UnsubscribePage {
    shell: Shell,
    token: Uuid,
    done: bool,
}

/// `GET /unsubscribe/{token}`: asks first, because mail filters open every link.
pub async fn show_unsubscribe(visit: Visit, Path(token): Path<String>) -> Result<Response> {
    let token = known(&mut *visit.app.read().await?, &token).await?.0;
    Ok(Page::ok(UnsubscribePage { shell: visit.plain_shell(), token, done: false }).into_response())
}

/// `POST /unsubscribe/{token}`
pub async fn unsubscribe(visit: Visit, Path(token): Path<String>) -> Result<Response> {
    let mut tx = visit.app.begin().await?;
    let (token, user) = known(&mut tx, &token).await?;
    store::save_mode(&mut tx, user, "off").await?;
    audit::record(&mut tx, Some(user), visit.now, Event::new("mail.ended", "user", user.0)).await?;
    tx.commit().await?;
    Ok(Page::ok(UnsubscribePage { shell: visit.plain_shell(), token, done: true }).into_response())
}

async fn known(conn: &mut PgConnection, token: &str) -> Result<(Uuid, UserId)> {
    let token: Uuid = token.parse().ok().found()?;
    let user = store::find_by_mail_token(conn, token).await?.found()?;
    Ok((token, user))
}
