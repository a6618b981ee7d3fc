//! The frame of every page: who reads it, where they are, where they can go.
//!
//! Plain data, so that layouts can be rendered in a test without an account.

use super::i18n::Localiser;
use crate::kernel::lang::Lang;

/// What the layouts draw around a page.
#[derive(Clone, Debug, Default)]
pub struct Shell {
    /// The reader's language.
    pub l: Localiser,
    /// The company's name, in the side bar and on the phone's top bar.
    pub company: String,
    /// The id of the navigation item the page belongs to.
    pub here: &'static str,
    /// The path and query of the page, to come back to after switching language or theme.
    pub path: String,
    /// The number of the latest change to the figures, for a page that follows them.
    pub figures: i64,
    /// The reader's name.
    pub person: String,
    /// The reader's title or department.
    pub person_title: String,
    /// The side bar.
    pub nav: Vec<NavGroup>,
    /// The phone's bottom bar: two items before "Log deal" and one after; "More" is added.
    pub tabs: Vec<NavItem>,
    /// `light` or `dark` where the reader has chosen; otherwise the system's.
    pub theme: Option<&'static str>,
    /// Whether single-key shortcuts are on (WCAG 2.1.4).
    pub shortcuts: bool,
    /// What just happened.
    pub toast: Option<Toast>,
    /// Whether the reader may log deals.
    pub can_log_deal: bool,
    /// Notices that the reader has not read.
    pub unread: i64,
}

/// Some navigation items under a heading.
#[derive(Clone, Debug)]
pub struct NavGroup {
    /// The heading's message key.
    pub label_key: Option<&'static str>,
    /// The items, in order.
    pub items: Vec<NavItem>,
}

/// A link of the navigation.
#[derive(Clone, Debug)]
pub struct NavItem {
    /// What [`Shell::here`] names.
    pub id: &'static str,
    /// Where it leads.
    pub href: &'static str,
    /// The icon's name in the sprite.
    pub icon: &'static str,
    /// The message key of the text.
    pub label_key: &'static str,
    /// How many things wait there.
    pub count: Option<i64>,
    /// Whether those things are urgent.
    pub hot: bool,
}

/// A message that goes away by itself, with its undo.
#[derive(Clone, Debug, Default)]
pub struct Toast {
    /// What happened.
    pub text: String,
    /// Where a POST takes it back.
    pub undo_url: Option<String>,
    /// Hidden fields of that POST.
    pub undo_fields: Vec<(String, String)>,
}

impl Shell {
    /// The navigation of a reader: `leads` sees the team, `admin` the administration, everybody the leaderboard where
    /// there is a `board`; `unread` notices wait.
    pub fn navigation(leads: bool, admin: bool, board: bool, unread: i64) -> Vec<NavGroup> {
        let count = (unread > 0).then_some(unread);
        let inbox = NavItem { count, hot: true, ..item("inbox", "/inbox", "inbox") };
        let mut work = vec![item("home", "/", "house"), inbox, item("actions", "/actions", "check")];
        if leads {
            work.push(item("team", "/team", "users"));
        }
        work.push(item("goals", "/goals", "target"));
        let process = vec![
            item("pipeline", "/pipeline", "route"),
            item("deals", "/deals", "handshake"),
            item("orders", "/orders", "package"),
            item("deliveries", "/deliveries", "truck"),
            item("follow-ups", "/follow-ups", "phone-call"),
            item("cases", "/cases", "headphones"),
            item("customers", "/customers", "building-2"),
            item("products", "/products", "tag"),
            item("process", "/process", "gauge"),
        ];
        let mut together = vec![item("reviews", "/reviews", "calendar"), item("market", "/market", "globe")];
        if board {
            together.push(item("leaderboard", "/leaderboard", "trophy"));
        }
        let mut groups = vec![
            NavGroup { label_key: None, items: work },
            NavGroup { label_key: Some("nav-process"), items: process },
            NavGroup { label_key: Some("nav-together"), items: together },
        ];
        if admin {
            groups.push(NavGroup { label_key: Some("nav-administration"), items: administration() });
        }
        groups
    }

    /// The phone's bottom bar of a reader.
    pub fn tab_items(leads: bool) -> Vec<NavItem> {
        let home = item("home", "/", "house");
        let goals = item("goals", "/goals", "target");
        if leads {
            vec![home, item("team", "/team", "users"), goals]
        } else {
            vec![home, goals, item("deals", "/deals", "handshake")]
        }
    }

    /// A frame in `lang` for an administrator who leads a team, for tests and the gallery.
    pub fn for_tests(lang: Lang) -> Self {
        Self {
            l: Localiser::new(lang),
            company: "Nordhem Ventilation".into(),
            here: "home",
            path: "/".into(),
            figures: 0,
            person: "Karin Lindqvist".into(),
            person_title: "Sales North".into(),
            nav: Self::navigation(true, true, true, 2),
            tabs: Self::tab_items(true),
            theme: None,
            shortcuts: true,
            toast: None,
            can_log_deal: true,
            unread: 2,
        }
    }

    /// The same after `read` notices were read by showing the page.
    #[must_use]
    pub fn after_reading(mut self, read: i64) -> Self {
        self.unread = self.unread.saturating_sub(read).max(0);
        let count = (self.unread > 0).then_some(self.unread);
        for item in self.nav.iter_mut().flat_map(|group| &mut group.items).filter(|item| item.id == "inbox") {
            item.count = count;
        }
        self
    }

    /// Whether `item` is where the page belongs.
    pub fn is_here(&self, item: &NavItem) -> bool {
        self.here == item.id
    }

    /// The theme that the switch asks for where there is no script to ask the screen.
    pub fn other_theme(&self) -> &'static str {
        if self.theme == Some("dark") { "light" } else { "dark" }
    }

    /// Whether no tab of the phone's bar is where the page belongs, so "More" is.
    pub fn is_under_more(&self) -> bool {
        !self.tabs.iter().any(|tab| self.is_here(tab))
    }
}

fn administration() -> Vec<NavItem> {
    vec![
        item("admin", "/admin", "gauge"),
        item("people", "/admin/people", "users-round"),
        item("departments", "/admin/departments", "split"),
        item("settings", "/admin/settings", "settings"),
        item("stages", "/admin/stages", "route"),
        item("imports", "/admin/imports", "layers"),
        item("tokens", "/admin/tokens", "link-2"),
        item("audit", "/admin/audit", "history"),
    ]
}

fn item(id: &'static str, href: &'static str, icon: &'static str) -> NavItem {
    NavItem { id, href, icon, label_key: label_key(id), count: None, hot: false }
}

fn label_key(id: &str) -> &'static str {
    match id {
        "home" => "nav-home",
        "inbox" => "nav-inbox",
        "actions" => "nav-actions",
        "market" => "nav-market",
        "reviews" => "nav-reviews",
        "leaderboard" => "nav-leaderboard",
        "team" => "nav-team",
        "goals" => "nav-goals",
        "deals" => "nav-deals",
        "orders" => "nav-orders",
        "deliveries" => "nav-deliveries",
        "process" => "nav-figures",
        "pipeline" => "nav-pipeline",
        "stages" => "nav-stages",
        "customers" => "nav-customers",
        "follow-ups" => "nav-follow-ups",
        "cases" => "nav-cases",
        "products" => "nav-products",
        "people" => "nav-people",
        "departments" => "nav-departments",
        "settings" => "nav-settings",
        "imports" => "nav-imports",
        "tokens" => "nav-tokens",
        "audit" => "nav-audit",
        _ => "nav-admin",
    }
}
