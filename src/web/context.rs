//! What a page needs to know of a request: who asks, which company, which language, what day it is.

use std::ops::Deref;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::header::ACCEPT_LANGUAGE;
use axum::http::request::Parts;
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;

use crate::app::App;
use crate::auth::Actor;
use crate::error::{AppError, Result};
use crate::kernel::lang::Lang;
use crate::org::Company;
use crate::web::i18n::Localiser;
use crate::web::shell::{Shell, Toast};
use crate::web::toast::{Notice, cookie};

/// The cookie that holds a visitor's language before they sign in.
pub const LANGUAGE_COOKIE: &str = "pm_lang";

/// A request by anybody, signed in or not.
pub struct Visit {
    /// The application.
    pub app: App,
    /// The company and its settings.
    pub company: Arc<Company>,
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
    /// Knows the company and picks the language: the account's, the visitor's choice, the browser's, the company's.
    pub async fn new(app: &App, parts: &Parts) -> Result<Self> {
        let company = match parts.extensions.get::<Arc<Company>>() {
            Some(company) => Arc::clone(company),
            None => app.company.present(&mut *app.read().await?).await?,
        };
        let lang = chosen_language(parts).unwrap_or(company.lang);
        let l = Localiser::new(lang).of_company(company.currency);
        let (now, today) = app.now(&company);
        Ok(Self {
            app: app.clone(),
            company,
            l,
            now,
            today,
            here: parts.uri.path_and_query().map_or_else(String::new, ToString::to_string),
            notice: Notice::from_headers(&parts.headers),
        })
    }

    /// The frame of a page for visitors who are not signed in.
    pub fn plain_shell(&self) -> Shell {
        Shell {
            l: self.l,
            company: self.company.name.clone(),
            path: self.here.clone(),
            figures: self.app.live.latest(),
            ..Shell::default()
        }
    }
}

fn chosen_language(parts: &Parts) -> Option<Lang> {
    let account = parts.extensions.get::<Actor>().and_then(|actor| actor.lang);
    let visitor = || cookie(&parts.headers, LANGUAGE_COOKIE).and_then(Lang::from_code);
    let browser = || {
        parts.headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).and_then(Lang::from_accept)
    };
    account.or_else(visitor).or_else(browser)
}

impl Ctx {
    /// The installation itself, which sees everything and is nobody: for work in the background.
    pub async fn system(app: &App, conn: &mut PgConnection) -> Result<Self> {
        let company = app.company.present(conn).await?;
        let (now, today) = app.now(&company);
        let l = Localiser::new(company.lang).of_company(company.currency);
        let visit = Visit { app: app.clone(), l, now, today, here: "/".into(), notice: None, company };
        Ok(Self { visit, actor: Actor::system() })
    }

    /// The frame of a page; `here` is the id of the entry in the navigation.
    pub fn shell(&self, here: &'static str) -> Shell {
        let actor = &self.actor;
        let title =
            actor.department.as_ref().map_or_else(|| self.l.t(actor.role.label()), |(_, name)| name.clone());
        Shell {
            here,
            person: actor.name.clone(),
            person_title: title,
            nav: Shell::navigation(
                self.sees_teams(),
                actor.is_admin(),
                self.company.leaderboard,
                actor.unread,
            ),
            tabs: Shell::tab_items(self.sees_teams()),
            theme: actor.theme,
            shortcuts: actor.shortcuts,
            toast: self.visit.notice.as_ref().map(|notice| self.toast(notice)),
            can_log_deal: actor.logs_deals(),
            unread: actor.unread,
            ..self.plain_shell()
        }
    }

    /// Whether there is a team to look at: one's own to lead, or the whole company to read.
    pub fn sees_teams(&self) -> bool {
        self.actor.leads() || self.actor.reads_everyone()
    }

    fn toast(&self, notice: &Notice) -> Toast {
        let undo = notice.way_back();
        Toast {
            text: notice.text(self.l),
            undo_url: undo.map(|undo| undo.url.clone()),
            undo_fields: undo.map(|undo| undo.fields.clone()).unwrap_or_default(),
        }
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
