//! The main job: a manager sets a goal, a seller logs a deal on the phone, the goal is revised, attainment moves.

use std::time::{Duration, Instant};

use pacemark::kernel::clock::Clock;
use sqlx::PgPool;

use super::driver::{Browser, Screen, Site};
use crate::support::world::{World, day};

const PASSWORD: &str = "korrekt häst batteri";

/// The shared company with a password for everybody, served.
async fn served(pool: &PgPool) -> (World, Site) {
    let world = World::new(pool.clone()).await;
    let hash = world.app.passwords.hash(PASSWORD).await.unwrap();
    sqlx::query("update users set password_hash = $1").bind(hash).execute(&world.db).await.unwrap();
    let clock: Clock = world.app.clock.clone();
    let (site, _) = Site::start(pool, clock).await;
    (world, site)
}

#[sqlx::test]
async fn a_goal_is_set_a_deal_logged_on_the_phone_and_attainment_moves(pool: PgPool) {
    let (world, site) = served(&pool).await;
    let elias = world.employee("elias").await;

    let manager = Browser::open(Screen::Desk).await;
    manager.sign_in(&site, "karin@nordhem.example", PASSWORD).await;
    manager
        .go(&site.at(&format!("/goals/new?person={elias}&metric=revenue&period=2026-10-01..2026-12-31")))
        .await;
    manager.fill("target", "about a million").await;
    manager.click("main button[formaction='/goals/new']").await;
    manager.find(".error-summary").await;
    manager.fill("target", "1,6 mn").await;
    manager.click("main button[formaction='/goals/new']").await;
    manager.find(".toast").await;

    let seller = Browser::open(Screen::Phone).await;
    seller.sign_in(&site, "elias@nordhem.example", PASSWORD).await;
    assert!(seller.text().await.contains("of 1.60M"), "{}", seller.text().await);
    seller.go(&site.at("/deals/new")).await;
    seller.fill("customer", "Vännäs Bygg").await;
    seller.fill("amount", "168 tkr").await;
    seller.click("main .choice input[name=product] + span").await;
    assert!(!seller.scrolls_sideways().await);
    seller.click(".stickybar button").await;
    seller.find(".toast").await;
    assert!(seller.text().await.contains("SEK 168k"), "{}", seller.text().await);

    let goal: i64 = sqlx::query_scalar("select id from goals").fetch_one(&world.db).await.unwrap();
    manager.go(&site.at(&format!("/goals/{goal}"))).await;
    assert!(manager.text().await.contains("Vännäs Bygg"), "{}", manager.text().await);
    manager.go(&site.at(&format!("/goals/{goal}/revise"))).await;
    manager.fill("target", "1 500 000").await;
    manager.fill("reason", "Lost the framework deal").await;
    manager.click("main form select[name=class], main form input[name=class] + span").await;
    manager.click("main form button.btn--primary").await;
    manager.find(".toast").await;
    let text = manager.text().await;
    assert!(
        text.contains("1.50M") && text.contains("1.60M") && text.contains("Lost the framework deal"),
        "{text}"
    );

    seller.go(&site.at("/")).await;
    assert!(seller.text().await.contains("of 1.50M"), "{}", seller.text().await);
    manager.close().await;
    seller.close().await;
}

#[sqlx::test]
async fn undo_takes_a_deal_back(pool: PgPool) {
    let (world, site) = served(&pool).await;
    let seller = Browser::open(Screen::Phone).await;
    seller.sign_in(&site, "maja@nordhem.example", PASSWORD).await;
    seller.go(&site.at("/deals/new")).await;
    seller.fill("customer", "Obbola Livs").await;
    seller.fill("amount", "22 000").await;
    seller.click("main .choice input[name=product] + span").await;
    seller.click(".stickybar button").await;
    seller.click(".toast form button").await;
    seller.wait_until_at("/deals").await;
    let counted: Option<i64> = sqlx::query_scalar("select sum(revenue)::bigint from credit_days")
        .fetch_one(&world.db)
        .await
        .unwrap();
    assert_eq!(counted, Some(0));
    seller.close().await;
}

/// Waits until the page says `words`, by itself, and answers how long that took.
async fn until_it_says(browser: &Browser, words: &str) -> Duration {
    let begun = Instant::now();
    while !browser.text().await.contains(words) {
        assert!(begun.elapsed() < Duration::from_secs(10), "never said {words}: {}", browser.text().await);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    begun.elapsed()
}

#[sqlx::test]
async fn open_pages_show_a_sale_of_another_node_by_themselves(pool: PgPool) {
    let world = World::new(pool.clone()).await;
    let hash = world.app.passwords.hash(PASSWORD).await.unwrap();
    sqlx::query("update users set password_hash = $1").bind(hash).execute(&world.db).await.unwrap();
    let goal = [
        ("subject", "elias"),
        ("metric", "revenue"),
        ("period", "2026-10-01..2026-12-31"),
        ("target", "1,6 mn"),
    ];
    let answer = world.post("karin", "/goals/new", &goal).await;
    assert_eq!(answer.status, axum::http::StatusCode::SEE_OTHER, "{}", answer.body);
    sqlx::raw_sql("update settings set leaderboard = true").execute(&world.db).await.unwrap();

    let site = Site::start_live(&pool, world.app.clock.clone()).await;
    let (seller, manager) = (Browser::open(Screen::Phone).await, Browser::open(Screen::Desk).await);
    seller.sign_in(&site, "elias@nordhem.example", PASSWORD).await;
    manager.sign_in(&site, "karin@nordhem.example", PASSWORD).await;
    manager.go(&site.at("/team?sort=-actual")).await;
    let colleague = Browser::open(Screen::Desk).await;
    colleague.sign_in(&site, "petra@nordhem.example", PASSWORD).await;
    colleague.go(&site.at("/leaderboard")).await;
    // what was there before has been told by then
    tokio::time::sleep(Duration::from_millis(2_500)).await;
    assert!(!seller.text().await.contains("168k") && !manager.text().await.contains("168k"));
    assert!(!colleague.text().await.contains("10%"));

    // the world's own application is another node: it shares nothing with the site but the database
    world.deal("elias", "Holmen Skog", 168_000, day(11, 18)).await;
    let sold = Instant::now();
    until_it_says(&seller, "168k").await;
    until_it_says(&manager, "168k").await;
    until_it_says(&colleague, "10%").await;
    assert!(sold.elapsed() < Duration::from_secs(5), "{:?}", sold.elapsed());
    manager.go(&site.at("/inbox")).await;
    tokio::time::sleep(Duration::from_millis(2_500)).await;
    let comments = format!("{}/comments", answer.location());
    let said = world.post("elias", &comments, &[("body", "@Karin Lindqvist, Holmen has signed.")]).await;
    assert_eq!(said.status, axum::http::StatusCode::SEE_OTHER, "{}", said.body);
    let there = world.get("karin", "/inbox").await.body;
    assert!(there.contains("Holmen has signed"), "{there}");
    until_it_says(&manager, "Holmen has signed").await;
    for window in [manager, seller, colleague] {
        window.close().await;
    }
}
