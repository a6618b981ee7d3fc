//! Orders on their way: promised, moved, delivered in parts, returned; who sees and does what; figures by hand.

use axum::http::StatusCode;
use pacemark::kernel::id::DealId;
use pacemark::orders;
use sqlx::PgPool;

use crate::support::api::Client;
use crate::support::world::{Answer, World, day, kr, text};

/// An order of Elias of 20 pieces for 200,000, and the id of its line.
pub async fn order(world: &World) -> (DealId, String) {
    let mut draft = world.draft("elias", "Holmen Skog", 200_000, day(11, 17)).await;
    draft.lines[0].quantity = 20;
    draft.lines[0].cost = kr(120_000);
    let id = world.book(&draft).await;
    let line: i64 = sqlx::query_scalar("select id from deal_lines where deal_id = $1")
        .bind(id.0)
        .fetch_one(&world.db)
        .await
        .unwrap();
    (id, line.to_string())
}

pub async fn world(pool: PgPool) -> World {
    let world = World::new(pool).await;
    world.add_support().await;
    world
}

/// Sends a form of the order's page with the version that the page shows.
pub async fn act(world: &World, who: &str, id: DealId, what: &str, form: &[(&str, &str)]) -> Answer {
    let version = version(world, id).await;
    let form: Vec<(&str, &str)> = form.iter().copied().chain([("version", &*version)]).collect();
    world.post(who, &format!("/orders/{id}/{what}"), &form).await
}

pub async fn version(world: &World, id: DealId) -> String {
    let version: i64 = sqlx::query_scalar("select version from deals where id = $1")
        .bind(id.0)
        .fetch_one(&world.db)
        .await
        .unwrap();
    version.to_string()
}

/// State, whether it was on time, and the day it was delivered.
pub async fn state(world: &World, id: DealId) -> (String, Option<bool>, Option<String>) {
    sqlx::query_as("select order_state, on_time, delivered_on::text from deals where id = $1")
        .bind(id.0)
        .fetch_one(&world.db)
        .await
        .unwrap()
}

/// What an order is worth in the ledger on each basis: revenue and pieces.
pub async fn worth(world: &World, id: DealId) -> Vec<(i16, i64, i64)> {
    sqlx::query_as(
        "select basis, sum(revenue)::bigint, sum(units)::bigint from credit_entries where deal_id = $1 group by 1 order by 1",
    )
    .bind(id.0)
    .fetch_all(&world.db)
    .await
    .unwrap()
}

/// Deliveries on time and deliveries, as goals of a department count them.
pub async fn counted(world: &World, code: &str) -> (i64, i64) {
    sqlx::query_as(
        "select coalesce(sum(part), 0)::bigint, coalesce(sum(whole), 0)::bigint from fact_entries e
        join departments d on d.id = e.department_id where d.code = $1 and e.metric = 'on_time_delivery'",
    )
    .bind(code)
    .fetch_one(&world.db)
    .await
    .unwrap()
}

pub fn ok(answer: &Answer) {
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
}

#[sqlx::test]
async fn each_sees_what_is_theirs_and_only_some_see_amounts(pool: PgPool) {
    let world = world(pool).await;
    let (id, _) = order(&world).await;
    let page = format!("/orders/{id}");
    for who in ["elias", "karin", "anders", "frida", "ada"] {
        let shown = world.get(who, &page).await;
        assert_eq!(shown.status, StatusCode::OK, "{who}");
        assert!(text(&shown).contains("200,000"), "{who} sees the amount");
    }
    for who in ["per", "pia", "dag", "siv", "sigge"] {
        let shown = world.get(who, &page).await;
        assert_eq!(shown.status, StatusCode::OK, "{who}");
        assert!(!text(&shown).contains("200,000"), "{who} must not see the amount");
        let list = text(&world.get(who, "/orders").await);
        assert!(list.contains("Holmen Skog") && !list.contains("200"), "{who}: {list}");
        let csv = world.get(who, "/orders.csv").await.body;
        assert!(csv.contains("Holmen Skog") && !csv.contains("200000"), "{who}: {csv}");
    }
    for who in ["maja", "petra", "johanna", "hanna"] {
        assert_eq!(world.get(who, &page).await.status, StatusCode::NOT_FOUND, "{who}");
        assert!(!world.get(who, "/orders?view=all").await.body.contains("Holmen Skog"), "{who}");
        assert!(!world.get(who, "/deliveries.csv?view=open").await.body.contains("Holmen Skog"), "{who}");
    }
}

#[sqlx::test]
async fn the_first_promise_counts_and_the_trail_says_why_it_was_not_kept(pool: PgPool) {
    let world = world(pool).await;
    let (id, line) = order(&world).await;
    assert_eq!(state(&world, id).await, ("received".into(), None, None));
    let refused = act(&world, "elias", id, "promises", &[("on", "2026-12-10")]).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "the seller does not give dates for production");
    ok(&act(&world, "pia", id, "promises", &[("on", "2026-12-10")]).await);
    assert_eq!(state(&world, id).await.0, "confirmed");
    assert!(
        text(&world.get("elias", "/inbox").await)
            .contains("Pia Ny confirmed order 10001 to Holmen Skog for 10 December 2026")
    );
    assert!(!text(&world.get("maja", "/inbox").await).contains("10001"));

    let moved = [("on", "2026-12-17"), ("note", "Fans from Ume\u{e5} are late")];
    let without_cause = act(&world, "pia", id, "promises", &moved).await;
    assert_eq!(without_cause.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(without_cause.field("on"), "2026-12-17", "what was typed is kept");
    let prod = world.department("PROD").await.to_string();
    let form = [moved[0], moved[1], ("cause", "material"), ("department", &*prod)];
    ok(&act(&world, "pia", id, "promises", &form).await);
    let owed: (String, String) =
        sqlx::query_as("select promised_on::text, owed_on::text from deal_lines where deal_id = $1")
            .bind(id.0)
            .fetch_one(&world.db)
            .await
            .unwrap();
    assert_eq!(owed, ("2026-12-17".into(), "2026-12-10".into()));
    let page = text(&world.get("elias", &format!("/orders/{id}")).await);
    for said in [
        "Moved from 10 December 2026 to 17 December 2026",
        "Material missing · Production · the customer is not told yet",
        "Fans from Umeå are late",
        "At risk",
        "owed 10 December 2026",
    ] {
        assert!(page.contains(said), "{said}: {page}");
    }
    ok(&world.post("elias", &format!("/orders/{id}/promises/2/told"), &[]).await);
    assert!(
        text(&world.get("pia", &format!("/orders/{id}")).await)
            .contains("Elias Sandberg told the customer 18 November")
    );

    ok(&act(&world, "pia", id, "steps", &[("step", "start")]).await);
    ok(&act(&world, "pia", id, "steps", &[("step", "finish")]).await);
    assert_eq!(act(&world, "pia", id, "steps", &[("step", "start")]).await.status, StatusCode::CONFLICT);
    world.travel(day(12, 9));
    let quantity = format!("quantity-{line}");
    let too_many =
        act(&world, "dag", id, "deliveries", &[("delivered_on", "2026-12-09"), (&quantity, "21")]).await;
    assert_eq!(too_many.status, StatusCode::UNPROCESSABLE_ENTITY);
    ok(&act(&world, "dag", id, "deliveries", &[("delivered_on", "2026-12-09"), (&quantity, "12")]).await);
    assert_eq!(state(&world, id).await, ("partly_delivered".into(), None, None));
    assert!(text(&world.get("elias", &format!("/orders/{id}")).await).contains("12 of 20"));

    // late from the day after it was owed, once
    world.travel(day(12, 12));
    assert_eq!(counted(&world, "DELIVERY").await, (0, 0));
    for _ in 0..2 {
        let mut tx = world.app.begin().await.unwrap();
        orders::settle_late(&mut tx, &world.company().await, world.app.clock.now()).await.unwrap();
        tx.commit().await.unwrap();
    }
    assert_eq!(counted(&world, "DELIVERY").await, (0, 1));
    let late = text(&world.get("dag", "/deliveries?view=late").await);
    assert!(late.contains("8 × Ventus 12") && late.contains("2 days late"), "{late}");

    world.travel(day(12, 17));
    ok(&act(&world, "dag", id, "deliveries", &[("delivered_on", "2026-12-17"), (&quantity, "8")]).await);
    assert_eq!(state(&world, id).await, ("delivered".into(), Some(false), Some("2026-12-17".into())));
    assert_eq!(counted(&world, "DELIVERY").await, (0, 1), "counted once, now on the day it came");
    let figures = text(&world.get("dag", "/deliveries/figures").await);
    assert!(figures.contains("0 on time ÷ 1 with a date, of 1 delivered; 1 late"), "{figures}");
    assert!(figures.contains("30 days"), "17 November to 17 December: {figures}");
    assert!(figures.contains("Material missing once, 1 line"), "{figures}");
}

#[sqlx::test]
async fn who_answers_for_the_customer_sees_the_order_and_is_told(pool: PgPool) {
    let world = world(pool).await;
    let (id, _) = order(&world).await;
    let customer = format!("/customers/{}", world.customer("Holmen Skog").await);
    let maja = world.employee("maja").await.to_string();
    let form = [("owner", &*maja), ("version", "1")];
    assert_eq!(world.post("maja", &format!("{customer}/owner"), &form).await.status, StatusCode::FORBIDDEN);
    assert_eq!(world.get("maja", &format!("/orders/{id}")).await.status, StatusCode::NOT_FOUND);
    let of_others = world.post("johanna", &format!("{customer}/owner"), &form).await;
    assert_eq!(of_others.status, StatusCode::FORBIDDEN, "Maja is not hers to choose");
    ok(&world.post("karin", &format!("{customer}/owner"), &form).await);
    world.deal("petra", "Brf Ankaret", 100, day(11, 2)).await;
    let of_petra = format!("/customers/{}/owner", world.customer("Brf Ankaret").await);
    let grab = [("owner", &*world.employee("elias").await.to_string()), ("version", "1")];
    let grabbed = world.post("karin", &of_petra, &grab).await;
    assert_eq!(grabbed.status, StatusCode::FORBIDDEN, "it would show her the orders of Petra");
    let page = text(&world.get("maja", &format!("/orders/{id}")).await);
    assert!(
        page.contains("Holmen Skog") && !page.contains("200,000"),
        "the order, and not what Elias sells for: {page}"
    );
    ok(&act(&world, "pia", id, "promises", &[("on", "2026-12-10")]).await);
    assert!(text(&world.get("maja", "/inbox").await).contains("Pia Ny confirmed order 10001"));
}

#[sqlx::test]
async fn what_the_customer_wishes_is_on_time(pool: PgPool) {
    let world = world(pool).await;
    let (id, line) = order(&world).await;
    ok(&act(&world, "per", id, "promises", &[("on", "2026-11-20")]).await);
    ok(&act(&world, "per", id, "promises", &[("on", "2026-12-01"), ("cause", "customer")]).await);
    world.travel(day(12, 1));
    let quantity = format!("quantity-{line}");
    ok(&act(&world, "dag", id, "deliveries", &[("delivered_on", "2026-12-01"), (&quantity, "20")]).await);
    assert_eq!(state(&world, id).await, ("delivered".into(), Some(true), Some("2026-12-01".into())));
    assert_eq!(counted(&world, "DELIVERY").await, (1, 1));
    ok(&world.post("dag", &format!("/orders/{id}/deliveries/1/remove"), &[]).await);
    assert_eq!(state(&world, id).await, ("confirmed".into(), None, None), "as it was before");
    assert_eq!(counted(&world, "DELIVERY").await, (0, 0), "nothing counts that did not happen");
    // a delivered order that the customer cancels counts no more
    ok(&act(&world, "dag", id, "deliveries", &[("delivered_on", "2026-12-01"), (&quantity, "20")]).await);
    assert_eq!(counted(&world, "DELIVERY").await, (1, 1));
    let version = version(&world, id).await;
    let cancel = [("version", &*version), ("on", "2026-12-01"), ("reason", "Sent back unopened")];
    ok(&world.post("karin", &format!("/deals/{id}/cancel"), &cancel).await);
    assert_eq!(counted(&world, "DELIVERY").await, (0, 0));
}

#[sqlx::test]
async fn part_of_an_order_is_cancelled_and_part_comes_back(pool: PgPool) {
    let world = world(pool).await;
    let (id, line) = order(&world).await;
    let take = |kind: &'static str, n: &'static str, cause: &'static str| {
        let line = line.clone();
        let world = &world;
        async move {
            let form = [
                ("kind", kind),
                ("return_line", &*line),
                ("return_quantity", n),
                ("return_on", "2026-11-18"),
                ("return_cause", cause),
            ];
            act(world, "elias", id, "returns", &form).await
        }
    };
    assert_eq!(
        take("return", "1", "damaged").await.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "nothing was delivered yet"
    );
    ok(&take("cancellation", "5", "price").await);
    let quantity = format!("quantity-{line}");
    let rest =
        act(&world, "dag", id, "deliveries", &[("delivered_on", "2026-11-18"), (&quantity, "16")]).await;
    assert_eq!(rest.status, StatusCode::UNPROCESSABLE_ENTITY, "15 are left");
    ok(&act(&world, "dag", id, "deliveries", &[("delivered_on", "2026-11-18"), (&quantity, "15")]).await);
    assert_eq!(
        state(&world, id).await,
        ("delivered".into(), None, Some("2026-11-18".into())),
        "nothing was promised"
    );
    ok(&take("return", "2", "damaged").await);
    // 200,000 less 5 of 20 (50,000) and 2 of 20 (20,000), on both bases
    assert_eq!(worth(&world, id).await, [(0, kr(130_000), 13), (1, kr(130_000), 13)]);
    let booked = text(&world.get("elias", &format!("/deals/{id}")).await);
    assert!(booked.contains("SEK 130,000"), "{booked}");
    let page = text(&world.get("elias", &format!("/orders/{id}")).await);
    assert!(
        page.contains("5 cancelled") && page.contains("2 came back") && page.contains("Ventus 12 · Damaged"),
        "{page}"
    );
    assert!(
        text(&world.get("karin", "/inbox").await).is_empty()
            || !text(&world.get("karin", "/inbox").await).contains("came back")
    );
}

#[sqlx::test]
async fn several_are_confirmed_at_once_and_stale_pages_change_nothing(pool: PgPool) {
    let world = world(pool).await;
    let (first, line) = order(&world).await;
    let (second, other) = order(&world).await;
    for id in [first, second] {
        ok(&act(&world, "per", id, "promises", &[("on", "2026-11-20")]).await);
    }
    let stale =
        world.post("per", &format!("/orders/{first}/steps"), &[("version", "1"), ("step", "start")]).await;
    assert_eq!(stale.status, StatusCode::CONFLICT);
    assert_eq!(state(&world, first).await.0, "confirmed");
    let (a, b) = (format!("{first}-{line}"), format!("{second}-{other}"));
    let form = [("line", &*a), ("line", &*b), ("delivered_on", "2026-11-18")];
    assert_eq!(world.post("elias", "/deliveries", &form).await.status, StatusCode::FORBIDDEN);
    ok(&world.post("dag", "/deliveries", &form).await);
    for id in [first, second] {
        assert_eq!(state(&world, id).await, ("delivered".into(), Some(true), Some("2026-11-18".into())));
    }
    assert_eq!(counted(&world, "DELIVERY").await, (2, 2));
    assert_eq!(
        world.post("dag", "/deliveries", &form).await.status,
        StatusCode::CONFLICT,
        "they are delivered"
    );
}

#[sqlx::test]
async fn a_file_of_deliveries_is_taken_whole_and_once(pool: PgPool) {
    let world = world(pool).await;
    let (id, _) = order(&world).await;
    let bad = "order_no,line_no,delivered_on,quantity\n10001,1,2026-11-18,21\n10099,1,2026-11-18,1\n";
    let refused = world.upload("dag", "/deliveries/import", "file", bad).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let said = text(&refused);
    assert!(said.contains("10099") && said.contains("There is no such line of an order."), "{said}");
    assert!(said.contains("A number from 1 to what is left."), "{said}");
    assert_eq!(state(&world, id).await.0, "received", "nothing has changed");
    let good = "order_no,line_no,delivered_on,quantity\n10001,1,2026-11-18,20\n";
    for _ in 0..2 {
        ok(&world.upload("dag", "/deliveries/import", "file", good).await);
        let deliveries: i64 =
            sqlx::query_scalar("select count(*) from deliveries").fetch_one(&world.db).await.unwrap();
        assert_eq!(deliveries, 1);
    }
    assert_eq!(world.upload("elias", "/deliveries/import", "file", good).await.status, StatusCode::FORBIDDEN);
}

#[sqlx::test]
async fn programs_give_dates_and_record_deliveries(pool: PgPool) {
    let world = world(pool).await;
    let (id, _) = order(&world).await;
    let api = Client::of(&world.app, world.user("pia").await).await;
    let listed = api.get("/api/v1/orders?only=open").await.json();
    assert_eq!(listed["items"][0]["order_no"], "10001");
    assert!(listed["items"][0]["value"].is_null(), "production does not see amounts");
    let promised =
        api.post(&format!("/api/v1/orders/{id}/promises"), &serde_json::json!({ "on": "2026-12-10" })).await;
    assert_eq!(promised.json()["lines"][0]["owed_on"], "2026-12-10");
    let moved =
        api.post(&format!("/api/v1/orders/{id}/promises"), &serde_json::json!({ "on": "2026-12-12" })).await;
    assert_eq!(moved.status, StatusCode::UNPROCESSABLE_ENTITY, "a moved date needs a cause");
    let body =
        serde_json::json!({ "delivered_on": "2026-11-18", "lines": [{ "line_no": 1, "quantity": 5 }] });
    let part = api.post(&format!("/api/v1/orders/{id}/deliveries"), &body).await.json();
    assert_eq!((&part["state"], &part["lines"][0]["open"]), (&"partly_delivered".into(), &15.into()));
    let own = Client::of(&world.app, world.user("elias").await).await;
    let item = own.get("/api/v1/orders").await.json()["items"][0].clone();
    assert_eq!(item["value"]["amount"], "200000.00");
    assert_eq!(
        own.post(&format!("/api/v1/orders/{id}/deliveries"), &body).await.status,
        StatusCode::FORBIDDEN
    );
    let other = Client::of(&world.app, world.user("petra").await).await;
    assert_eq!(other.get(&format!("/api/v1/orders/{id}")).await.status, StatusCode::NOT_FOUND);
    assert_eq!(other.get("/api/v1/orders").await.json()["items"], serde_json::json!([]));
}
