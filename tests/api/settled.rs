//! Scenarios and closings of programs: read only, by those who plan and those who close.

use pacemark::attainment::Metric;
use pacemark::goals::{self, GoalDraft, Subject};
use pacemark::kernel::money::Currency;
use pacemark::kernel::period::Period;
use serde_json::json;
use sqlx::PgPool;

use super::client;
use crate::support::world::{World, day, kr};

#[sqlx::test]
async fn scenarios_are_for_those_who_plan(pool: PgPool) {
    let world = World::new(pool).await;
    let north = world.department("NORTH").await.to_string();
    for name in ["Careful", "Bold"] {
        let form = [
            ("name", name),
            ("department", &*north),
            ("metric", "revenue"),
            ("period", "2027-01-01..2027-03-31"),
            ("start", "equal"),
            ("whole", if name == "Bold" { "4M" } else { "3M" }),
            ("percent", "0"),
            ("step", "1000"),
        ];
        assert_eq!(world.post("karin", "/plans/new", &form).await.status, 303);
    }
    let karin = client(&world, "karin").await;
    let list = karin.get("/api/v1/plans").await.json();
    insta::assert_json_snapshot!("plans", list);
    let filtered =
        karin.get("/api/v1/plans?from=2027-01-01&to=2027-03-31&metric=revenue&limit=1").await.json();
    assert_eq!(filtered["items"][0]["name"], "Careful");
    assert!(filtered["next_cursor"].is_string());
    assert_eq!(karin.get("/api/v1/plans?from=2027-01-01").await.faults(), ["to"]);
    assert_eq!(karin.get("/api/v1/plans?metric=orders").await.json()["items"], json!([]));

    let one = karin.get(&format!("/api/v1/plans/{}", list["items"][0]["id"])).await.json();
    assert_eq!(one["plan"]["whole"]["amount"], "3000000.00");
    let names: Vec<_> = one["scenarios"].as_array().unwrap().iter().map(|of| of["name"].clone()).collect();
    assert_eq!(names, ["Careful", "Bold"]);
    let parts = one["parts"].as_array().unwrap().iter();
    let parts: Vec<String> = parts
        .map(|part| format!("{} {} {}", part["level"], part["subject"]["ref"], part["target"]["amount"]))
        .collect();
    // three million shared by two
    assert_eq!(parts, [r#"0 "NORTH" "3000000.00""#, r#"1 "elias" "1500000.00""#, r#"1 "maja" "1500000.00""#]);
    for (who, status, listed) in
        [("elias", 403, 0), ("frida", 403, 0), ("johanna", 404, 0), ("anders", 200, 2)]
    {
        let program = client(&world, who).await;
        assert_eq!(
            program.get(&format!("/api/v1/plans/{}", list["items"][0]["id"])).await.status,
            status,
            "{who}"
        );
        let items = program.get("/api/v1/plans").await.json()["items"].clone();
        assert_eq!(items.as_array().map_or(0, Vec::len), listed, "{who}");
    }
}

#[sqlx::test]
async fn closings_tell_what_was_kept(pool: PgPool) {
    let world = World::new(pool).await;
    world.travel(day(7, 1));
    let period = Period::from_inclusive(day(7, 1), day(9, 30)).unwrap();
    let subject = Subject::Person(world.employee("elias").await);
    let draft = GoalDraft {
        subject,
        metric: Metric::Revenue,
        category: None,
        period,
        target: kr(1_000_000),
        basis: None,
    };
    let (now, sek) = (world.app.clock.now(), Currency::parse("SEK").unwrap());
    goals::set(&mut world.app.read().await.unwrap(), &draft, sek, None, now).await.unwrap();
    world.deal("elias", "Holmen Skog", 600_000, day(7, 15)).await;
    world.deal("elias", "Brf Ankaret", 300_000, day(9, 30)).await;
    world.travel(day(10, 5));
    let at =
        world.post("frida", "/closing", &[("period", "2026-07-01..2026-09-30")]).await.location().to_owned();
    let frida = client(&world, "frida").await;
    let path = format!("/api/v1/closings/{}", at.rsplit('/').next().unwrap());
    let review = frida.get(&path).await.json();
    assert_eq!((&review["closing"]["state"], &review["figures"]), (&json!("in_review"), &json!([])));
    assert_eq!(review["goals"][0]["attainment_pct"], "90.00", "how it would end now");
    world.post("frida", &format!("{at}/close"), &[("version", "1")]).await;
    insta::assert_json_snapshot!("closings", frida.get("/api/v1/closings").await.json());
    let closed = frida.get(&path).await.json();
    insta::assert_json_snapshot!("closing_goal", closed["goals"][0]);
    let figures: Vec<String> = closed["figures"]
        .as_array()
        .unwrap()
        .iter()
        .map(|kept| {
            format!(
                "{} {} {} {} {}",
                kept["holder"], kept["ref"], kept["category"], kept["revenue"]["amount"], kept["orders"]
            )
        })
        .map(|kept| kept.replace('"', ""))
        .collect();
    // both deals are of a rooftop unit
    assert_eq!(
        figures,
        [
            "company NORDHEM null 900000.00 2",
            "company NORDHEM Rooftop units 900000.00 2",
            "department NORTH null 900000.00 2",
            "department NORTH Rooftop units 900000.00 2",
            "person elias null 900000.00 2",
            "person elias Rooftop units 900000.00 2",
        ]
    );
    for (who, status) in [("elias", 403), ("karin", 403), ("hanna", 403), ("anders", 200), ("ada", 200)] {
        let program = client(&world, who).await;
        assert_eq!(program.get(&path).await.status, status, "{who}");
        assert_eq!(program.get("/api/v1/closings").await.status, status, "{who}");
    }
    assert_eq!(frida.get("/api/v1/closings/99").await.status, 404);
}
