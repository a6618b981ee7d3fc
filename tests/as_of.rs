//! A goal as it stood on a past day, and what has changed since, against figures worked out by hand.

use axum::http::StatusCode;
use sqlx::PgPool;

use crate::support::world::{World, day, text};

#[sqlx::test]
async fn a_goal_is_seen_as_it_stood_and_the_difference_adds_up(pool: PgPool) {
    let world = World::new(pool).await;
    world.travel(day(10, 1));
    let set = async |by: &str, subject: &str, target: &str| {
        let form = [
            ("subject", subject),
            ("metric", "revenue"),
            ("period", "2026-10-01..2026-12-31"),
            ("target", target),
        ];
        world.post(by, "/goals/new", &form).await.location().to_owned()
    };
    let (elias, north) = (set("karin", "elias", "660k").await, set("anders", "NORTH", "1.32M").await);
    set("karin", "maja", "660k").await;
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
    // Maja moves: by the organisation of October she is still in the North
    let moved = "update memberships set during = daterange('2024-01-01', '2026-11-01')
            where employee_id = (select id from employees where employee_no = 'maja');
        insert into memberships (employee_id, department_id, lead, during)
            select e.id, d.id, false, daterange('2026-11-01', null) from employees e, departments d
            where e.employee_no = 'maja' and d.code = 'SOUTH'";
    sqlx::raw_sql(moved).execute(&world.db).await.unwrap();

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
