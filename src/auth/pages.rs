//! Signing in and out.

use std::net::SocketAddr;

use askama::Template;
use axum::Extension;
use axum::extract::ConnectInfo;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::session::{self, SessionKey, Visitor};
use super::throttle::Counters;
use super::{Actor, secret, store};
use crate::audit::{self, Event};
use crate::error::{AppError, Result};
use crate::kernel::id::UserId;
use crate::web::context::Visit;
use crate::web::form::{Form, FormErrors};
use crate::web::list::ListQuery;
use crate::web::page::Page;
use crate::web::shell::Shell;

/// The sign-in page.
#[derive(Template)]
#[template(path = "auth/login.html")]
struct LoginPage {
    shell: Shell,
    email: String,
    next: String,
    errors: FormErrors,
}

/// What the sign-in form sends.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignInForm {
    email: String,
    password: String,
    #[serde(default)]
    next: String,
}

/// `GET /login`
pub async fn login(visit: Visit, query: ListQuery, actor: Option<Extension<Actor>>) -> Response {
    if actor.is_some() {
        return Redirect::to(local(query.text("next"))).into_response();
    }
    Page::ok(login_page(&visit, String::new(), query.text("next"), FormErrors::default())).into_response()
}

fn login_page(visit: &Visit, email: String, next: &str, errors: FormErrors) -> LoginPage {
    LoginPage { shell: visit.plain_shell(), email, next: local(next).to_owned(), errors }
}

/// Only paths of our own are gone back to.
pub(super) fn local(next: &str) -> &str {
    let ours = next.starts_with('/') && !next.starts_with("//") && !next.contains(['\\', '\r', '\n']);
    if ours { next } else { "/" }
}

/// `POST /login`: the same answer whether or not the account exists.
pub async fn sign_in(
    visit: Visit,
    peer: Option<Extension<ConnectInfo<SocketAddr>>>,
    headers: HeaderMap,
    Form(form): Form<SignInForm>,
) -> Result<Response> {
    let visitor = Visitor::new(&visit.app, peer.as_deref(), &headers);
    let email = form.email.trim().to_lowercase();
    match authenticate(&visit, &visitor, &email, &form.password).await {
        Ok(Some(user)) => {
            let mut tx = visit.app.begin().await?;
            let cookies = session::open(&visit.app, &mut tx, user, &visitor).await?;
            audit::record(&mut tx, Some(user), visit.now, Event::new("session.opened", "user", user.0))
                .await?;
            tx.commit().await?;
            Ok((cookies, Redirect::to(local(&form.next))).into_response())
        }
        Ok(None) => Ok(refuse(&visit, form, "sign-in-refused")),
        Err(AppError::TooMany { retry_after }) => {
            let mut response = refuse(&visit, form, "sign-in-throttled");
            *response.status_mut() = axum::http::StatusCode::TOO_MANY_REQUESTS;
            response.headers_mut().insert("retry-after", retry_after.into());
            Ok(response)
        }
        Err(other) => Err(other),
    }
}

fn refuse(visit: &Visit, form: SignInForm, key: &'static str) -> Response {
    Page::invalid(login_page(visit, form.email, &form.next, FormErrors::one("email", key))).into_response()
}

/// The account behind an address and a password; counts a failure otherwise.
async fn authenticate(
    visit: &Visit,
    visitor: &Visitor,
    email: &str,
    password: &str,
) -> Result<Option<UserId>> {
    let mut conn = visit.app.read().await?;
    let device = match &visitor.device {
        Some(device) if store::is_known_device(&mut conn, &secret::hash(device), email).await? => {
            Some(device)
        }
        _ => None,
    };
    let counters = Counters::new(email, device.map(String::as_str), visitor.address);
    counters.check(&mut conn, visit.now).await?;
    let account = store::find_account(&mut conn, email).await?;
    drop(conn);
    let stored = account.as_ref().and_then(|account| account.password_hash.clone());
    let matches = visit.app.passwords.verify(password, stored).await?;
    let mut conn = visit.app.read().await?;
    match account.filter(|account| matches && !account.disabled) {
        Some(account) => counters.clear(&mut conn).await.map(|()| Some(account.user)),
        None => counters.count_failure(&mut conn, visit.now).await.map(|()| None),
    }
}

/// `POST /logout`
pub async fn sign_out(visit: Visit, actor: Actor, key: Option<Extension<SessionKey>>) -> Result<Response> {
    if let Some(Extension(SessionKey(key))) = key {
        let mut tx = visit.app.begin().await?;
        store::delete_session(&mut tx, &key).await?;
        audit::record(
            &mut tx,
            Some(actor.user),
            visit.now,
            Event::new("session.ended", "user", actor.user.0),
        )
        .await?;
        tx.commit().await?;
    }
    Ok((session::forget(&visit.app), Redirect::to("/login")).into_response())
}
