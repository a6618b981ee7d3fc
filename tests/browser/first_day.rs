//! The first day: set up the company, sign out, sign in.

use pacemark::auth::links;
use pacemark::kernel::clock::Clock;
use sqlx::PgPool;

use super::driver::{Browser, Screen, Site};

#[sqlx::test]
async fn the_set_up_link_leads_to_a_signed_in_administrator(pool: PgPool) {
    let (site, app) = Site::start(&pool, Clock::system()).await;
    let token = links::issue_setup(&mut app.read().await.unwrap(), app.clock.now()).await.unwrap().unwrap();
    let browser = Browser::open(Screen::Desk).await;

    browser.go(&site.at(&format!("/setup/{token}"))).await;
    browser.fill("company", "Nordhem Ventilation").await;
    browser.fill("name", "Ada Admin").await;
    browser.fill("email", "ada@nordhem.example").await;
    browser.fill("password", "short").await;
    browser.click("main form button.btn--primary").await;
    browser.find(".error-summary").await;
    assert!(browser.text().await.contains("Use at least 12 characters."), "{}", browser.text().await);
    assert_eq!(browser.accessibility_faults().await, Vec::<String>::new());

    browser.fill("password", "korrekt häst batteri").await;
    browser.click("main form button.btn--primary").await;
    browser.find(".shell").await;
    assert_eq!(browser.path().await, "/");

    browser.go(&site.at(&format!("/setup/{token}"))).await;
    assert!(browser.text().await.contains("This page does not exist"), "the link works once");

    browser.go(&site.at("/me")).await;
    browser.click(".side__foot summary").await;
    browser.click(".side__foot form[action='/logout'] button").await;
    browser.find("main form[action='/login']").await;
    browser.sign_in(&site, "ada@nordhem.example", "korrekt häst batteri").await;
    browser.close().await;
}
