//! Stages: what is measured of them, and what administrators do to them.

use axum::http::StatusCode;
use pacemark::pipeline::StageId;
use sqlx::PgPool;

use super::{CONTACT, NEED, move_to, open, post, stages_of};
use crate::support::world::{World, day, text};

/// Decides so many at the first stage: opened on `from`, moved on after `stay` days, then won or lost.
async fn decided(world: &World, won: usize, lost: usize) {
    let rows = "with o as (
            insert into opportunities (source, opportunity_no, customer_id, employee_id, currency, origin, stage_id, stage_since,
                opened_on, amount, own_amount, opened_at, state, closed_on, lost_reason, deal_id)
            select 'old', $1, c.id, e.id, 'SEK', 'other', 2, '2026-06-05', '2026-06-01', 100, 100, '2026-06-01', $2,
                '2026-06-20', $3, $4
            from customers c, employees e where c.customer_no = 'C1' and e.employee_no = 'maja' returning id
        )
        insert into opportunity_moves (opportunity_id, number, stage_id, state, day, moved_at)
        select o.id, m.number, m.stage, m.state, m.day, '2026-06-20' from o cross join (values
            (1, 1, 'open', date '2026-06-01'), (2, 2, 'open', date '2026-06-05'), (3, 2, $2, date '2026-06-20'))
            m (number, stage, state, day)";
    for number in 0..won + lost {
        let is_won = number < won;
        let deal = if is_won { Some(world.deal("maja", "Holmen Skog", 1, day(6, 20)).await.0) } else { None };
        sqlx::query(rows)
            .bind(number.to_string())
            .bind(if is_won { "won" } else { "lost" })
            .bind((!is_won).then_some("price"))
            .bind(deal)
            .execute(&world.db)
            .await
            .unwrap();
    }
}

#[sqlx::test]
async fn a_probability_is_measured_once_twenty_are_decided(pool: PgPool) {
    let world = World::new(pool).await;
    decided(&world, 7, 12).await;
    let found = stages_of(&world).await;
    let first = found.get(StageId(1)).unwrap();
    assert_eq!((first.won, first.decided, first.probability().bp), (7, 19, 1_000), "19 decided: as typed");
    let one = sqlx::query("update opportunities set opportunity_no = 'x' where opportunity_no = '18'");
    one.execute(&world.db).await.unwrap();
    decided_more(&world).await;
    let found = stages_of(&world).await;
    let first = found.get(StageId(1)).unwrap();
    assert_eq!((first.won, first.decided, first.probability().bp), (7, 20, 3_500), "7 of 20");
    assert_eq!(first.patience, 6, "those that went on stayed for 4 days; one and a half times that");
    assert_eq!(found.get(StageId(3)).unwrap().probability().bp, 5_000, "nothing ever stood here");
    assert_eq!(found.get(StageId(3)).unwrap().patience, 30);
    let page = text(&world.get("ada", "/admin/stages").await);
    assert!(page.contains("35% won of 20 decided"), "{page}");
}

/// One more that is lost, from the first stage.
async fn decided_more(world: &World) {
    let path = open(world, "elias", "Holmen Skog", "1").await;
    let why = [("version", "1"), ("reason", "no_need")];
    assert_eq!(post(world, "elias", &format!("{path}/lose"), &why).await, StatusCode::SEE_OTHER);
}

#[sqlx::test]
async fn stages_are_named_ordered_and_put_out_of_use(pool: PgPool) {
    let world = World::new(pool).await;
    let path = open(&world, "elias", "Holmen Skog", "1000").await;
    let rename = [("name", "Första mötet"), ("probability", "15"), ("version", "1")];
    assert_eq!(post(&world, "ada", "/admin/stages/1", &rename).await, StatusCode::SEE_OTHER);
    assert_eq!(post(&world, "ada", "/admin/stages/1", &rename).await, StatusCode::CONFLICT, "stale");
    let wrong = [("name", ""), ("probability", "115"), ("version", "2")];
    assert_eq!(post(&world, "ada", "/admin/stages/1", &wrong).await, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(text(&world.get("elias", &path).await).contains("Första mötet"));
    post(&world, "ada", "/admin/stages", &[("name", "Pilot"), ("probability", "60")]).await;
    post(&world, "ada", "/admin/stages/6/move", &[("up", "true")]).await;
    let order: Vec<i64> = stages_of(&world).await.active().map(|stage| stage.id.0).collect();
    assert_eq!(order, [1, 2, 3, 4, 6, 5]);
    assert_eq!(
        post(&world, "ada", "/admin/stages/1/retire", &[("version", "2")]).await,
        StatusCode::SEE_OTHER
    );
    assert!(text(&world.get("elias", "/pipeline").await).contains("Första mötet"), "something stands in it");
    assert_eq!(move_to(&world, &path, "1", NEED).await, StatusCode::SEE_OTHER);
    assert_eq!(move_to(&world, &path, "2", CONTACT).await, StatusCode::UNPROCESSABLE_ENTITY, "out of use");
    assert_eq!(
        post(&world, "karin", "/admin/stages", &[("name", "X"), ("probability", "1")]).await,
        StatusCode::FORBIDDEN
    );
}
