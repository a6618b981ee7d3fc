//! Standing meetings: what their agenda says by hand-worked figures, what is decided and comes back, what stays as it was, and
//! who sees how much of it.

use std::collections::HashSet;

use axum::extract::FromRequestParts;
use axum::http::{Request, StatusCode};
use pacemark::auth::{Actor, Role};
use pacemark::process::action::Whose;
use pacemark::reviews;
use pacemark::web::context::Ctx;
use serde_json::json;
use sqlx::PgPool;

use crate::support::api::Client;
use crate::support::world::{Answer, World, day, text};

const WEEKLY: [(&str, &str); 5] =
    [("name", "North weekly"), ("rhythm", "weekly"), ("weekday", "3"), ("workday", ""), ("monthday", "")];

async fn series(world: &World, by: &str, more: &[(&str, &str)]) -> Answer {
    let north = world.department("NORTH").await.to_string();
    let form = [&WEEKLY[..], &[("department", &*north)], more].concat();
    world.post(by, "/reviews/series/new", &form).await
}

/// North meets weekly on Wednesdays, first on 4 November. In the week before Elias and Maja sell, in the one before that
/// Elias alone; Petra of the South does not count.
async fn north(pool: PgPool) -> World {
    let world = World::new(pool).await;
    world.travel(day(11, 2));
    let made = series(&world, "karin", &[]).await;
    assert_eq!((made.status, made.location()), (StatusCode::SEE_OTHER, "/reviews/1"), "{}", made.body);
    let goal = [
        ("subject", "elias"),
        ("metric", "revenue"),
        ("period", "2026-10-01..2026-12-31"),
        ("target", "1600000"),
    ];
    assert_eq!(world.post("karin", "/goals/new", &goal).await.status, StatusCode::SEE_OTHER);
    world.travel(day(11, 4));
    world.deal("elias", "Holmen Skog", 70_000, day(10, 27)).await;
    world.deal("elias", "Brf Ankaret", 100_000, day(10, 28)).await;
    world.deal("maja", "Holmen Skog", 50_000, day(11, 3)).await;
    world.deal("elias", "Holmen Skog", 30_000, day(11, 4)).await;
    world.deal("petra", "Obbola Livs", 999_000, day(10, 29)).await;
    world
}

async fn read(world: &World, who: &str, path: &str) -> String {
    let page = world.get(who, path).await;
    assert_eq!(page.status, StatusCode::OK, "{who} {path}: {}", page.body);
    text(&page)
}

fn says(page: &str, words: &str) {
    assert!(page.contains(words), "“{words}” is missing: {page}");
}

fn says_not(page: &str, words: &str) {
    assert!(!page.contains(words), "“{words}” should not stand there: {page}");
}

async fn decide(world: &World, by: &str, review: i64, what: &str, who: &str, when: &str) -> Answer {
    let form = [("what", what), ("who", who), ("when", when), ("section", "goals")];
    world.post(by, &format!("/reviews/{review}/decisions"), &form).await
}

async fn hold(world: &World, review: i64, version: &str) -> Answer {
    world.post("karin", &format!("/reviews/{review}/hold"), &[("version", version)]).await
}

async fn step(world: &World, by: &str, decision: i64, step: &str, version: &str) -> Answer {
    let form = [("version", version), ("reason", "")];
    world.post(by, &format!("/decisions/{decision}/steps/{step}"), &form).await
}

#[sqlx::test]
async fn the_agenda_adds_up_by_hand(pool: PgPool) {
    let world = north(pool).await;
    let page = read(&world, "karin", "/reviews/1").await;
    says(&page, "28 October – 3 November");
    says(&page, "Order intake Before: SEK 70.0k (+80.0k) SEK 150k");
    says(&page, "Orders Before: 1 (+1) 2");
    says(&page, "New customers Before: 1 (no change) 1");
    says(&page, "Brf Ankaret, with Elias Sandberg, 28 October 2026");
    // 170,000 of 1,600,000 at the end of 3 November, 70,000 at the end of 27 October
    says(&page, "Elias Sandberg: order intake, Q4 2026 Before: 4.38%");
    says(&page, "10.62%");
    says(&page, "Elias Sandberg: order intake, Q4 2026, asked on 2 November 2026");
    says_not(&page, "What came back");
    says_not(&page, "Obbola");
}

#[sqlx::test]
async fn what_came_back_stands_by_its_reason_on_the_day_it_came(pool: PgPool) {
    let world = north(pool).await;
    let deal = world.deal("elias", "Holmen Skog", 40_000, day(10, 2)).await;
    let line: i64 = sqlx::query_scalar("select id from deal_lines where deal_id = $1")
        .bind(deal.0)
        .fetch_one(&world.db)
        .await
        .unwrap();
    let back = [
        ("version", "1"),
        ("line", &*line.to_string()),
        ("quantity", "1"),
        ("amount", "15000"),
        ("on", "2026-11-02"),
        ("reason", "Wrong size"),
    ];
    let noted = world.post("karin", &format!("/deals/{deal}/returns"), &back).await;
    assert_eq!(noted.status, StatusCode::SEE_OTHER, "{}", noted.body);
    let gone = world.deal("maja", "Holmen Skog", 22_000, day(10, 5)).await;
    let cancel = [("version", "1"), ("on", "2026-10-30"), ("reason", "Moved")];
    let noted = world.post("karin", &format!("/deals/{gone}/cancel"), &cancel).await;
    assert_eq!(noted.status, StatusCode::SEE_OTHER, "{}", noted.body);
    let page = read(&world, "karin", "/reviews/1").await;
    says(&page, "Returned Before: SEK 0 (+15.0k) SEK 15.0k");
    says(&page, "Cancelled Before: SEK 0 (+22.0k) SEK 22.0k");
    says(&page, "Returns: Wrong size Before: 0 (+1) 1");
    says(&page, "Order intake Before: SEK 70.0k (+43.0k) SEK 113k");
}

#[sqlx::test]
async fn what_is_decided_comes_back_until_it_is_done(pool: PgPool) {
    let world = north(pool).await;
    let faulty = decide(&world, "maja", 1, "Call the three", "Nobody", "soon").await;
    assert_eq!(faulty.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!((faulty.field("what"), faulty.field("who")), ("Call the three".into(), "Nobody".into()));
    assert!(faulty.body.contains("Enter the full name or the number"), "{}", faulty.body);
    assert_eq!(
        decide(&world, "maja", 1, "Call the three", "elias", "2026-11-09").await.location(),
        "/reviews/1#decide",
        "the first name will do among those who take part"
    );
    says(
        &read(&world, "elias", "/inbox").await,
        "Maja Lund writes down for Elias Sandberg, by 9 November 2026: Call the three",
    );
    assert_eq!(hold(&world, 1, "1").await.status, StatusCode::SEE_OTHER);

    world.travel(day(11, 11));
    let next = read(&world, "karin", "/reviews/2").await;
    says(&next, "4 – 10 November");
    says(&next, "Overdue: Call the three: Elias Sandberg, by 9 November 2026");
    says(&next, "Order intake Before: SEK 150k");
    assert_eq!(step(&world, "maja", 1, "finish", "1").await.status, StatusCode::FORBIDDEN, "it is Elias's");
    world.travel(day(11, 10));
    assert_eq!(step(&world, "elias", 1, "finish", "1").await.status, StatusCode::SEE_OTHER);
    world.travel(day(11, 11));
    says(&read(&world, "karin", "/reviews/2").await, "Done: Call the three (Elias Sandberg)");
    says(&read(&world, "maja", "/inbox").await, "Elias Sandberg says it is done: Call the three");
    assert_eq!(hold(&world, 2, "1").await.status, StatusCode::SEE_OTHER);

    world.travel(day(11, 18));
    says_not(&read(&world, "karin", "/reviews/3").await, "Call the three");
    // what the meeting saw stays
    says(&read(&world, "karin", "/reviews/2").await, "Done: Call the three");
    assert_eq!(step(&world, "karin", 1, "reopen", "2").await.status, StatusCode::SEE_OTHER);
    says(&read(&world, "karin", "/reviews/3").await, "Overdue: Call the three");
    let twice = step(&world, "elias", 1, "finish", "2").await;
    assert_eq!(twice.status, StatusCode::CONFLICT, "somebody has changed it");
    let without = step(&world, "karin", 1, "drop", "3").await;
    assert_eq!(without.status, StatusCode::UNPROCESSABLE_ENTITY, "why?");
    let form = [("version", "3"), ("reason", "They have all ordered")];
    assert_eq!(world.post("karin", "/decisions/1/steps/drop", &form).await.status, StatusCode::SEE_OTHER);
    says(&read(&world, "elias", "/decisions/1").await, "“They have all ordered”");
}

#[sqlx::test]
async fn a_meeting_that_was_held_reads_as_it_did_in_both_languages(pool: PgPool) {
    let world = north(pool).await;
    let early = series(&world, "karin", &[("name", "Second")]).await;
    assert_eq!(early.location(), "/reviews/2", "also a Wednesday, and it is one today");
    assert_eq!(hold(&world, 1, "7").await.status, StatusCode::CONFLICT, "a version nobody saw");
    assert_eq!(hold(&world, 1, "1").await.status, StatusCode::SEE_OTHER);
    assert_eq!(hold(&world, 1, "2").await.status, StatusCode::CONFLICT, "once");
    let before = read(&world, "karin", "/reviews/1").await;
    world.deal("elias", "Brf Ankaret", 500_000, day(11, 1)).await;
    sqlx::query("update customers set name = 'Somebody else'").execute(&world.db).await.unwrap();
    let after = read(&world, "karin", "/reviews/1").await;
    says(&after, "Order intake Before: SEK 70.0k (+80.0k) SEK 150k");
    let agenda = |page: &str| {
        page.split("What did we sell?").nth(1).unwrap().split("In general").next().unwrap().to_owned()
    };
    assert_eq!(agenda(&before), agenda(&after));
    says(&read(&world, "karin", "/reviews/2").await, "SEK 650k"); // the other one looks at the data as they are now
    sqlx::query("update users set language = 'sv'").execute(&world.db).await.unwrap();
    let swedish = read(&world, "karin", "/reviews/1").await;
    says(&swedish, "Vad sålde vi?");
    says(&swedish, "Orderingång Tidigare: 70,0 tkr (+80,0 tkr) 150 tkr");
    says(&swedish, "Elias Sandberg: orderingång");
    for page in ["/reviews", "/decisions", "/reviews/1", "/reviews/series/1"] {
        let page = world.get("karin", page).await.body;
        assert!(!page.contains("[review") && !page.contains("[decision"), "{page}");
    }
}

#[sqlx::test]
async fn figures_are_for_those_who_may_see_them(pool: PgPool) {
    let world = north(pool).await;
    decide(&world, "karin", 1, "Ask production", "Petra Holm", "2026-11-20").await;
    assert_eq!(hold(&world, 1, "1").await.status, StatusCode::SEE_OTHER);
    for (who, sees) in [
        ("elias", true),
        ("maja", true),
        ("karin", true),
        ("anders", true),
        ("ada", true),
        ("frida", true),
        ("petra", false),
        ("johanna", false),
        ("hanna", false),
    ] {
        let expected = if sees { StatusCode::OK } else { StatusCode::NOT_FOUND };
        for page in ["/reviews/1", "/reviews/2", "/reviews/series/1"] {
            assert_eq!(world.get(who, page).await.status, expected, "{who} {page}");
        }
        let list = read(&world, who, "/reviews").await;
        assert_eq!(list.contains("North weekly"), sees || who == "petra", "{who}: {list}");
        assert_eq!(world.get(who, "/reviews.csv").await.body.contains("North weekly"), sees, "{who}");
    }
    // person-level lines
    for (who, sees) in [("elias", true), ("karin", true), ("frida", true), ("maja", false)] {
        let page = read(&world, who, "/reviews/1").await;
        assert_eq!(page.contains("Elias Sandberg: order intake"), sees, "{who}: {page}");
        assert_eq!(page.contains("Brf Ankaret"), sees, "{who}: {page}");
        assert_eq!(page.contains("Some figures are left out"), !sees, "{who}: {page}");
        says(&page, "SEK 150k"); // the department's own total
    }
    // who answers for something sees that, and the meeting's title, but not the meeting
    let petra = world.get("petra", "/decisions/1").await;
    assert_eq!(petra.status, StatusCode::OK);
    says(&text(&petra), "North weekly, 4 November 2026");
    assert!(!petra.body.contains("href=\"/reviews/1\""), "{}", petra.body);
    assert!(world.get("maja", "/decisions/1").await.body.contains("href=\"/reviews/1\""));
    for (who, status) in [("johanna", StatusCode::OK), ("hanna", StatusCode::NOT_FOUND)] {
        assert_eq!(world.get(who, "/decisions/1").await.status, status, "{who}: Johanna leads Petra");
        let listed = world.get(who, "/decisions.csv").await.body.contains("Ask production");
        assert_eq!(listed, status == StatusCode::OK, "{who}");
    }
    assert_eq!(step(&world, "hanna", 1, "finish", "1").await.status, StatusCode::NOT_FOUND);
    assert_eq!(step(&world, "johanna", 1, "finish", "1").await.status, StatusCode::FORBIDDEN);
    assert_eq!(step(&world, "petra", 1, "drop", "1").await.status, StatusCode::FORBIDDEN);
    assert_eq!(step(&world, "petra", 1, "finish", "1").await.status, StatusCode::SEE_OTHER);
}

#[sqlx::test]
async fn guests_take_part_and_see_no_more_figures_for_that(pool: PgPool) {
    let world = World::new(pool).await;
    world.travel(day(11, 2));
    assert_eq!(
        series(&world, "karin", &[("guests", "Petra Holm, johanna")]).await.status,
        StatusCode::SEE_OTHER
    );
    world.travel(day(11, 4));
    world.deal("elias", "Holmen Skog", 70_000, day(10, 29)).await;
    let page = read(&world, "petra", "/reviews/1").await;
    says_not(&page, "70");
    says_not(&page, "Holmen");
    says(&page, "Some figures are left out");
    let note = [("section", ""), ("body", "Welcome"), ("version", "0")];
    assert_eq!(world.post("petra", "/reviews/1/notes", &note).await.status, StatusCode::SEE_OTHER);
    assert_eq!(
        world.post("frida", "/reviews/1/notes", &note).await.status,
        StatusCode::FORBIDDEN,
        "reads only"
    );
    assert_eq!(world.post("hanna", "/reviews/1/notes", &note).await.status, StatusCode::NOT_FOUND);
    for who in ["petra", "elias", "frida"] {
        let held = world.post(who, "/reviews/1/hold", &[("version", "1")]).await;
        assert_eq!(held.status, StatusCode::FORBIDDEN, "{who}");
    }
    let csv = world.get("johanna", "/reviews.csv").await.body;
    assert!(csv.contains("2026-11-04,North weekly,Sales North,2026-10-28,Planned,0,0"), "{csv}");
}

#[sqlx::test]
async fn who_makes_standing_meetings_and_who_changes_them(pool: PgPool) {
    let world = World::new(pool).await;
    assert_eq!(series(&world, "elias", &[]).await.status, StatusCode::FORBIDDEN);
    let others = series(&world, "johanna", &[]).await;
    assert_eq!(others.status, StatusCode::UNPROCESSABLE_ENTITY, "the North is not hers");
    assert!(others.body.contains("Choose a department that you answer for."));
    let faulty = series(&world, "karin", &[("guests", "Nobody Atall")]).await;
    assert_eq!(faulty.field("guests"), "Nobody Atall");
    assert_eq!(series(&world, "anders", &[("leader", "Maja Lund")]).await.status, StatusCode::SEE_OTHER);
    says(&read(&world, "maja", "/reviews/1").await, "18 November"); // today is a Wednesday: it is today
    assert_eq!(
        world.get("maja", "/reviews/1").await.body.matches("/reviews/1/hold").count(),
        1,
        "she leads it"
    );
    let north = world.department("NORTH").await.to_string();
    let change = async |who: &str, name: &str, version: &str| {
        let form = [
            ("name", name),
            ("department", &*north),
            ("rhythm", "workday"),
            ("workday", "2"),
            ("version", version),
        ];
        world.post(who, "/reviews/series/1", &form).await
    };
    assert_eq!(change("maja", "Hers", "1").await.status, StatusCode::FORBIDDEN);
    let saved = change("karin", "North monthly", "1").await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.body);
    says(&read(&world, "karin", "/reviews/1").await, "2 December"); // the second working day of December
    let stale = change("karin", "North by the month", "1").await;
    assert_eq!((stale.status, stale.field("name")), (StatusCode::CONFLICT, "North by the month".into()));
    assert!(stale.body.contains("North monthly"), "beside what is stored");
    let ended = world.post("karin", "/reviews/series/1/end", &[("version", "2")]).await;
    assert_eq!(ended.status, StatusCode::SEE_OTHER);
    assert_eq!(
        world.get("karin", "/reviews/1").await.status,
        StatusCode::NOT_FOUND,
        "nothing was written about it"
    );
    let resumed = world.post("karin", "/reviews/series/1/resume", &[("version", "3")]).await;
    assert_eq!(resumed.status, StatusCode::SEE_OTHER);
    assert_eq!(world.get("karin", "/reviews/2").await.status, StatusCode::OK);
}

#[sqlx::test]
async fn the_next_meeting_is_on_a_working_day_and_each_day_is_looked_at_once(pool: PgPool) {
    let world = World::new(pool).await;
    let free =
        "insert into holidays (day, name) values ('2026-12-24', 'Julafton'), ('2026-12-25', 'Juldagen')";
    sqlx::raw_sql(free).execute(&world.db).await.unwrap();
    world.travel(day(12, 10));
    assert_eq!(series(&world, "karin", &[("weekday", "4")]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(hold(&world, 1, "1").await.status, StatusCode::SEE_OTHER);
    let days = async |id: i64| -> (String, String) {
        let sql = "select meets_on::text, covers_from::text from reviews where id = $1";
        sqlx::query_as(sql).bind(id).fetch_one(&world.db).await.unwrap()
    };
    assert_eq!(days(2).await, ("2026-12-17".into(), "2026-12-10".into()));
    let move_to = async |to: &str, version: &str| {
        world.post("karin", "/reviews/2/move", &[("day", to), ("version", version)]).await
    };
    assert_eq!(move_to("2026-12-24", "1").await.status, StatusCode::UNPROCESSABLE_ENTITY, "Christmas Eve");
    assert_eq!(move_to("2026-12-10", "1").await.status, StatusCode::UNPROCESSABLE_ENTITY, "there was one");
    assert_eq!(move_to("2026-12-16", "1").await.status, StatusCode::SEE_OTHER);
    assert_eq!(move_to("2026-12-15", "1").await.status, StatusCode::CONFLICT);
    assert_eq!(hold(&world, 2, "2").await.status, StatusCode::CONFLICT, "it is the 10th");
    world.travel(day(12, 16));
    assert_eq!(hold(&world, 2, "2").await.status, StatusCode::SEE_OTHER);
    // not the day after, though that is a Thursday, and not on the 24th
    assert_eq!(days(3).await, ("2026-12-28".into(), "2026-12-16".into()));
    let back = world.post("karin", "/reviews/2/take-back", &[("version", "3")]).await;
    assert_eq!(back.status, StatusCode::SEE_OTHER);
    assert_eq!(world.get("karin", "/reviews/3").await.status, StatusCode::NOT_FOUND);
    assert_eq!(hold(&world, 2, "4").await.status, StatusCode::SEE_OTHER);
    decide(&world, "karin", 4, "Something", "Maja Lund", "2026-12-28").await;
    let late = world.post("karin", "/reviews/2/take-back", &[("version", "5")]).await;
    assert_eq!(late.status, StatusCode::CONFLICT, "the next one has begun");
}

#[sqlx::test]
async fn two_who_write_at_once_lose_nothing(pool: PgPool) {
    let world = north(pool).await;
    let note = |body: &'static str, version: &'static str| {
        [("section", "sales"), ("body", body), ("version", version)]
    };
    assert_eq!(
        world.post("karin", "/reviews/1/notes", &note("A good week", "0")).await.status,
        StatusCode::SEE_OTHER
    );
    let late = world.post("elias", "/reviews/1/notes", &note("A very good week", "0")).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    says(&text(&late), "A good week");
    assert!(late.body.contains("A very good week</textarea>"), "what was typed stays");
    assert_eq!(
        world.post("elias", "/reviews/1/notes", &note("Both", "1")).await.status,
        StatusCode::SEE_OTHER
    );
    hold(&world, 1, "1").await;
    assert_eq!(
        world.post("maja", "/reviews/1/notes", &note("Both of us", "2")).await.status,
        StatusCode::SEE_OTHER
    );
    says(&read(&world, "karin", "/reviews/1").await, "Maja Lund corrected the note on “What did we sell?”");
    decide(&world, "karin", 1, "Offer more", "maja", "2026-11-20").await;
    let change = |what: &'static str| {
        [("what", what), ("who", "Elias Sandberg"), ("when", "2026-11-25"), ("version", "1")]
    };
    assert_eq!(world.post("maja", "/decisions/1", &change("Less")).await.status, StatusCode::FORBIDDEN);
    assert_eq!(
        world.post("karin", "/decisions/1", &change("Offer much more")).await.status,
        StatusCode::SEE_OTHER
    );
    let late = world.post("ada", "/decisions/1", &change("Offer less")).await;
    assert_eq!((late.status, late.field("what")), (StatusCode::CONFLICT, "Offer less".into()));
    assert!(late.body.contains("Offer much more"));
    says(&read(&world, "elias", "/inbox").await, "Karin Lindqvist changes what was decided: Offer much more");
}

#[sqlx::test]
async fn what_was_written_by_mistake_is_taken_back_as_if_it_had_never_been(pool: PgPool) {
    let world = north(pool).await;
    decide(&world, "karin", 1, "A mistake", "Elias Sandberg", "2026-11-20").await;
    assert_eq!(
        step(&world, "ada", 1, "undo", "1").await.status,
        StatusCode::FORBIDDEN,
        "she did not write it"
    );
    assert_eq!(step(&world, "karin", 1, "undo", "1").await.location(), "/reviews/1");
    assert_eq!(world.get("elias", "/decisions/1").await.status, StatusCode::NOT_FOUND);
    says_not(&read(&world, "elias", "/inbox").await, "A mistake");
    says_not(&read(&world, "elias", "/reviews").await, "A mistake");
}

#[sqlx::test]
async fn lists_filter_sort_and_download(pool: PgPool) {
    let world = north(pool).await;
    decide(&world, "karin", 1, "Call Brf Ankaret", "Elias Sandberg", "2026-11-03").await;
    decide(&world, "karin", 1, "Visit Holmen", "Maja Lund", "2026-11-20").await;
    step(&world, "maja", 2, "finish", "1").await;
    let rows = async |who: &str, query: &str| {
        let csv = world.get(who, &format!("/decisions.csv{query}")).await.body;
        csv.lines().skip(1).map(|line| line.split(',').nth(1).unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(rows("karin", "").await, ["Call Brf Ankaret", "Visit Holmen"]);
    assert_eq!(rows("karin", "?sort=-due").await, ["Visit Holmen", "Call Brf Ankaret"]);
    assert_eq!(rows("karin", "?state=overdue").await, ["Call Brf Ankaret"]);
    assert_eq!(rows("karin", "?state=done").await, ["Visit Holmen"]);
    assert_eq!(rows("karin", "?q=holmen").await, ["Visit Holmen"]);
    assert_eq!(rows("elias", "?whose=mine").await, ["Call Brf Ankaret"]);
    assert_eq!(rows("karin", "?meeting=7").await, Vec::<String>::new());
    says(&read(&world, "elias", "/reviews?state=planned").await, "2 decided, 1 open");
    says(&read(&world, "elias", "/reviews?state=held").await, "No meeting fits");
}

#[sqlx::test]
async fn open_decisions_wait_for_people_and_their_departments(pool: PgPool) {
    let world = north(pool).await;
    decide(&world, "karin", 1, "Later", "Elias Sandberg", "2026-11-20").await;
    decide(&world, "karin", 1, "Sooner", "Elias Sandberg", "2026-11-06").await;
    decide(&world, "karin", 1, "Elsewhere", "Petra Holm", "2026-11-06").await;
    let karin = Actor {
        user: world.user("karin").await,
        employee: Some(world.employee("karin").await),
        name: String::new(),
        email: String::new(),
        role: Role::Manager,
        led: HashSet::new(),
        department: None,
        lang: None,
        theme: None,
        shortcuts: true,
        unread: 0,
    };
    let (mut parts, ()) = Request::get("/").body(()).unwrap().into_parts();
    parts.extensions.insert(karin);
    let ctx = Ctx::from_request_parts(&mut parts, &world.app).await.unwrap();
    let mut conn = world.app.read().await.unwrap();
    let north = world.department("NORTH").await;
    let whose = Whose { people: Vec::new(), departments: vec![north] };
    let actions = reviews::actions(&mut conn, &ctx, &whose).await.unwrap();
    let said: Vec<(&str, &str)> = actions.iter().map(|one| (one.title.as_str(), one.href.as_str())).collect();
    assert_eq!(said, [("Sooner", "/decisions/2"), ("Later", "/decisions/1")]);
    assert_eq!((actions[0].kind, actions[0].department, actions[0].value), ("decision", Some(north), 0));
    let whose = Whose { people: vec![world.employee("petra").await], departments: Vec::new() };
    assert_eq!(reviews::actions(&mut conn, &ctx, &whose).await.unwrap().len(), 1);
}

#[sqlx::test]
async fn programs_read_meetings_and_take_steps(pool: PgPool) {
    let world = north(pool).await;
    decide(&world, "karin", 1, "Ask production", "Petra Holm", "2026-11-03").await;
    decide(&world, "karin", 1, "Call the three", "Elias Sandberg", "2026-11-20").await;
    let client = async |who: &str| Client::of(&world.app, world.user(who).await).await;
    let (elias, petra) = (client("elias").await, client("petra").await);
    let listed = elias.get("/api/v1/reviews").await.json();
    let expected = json!({ "id": 1, "series": 1, "name": "North weekly", "department": "NORTH", "day": "2026-11-04",
        "covers_from": "2026-10-28", "state": "planned", "decisions": 2, "open_decisions": 2 });
    assert_eq!(listed, json!({ "items": [expected], "next_cursor": null }));
    assert_eq!(petra.get("/api/v1/reviews").await.json()["items"], json!([]));
    let page = elias.get("/api/v1/decisions?limit=1&state=open").await.json();
    assert_eq!(page["items"][0]["what"], "Ask production");
    let cursor = page["next_cursor"].as_str().unwrap().to_owned();
    let rest = elias.get(&format!("/api/v1/decisions?cursor={cursor}")).await.json();
    assert_eq!((rest["items"][0]["id"].as_i64(), rest["next_cursor"].as_str()), (Some(2), None));
    let own = petra.get("/api/v1/decisions").await.json();
    let expected = json!({ "id": 1, "what": "Ask production", "owner": "petra", "owner_name": "Petra Holm",
        "due": "2026-11-03", "state": "open", "overdue": true, "review": null, "meeting": "North weekly",
        "day": "2026-11-04", "version": 1 });
    assert_eq!(own["items"], json!([expected]));
    let finish = json!({ "step": "finish", "version": 1 });
    assert_eq!(petra.post("/api/v1/decisions/2/steps", &finish).await.status, 404);
    assert_eq!(elias.post("/api/v1/decisions/1/steps", &finish).await.status, 403);
    let drop = json!({ "step": "drop", "version": 1 });
    let karin = client("karin").await;
    assert_eq!(karin.post("/api/v1/decisions/1/steps", &drop).await.faults(), ["reason"]);
    let done = petra.post("/api/v1/decisions/1/steps", &finish).await.json();
    assert_eq!((done["state"].as_str(), done["overdue"].as_bool()), (Some("done"), Some(false)));
    assert_eq!(petra.post("/api/v1/decisions/1/steps", &finish).await.status, 409, "it was taken before");
    assert_eq!(elias.get("/api/v1/decisions?state=undone").await.faults(), ["state"]);
}
