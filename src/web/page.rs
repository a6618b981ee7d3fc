//! A rendered template as an answer.

use askama::Template;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::error::AppError;

/// A page struct with the status it is answered with.
pub struct Page<T>(StatusCode, T);

impl<T: Template> Page<T> {
    /// 200.
    pub fn ok(template: T) -> Self {
        Self(StatusCode::OK, template)
    }

    /// 422: a form that comes back with its faults and everything that was typed.
    pub fn invalid(template: T) -> Self {
        Self(StatusCode::UNPROCESSABLE_ENTITY, template)
    }

    /// 409: somebody else changed it meanwhile.
    pub fn conflict(template: T) -> Self {
        Self(StatusCode::CONFLICT, template)
    }

    /// Another status.
    pub fn with_status(status: StatusCode, template: T) -> Self {
        Self(status, template)
    }
}

impl<T: Template> IntoResponse for Page<T> {
    fn into_response(self) -> Response {
        match self.1.render() {
            Ok(html) => (self.0, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], html).into_response(),
            Err(error) => AppError::internal(error).into_response(),
        }
    }
}
