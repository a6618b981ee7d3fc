//! Counters for Prometheus: requests by method and status, their duration, and the connection pool.

use std::sync::OnceLock;
use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::middleware::Next;
use axum::response::Response;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};

use crate::app::App;

static HANDLE: OnceLock<Option<PrometheusHandle>> = OnceLock::new();

fn handle() -> Option<&'static PrometheusHandle> {
    HANDLE.get_or_init(|| PrometheusBuilder::new().install_recorder().ok()).as_ref()
}

/// The text that Prometheus scrapes.
pub fn render(app: &App) -> String {
    metrics::gauge!("pacemark_database_connections").set(f64::from(app.db.size()));
    handle().map(PrometheusHandle::render).unwrap_or_default()
}

/// Counts and times every request under its registered path.
pub async fn observe(request: Request, next: Next) -> Response {
    handle();
    let path = request.extensions().get::<MatchedPath>().map_or("unmatched", MatchedPath::as_str).to_owned();
    let method = request.method().as_str().to_owned();
    let started = Instant::now();
    let response = next.run(request).await;
    let status = response.status().as_u16().to_string();
    metrics::histogram!("pacemark_request_seconds", "path" => path.clone())
        .record(started.elapsed().as_secs_f64());
    metrics::counter!("pacemark_requests_total", "method" => method, "path" => path, "status" => status)
        .increment(1);
    response
}
