//! Logging sales: once, by those who may, and worth what they say.

use axum::http::Method;
use serde_json::{Value, json};
use sqlx::PgPool;

use super::client;
use crate::support::world::World;

const PATH: &str = "/api/v1/sales";

/// A sale of Elias for 41,000 kronor.
fn order(number: &str) -> Value {
    json!({
        "source": "erp", "order_no": number, "ordered_on": "2026-11-17", "customer_no": "C1", "employee_no": "elias",
        "currency": "SEK",
        "lines": [{ "line_no": 1, "sku": "F400", "quantity": 2, "amount": "41000.00", "cost": "24000.00" }],
    })
}

fn changed(mut order: Value, field: &str, value: Value) -> Value {
    order[field] = value;
    order
}

async fn count(world: &World, sql: &'static str) -> i64 {
    sqlx::query_scalar(sql).fetch_one(&world.db).await.unwrap()
}

async fn revenue(world: &World, name: &str) -> String {
    let path = "/api/v1/attainment?metric=revenue&from=2026-11-17&to=2026-11-17&subject_kind=person&subject=";
    let figure = client(world, "ada").await.get(&format!("{path}{name}")).await.json();
    figure["actual"]["amount"].as_str().unwrap().to_owned()
}

#[sqlx::test]
async fn a_sale_is_logged_and_counts(pool: PgPool) {
    let world = World::new(pool).await;
    let elias = client(&world, "elias").await;
    let created = elias.post(PATH, &order("SO-1")).await;
    assert_eq!(created.status, 201, "{}", created.text);
    insta::assert_json_snapshot!("created", created.json());
    let again = elias.get(created.header("location")).await;
    assert_eq!((again.status.as_u16(), &again.text), (200, &created.text));
    assert_eq!(revenue(&world, "elias").await, "41000.00");
    assert_eq!(count(&world, "select count(*) from audit_log where action = 'deal.logged'").await, 1);
}

#[sqlx::test]
async fn an_order_is_logged_once(pool: PgPool) {
    let world = World::new(pool).await;
    let elias = client(&world, "elias").await;
    let first = elias.post(PATH, &order("SO-1")).await;
    let same = elias.post(PATH, &order("SO-1")).await;
    assert_eq!((same.status.as_u16(), &same.text), (200, &first.text));
    let other = elias.post(PATH, &changed(order("SO-1"), "ordered_on", json!("2026-11-16"))).await;
    assert_eq!((other.status.as_u16(), other.header("content-type")), (409, "application/problem+json"));
    assert!(other.json()["detail"].as_str().unwrap().contains("not changed through the API"));
    assert_eq!(revenue(&world, "elias").await, "41000.00");
    let peer = client(&world, "maja").await;
    let stolen = peer.post(PATH, &changed(order("SO-1"), "employee_no", json!("maja"))).await;
    assert_eq!(stolen.status, 409);
    assert!(!stolen.text.contains("41000"), "{}", stolen.text);
}

#[sqlx::test]
async fn shares_divide_a_sale(pool: PgPool) {
    let world = World::new(pool).await;
    let credits = json!([
        { "employee_no": "elias", "kind": "direct", "share_pct": "60.00" },
        { "employee_no": "maja", "kind": "direct", "share_pct": 40 },
        { "employee_no": "petra", "kind": "overlay", "share_pct": "50.5" },
    ]);
    let body = changed(order("SO-1"), "credits", credits);
    let elias = client(&world, "elias").await;
    let created = elias.post(PATH, &body).await;
    assert_eq!(created.status, 201, "{}", created.text);
    insta::assert_json_snapshot!("shared", created.json()["credits"]);
    for (name, amount) in [("elias", "24600.00"), ("maja", "16400.00"), ("petra", "20705.00")] {
        assert_eq!(revenue(&world, name).await, amount, "{name}");
    }
    assert_eq!(elias.post(PATH, &body).await.status, 200, "the same, shares and all");
    assert_eq!(elias.post(PATH, &order("SO-1")).await.status, 409, "the same without shares is another");
    assert_eq!(
        client(&world, "maja").await.get(created.header("location")).await.status,
        200,
        "a holder sees it"
    );
    assert_eq!(
        client(&world, "johanna").await.get(created.header("location")).await.status,
        200,
        "and her lead"
    );
}

#[sqlx::test]
async fn people_log_for_whom_they_answer(pool: PgPool) {
    let world = World::new(pool).await;
    let log = async |name: &str, owner: Value| {
        let number = format!("{name}-{owner}");
        client(&world, name).await.post(PATH, &changed(order(&number), "employee_no", owner)).await
    };
    for (name, owner) in [("elias", "elias"), ("karin", "elias"), ("anders", "petra"), ("ada", "maja")] {
        assert_eq!(log(name, json!(owner)).await.status, 201, "{name} for {owner}");
    }
    for (name, owner) in [("elias", "maja"), ("johanna", "elias"), ("elias", "nobody")] {
        assert_eq!(log(name, json!(owner)).await.faults(), ["employee_no"], "{name} for {owner}");
    }
    for (name, status) in [("elias", 403), ("karin", 403), ("ada", 201), ("anders", 201)] {
        assert_eq!(log(name, Value::Null).await.status, status, "{name} for the house");
    }
    for name in ["hanna", "frida"] {
        assert_eq!(log(name, json!(name)).await.status, 403, "{name} only reads");
    }
    assert_eq!(count(&world, "select count(*) from deals").await, 6);
}

#[sqlx::test]
async fn the_same_key_gets_the_first_answer(pool: PgPool) {
    let world = World::new(pool).await;
    let elias = client(&world, "elias").await;
    let first = elias.post_once(PATH, "key-1", &order("SO-1")).await;
    let again = elias.post_once(PATH, "key-1", &order("SO-1")).await;
    assert_eq!((again.status.as_u16(), &again.text), (201, &first.text));
    assert_eq!(again.header("location"), first.header("location"));
    let other = elias.post_once(PATH, "key-1", &order("SO-2")).await;
    assert_eq!(other.status, 409);
    assert_eq!(
        elias.post_once(PATH, "key-2", &order("SO-1")).await.status,
        200,
        "another key, a known order"
    );
    let peer = client(&world, "maja").await;
    let theirs = peer.post_once(PATH, "key-1", &changed(order("SO-3"), "employee_no", json!("maja"))).await;
    assert_eq!(theirs.status, 201, "keys of two accounts do not meet");

    let refused = elias.post_once(PATH, "key-3", &changed(order("SO-4"), "customer_no", json!("C9"))).await;
    sqlx::raw_sql(
        "insert into customers (customer_no, name, created_at) values ('C9', 'Late', '2026-11-18')",
    )
    .execute(&world.db)
    .await
    .unwrap();
    let again = elias.post_once(PATH, "key-3", &changed(order("SO-4"), "customer_no", json!("C9"))).await;
    assert_eq!((again.status.as_u16(), &again.text), (422, &refused.text), "refusals are answers too");
    assert_eq!(count(&world, "select count(*) from deals").await, 2);
}

#[sqlx::test]
async fn a_key_is_forgotten_after_a_day(pool: PgPool) {
    let world = World::new(pool).await;
    let elias = client(&world, "elias").await;
    elias.post_once(PATH, "key-1", &order("SO-1")).await;
    world.travel(crate::support::world::day(11, 20));
    let later = elias.post_once(PATH, "key-1", &order("SO-2")).await;
    assert_eq!(later.status, 201, "{}", later.text);
    assert_eq!(count(&world, "select count(*) from idempotency_keys").await, 1);
}

#[sqlx::test]
async fn thirty_two_at_once_make_one_deal(pool: PgPool) {
    let world = World::new(pool).await;
    let elias = client(&world, "elias").await;
    let requests = (0..32).map(|_| {
        let elias = elias.clone();
        tokio::spawn(async move { elias.post_once(PATH, "key-1", &order("SO-1")).await })
    });
    let mut answers = Vec::new();
    for request in requests.collect::<Vec<_>>() {
        answers.push(request.await.unwrap());
    }
    for answer in &answers {
        assert_eq!((answer.status.as_u16(), &answer.text), (201, &answers[0].text));
    }
    assert_eq!(count(&world, "select count(*) from deals").await, 1);
    assert_eq!(count(&world, "select count(*) from credit_entries").await, 1);
    assert_eq!(count(&world, "select count(*) from audit_log where action = 'deal.logged'").await, 1);
}

#[sqlx::test]
async fn every_fault_is_named_and_nothing_is_stored(pool: PgPool) {
    let world = World::new(pool).await;
    let elias = client(&world, "elias").await;
    let body = json!({
        "source": "erp", "order_no": "SO-1", "ordered_on": "2026-11-19", "customer_no": "C1", "employee_no": "elias",
        "currency": "SEK",
        "lines": [{ "line_no": 1, "sku": "F400", "quantity": 0, "amount": "1.005", "cost": "-1" }],
        "credits": [{ "employee_no": "elias", "kind": "direct", "share_pct": "99.99" }],
    });
    let reply = elias.post(PATH, &body).await;
    insta::assert_json_snapshot!("faults", reply.json());
    let unknown = changed(
        changed(order("SO-1"), "customer_no", json!("C9")),
        "lines",
        json!([
            { "line_no": 1, "sku": "NIX", "quantity": 1, "amount": "1", "cost": "0" },
        ]),
    );
    assert_eq!(elias.post(PATH, &unknown).await.faults(), ["customer_no", "lines[0].sku"]);
    for (field, value) in [
        ("approved", json!(true)),
        ("lines", json!([])),
        ("lines", json!([{ "line_no": 1.5, "sku": "F400", "quantity": 1, "amount": "1", "cost": "0" }])),
        ("lines", json!([{ "line_no": 1, "sku": "F400", "quantity": 1, "amount": 1.5, "cost": "0" }])),
        ("currency", json!("XXX")),
        ("currency", json!("EUR")),
        ("customer_no", json!("C\u{0}1")),
        ("source", json!("pacemark")),
        ("ordered_on", json!("2026-13-01")),
    ] {
        let reply = elias.post(PATH, &changed(order("SO-1"), field, value.clone())).await;
        assert_eq!(reply.status, 422, "{field} {value}: {}", reply.text);
    }
    assert_eq!(count(&world, "select count(*) from deals").await, 0);
}

#[sqlx::test]
async fn bodies_must_be_json_of_a_reasonable_size(pool: PgPool) {
    let world = World::new(pool).await;
    let elias = client(&world, "elias").await;
    let json = ("content-type", "application/json");
    let status = async |headers: &[(&str, &str)], body: &str| {
        let reply = elias.send(Method::POST, PATH, headers, body).await;
        assert_eq!(reply.header("content-type"), "application/problem+json", "{}", reply.text);
        reply.status.as_u16()
    };
    let good = order("SO-1").to_string();
    assert_eq!(status(&[], &good).await, 415);
    assert_eq!(status(&[("content-type", "application/x-www-form-urlencoded")], &good).await, 415);
    for bad in ["", "{", "\"\\ud800\"x", "nul", "{} {}"] {
        assert_eq!(status(&[json], bad).await, 400, "{bad}");
    }
    assert_eq!(status(&[json], "[]").await, 422);
    assert_eq!(status(&[json], &"x".repeat((1 << 20) + 1)).await, 413);
    for key in ["", " ", &"k".repeat(256)] {
        assert_eq!(status(&[json, ("idempotency-key", key)], &good).await, 422, "{key}");
    }
}
