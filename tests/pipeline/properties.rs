//! Whatever is done in whatever order, ways stay whole and sums are those of the cards.

use pacemark::pipeline::{Filter, State, stages};
use sqlx::PgPool;

use super::{open, post};
use crate::support::dice::Dice;
use crate::support::world::World;

#[sqlx::test]
async fn any_order_of_steps_leaves_a_whole_way_and_true_sums(pool: PgPool) {
    let world = World::new(pool).await;
    let mut dice = Dice(4711);
    let mut paths = Vec::new();
    for _ in 0..8 {
        let amount = (dice.roll(900_000) + 1).to_string();
        paths.push(open(&world, "elias", "Holmen Skog", &format!("{amount},{:02}", dice.roll(100))).await);
    }
    for _ in 0..80 {
        let path = &paths[usize::try_from(dice.roll(8)).unwrap()];
        let id: i64 = path.trim_start_matches("/pipeline/").parse().unwrap();
        let version: i64 = sqlx::query_scalar("select version from opportunities where id = $1")
            .bind(id)
            .fetch_one(&world.db)
            .await
            .unwrap();
        let (version, stage) = (version.to_string(), (dice.roll(5) + 1).to_string());
        match dice.roll(10) {
            0..6 => {
                post(&world, "elias", &format!("{path}/move"), &[("version", &version), ("stage", &stage)])
                    .await
            }
            6 => {
                post(&world, "elias", &format!("{path}/lose"), &[("version", &version), ("reason", "price")])
                    .await
            }
            7 => post(&world, "elias", &format!("{path}/win"), &[("version", &version)]).await,
            _ => post(&world, "elias", &format!("{path}/reopen"), &[("version", &version)]).await,
        };
    }
    // numbers follow each other, days never go back, and the last step is where it stands
    let broken: i64 = sqlx::query_scalar(
        "select count(*) from (
            select m.*, lag(m.number) over w as before, lag(m.day) over w as day_before, lead(m.number) over w as after,
                lag(m.state) over w as was, lag(m.stage_id) over w as stood, o.state as now, o.stage_id as stands
            from opportunity_moves m join opportunities o on o.id = m.opportunity_id
            window w as (partition by m.opportunity_id order by m.number)
        ) x
        where number <> coalesce(before, 0) + 1 or day < day_before
            or after is null and (state, stage_id) <> (now, stands)
            or state = 'open' and was = 'open' and stage_id = stood
            or was <> 'open' and state <> 'open'",
    )
    .fetch_one(&world.db)
    .await
    .unwrap();
    assert_eq!(broken, 0);
    let mut conn = world.app.read().await.unwrap();
    let known = stages::all(&mut conn).await.unwrap();
    let filter = Filter { state: Some(State::Open), ..Filter::default() };
    let today = super::day(11, 18);
    let scope = pacemark::pipeline::Scope::Everybody;
    let part = pacemark::pipeline::Part { sort: ("amount", true), slice: (100, 0) };
    let cards = pacemark::pipeline::list(&mut conn, &scope, &known, (&filter, today), part).await.unwrap();
    let sums = pacemark::pipeline::sums(&mut conn, &scope, &known, (&filter, today)).await.unwrap();
    for (stage, sums) in sums {
        let here = || cards.iter().filter(|card| card.stage == stage);
        let weighted: i64 = here().map(|card| stages::weighted(card.own_amount, known.bp(card.stage))).sum();
        let amount: i64 = here().map(|card| card.own_amount).sum();
        assert_eq!((sums.amount, sums.weighted), (amount, weighted));
    }
    let orders: (i64, i64) = sqlx::query_as(
        "select (select count(*) from opportunities where state = 'won'),
            (select count(*) from deals where status = 'booked')",
    )
    .fetch_one(&world.db)
    .await
    .unwrap();
    assert_eq!(orders.0, orders.1, "each won one has its order, and nothing else was booked");
}
