//! What the API says when something was not done: problem details (RFC 9457), in English, because programs and
//! their makers read it.

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::error::AppError;
use crate::kernel::lang::Lang;
use crate::web::i18n::Localiser;

/// The content type of every error.
pub const CONTENT_TYPE: &str = "application/problem+json";

/// Why a request was not done. Nothing has changed when one of these is answered.
#[derive(Serialize, ToSchema)]
pub struct Problem {
    /// Always `about:blank`: the status says what kind of problem it is.
    #[schema(example = "about:blank")]
    pub r#type: &'static str,
    /// The status in words.
    #[schema(example = "Unprocessable Entity")]
    pub title: &'static str,
    /// The HTTP status.
    #[schema(example = 422, minimum = 400, maximum = 599)]
    pub status: u16,
    /// What is wrong, in a sentence.
    #[schema(example = "Nothing was saved. The list of errors says what to mend.")]
    pub detail: String,
    /// The path that was asked for.
    #[schema(example = "/api/v1/sales")]
    pub instance: String,
    /// Every fault, with 422.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub errors: Option<Vec<FieldFault>>,
    /// Tells the administrator where to look, with 500.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub reference: Option<String>,
}

/// One fault of the request.
#[derive(Serialize, ToSchema)]
pub struct FieldFault {
    /// Where: a parameter, a header, or the place in the body.
    #[schema(example = "lines[0].sku")]
    pub field: String,
    /// What is wrong with it.
    #[schema(example = "There is no product with this number.")]
    pub message: String,
}

impl Problem {
    /// The problem that `failure` is at `path`.
    pub fn new(failure: &AppError, path: &str, reference: Option<&str>) -> Self {
        let l = Localiser::new(Lang::En);
        let errors = match failure {
            AppError::Invalid(errors) => Some(
                errors.iter().map(|fault| FieldFault { field: fault.field.clone(), message: fault.text(l) }),
            ),
            _ => None,
        };
        Self {
            r#type: "about:blank",
            title: failure.status().canonical_reason().unwrap_or("Error"),
            status: failure.status().as_u16(),
            detail: l.t(detail(failure)),
            instance: path.to_owned(),
            errors: errors.map(Iterator::collect),
            reference: reference.filter(|_| matches!(failure, AppError::Internal(_))).map(str::to_owned),
        }
    }
}

/// The answer to a request at `path` that failed.
pub fn response(failure: &AppError, path: &str, reference: Option<&str>) -> Response {
    match serde_json::to_string(&Problem::new(failure, path, reference)) {
        Ok(body) => respond(failure, body),
        Err(_) => failure.status().into_response(),
    }
}

fn respond(failure: &AppError, body: String) -> Response {
    let mut response = (failure.status(), [(header::CONTENT_TYPE, CONTENT_TYPE)], body).into_response();
    if matches!(failure, AppError::SignIn) {
        response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    response
}

/// Message key of the explanation.
const fn detail(failure: &AppError) -> &'static str {
    match failure {
        AppError::NotFound => "api-not-found",
        AppError::SignIn => "api-sign-in",
        AppError::Forbidden => "api-forbidden",
        AppError::BadRequest(key) | AppError::Conflict(key) => key,
        AppError::TooLarge => "api-too-large",
        AppError::UnsupportedMedia => "api-media-type",
        AppError::MethodNotAllowed => "api-method",
        AppError::Invalid(_) => "api-invalid",
        AppError::TooMany { .. } => "failure-too-many-text",
        AppError::Unavailable => "failure-unavailable-text",
        AppError::Internal(_) => "failure-internal-text",
    }
}
