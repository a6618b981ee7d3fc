//! What must always hold of sales that count as they are delivered, tried with random deals.

use chrono::NaiveDate;
use pacemark::kernel::id::{DealId, EmployeeId, LineId};
use pacemark::kernel::money::Currency;
use pacemark::sales::{DealDraft, DealStatus, LineDraft, Share, ShareKind};
use sqlx::PgPool;

use crate::delivered::{change, deliver, give_back, settle};
use crate::support::dice::Dice;
use crate::support::sound::assert_sound;
use crate::support::world::World;

/// A deal of one to three lines with odd öre, sometimes shared, sometimes the house's, some of it in euro.
pub async fn random_draft(world: &World, dice: &mut Dice, people: &[EmployeeId]) -> DealDraft {
    let customers = ["Holmen Skog", "Brf Ankaret", "Obbola Livs"];
    let customer = dice.pick(&customers);
    let mut draft = world.draft("elias", customer, 1, dice.date(2, 3)).await;
    let line = draft.lines.remove(0);
    for line_no in 1..=i32::try_from(1 + dice.roll(3)).unwrap() {
        let names = ["Ventus 12", "FTX 400", "Service agreement"];
        let product = world.product(dice.pick(&names)).await;
        let (quantity, amount, cost) = (1 + dice.number(6), 1 + dice.number(99_999), dice.number(50_000));
        draft.lines.push(LineDraft { line_no, product, quantity, amount, cost, ..line.clone() });
    }
    draft.owner = (dice.roll(5) > 0).then(|| dice.pick(people));
    let share = |employee, kind, share_bp| Share { employee, kind, share_bp };
    if draft.owner.is_some() && dice.roll(2) == 0 {
        let parts = [3_333, 1_111, 5_556];
        let direct = people.iter().zip(parts).map(|(id, bp)| share(*id, ShareKind::Direct, bp));
        draft.shares = direct.chain([share(people[2], ShareKind::Overlay, 2_345)]).collect();
    }
    if dice.roll(3) == 0 {
        draft.currency = Currency::parse("EUR").unwrap();
    }
    draft
}

pub async fn people(world: &World) -> Vec<EmployeeId> {
    let mut people = Vec::new();
    for name in ["elias", "maja", "petra"] {
        people.push(world.employee(name).await);
    }
    people
}

pub async fn add_rates(world: &World) {
    sqlx::raw_sql(
        "insert into exchange_rates (currency, valid_from, rate)
        select 'EUR', date '2026-01-01' + n * 7, 11.0001 + n * 0.0137 from generate_series(0, 50) n",
    )
    .execute(&world.db)
    .await
    .unwrap();
}

/// Cancels some deals, takes some back, and lets something of others come back.
pub async fn happen(world: &World, dice: &mut Dice, deals: &[DealId]) {
    for deal in deals {
        match dice.roll(6) {
            0 => change(world, *deal, DealStatus::Cancelled, Some(dice.date(8, 3))).await,
            1 => change(world, *deal, DealStatus::Undone, None).await,
            2 | 3 => drop(give_back(world, *deal, dice.date(6, 3), 1, 1 + dice.number(500)).await),
            _ => {}
        }
    }
}

#[sqlx::test]
async fn what_is_delivered_at_once_is_the_same_on_both_bases(pool: PgPool) {
    let world = World::new(pool).await;
    add_rates(&world).await;
    let (people, mut dice, mut deals) = (people(&world).await, Dice(41), Vec::new());
    for _ in 0..40 {
        let mut draft = random_draft(&world, &mut dice, &people).await;
        for line in &mut draft.lines {
            line.delivered_on = Some(draft.ordered_on);
        }
        deals.push(world.book(&draft).await);
    }
    happen(&world, &mut dice, &deals).await;
    assert_sound(&world).await;
    let different: i64 = sqlx::query_scalar(
        "select count(*) from (
            select employee_id, category_id, overlay, day, sum(revenue) r, sum(margin) m, sum(units) u, sum(orders) o,
                sum(new_customers) n from credit_days where basis = 0 group by 1, 2, 3, 4
        ) b full join (
            select employee_id, category_id, overlay, day, sum(revenue) r, sum(margin) m, sum(units) u, sum(orders) o,
                sum(new_customers) n from credit_days where basis = 1 group by 1, 2, 3, 4
        ) d using (employee_id, category_id, overlay, day)
        where (b.r, b.m, b.u, b.o, b.n) is distinct from (d.r, d.m, d.u, d.o, d.n)",
    )
    .fetch_one(&world.db)
    .await
    .unwrap();
    assert_eq!(different, 0);
}

/// What stands on the delivered basis, line by line and day by day, whatever was posted and taken back on the way.
async fn standing(world: &World) -> Vec<String> {
    sqlx::query_scalar(
        "select concat_ws(' ', line_id, employee_id, kind, share_bp, credit_date, category_id, rate, sum(revenue),
            sum(margin), sum(units), sum(orders), sum(new_customers), sum(category_orders), sum(category_new_customers))
        from credit_entries where basis = 1
        group by line_id, employee_id, kind, share_bp, credit_date, category_id, rate
        having (sum(revenue), sum(margin), sum(units), sum(orders)) <> (0, 0, 0, 0) order by 1",
    )
    .fetch_all(&world.db)
    .await
    .unwrap()
}

#[sqlx::test]
async fn deliveries_in_any_order_come_to_the_same_and_together_to_the_line(pool: PgPool) {
    let world = World::new(pool).await;
    add_rates(&world).await;
    let (people, mut dice) = (people(&world).await, Dice(77));
    let mut parts: Vec<(DealId, LineId, NaiveDate, i64)> = Vec::new();
    for _ in 0..25 {
        let mut draft = random_draft(&world, &mut dice, &people).await;
        draft.currency = Currency::parse("SEK").unwrap();
        let deal = world.book(&draft).await;
        let lines: Vec<(i64, i64)> = sqlx::query_as("select id, quantity from deal_lines where deal_id = $1")
            .bind(deal.0)
            .fetch_all(&world.db)
            .await
            .unwrap();
        for (line, quantity) in lines {
            let mut left = quantity;
            while left > 0 {
                let part = 1 + dice.number(left.unsigned_abs());
                parts.push((deal, LineId(line), dice.date(5, 3), part));
                left -= part;
            }
        }
    }
    let mut outcomes = Vec::new();
    for turn in [0, 7] {
        parts.rotate_left(turn);
        for (deal, line, on, quantity) in &parts {
            deliver(&world, *deal, *line, *on, *quantity).await;
        }
        assert_sound(&world).await;
        outcomes.push(standing(&world).await);
        let apart: i64 = sqlx::query_scalar(
            "select count(*) from deal_lines l cross join lateral (
                select sum(revenue) r, sum(margin) m, sum(units) u from credit_entries e
                where e.line_id = l.id and e.basis = 1 and e.kind <> 'overlay') e
            where (e.r, e.m, e.u) is distinct from (l.amount, l.amount - l.cost, l.quantity)",
        )
        .fetch_one(&world.db)
        .await
        .unwrap();
        assert_eq!(apart, 0, "the parts of a line are the line");
        sqlx::query("delete from deliveries").execute(&world.db).await.unwrap();
        for deal in parts.iter().map(|part| part.0) {
            settle(&world, deal).await;
        }
        assert_eq!(standing(&world).await, [""; 0], "without a delivery nothing counts");
    }
    assert_eq!(outcomes[0], outcomes[1]);
}

#[sqlx::test]
async fn what_was_delivered_before_is_posted_as_it_would_be_now(pool: PgPool) {
    let world = World::new(pool).await;
    add_rates(&world).await;
    let (people, mut dice, mut deals) = (people(&world).await, Dice(5), Vec::new());
    for _ in 0..60 {
        let mut draft = random_draft(&world, &mut dice, &people).await;
        for line in &mut draft.lines {
            line.delivered_on = (dice.roll(4) > 0).then(|| dice.date(4, 3));
        }
        deals.push(world.book(&draft).await);
    }
    happen(&world, &mut dice, &deals).await;
    assert_sound(&world).await;
    let now = standing(&world).await;
    assert!(now.len() > 60 && now.iter().any(|row| row.contains(" overlay ")));
    sqlx::raw_sql(
        "alter table credit_entries disable trigger credit_entries_delete;
        delete from credit_entries where basis = 1 and (reverses_id is not null or relates_to_id is not null);
        delete from credit_entries where basis = 1;
        alter table credit_entries enable trigger credit_entries_delete;
        delete from person_days where basis = 1; delete from person_months where basis = 1;
        delete from department_days where basis = 1; delete from department_months where basis = 1",
    )
    .execute(&world.db)
    .await
    .unwrap();
    let (_, posting) =
        include_str!("../migrations/0033_delivered.sql").split_once("-- What was delivered before:").unwrap();
    let posting = posting.split_once('\n').unwrap().1;
    let posting = posting.split_once("alter table").unwrap().1;
    let mut tx = world.db.begin().await.unwrap();
    sqlx::raw_sql(sqlx::AssertSqlSafe(format!("alter table{posting}"))).execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(standing(&world).await, now);
    assert_sound(&world).await;
    let count = "select count(*) from credit_entries";
    let rows: i64 = sqlx::query_scalar(count).fetch_one(&world.db).await.unwrap();
    for deal in deals {
        settle(&world, deal).await;
    }
    let after: i64 = sqlx::query_scalar(count).fetch_one(&world.db).await.unwrap();
    assert_eq!(after, rows, "there is nothing left to post");
}
