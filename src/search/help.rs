//! The phone's menu, help, and the keys.

use askama::Template;
use axum::response::{IntoResponse, Response};

use crate::web::context::Ctx;
use crate::web::page::Page;
use crate::web::shell::Shell;

#[derive(Template)]
#[template(path = "help/menu.html")]
struct MenuPage {
    shell: Shell,
}

/// `GET /menu`: everything that the phone's bar has no room for.
pub async fn menu(ctx: Ctx) -> Response {
    Page::ok(MenuPage { shell: ctx.shell("menu") }).into_response()
}

#[derive(Template)]
#[template(path = "help/help.html")]
struct HelpPage {
    shell: Shell,
    administers: bool,
    leads: bool,
}

impl HelpPage {
    fn meaning(&self, state: &str) -> String {
        let key = match state {
            "on" => "help-status-on",
            "risk" => "help-status-risk",
            "off" => "help-status-off",
            _ => "help-status-reached",
        };
        self.shell.l.t(key)
    }
}

/// `GET /help`
pub async fn help(ctx: Ctx) -> Response {
    let (administers, leads) = (ctx.actor.is_admin(), ctx.sees_teams());
    Page::ok(HelpPage { shell: ctx.shell("help"), administers, leads }).into_response()
}

#[derive(Template)]
#[template(path = "help/keys.html")]
struct KeysPage {
    shell: Shell,
    keys: Vec<(&'static str, String)>,
}

/// `GET /help/keys`
pub async fn keys(ctx: Ctx) -> Response {
    let keys = [
        ("Ctrl K, ⌘ K, /", "help-key-search"),
        ("n", "help-key-deal"),
        ("g h", "help-key-home"),
        ("g t", "help-key-team"),
        ("g g", "help-key-goals"),
        ("g a", "help-key-actions"),
        ("g b", "help-key-board"),
        ("g d", "help-key-deals"),
        ("g o", "help-key-orders"),
        ("g f", "help-key-follow-ups"),
        ("g c", "help-key-customers"),
        ("g p", "help-key-products"),
        ("j, k", "help-key-rows"),
        ("z", "help-key-undo"),
        ("Ctrl Enter", "help-key-send"),
        ("Esc", "help-key-close"),
        ("?", "help-key-list"),
    ];
    let keys = keys.into_iter().map(|(keys, what)| (keys, ctx.l.t(what))).collect();
    Page::ok(KeysPage { shell: ctx.shell("help"), keys }).into_response()
}
