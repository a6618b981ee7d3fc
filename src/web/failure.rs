//! One place that shows what went wrong: a page for browsers, problem+json (RFC 9457) for programs.

use askama::Template;
use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};

use crate::api::problem;
use crate::app::App;
use crate::error::AppError;
use crate::web::context::Visit;
use crate::web::i18n::Localiser;
use crate::web::page::Page;
use crate::web::shell::Shell;
use crate::web::toast::{self, Notice};

/// The page for a failure.
#[derive(Template)]
#[template(path = "failure.html")]
struct FailurePage {
    shell: Shell,
    status: u16,
    title: String,
    text: String,
    reference: Option<String>,
}

/// Answers for paths that nothing is registered under.
pub async fn not_found() -> AppError {
    AppError::NotFound
}

/// A panic is a 500; its text goes to the log.
#[expect(clippy::needless_pass_by_value, reason = "the signature that the panic layer asks for")]
pub fn panicked(cause: Box<dyn std::any::Any + Send>) -> Response {
    let text = cause.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| cause.downcast_ref::<&str>().copied()).unwrap_or("panic");
    AppError::internal(text).into_response()
}

/// Turns the failure that a handler answered into what the reader can use, and logs faults of ours once.
pub async fn render(State(app): State<App>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let seen = parts.clone();
    let had_notice = Notice::from_headers(&parts.headers).is_some() && parts.method == Method::GET;
    let mut response = next.run(Request::from_parts(parts, body)).await;
    if let Some(failure) = failure_of(&response) {
        let allowed = response.headers_mut().remove(header::ALLOW);
        let mut answer = explain(&app, seen, &failure).await;
        if let Some(methods) = allowed.filter(|_| answer.status() == StatusCode::METHOD_NOT_ALLOWED) {
            answer.headers_mut().insert(header::ALLOW, methods);
        }
        return answer;
    }
    if had_notice && is_page(&response) {
        toast::forget(response.headers_mut());
    }
    response
}

/// The failure in a response: ours, or one that a library answered for us.
fn failure_of(response: &Response) -> Option<AppError> {
    if let Some(failure) = response.extensions().get::<AppError>() {
        return Some(failure.clone());
    }
    let from_library = !response.headers().contains_key(header::CONTENT_TYPE)
        || response
            .headers()
            .get(header::CONTENT_TYPE)
            .is_some_and(|kind| kind.as_bytes().starts_with(b"text/plain"));
    match response.status() {
        StatusCode::METHOD_NOT_ALLOWED => Some(AppError::MethodNotAllowed),
        StatusCode::PAYLOAD_TOO_LARGE => Some(AppError::TooLarge),
        StatusCode::BAD_REQUEST if from_library => Some(AppError::BadRequest("error-form")),
        _ => None,
    }
}

fn is_page(response: &Response) -> bool {
    let kind = response.headers().get(header::CONTENT_TYPE);
    kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"))
}

async fn explain(app: &App, mut parts: Parts, failure: &AppError) -> Response {
    let reference = reference_of(&parts);
    if let AppError::Internal(cause) = failure {
        tracing::error!(request = reference.as_deref(), path = parts.uri.path(), cause, "request failed");
    }
    let mut response = if parts.uri.path().starts_with("/api/") {
        problem::response(failure, parts.uri.path(), reference.as_deref())
    } else if matches!(failure, AppError::SignIn) && parts.method == Method::GET {
        let mut back = form_urlencoded::Serializer::new(String::from("/login?"));
        back.append_pair("next", parts.uri.path_and_query().map_or("/", |path| path.as_str()));
        Redirect::to(&back.finish().replacen("?&", "?", 1)).into_response()
    } else {
        let failure =
            if matches!(failure, AppError::MethodNotAllowed) { &AppError::NotFound } else { failure };
        page(app, &mut parts, failure, reference).await
    };
    if let AppError::TooMany { retry_after } = failure {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(*retry_after));
    }
    response
}

fn reference_of(parts: &Parts) -> Option<String> {
    parts.headers.get("x-request-id").and_then(|id| id.to_str().ok()).map(str::to_owned)
}

async fn page(app: &App, parts: &mut Parts, failure: &AppError, reference: Option<String>) -> Response {
    let shell = match Visit::from_request_parts(parts, app).await {
        Ok(visit) => visit.plain_shell(),
        Err(_) => Shell::default(),
    };
    let (title, text) = words(failure, shell.l);
    let status = failure.status();
    let reference = matches!(failure, AppError::Internal(_)).then_some(reference).flatten();
    Page::with_status(status, FailurePage { shell, status: status.as_u16(), title, text, reference })
        .into_response()
}

/// Title and explanation in the reader's language.
fn words(failure: &AppError, l: Localiser) -> (String, String) {
    let (title, text) = match failure {
        AppError::NotFound | AppError::MethodNotAllowed => ("failure-not-found", "failure-not-found-text"),
        AppError::SignIn => ("failure-sign-in", "failure-sign-in-text"),
        AppError::Forbidden => ("failure-forbidden", "failure-forbidden-text"),
        AppError::BadRequest(key) => ("failure-bad-request", *key),
        AppError::UnsupportedMedia => ("failure-bad-request", "error-form"),
        AppError::TooLarge => ("failure-too-large", "failure-too-large-text"),
        AppError::Invalid(_) => ("failure-invalid", "failure-invalid-text"),
        AppError::Conflict(key) => ("failure-conflict", *key),
        AppError::TooMany { .. } => ("failure-too-many", "failure-too-many-text"),
        AppError::Unavailable => ("failure-unavailable", "failure-unavailable-text"),
        AppError::Internal(_) => ("failure-internal", "failure-internal-text"),
    };
    (l.t(title), l.t(text))
}
