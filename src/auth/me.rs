//! One's own settings: password, language, theme, shortcuts, sessions, API tokens.

use askama::Template;
use axum::Extension;
use axum::http::header::SET_COOKIE;
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use chrono::{DateTime, Utc};
use serde::Deserialize;

use super::pages::local;
use super::session::SessionKey;
use super::tokens::{self, TokenView};
use super::{Actor, password, store};
use crate::audit::{self, Event};
use crate::error::{AppError, Result};
use crate::kernel::lang::Lang;
use crate::notices;
use crate::web::context::{Ctx, LANGUAGE_COOKIE, Visit};
use crate::web::form::{Form, FormErrors};
use crate::web::page::Page;
use crate::web::shell::Shell;
use crate::web::toast::Notice;

/// A session as the page shows it.
struct SessionView {
    opened: String,
    seen: String,
    address: String,
    user_agent: String,
    present: bool,
}

#[derive(Template)]
#[template(path = "auth/me.html")]
struct MePage {
    shell: Shell,
    actor: Actor,
    sessions: Vec<SessionView>,
    tokens: Vec<TokenView>,
    new_token: Option<String>,
    errors: FormErrors,
    mail_mode: String,
    /// Whether there is a mail server.
    mails: bool,
}

impl MePage {
    /// What mail can be wanted, and how it is called.
    fn mail_modes(&self) -> [(&'static str, &'static str); 3] {
        [("at_once", "notices-mail-at-once"), ("daily", "notices-mail-daily"), ("off", "notices-mail-off")]
    }
}

/// `GET /me`
pub async fn show(ctx: Ctx, key: Option<Extension<SessionKey>>) -> Result<Response> {
    Ok(Page::ok(page(ctx, key.map(|key| key.0), None, FormErrors::default()).await?).into_response())
}

/// The page, with a token that was just made (shown once) or with the faults of a form.
pub(super) async fn render(ctx: Ctx, new_token: Option<String>, errors: FormErrors) -> Result<Response> {
    let failed = !errors.is_empty();
    let page = page(ctx, None, new_token, errors).await?;
    Ok(if failed { Page::invalid(page) } else { Page::ok(page) }.into_response())
}

async fn page(
    ctx: Ctx,
    key: Option<SessionKey>,
    new_token: Option<String>,
    errors: FormErrors,
) -> Result<MePage> {
    let mut conn = ctx.app.read().await?;
    let sessions = store::list_sessions(&mut conn, ctx.actor.user, ctx.now).await?;
    let tokens = tokens::list(&mut conn, &ctx).await?;
    let moment = |at: DateTime<Utc>| ctx.l.datetime(at, ctx.company.zone);
    let sessions = sessions
        .into_iter()
        .map(|row| SessionView {
            opened: moment(row.created_at),
            seen: moment(row.last_seen_at),
            address: row.address,
            user_agent: row.user_agent,
            present: key.as_ref().is_some_and(|key| key.0 == row.token_hash),
        })
        .collect();
    Ok(MePage {
        shell: ctx.shell("me"),
        actor: ctx.actor.clone(),
        sessions,
        tokens,
        new_token,
        errors,
        mail_mode: notices::mail_mode(&mut conn, ctx.actor.user).await?,
        mails: ctx.app.config.smtp_url.is_some(),
    })
}

/// What the password form sends.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PasswordForm {
    current: String,
    password: String,
}

/// `POST /me/password`: all other sessions end.
pub async fn change_password(
    ctx: Ctx,
    key: Option<Extension<SessionKey>>,
    Form(form): Form<PasswordForm>,
) -> Result<Response> {
    let stored = store::find_password(&mut *ctx.app.read().await?, ctx.actor.user).await?;
    if !ctx.app.passwords.verify(&form.current, stored).await? {
        return render(ctx, None, FormErrors::one("current", "password-wrong")).await;
    }
    if let Err(refused) =
        password::check(&form.password, &[&ctx.actor.name, &ctx.actor.email, &ctx.company.name])
    {
        return render(ctx, None, FormErrors::one("password", refused)).await;
    }
    let hash = ctx.app.passwords.hash(&form.password).await?;
    let mut tx = ctx.app.begin().await?;
    store::save_password(&mut tx, ctx.actor.user, &hash).await?;
    let kept = key.map(|key| key.0.0).unwrap_or_default();
    store::delete_other_sessions(&mut tx, ctx.actor.user, &kept).await?;
    let event = Event::new("password.set", "user", ctx.actor.user.0);
    audit::record(&mut tx, Some(ctx.actor.user), ctx.now, event).await?;
    tx.commit().await?;
    Ok(Notice::new("toast-password-changed").redirect("/me"))
}

/// `POST /me/sessions/end`
pub async fn end_other_sessions(ctx: Ctx, key: Option<Extension<SessionKey>>) -> Result<Response> {
    let mut tx = ctx.app.begin().await?;
    let kept = key.map(|key| key.0.0).unwrap_or_default();
    let ended = store::delete_other_sessions(&mut tx, ctx.actor.user, &kept).await?;
    let event = Event::new("session.others-ended", "user", ctx.actor.user.0);
    audit::record(&mut tx, Some(ctx.actor.user), ctx.now, event).await?;
    tx.commit().await?;
    Ok(Notice::new("toast-sessions-ended").with("count", ended.to_string()).redirect("/me"))
}

/// A choice and the page to come back to.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LanguageForm {
    lang: String,
    #[serde(default)]
    back: String,
}

/// `POST /me/language`: for the account, or in a cookie before sign-in.
pub async fn change_language(
    visit: Visit,
    actor: Option<Extension<Actor>>,
    Form(form): Form<LanguageForm>,
) -> Result<Response> {
    let lang = Lang::from_code(&form.lang).ok_or(AppError::BadRequest("error-form"))?;
    if let Some(Extension(actor)) = actor {
        store::save_language(&mut *visit.app.read().await?, actor.user, lang).await?;
    }
    let cookie =
        format!("{LANGUAGE_COOKIE}={}; Path=/; HttpOnly; SameSite=Lax; Max-Age=31536000", lang.code());
    Ok((AppendHeaders([(SET_COOKIE, cookie)]), Redirect::to(local(&form.back))).into_response())
}

/// A theme and the page to come back to.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ThemeForm {
    theme: String,
    #[serde(default)]
    back: String,
}

/// `POST /me/theme`: `light`, `dark`, or `system`.
pub async fn change_theme(ctx: Ctx, Form(form): Form<ThemeForm>) -> Result<Response> {
    let theme = match form.theme.as_str() {
        "light" => Some("light"),
        "dark" => Some("dark"),
        "system" => None,
        _ => return Err(AppError::BadRequest("error-form")),
    };
    store::save_theme(&mut *ctx.app.read().await?, ctx.actor.user, theme).await?;
    Ok(Redirect::to(local(&form.back)).into_response())
}

/// Whether single keys act.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShortcutsForm {
    #[serde(default)]
    shortcuts: String,
}

/// `POST /me/shortcuts`
pub async fn change_shortcuts(ctx: Ctx, Form(form): Form<ShortcutsForm>) -> Result<Response> {
    store::save_shortcuts(&mut *ctx.app.read().await?, ctx.actor.user, !form.shortcuts.is_empty()).await?;
    Ok(Notice::new("toast-saved").redirect("/me"))
}
