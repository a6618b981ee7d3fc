//! What can go wrong, once: every handler answers `Result<_, AppError>`, and `web::failure` renders it.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use crate::web::form::FormErrors;

/// The result of a handler or a store function that a person waits for.
pub type Result<T, E = AppError> = std::result::Result<T, E>;

/// Why a request was not done. Nothing has changed when one of these is answered.
#[derive(Debug, Clone, thiserror::Error)]
pub enum AppError {
    /// It does not exist, or not for this reader: the two are the same answer.
    #[error("not found")]
    NotFound,
    /// Nobody is signed in.
    #[error("not signed in")]
    SignIn,
    /// It is visible, but this verb is not allowed.
    #[error("not allowed")]
    Forbidden,
    /// The request itself is not understood: a malformed body, a cross-site post.
    #[error("bad request: {0}")]
    BadRequest(&'static str),
    /// More bytes than we take.
    #[error("too large")]
    TooLarge,
    /// The body is of another kind than we read.
    #[error("unsupported media type")]
    UnsupportedMedia,
    /// The address exists, but not with this method.
    #[error("method not allowed")]
    MethodNotAllowed,
    /// Fields with faults; pages show the form again instead.
    #[error("invalid input")]
    Invalid(FormErrors),
    /// Somebody else was first, or the state does not permit it. The message key says which.
    #[error("conflict: {0}")]
    Conflict(&'static str),
    /// Too many tries; try again after so many seconds.
    #[error("too many requests")]
    TooMany {
        /// Seconds to wait.
        retry_after: u64,
    },
    /// The database cannot be reached, is full or too busy.
    #[error("unavailable")]
    Unavailable,
    /// A fault of ours; the text goes to the log and to nobody else.
    #[error("internal: {0}")]
    Internal(String),
}

impl AppError {
    /// The HTTP status of this failure.
    pub const fn status(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::SignIn => StatusCode::UNAUTHORIZED,
            Self::Forbidden => StatusCode::FORBIDDEN,
            Self::BadRequest(_) => StatusCode::BAD_REQUEST,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::UnsupportedMedia => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Conflict(_) => StatusCode::CONFLICT,
            Self::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// A fault of ours, with its cause for the log.
    pub fn internal(cause: impl std::fmt::Display) -> Self {
        Self::Internal(cause.to_string())
    }
}

/// The answer carries the failure; `web::failure::render` turns it into a page or problem+json.
impl IntoResponse for AppError {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl From<sqlx::Error> for AppError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::Io(_) => Self::Unavailable,
            sqlx::Error::Database(cause) => from_database(cause.as_ref()),
            _ => Self::internal(error),
        }
    }
}

/// PostgreSQL's own verdicts that are no fault of ours.
fn from_database(cause: &dyn sqlx::error::DatabaseError) -> AppError {
    if cause.constraint() == Some("closed_period") {
        return AppError::Conflict("error-closed");
    }
    match cause.code().as_deref() {
        // serialization failure, deadlock, lock not available
        Some("40001" | "40P01" | "55P03") => AppError::Conflict("error-busy"),
        // a NUL, which text cannot hold
        Some("22021") => AppError::BadRequest("error-nul"),
        // disk full, out of memory, too many connections, shutting down or starting up
        Some("53100" | "53200" | "53300" | "57P01" | "57P02" | "57P03") => AppError::Unavailable,
        _ => AppError::internal(cause),
    }
}

impl From<FormErrors> for AppError {
    fn from(errors: FormErrors) -> Self {
        Self::Invalid(errors)
    }
}

impl From<anyhow::Error> for AppError {
    fn from(error: anyhow::Error) -> Self {
        Self::internal(format!("{error:#}"))
    }
}

/// `fetch_optional(…).await?.found()?` is the only way to a 404.
pub trait Found<T> {
    /// The row, or [`AppError::NotFound`].
    fn found(self) -> Result<T>;
}

impl<T> Found<T> for Option<T> {
    fn found(self) -> Result<T> {
        self.ok_or(AppError::NotFound)
    }
}

/// Turns the breach of named constraints into faults at fields.
pub trait OnConstraint<T> {
    /// `rules` are `(constraint, field, message key)`; any other error passes on.
    fn on_constraint(self, rules: &[(&str, &'static str, &'static str)]) -> Result<T>;
}

impl<T> OnConstraint<T> for std::result::Result<T, sqlx::Error> {
    fn on_constraint(self, rules: &[(&str, &'static str, &'static str)]) -> Result<T> {
        self.map_err(|error| {
            let breached = error.as_database_error().and_then(|cause| cause.constraint());
            match rules.iter().find(|(name, ..)| Some(*name) == breached) {
                Some((_, field, key)) => AppError::Invalid(FormErrors::one(field, key)),
                None => error.into(),
            }
        })
    }
}
