//! Everybody's API tokens: a token works with the rights of its owner until it is revoked.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use chrono_tz::Tz;

use super::store::{self, TokenRow};
use crate::audit::{self, Event};
use crate::error::{Found, Result};
use crate::web::context::Ctx;
use crate::web::page::Page;
use crate::web::shell::Shell;
use crate::web::toast::Notice;

#[derive(Template)]
#[template(path = "admin/tokens.html")]
struct TokensPage {
    shell: Shell,
    rows: Vec<TokenRow>,
    zone: Tz,
}

impl TokensPage {
    fn made(&self, row: &TokenRow) -> String {
        self.shell.l.datetime(row.created_at, self.zone)
    }

    fn used(&self, row: &TokenRow) -> String {
        let l = self.shell.l;
        row.last_used_at.map_or_else(|| l.t("admin-token-unused"), |at| l.datetime(at, self.zone))
    }
}

/// `GET /admin/tokens`
pub async fn index(ctx: Ctx) -> Result<Response> {
    let rows = store::tokens(&mut *ctx.app.read().await?).await?;
    let (shell, zone) = (ctx.shell("tokens"), ctx.company.zone);
    Ok(Page::ok(TokensPage { shell, rows, zone }).into_response())
}

/// `POST /admin/tokens/{id}/revoke`: at once, and for good.
pub async fn revoke(ctx: Ctx, Path(id): Path<i64>) -> Result<Response> {
    let mut tx = ctx.app.begin().await?;
    let name = store::revoke(&mut tx, id, ctx.now).await?.found()?;
    audit::record(&mut tx, Some(ctx.actor.user), ctx.now, Event::new("token.revoked", "token", id)).await?;
    tx.commit().await?;
    Ok(Notice::new("admin-toast-token").with("name", name).redirect("/admin/tokens"))
}
