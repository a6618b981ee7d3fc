//! Goals and departments as they stood on a past day, and what has changed since, against figures worked out by hand.

use axum::http::StatusCode;
use sqlx::PgPool;

use crate::support::world::{World, day, text};

/// Goals of Elias, Maja and the North since October; sales of October and November, of which one was booked late; the goal of
/// Elias is revised, and Maja moves: by the organisation of October she is still in the North. The goals of Elias and the North.
async fn autumn(world: &World) -> (String, String) {
    world.travel(day(10, 1));
    let elias = set(world, "karin", ("elias", "revenue", "660k")).await;
    let north = set(world, "anders", ("NORTH", "revenue", "1.32M")).await;
    set(world, "karin", ("maja", "revenue", "660k")).await;
    world.travel(day(10, 5));
    world.deal("elias", "Holmen Skog", 100_000, day(10, 5)).await;
    world.deal("maja", "Brf Ankaret", 66_000, day(10, 5)).await;
    world.travel(day(10, 20));
    let revision = [
        ("target", "990k"),
        ("class", "economy"),
        ("reason", "Rates fell"),
        ("effective_on", "2026-10-20"),
        ("version", "1"),
    ];
    world.post("karin", &format!("{elias}/revise"), &revision).await;
    world.travel(day(11, 2));
    world.deal("elias", "Obbola Livs", 50_000, day(10, 6)).await;
    world.travel(day(11, 18));
    world.deal("elias", "Holmen Skog", 70_000, day(11, 17)).await;
    let moved = "update memberships set during = daterange('2024-01-01', '2026-11-01')
            where employee_id = (select id from employees where employee_no = 'maja');
        insert into memberships (employee_id, department_id, lead, during)
            select e.id, d.id, false, daterange('2026-11-01', null) from employees e, departments d
            where e.employee_no = 'maja' and d.code = 'SOUTH'";
    sqlx::raw_sql(moved).execute(&world.db).await.unwrap();
    (elias, north)
}

#[sqlx::test]
async fn a_goal_is_seen_as_it_stood_and_the_difference_adds_up(pool: PgPool) {
    let world = World::new(pool).await;
    let (elias, north) = autumn(&world).await;

    let page = text(&world.get("elias", &format!("{elias}/as-of?day=2026-10-10")).await);
    // 7 working days of 66 were over: 70,000 expected of 660,000
    for words in [
        "As it stood on 10 October 2026",
        "SEK 100k of 660k · 15%",
        "SEK 30k ahead of pace",
        "SEK 220k of 990k · 22%",
        "Then SEK 100,000.00 Sold after that day +70,000.00 Booked later for earlier days +50,000.00 Now SEK 220,000.00",
        "Target SEK 990k, written down on 20 October 2026, holds from 20 October 2026.",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    let page = text(&world.get("anders", &format!("{north}/as-of?day=2026-10-10")).await);
    for words in ["SEK 166k of 1.32M", "Elias Sandberg SEK 100k 660k 15%", "Maja Lund SEK 66k 660k 10%"] {
        assert!(page.contains(words), "{words}: {page}");
    }
    let total = world.get("elias", &format!("{north}/as-of?day=2026-10-10")).await;
    assert_eq!(total.status, StatusCode::FORBIDDEN, "two days side by side would tell one person's sales");
    let before = text(&world.get("elias", &format!("{elias}/as-of?day=2026-09-15")).await);
    assert!(before.contains("The goal was not written down yet."), "{before}");
    assert_eq!(
        world.get("petra", &format!("{elias}/as-of?day=2026-10-10")).await.status,
        StatusCode::NOT_FOUND
    );
    let later = text(&world.get("elias", &format!("{elias}/as-of?day=2030-01-01")).await);
    assert!(later.contains("As it stood on 17 November 2026"), "not beyond yesterday: {later}");
}

const Q4: &str = "2026-10-01..2026-12-31";

async fn set(world: &World, by: &str, (subject, metric, target): (&str, &str, &str)) -> String {
    let form = [("subject", subject), ("metric", metric), ("period", Q4), ("target", target)];
    world.post(by, "/goals/new", &form).await.location().to_owned()
}

#[sqlx::test]
async fn a_goal_measured_by_facts_is_explained_by_those_that_came_later(pool: PgPool) {
    let world = World::new(pool).await;
    world.travel(day(10, 1));
    let elias = set(&world, "karin", ("elias", "on_time_delivery", "95")).await;
    let leads = set(&world, "karin", ("elias", "leads", "30")).await;
    let note = async |metric: &str, on: &str, value: &str, count: &str| {
        let form = [
            ("subject", "elias"),
            ("metric", metric),
            ("day", on),
            ("value", value),
            ("count", count),
            ("note", ""),
        ];
        let noted = world.post("karin", "/facts/new", &form).await;
        assert_eq!(noted.status, StatusCode::SEE_OTHER, "{}", noted.body);
    };
    world.travel(day(10, 5));
    note("on_time_delivery", "2026-10-05", "9", "10").await;
    note("leads", "2026-10-05", "4", "").await;
    world.travel(day(10, 20));
    note("on_time_delivery", "2026-10-19", "30", "90").await;
    world.travel(day(11, 2));
    note("on_time_delivery", "2026-10-06", "1", "10").await;
    note("leads", "2026-10-06", "3", "").await;
    world.travel(day(11, 18));
    let page = text(&world.get("elias", &format!("{elias}/as-of?day=2026-10-10")).await);
    // (9 + 30 + 1) ÷ (10 + 90 + 10) = 36.36 %, 53.64 points below 90 %
    for words in [
        "90.00% of 95.00% · 95%",
        "5.00 percentage points below the goal",
        "36.36% of 95.00% · 38%",
        "Then 9 ÷ 10 = 90.00% Noted for later days +30 ÷ +90 Noted later for earlier days +1 ÷ +10 Now 40 ÷ 110 = 36.36%",
        "Difference −53.64 percentage points",
        "Elias Sandberg, 6 October 2026, noted on 2 November 2026. +1 ÷ +10",
        "Elias Sandberg, 19 October 2026, noted on 20 October 2026. +30 ÷ +90",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    let page = text(&world.get("elias", &format!("{leads}/as-of?day=2026-10-10")).await);
    let words = "Then 4 Noted for later days 0 Noted later for earlier days +3 Now 7";
    assert!(page.contains(words), "{page}");
    assert_eq!(world.get("maja", &format!("{elias}/as-of")).await.status, StatusCode::NOT_FOUND);
}

#[sqlx::test]
async fn a_department_is_seen_with_the_people_it_had(pool: PgPool) {
    let world = World::new(pool).await;
    autumn(&world).await;
    let at = format!("/team/{}/as-of", world.department("NORTH").await);

    let page = text(&world.get("anders", &format!("{at}?day=2026-10-10")).await);
    for words in [
        "Sales North as of 10 October 2026",
        "SEK 166k of 1.32M",
        "SEK 286k of 1.32M",
        "Then SEK 166,000.00 Sold after that day +70,000.00 Booked later for earlier days +50,000.00 Now SEK 286,000.00",
        "Elias Sandberg 100k 660k 15% 220k 990k 22% +120k",
        "Maja Lund 66k 660k 10% 66k 660k 10%",
        "Sum of personal goals 166k 1.32M 13% 286k 1.65M 17% +120k",
        "Of today: who belongs where",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    // whoever leads the North does not see one by one who has left it
    let page = text(&world.get("karin", &format!("{at}?day=2026-10-10")).await);
    assert!(page.contains("Elias Sandberg 100k") && !page.contains("Maja Lund"), "{page}");
    assert!(page.contains("1 person who belonged here that day has moved on"), "{page}");
    let company = format!("/team/{}/as-of?day=2026-10-10&metric=revenue", world.department("NORDHEM").await);
    let whole = text(&world.get("anders", &company).await);
    assert!(whole.contains("Sales North 166k 1.32M 13% 286k 1.32M 22% +120k"), "{whole}");
    let csv = world.get("anders", &format!("{at}.csv?day=2026-10-10")).await.body.replace(';', ",");
    let line =
        "elias,Elias Sandberg,2026-10-10,660000.00,100000.00,15.15,990000.00,220000.00,22.22,120000.00";
    assert!(csv.contains(line), "{csv}");
    for who in ["elias", "maja", "johanna", "hanna"] {
        assert_eq!(world.get(who, &at).await.status, StatusCode::NOT_FOUND, "{who}");
        assert_eq!(world.get(who, &format!("{at}.csv")).await.status, StatusCode::NOT_FOUND, "{who}");
    }
}

#[sqlx::test]
async fn leave_counts_as_it_was_known_then(pool: PgPool) {
    let world = World::new(pool).await;
    world.travel(day(10, 1));
    let elias = set(&world, "karin", ("elias", "revenue", "660k")).await;
    // five of 66 working days off, approved on 15 October
    let leave = "update goals set prorated = true;
        insert into reliefs (employee_id, during, relieved_pct, kind, state, requested_by, requested_at, decided_by, decided_at)
        select u.employee_id, daterange('2026-11-02', '2026-11-07'), 100, 'leave', 'approved', u.id, '2026-10-14 10:00Z',
            k.id, '2026-10-15 10:00Z' from users u, users k where u.email like 'elias%' and k.email like 'karin%'";
    sqlx::raw_sql(leave).execute(&world.db).await.unwrap();
    world.travel(day(10, 20));
    let relief: i64 = sqlx::query_scalar("select id from reliefs").fetch_one(&world.db).await.unwrap();
    let at = format!("/people/{}/relief/{relief}/end", world.employee("elias").await);
    let ended = world.post("elias", &at, &[("last", "2026-11-03"), ("version", "1")]).await;
    assert_eq!(ended.status, StatusCode::SEE_OTHER, "{}", ended.body);
    world.travel(day(11, 18));
    for (day, target) in [("2026-10-14", "660k"), ("2026-10-16", "610k"), ("2026-10-21", "640k")] {
        let page = text(&world.get("elias", &format!("{elias}/as-of?day={day}")).await);
        assert!(page.contains(&format!("SEK 0 of {target}")), "{day}: {target}: {page}");
    }
    let capacity =
        text(&world.get("karin", &format!("/people/{}/capacity", world.employee("elias").await)).await);
    assert!(capacity.contains("was approved to 6 November 2026"), "{capacity}");
}
