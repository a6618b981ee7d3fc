//! `GET /api/docs`: the OpenAPI document to browse and try, without anything from elsewhere.

use askama::Template;

use crate::web::context::Visit;
use crate::web::page::Page;
use crate::web::shell::Shell;

/// The page around the API browser.
#[derive(Template)]
#[template(path = "api/docs.html")]
pub struct DocsPage {
    shell: Shell,
}

/// Shows the browser.
pub async fn show(visit: Visit) -> Page<DocsPage> {
    Page::ok(DocsPage { shell: visit.plain_shell() })
}
