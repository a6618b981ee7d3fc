//! A short message on the next page, with Undo where there is something to undo.
//!
//! It travels in a cookie that is read once. The text is a catalogue key with values, never free text.

use axum::http::header::{COOKIE, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use crate::web::i18n::{Localiser, Value};

const COOKIE_NAME: &str = "pm_toast";

/// What happened, and how to take it back.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq, Eq)]
pub struct Notice {
    key: String,
    args: Vec<(String, String)>,
    undo: Option<Undo>,
}

/// The form that takes it back.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq, Eq)]
pub struct Undo {
    /// Where to post.
    pub url: String,
    /// Hidden fields.
    pub fields: Vec<(String, String)>,
}

impl Notice {
    /// A message without values.
    pub fn new(key: &str) -> Self {
        Self { key: key.to_owned(), args: Vec::new(), undo: None }
    }

    /// Adds a value that the message mentions.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.args.push((name.to_owned(), value.into()));
        self
    }

    /// Adds the way back: posting `fields` to the local path `url`.
    #[must_use]
    pub fn undo(mut self, url: impl Into<String>, fields: &[(&str, String)]) -> Self {
        let fields = fields.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        self.undo = Some(Undo { url: url.into(), fields });
        self
    }

    /// The message in the reader's language.
    pub fn text(&self, l: Localiser) -> String {
        let args: Vec<(&str, Value)> =
            self.args.iter().map(|(name, value)| (name.as_str(), Value::from(value.clone()))).collect();
        l.tr(&self.key, &args)
    }

    /// The way back, when its target is a path of ours.
    pub fn way_back(&self) -> Option<&Undo> {
        self.undo.as_ref().filter(|undo| undo.url.starts_with('/') && !undo.url.starts_with("//"))
    }

    /// 303 to `url`, with this message shown there.
    pub fn redirect(&self, url: &str) -> Response {
        let json = serde_json::to_vec(self).unwrap_or_default();
        let cookie = format!(
            "{COOKIE_NAME}={}; Path=/; HttpOnly; SameSite=Lax; Max-Age=60",
            URL_SAFE_NO_PAD.encode(json)
        );
        (AppendHeaders([(SET_COOKIE, cookie)]), Redirect::to(url)).into_response()
    }

    /// The message that came with a request.
    pub fn from_headers(headers: &HeaderMap) -> Option<Self> {
        let value = cookie(headers, COOKIE_NAME)?;
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(value).ok()?).ok()
    }
}

/// Takes the message away once a page has shown it.
pub fn forget(headers: &mut HeaderMap) {
    headers
        .append(SET_COOKIE, HeaderValue::from_static("pm_toast=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0"));
}

/// The value of a cookie in a request.
pub fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(key, value)| (key == name).then_some(value))
}
