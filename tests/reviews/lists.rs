//! Lists of meetings and decisions, what waits for people, and the same for programs.

use std::collections::HashSet;

use axum::extract::FromRequestParts;
use axum::http::Request;
use pacemark::auth::{Actor, Role};
use pacemark::process::action::Whose;
use pacemark::reviews;
use pacemark::web::context::Ctx;
use serde_json::json;
use sqlx::PgPool;

use super::{decide, north, read, says, step};
use crate::support::api::Client;
use crate::support::world::day;

#[sqlx::test]
async fn lists_filter_sort_and_download(pool: PgPool) {
    let world = north(pool).await;
    decide(&world, "karin", 1, "Call Brf Ankaret", "Elias Sandberg", "2026-11-04").await;
    decide(&world, "karin", 1, "Visit Holmen", "Maja Lund", "2026-11-20").await;
    world.travel(day(11, 5));
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
    let whose = Whose { departments: vec![north], ..Whose::default() };
    let actions = reviews::actions(&mut conn, &ctx, &whose).await.unwrap();
    let said: Vec<(&str, &str)> = actions.iter().map(|one| (one.title.as_str(), one.href.as_str())).collect();
    assert_eq!(said, [("Sooner", "/decisions/2"), ("Later", "/decisions/1")]);
    assert_eq!((actions[0].kind, actions[0].department, actions[0].value), ("decision", Some(north), 0));
    let of = async |who: &str| Whose { people: vec![world.employee(who).await], ..Whose::default() };
    assert_eq!(reviews::actions(&mut conn, &ctx, &of("elias").await).await.unwrap().len(), 2);
    let of_others = reviews::actions(&mut conn, &ctx, &of("petra").await).await.unwrap();
    assert!(of_others.is_empty(), "she does not see Petra");
}

#[sqlx::test]
async fn programs_read_meetings_and_take_steps(pool: PgPool) {
    let world = north(pool).await;
    decide(&world, "karin", 1, "Ask production", "Petra Holm", "2026-11-04").await;
    decide(&world, "karin", 1, "Call the three", "Elias Sandberg", "2026-11-20").await;
    world.travel(day(11, 5));
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
        "due": "2026-11-04", "state": "open", "overdue": true, "review": null, "meeting": "North weekly",
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
