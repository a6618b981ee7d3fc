//! Who is told of what is overdue: whoever answers for it, and after two working days those above.

use pacemark::accountability::remind;
use pacemark::kernel::id::DealId;
use sqlx::PgPool;

use crate::orders::{act, ok, order, world};
use crate::support::world::{World, day, text};

/// An order that is promised for a Friday.
async fn promised(world: &World) -> DealId {
    let (id, _) = order(world).await;
    ok(&act(world, "pia", id, "promises", &[("on", "2026-11-20")]).await);
    id
}

async fn lead(world: &World, name: &str, leads: bool) {
    sqlx::query(
        "update memberships set lead = $2 where employee_id = (select id from employees where name = $1)",
    )
    .bind(name)
    .bind(leads)
    .execute(&world.db)
    .await
    .unwrap();
}

/// How often each of some people is told of something overdue.
async fn told<const N: usize>(world: &World, names: [&str; N]) -> [i64; N] {
    let mut counts = [0; N];
    for (count, name) in counts.iter_mut().zip(names) {
        *count = sqlx::query_scalar(
            "select count(*) from notices where user_id = $1 and message in ('notice-overdue', 'notice-overdue-of')",
        )
        .bind(world.user(name).await.0)
        .fetch_one(&world.db)
        .await
        .unwrap();
    }
    counts
}

#[sqlx::test]
async fn first_those_who_answer_then_those_above_each_once(pool: PgPool) {
    let world = world(pool).await;
    lead(&world, "Anders Nilsson", true).await;
    promised(&world).await;
    let all = ["per", "dag", "anders", "elias", "karin"];
    world.travel(day(11, 20));
    remind(&world.app).await.unwrap();
    assert_eq!(told(&world, all).await, [0; 5], "it is not overdue on its day");
    // production has it, and Per leads production; a Saturday and a Sunday are no working days
    world.travel(day(11, 21));
    remind(&world.app).await.unwrap();
    remind(&world.app).await.unwrap();
    assert_eq!(told(&world, all).await, [1, 0, 0, 0, 0]);
    world.travel(day(11, 23));
    remind(&world.app).await.unwrap();
    assert_eq!(told(&world, all).await, [1, 0, 0, 0, 0], "one working day has begun, none has passed");
    world.travel(day(11, 25));
    remind(&world.app).await.unwrap();
    remind(&world.app).await.unwrap();
    assert_eq!(
        told(&world, all).await,
        [1, 0, 1, 0, 0],
        "Monday and Tuesday have passed: those above are told once"
    );
    let inbox = text(&world.get("anders", "/inbox").await);
    assert!(inbox.contains("Per Ask") && inbox.contains("Holmen Skog"), "{inbox}");
    let list: String =
        sqlx::query_scalar("select href from notices where user_id = $1 and message = 'notice-overdue'")
            .bind(world.user("per").await.0)
            .fetch_one(&world.db)
            .await
            .unwrap();
    assert_eq!(list, "/actions?view=department");
    assert!(text(&world.get("per", &list).await).contains("Holmen Skog"), "the list has it");
}

#[sqlx::test]
async fn where_nobody_leads_the_nearest_lead_above_is_told(pool: PgPool) {
    let world = world(pool).await;
    lead(&world, "Anders Nilsson", true).await;
    lead(&world, "Per Ask", false).await;
    promised(&world).await;
    world.travel(day(11, 21));
    remind(&world.app).await.unwrap();
    assert_eq!(told(&world, ["per", "anders"]).await, [0, 1]);
}

#[sqlx::test]
async fn many_that_are_overdue_hide_none(pool: PgPool) {
    let world = world(pool).await;
    let id = promised(&world).await;
    sqlx::query(
        "with made as (
            insert into deals (source, order_no, customer_id, ordered_on, currency, channel, logged_at)
            select 'old', n::text, (select customer_id from deals where id = $1), date '2026-10-01', 'SEK', '', '2026-10-01'
            from generate_series(1, 600) n returning id
        )
        insert into deal_lines (deal_id, line_no, product_id, quantity, amount, cost, promised_on)
        select made.id, 1, (select min(id) from products), 1, 100, 50, date '2026-10-02' from made",
    )
    .bind(id.0)
    .execute(&world.db)
    .await
    .unwrap();
    world.travel(day(11, 21));
    remind(&world.app).await.unwrap();
    let reminded: i64 =
        sqlx::query_scalar("select count(*) from reminders where kind = 'order' and level = 1")
            .fetch_one(&world.db)
            .await
            .unwrap();
    assert_eq!(reminded, 601);
    assert_eq!(told(&world, ["per"]).await, [1], "in one notice");
}
