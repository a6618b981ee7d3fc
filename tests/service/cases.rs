//! Complaints and questions: promised times in hours of working days, measured once, waiting for nobody's account.

use axum::http::StatusCode;
use serde_json::json;
use sqlx::PgPool;

use super::{fact, facts, step, world};
use crate::support::api::Client;
use crate::support::world::{Answer, World, day, text};

/// It is Wednesday, 18 November, 11:00 in Stockholm.
async fn open(world: &World, who: &str, more: &[(&str, &str)]) -> Answer {
    let form = [
        ("customer", "Holmen Skog"),
        ("category", "product"),
        ("severity", "normal"),
        ("title", "Noisy at night"),
        ("channel", "phone"),
    ];
    let given: Vec<_> = more.iter().map(|(name, _)| *name).collect();
    let kept = form.iter().filter(|(name, _)| !given.contains(name)).chain(more).copied();
    world.post(who, "/cases/new", &kept.collect::<Vec<_>>()).await
}

async fn moments(world: &World, columns: &str) -> (Option<String>, Option<String>) {
    let sql = format!("select {columns} from cases where id = 1");
    sqlx::query_as(sqlx::AssertSqlSafe(sql)).fetch_one(&world.db).await.unwrap()
}

const DUE: &str = "to_char(reply_due at time zone 'UTC', 'MM-DD HH24:MI'), to_char(solve_due at time zone 'UTC', 'MM-DD HH24:MI')";

#[sqlx::test]
async fn a_case_is_promised_its_times_and_the_first_reply_counts_once(pool: PgPool) {
    let world = world(pool).await;
    let opened = open(&world, "sigge", &[]).await;
    assert_eq!(opened.location(), "/cases/1", "{}", opened.body);
    // eight hours: 11 to 17 today and 8 to 10 tomorrow; 45 hours are five working days
    assert_eq!(moments(&world, DUE).await, (Some("11-19 09:00".into()), Some("11-25 10:00".into())));
    assert!(
        text(&world.get("siv", "/inbox?show=all").await).contains("New case: Holmen Skog, Noisy at night")
    );
    let words = world.post("sigge", "/cases/1/steps/reply", &[("version", "1")]).await;
    assert_eq!(words.status, StatusCode::UNPROCESSABLE_ENTITY);

    world.travel(day(11, 20)); // Friday 13:00 in Stockholm
    assert!(text(&world.get("siv", "/cases").await).contains("Overdue"));
    step(&world, "sigge", "/cases/1/steps/reply", &[("version", "1"), ("words", "A technician comes")]).await;
    // Wednesday 11 to 17, all Thursday, Friday 8 to 13: 6 + 9 + 5 hours
    let reply = fact("first_reply_time", "sigge", "2026-11-20", 1_200);
    assert_eq!(facts(&world, "case-1-reply").await, reply);
    step(&world, "sigge", "/cases/1/steps/back", &[("version", "2")]).await;
    assert_eq!(facts(&world, "case-1-reply").await, []);
    step(&world, "sigge", "/cases/1/steps/reply", &[("version", "3"), ("words", "A technician comes")]).await;
    step(&world, "siv", "/cases/1/steps/reply", &[("version", "4"), ("words", "He is on his way")]).await;
    assert_eq!(facts(&world, "case-1-reply").await, reply, "the first one");

    step(&world, "sigge", "/cases/1/steps/wait", &[("version", "5")]).await;
    world.travel(day(11, 24)); // Tuesday 13:00
    step(&world, "sigge", "/cases/1/steps/resume", &[("version", "6")]).await;
    // Friday 13 to 17, all Monday, Tuesday 8 to 13: two working days later than promised
    assert_eq!(moments(&world, DUE).await.1, Some("11-27 10:00".into()));
    step(&world, "sigge", "/cases/1/steps/solve", &[("version", "7"), ("words", "New bearing")]).await;
    let minutes = "reply_minutes::text, solve_minutes::text";
    assert_eq!(
        moments(&world, minutes).await,
        (Some("1200".into()), Some("1200".into())),
        "waiting is not work"
    );
    let page = text(&world.get("sigge", "/cases/1").await);
    for words in ["20 h; promised by", "late", "Sigge Dal, solved it: New bearing", "took a step back"] {
        assert!(page.contains(words), "{words}: {page}");
    }
    let again = world.post("sigge", "/cases/1/steps/reply", &[("version", "8"), ("words", "x")]).await;
    assert_eq!(again.status, StatusCode::CONFLICT, "the table has no such step");
    step(&world, "sigge", "/cases/1/steps/reopen", &[("version", "8"), ("words", "It is back")]).await;
    assert_eq!(facts(&world, "case-1-reply").await, reply);
}

#[sqlx::test]
async fn the_table_of_promises_decides_and_holidays_do_not_count(pool: PgPool) {
    let world = world(pool).await;
    let row = [("category", "delivery"), ("severity", ""), ("reply", "4"), ("solve", "9")];
    step(&world, "ada", "/admin/case-promises", &row).await;
    let twice = world.post("ada", "/admin/case-promises", &row).await;
    assert_eq!(twice.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(text(&twice).contains("There is a row for this already."));
    let turned = [("category", "price"), ("severity", ""), ("reply", "9"), ("solve", "4")];
    assert_eq!(
        world.post("ada", "/admin/case-promises", &turned).await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    sqlx::raw_sql("insert into holidays (day, name) values ('2026-11-19', 'A free Thursday')")
        .execute(&world.db)
        .await
        .unwrap();
    open(&world, "sigge", &[("category", "delivery")]).await;
    // four hours today; nine are six today and three on Friday
    assert_eq!(moments(&world, DUE).await, (Some("11-18 14:00".into()), Some("11-20 10:00".into())));
    assert_eq!(world.post("ada", "/admin/case-promises/1/remove", &[]).await.status, StatusCode::NOT_FOUND);
    step(&world, "ada", "/admin/case-promises/1", &[("reply", "5"), ("solve", "50"), ("version", "1")]).await;
    let high = open(&world, "sigge", &[("severity", "high")]).await;
    assert_eq!(high.location(), "/cases/2");
    let due: String =
        sqlx::query_scalar("select to_char(reply_due at time zone 'UTC', 'HH24:MI') from cases where id = 2")
            .fetch_one(&world.db)
            .await
            .unwrap();
    assert_eq!(due, "12:00", "two hours for what is bad");
}

#[sqlx::test]
async fn people_talk_about_a_case_and_whoever_does_not_see_it_is_not_brought_in(pool: PgPool) {
    let world = world(pool).await;
    let deal = world.deal("elias", "Holmen Skog", 168_000, day(11, 2)).await;
    let order: String = sqlx::query_scalar("select order_no from deals where id = $1")
        .bind(deal.0)
        .fetch_one(&world.db)
        .await
        .unwrap();
    open(&world, "sigge", &[("order", &order)]).await;
    step(&world, "elias", "/cases/1/comments", &[("body", "They called me too. @Siv, who goes there?")])
        .await;
    assert!(
        text(&world.get("siv", "/inbox?show=all").await).contains("Elias Sandberg mentions you: Holmen Skog")
    );
    let nobody = world.post("elias", "/cases/1/comments", &[("body", "@Petra?")]).await;
    assert_eq!(nobody.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(text(&nobody).contains("@Petra"), "what was typed is kept");
    assert_eq!(
        world.post("petra", "/cases/1/comments", &[("body", "Hi")]).await.status,
        StatusCode::NOT_FOUND
    );
    let own = world.post("elias", "/cases/1/steps/reply", &[("version", "1"), ("words", "x")]).await;
    assert_eq!(own.status, StatusCode::FORBIDDEN, "he sold it, others answer for it");
}

#[sqlx::test]
async fn programs_open_cases_and_take_steps(pool: PgPool) {
    let world = world(pool).await;
    let api = Client::of(&world.app, world.user("sigge").await).await;
    let body = json!({ "source": "helpdesk", "case_no": "T1", "customer_no": "C1", "category": "invoice",
        "severity": "low", "title": "Wrong reference" });
    let made = api.post("/api/v1/cases", &body).await;
    assert_eq!(made.status.as_u16(), 201, "{}", made.text);
    assert_eq!(api.post("/api/v1/cases", &body).await.status.as_u16(), 200);
    assert_eq!(made.json()["department"], "SERVICE");
    let step = json!({ "version": 1, "step": "reply", "words": "A new invoice is on its way" });
    let replied = api.post("/api/v1/cases/1/steps", &step).await.json();
    assert_eq!((&replied["state"], &replied["reply_minutes"]), (&json!("replied"), &json!(0)));
    assert_eq!(replied["employee_no"], "sigge", "whoever replies first owns it");
    assert_eq!(api.post("/api/v1/cases/1/steps", &step).await.status.as_u16(), 409);
    let other = Client::of(&world.app, world.user("petra").await).await;
    assert_eq!(other.post("/api/v1/cases/1/steps", &step).await.status.as_u16(), 404);
    assert_eq!(api.get("/api/v1/cases?state=replied").await.json()["items"][0]["title"], "Wrong reference");
}
