//! Cross-site request forgery: an unsafe request that a browser sends must come from our own pages.
//!
//! Judged by fetch metadata and `Origin`, no tokens. A request that carries our cookie but neither header is
//! refused too: no browser that we support leaves out both. Bearer tokens are not sent by browsers on their own,
//! so the API needs no such check.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::app::App;
use crate::error::AppError;

/// Written even when the disk is nearly full: without a session nobody could read.
const SMALL: [&str; 2] = ["/login", "/logout"];

/// Refuses unsafe requests from other sites, and all of them while there is no room on the disk; runs the others in a task of their own, so that a browser that
/// goes away cannot cancel a write half-way.
pub async fn guard(State(app): State<App>, request: Request, next: Next) -> Response {
    if matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS) {
        return next.run(request).await;
    }
    if !needs_no_cookie(request.uri().path())
        && !request.headers().contains_key(header::AUTHORIZATION)
        && !from_our_pages(request.headers(), app.config.base_url.as_deref())
    {
        return AppError::BadRequest("error-cross-site").into_response();
    }
    if app.room.is_low() && !SMALL.contains(&request.uri().path()) {
        return AppError::Unavailable.into_response();
    }
    match tokio::spawn(next.run(request)).await {
        Ok(response) => response,
        Err(failure) => AppError::internal(failure).into_response(),
    }
}

/// The API takes bearer tokens only, and mail programs end mail by the secret in the address (RFC 8058), so there is no
/// cookie that another site could use.
fn needs_no_cookie(path: &str) -> bool {
    path.starts_with("/api/v1/") || path.starts_with("/unsubscribe/")
}

/// Whether the headers say that one of our own pages sent this.
fn from_our_pages(headers: &HeaderMap, base_url: Option<&str>) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    match (text("sec-fetch-site"), text("origin")) {
        (Some(site), _) => matches!(site, "same-origin" | "none"),
        (None, Some(origin)) => {
            let host = origin.split_once("://").map(|(_, host)| host);
            host.is_some() && (host == text("host") || Some(origin) == base_url)
        }
        (None, None) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    #[test]
    fn only_what_asks_for_no_cookie_is_open_to_others() {
        assert!(needs_no_cookie("/api/v1/sales") && needs_no_cookie("/unsubscribe/0190"));
        assert!(
            !needs_no_cookie("/me/mail")
                && !needs_no_cookie("/api")
                && !needs_no_cookie("/goals/1/unsubscribe/2")
        );
    }

    #[test]
    fn only_our_own_pages_may_write() {
        assert!(from_our_pages(&headers(&[("sec-fetch-site", "same-origin")]), None));
        assert!(!from_our_pages(&headers(&[("sec-fetch-site", "cross-site"), ("host", "a")]), None));
        assert!(!from_our_pages(&headers(&[("sec-fetch-site", "same-site")]), None));
        assert!(from_our_pages(&headers(&[("origin", "http://pm.example"), ("host", "pm.example")]), None));
        assert!(!from_our_pages(
            &headers(&[("origin", "http://evil.example"), ("host", "pm.example")]),
            None
        ));
        assert!(from_our_pages(&headers(&[("origin", "https://p.example")]), Some("https://p.example")));
        assert!(!from_our_pages(&headers(&[("host", "pm.example")]), None));
    }
}
