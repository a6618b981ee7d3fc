//! `GET /api/docs`: the OpenAPI document to read, with a form per request to try it with a token.
//!
//! The page is made from the document, so it cannot say anything else than the API does. What the document says is in
//! English; the page around it is in the reader's language.

mod example;
mod prose;
mod reference;
mod schema;

use std::sync::LazyLock;

use askama::Template;
use axum::Extension;
use axum::http::HeaderMap;
use axum::http::header::HOST;

use super::openapi;
use crate::auth::Actor;
use crate::web::context::Visit;
use crate::web::page::Page;
use crate::web::shell::Shell;
use prose::Piece;
use reference::Reference;

/// The reference.
#[derive(Template)]
#[template(path = "api/docs.html")]
pub struct DocsPage {
    shell: Shell,
    reference: &'static Reference,
    base: String,
}

/// Shows the reference.
pub async fn show(visit: Visit, actor: Option<Extension<Actor>>, headers: HeaderMap) -> Page<DocsPage> {
    let theme = actor.and_then(|Extension(actor)| actor.theme);
    let shell = Shell { theme, ..visit.plain_shell() };
    let base = visit.app.config.base_url.clone().unwrap_or_else(|| asked_at(&headers));
    Page::ok(DocsPage { shell, reference: reference(), base: base.trim_end_matches('/').to_owned() })
}

/// Where this request came to, for examples that work when they are copied.
fn asked_at(headers: &HeaderMap) -> String {
    let host = headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost:8080");
    format!("http://{host}")
}

fn reference() -> &'static Reference {
    static REFERENCE: LazyLock<Reference> = LazyLock::new(|| {
        let document = serde_json::to_value(openapi::document()).unwrap_or_default();
        Reference::of(&document)
    });
    &REFERENCE
}
