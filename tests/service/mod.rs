//! Service after the sale: calls by rules, cases with promised times, what customers say by a link, and what all of it counts
//! for, against figures worked out by hand.

mod cases;
mod feedback;
mod follow_ups;
mod sight;

use axum::http::StatusCode;
use chrono::NaiveDate;
use pacemark::kernel::id::DealId;
use pacemark::service;
use sqlx::PgPool;

use crate::support::world::{Answer, World};

/// Nordhem with those who make, deliver and answer.
async fn world(pool: PgPool) -> World {
    let world = World::new(pool).await;
    world.add_support().await;
    world
}

/// Says that an order is wholly delivered, as deliveries do; answers how many follow-ups that made.
async fn deliver(world: &World, deal: DealId, on: NaiveDate) -> usize {
    let company = world.company().await;
    let mut tx = world.app.begin().await.unwrap();
    let made = service::after_delivery(&mut tx, &company, deal, on, world.app.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
    made
}

/// A step with something, which must be taken.
async fn step(world: &World, who: &str, path: &str, form: &[(&str, &str)]) -> Answer {
    let answer = world.post(who, path, form).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{path}: {}", answer.body);
    answer
}

/// What stands in the ledger of facts for a number: metric, whose, day, part and whole.
async fn facts(world: &World, fact_no: &str) -> Vec<(String, String, String, i64, i64)> {
    sqlx::query_as(
        "select e.metric, coalesce(p.employee_no, d.code), e.credit_date::text, sum(e.part)::bigint, sum(e.whole)::bigint
        from fact_entries e join facts f on f.id = e.fact_id left join employees p on p.id = e.employee_id
            left join departments d on d.id = e.department_id
        where f.source = 'process' and f.fact_no = $1 group by 1, 2, 3 having sum(e.whole) <> 0 or sum(e.part) <> 0
        order by 3",
    )
    .bind(fact_no)
    .fetch_all(&world.db)
    .await
    .unwrap()
}

fn fact(metric: &str, whose: &str, day: &str, part: i64) -> Vec<(String, String, String, i64, i64)> {
    vec![(metric.into(), whose.into(), day.into(), part, 1)]
}
