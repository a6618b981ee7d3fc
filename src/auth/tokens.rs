//! API tokens: `pmk_…`, shown once, with the rights of the account that made them.

use axum::extract::Path;
use axum::response::Response;
use chrono::{DateTime, Duration, Utc};
use serde::Deserialize;
use sqlx::PgConnection;

use super::store::{self, Known};
use super::{me, secret, token_store};
use crate::audit::{self, Event};
use crate::error::{Found, Result};
use crate::kernel::id::UserId;
use crate::web::context::Ctx;
use crate::web::form::{Form, FormErrors};
use crate::web::toast::Notice;

/// A token as its owner sees it.
pub struct TokenView {
    /// Its id, to revoke it.
    pub id: i64,
    /// What it was made for.
    pub name: String,
    /// When it was made.
    pub created: String,
    /// When it was last used, if ever.
    pub used: Option<String>,
}

/// Makes a token for `user` and answers it; it is not stored and cannot be shown again.
pub async fn issue(conn: &mut PgConnection, user: UserId, name: &str, now: DateTime<Utc>) -> Result<String> {
    let token = format!("pmk_{}", secret::generate()?);
    let id = token_store::insert(conn, user, name, &secret::hash(&token), now).await?;
    audit::record(conn, Some(user), now, Event::new("token.made", "token", id)).await?;
    Ok(token)
}

/// Who is behind a bearer token.
pub(super) async fn known_by(
    conn: &mut PgConnection,
    token: &str,
    now: DateTime<Utc>,
) -> Result<Option<Known>> {
    if !token.starts_with("pmk_") {
        return Ok(None);
    }
    let hash = secret::hash(token);
    let known = store::find_by_token(conn, &hash).await?;
    if known.as_ref().is_some_and(|known| known.seen.is_none_or(|used| now - used > Duration::minutes(5))) {
        token_store::touch(conn, &hash, now).await?;
    }
    Ok(known)
}

/// The live tokens of the one who asks.
pub(super) async fn list(conn: &mut PgConnection, ctx: &Ctx) -> Result<Vec<TokenView>> {
    let moment = |at: DateTime<Utc>| ctx.l.datetime(at, ctx.company.zone);
    let rows = token_store::list(conn, ctx.actor.user).await?;
    let views = rows.into_iter().map(|(id, name, created, used)| TokenView {
        id,
        name,
        created: moment(created),
        used: used.map(moment),
    });
    Ok(views.collect())
}

/// What the token form sends.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenForm {
    name: String,
}

/// `POST /me/tokens`: the answer shows the token, once.
pub async fn create(ctx: Ctx, Form(form): Form<TokenForm>) -> Result<Response> {
    let name = form.name.trim();
    if name.is_empty() || name.chars().count() > 100 {
        return me::render(ctx, None, FormErrors::one("name", "error-required")).await;
    }
    let mut tx = ctx.app.begin().await?;
    let token = issue(&mut tx, ctx.actor.user, name, ctx.now).await?;
    tx.commit().await?;
    me::render(ctx, Some(token), FormErrors::default()).await
}

/// `POST /me/tokens/{id}/revoke`
pub async fn revoke(ctx: Ctx, Path(id): Path<i64>) -> Result<Response> {
    let mut tx = ctx.app.begin().await?;
    token_store::revoke(&mut tx, id, ctx.actor.user, ctx.now).await?.found()?;
    audit::record(&mut tx, Some(ctx.actor.user), ctx.now, Event::new("token.revoked", "token", id)).await?;
    tx.commit().await?;
    Ok(Notice::new("toast-token-revoked").redirect("/me"))
}
