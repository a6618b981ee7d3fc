//! Who sees and writes what, persona by persona.

use axum::http::StatusCode;
use sqlx::PgPool;

use super::{deliver, step, world};
use crate::support::world::{day, text};

/// Everybody, and what they get for Elias's follow-up and for a case about his order: seen, and written.
const PERSONAS: [(&str, bool, bool, bool); 14] = [
    ("elias", true, true, false),
    ("maja", false, false, false),
    ("karin", true, true, false),
    ("petra", false, false, false),
    ("johanna", false, false, false),
    ("anders", true, true, true),
    ("ada", true, true, true),
    ("hanna", false, false, false),
    ("frida", true, false, false),
    ("per", true, false, false),
    ("pia", true, false, false),
    ("dag", true, false, false),
    ("siv", true, false, true),
    ("sigge", true, false, true),
];

#[sqlx::test]
async fn each_sees_and_writes_what_is_theirs(pool: PgPool) {
    let world = world(pool).await;
    let deal = world.deal("elias", "Holmen Skog", 168_000, day(11, 2)).await;
    deliver(&world, deal, day(11, 11)).await;
    let order: String = sqlx::query_scalar("select order_no from deals where id = $1")
        .bind(deal.0)
        .fetch_one(&world.db)
        .await
        .unwrap();
    let form = [
        ("customer", "Holmen Skog"),
        ("order", &*order),
        ("category", "product"),
        ("severity", "low"),
        ("title", "Noisy"),
        ("channel", "mail"),
    ];
    step(&world, "anders", "/cases/new", &form).await;
    for (who, sees, calls, answers) in PERSONAS {
        for (list, path, writes, take) in [
            ("/follow-ups", "/follow-ups/1", calls, "/follow-ups/1/steps/assign"),
            ("/cases", "/cases/1", answers, "/cases/1/steps/wait"),
        ] {
            let status = world.get(who, path).await.status;
            assert_eq!(status, if sees { StatusCode::OK } else { StatusCode::NOT_FOUND }, "{who} {path}");
            for listed in [format!("{list}?view=all&state=all"), format!("{list}.csv?view=all&state=all")] {
                let body = world.get(who, &listed).await.body;
                assert_eq!(body.contains("Holmen Skog"), sees, "{who} {listed}");
            }
            // a stale version: refused for what is not theirs before anything else is looked at
            let taken = world.post(who, take, &[("version", "99"), ("owner", "elias")]).await.status;
            let expected = match (sees, writes) {
                (false, _) => StatusCode::NOT_FOUND,
                (true, false) => StatusCode::FORBIDDEN,
                (true, true) => StatusCode::CONFLICT,
            };
            let faulty = taken == StatusCode::UNPROCESSABLE_ENTITY && writes;
            assert!(taken == expected || faulty, "{who} {take}: {taken}");
        }
    }
}

#[sqlx::test]
async fn what_somebody_opened_they_go_on_seeing(pool: PgPool) {
    let world = world(pool).await;
    let form = [
        ("customer", "Brf Ankaret"),
        ("category", "other"),
        ("severity", "low"),
        ("title", "Wants a call"),
        ("channel", "phone"),
    ];
    step(&world, "petra", "/cases/new", &form).await;
    assert!(text(&world.get("petra", "/cases").await).contains("Wants a call"));
    assert!(!text(&world.get("maja", "/cases").await).contains("Wants a call"));
    let order = [("customer", "Brf Ankaret"), ("order", "10001"), ("owner", ""), ("due", "2026-11-25")];
    world.deal("elias", "Brf Ankaret", 100, day(11, 2)).await;
    let hidden = world.post("petra", "/follow-ups/new", &order).await;
    assert_eq!(hidden.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(text(&hidden).contains("This customer has no such order that you see."));
}
