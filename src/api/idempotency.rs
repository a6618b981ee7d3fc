//! `Idempotency-Key`: the same key and body returns the first answer, byte for byte, however often and however
//! concurrently it is sent; the same key with another body is a conflict.
//!
//! The key is claimed by a row in the same transaction as the work, so whoever comes second waits for the first and
//! then reads its answer. Refusals are answers too; only failures that say "try again" are not kept.

use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Duration, Utc};
use sha2::{Digest, Sha256};
use sqlx::PgConnection;

use super::idempotency_store::{self as store, Answers};
use super::problem::{self, Problem};
use crate::error::{AppError, Result};
use crate::kernel::id::UserId;
use crate::web::form::FormErrors;

/// The request header.
pub const HEADER: HeaderName = HeaderName::from_static("idempotency-key");
/// Longest key.
const MAX_LENGTH: usize = 255;
/// How long an answer is kept.
const KEPT: Duration = Duration::hours(24);

/// A request that wants to be done once.
#[derive(Clone, Debug)]
pub struct Claim {
    /// Whose key it is: keys of different accounts do not meet.
    pub user: UserId,
    /// The key.
    pub key: String,
    /// SHA-256 of the body.
    pub body_hash: Vec<u8>,
    /// When it came.
    pub now: DateTime<Utc>,
}

/// What becomes of a claim.
pub enum Claimed {
    /// Nobody has done this yet: it is for the caller to do.
    Now,
    /// It was done before; this was the answer.
    Before(Answer),
}

/// An answer that can be given again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Where the new thing is, if there is one.
    pub location: Option<String>,
    /// The JSON.
    pub body: String,
}

impl Claim {
    /// The claim a request makes, if it sends a key. A fault when the key is empty, too long or no visible ASCII.
    pub fn of(headers: &HeaderMap, body: &[u8], user: UserId, now: DateTime<Utc>) -> Result<Option<Self>> {
        let Some(key) = headers.get(HEADER) else { return Ok(None) };
        let fits = (1..=MAX_LENGTH).contains(&key.len()) && key.as_bytes().iter().all(u8::is_ascii_graphic);
        let key = key.to_str().ok().filter(|_| fits);
        let key = key.ok_or_else(|| AppError::Invalid(FormErrors::one("Idempotency-Key", "api-key")))?;
        Ok(Some(Self { user, key: key.to_owned(), body_hash: Sha256::digest(body).to_vec(), now }))
    }
}

/// Claims keys, no two of them alike, waiting for requests with the same key that are under way; answers in the order
/// given. A conflict when a key came with another body before.
pub async fn take_all(conn: &mut PgConnection, claims: &[Claim]) -> Result<Vec<Result<Claimed>>> {
    let Some(latest) = claims.iter().map(|claim| claim.now).max() else { return Ok(Vec::new()) };
    store::delete_older(conn, latest - KEPT, claims.len()).await?;
    let new = store::insert_all(conn, claims.iter().collect()).await?;
    let mut claimed = Vec::with_capacity(claims.len());
    for claim in claims {
        let is_new = new.contains(&(claim.user, claim.key.clone()));
        claimed.push(if is_new { Ok(Claimed::Now) } else { claim.before(conn).await? });
    }
    Ok(claimed)
}

/// Keeps answers.
pub async fn keep_all(conn: &mut PgConnection, answers: Answers) -> Result<()> {
    store::save_all(conn, answers).await
}

/// The answers that can be given again, of those who have a claim.
pub fn kept<'a>(answers: impl Iterator<Item = (Option<&'a Claim>, &'a Result<Answer>)>) -> Answers {
    answers.filter_map(|(claim, answer)| Some((claim?, answer.as_ref().ok()?))).collect()
}

impl Claim {
    /// What the key was answered before.
    async fn before(&self, conn: &mut PgConnection) -> Result<Result<Claimed>> {
        Ok(match store::find(conn, self).await? {
            Some((hash, answer)) if hash == self.body_hash => Ok(Claimed::Before(answer)),
            Some(_) => Err(AppError::Conflict("api-other-body")),
            None => Err(AppError::Conflict("error-busy")),
        })
    }
}

impl Answer {
    /// The answer to a request at `path` that was refused; nothing when it may well succeed another time.
    pub fn refusal(failure: &AppError, path: &str) -> Option<Self> {
        let passing = matches!(failure, AppError::Conflict("error-busy") | AppError::TooMany { .. });
        if passing || !failure.status().is_client_error() {
            return None;
        }
        let body = serde_json::to_string(&Problem::new(failure, path, None)).ok()?;
        Some(Self { status: failure.status().as_u16(), location: None, body })
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let kind = if status.is_success() { "application/json" } else { problem::CONTENT_TYPE };
        let mut response = (status, [(header::CONTENT_TYPE, kind)], self.body).into_response();
        if let Some(location) = self.location.and_then(|place| HeaderValue::try_from(place).ok()) {
            response.headers_mut().insert(header::LOCATION, location);
        }
        response
    }
}
