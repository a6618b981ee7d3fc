//! Open pages hear of sales, on whichever node they were logged, and totals stay right while they are folded.

use std::time::{Duration, Instant};

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use http_body_util::BodyExt;
use pacemark::app::App;
use pacemark::attainment::{rollup, verify};
use pacemark::web::live::Live;
use sqlx::PgPool;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use crate::support::world::{World, day};

/// A node beside the world's own, over the same database.
fn second_node(world: &World) -> (App, CancellationToken) {
    let (changes, live) = Live::channel();
    let stop = CancellationToken::new();
    tokio::spawn(rollup::keep_folding(world.db.clone(), changes, stop.clone()));
    (world.app.clone().with_live(live), stop)
}

#[sqlx::test]
async fn a_page_on_another_node_hears_of_a_sale_within_two_seconds(pool: PgPool) {
    let world = World::new(pool).await;
    let (other, stop) = second_node(&world);
    let cookie = world.sign_in("elias").await;
    let request = Request::get("/live").header(header::COOKIE, cookie).body(Body::empty()).unwrap();
    let response = other.router().oneshot(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()[header::CONTENT_TYPE], "text/event-stream");
    let mut events = response.into_body();

    // the first round may tell of what was folded before
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    let sold = Instant::now();
    world.deal("elias", "Holmen Skog", 168_000, day(10, 5)).await;
    loop {
        let frame = tokio::time::timeout(Duration::from_secs(2), events.frame()).await;
        let data = frame.expect("no event within two seconds").unwrap().unwrap().into_data().unwrap();
        let pending: i64 =
            sqlx::query_scalar("select count(*) from credit_pending").fetch_one(&world.db).await.unwrap();
        assert!(String::from_utf8_lossy(&data).contains("event: figures"), "{data:?}");
        if pending == 0 {
            break;
        }
    }
    assert!(sold.elapsed() < Duration::from_secs(2), "{:?}", sold.elapsed());

    stop.cancel();
    let end = tokio::time::timeout(Duration::from_secs(2), events.frame()).await;
    assert!(end.expect("the stream goes on after the node has stopped").is_none());
}

#[sqlx::test]
async fn totals_are_the_same_before_and_after_folding_and_when_people_move(pool: PgPool) {
    let world = World::new(pool).await;
    world.deal("elias", "Holmen Skog", 168_000, day(10, 5)).await;
    world.deal("elias", "Holmen Skog", 12_000, day(11, 2)).await;
    let mut conn = world.db.acquire().await.unwrap();
    assert_eq!(verify::run(&mut conn).await.unwrap(), [], "while it is pending");
    assert!(rollup::fold(&mut conn).await.unwrap() > 0);
    assert_eq!(rollup::fold(&mut conn).await.unwrap(), 0, "everything is folded");
    assert_eq!(verify::run(&mut conn).await.unwrap(), [], "when it is folded");

    // moved in the middle of what was sold, by whatever way: the days go along
    let elias = world.employee("elias").await;
    sqlx::query(
        "update memberships set during = daterange(lower(during), '2026-11-01') where employee_id = $1 and upper(during) is null",
    )
    .bind(elias.0)
    .execute(&mut *conn)
    .await
    .unwrap();
    assert_eq!(verify::run(&mut conn).await.unwrap(), [], "after the move");
    let kept: i64 = sqlx::query_scalar(
        "select coalesce(sum(revenue), 0)::bigint from department_days where department_id <> 0 and category_id = 0",
    )
    .fetch_one(&mut *conn)
    .await
    .unwrap();
    let all: i64 = sqlx::query_scalar(
        "select sum(revenue)::bigint from department_days where department_id = 0 and category_id = 0",
    )
    .fetch_one(&mut *conn)
    .await
    .unwrap();
    assert_eq!((kept, all), (16_800_000, 18_000_000), "November is nobody's, and still the company's");

    // a wrong total is found, wherever it is
    for table in ["person_days", "person_months", "department_days", "department_months"] {
        let wrong = format!("update {table} set units = units + 1 where category_id = 0");
        sqlx::query(sqlx::AssertSqlSafe(wrong)).execute(&mut *conn).await.unwrap();
        let found = verify::run(&mut conn).await.unwrap();
        assert!(!found.is_empty(), "{table}");
        let right = format!("update {table} set units = units - 1 where category_id = 0");
        sqlx::query(sqlx::AssertSqlSafe(right)).execute(&mut *conn).await.unwrap();
    }
    assert_eq!(verify::run(&mut conn).await.unwrap(), []);
}
