//! Open deals for programs: what they read, open and move, and what they may not.

use serde_json::json;
use sqlx::PgPool;

use super::client;
use crate::support::world::World;

#[sqlx::test]
async fn a_program_opens_moves_and_wins_what_its_owner_may(pool: PgPool) {
    let world = World::new(pool).await;
    let elias = client(&world, "elias").await;
    let body = json!({
        "employee_no": "elias", "customer_no": "C1", "origin": "inbound", "expected_on": "2026-12-10",
        "next_step": "Call", "next_on": "2026-11-20",
        "lines": [{ "sku": "V12", "quantity": 2, "amount": "300000.00" }]
    });
    let opened = elias.post("/api/v1/opportunities", &body).await;
    assert_eq!(opened.status.as_u16(), 201, "{}", opened.json());
    insta::assert_json_snapshot!("opportunity", opened.json());
    let path = opened.header("location").to_owned();
    assert_eq!(client(&world, "maja").await.get(&path).await.status.as_u16(), 404, "another's");
    let moves = format!("{path}/moves");
    let moved = elias.post(&moves, &json!({ "to": "stage", "version": 1, "stage": 3 })).await;
    assert_eq!(moved.json()["opportunity"]["stage"]["name"], "Offer made", "{}", moved.json());
    let silent = elias.post(&moves, &json!({ "to": "lost", "version": 2 })).await;
    assert_eq!((silent.status.as_u16(), silent.json()["errors"][0]["field"].as_str()), (422, Some("reason")));
    let stale = elias.post(&moves, &json!({ "to": "won", "version": 1 })).await;
    assert_eq!(stale.status.as_u16(), 409);
    let won = elias.post(&moves, &json!({ "to": "won", "version": 2 })).await.json();
    let sale = elias.get(&format!("/api/v1/sales/{}", won["sale"])).await.json();
    assert_eq!(sale["lines"][0]["amount"], json!({ "amount": "300000.00", "currency": "SEK" }));
    let open = elias.get("/api/v1/opportunities?state=open").await.json();
    assert_eq!(open["items"], json!([]));
    let karin =
        client(&world, "karin").await.get("/api/v1/opportunities?state=won&employee_no=elias").await.json();
    assert_eq!(karin["items"].as_array().map(Vec::len), Some(1));
    let faulty =
        json!({ "employee_no": "petra", "origin": "air", "lines": [{ "sku": "X", "amount": "much" }] });
    let refused = elias.post("/api/v1/opportunities", &faulty).await;
    let wanted = ["employee_no", "lines[0].sku", "lines[0].amount", "origin"];
    assert_eq!(refused.faults(), wanted);
}
