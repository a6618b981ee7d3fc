//! The application: what every request may use, and every area's routes.

use std::sync::Arc;

use axum::{Router, extract::State, http::StatusCode, routing::get};
use sqlx::PgPool;

use crate::{config::Config, kernel::clock::Clock};

/// What every request may use. Cloning shares it.
#[derive(Clone, Debug)]
pub struct App {
    /// The database.
    pub db: PgPool,
    /// The time.
    pub clock: Clock,
    /// The settings.
    pub config: Arc<Config>,
}

impl App {
    /// Every area's routes.
    pub fn router(self) -> Router {
        Router::new()
            .route("/livez", get(async || "ok"))
            .route("/readyz", get(readyz))
            .with_state(self)
    }
}

async fn readyz(State(app): State<App>) -> StatusCode {
    match sqlx::query("select 1").execute(&app.db).await {
        Ok(_) => StatusCode::OK,
        Err(_) => StatusCode::SERVICE_UNAVAILABLE,
    }
}
