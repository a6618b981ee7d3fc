//! Calls after delivery: made by rules, taken in two taps, counted once, taken back.

use axum::http::StatusCode;
use pacemark::service;
use pacemark::service::work;
use serde_json::json;
use sqlx::PgPool;

use super::{deliver, fact, facts, step, world};
use crate::support::api::Client;
use crate::support::world::{World, day, text};

async fn due(world: &World) -> Vec<(String, String)> {
    sqlx::query_as(
        "select f.due_on::text, coalesce(e.employee_no, d.code) from follow_ups f left join employees e on e.id = f.owner_id
        left join departments d on d.id = f.department_id order by f.due_on, f.id",
    )
    .fetch_all(&world.db)
    .await
    .unwrap()
}

fn call(day: &str, whose: &str) -> (String, String) {
    (day.into(), whose.into())
}

#[sqlx::test]
async fn rules_say_who_calls_and_when(pool: PgPool) {
    let world = world(pool).await;
    let first = world.deal("elias", "Holmen Skog", 168_000, day(11, 2)).await;
    assert_eq!(deliver(&world, first, day(11, 14)).await, 1, "the rule that is there from the start");
    assert_eq!(deliver(&world, first, day(11, 14)).await, 0, "once");
    // the 14th and seven days is Saturday the 21st, so Monday
    assert_eq!(due(&world).await, [call("2026-11-23", "elias")]);

    let (category, department) = (category(&world, "Rooftop units").await, world.department("SERVICE").await);
    for days in ["7", "90"] {
        let rule = [
            ("days", days),
            ("bought", &*format!("category-{category}")),
            ("who", &*department.to_string()),
            ("assigns", "fewest"),
            ("active", "on"),
        ];
        step(&world, "ada", "/admin/follow-up-rules", &rule).await;
    }
    let second = world.deal("petra", "Brf Ankaret", 154_000, day(11, 3)).await;
    assert_eq!(
        deliver(&world, second, day(11, 17)).await,
        2,
        "both steps of the category, none of everything"
    );
    let third = world.deal("petra", "Obbola Livs", 154_000, day(11, 3)).await;
    deliver(&world, third, day(11, 17)).await;
    let owners: Vec<String> = due(&world).await.into_iter().map(|(_, whose)| whose).collect();
    let count = |name: &str| owners.iter().filter(|one| *one == name).count();
    assert_eq!((count("siv"), count("sigge"), count("petra")), (2, 2, 0), "shared out evenly: {owners:?}");
    let off = [("days", "0"), ("bought", ""), ("who", "seller"), ("version", "1")];
    let refused = world.post("ada", "/admin/follow-up-rules/1", &off).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
}

async fn category(world: &World, name: &str) -> i64 {
    let id = sqlx::query_scalar("select id from product_categories where name = $1").bind(name);
    id.fetch_one(&world.db).await.unwrap()
}

#[sqlx::test]
async fn imported_deliveries_are_followed_up_and_old_ones_are_not(pool: PgPool) {
    let world = world(pool).await;
    for (customer, on) in
        [("Holmen Skog", "2026-11-16"), ("Brf Ankaret", "2026-09-01"), ("Obbola Livs", "2026-07-01")]
    {
        let deal = world.deal("elias", customer, 100, day(6, 1)).await;
        let delivered = sqlx::query("update deal_lines set delivered_on = $2::date where deal_id = $1");
        delivered
            .bind(deal.0)
            .bind(on.parse::<chrono::NaiveDate>().unwrap())
            .execute(&world.db)
            .await
            .unwrap();
    }
    let settle =
        sqlx::query("select settle_orders(array(select id from deals), $1, now())").bind(day(11, 18));
    settle.execute(&world.db).await.unwrap();
    let open = world.deal("elias", "Holmen Skog", 200, day(11, 1)).await;
    work::work(&world.app).await.unwrap();
    work::work(&world.app).await.unwrap();
    // seven days after the 16th; what was due long ago is due on the day it is made; more than 120 days ago is over
    assert_eq!(due(&world).await, [call("2026-11-18", "elias"), call("2026-11-23", "elias")]);
    let of_open: i64 = sqlx::query_scalar("select count(*) from follow_ups where deal_id = $1")
        .bind(open.0)
        .fetch_one(&world.db)
        .await
        .unwrap();
    assert_eq!(of_open, 0, "not delivered yet");
}

#[sqlx::test]
async fn reached_with_a_nine_counts_once_and_is_taken_back(pool: PgPool) {
    let world = world(pool).await;
    let deal = world.deal("elias", "Holmen Skog", 168_000, day(11, 2)).await;
    deliver(&world, deal, day(11, 11)).await;
    let page = world.get("elias", "/follow-ups/1").await;
    assert!(page.body.contains(r#"name="score" value="9""#), "one tap: {}", page.body);
    step(&world, "elias", "/follow-ups/1/steps/reach", &[("version", "1"), ("score", "9"), ("quick", "1")])
        .await;
    assert_eq!(facts(&world, "follow-up-1").await, fact("follow_ups_in_time", "elias", "2026-11-18", 1));
    assert_eq!(facts(&world, "score-deal-1").await, fact("customer_score", "elias", "2026-11-18", 900));
    let stale = world.post("elias", "/follow-ups/1/steps/reach", &[("version", "1"), ("score", "2")]).await;
    assert_eq!(stale.status, StatusCode::CONFLICT);

    step(&world, "elias", "/follow-ups/1/steps/back", &[("version", "2")]).await;
    assert_eq!(facts(&world, "follow-up-1").await, [], "there is time until the day is over");
    assert_eq!(facts(&world, "score-deal-1").await, []);
    let nothing = world.post("elias", "/follow-ups/1/steps/back", &[("version", "3")]).await;
    assert_eq!(nothing.status, StatusCode::CONFLICT, "there is nothing left to take back");

    world.travel(day(11, 19));
    work::work(&world.app).await.unwrap();
    work::work(&world.app).await.unwrap();
    let late = fact("follow_ups_in_time", "elias", "2026-11-19", 0);
    assert_eq!(facts(&world, "follow-up-1").await, late, "not done, on the day after");
    let rows: i64 = sqlx::query_scalar(
        "select count(*) from fact_entries e join facts f on f.id = e.fact_id
        where f.fact_no = 'follow-up-1'",
    )
    .fetch_one(&world.db)
    .await
    .unwrap();
    assert_eq!(rows, 3, "in time, taken back, late: each once");
    world.travel(day(11, 25));
    step(&world, "elias", "/follow-ups/1/steps/reach", &[("version", "3"), ("score", "7")]).await;
    assert_eq!(facts(&world, "follow-up-1").await, late, "late stays late");
    assert_eq!(facts(&world, "score-deal-1").await, fact("customer_score", "elias", "2026-11-25", 700));
}

#[sqlx::test]
async fn being_late_stays_with_whoever_it_was_late_with(pool: PgPool) {
    let world = world(pool).await;
    let deal = world.deal("elias", "Holmen Skog", 168_000, day(11, 2)).await;
    deliver(&world, deal, day(11, 11)).await;
    world.travel(day(11, 20));
    step(&world, "karin", "/follow-ups/1/steps/assign", &[("version", "1"), ("owner", "maja")]).await;
    assert_eq!(facts(&world, "follow-up-1").await, fact("follow_ups_in_time", "elias", "2026-11-19", 0));
    step(&world, "maja", "/follow-ups/1/steps/reach", &[("version", "2"), ("score", "10")]).await;
    assert_eq!(facts(&world, "follow-up-1").await, fact("follow_ups_in_time", "elias", "2026-11-19", 0));
    assert_eq!(facts(&world, "score-deal-1").await, fact("customer_score", "maja", "2026-11-20", 1_000));
    let told = text(&world.get("maja", "/inbox?show=all").await);
    assert!(told.contains("Karin Lindqvist gives you a follow-up: Holmen Skog"), "{told}");
}

#[sqlx::test]
async fn a_step_on_one_call_leaves_the_score_of_another_about_the_same_order(pool: PgPool) {
    let world = world(pool).await;
    sqlx::query("insert into follow_up_rules (days_after) values (12)").execute(&world.db).await.unwrap();
    let deal = world.deal("elias", "Holmen Skog", 168_000, day(11, 2)).await;
    deliver(&world, deal, day(11, 11)).await;
    let nine = fact("customer_score", "elias", "2026-11-18", 900);
    step(&world, "elias", "/follow-ups/1/steps/reach", &[("version", "1"), ("score", "9")]).await;
    assert_eq!(facts(&world, "score-deal-1").await, nine);
    world.travel(day(11, 23));
    step(&world, "elias", "/follow-ups/2/steps/miss", &[("version", "1"), ("quick", "1")]).await;
    assert_eq!(facts(&world, "score-deal-1").await, nine, "nobody was reached");
    step(&world, "elias", "/follow-ups/2/steps/reach", &[("version", "2"), ("score", "7")]).await;
    let seven = fact("customer_score", "elias", "2026-11-23", 700);
    assert_eq!(facts(&world, "score-deal-1").await, seven, "the latest counts");
    step(&world, "elias", "/follow-ups/2/steps/back", &[("version", "3")]).await;
    assert_eq!(facts(&world, "score-deal-1").await, nine, "and without it the one before");
}

#[sqlx::test]
async fn what_the_customer_could_need_next_becomes_an_open_deal(pool: PgPool) {
    let world = world(pool).await;
    let deal = world.deal("elias", "Holmen Skog", 168_000, day(11, 2)).await;
    deliver(&world, deal, day(11, 11)).await;
    assert!(
        !world.get("elias", "/follow-ups/1").await.body.contains("/pipeline/new"),
        "nothing is known yet"
    );
    let said = [("version", "1"), ("score", "9"), ("offer", "Service agreement"), ("amount", "9,000")];
    step(&world, "elias", "/follow-ups/1/steps/reach", &said).await;
    let page = world.get("elias", "/follow-ups/1").await;
    let document = scraper::Html::parse_document(&page.body);
    let link = scraper::Selector::parse("a[href^='/pipeline/new?']").unwrap();
    let href = document.select(&link).next().unwrap().attr("href").unwrap().to_owned();
    let form = world.get("elias", &href).await;
    assert_eq!((form.field("customer"), form.field("amount")), ("Holmen Skog".into(), "9,000.00".into()));
    assert!(form.body.contains("Service agreement</textarea>"), "{}", form.body);
    assert!(form.body.contains(r#"value="existing" selected"#), "{}", form.body);
    let seen = world.get("sigge", "/follow-ups/1").await.body;
    assert!(!seen.contains("9%2C000") && !seen.contains("9,000"), "not the amount: {seen}");
}

#[sqlx::test]
async fn what_was_typed_is_kept_beside_its_fault(pool: PgPool) {
    let world = world(pool).await;
    let deal = world.deal("elias", "Holmen Skog", 168_000, day(11, 2)).await;
    deliver(&world, deal, day(11, 11)).await;
    let path = "/follow-ups/1/steps/reach";
    for who in ["elias", "sigge"] {
        let form = [("version", "1"), ("score", "8"), ("offer", "Filters"), ("amount", "abc")];
        let refused = world.post(who, path, &form).await;
        if refused.status == axum::http::StatusCode::FORBIDDEN {
            continue; // not theirs
        }
        assert_eq!(refused.status, axum::http::StatusCode::UNPROCESSABLE_ENTITY, "{who}: {}", text(&refused));
        assert_eq!(
            (refused.field("amount"), refused.field("offer")),
            ("abc".into(), "Filters".into()),
            "{who}"
        );
        assert_eq!(refused.field("due"), "2026-11-18", "the other form stands as it was");
    }
    let of_what = world.post("elias", path, &[("version", "1"), ("score", "8"), ("amount", "20000")]).await;
    assert!(text(&of_what).contains("Say what they could need that is worth this"), "{}", text(&of_what));
}

#[sqlx::test]
async fn a_call_is_moved_with_a_reason_and_withdrawn_by_a_lead_only(pool: PgPool) {
    let world = world(pool).await;
    let deal = world.deal("elias", "Holmen Skog", 168_000, day(11, 2)).await;
    deliver(&world, deal, day(11, 11)).await;
    let why =
        world.post("elias", "/follow-ups/1/steps/move", &[("version", "1"), ("due", "2026-11-25")]).await;
    assert_eq!(why.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(text(&why).contains("Say why."), "{}", text(&why));
    let moved = [("version", "1"), ("due", "2026-11-25"), ("words", "On holiday")];
    step(&world, "elias", "/follow-ups/1/steps/move", &moved).await;
    assert_eq!(due(&world).await, [call("2026-11-25", "elias")]);
    let gone = [("version", "2"), ("words", "Bankrupt")];
    assert_eq!(
        world.post("elias", "/follow-ups/1/steps/withdraw", &gone).await.status,
        StatusCode::FORBIDDEN
    );
    step(&world, "karin", "/follow-ups/1/steps/withdraw", &gone).await;
    world.travel(day(11, 30));
    work::work(&world.app).await.unwrap();
    assert_eq!(facts(&world, "follow-up-1").await, [], "it counts nowhere");
}

#[sqlx::test]
async fn several_are_given_away_all_or_none_and_a_file_comes_in_whole(pool: PgPool) {
    let world = world(pool).await;
    let file = "follow_up_no,customer,due,owner\n1,C1,2026-11-25,elias\n2,C2,2026-11-26,maja\n";
    step_upload(&world, "karin", "/follow-ups/import", file).await;
    step_upload(&world, "karin", "/follow-ups/import", file).await;
    assert_eq!(due(&world).await, [call("2026-11-25", "elias"), call("2026-11-26", "maja")]);
    let faulty = "follow_up_no,customer,due,owner\n3,C1,2026-11-25,elias\n4,C9,2020-01-01,nobody\n";
    let refused = world.upload("karin", "/follow-ups/import", "file", faulty).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    for words in
        ["3 customer C9 No customer", "3 due 2020-01-01 Choose a day", "3 owner nobody Nobody you can"]
    {
        assert!(text(&refused).contains(words), "{words}: {}", text(&refused));
    }
    let both = [("id", "1"), ("id", "2"), ("owner", "karin")];
    assert_eq!(world.post("elias", "/follow-ups/assign", &both).await.status, StatusCode::NOT_FOUND);
    assert_eq!(due(&world).await[0], call("2026-11-25", "elias"), "none when one is not his");
    step(&world, "karin", "/follow-ups/assign", &both).await;
    assert_eq!(due(&world).await, [call("2026-11-25", "karin"), call("2026-11-26", "karin")]);
    let csv = world.get("karin", "/follow-ups.csv?view=all").await.body;
    assert!(csv.contains("2026-11-25,Holmen Skog,,Karin Lindqvist,Open"), "{csv}");
}

async fn step_upload(world: &World, who: &str, path: &str, file: &str) {
    let answer = world.upload(who, path, "file", file).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
}

#[sqlx::test]
async fn programs_make_follow_ups_and_say_what_became_of_them(pool: PgPool) {
    let world = world(pool).await;
    let api = Client::of(&world.app, world.user("elias").await).await;
    let body = json!({ "source": "crm", "follow_up_no": "F1", "customer_no": "C1", "due_on": "2026-11-20" });
    let made = api.post("/api/v1/follow-ups", &body).await;
    assert_eq!(made.status.as_u16(), 201, "{}", made.text);
    assert_eq!(api.post("/api/v1/follow-ups", &body).await.status.as_u16(), 200, "known");
    let (id, outcome) = (
        made.json()["id"].clone(),
        json!({ "version": 1, "outcome": "reached", "score": 8,
        "next_offer": "Service agreement", "next_offer_amount": "9000.00" }),
    );
    let path = format!("/api/v1/follow-ups/{id}/outcome");
    let done = api.post(&path, &outcome).await.json();
    assert_eq!(
        (&done["state"], &done["score"], &done["done_on"]),
        (&json!("reached"), &json!(8), &json!("2026-11-18"))
    );
    assert_eq!(done["next_offer_amount"]["amount"], "9000.00");
    assert_eq!(api.post(&path, &outcome).await.status.as_u16(), 409, "stale");
    let other = Client::of(&world.app, world.user("petra").await).await;
    assert_eq!(other.post(&path, &outcome).await.status.as_u16(), 404, "not hers to see");
    assert_eq!(other.get("/api/v1/follow-ups").await.json()["items"], json!([]));
    let service = Client::of(&world.app, world.user("sigge").await).await;
    let seen = service.get("/api/v1/follow-ups?state=reached").await.json();
    assert_eq!(seen["items"][0]["next_offer_amount"], json!(null), "no amounts of others' sales");
}

#[sqlx::test]
async fn what_waits_is_listed_for_those_it_waits_for(pool: PgPool) {
    let world = world(pool).await;
    let deal = world.deal("elias", "Holmen Skog", 168_000, day(11, 2)).await;
    deliver(&world, deal, day(11, 11)).await;
    let list = text(&world.get("elias", "/follow-ups").await);
    assert!(list.contains("Holmen Skog") && list.contains("18 Nov"), "{list}");
    for (page, words) in [
        (format!("/deals/{deal}"), "Elias Sandberg · 18 Nov 2026"),
        (format!("/customers/{}", world.customer("Holmen Skog").await), "Elias Sandberg · 18 Nov 2026"),
    ] {
        let shown = text(&world.get("elias", &page).await);
        assert!(shown.contains(words), "{page}: {shown}");
    }
    let other =
        text(&world.get("petra", &format!("/customers/{}", world.customer("Holmen Skog").await)).await);
    assert!(other.contains("No follow-up, case or score yet."), "{other}");
    let _ = service::SOURCE;
}
