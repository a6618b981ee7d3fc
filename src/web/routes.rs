//! Routes and their gates. There is no way to register a route without a gate, and every route is remembered,
//! so that the authorization matrix can walk all of them.

use axum::Router;
use axum::extract::Request;
use axum::handler::Handler;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get, post};

use crate::app::App;
use crate::auth::{Actor, Role};
use crate::error::AppError;

/// Who may come through a door at all. What they see behind it is decided by scope and permit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gate {
    /// Anybody, signed in or not.
    Public,
    /// Anybody with an account.
    SignedIn,
    /// Those who log deals: salespeople, managers, executives and support staff who are employees.
    Seller,
    /// Those who answer for others: leads of a department, executives, administrators.
    Leader,
    /// Administrators.
    Admin,
}

impl Gate {
    /// Whether the visitor may pass.
    pub fn admits(self, actor: Option<&Actor>) -> Result<(), AppError> {
        let Some(actor) = actor else {
            return if self == Self::Public { Ok(()) } else { Err(AppError::SignIn) };
        };
        let passes = match self {
            Self::Public | Self::SignedIn => true,
            Self::Seller => actor.logs_deals(),
            Self::Leader => actor.leads() || matches!(actor.role, Role::Executive | Role::Admin),
            Self::Admin => actor.role == Role::Admin,
        };
        if passes { Ok(()) } else { Err(AppError::Forbidden) }
    }
}

/// A registered route.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// `GET` or another method.
    pub method: &'static str,
    /// The path with its parameters, as registered.
    pub path: &'static str,
    /// Who may come through.
    pub gate: Gate,
}

/// The routes of an area, or of the whole product.
#[derive(Default)]
pub struct Routes {
    router: Router<App>,
    rules: Vec<Rule>,
}

impl Routes {
    /// No routes yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Answers `GET path`.
    #[must_use]
    pub fn get<H, T>(self, path: &'static str, gate: Gate, handler: H) -> Self
    where
        H: Handler<T, App>,
        T: 'static,
    {
        self.add("GET", path, gate, get(handler))
    }

    /// Answers `POST path`.
    #[must_use]
    pub fn post<H, T>(self, path: &'static str, gate: Gate, handler: H) -> Self
    where
        H: Handler<T, App>,
        T: 'static,
    {
        self.add("POST", path, gate, post(handler))
    }

    fn add(mut self, method: &'static str, path: &'static str, gate: Gate, route: MethodRouter<App>) -> Self {
        let guarded =
            route.route_layer(from_fn(move |request: Request, next: Next| pass(gate, request, next)));
        self.router = self.router.route(path, guarded);
        self.rules.push(Rule { method, path, gate });
        self
    }

    /// Adds the routes of another area.
    #[must_use]
    pub fn merge(mut self, other: Self) -> Self {
        self.router = self.router.merge(other.router);
        self.rules.extend(other.rules);
        self
    }

    /// Every registered route, in order of registration.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// The assembled router.
    pub fn into_router(self) -> Router<App> {
        self.router
    }
}

async fn pass(gate: Gate, request: Request, next: Next) -> Response {
    match gate.admits(request.extensions().get::<Actor>()) {
        Ok(()) => next.run(request).await,
        Err(refused) => refused.into_response(),
    }
}
