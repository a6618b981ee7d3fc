//! A real Chromium, and the application served to it on a real socket.

use std::mem::ManuallyDrop;
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use pacemark::app::App;
use pacemark::attainment::rollup;
use pacemark::kernel::clock::Clock;
use pacemark::web::accept::{self, Limits};
use pacemark::web::live::{self, Live};
use serde_json::json;
use sqlx::PgPool;
use thirtyfour::prelude::*;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::support::db;

const AXE: &str = include_str!("../vendor/axe.min.js");

/// The application on a socket of its own; ends with the test.
pub struct Site {
    /// Where it serves.
    pub address: SocketAddr,
    _until_dropped: tokio_util::sync::DropGuard,
}

impl Site {
    /// Serves the application over the test's database.
    pub async fn start(pool: &PgPool, clock: Clock) -> (Self, App) {
        let app = App::new(db::guarded(pool, 8).await, clock, crate::support::world::config());
        Self::serve(app).await
    }

    /// The same, as a node whose pages hear of changes.
    pub async fn start_live(pool: &PgPool, clock: Clock) -> Self {
        let (changes, live) = Live::channel();
        let app = App::new(db::guarded(pool, 8).await, clock, crate::support::world::config());
        let folding = CancellationToken::new();
        tokio::spawn(rollup::keep_folding(app.db.clone(), changes, folding.clone()));
        tokio::spawn(live::keep_listening(app.db.clone(), live.clone(), folding));
        Self::serve(app.with_live(live)).await.0
    }

    async fn serve(app: App) -> (Self, App) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let shutdown = CancellationToken::new();
        tokio::spawn(accept::serve(listener, app.clone().router(), Limits::default(), shutdown.clone()));
        (Self { address, _until_dropped: shutdown.drop_guard() }, app)
    }

    /// The full address of a path.
    pub fn at(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }
}

/// A browser window. Close it with [`Browser::close`]; its driver ends with the test in any case.
pub struct Browser {
    /// The window. Never dropped: its own drop would wait for a driver that is gone.
    pub window: ManuallyDrop<WebDriver>,
    process: Child,
    _profile: tempfile::TempDir,
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ended = self.process.kill();
        let _reaped = self.process.wait();
    }
}

/// How the window looks at pages.
#[derive(Clone, Copy, Debug)]
pub enum Screen {
    /// 1440 × 900 with a mouse.
    Desk,
    /// 390 × 844 with a finger.
    Phone,
}

impl Browser {
    /// Opens a window.
    pub async fn open(screen: Screen) -> Self {
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let process = Command::new("chromedriver")
            .arg(format!("--port={port}"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver should be installed; bin/test installs it");
        let profile = tempfile::tempdir().unwrap();
        let capabilities = capabilities(screen, profile.path());
        let mut tries = 0;
        let window = loop {
            match WebDriver::new(format!("http://127.0.0.1:{port}"), capabilities.clone()).await {
                Ok(window) => break window,
                Err(error) if tries > 50 => panic!("no browser: {error}"),
                Err(_) => tries += 1,
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        };
        Self { window: ManuallyDrop::new(window), process, _profile: profile }
    }

    /// Opens an address.
    pub async fn go(&self, address: &str) {
        self.window.goto(address).await.unwrap();
    }

    /// The first element that a CSS selector finds, waiting for it to appear.
    pub async fn find(&self, selector: &str) -> WebElement {
        let found = self.window.query(By::Css(selector)).first().await;
        match found {
            Ok(element) => element,
            Err(error) => {
                panic!("{selector} is not on {}: {error}", self.window.current_url().await.unwrap())
            }
        }
    }

    /// Types into the field of that name, replacing what it held.
    pub async fn fill(&self, name: &str, text: &str) {
        let field = self.find(&format!("[name=\"{name}\"]:not([type=hidden])")).await;
        field.clear().await.unwrap();
        field.send_keys(text).await.unwrap();
    }

    /// Chooses in a select or among chips.
    pub async fn choose(&self, name: &str, value: &str) {
        let script = r#"
            const field = document.querySelector(`main select[name="${arguments[0]}"]`);
            if (field) { field.value = arguments[1]; }
            else { document.querySelector(`main [name="${arguments[0]}"][value="${arguments[1]}"]`).checked = true; }
        "#;
        self.window.execute(script, vec![json!(name), json!(value)]).await.unwrap();
    }

    /// The text of the page once it holds `words`.
    pub async fn wait_for(&self, words: &str) -> String {
        for _ in 0..50 {
            let text = self.text().await;
            if text.contains(words) {
                return text;
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        panic!("{words} should be on {}: {}", self.path().await, self.text().await);
    }

    /// Clicks what a CSS selector finds.
    pub async fn click(&self, selector: &str) {
        let element = self.find(selector).await;
        element.scroll_into_view().await.unwrap();
        if element.click().await.is_err() {
            self.window.execute("arguments[0].click()", vec![element.to_json().unwrap()]).await.unwrap();
        }
    }

    /// All visible text of the page.
    pub async fn text(&self) -> String {
        let text = self.window.execute("return document.body.innerText", Vec::new()).await.unwrap();
        text.convert::<String>().unwrap().replace(['\u{a0}', '\u{202f}'], " ")
    }

    /// Path and query of the page.
    pub async fn path(&self) -> String {
        let url = self.window.current_url().await.unwrap();
        url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()))
    }

    /// Waits until the browser has gone to a path.
    pub async fn wait_until_at(&self, path: &str) {
        for _ in 0..50 {
            if self.path().await == path {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("the browser should be at {path}, not at {}", self.path().await);
    }

    /// Signs in on the sign-in page.
    pub async fn sign_in(&self, site: &Site, email: &str, password: &str) {
        self.go(&site.at("/login")).await;
        self.fill("email", email).await;
        self.fill("password", password).await;
        self.click("main form button.btn--primary").await;
        self.find(".shell").await;
    }

    /// Makes pages believe that the system is light or dark.
    pub async fn prefer(&self, scheme: &str) {
        let features = json!({ "features": [
            { "name": "prefers-color-scheme", "value": scheme },
            { "name": "prefers-reduced-motion", "value": "reduce" },
        ] });
        self.window.cdp().send_raw("Emulation.setEmulatedMedia", features).await.unwrap();
    }

    /// What axe finds wrong with the page, one line each.
    pub async fn accessibility_faults(&self) -> Vec<String> {
        self.window.execute(AXE, Vec::new()).await.unwrap();
        let script = r#"
            const done = arguments[arguments.length - 1];
            const values = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
            axe.run(document, { runOnly: { type: "tag", values }, resultTypes: ["violations"] }).then(result =>
                done(result.violations.map(v => `${v.id}: ${v.nodes.map(n => n.html.slice(0, 160)).join(" | ")}`)));
        "#;
        let found = self.window.execute_async(script, Vec::new()).await.unwrap();
        found.convert::<Vec<String>>().unwrap()
    }

    /// Whether the page can be scrolled sideways.
    pub async fn scrolls_sideways(&self) -> bool {
        let script = "return document.documentElement.scrollWidth > innerWidth + 1";
        self.window.execute(script, Vec::new()).await.unwrap().convert().unwrap()
    }

    /// Closes the window.
    pub async fn close(self) {
        (*self.window).clone().quit().await.unwrap();
    }
}

fn capabilities(screen: Screen, profile: &std::path::Path) -> thirtyfour::ChromeCapabilities {
    let mut caps = DesiredCapabilities::chrome();
    for flag in [
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--disable-dev-shm-usage",
        "--window-size=1440,900",
    ] {
        caps.add_arg(flag).unwrap();
    }
    caps.add_arg(&format!("--user-data-dir={}", profile.display())).unwrap();
    if matches!(screen, Screen::Phone) {
        let metrics =
            json!({ "deviceMetrics": { "width": 390, "height": 844, "pixelRatio": 2.0, "touch": true } });
        caps.add_experimental_option("mobileEmulation", metrics).unwrap();
    }
    caps
}
