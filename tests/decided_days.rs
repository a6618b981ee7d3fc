//! Figures of open deals and of scores come from packed days, too: whatever happens to what they are counted of, they say it at once.

use pacemark::process::packed;
use sqlx::PgPool;

use crate::delivered_days::{keep, random_orders, shown};
use crate::support::dice::Dice;
use crate::support::world::World;

/// An open deal for each order and twenty that were lost or wait; calls with and without scores, and what customers said of some.
async fn random_process(pool: PgPool, seed: u64) -> World {
    let (world, _) = random_orders(pool, seed).await;
    sqlx::raw_sql(
        "insert into opportunities (source, opportunity_no, customer_id, employee_id, currency, origin, state, stage_id, stage_since,
            opened_on, closed_on, lost_reason, deal_id, amount, own_amount, opened_at)
        select 'test', 'W' || d.id, d.customer_id, d.employee_id, 'SEK', 'other', 'won', 1 + d.id % 5, d.ordered_on,
            d.ordered_on - (d.id % 40)::integer, d.ordered_on, null, d.id, 0, 0, now() from deals d
        union all
        select 'test', 'L' || d.id, d.customer_id, d.employee_id, 'SEK', 'other', case when d.id % 2 = 0 then 'lost' else 'open' end,
            1 + d.id % 5, d.ordered_on, d.ordered_on - (d.id % 40)::integer, case when d.id % 2 = 0 then d.ordered_on end,
            case when d.id % 2 = 0 then 'price' end, null, 0, 0, now() from (select * from deals order by id limit 20) d;
        insert into opportunity_lines (opportunity_id, line_no, product_id, quantity, amount, cost, own_amount, own_cost)
        select o.id, n, (select min(id) from products) + (o.id + n) % 2, 1, 0, 0, 0, 0 from opportunities o, generate_series(1, 2) n;
        insert into follow_ups (customer_id, deal_id, owner_id, due_on, counts_by, state, done_on, score, opened_at)
        select d.customer_id, case when d.id % 4 > 0 then d.id end, (select min(id) from employees), d.ordered_on, d.ordered_on,
            'reached', d.ordered_on + n, case when (d.id + n) % 3 > 0 then (d.id + n) % 11 end, now()
        from deals d, generate_series(3, 4) n;
        insert into feedback_links (token_hash, customer_id, deal_id, about, language, made_at, expires_at, answered_at)
        select sha256(('t' || d.id || '-' || n)::bytea), d.customer_id, d.id, 'delivery', 'sv', now(), now(), d.ordered_on + n * interval '1 day'
        from deals d, generate_series(5, 6) n where d.id % 3 = 0;
        insert into feedback (link_id, score, answered_on, answered_at)
        select l.id, l.id % 11, l.answered_at::date, l.answered_at from feedback_links l where l.id % 4 > 0",
    )
    .execute(&world.db)
    .await
    .unwrap();
    world
}

#[sqlx::test]
async fn whatever_happens_to_open_deals_and_scores_is_in_the_figures_at_once(pool: PgPool) {
    let world = random_process(pool, 21).await;
    let mut conn = world.db.acquire().await.unwrap();
    assert_eq!(packed::wrong_days(&mut conn).await.unwrap(), [], "as they came");
    let steps = [
        "update deals set status = case status when 'booked' then 'undone' else 'booked' end where id = $1 and status <> 'cancelled'",
        "update deals set employee_id = (select max(id) from employees) where id = $1",
        "update opportunities set stage_id = 1 + (stage_id + 1) % 5 where id = $1",
        "update opportunities set opened_on = opened_on - 35 where id = $1",
        "update opportunities set customer_id = (select max(id) from customers), employee_id = null where id = $1",
        "update opportunities set state = 'lost', lost_reason = 'price', deal_id = null, closed_on = opened_on + 3 where id = $1",
        "update opportunities set state = 'open', lost_reason = null, deal_id = null, closed_on = null where id = $1",
        "insert into opportunity_moves (opportunity_id, number, stage_id, state, day, moved_at)
            select $1, 1, 5, 'open', current_date, now() where not exists (select from opportunity_moves where opportunity_id = $1)",
        "delete from opportunity_lines where opportunity_id = $1 and line_no = 2",
        "update follow_ups set score = null where id = $1",
        "update follow_ups set score = 7, done_on = done_on + 1 where id = $1",
        "update follow_ups set deal_id = null where deal_id = $1",
        "delete from follow_ups where id = $1",
        "update feedback_links set answered_at = answered_at - interval '9 days' where deal_id = $1",
        "update feedback set score = (score + 1) % 11, answered_on = answered_on + 2 where id = $1 % 20",
        "delete from feedback where id = $1 % 20",
        "with changed as (update deals set version = version + 1 where id = $1)
            update deal_lines set product_id = (select max(id) from products) where deal_id = $1",
        "with changed as (update deals set version = version + 1 where id = $1)
            update deal_lines set removed = not removed where deal_id = $1",
        "with changed as (update deals set version = version + 1 where id = $1)
            insert into deal_lines (deal_id, line_no, product_id, quantity, amount, cost)
            select $1, 99, (select max(id) from products), 1, 1, 0 where not exists (select from deal_lines where deal_id = $1 and line_no = 99)",
        "update stages set retired_at = case when retired_at is null then now() end where id = 1 + $1 % 5",
        "update stages set place = place + 3 where id = 1 + $1 % 5",
    ];
    let mut dice = Dice(22);
    keep(&world).await;
    for round in 0..60 {
        let step = dice.pick(&steps);
        sqlx::query(step).bind(i64::try_from(1 + dice.roll(60)).unwrap()).execute(&mut *conn).await.unwrap();
        assert_eq!(packed::wrong_days(&mut conn).await.unwrap(), [], "{step}");
        if round % 6 == 0 {
            let pending = shown(&world).await;
            keep(&world).await;
            assert_eq!(shown(&world).await, pending, "packed and counted");
        }
    }
    keep(&world).await;
    assert_eq!(packed::wrong_days(&mut conn).await.unwrap(), []);
    assert_eq!(packed::wrong_months(&mut conn).await.unwrap(), []);
}
