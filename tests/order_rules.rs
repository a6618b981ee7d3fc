//! What must hold of orders whatever happens to them: nothing is delivered twice, what is not wanted is not owed, and both bases
//! come to the same in the end.

use axum::http::StatusCode;
use pacemark::imports::Kind;
use pacemark::kernel::id::DealId;
use serde_json::json;
use sqlx::PgPool;

use crate::orders::{act, counted, ok, state, version, world, worth};
use crate::support::api::Client;
use crate::support::imports::run_texts;
use crate::support::sound::assert_sound;
use crate::support::world::{Answer, World, day, text};

/// An order of Elias of some pieces for 100.00, and the id of its line.
async fn small(world: &World, pieces: i64) -> (DealId, String) {
    let mut draft = world.draft("elias", "Holmen Skog", 100, day(11, 17)).await;
    (draft.lines[0].quantity, draft.lines[0].cost) = (pieces, 7_001);
    let id = world.book(&draft).await;
    (id, line(world, id, 1).await)
}

async fn line(world: &World, id: DealId, line_no: i32) -> String {
    let line: i64 = sqlx::query_scalar("select id from deal_lines where deal_id = $1 and line_no = $2")
        .bind(id.0)
        .bind(line_no)
        .fetch_one(&world.db)
        .await
        .unwrap();
    line.to_string()
}

async fn bring(world: &World, id: DealId, line: &str, pieces: &str) -> Answer {
    let form = [("delivered_on", "2026-11-18"), (&*format!("quantity-{line}"), pieces)];
    act(world, "dag", id, "deliveries", &form).await
}

/// Takes back or cancels pieces as Elias does it.
async fn take(world: &World, id: DealId, kind: &str, line: &str, pieces: &str) -> Answer {
    let form = [
        ("kind", kind),
        ("return_line", line),
        ("return_quantity", pieces),
        ("return_on", "2026-11-18"),
        ("return_cause", "other"),
    ];
    act(world, "elias", id, "returns", &form).await
}

#[sqlx::test]
async fn what_is_cancelled_piece_by_piece_leaves_what_is_delivered(pool: PgPool) {
    let world = world(pool).await;
    let (id, line) = small(&world, 3).await;
    ok(&take(&world, id, "cancellation", &line, "1").await);
    ok(&take(&world, id, "cancellation", &line, "1").await);
    ok(&bring(&world, id, &line, "1").await);
    assert_eq!(worth(&world, id).await, [(0, 3_333, 1), (1, 3_333, 1)]);
    assert_sound(&world).await;
    ok(&take(&world, id, "return", &line, "1").await);
    assert_eq!(worth(&world, id).await, [(0, 0, 0), (1, 0, 0)]);
    assert_sound(&world).await;
}

#[sqlx::test]
async fn what_came_back_for_less_says_nothing_of_what_is_cancelled(pool: PgPool) {
    let world = world(pool).await;
    let (id, line) = small(&world, 10).await;
    ok(&bring(&world, id, &line, "5").await);
    let back =
        [("line", &*line), ("quantity", "5"), ("amount", "30"), ("on", "2026-11-18"), ("cause", "damaged")];
    let version = version(&world, id).await;
    let back: Vec<(&str, &str)> = back.into_iter().chain([("version", &*version)]).collect();
    ok(&world.post("elias", &format!("/deals/{id}/returns"), &back).await);
    ok(&take(&world, id, "cancellation", &line, "5").await);
    assert_eq!(
        worth(&world, id).await,
        [(0, 2_000, 0), (1, 2_000, 0)],
        "50.00 less 30.00, and 50.00 was never brought"
    );
    assert_sound(&world).await;
}

#[sqlx::test]
async fn a_part_that_is_cancelled_is_no_difference_of_the_ledger(pool: PgPool) {
    let world = world(pool).await;
    let (id, line) = small(&world, 10).await;
    ok(&bring(&world, id, &line, "3").await);
    ok(&take(&world, id, "cancellation", &line, "2").await);
    assert_eq!(worth(&world, id).await, [(0, 8_000, 8), (1, 3_000, 3)]);
    assert_sound(&world).await;
}

#[sqlx::test]
async fn what_is_not_wanted_any_more_is_not_owed(pool: PgPool) {
    let world = world(pool).await;
    let (id, line) = small(&world, 2).await;
    ok(&act(&world, "pia", id, "promises", &[("on", "2026-11-19")]).await);
    ok(&take(&world, id, "cancellation", &line, "2").await);
    assert_eq!(state(&world, id).await, ("closed".into(), None, None));
    world.travel(day(11, 25));
    let mut tx = world.app.begin().await.unwrap();
    let late = pacemark::orders::settle_late(&mut tx, &world.company().await, world.app.clock.now()).await;
    assert_eq!(late.unwrap(), 0);
    tx.commit().await.unwrap();
    assert_eq!(counted(&world, "DELIVERY").await, (0, 0), "it is late for nobody");
    for list in ["/orders?view=late", "/deliveries?view=late", "/orders?view=open"] {
        assert!(!world.get("dag", list).await.body.contains("Holmen Skog"), "{list}");
    }
    assert!(text(&world.get("dag", &format!("/orders/{id}")).await).contains("Nothing to deliver"));
}

#[sqlx::test]
async fn an_order_that_is_cancelled_waits_for_nobody_and_its_makers_are_told(pool: PgPool) {
    let world = world(pool).await;
    let (id, _) = small(&world, 2).await;
    ok(&act(&world, "pia", id, "promises", &[("on", "2026-12-10")]).await);
    let (version, deal) = (version(&world, id).await, format!("/deals/{id}"));
    let form = [
        ("version", &*version),
        ("on", "2026-11-18"),
        ("reason", "They build no more"),
        ("cause", "no_need"),
    ];
    ok(&world.post("elias", &format!("{deal}/cancel"), &form).await);
    assert_eq!(state(&world, id).await.0, "closed");
    let told = text(&world.get("per", "/inbox").await);
    assert!(told.contains("Elias Sandberg cancelled order 10001 of Holmen Skog"), "{told}");
    let next = version_after(&version);
    ok(&world.post("elias", &format!("{deal}/reinstate"), &[("version", &*next)]).await);
    assert_eq!(state(&world, id).await.0, "confirmed", "as it was before");
}

fn version_after(version: &str) -> String {
    (version.parse::<i64>().unwrap() + 1).to_string()
}

#[sqlx::test]
async fn a_program_delivers_nothing_twice(pool: PgPool) {
    let world = world(pool).await;
    let (id, _) = small(&world, 10).await;
    let dag = Client::of(&world.app, world.user("dag").await).await;
    let path = format!("/api/v1/orders/{id}/deliveries");
    let part = |pieces: i64| json!({ "line_no": 1, "quantity": pieces });
    let twice = json!({ "delivered_on": "2026-11-18", "lines": [part(6), part(6)] });
    assert_eq!(dag.post(&path, &twice).await.status, 422, "twelve of ten");
    let some = json!({ "delivered_on": "2026-11-18", "lines": [part(4)] });
    let first = dag.post_once(&path, "key-1", &some).await;
    assert_eq!(first.status, 200, "{}", first.text);
    let again = dag.post_once(&path, "key-1", &some).await;
    assert_eq!((again.status, &again.text), (first.status, &first.text), "the same answer");
    assert_eq!(worth(&world, id).await[1], (1, 4_000, 4));
    let other = json!({ "delivered_on": "2026-11-18", "lines": [part(1)] });
    assert_eq!(dag.post_once(&path, "key-1", &other).await.status, 409, "a key is for one thing");
}

#[sqlx::test]
async fn a_deal_cannot_be_edited_below_what_was_delivered(pool: PgPool) {
    let world = world(pool).await;
    let mut draft = world.draft("elias", "Holmen Skog", 100, day(11, 17)).await;
    draft.lines[0].quantity = 10;
    let mut second = draft.lines[0].clone();
    second.line_no = 2;
    draft.lines.push(second);
    let id = world.book(&draft).await;
    let (one, two) = (line(&world, id, 1).await, line(&world, id, 2).await);
    ok(&take(&world, id, "cancellation", &one, "4").await);
    ok(&bring(&world, id, &one, "6").await);
    let product = world.product("Ventus 12").await.to_string();
    let edit = async |rows: &[(&str, &str)]| {
        let version = version(&world, id).await;
        let mut form =
            vec![("version", &*version), ("customer", "Holmen Skog"), ("ordered_on", "2026-11-17")];
        for (line_no, quantity) in rows {
            form.extend([("line_no", *line_no), ("product", &*product), ("quantity", *quantity)]);
            form.extend([("amount", "100"), ("cost", "70")]);
        }
        world.post("elias", &format!("/deals/{id}/edit"), &form).await
    };
    let refused = edit(&[("1", "6"), ("2", "10")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("More of a line was delivered or cancelled"), "{}", refused.body);
    assert_eq!(edit(&[("2", "10")]).await.status, StatusCode::UNPROCESSABLE_ENTITY, "it was delivered");
    // the second line is taken off, and what comes after is a line of its own, of which nothing was delivered
    ok(&act(&world, "pia", id, "promises", &[("on", "2026-12-10"), ("line", &*two)]).await);
    ok(&edit(&[("1", "10"), ("", "3")]).await);
    let lines: Vec<(i32, bool, Option<String>)> = sqlx::query_as(
        "select line_no, removed, promised_on::text from deal_lines where deal_id = $1 order by 1",
    )
    .bind(id.0)
    .fetch_all(&world.db)
    .await
    .unwrap();
    assert_eq!(lines, [(1, false, None), (2, true, Some("2026-12-10".into())), (3, false, None)]);
    assert_sound(&world).await;
}

const HEAD: &str = "order_no,line_no,ordered_on,promised_on,delivered_on,customer_no,employee_no,sku,quantity,amount,cost,\
    currency,channel\n";

#[sqlx::test]
async fn a_file_does_not_take_away_what_was_promised_and_delivered_here(pool: PgPool) {
    let world = world(pool).await;
    let run = async |promised: &str| {
        let sale = format!("{HEAD}A1,1,2013-05-01,{promised},,C1,,V12,10,100.00,70.00,SEK,\n");
        let report = run_texts(&world.db, &[(Kind::Sales, &sale)]).await;
        let counts = report.counts();
        (counts.added, counts.changed, counts.unchanged)
    };
    assert_eq!(run("").await, (1, 0, 0));
    let id: i64 =
        sqlx::query_scalar("select id from deals where order_no = 'A1'").fetch_one(&world.db).await.unwrap();
    let id = DealId(id);
    let line = line(&world, id, 1).await;
    ok(&act(&world, "pia", id, "promises", &[("on", "2026-11-20")]).await);
    ok(&bring(&world, id, &line, "10").await);
    let delivered = ("delivered".into(), Some(true), Some("2026-11-18".into()));
    assert_eq!(state(&world, id).await, delivered);
    assert_eq!(run("").await, (0, 0, 1), "the same file again changes nothing");
    assert_eq!(run("2013-06-01").await, (0, 0, 1), "what was promised here counts");
    assert_eq!(state(&world, id).await, delivered);
    assert_eq!(counted(&world, "DELIVERY").await, (1, 1));
    assert_sound(&world).await;
}

#[sqlx::test]
async fn a_delivery_that_was_none_asks_for_no_call(pool: PgPool) {
    let world = world(pool).await;
    let (id, line) = small(&world, 2).await;
    let due = async || -> Vec<String> {
        sqlx::query_scalar("select due_on::text from follow_ups").fetch_all(&world.db).await.unwrap()
    };
    ok(&bring(&world, id, &line, "2").await);
    assert_eq!(due().await, ["2026-11-25"]);
    ok(&world.post("dag", &format!("/orders/{id}/deliveries/1/remove"), &[]).await);
    assert!(due().await.is_empty(), "nothing was delivered");
    world.travel(day(11, 23));
    let form = [("delivered_on", "2026-11-23"), (&*format!("quantity-{line}"), "2")];
    ok(&act(&world, "dag", id, "deliveries", &form).await);
    assert_eq!(due().await, ["2026-11-30"], "a week after it came");
}

#[sqlx::test]
async fn an_order_is_handed_over_while_it_is_open_and_to_those_who_see_it(pool: PgPool) {
    let world = world(pool).await;
    let (id, line) = small(&world, 2).await;
    let to = async |code: &str| {
        let department = world.department(code).await.to_string();
        act(&world, "pia", id, "hand-over", &[("to_department", &*department), ("to_person", "")]).await
    };
    assert_eq!(
        to("NORTH").await.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "sellers do not see each other's orders"
    );
    ok(&to("SERVICE").await);
    ok(&bring(&world, id, &line, "2").await);
    assert_eq!(
        to("DELIVERY").await.status,
        StatusCode::CONFLICT,
        "whether it was on time stays with who had it"
    );
}

#[sqlx::test]
async fn several_that_are_confirmed_keep_what_was_ticked_and_are_taken_back_together(pool: PgPool) {
    let world = world(pool).await;
    let (first, one) = small(&world, 2).await;
    let (second, two) = small(&world, 3).await;
    for id in [first, second] {
        ok(&act(&world, "per", id, "promises", &[("on", "2026-11-20")]).await);
    }
    let (one, two) = (format!("{first}-{one}"), format!("{second}-{two}"));
    let early = [("line", &*one), ("line", &*two), ("delivered_on", "2026-11-16")];
    let refused = world.post("dag", "/deliveries?view=open", &early).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("Order 10001 was ordered after this day."), "{}", refused.body);
    for ticked in [&one, &two] {
        assert!(refused.body.contains(&format!(r#"value="{ticked}" checked"#)), "{ticked} stays ticked");
    }
    assert_eq!(refused.field("delivered_on"), "2026-11-16");
    let form = [("line", &*one), ("line", &*two), ("delivered_on", "2026-11-18")];
    ok(&world.post("dag", "/deliveries?view=open", &form).await);
    assert_eq!(
        (state(&world, first).await.0, state(&world, second).await.0),
        ("delivered".into(), "delivered".into())
    );
    let back = [("delivery", &*format!("{first}-1")), ("delivery", &*format!("{second}-2"))];
    assert_eq!(world.post("elias", "/deliveries/take-back", &back).await.status, StatusCode::FORBIDDEN);
    let wrong = [("delivery", &*format!("{first}-1")), ("delivery", &*format!("{second}-1"))];
    assert_eq!(world.post("dag", "/deliveries/take-back", &wrong).await.status, StatusCode::NOT_FOUND);
    assert_eq!(state(&world, first).await.0, "delivered", "all of them or none");
    ok(&world.post("dag", "/deliveries/take-back", &back).await);
    assert_eq!(
        (state(&world, first).await.0, state(&world, second).await.0),
        ("confirmed".into(), "confirmed".into())
    );
    assert_sound(&world).await;
}

#[sqlx::test]
async fn no_more_comes_back_than_is_left_after_what_was_cancelled(pool: PgPool) {
    let world = world(pool).await;
    let (id, line) = small(&world, 10).await;
    ok(&take(&world, id, "cancellation", &line, "5").await);
    let back = async |amount: &str| {
        let version = version(&world, id).await;
        let form = [
            ("line", &*line),
            ("quantity", "5"),
            ("amount", amount),
            ("on", "2026-11-18"),
            ("cause", "damaged"),
            ("version", &*version),
        ];
        world.post("elias", &format!("/deals/{id}/returns"), &form).await
    };
    assert_eq!(back("100").await.status, StatusCode::UNPROCESSABLE_ENTITY, "50.00 are left of 100.00");
    ok(&back("50").await);
    assert_eq!(worth(&world, id).await[0], (0, 0, 0));
}

#[sqlx::test]
async fn what_was_late_and_is_not_wanted_any_more_counts_nowhere(pool: PgPool) {
    let world = world(pool).await;
    let (id, line) = small(&world, 2).await;
    ok(&act(&world, "pia", id, "promises", &[("on", "2026-11-19")]).await);
    world.travel(day(11, 25));
    let mut tx = world.app.begin().await.unwrap();
    let late = pacemark::orders::settle_late(&mut tx, &world.company().await, world.app.clock.now()).await;
    assert_eq!(late.unwrap(), 1);
    tx.commit().await.unwrap();
    assert_eq!(counted(&world, "DELIVERY").await, (0, 1));
    ok(&take(&world, id, "cancellation", &line, "2").await);
    assert_eq!(state(&world, id).await.0, "closed");
    assert_eq!(counted(&world, "DELIVERY").await, (0, 0), "late for nobody");
}

#[sqlx::test]
async fn a_line_that_a_file_brings_to_nothing_breaks_no_import(pool: PgPool) {
    let world = world(pool).await;
    let run = async |pieces: &str| {
        let sale = format!("{HEAD}A1,1,2013-05-01,,,C1,,V12,{pieces},100.00,70.00,SEK,\n");
        run_texts(&world.db, &[(Kind::Sales, &sale)]).await.counts()
    };
    run("10").await;
    let id: i64 =
        sqlx::query_scalar("select id from deals where order_no = 'A1'").fetch_one(&world.db).await.unwrap();
    let line = line(&world, DealId(id), 1).await;
    let form = [
        ("kind", "cancellation"),
        ("return_line", &*line),
        ("return_quantity", "10"),
        ("return_on", "2026-11-18"),
        ("return_cause", "other"),
    ];
    ok(&act(&world, "ada", DealId(id), "returns", &form).await);
    assert_eq!(run("0").await.changed, 1);
}
