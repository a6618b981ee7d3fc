//! What pages of orders say and offer: nothing that cannot be done, nothing that contradicts the lists, and faults at their fields.

use axum::http::StatusCode;
use pacemark::kernel::id::DealId;
use pacemark::sales::LineDraft;
use sqlx::PgPool;

use crate::orders::{act, ok, order, version, world};
use crate::support::world::{World, day, text};

async fn page(world: &World, who: &str, path: &str) -> String {
    text(&world.get(who, path).await)
}

async fn deliver(world: &World, id: DealId, line: &str, pieces: &str) {
    let form = [("delivered_on", "2026-11-18"), (&*format!("quantity-{line}"), pieces)];
    ok(&act(world, "dag", id, "deliveries", &form).await);
}

#[sqlx::test]
async fn what_the_customer_has_cannot_be_undone(pool: PgPool) {
    let world = world(pool).await;
    let (id, line) = order(&world).await;
    sqlx::query("update deals set logged_by = $1")
        .bind(world.user("elias").await.0)
        .execute(&world.db)
        .await
        .unwrap();
    let deal = format!("/deals/{id}");
    assert!(page(&world, "elias", &deal).await.contains("Undo deal"));
    deliver(&world, id, &line, "5").await;
    let shown = page(&world, "elias", &deal).await;
    assert!(!shown.contains("Undo deal") && shown.contains("Partly delivered"), "{shown}");
    let version = version(&world, id).await;
    let refused = world.post("elias", &format!("{deal}/undo"), &[("version", &*version)]).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert!(text(&refused).contains("so it cannot be undone"), "{}", text(&refused));
    let status: String = sqlx::query_scalar("select status from deals where id = $1")
        .bind(id.0)
        .fetch_one(&world.db)
        .await
        .unwrap();
    assert_eq!(status, "booked");
    assert!(
        world.get("elias", &deal).await.body.contains(&format!("href=\"/orders/{id}\"")),
        "the way to its delivery"
    );
}

#[sqlx::test]
async fn a_deal_tells_in_words_what_was_done_with_its_order(pool: PgPool) {
    let world = world(pool).await;
    let (id, line) = order(&world).await;
    ok(&act(&world, "per", id, "promises", &[("on", "2026-11-20")]).await);
    ok(&act(&world, "per", id, "steps", &[("step", "start")]).await);
    deliver(&world, id, &line, "20").await;
    for lang in ["en", "sv"] {
        let shown =
            text(&world.get_with("elias", &format!("/deals/{id}"), &[("accept-language", lang)]).await);
        assert!(!shown.contains("order.") && !shown.contains("audit-"), "{shown}");
    }
}

#[sqlx::test]
async fn an_order_offers_only_what_is_left_to_do(pool: PgPool) {
    let world = world(pool).await;
    let (id, line) = order(&world).await;
    let path = format!("/orders/{id}");
    ok(&act(&world, "per", id, "promises", &[("on", "2026-11-20")]).await);
    let moved = [
        ("on", "2026-11-24"),
        ("cause", "material"),
        ("department", &*world.department("PROD").await.to_string()),
    ];
    ok(&act(&world, "per", id, "promises", &moved).await);
    let told = "I told the customer";
    let shown = world.get("elias", &path).await.body;
    assert_eq!(
        shown.matches(&format!("<button class=\"btn btn--sm\">{told}")).count(),
        1,
        "of the latest date alone"
    );
    assert!(text(&world.get("per", &path).await).contains("Start production"));
    deliver(&world, id, &line, "5").await;
    let shown = page(&world, "per", &path).await;
    assert!(!shown.contains("Start production") && shown.contains("15 left"), "{shown}");
    let step = act(&world, "per", id, "steps", &[("step", "start")]).await;
    assert_eq!(step.status, StatusCode::CONFLICT);
    deliver(&world, id, &line, "15").await;
    let shown = page(&world, "per", &path).await;
    assert!(shown.contains("Nobody: nothing is left to do"), "{shown}");
    assert!(!shown.contains("Hand over") && !shown.contains(told), "{shown}");
}

#[sqlx::test]
async fn two_dates_that_are_kept_are_no_danger(pool: PgPool) {
    let world = world(pool).await;
    let mut draft = world.draft("elias", "Holmen Skog", 1_000, day(11, 17)).await;
    draft.lines.push(LineDraft { line_no: 2, ..draft.lines[0].clone() });
    let id = world.book(&draft).await;
    let lines: Vec<i64> = sqlx::query_scalar("select id from deal_lines where deal_id = $1 order by line_no")
        .bind(id.0)
        .fetch_all(&world.db)
        .await
        .unwrap();
    for (line, on) in lines.iter().zip(["2026-12-01", "2026-12-11"]) {
        ok(&act(&world, "per", id, "promises", &[("line", &*line.to_string()), ("on", on)]).await);
    }
    for path in ["/orders".to_owned(), format!("/orders/{id}")] {
        let shown = page(&world, "per", &path).await;
        let after = shown.split("Holmen Skog").nth(1).unwrap();
        assert!(after.contains("On track") && !after.contains("At risk"), "{path}: {shown}");
    }
}

#[sqlx::test]
async fn faults_stand_at_the_field_that_is_wrong(pool: PgPool) {
    let world = world(pool).await;
    let (id, line) = order(&world).await;
    let nothing = act(&world, "dag", id, "deliveries", &[("delivered_on", "2026-11-18")]).await;
    assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(nothing.body.contains(&format!("href=\"#quantity-{line}\"")), "{}", nothing.body);
    assert!(text(&nothing).contains("Say how many pieces were delivered"));
    let far = act(&world, "per", id, "promises", &[("on", "2126-01-01")]).await;
    assert!(text(&far).contains("more than five years ahead"), "{}", text(&far));
    ok(&act(&world, "per", id, "promises", &[("on", "2026-11-20")]).await);
    let silent = act(&world, "per", id, "promises", &[("on", "2026-11-21")]).await;
    assert!(text(&silent).contains("Choose why the date is changed"), "{}", text(&silent));
}
