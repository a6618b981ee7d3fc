//! Sessions: a random token in a cookie, its hash in the database, and the actor loaded with every request.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Duration, Utc};
use sqlx::PgConnection;

use super::store::{self, Known};
use super::{Actor, secret, tokens};
use crate::app::App;
use crate::error::Result;
use crate::kernel::id::UserId;
use crate::org::Company;
use crate::web::toast::cookie;

/// A session ends when it is not used for so long.
const IDLE: Duration = Duration::hours(72);
/// A session ends after so long at the latest.
const LONGEST: Duration = Duration::days(30);
/// How long a browser is remembered for the throttle.
const DEVICE_DAYS: i64 = 365;

/// The hash of the session a request came with, for handlers that treat the present session apart.
#[derive(Clone, Debug)]
pub struct SessionKey(pub Vec<u8>);

/// Finds out who asks and puts the [`Actor`] beside the request, and the [`Company`](crate::org::Company) they ask about.
/// Cookies count for pages, bearer tokens for the API.
pub async fn identify(State(app): State<App>, mut request: Request, next: Next) -> Response {
    match known(&app, request.headers(), request.uri().path()).await {
        Ok(Some((actor, company, key))) => {
            let extensions = request.extensions_mut();
            extensions.insert(actor);
            extensions.insert(company);
            if let Some(key) = key {
                extensions.insert(key);
            }
        }
        Ok(None) => {}
        Err(failure) => request.extensions_mut().insert(failure).map_or((), drop),
    }
    next.run(request).await
}

type Identified = (Actor, Arc<Company>, Option<SessionKey>);

async fn known(app: &App, headers: &HeaderMap, path: &str) -> Result<Option<Identified>> {
    if path.starts_with("/static/") || path == "/livez" {
        return Ok(None);
    }
    let now = app.clock.now();
    if path.starts_with("/api/v1/") || path == "/metrics" {
        let Some(token) = bearer(headers) else { return Ok(None) };
        let mut conn = app.read().await?;
        let known = tokens::known_by(&mut conn, token, now).await?;
        return identified(app, &mut conn, known, None).await;
    }
    let Some(token) = cookie(headers, cookie_name(app.is_secure())) else { return Ok(None) };
    let (mut conn, key) = (app.read().await?, secret::hash(token));
    let known = known_by_session(&mut conn, &key, now).await?;
    identified(app, &mut conn, known, Some(SessionKey(key))).await
}

async fn identified(
    app: &App,
    conn: &mut PgConnection,
    known: Option<Known>,
    key: Option<SessionKey>,
) -> Result<Option<Identified>> {
    let Some(known) = known else { return Ok(None) };
    let company = match app.company.at(known.revision) {
        Some(company) => company,
        None => app.company.load(conn).await?,
    };
    Ok(Some((known.actor(&company, app.clock.now())?, company, key)))
}

async fn known_by_session(conn: &mut PgConnection, key: &[u8], now: DateTime<Utc>) -> Result<Option<Known>> {
    let known = store::find_by_session(conn, key, now, IDLE).await?;
    let seen = known.as_ref().map(|known| known.seen);
    if seen.is_some_and(|seen| seen.is_none_or(|seen| now - seen > Duration::minutes(5))) {
        store::touch_session(conn, key, now).await?;
    }
    Ok(known)
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")
}

/// The `__Host-` prefix binds the cookie to this host, but browsers accept it over TLS only.
const fn cookie_name(secure: bool) -> &'static str {
    if secure { "__Host-pacemark" } else { "pacemark" }
}

const fn device_cookie_name(secure: bool) -> &'static str {
    if secure { "__Host-pacemark_device" } else { "pacemark_device" }
}

/// Where a request comes from.
pub struct Visitor {
    /// Network address of the peer.
    pub address: IpAddr,
    /// The browser, as it calls itself.
    pub user_agent: String,
    /// The secret that tells a browser that has signed in before.
    pub device: Option<String>,
}

impl Visitor {
    /// Reads the visitor from a request.
    pub fn new(app: &App, peer: Option<&ConnectInfo<SocketAddr>>, headers: &HeaderMap) -> Self {
        let user_agent =
            headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
        Self {
            address: peer.map_or(IpAddr::from([127, 0, 0, 1]), |peer| peer.0.ip()),
            user_agent: user_agent.chars().take(200).collect(),
            device: cookie(headers, device_cookie_name(app.is_secure())).map(str::to_owned),
        }
    }
}

/// Opens a session for `user` and answers the cookies that carry it.
pub async fn open(app: &App, conn: &mut PgConnection, user: UserId, visitor: &Visitor) -> Result<HeaderMap> {
    let now = app.clock.now();
    let (token, device) = (secret::generate()?, secret::generate()?);
    let session = store::NewSession {
        token_hash: &secret::hash(&token),
        user,
        expires_at: now + LONGEST,
        address: &visitor.address.to_string(),
        user_agent: &visitor.user_agent,
    };
    store::insert_session(conn, &session, now).await?;
    store::insert_known_device(conn, &secret::hash(&device), user, now).await?;
    let mut headers = HeaderMap::new();
    set_cookie(&mut headers, cookie_name(app.is_secure()), &token, LONGEST.num_seconds(), app.is_secure());
    let device_name = device_cookie_name(app.is_secure());
    set_cookie(&mut headers, device_name, &device, DEVICE_DAYS * 86_400, app.is_secure());
    Ok(headers)
}

/// The header that takes the session cookie away.
pub fn forget(app: &App) -> HeaderMap {
    let mut headers = HeaderMap::new();
    set_cookie(&mut headers, cookie_name(app.is_secure()), "", 0, app.is_secure());
    headers
}

fn set_cookie(headers: &mut HeaderMap, name: &str, value: &str, max_age: i64, secure: bool) {
    let secure = if secure { "; Secure" } else { "" };
    let cookie = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={max_age}{secure}");
    if let Ok(value) = HeaderValue::from_str(&cookie) {
        headers.append(header::SET_COOKIE, value);
    }
}

/// Answers the failure that kept a session from being read, instead of taking the visitor for a stranger.
pub async fn surface_failure(request: Request, next: Next) -> Response {
    match request.extensions().get::<crate::error::AppError>() {
        Some(failure) => failure.clone().into_response(),
        None => next.run(request).await,
    }
}
