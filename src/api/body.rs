//! JSON bodies: of the right type, not too long, with exactly the fields that are documented.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, header};
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::Value;

use crate::error::AppError;
use crate::web::form::FormErrors;

/// No body of ours is longer: a sale of a thousand lines is some 200 KB.
const LIMIT: usize = 1 << 20;

/// A JSON body as it was sent: 415 when it is no JSON, 413 when it is too long.
pub struct Body(pub Bytes);

impl<S: Send + Sync> FromRequest<S> for Body {
    type Rejection = AppError;

    async fn from_request(request: Request, _: &S) -> Result<Self, AppError> {
        if !is_json(request.headers()) {
            return Err(AppError::UnsupportedMedia);
        }
        axum::body::to_bytes(request.into_body(), LIMIT).await.map(Self).map_err(|_| AppError::TooLarge)
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let essence = kind.split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/json")
}

/// Reads a body: 400 when it is no JSON at all, a fault with its place when it has another shape, or a NUL, which PostgreSQL text
/// cannot hold.
pub fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, AppError> {
    let malformed = |_| AppError::BadRequest("api-malformed");
    serde_json::from_slice::<IgnoredAny>(bytes).map_err(malformed)?;
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let read = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        if !error.inner().is_data() {
            return malformed(error.into_inner());
        }
        let mut errors = FormErrors::default();
        errors.add_with(error.path().to_string(), "api-shape", vec![("reason", reason(error.inner()))]);
        AppError::Invalid(errors)
    })?;
    match place_of_nul(bytes) {
        Some(place) => Err(AppError::Invalid(FormErrors::one(&place, "error-nul"))),
        None => Ok(read),
    }
}

/// Where a text of a body holds a NUL: `customer_no`, `lines[2].product`. JSON writes it as an escape alone.
fn place_of_nul(bytes: &[u8]) -> Option<String> {
    if !bytes.windows(6).any(|part| part == br"\u0000") {
        return None;
    }
    let mut left = vec![(String::new(), serde_json::from_slice::<Value>(bytes).ok()?)];
    while let Some((place, value)) = left.pop() {
        match value {
            Value::String(text) if text.contains('\0') => return Some(place),
            Value::Array(items) => {
                left.extend(items.into_iter().enumerate().map(|(at, item)| (format!("{place}[{at}]"), item)));
            }
            Value::Object(fields) => left.extend(fields.into_iter().map(|(name, item)| {
                let place = if place.is_empty() { name } else { format!("{place}.{name}") };
                (place, item)
            })),
            _ => {}
        }
    }
    None
}

/// What the reader objects to, without the place in the text.
fn reason(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.split_once(" at line ").map_or(text.clone(), |(reason, _)| reason.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nul_is_found_where_it_is() {
        let place = |text: &str| place_of_nul(text.as_bytes());
        assert_eq!(
            place(r#"{"lines": [{"product": "a"}, {"product": "b\u0000"}]}"#).unwrap(),
            "lines[1].product"
        );
        assert_eq!(place(r#"{"title": "the escape \\u0000 in words", "n": 0}"#), None);
        assert_eq!(place(r#"{"title": "a"}"#), None);
    }
}
