//! What a supervisor asks: is the process alive, can it serve, how is it doing.

use std::net::SocketAddr;

use axum::Extension;
use axum::extract::{ConnectInfo, State};
use axum::response::{IntoResponse, Response};

use crate::app::App;
use crate::auth::Actor;
use crate::error::{AppError, Result};
use crate::web::routes::{Gate, Routes};

/// `/livez`, `/readyz`, `/metrics`.
pub fn routes() -> Routes {
    Routes::new().get("/livez", Gate::Public, async || "alive\n").get("/readyz", Gate::Public, ready).get(
        "/metrics",
        Gate::Public,
        metrics,
    )
}

/// Reachable database, migrations done.
async fn ready(State(app): State<App>) -> Result<&'static str> {
    let mut conn = app.read().await?;
    crate::postgres::is_migrated(&mut conn).await.map_err(|_| AppError::Unavailable)?;
    Ok("ready\n")
}

/// Prometheus text, for this machine itself or with an administrator's token.
async fn metrics(
    State(app): State<App>,
    peer: Option<Extension<ConnectInfo<SocketAddr>>>,
    actor: Option<Extension<Actor>>,
) -> Response {
    let local = peer.is_some_and(|peer| peer.0.0.ip().is_loopback());
    let forwarded = app.config.base_url.is_some();
    if (local && !forwarded) || actor.is_some_and(|actor| actor.is_admin()) {
        crate::web::metrics::render(&app).into_response()
    } else {
        AppError::NotFound.into_response()
    }
}
