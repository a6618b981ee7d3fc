//! The leaderboard: off until it is turned on, kind to those below the top, and without money.

use axum::http::StatusCode;
use pacemark::attainment::Metric;
use pacemark::goals::{self, GoalDraft, Subject};
use pacemark::kernel::period::Period;
use sqlx::PgPool;

use crate::support::world::{World, day, kr};

/// Elias ahead of everybody, then eight more of South, then Maja behind all of them.
async fn ranked(pool: PgPool) -> World {
    let world = World::new(pool).await;
    let company = world.company().await;
    let south = world.department("SOUTH").await;
    let mut people = vec![("elias".to_owned(), 1_400_000), ("maja".to_owned(), 100_000)];
    for at in 1..=8_i64 {
        let number = format!("s{at}");
        sqlx::query(
            "with p as (insert into employees (employee_no, name, hired_on) values ($1, $2, '2024-01-01') returning id)
            insert into memberships (employee_id, department_id, lead, during)
            select id, $3, false, daterange('2024-01-01', null) from p",
        )
        .bind(&number)
        .bind(format!("South Seller {at}"))
        .bind(south.0)
        .execute(&world.db)
        .await
        .unwrap();
        people.push((number, 1_000_000 - at * 10_000));
    }
    let period = Period::from_inclusive(day(10, 1), day(12, 31)).unwrap();
    for (person, sold) in people {
        let subject = Subject::Person(world.employee(&person).await);
        let draft = GoalDraft {
            subject,
            metric: Metric::Revenue,
            category: None,
            period,
            target: kr(1_600_000),
            basis: None,
        };
        let mut tx = world.app.begin().await.unwrap();
        goals::set(&mut tx, &draft, company.currency, None, world.app.clock.now()).await.unwrap();
        tx.commit().await.unwrap();
        world.deal(&person, "Holmen Skog", sold, day(11, 3)).await;
    }
    world
}

async fn turn_on(world: &World) {
    sqlx::raw_sql("update settings set leaderboard = true").execute(&world.db).await.unwrap();
}

#[sqlx::test]
async fn there_is_no_board_until_an_administrator_turns_it_on(pool: PgPool) {
    let world = ranked(pool).await;
    for path in ["/leaderboard", "/leaderboard.csv"] {
        assert_eq!(world.get("anders", path).await.status, StatusCode::NOT_FOUND);
    }
    assert!(!world.get("elias", "/").await.body.contains("/leaderboard"));
    let settings = world.get("ada", "/admin/settings").await;
    let fields = [
        "name",
        "time_zone",
        "language",
        "on_track_pct",
        "at_risk_pct",
        "exceeded_pct",
        "grace_pct",
        "version",
    ];
    let mut form: Vec<(&str, String)> = fields.map(|name| (name, settings.field(name))).into();
    form.extend([
        ("leaderboard", "on".into()),
        ("basis", "booked".into()),
        ("fiscal_start_month", "1".into()),
        ("weekend", "6".into()),
    ]);
    let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(world.post("ada", "/admin/settings", &form).await.status, StatusCode::SEE_OTHER);
    assert_eq!(world.get("elias", "/leaderboard").await.status, StatusCode::OK);
    assert!(world.get("elias", "/").await.body.contains("href=\"/leaderboard\""));
}

#[sqlx::test]
async fn low_places_are_for_the_person_and_those_who_see_them_anyway(pool: PgPool) {
    let world = ranked(pool).await;
    turn_on(&world).await;
    for (user, sees_last) in
        [("elias", false), ("petra", false), ("maja", true), ("karin", true), ("anders", true)]
    {
        for path in ["/leaderboard", "/leaderboard.csv", "/leaderboard?by=attainment", "/leaderboard?q=Maja"]
        {
            let seen = world.get(user, path).await;
            assert_eq!(seen.body.contains("Maja Lund"), sees_last, "{user} on {path}");
            if path != "/leaderboard?q=Maja" {
                assert!(seen.body.contains("Elias Sandberg"), "the first is for all: {user} on {path}");
            }
            assert!(
                !seen.body.contains("1.40M") && !seen.body.contains("1400000"),
                "no money: {user} on {path}"
            );
        }
    }
    let maja = world.get("maja", "/leaderboard").await.body;
    assert!(maja.contains("<span class=\"big\">10</span>") && maja.contains("of 10"), "{maja}");
    let csv = world.get("petra", "/leaderboard.csv").await.body;
    assert_eq!(csv.lines().count(), 9, "a header and eight places: {csv}");
    assert!(csv.contains("1,Elias Sandberg,Sales North,87.50"), "{csv}");
}

#[sqlx::test]
async fn those_who_are_equal_share_a_place(pool: PgPool) {
    let world = ranked(pool).await;
    turn_on(&world).await;
    world.deal("s2", "Holmen Skog", 10_000, day(11, 4)).await;
    let csv = world.get("anders", "/leaderboard.csv").await.body;
    let ranks: Vec<&str> = csv.lines().skip(1).filter_map(|line| line.split(',').next()).collect();
    assert_eq!(ranks[..4], ["1", "2", "2", "4"], "{csv}");
}
