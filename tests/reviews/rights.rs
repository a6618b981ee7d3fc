//! Who sees how much of a meeting, and who may do what.

use axum::http::StatusCode;
use sqlx::PgPool;

use super::{decide, hold, north, read, says, says_not, series, step};
use crate::support::world::{World, day, text};

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
    says_not(&page, "SEK");
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
