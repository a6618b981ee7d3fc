//! What a page needs to know of a request: who asks, which company, which language, what day it is.

use std::ops::Deref;

use axum::extract::FromRequestParts;
use axum::http::header::ACCEPT_LANGUAGE;
use axum::http::request::Parts;
use chrono::{DateTime, NaiveDate, Utc};

use crate::app::App;
use crate::auth::Actor;
use crate::error::{AppError, Result};
use crate::kernel::lang::Lang;
use crate::org::{Company, company};
use crate::web::i18n::Localiser;
use crate::web::shell::Shell;
use crate::web::toast::{Notice, cookie};

/// The cookie that holds a visitor's language before they sign in.
pub const LANGUAGE_COOKIE: &str = "pm_lang";

/// A request by anybody, signed in or not.
pub struct Visit {
    /// The application.
    pub app: App,
    /// The company and its settings.
    pub company: Company,
    /// Words, numbers and dates in the reader's language.
    pub l: Localiser,
    /// Now.
    pub now: DateTime<Utc>,
    /// The company's business date now.
    pub today: NaiveDate,
    /// Path and query as asked for, to come back to.
    pub here: String,
    notice: Option<Notice>,
}

/// A request by somebody who is signed in.
pub struct Ctx {
    /// Everything a visitor has.
    pub visit: Visit,
    /// Who asks.
    pub actor: Actor,
}

impl Deref for Ctx {
    type Target = Visit;
    fn deref(&self) -> &Visit {
        &self.visit
    }
}

impl Visit {
    /// Loads the company and picks the language: the account's, the visitor's choice, the browser's, the company's.
    pub async fn new(app: &App, parts: &Parts) -> Result<Self> {
        let company = company::find(&mut *app.read().await?).await?;
        let lang = chosen_language(parts).unwrap_or(company.lang);
        let (now, today) = app.now(&company);
        Ok(Self {
            app: app.clone(),
            company,
            l: Localiser::new(lang),
            now,
            today,
            here: parts.uri.path_and_query().map_or_else(String::new, ToString::to_string),
            notice: Notice::from_headers(&parts.headers),
        })
    }

    /// The frame of a page for visitors who are not signed in.
    pub fn plain_shell(&self) -> Shell {
        Shell::plain(self.l.clone(), &self.company.name, &self.here)
    }
}

fn chosen_language(parts: &Parts) -> Option<Lang> {
    let account = parts.extensions.get::<Actor>().and_then(|actor| actor.lang);
    let visitor = || cookie(&parts.headers, LANGUAGE_COOKIE).and_then(Lang::from_code);
    let browser =
        || parts.headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).and_then(Lang::from_accept);
    account.or_else(visitor).or_else(browser)
}

impl Ctx {
    /// The frame of a page; `here` is the id of the entry in the navigation.
    pub fn shell(&self, here: &'static str) -> Shell {
        Shell::of(self, here, self.visit.notice.as_ref())
    }
}

impl FromRequestParts<App> for Visit {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        Self::new(app, parts).await
    }
}

impl FromRequestParts<App> for Ctx {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        let actor = parts.extensions.get::<Actor>().cloned().ok_or(AppError::SignIn)?;
        Ok(Self { visit: Visit::new(app, parts).await?, actor })
    }
}

impl FromRequestParts<App> for Actor {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self> {
        parts.extensions.get::<Self>().cloned().ok_or(AppError::SignIn)
    }
}
