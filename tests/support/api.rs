//! The JSON API as programs use it: a bearer token, JSON out and in.

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use http_body_util::BodyExt;
use pacemark::app::App;
use pacemark::auth::tokens;
use pacemark::kernel::id::UserId;
use serde_json::Value;
use tower::ServiceExt;

/// A program with a token, or without.
#[derive(Clone)]
pub struct Client {
    router: Router,
    token: Option<String>,
}

/// What the API answered.
#[derive(Debug)]
pub struct Reply {
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body as it came.
    pub text: String,
}

impl Reply {
    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {}", self.text))
    }

    /// The names of the fields that have faults.
    pub fn faults(&self) -> Vec<String> {
        assert_eq!(self.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", self.text);
        let faults = self.json()["errors"].as_array().unwrap().clone();
        faults.iter().map(|fault| fault["field"].as_str().unwrap().to_owned()).collect()
    }

    /// The value of a header.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

impl Client {
    /// Without a token.
    pub fn stranger(app: &App) -> Self {
        Self { router: app.clone().router(), token: None }
    }

    /// With this token.
    pub fn with_token(app: &App, token: &str) -> Self {
        Self { router: app.clone().router(), token: Some(token.to_owned()) }
    }

    /// With a fresh token of an account.
    pub async fn of(app: &App, user: UserId) -> Self {
        let mut conn = app.read().await.unwrap();
        let token = tokens::issue(&mut conn, user, "test", app.clock.now()).await.unwrap();
        Self::with_token(app, &token)
    }

    /// `GET path`.
    pub async fn get(&self, path: &str) -> Reply {
        self.send(Method::GET, path, &[], "").await
    }

    /// `POST path` with JSON.
    pub async fn post(&self, path: &str, body: &Value) -> Reply {
        self.send(Method::POST, path, &[("content-type", "application/json")], &body.to_string()).await
    }

    /// `POST path` with JSON and an idempotency key.
    pub async fn post_once(&self, path: &str, key: &str, body: &Value) -> Reply {
        let headers = [("content-type", "application/json"), ("idempotency-key", key)];
        self.send(Method::POST, path, &headers, &body.to_string()).await
    }

    /// Any request.
    pub async fn send(&self, method: Method, path: &str, headers: &[(&str, &str)], body: &str) -> Reply {
        let mut request = Request::builder().method(method).uri(path);
        if let Some(token) = &self.token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Body::from(body.to_owned())).unwrap();
        let (parts, body) = self.router.clone().oneshot(request).await.unwrap().into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        Reply {
            status: parts.status,
            headers: parts.headers,
            text: String::from_utf8_lossy(&bytes).into_owned(),
        }
    }
}
