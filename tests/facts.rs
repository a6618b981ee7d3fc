//! Goals for those who support sales: measured by facts of their own, ratios worked out anew and never averaged, against
//! figures worked out by hand (rule 15).

use axum::http::StatusCode;
use serde_json::json;
use sqlx::PgPool;

use crate::support::api::Client;
use crate::support::world::{Answer, World, day, text};

async fn goal(world: &World, by: &str, subject: &str, metric: &str, target: &str) -> String {
    let form =
        [("subject", subject), ("metric", metric), ("period", "2026-10-01..2026-12-31"), ("target", target)];
    let set = world.post(by, "/goals/new", &form).await;
    assert_eq!(set.status, StatusCode::SEE_OTHER, "{}", set.body);
    set.location().to_owned()
}

async fn fact(world: &World, by: &str, subject: &str, metric: &str, said: (&str, &str, &str)) -> Answer {
    let (day, value, count) = said;
    let form = [
        ("subject", subject),
        ("metric", metric),
        ("day", day),
        ("value", value),
        ("count", count),
        ("note", ""),
    ];
    world.post(by, "/facts/new", &form).await
}

/// Actual, attainment and status of a goal as the API tells them.
async fn figures(world: &World, subject: &str, metric: &str) -> (String, Option<String>, String) {
    let api = Client::of(&world.app, world.user("ada").await).await;
    let body = api.get(&format!("/api/v1/goals?subject={subject}&metric={metric}")).await.json();
    let item = &body["items"][0];
    (
        item["actual"]["amount"].as_str().unwrap().to_owned(),
        item["attainment_pct"].as_str().map(ToOwned::to_owned),
        item["status"].as_str().unwrap().to_owned(),
    )
}

fn said(actual: &str, attainment: &str, status: &str) -> (String, Option<String>, String) {
    (actual.into(), Some(attainment.into()), status.into())
}

#[sqlx::test]
async fn shares_of_a_department_are_worked_out_anew_and_never_averaged(pool: PgPool) {
    let world = World::new(pool).await;
    let own = goal(&world, "karin", "elias", "on_time_delivery", "95").await;
    let north = goal(&world, "anders", "NORTH", "on_time_delivery", "95").await;
    assert_eq!(
        figures(&world, "elias", "on_time_delivery").await,
        ("0.00".into(), None, "not_started".into())
    );
    assert!(text(&world.get("elias", &own).await).contains("Nothing has been noted for this yet."));

    let ok = fact(&world, "karin", "elias", "on_time_delivery", ("2026-10-15", "9", "10")).await;
    assert_eq!(ok.status, StatusCode::SEE_OTHER, "{}", ok.body);
    fact(&world, "karin", "maja", "on_time_delivery", ("2026-10-16", "30", "90")).await;
    fact(&world, "karin", "NORTH", "on_time_delivery", ("2026-11-02", "95", "100")).await;
    // 90 ÷ 95, and (9 + 30 + 95) ÷ 200 = 67 %; the average of three shares would be 72.8 %
    assert_eq!(figures(&world, "elias", "on_time_delivery").await, said("90.00", "94.74", "at_risk"));
    assert_eq!(figures(&world, "NORTH", "on_time_delivery").await, said("67.00", "70.53", "behind"));
    let page = text(&world.get("karin", &north).await);
    for words in
        ["67.00%", "Goal 95.00%", "Against the goal −28.00 percentage points", "Measured on 200 so far."]
    {
        assert!(page.contains(words), "{words}: {page}");
    }
    assert!(!page.contains("not assigned") && !page.contains("Likely to land"), "{page}");

    // whoever moves takes nothing along that was theirs before
    let moved = "update memberships set during = daterange('2024-01-01', '2026-11-10')
            where employee_id = (select id from employees where employee_no = 'maja');
        insert into memberships (employee_id, department_id, lead, during)
            select e.id, d.id, false, daterange('2026-11-10', null) from employees e, departments d
            where e.employee_no = 'maja' and d.code = 'SOUTH'";
    sqlx::raw_sql(moved).execute(&world.db).await.unwrap();
    fact(&world, "johanna", "maja", "on_time_delivery", ("2026-11-12", "10", "10")).await;
    assert_eq!(figures(&world, "NORTH", "on_time_delivery").await.0, "67.00");
    let list = text(&world.get("karin", &format!("/facts?goal={}", north.rsplit('/').next().unwrap())).await);
    assert!(list.contains("On-time delivery: 134 ÷ 200 = 67.00%"), "every figure explains itself: {list}");
    assert!(
        list.contains("whom you do not see one by one, or noted late: 30 ÷ 90 = 33.33%"),
        "Maja, who has left her: {list}"
    );
}

#[sqlx::test]
async fn less_is_better_for_replies_and_points_have_decimals(pool: PgPool) {
    let world = World::new(pool).await;
    let replies = goal(&world, "karin", "elias", "first_reply_time", "120").await;
    goal(&world, "karin", "elias", "customer_score", "4,25").await;
    goal(&world, "karin", "elias", "leads", "33").await;
    fact(&world, "karin", "elias", "first_reply_time", ("2026-10-15", "200", "1")).await;
    fact(&world, "karin", "elias", "first_reply_time", ("2026-10-20", "100", "1")).await;
    // 300 ÷ 2 = 150; 2 − 150 ÷ 120 = 75 %
    assert_eq!(figures(&world, "elias", "first_reply_time").await, said("150", "75.00", "behind"));
    let page = text(&world.get("elias", &replies).await);
    assert!(page.contains("2 h 30 min 75% Goal 2 h Against the goal +30 min"), "{page}");
    fact(&world, "karin", "elias", "customer_score", ("2026-10-15", "4.5", "")).await;
    fact(&world, "karin", "elias", "customer_score", ("2026-10-16", "38.0", "10")).await;
    // 42.5 ÷ 11 = 3.8636…; ÷ 4.25 = 90.909 %
    assert_eq!(figures(&world, "elias", "customer_score").await, said("3.86", "90.91", "at_risk"));
    fact(&world, "karin", "elias", "leads", ("2026-10-15", "20", "")).await;
    assert_eq!(figures(&world, "elias", "leads").await, said("20", "60.61", "on_track"), "17 of 33 expected");
}

#[sqlx::test]
async fn a_fact_is_changed_removed_and_brought_back_and_the_ledger_only_grows(pool: PgPool) {
    let world = World::new(pool).await;
    goal(&world, "karin", "elias", "leads", "33").await;
    fact(&world, "karin", "elias", "leads", ("2026-10-15", "20", "")).await;
    let change = [
        ("subject", "elias"),
        ("metric", "leads"),
        ("day", "2026-10-16"),
        ("value", "21"),
        ("count", ""),
        ("version", "1"),
    ];
    assert_eq!(world.post("karin", "/facts/1", &change).await.status, StatusCode::SEE_OTHER);
    assert_eq!(world.post("karin", "/facts/1", &change).await.status, StatusCode::CONFLICT, "stale");
    assert_eq!(figures(&world, "elias", "leads").await.0, "21");
    assert_eq!(world.post("karin", "/facts/1/remove", &[]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(figures(&world, "elias", "leads").await.0, "0");
    assert_eq!(world.post("karin", "/facts/1/restore", &[]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(figures(&world, "elias", "leads").await.0, "21");
    let parts: Vec<i64> =
        sqlx::query_scalar("select part from fact_entries order by id").fetch_all(&world.db).await.unwrap();
    assert_eq!(parts, [20, -20, 21, -21, 21]);
    assert!(sqlx::raw_sql("update fact_entries set part = 0").execute(&world.db).await.is_err());
    for (who, path, status) in [
        ("elias", "/facts/1", 200),
        ("maja", "/facts/1", 404),
        ("petra", "/facts/1", 404),
        ("frida", "/facts/1", 200),
    ] {
        assert_eq!(world.get(who, path).await.status, status, "{who}");
    }
    assert!(!text(&world.get("maja", "/facts").await).contains("Elias"));
    let own = fact(&world, "karin", "karin", "leads", ("2026-10-15", "20", "")).await;
    assert!(own.body.contains("Nobody you may note facts for"), "nobody notes their own");
}

#[sqlx::test]
async fn a_file_comes_in_whole_or_not_at_all_and_programs_send_facts(pool: PgPool) {
    let world = World::new(pool).await;
    goal(&world, "karin", "elias", "on_time_delivery", "95").await;
    let faulty = "fact_no,metric,day,employee_no,department,value,count\n\
        1,on_time_delivery,2026-10-15,elias,,9,10\n\
        2,on_time_delivery,2027-10-15,nobody,,11,10\n\
        ,leads,2026-10-15,elias,NORTH,1,\n";
    let refused = world.upload("karin", "/facts/import", "file", faulty).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let said_wrong = text(&refused);
    for words in [
        "3 day 2027-10-15 This day has not been yet.",
        "3 value 11 More in time than there were.",
        "3 employee_no nobody Nobody",
        "4 fact_no Give each row its number",
        "4 department NORTH Name a person",
    ] {
        assert!(said_wrong.contains(words), "{words}: {said_wrong}");
    }
    assert_eq!(figures(&world, "elias", "on_time_delivery").await.1, None, "nothing was changed");
    let file = "fact_no;metric;day;employee_no;value;count;source\n\
        1;on_time_delivery;2026-10-15;elias;9;10;wms\n2;on_time_delivery;2026-10-16;elias;5;10;wms\n";
    world.upload("karin", "/facts/import", "file", file).await;
    assert_eq!(figures(&world, "elias", "on_time_delivery").await.0, "70.00");
    world.upload("karin", "/facts/import", "file", file).await;
    let rows: i64 =
        sqlx::query_scalar("select count(*) from fact_entries").fetch_one(&world.db).await.unwrap();
    assert_eq!(rows, 2, "the same file again changes nothing");

    let api = Client::of(&world.app, world.user("karin").await).await;
    let body = |value: &str| {
        json!({ "source": "wms", "fact_no": "2", "metric": "on_time_delivery", "day": "2026-10-16",
            "employee_no": "elias", "value": value, "count": 10 })
    };
    let same = api.post("/api/v1/facts", &body("5")).await;
    assert_eq!((same.status.as_u16(), same.json()["changed"].as_bool()), (200, Some(false)));
    let changed = api.post("/api/v1/facts", &body("9")).await;
    assert_eq!((changed.status.as_u16(), changed.json()["changed"].as_bool()), (200, Some(true)));
    assert_eq!(figures(&world, "elias", "on_time_delivery").await.0, "90.00");
    let wrong = api.post("/api/v1/facts", &body("12")).await;
    assert_eq!(wrong.status.as_u16(), 422);
    let other = Client::of(&world.app, world.user("johanna").await).await;
    let mut stolen = body("5");
    stolen["employee_no"] = "petra".into();
    assert_eq!(other.post("/api/v1/facts", &stolen).await.status.as_u16(), 409, "the number is Elias's");
    let own = json!({ "source": "pacemark", "fact_no": "F-99", "metric": "leads", "day": "2026-10-16",
        "employee_no": "petra", "value": "1" });
    assert_eq!(other.post("/api/v1/facts", &own).await.status.as_u16(), 409, "own numbers are given");
    assert_eq!(figures(&world, "elias", "on_time_delivery").await.0, "90.00");
    assert_eq!(other.post("/api/v1/facts", &body("5")).await.status.as_u16(), 422, "not her department");
}

#[sqlx::test]
async fn goals_with_weights_come_to_a_score(pool: PgPool) {
    let world = World::new(pool).await;
    let sales = goal(&world, "karin", "elias", "revenue", "660000").await;
    let leads = goal(&world, "karin", "elias", "leads", "40").await;
    for (at, weight) in [(&sales, "60"), (&leads, "40")] {
        let form = [("prorated", "on"), ("weight", weight), ("version", "1")];
        let saved = world.post("karin", &format!("{at}/terms"), &form).await;
        assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.body);
    }
    world.deal("elias", "Holmen Skog", 330_000, day(11, 17)).await;
    fact(&world, "karin", "elias", "leads", ("2026-11-17", "50", "")).await;
    // 0.6 × 50 % + 0.4 × 125 %
    let home = text(&world.get("elias", "/").await);
    assert!(home.contains("Weighted score Goals of Q4 2026 by their weight. 80.00%"), "{home}");
}

#[sqlx::test]
async fn facts_of_closed_days_stand_on_the_first_open_one(pool: PgPool) {
    let world = World::new(pool).await;
    fact(&world, "karin", "elias", "leads", ("2026-10-15", "20", "")).await;
    sqlx::raw_sql("update closed_books set open_from = '2026-11-01'").execute(&world.db).await.unwrap();
    assert_eq!(world.post("karin", "/facts/1/remove", &[]).await.status, StatusCode::SEE_OTHER);
    let sql = "select credit_date::text, origin_date::text, part from fact_entries order by id";
    let rows: Vec<(String, Option<String>, i64)> = sqlx::query_as(sql).fetch_all(&world.db).await.unwrap();
    let row = |day: &str, origin: Option<&str>, part| (day.to_owned(), origin.map(ToOwned::to_owned), part);
    assert_eq!(rows, [row("2026-10-15", None, 20), row("2026-11-01", Some("2026-10-15"), -20)]);
}
