//! One order from the first call to the service case, through five people in four departments: a slipped date, a delivery in two
//! parts, a return and what the customer says. Each sees exactly what they should; figures are worked out by hand.

use axum::http::{Method, StatusCode};
use sqlx::PgPool;

use crate::support::api::{Client, Reply};
use crate::support::world::{Answer, World, day, text};

/// The story with the version of the order that each page shows.
struct Story {
    world: World,
}

impl Story {
    async fn ok(&self, who: &str, path: &str, form: &[(&str, &str)]) -> Answer {
        let answer = self.world.post(who, path, form).await;
        assert!(
            answer.status == StatusCode::SEE_OTHER || answer.status == StatusCode::OK,
            "{path}: {}",
            text(&answer)
        );
        answer
    }

    /// Does something on the order's page.
    async fn order(&self, who: &str, what: &str, form: &[(&str, &str)]) {
        let version: i64 = self.one("select version from deals").await;
        let version = version.to_string();
        let form: Vec<(&str, &str)> = form.iter().copied().chain([("version", &*version)]).collect();
        self.ok(who, &format!("/orders/1/{what}"), &form).await;
    }

    async fn one<T>(&self, sql: &'static str) -> T
    where
        T: Send + Unpin + for<'r> sqlx::Decode<'r, sqlx::Postgres> + sqlx::Type<sqlx::Postgres>,
    {
        sqlx::query_scalar(sql).fetch_one(&self.world.db).await.unwrap()
    }

    async fn page(&self, who: &str, path: &str) -> String {
        let page = self.world.get(who, path).await;
        assert_eq!(page.status, StatusCode::OK, "{who} {path}: {}", text(&page));
        text(&page)
    }

    async fn sees(&self, who: &str, path: &str) -> bool {
        let status = self.world.get(who, path).await.status;
        assert!(status == StatusCode::OK || status == StatusCode::NOT_FOUND, "{who} {path}: {status}");
        status == StatusCode::OK
    }

    async fn inbox(&self, who: &str) -> String {
        self.page(who, "/inbox?show=all").await
    }

    async fn customer_says(&self, path: &str, form: &[(&str, &str)]) -> Reply {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let headers =
            [("content-type", "application/x-www-form-urlencoded"), ("sec-fetch-site", "same-origin")];
        Client::stranger(&self.world.app).send(Method::POST, path, &headers, &body).await
    }
}

#[sqlx::test]
async fn from_first_call_to_service_case(pool: PgPool) {
    let world = World::new(pool).await;
    world.add_support().await;
    let story = Story { world };
    sells(&story).await;
    makes_and_slips(&story).await;
    delivers_in_two(&story).await;
    comes_back(&story).await;
    customer_is_not_content(&story).await;
    everybody_sees_what_is_theirs(&story).await;
}

/// Elias calls on 18 November, and wins on the 20th: an order of 20 for 200,000.
async fn sells(story: &Story) {
    let product = story.world.product("Ventus 12").await.to_string();
    let form = [
        ("customer", "Holmen Skog"),
        ("origin", "referral"),
        ("technique", "Energy calculation"),
        ("expected_on", "2026-11-27"),
        ("next_step", "Call about the drawings"),
        ("next_on", "2026-11-19"),
        ("product", &*product),
        ("quantity", "20"),
        ("amount", "200 000"),
    ];
    story.ok("elias", "/pipeline", &form).await;
    let waits = story.page("elias", "/actions").await;
    assert!(waits.contains("Call about the drawings") && waits.contains("SEK 200k"), "{waits}");
    assert!(story.page("karin", "/actions?view=people").await.contains("Call about the drawings"));
    assert!(!story.page("maja", "/actions").await.contains("drawings"));
    story.ok("elias", "/pipeline/1/move", &[("version", "1"), ("stage", "3")]).await;
    story.world.travel(day(11, 20));
    story.ok("elias", "/pipeline/1/win", &[("version", "2"), ("won_on", "2026-11-20")]).await;
    let booked: i64 = story.one("select sum(revenue)::bigint from credit_entries where basis = 0").await;
    assert_eq!(booked, 200_000_00);
    let delivered: i64 = story.one("select count(*) from credit_entries where basis = 1").await;
    assert_eq!(delivered, 0, "nothing is delivered yet");
}

/// Pia of production promises 30 November and moves it to 4 December for want of material; Elias tells the customer.
async fn makes_and_slips(story: &Story) {
    let waits = story.page("pia", "/actions?view=department").await;
    assert!(waits.contains("Give the customer a date") && waits.contains("order 10001"), "{waits}");
    story.order("pia", "promises", &[("on", "2026-11-30")]).await;
    story.order("pia", "steps", &[("step", "start")]).await;
    let prod = story.world.department("PROD").await.to_string();
    let moved =
        [("on", "2026-12-04"), ("cause", "material"), ("department", &*prod), ("note", "Fans are late")];
    story.order("pia", "promises", &moved).await;
    assert!(story.inbox("elias").await.contains(
        "Pia Ny moved the delivery of order 10001 to Holmen Skog from 30 November 2026 to 4 December 2026"
    ));
    story.ok("elias", "/orders/1/promises/2/told", &[]).await;
    story.order("pia", "steps", &[("step", "finish")]).await;
}

/// Dag delivers 12 on 30 November and 8 on 4 December: late by the first promise.
async fn delivers_in_two(story: &Story) {
    let line: i64 = story.one("select id from deal_lines").await;
    let quantity = format!("quantity-{line}");
    story.world.travel(day(11, 30));
    story.order("dag", "deliveries", &[("delivered_on", "2026-11-30"), (&quantity, "12")]).await;
    let delivered: i64 = story.one("select sum(revenue)::bigint from credit_entries where basis = 1").await;
    assert_eq!(delivered, 120_000_00, "12 of 20");
    story.world.travel(day(12, 4));
    story.order("dag", "deliveries", &[("delivered_on", "2026-12-04"), (&quantity, "8")]).await;
    let delivered: i64 = story.one("select sum(revenue)::bigint from credit_entries where basis = 1").await;
    assert_eq!(delivered, 200_000_00);
    let late: bool = story.one("select not on_time from deals").await;
    assert!(late);
    let counted: i64 = story
        .one("select sum(whole - part)::bigint from fact_entries where metric = 'on_time_delivery'")
        .await;
    assert_eq!(counted, 1, "one late for the department that delivers");
    assert!(story.inbox("elias").await.contains("Order 10001 was delivered to Holmen Skog 4 December 2026"));
}

/// Two came damaged: 20,000 is taken off, on both bases.
async fn comes_back(story: &Story) {
    let line: i64 = story.one("select id from deal_lines").await;
    let line = line.to_string();
    let form = [
        ("kind", "return"),
        ("return_line", &*line),
        ("return_quantity", "2"),
        ("return_on", "2026-12-04"),
        ("return_cause", "damaged"),
    ];
    story.order("elias", "returns", &form).await;
    for basis in [
        "select sum(revenue)::bigint from credit_entries where basis = 0",
        "select sum(revenue)::bigint from credit_entries where basis = 1",
    ] {
        let left: i64 = story.one(basis).await;
        assert_eq!(left, 180_000_00);
    }
}

/// A call is due a week after delivery. The customer gives a 5 by the link, and customer service gets a case.
async fn customer_is_not_content(story: &Story) {
    let due: String = story.one("select due_on::text from follow_ups").await;
    assert_eq!(due, "2026-12-11", "seven days after the last of it");
    story.world.travel(day(12, 11));
    assert!(story.page("elias", "/actions").await.contains("Holmen Skog"));
    let page = story.ok("elias", "/follow-ups/1/link", &[("lang", "en")]).await.body;
    let at = page.find("/f/").unwrap();
    let link = page[at..].split('"').next().unwrap().to_owned();
    let said = [("score", "5"), ("bad", "delivery"), ("words", "Late, and two were broken"), ("lang", "en")];
    assert_eq!(story.customer_says(&link, &said).await.status, StatusCode::SEE_OTHER);
    let cases: i64 = story.one("select count(*) from cases").await;
    assert_eq!(cases, 1, "a low score is answered");
    let waits = story.page("sigge", "/actions?view=department").await;
    assert!(waits.contains("Holmen Skog"), "{waits}");
    story
        .ok("sigge", "/cases/1/steps/reply", &[("version", "1"), ("words", "Two new ones are on their way")])
        .await;
    story.ok("elias", "/follow-ups/1/steps/reach", &[("version", "1"), ("score", "6")]).await;
    let in_time: i64 =
        story.one("select sum(part)::bigint from fact_entries where metric = 'follow_ups_in_time'").await;
    assert_eq!(in_time, 1, "on the day it was due");
    let replies: i64 =
        story.one("select sum(whole)::bigint from fact_entries where metric = 'first_reply_time'").await;
    assert_eq!(replies, 1);
}

async fn everybody_sees_what_is_theirs(story: &Story) {
    for path in ["/orders/1", "/follow-ups/1", "/cases/1"] {
        for who in ["elias", "karin", "anders", "ada", "per", "pia", "dag", "siv", "sigge"] {
            assert!(story.sees(who, path).await, "{who} must see {path}");
        }
        for who in ["maja", "petra", "johanna", "hanna"] {
            assert!(!story.sees(who, path).await, "{who} must not see {path}");
        }
    }
    for who in ["elias", "karin", "anders"] {
        assert!(story.page(who, "/orders/1").await.contains("180,000"), "{who} sees the amount");
        assert!(story.sees(who, "/pipeline/1").await && story.sees(who, "/deals/1").await, "{who}");
    }
    for who in ["pia", "dag", "sigge"] {
        let page = story.page(who, "/orders/1").await;
        assert!(!page.contains("180,000") && !page.contains("200,000"), "{who} must not see the amount");
        assert!(!story.sees(who, "/pipeline/1").await && !story.sees(who, "/deals/1").await, "{who}");
    }
    let said = story.page("sigge", "/feedback").await;
    assert!(said.contains("Late, and two were broken"), "{said}");
    let swedish = story.world.db.clone();
    sqlx::query("update users set language = 'sv' where email like 'elias%'")
        .execute(&swedish)
        .await
        .unwrap();
    let page = story.page("elias", "/orders/1").await;
    for words in [
        "Flyttat från 30 november 2026 till 4 december 2026",
        "Material saknas",
        "Elias Sandberg meddelade kunden 20 november",
        "Levererad sent",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
}
