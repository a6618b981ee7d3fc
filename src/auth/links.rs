//! Single-use links: the first administrator, invitations, password resets.
//!
//! A link is used up in the same transaction as what it makes, by an update that only one can win.

use std::net::SocketAddr;

use askama::Template;
use axum::Extension;
use axum::extract::{ConnectInfo, Path};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use chrono::{DateTime, Duration, Utc};
use serde::Deserialize;
use sqlx::PgConnection;

use super::accounts::{self, NewAccount};
use super::session::{self, Visitor};
use super::{Role, link_store as store, password, secret};
use crate::audit::{self, Event};
use crate::error::{AppError, Found, Result};
use crate::kernel::id::UserId;
use crate::kernel::money::Currency;
use crate::org::company;
use crate::web::context::Visit;
use crate::web::form::{Form, FormErrors};
use crate::web::page::Page;
use crate::web::shell::Shell;

/// How long a link works.
const LIFETIME: Duration = Duration::hours(24);

/// What a link is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkKind {
    /// Makes the company and its first administrator.
    Setup,
    /// Lets an invited person choose a password.
    Invitation,
    /// Lets a known person choose a new password.
    Reset,
}

impl LinkKind {
    /// The stored code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Setup => "setup",
            Self::Invitation => "invitation",
            Self::Reset => "reset",
        }
    }
}

/// Makes a link and answers its secret; earlier unused links of the same kind and account stop working.
pub async fn issue(
    conn: &mut PgConnection,
    kind: LinkKind,
    user: Option<UserId>,
    by: Option<UserId>,
    now: DateTime<Utc>,
) -> Result<String> {
    let token = secret::generate()?;
    store::retire(conn, kind.code(), user, now).await?;
    store::insert(conn, &secret::hash(&token), kind.code(), (user, by), now, now + LIFETIME).await?;
    Ok(token)
}

/// The set-up link of an installation nobody has an account in yet; `None` once there is one.
pub async fn issue_setup(conn: &mut PgConnection, now: DateTime<Utc>) -> Result<Option<String>> {
    if accounts::any(conn).await? {
        return Ok(None);
    }
    issue(conn, LinkKind::Setup, None, None, now).await.map(Some)
}

/// The set-up page.
#[derive(Template)]
#[template(path = "auth/setup.html")]
struct SetupPage {
    shell: Shell,
    token: String,
    form: SetupForm,
    errors: FormErrors,
}

/// What the set-up form sends.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub struct SetupForm {
    company: String,
    currency: String,
    time_zone: String,
    language: String,
    name: String,
    email: String,
    password: String,
}

impl SetupForm {
    fn check(&self) -> FormErrors {
        let mut errors = FormErrors::default();
        for (field, value) in [("company", &self.company), ("name", &self.name)] {
            if value.trim().is_empty() {
                errors.add(field, "error-required");
            }
        }
        if Currency::parse(&self.currency).is_none() {
            errors.add("currency", "error-currency");
        }
        if self.time_zone.parse::<chrono_tz::Tz>().is_err() {
            errors.add("time_zone", "error-time-zone");
        }
        if !accounts::is_email(&self.email) {
            errors.add("email", "error-email");
        }
        if let Err(key) = password::check(&self.password, &[&self.company, &self.name, &self.email]) {
            errors.add("password", key);
        }
        errors
    }
}

/// `GET /setup/{token}`
pub async fn show_setup(visit: Visit, Path(token): Path<String>) -> Result<Response> {
    let mut conn = visit.app.read().await?;
    store::find(&mut conn, &secret::hash(&token), LinkKind::Setup.code(), visit.now).await?.found()?;
    let form = SetupForm {
        currency: visit.company.currency.code().to_owned(),
        time_zone: visit.company.zone.to_string(),
        language: visit.l.lang().code().to_owned(),
        ..SetupForm::default()
    };
    let shell = visit.plain_shell();
    Ok(Page::ok(SetupPage { shell, token, form, errors: FormErrors::default() }).into_response())
}

/// `POST /setup/{token}`: the company, its settings and the first administrator, who is signed in at once.
pub async fn set_up(
    visit: Visit,
    Path(token): Path<String>,
    peer: Option<Extension<ConnectInfo<SocketAddr>>>,
    headers: HeaderMap,
    Form(form): Form<SetupForm>,
) -> Result<Response> {
    let errors = form.check();
    if !errors.is_empty() {
        let shell = visit.plain_shell();
        return Ok(Page::invalid(SetupPage { shell, token, form, errors }).into_response());
    }
    // before the work of a hash, which nobody without a link shall cause
    let link = secret::hash(&token);
    store::find(&mut *visit.app.read().await?, &link, LinkKind::Setup.code(), visit.now).await?.found()?;
    let hash = visit.app.passwords.hash(&form.password).await?;
    let mut tx = visit.app.begin().await?;
    store::use_up(&mut tx, &link, LinkKind::Setup.code(), visit.now).await?.found()?;
    let choice = company::FirstSettings {
        name: form.company.trim(),
        currency: &form.currency,
        time_zone: &form.time_zone,
        language: &form.language,
    };
    company::set_up(&mut tx, &choice, visit.now).await?;
    let account = NewAccount { email: &form.email, name: &form.name, role: Role::Admin, employee: None };
    let user = accounts::create(&mut tx, &account, Some(&hash), visit.now).await?;
    audit::record(&mut tx, Some(user), visit.now, Event::new("company.set-up", "user", user.0)).await?;
    let visitor = Visitor::new(&visit.app, peer.as_deref(), &headers);
    let cookies = session::open(&visit.app, &mut tx, user, &visitor).await?;
    tx.commit().await?;
    Ok((cookies, Redirect::to("/")).into_response())
}

/// The page where an invited person chooses a password.
#[derive(Template)]
#[template(path = "auth/invitation.html")]
struct InvitationPage {
    shell: Shell,
    token: String,
    email: String,
    errors: FormErrors,
}

/// What the invitation form sends.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InvitationForm {
    password: String,
}

/// The account that an unused invitation or reset link belongs to.
async fn invited(conn: &mut PgConnection, token: &str, now: DateTime<Utc>) -> Result<(LinkKind, UserId)> {
    for kind in [LinkKind::Invitation, LinkKind::Reset] {
        if let Some(Some(user)) = store::find(conn, &secret::hash(token), kind.code(), now).await? {
            return Ok((kind, user));
        }
    }
    Err(AppError::NotFound)
}

/// `GET /invite/{token}`
pub async fn show_invitation(visit: Visit, Path(token): Path<String>) -> Result<Response> {
    let mut conn = visit.app.read().await?;
    let (_, user) = invited(&mut conn, &token, visit.now).await?;
    let account = accounts::find(&mut conn, user).await?.found()?;
    let (shell, errors) = (visit.plain_shell(), FormErrors::default());
    Ok(Page::ok(InvitationPage { shell, token, email: account.email, errors }).into_response())
}

/// `POST /invite/{token}`: sets the password and signs in; of two at once, one wins.
pub async fn accept(
    visit: Visit,
    Path(token): Path<String>,
    peer: Option<Extension<ConnectInfo<SocketAddr>>>,
    headers: HeaderMap,
    Form(form): Form<InvitationForm>,
) -> Result<Response> {
    let mut tx = visit.app.begin().await?;
    let (kind, user) = invited(&mut tx, &token, visit.now).await?;
    let account = accounts::find(&mut tx, user).await?.found()?;
    if let Err(key) = password::check(&form.password, &[&account.email, &account.name, &visit.company.name]) {
        let (shell, errors) = (visit.plain_shell(), FormErrors::one("password", key));
        return Ok(
            Page::invalid(InvitationPage { shell, token, email: account.email, errors }).into_response()
        );
    }
    store::use_up(&mut tx, &secret::hash(&token), kind.code(), visit.now).await?.found()?;
    let hash = visit.app.passwords.hash(&form.password).await?;
    super::store::save_password(&mut tx, user, &hash).await?;
    super::store::delete_other_sessions(&mut tx, user, &[]).await?;
    audit::record(&mut tx, Some(user), visit.now, Event::new("password.set", "user", user.0)).await?;
    let visitor = Visitor::new(&visit.app, peer.as_deref(), &headers);
    let cookies = session::open(&visit.app, &mut tx, user, &visitor).await?;
    tx.commit().await?;
    Ok((cookies, Redirect::to("/")).into_response())
}
