//! Standing meetings: what their agenda says by hand-worked figures, what is decided and comes back, what stays as it was, and
//! who sees how much of it.

mod lists;
mod rights;

use axum::http::StatusCode;
use scraper::{Html, Selector};
use sqlx::PgPool;

use crate::support::world::{Answer, World, day, text};

const WEEKLY: [(&str, &str); 5] =
    [("name", "North weekly"), ("rhythm", "weekly"), ("weekday", "3"), ("workday", ""), ("monthday", "")];

/// Makes a standing meeting of the North; `more` stands in place of what is usual.
async fn series(world: &World, by: &str, more: &[(&str, &str)]) -> Answer {
    let north = world.department("NORTH").await.to_string();
    let usual = WEEKLY.iter().filter(|(key, _)| !more.iter().any(|(other, _)| other == key));
    let form: Vec<(&str, &str)> = usual.chain(more).copied().chain([("department", &*north)]).collect();
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
    says(&page, "28 Oct – 3 Nov 2026");
    says(&page, "Order intake Before: SEK 70k (+80k) SEK 150k");
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
        ("cause", "wrong_item"),
        ("reason", "Wrong size"),
    ];
    let noted = world.post("karin", &format!("/deals/{deal}/returns"), &back).await;
    assert_eq!(noted.status, StatusCode::SEE_OTHER, "{}", noted.body);
    let gone = world.deal("maja", "Holmen Skog", 22_000, day(10, 5)).await;
    let cancel = [("version", "1"), ("on", "2026-10-30"), ("reason", "Moved")];
    let noted = world.post("karin", &format!("/deals/{gone}/cancel"), &cancel).await;
    assert_eq!(noted.status, StatusCode::SEE_OTHER, "{}", noted.body);
    let page = read(&world, "karin", "/reviews/1").await;
    says(&page, "Returned Before: SEK 0 (+15k) SEK 15k");
    says(&page, "Cancelled Before: SEK 0 (+22k) SEK 22k");
    says(&page, "Returns: Wrong goods Before: 0 (+1) 1");
    says(&page, "Order intake Before: SEK 70k (+43k) SEK 113k");
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
    says(&next, "4 Nov – 10 Nov 2026");
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
    says(&after, "Order intake Before: SEK 70k (+80k) SEK 150k");
    let agenda = |page: &str| {
        page.split("What did we sell?").nth(1).unwrap().split("In general").next().unwrap().to_owned()
    };
    assert_eq!(agenda(&before), agenda(&after));
    says(&read(&world, "karin", "/reviews/2").await, "SEK 650k"); // the other one looks at the data as they are now
    sqlx::query("update users set language = 'sv'").execute(&world.db).await.unwrap();
    let swedish = read(&world, "karin", "/reviews/1").await;
    says(&swedish, "Vad sålde vi?");
    says(&swedish, "Orderingång Tidigare: 70 tkr (+80 tkr) 150 tkr");
    says(&swedish, "Elias Sandberg: orderingång");
    for page in ["/reviews", "/decisions", "/reviews/1", "/reviews/series/1"] {
        let page = world.get("karin", page).await.body;
        assert!(!page.contains("[review") && !page.contains("[decision"), "{page}");
    }
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
async fn counts_of_the_agenda_lead_to_as_many_rows(pool: PgPool) {
    let world = north(pool).await;
    let (line, row) =
        (Selector::parse("ul.list li").unwrap(), Selector::parse("tbody th[scope=row]").unwrap());
    let (link, value) = (Selector::parse("a").unwrap(), Selector::parse("b").unwrap());
    let page = world.get("karin", "/reviews/1").await.body;
    let counts: Vec<(String, String, usize)> = Html::parse_document(&page)
        .select(&line)
        .filter_map(|line| {
            let link = line.select(&link).next()?;
            let count = line.select(&value).next()?.text().collect::<String>().parse().ok()?;
            Some((link.text().collect::<String>(), link.attr("href")?.to_owned(), count))
        })
        .filter(|(what, ..)| !what.starts_with("Units"))
        .collect();
    assert!(counts.iter().any(|(what, _, count)| what == "Orders" && *count == 2), "{counts:?}");
    for (what, href, count) in counts {
        let list = world.get("karin", &href).await;
        assert_eq!(Html::parse_document(&list.body).select(&row).count(), count, "{what}: {href}");
    }
}
