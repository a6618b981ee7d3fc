//! Periods are reviewed, closed and reopened: nothing of closed days changes, what comes late stands on the first open
//! day, and the snapshot is what comes out again (rules 11, 12 and 20).

use axum::http::StatusCode;
use pacemark::attainment::verify::{self, Difference};
use pacemark::sales::booking;
use sqlx::PgPool;

use crate::support::world::{Answer, World, day, kr, text};

const Q3: &str = "2026-07-01..2026-09-30";

/// Elias and the North have goals for the third quarter, and sold 900,000 of 1,000,000 and of 800,000.
async fn quarter(pool: PgPool) -> (World, String, String) {
    let world = World::new(pool).await;
    world.travel(day(7, 1));
    let goal = async |by, subject, target| {
        let form = [("subject", subject), ("metric", "revenue"), ("period", Q3), ("target", target)];
        let set = world.post(by, "/goals/new", &form).await;
        assert_eq!(set.status, StatusCode::SEE_OTHER, "{}", set.body);
        set.location().to_owned()
    };
    let (elias, north) = (goal("karin", "elias", "1M").await, goal("anders", "NORTH", "800000").await);
    world.deal("elias", "Holmen Skog", 600_000, day(7, 15)).await;
    world.deal("elias", "Brf Ankaret", 300_000, day(9, 30)).await;
    world.travel(day(10, 5));
    (world, elias, north)
}

async fn step(world: &World, by: &str, at: &str, step: &str, reason: &str) -> Answer {
    let version: i64 =
        sqlx::query_scalar("select max(version) from closings where state in ('in_review', 'closed')")
            .fetch_one(&world.db)
            .await
            .unwrap();
    let form = [("version", &*version.to_string()), ("reason", reason)];
    world.post(by, &format!("{at}/{step}"), &form).await
}

async fn review(world: &World) -> String {
    let begun = world.post("frida", "/closing", &[("period", Q3)]).await;
    assert_eq!(begun.status, StatusCode::SEE_OTHER, "{}", begun.body);
    begun.location().to_owned()
}

async fn close(world: &World) -> String {
    let at = review(world).await;
    let closed = step(world, "frida", &at, "close", "").await;
    assert_eq!(closed.status, StatusCode::SEE_OTHER, "{}", closed.body);
    at
}

async fn differences(world: &World) -> Vec<Difference> {
    verify::run(&mut world.db.acquire().await.unwrap()).await.unwrap()
}

/// Day, day of origin and revenue of the ledger rows of a deal, in order.
async fn rows(world: &World, deal: i64) -> Vec<(String, Option<String>, i64)> {
    let sql = "select credit_date::text, origin_date::text, revenue from credit_entries where deal_id = $1 order by id";
    sqlx::query_as(sql).bind(deal).fetch_all(&world.db).await.unwrap()
}

#[sqlx::test]
async fn a_period_is_reviewed_by_all_and_closed_by_those_who_may(pool: PgPool) {
    let (world, elias, _) = quarter(pool).await;
    for (who, status) in
        [("elias", 403), ("karin", 403), ("hanna", 403), ("frida", 200), ("anders", 200), ("ada", 200)]
    {
        assert_eq!(world.get(who, "/closing").await.status, status, "{who}");
    }
    let early = world.post("frida", "/closing", &[("period", "2026-10-01..2026-12-31")]).await;
    assert_eq!(early.status, StatusCode::CONFLICT, "it is not over");
    let at = review(&world).await;
    let twice = world.post("anders", "/closing", &[("period", Q3)]).await;
    assert_eq!(twice.status, StatusCode::CONFLICT, "one at a time");
    let inbox = text(&world.get("karin", "/inbox").await);
    assert!(inbox.contains("Frida Dahl puts Q3 2026 in review"), "{inbox}");
    let page = text(&world.get("frida", &at).await);
    assert!(page.contains("How goals would end now") && page.contains("90.00%"), "{page}");
    // what is in review can still change
    world.deal("elias", "Obbola Livs", 50_000, day(9, 29)).await;
    assert!(text(&world.get("frida", &at).await).contains("95.00%"));
    assert_eq!(step(&world, "karin", &at, "close", "").await.status, StatusCode::FORBIDDEN);
    assert_eq!(step(&world, "frida", &at, "close", "").await.status, StatusCode::SEE_OTHER);
    let page = text(&world.get("anders", &at).await);
    for words in [
        "Closed by Frida Dahl",
        "Elias Sandberg Order intake Q3 2026 SEK 1.00M SEK 950k 95.00% Missed",
        "Sales North Order intake Q3 2026 SEK 800k SEK 950k 118.75% Exceeded",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    let goal = text(&world.get("elias", &elias).await);
    assert!(goal.contains("Closed on 5 October 2026 by Frida Dahl"), "{goal}");
    assert_eq!(world.get("karin", &format!("{elias}/revise")).await.status, StatusCode::OK);
    assert!(!world.get("karin", &elias).await.body.contains("/revise"), "nothing to change any more");
    let csv = world.get("frida", &format!("{at}/goals.csv")).await.body;
    assert!(csv.contains("elias;Elias Sandberg") || csv.contains("elias,Elias Sandberg"), "{csv}");
    assert!(csv.contains("950000.00") && csv.contains("118.75"), "{csv}");
    assert_eq!(differences(&world).await, []);
}

#[sqlx::test]
async fn what_comes_late_stands_on_the_first_open_day_with_its_origin(pool: PgPool) {
    let (world, elias, north) = quarter(pool).await;
    let deal: i64 = sqlx::query_scalar("select min(id) from deals").fetch_one(&world.db).await.unwrap();
    let at = close(&world).await;
    let late = world.deal("elias", "Obbola Livs", 70_000, day(8, 3)).await;
    let moved = |kronor| (String::from("2026-10-01"), Some(String::from("2026-08-03")), kr(kronor));
    assert_eq!(rows(&world, late.0).await, [moved(70_000)]);

    // 600,000 in July become 500,000: what stood is taken back on the first open day
    let company = world.company().await;
    let draft = world.draft("elias", "Holmen Skog", 500_000, day(7, 15)).await;
    let mut tx = world.app.begin().await.unwrap();
    let id = pacemark::kernel::id::DealId(deal);
    booking::amend(&mut tx, &company, id, 1, &draft, world.stamp()).await.unwrap();
    tx.commit().await.unwrap();
    let on =
        |day: &str, origin: Option<&str>, kronor| (day.to_owned(), origin.map(ToOwned::to_owned), kr(kronor));
    let corrected = [
        on("2026-07-15", None, 600_000),
        on("2026-10-01", Some("2026-07-15"), -600_000),
        on("2026-10-01", Some("2026-07-15"), 500_000),
    ];
    assert_eq!(rows(&world, deal).await, corrected);
    // and the same again changes nothing: rows are known by the day they belong to
    let mut tx = world.app.begin().await.unwrap();
    booking::settle_deal(&mut tx, &company, id, world.stamp()).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(rows(&world, deal).await.len(), 3);

    for (goal, words) in [(&elias, "SEK 900k of 1.00M"), (&north, "SEK 900k of 800k")] {
        let page = text(&world.get("karin", goal).await);
        assert!(page.contains(words), "{words}: {page}");
    }
    let page = text(&world.get("frida", &at).await);
    assert!(page.contains("Belongs to 15 July 2026, stands on 1 October 2026 −100,000.00"), "{page}");
    assert!(page.contains("Belongs to 3 August 2026, stands on 1 October 2026 70,000.00"), "{page}");
    let history = text(&world.get("karin", &format!("/deals/{deal}")).await);
    assert!(history.contains("belongs to 15 July 2026, closed"), "{history}");
    assert_eq!(differences(&world).await, [], "the snapshot is what comes out again");
    let api = crate::support::api::Client::of(&world.app, world.user("frida").await).await;
    let span = "subject_kind=person&subject=elias&metric=revenue&from=2026-10-01&to=2026-10-31";
    let october = api.get(&format!("/api/v1/attainment?{span}")).await.json();
    assert_eq!(october["actual"]["amount"], "-30000.00", "70,000 − 600,000 + 500,000");

    // open again, what is corrected once more stays where the late rows stand: July is what it was
    step(&world, "frida", &at, "ask", "A rebate was forgotten").await;
    assert_eq!(step(&world, "anders", &at, "reopen", "").await.status, StatusCode::SEE_OTHER);
    let (company, draft) =
        (world.company().await, world.draft("elias", "Holmen Skog", 510_000, day(7, 15)).await);
    let mut tx = world.app.begin().await.unwrap();
    booking::amend(&mut tx, &company, id, 2, &draft, world.stamp()).await.unwrap();
    tx.commit().await.unwrap();
    let stays =
        [on("2026-10-01", Some("2026-07-15"), -500_000), on("2026-10-01", Some("2026-07-15"), 510_000)];
    assert_eq!(rows(&world, deal).await[3..], stays);
    assert_eq!(differences(&world).await, []);
}

#[sqlx::test]
async fn nothing_of_closed_days_can_be_changed_by_anybody(pool: PgPool) {
    let (world, elias, _) = quarter(pool).await;
    sqlx::query("update goals set prorated = true").execute(&world.db).await.unwrap();
    close(&world).await;
    let refused = [
        "insert into holidays (day, name) values ('2026-08-01', 'Late')",
        "update memberships set during = daterange('2024-01-01', '2026-09-01')
            where employee_id = (select id from employees where employee_no = 'elias')",
        "delete from memberships where employee_id = (select id from employees where employee_no = 'maja')",
        "update goals set removed_at = now()",
        "update goals set prorated = false",
        "insert into goal_versions (goal_id, number, target, effective_on, recorded_at, reason_class)
            select id, 2, 1, '2026-09-01', now(), 'correction' from goals",
        "insert into ramps (employee_id, starts_on, steps, set_at) select id, '2026-09-01', '{50}', now() from employees",
        "update employees set hired_on = '2026-08-01' where employee_no = 'elias'",
        "update departments set parent_id = (select id from departments where code = 'NORTH') where code = 'SOUTH'",
        "insert into credit_entries (deal_id, line_id, employee_id, kind, share_bp, event, credit_date, revenue, margin,
            units, orders, new_customers, category_id, category_orders, category_new_customers, currency, rate, posted_at)
            select deal_id, line_id, employee_id, kind, share_bp, event, credit_date, 1, 1, 1, 0, 0, category_id, 0, 0,
            currency, rate, posted_at from credit_entries limit 1",
    ];
    for sql in refused {
        assert!(sqlx::raw_sql(sql).execute(&world.db).await.is_err(), "{sql}");
    }
    let allowed = [
        "insert into holidays (day, name) values ('2026-12-24', 'Christmas Eve')",
        "update memberships set during = daterange('2024-01-01', '2026-11-01')
            where employee_id = (select id from employees where employee_no = 'elias')",
        "update employees set left_on = '2026-10-31' where employee_no = 'elias'",
        "insert into ramps (employee_id, starts_on, steps, set_at) select id, '2026-10-01', '{50}', now() from employees",
    ];
    for sql in allowed {
        sqlx::raw_sql(sql).execute(&world.db).await.unwrap();
    }
    let revision = [
        ("target", "2M"),
        ("class", "correction"),
        ("reason", "Too late"),
        ("effective_on", "2026-09-01"),
        ("version", "1"),
    ];
    let late = world.post("karin", &format!("{elias}/revise"), &revision).await;
    assert_eq!(late.status, StatusCode::CONFLICT, "{}", late.body);
    // the boundary of "exceeded" and the weekend are those of the closing
    sqlx::raw_sql("update settings set exceeded_pct = 150, weekend = '{7}'")
        .execute(&world.db)
        .await
        .unwrap();
    assert_eq!(differences(&world).await, []);
}

#[sqlx::test]
async fn reopening_takes_two_and_the_next_closing_keeps_what_is_so_then(pool: PgPool) {
    let (world, _, north) = quarter(pool).await;
    let at = close(&world).await;
    assert_eq!(step(&world, "frida", &at, "reopen", "").await.status, StatusCode::FORBIDDEN, "nobody asked");
    let bare = step(&world, "frida", &at, "ask", " ").await;
    assert_eq!(bare.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(
        step(&world, "frida", &at, "ask", "A rebate was forgotten").await.status,
        StatusCode::SEE_OTHER
    );
    assert_eq!(
        step(&world, "frida", &at, "reopen", "").await.status,
        StatusCode::FORBIDDEN,
        "not by the same"
    );
    let inbox = text(&world.get("anders", "/inbox").await);
    assert!(inbox.contains("Frida Dahl asks to reopen Q3 2026"), "{inbox}");
    assert_eq!(step(&world, "anders", &at, "reopen", "").await.status, StatusCode::SEE_OTHER);
    let deal = world.deal("maja", "Obbola Livs", 70_000, day(8, 3)).await;
    assert_eq!(rows(&world, deal.0).await, [("2026-08-03".to_owned(), None, kr(70_000))]);
    let again = close(&world).await;
    assert_ne!(again, at);
    assert!(text(&world.get("frida", &again).await).contains("SEK 970k"), "the North");
    assert!(text(&world.get("frida", &at).await).contains("SEK 900k"), "what was kept then stays");
    assert!(text(&world.get("karin", &north).await).contains("SEK 970k of 800k"));
    assert_eq!(differences(&world).await, []);
}

#[sqlx::test]
async fn a_snapshot_that_does_not_come_out_again_is_found(pool: PgPool) {
    let (world, ..) = quarter(pool).await;
    close(&world).await;
    let tamper = "select lock_rollups(); select fold_credits(); alter table credit_entries disable trigger credit_entries_update;
        update credit_entries set revenue = revenue + 1 where id = (select min(id) from credit_entries);
        update person_days set revenue = revenue + 1 where day = '2026-07-15';
        update person_months set revenue = revenue + 1 where month = '2026-07-01';
        update department_days set revenue = revenue + 1 where day = '2026-07-15';
        update department_months set revenue = revenue + 1 where month = '2026-07-01';";
    sqlx::raw_sql(tamper).execute(&world.db).await.unwrap();
    let found = differences(&world).await;
    let closed = found.iter().filter(|difference| matches!(difference, Difference::Closed(_)));
    let said: Vec<String> = closed.map(ToString::to_string).collect();
    assert!(said.iter().any(|line| line.contains("person") && line.contains("90000001")), "{said:?}");
    assert!(said.iter().any(|line| line.contains("goal")), "{said:?}");
}

#[sqlx::test]
async fn leave_that_reaches_into_open_days_ends_earlier_and_closed_figures_stay(pool: PgPool) {
    let (world, ..) = quarter(pool).await;
    let form = [
        ("subject", "elias"),
        ("metric", "revenue"),
        ("period", "2026-10-01..2026-12-31"),
        ("target", "660k"),
    ];
    world.post("karin", "/goals/new", &form).await;
    sqlx::query("update goals set prorated = true").execute(&world.db).await.unwrap();
    let person = world.employee("elias").await;
    let leave = [("from", "2026-09-21"), ("last", "2026-10-09"), ("kind", "leave"), ("pct", "100")];
    world.post("elias", &format!("/people/{person}/relief"), &leave).await;
    let id: i64 = sqlx::query_scalar("select id from reliefs").fetch_one(&world.db).await.unwrap();
    let relief = format!("/people/{person}/relief/{id}");
    world.post("karin", &relief, &[("answer", "approve"), ("version", "1")]).await;
    let at = close(&world).await;
    // 8 of 66 working days off in the third quarter: 900,000 of 878,787.88; 7 of 66 in the fourth
    let kept = async || -> Vec<(i64, i64, Option<i64>)> {
        let sql = "select effective_target, actual, attainment from closing_goals order by goal_id";
        sqlx::query_as(sql).fetch_all(&world.db).await.unwrap()
    };
    assert_eq!(kept().await[0], (878_787_88, 900_000_00, Some(102_41)));
    let fourth = async || {
        let api = crate::support::api::Client::of(&world.app, world.user("elias").await).await;
        let goals = api.get("/api/v1/goals?subject=elias&from=2026-10-01").await.json();
        goals["items"][0]["effective_target"]["amount"].as_str().unwrap().to_owned()
    };
    assert_eq!(fourth().await, "590000.00");

    let end = async |who: &str, last: &str, version: &str| {
        world.post(who, &format!("{relief}/end"), &[("last", last), ("version", version)]).await
    };
    let early = end("karin", "2026-09-25", "2").await;
    assert_eq!(early.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(early.body.contains("It can end at the earliest with the last closed day."), "{}", early.body);
    let longer = end("elias", "2026-10-16", "2").await;
    assert_eq!(longer.status, StatusCode::UNPROCESSABLE_ENTITY, "more takes approval");
    assert_eq!(end("petra", "2026-10-02", "2").await.status, StatusCode::NOT_FOUND);
    assert_eq!(end("frida", "2026-10-02", "2").await.status, StatusCode::FORBIDDEN);
    assert_eq!(end("karin", "2026-10-02", "1").await.status, StatusCode::CONFLICT, "stale");
    let whole = world.post("karin", &relief, &[("answer", "withdraw"), ("version", "2")]).await;
    assert_eq!(whole.status, StatusCode::CONFLICT, "all of it is closed days, too");
    assert_eq!(end("karin", "2026-10-02", "2").await.status, StatusCode::SEE_OTHER);
    // 1 and 2 October are left
    assert_eq!(fourth().await, "640000.00");
    let inbox = text(&world.get("elias", "/inbox").await);
    assert!(inbox.contains("Karin Lindqvist lets the relief of Elias Sandberg end earlier"), "{inbox}");
    assert_eq!(kept().await[0], (878_787_88, 900_000_00, Some(102_41)));
    assert!(text(&world.get("frida", &at).await).contains("102.41%"));
    assert_eq!(differences(&world).await, [], "what was closed comes out again");
    for sql in [
        "update reliefs set during = daterange('2026-09-21', '2026-09-26')",
        "update reliefs set during = daterange('2026-09-14', '2026-10-03')",
        "update reliefs set relieved_pct = 50",
    ] {
        assert!(sqlx::raw_sql(sql).execute(&world.db).await.is_err(), "{sql}");
    }
}
