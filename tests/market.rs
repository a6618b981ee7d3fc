//! Notes about the market: typed in, from a file, and cited where a goal is revised because of them.

use axum::http::StatusCode;
use sqlx::PgPool;

use crate::support::world::World;

async fn note(world: &World, by: &str, title: &str) -> String {
    let form = [
        ("kind", "price"),
        ("date", "2026-11-10"),
        ("title", title),
        ("about", "Ventus"),
        ("value", "142,50"),
        ("unit", "SEK"),
    ];
    let answer = world.post(by, "/market", &form).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    let sql = "select id from market_notes where title = $1 and removed_at is null";
    let id: i64 = sqlx::query_scalar(sql).bind(title).fetch_one(&world.db).await.unwrap();
    format!("/market/{id}")
}

async fn upload(world: &World, by: &str, csv: &str) -> crate::support::world::Answer {
    world.upload(by, "/market/import", "file", csv).await
}

#[sqlx::test]
async fn anybody_notes_and_those_who_wrote_or_lead_change(pool: PgPool) {
    let world = World::new(pool).await;
    let path = note(&world, "elias", "Ventus lowers its prices").await;
    let page = world.get("petra", "/market").await.body.replace('\u{a0}', " ");
    assert!(page.contains("Ventus lowers its prices") && page.contains("142.50 SEK"), "{page}");
    assert_eq!(world.post("petra", &format!("{path}/remove"), &[]).await.status, StatusCode::FORBIDDEN);
    let twice = world
        .post(
            "karin",
            "/market",
            &[("kind", "price"), ("date", "2026-11-10"), ("title", "Ventus lowers its prices")],
        )
        .await;
    assert_eq!(twice.status, StatusCode::UNPROCESSABLE_ENTITY);
    let faulty = world
        .post("elias", "/market", &[("kind", "price"), ("date", "soon"), ("title", "X"), ("value", "much")])
        .await;
    assert_eq!(faulty.field("value"), "much");
    assert!(faulty.body.contains("Enter a date.") && faulty.body.contains("like 142.50"));
    world.post("karin", &format!("{path}/remove"), &[]).await;
    assert!(!world.get("elias", "/market").await.body.contains("Ventus lowers"));
    world.post("karin", &format!("{path}/restore"), &[]).await;
    assert!(world.get("elias", "/market?kind=price&q=ventus").await.body.contains("Ventus lowers"));
    assert!(!world.get("elias", "/market?kind=economy").await.body.contains("Ventus lowers"));
    assert!(
        !world.get("elias", "/market?from=2026-11-11&last=2026-11-30").await.body.contains("Ventus lowers")
    );
}

#[sqlx::test]
async fn a_file_comes_in_whole_or_not_at_all_and_only_once(pool: PgPool) {
    let world = World::new(pool).await;
    let good = "date,kind,title,value,unit\n2026-10-15,economy,Building permits,-8.2,%\n2026-10-20,competitor,\"Ventus, new office\",,\n";
    let bad = format!("{good}2026-13-01,weather,,x,\n");
    let refused = upload(&world, "karin", &bad).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    for words in [">4<", ">date<", ">2026-13-01<", ">kind<", ">weather<", ">title<", ">value<"] {
        assert!(refused.body.contains(words), "{words} is missing: {}", refused.body);
    }
    assert!(refused.body.contains("competitor, price, economy or other."), "{}", refused.body);
    let count = async || {
        sqlx::query_scalar::<_, i64>("select count(*) from market_notes").fetch_one(&world.db).await.unwrap()
    };
    assert_eq!(count().await, 0);
    let unknown = upload(&world, "karin", "date,kind,title,colour\n").await;
    assert!(unknown.body.contains(">colour<") && unknown.body.contains("No such column."));
    for _ in 0..2 {
        assert_eq!(upload(&world, "karin", good).await.status, StatusCode::SEE_OTHER);
        assert_eq!(count().await, 2);
    }
    assert_eq!(upload(&world, "elias", good).await.status, StatusCode::FORBIDDEN);
    let csv = world.get("elias", "/market.csv?sort=date").await.body;
    assert!(
        csv.contains("economy,2026-10-15,Building permits,,'-8.2,%")
            || csv.contains("economy,2026-10-15,Building permits,,-8.2,%"),
        "{csv}"
    );
}

#[sqlx::test]
async fn a_revision_cites_what_it_rests_on_and_the_goal_shows_it(pool: PgPool) {
    let world = World::new(pool).await;
    let path = note(&world, "elias", "Ventus lowers its prices").await;
    let set = [
        ("subject", "Elias Sandberg"),
        ("metric", "revenue"),
        ("period", "2026-10-01..2026-12-31"),
        ("target", "1.5M"),
    ];
    let goal = world.post("karin", "/goals/new", &set).await.location().to_owned();
    let form = world.get("karin", &format!("{goal}/revise")).await;
    assert!(form.body.contains("Ventus lowers its prices"));
    let id = path.trim_start_matches("/market/");
    let revision = [
        ("target", "1.3M"),
        ("class", "competition"),
        ("reason", "Their prices"),
        ("effective_on", "2026-11-18"),
        ("version", "1"),
        ("evidence", id),
    ];
    assert_eq!(world.post("karin", &format!("{goal}/revise"), &revision).await.status, StatusCode::SEE_OTHER);
    let page = world.get("elias", &goal).await.body;
    assert_eq!(
        page.matches(&format!("href=\"{path}\"")).count(),
        2,
        "beside the version and beside the chart: {page}"
    );
}

#[sqlx::test]
async fn whoever_comes_second_sees_both_texts(pool: PgPool) {
    let world = World::new(pool).await;
    let path = note(&world, "elias", "Ventus lowers its prices").await;
    let form =
        |title: &'static str| [("kind", "price"), ("date", "2026-11-10"), ("title", title), ("version", "1")];
    assert_eq!(
        world.post("karin", &path, &form("Ventus lowers them by 8 %")).await.status,
        StatusCode::SEE_OTHER
    );
    let late = world.post("elias", &path, &form("Ventus lowers them by 9 %")).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    assert_eq!(late.field("title"), "Ventus lowers them by 9 %", "what was typed stays");
    assert!(late.body.contains("Ventus lowers them by 8 %"), "beside what is stored");
}
