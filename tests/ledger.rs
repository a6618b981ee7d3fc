//! The ledger on a real database: whatever happens to deals, and in whatever order, its rows keep adding up.

use chrono::NaiveDate;
use pacemark::attainment::rollup;
use pacemark::error::AppError;
use pacemark::kernel::id::{DealId, EmployeeId};
use pacemark::kernel::money::Currency;
use pacemark::sales::booking;
use pacemark::sales::{DealDraft, DealStatus, Return, ReturnCause, Share, ShareKind, Why};
use rust_decimal::Decimal;
use sqlx::PgPool;

use crate::support::dice::Dice;
use crate::support::world::{World, day, kr};

fn amount(dice: &mut Dice) -> i64 {
    dice.number(99_999) + 1
}

/// What a random deal is made of.
struct Stock {
    people: Vec<EmployeeId>,
    customers: [&'static str; 3],
    products: [&'static str; 4],
}

impl Stock {
    async fn of(world: &World) -> Self {
        let mut people = Vec::new();
        for name in ["elias", "maja", "karin", "petra"] {
            people.push(world.employee(name).await);
        }
        let customers = ["Holmen Skog", "Brf Ankaret", "Obbola Livs"];
        Self { people, customers, products: ["Ventus 12", "FTX 400", "FTX 600", "Service agreement"] }
    }

    /// A deal of one to three lines, with odd öre, sometimes shared, sometimes the house's.
    async fn draft(&self, world: &World, dice: &mut Dice) -> DealDraft {
        let mut draft = world.draft("elias", dice.pick(&self.customers), 1, dice.date(1, 10)).await;
        let line = draft.lines.remove(0);
        for line_no in 1..=i32::try_from(1 + dice.roll(3)).unwrap() {
            let product = world.product(dice.pick(&self.products)).await;
            let (quantity, amount, cost) = (1 + amount(dice) % 7, amount(dice), amount(dice));
            draft.lines.push(pacemark::sales::LineDraft { line_no, product, quantity, amount, cost, ..line });
        }
        draft.owner = (dice.roll(6) > 0).then(|| dice.pick(&self.people));
        if draft.owner.is_some() && dice.roll(3) == 0 {
            let thirds = [3333, 3333, 3334];
            let direct = self.people.iter().zip(thirds).map(|(id, bp)| share(*id, ShareKind::Direct, bp));
            draft.shares = direct.chain([share(self.people[3], ShareKind::Overlay, 2500)]).collect();
        }
        draft
    }
}

fn share(employee: EmployeeId, kind: ShareKind, share_bp: u32) -> Share {
    Share { employee, kind, share_bp }
}

async fn check(world: &World, what: &str, sql: &'static str) {
    let wrong: i64 = sqlx::query_scalar(sql).fetch_one(&world.db).await.unwrap();
    assert_eq!(wrong, 0, "{what}");
}

/// Rows of the ledger that belong to others name the right ones.
async fn audit_links(world: &World) {
    check(
        world,
        "a reversal is the exact opposite of its original, which is reversed once",
        "select count(*) from credit_entries e join credit_entries o on o.id = e.reverses_id
        where (e.revenue, e.margin, e.units, e.orders, e.new_customers, e.category_orders, e.category_new_customers)
            is distinct from (-o.revenue, -o.margin, -o.units, -o.orders, -o.new_customers, -o.category_orders,
                -o.category_new_customers)
            or e.employee_id is distinct from o.employee_id or e.line_id <> o.line_id or e.rate <> o.rate",
    )
    .await;
    check(
        world,
        "what came back or was cancelled names the row of its sale, and nothing else does",
        "select count(*) from credit_entries e left join credit_entries o on o.id = e.relates_to_id
        where case when e.event in ('return', 'cancellation')
            then (o.event, o.deal_id, o.line_id, o.kind, o.employee_id)
                is distinct from ('sale', e.deal_id, e.line_id, e.kind, e.employee_id)
            else e.relates_to_id is not null end",
    )
    .await;
}

/// Everything that must hold after any sequence of events.
async fn audit(world: &World) {
    rollup::fold(&mut world.app.read().await.unwrap()).await.unwrap();
    check(
        world,
        "direct credits and house sales of a line that counts are the line less what came back",
        "select count(*) from deals d join deal_lines l on l.deal_id = d.id and not l.removed
        left join lateral (select coalesce(sum(revenue), 0)::bigint as revenue, coalesce(sum(margin), 0)::bigint as margin,
            coalesce(sum(units), 0)::bigint as units from credit_entries where line_id = l.id and basis = 0 and kind <> 'overlay') e on true
        left join lateral (select coalesce(sum(amount), 0)::bigint as amount, coalesce(sum(cost), 0)::bigint as cost,
            coalesce(sum(quantity), 0)::bigint as quantity from deal_returns where line_id = l.id) r on true
        where d.currency = 'SEK' and (e.revenue, e.margin, e.units) is distinct from case d.status
            when 'booked' then (l.amount - r.amount, l.amount - l.cost - r.amount + r.cost, l.quantity - r.quantity)
            else (0::bigint, 0::bigint, 0::bigint) end",
    )
    .await;
    audit_links(world).await;
    check(
        world,
        "the rollup is the ledger",
        "select count(*) from (
            select coalesce(e.employee_id, 0) as employee_id, c.category_id, e.kind = 'overlay' as overlay,
                e.basis, e.credit_date as day, sum(e.revenue)::bigint as revenue, sum(e.margin)::bigint as margin, sum(e.units)::bigint as units,
                sum(c.orders)::bigint as orders, sum(c.new_customers)::bigint as new_customers
            from credit_entries e cross join lateral (values (0::bigint, e.orders, e.new_customers),
                (e.category_id, e.category_orders, e.category_new_customers)) c (category_id, orders, new_customers)
            group by 1, 2, 3, 4, 5
        ) l full join credit_days d using (employee_id, category_id, overlay, basis, day)
        where (l.revenue, l.margin, l.units, l.orders, l.new_customers)
            is distinct from (d.revenue, d.margin, d.units, d.orders, d.new_customers)",
    )
    .await;
    check(
        world,
        "each deal that counts is one order, and each customer with one is new once",
        "select count(*) from (
            select d.id from deals d join credit_entries e on e.deal_id = d.id and e.basis = 0 and e.kind <> 'overlay' group by d.id, d.status
            having sum(e.orders) <> case d.status when 'booked' then 1 else 0 end
            union all
            select c.id from customers c join deals d on d.customer_id = c.id
            join credit_entries e on e.deal_id = d.id and e.basis = 0 and e.kind <> 'overlay' group by c.id
            having sum(e.new_customers) <> case when bool_or(d.status = 'booked') then 1 else 0 end
        ) wrong",
    )
    .await;
}

/// One random thing happens to one deal; what the rules refuse changes nothing.
async fn happen(world: &World, stock: &Stock, dice: &mut Dice, deals: &mut Vec<DealId>) {
    if deals.len() < 4 || dice.roll(4) == 0 {
        deals.push(world.book(&stock.draft(world, dice).await).await);
        return;
    }
    let id = dice.pick(deals);
    let (version, status, ordered_on): (i64, String, NaiveDate) =
        sqlx::query_as("select version, status, ordered_on from deals where id = $1")
            .bind(id.0)
            .fetch_one(&world.db)
            .await
            .unwrap();
    let company = world.company().await;
    let mut tx = world.app.begin().await.unwrap();
    let stamp = world.stamp();
    let done = match (status.as_str(), dice.roll(4)) {
        ("booked", 0) => {
            let draft = stock.draft(world, dice).await;
            booking::amend(&mut tx, &company, id, version, &draft, stamp).await
        }
        ("booked", 1) => {
            let next = (DealStatus::Cancelled, Some(dice.date(1, 10).max(ordered_on)));
            booking::change_status(&mut tx, &company, id, version, next, stamp).await
        }
        ("booked", 2) => {
            let next = (DealStatus::Undone, None);
            booking::change_status(&mut tx, &company, id, version, next, stamp).await
        }
        ("booked", _) => {
            let returned = part_of(world, id, dice).await;
            booking::record_return(
                &mut tx,
                &company,
                id,
                version,
                (&returned, Why { cause: ReturnCause::Other, words: "" }),
                stamp,
            )
            .await
        }
        _ => {
            let next = (DealStatus::Booked, None);
            booking::change_status(&mut tx, &company, id, version, next, stamp).await
        }
    };
    match done {
        Ok(()) => tx.commit().await.unwrap(),
        Err(AppError::Invalid(_)) => tx.rollback().await.unwrap(),
        Err(other) => panic!("{other}"),
    }
}

async fn part_of(world: &World, id: DealId, dice: &mut Dice) -> Return {
    let (line, amount, cost): (i64, i64, i64) = sqlx::query_as(
        "select id, amount, cost from deal_lines where deal_id = $1 and not removed order by random() limit 1",
    )
    .bind(id.0)
    .fetch_one(&world.db)
    .await
    .unwrap();
    let on = day(11, 1 + u32::try_from(dice.roll(18)).unwrap());
    Return { line: line.into(), on, quantity: 1, amount: amount / 2, cost: cost / 2, cancels: false }
}

#[sqlx::test]
async fn whatever_happens_the_ledger_adds_up(pool: PgPool) {
    let world = World::new(pool).await;
    let stock = Stock::of(&world).await;
    let seed = std::env::var("PACEMARK_SEED").map_or(20_261_118, |seed| seed.parse().unwrap());
    let mut dice = Dice(seed);
    let mut deals = Vec::new();
    for step in 0..160 {
        happen(&world, &stock, &mut dice, &mut deals).await;
        if step % 8 == 7 {
            audit(&world).await;
        }
    }
    let events: i64 = sqlx::query_scalar("select count(distinct event) from credit_entries")
        .fetch_one(&world.db)
        .await
        .unwrap();
    assert_eq!(events, 4, "sales, returns, cancellations and corrections were all tried");
}

/// Totals by person, category and day, and which deals are first.
async fn figures(world: &World) -> (Vec<String>, Vec<String>) {
    let days = sqlx::query_scalar(
        "select format('%s %s %s %s: %s %s %s %s %s', employee_id, category_id, overlay, day, revenue, margin, units,
            orders, new_customers)
        from credit_days where (revenue, margin, units, orders, new_customers) <> (0, 0, 0, 0, 0)
        order by employee_id, category_id, overlay, day",
    );
    let first = sqlx::query_scalar(
        "select c.name || ' ' || d.order_no from customers c join deals d on d.id = c.first_deal_id order by c.name",
    );
    (days.fetch_all(&world.db).await.unwrap(), first.fetch_all(&world.db).await.unwrap())
}

#[sqlx::test]
async fn any_order_of_the_same_deals_gives_the_same_figures(pool: PgPool) {
    let world = World::new(pool).await;
    let stock = Stock::of(&world).await;
    let mut dice = Dice(7);
    let mut drafts = Vec::new();
    for number in 0..24 {
        drafts.push(DealDraft {
            order_no: Some(format!("O{number:02}")),
            ..stock.draft(&world, &mut dice).await
        });
    }
    let mut outcomes = Vec::new();
    for _ in 0..4 {
        sqlx::raw_sql(
            "update customers set first_deal_id = null;
            truncate credit_entries, credit_pending, person_days, deal_shares, deal_returns, deal_lines, deals restart identity cascade;
            insert into customers (customer_no, name, created_at) values ('C1', 'Holmen Skog', '2026-01-01'),
                ('C2', 'Brf Ankaret', '2026-01-01'), ('C3', 'Obbola Livs', '2026-01-01') on conflict do nothing",
        )
        .execute(&world.db)
        .await
        .unwrap();
        for draft in &mut drafts {
            let name = stock.customers[usize::try_from(draft.lines[0].amount).unwrap() % 3];
            draft.customer = world.customer(name).await;
            world.book(draft).await;
        }
        audit(&world).await;
        outcomes.push(figures(&world).await);
        let turn = usize::try_from(dice.roll(23)).unwrap() + 1;
        drafts.rotate_left(turn);
        drafts.swap(0, turn);
    }
    assert!(outcomes[0].0.len() > 20 && outcomes[0].1.len() == 3);
    assert!(outcomes.iter().all(|outcome| *outcome == outcomes[0]), "{outcomes:#?}");
}

#[sqlx::test]
async fn a_cancellation_counts_on_its_own_day_and_can_be_taken_back_and_repeated(pool: PgPool) {
    let world = World::new(pool).await;
    let deal = world.deal("elias", "Holmen Skog", 1000, day(9, 10)).await;
    let company = world.company().await;
    let mut tx = world.app.begin().await.unwrap();
    let steps = [
        (DealStatus::Cancelled, Some(day(10, 2))),
        (DealStatus::Booked, None),
        (DealStatus::Cancelled, Some(day(10, 5))),
    ];
    for (version, next) in (1..).zip(steps) {
        booking::change_status(&mut tx, &company, deal, version, next, world.stamp()).await.unwrap();
    }
    tx.commit().await.unwrap();
    audit(&world).await;
    let linked: i64 =
        sqlx::query_scalar("select count(*) from credit_entries where relates_to_id is not null")
            .fetch_one(&world.db)
            .await
            .unwrap();
    assert_eq!(linked, 2, "one for each cancellation");
    let days: Vec<(NaiveDate, i64, i64)> = sqlx::query_as(
        "select day, revenue, new_customers from credit_days where category_id = 0 and revenue <> 0 order by day",
    )
    .fetch_all(&world.db)
    .await
    .unwrap();
    assert_eq!(days, [(day(9, 10), kr(1000), 1), (day(10, 5), -kr(1000), -1)]);
}

#[sqlx::test]
async fn odd_ore_go_to_the_largest_remainder(pool: PgPool) {
    let world = World::new(pool).await;
    let mut draft = world.draft("elias", "Holmen Skog", 0, day(10, 1)).await;
    draft.lines[0].amount = 100;
    let people = [world.employee("elias").await, world.employee("maja").await, world.employee("petra").await];
    draft.shares =
        people.into_iter().zip([3333, 3333, 3334]).map(|(id, bp)| share(id, ShareKind::Direct, bp)).collect();
    world.book(&draft).await;
    let parts: Vec<(i64, i64)> =
        sqlx::query_as("select employee_id, revenue from credit_entries order by employee_id")
            .fetch_all(&world.db)
            .await
            .unwrap();
    assert_eq!(parts.iter().map(|(_, revenue)| *revenue).collect::<Vec<_>>(), [33, 33, 34]);
    audit(&world).await;
}

#[sqlx::test]
async fn a_rate_that_changes_later_alters_no_posted_row(pool: PgPool) {
    let world = World::new(pool).await;
    let mut draft = world.draft("elias", "Holmen Skog", 1000, day(10, 5)).await;
    draft.currency = Currency::parse("EUR").unwrap();
    let company = world.company().await;
    let mut tx = world.app.begin().await.unwrap();
    let refused = booking::book(&mut tx, &company, &draft, world.stamp()).await;
    assert!(
        matches!(refused, Err(AppError::Invalid(errors)) if errors.has("currency")),
        "a missing rate is never 1"
    );
    tx.rollback().await.unwrap();
    let rate = |text: &'static str| async {
        sqlx::query(
            "insert into exchange_rates values ('EUR', '2026-10-01', $1::numeric)
            on conflict (currency, valid_from) do update set rate = excluded.rate",
        )
        .bind(text.parse::<Decimal>().unwrap())
        .execute(&world.db)
        .await
        .unwrap();
    };
    rate("11.2345").await;
    let deal = world.book(&draft).await;
    rate("12").await;
    let mut tx = world.app.begin().await.unwrap();
    draft.note = "A remark".to_owned();
    booking::amend(&mut tx, &company, deal, 1, &draft, world.stamp()).await.unwrap();
    booking::change_status(&mut tx, &company, deal, 2, (DealStatus::Undone, None), world.stamp())
        .await
        .unwrap();
    booking::change_status(&mut tx, &company, deal, 3, (DealStatus::Booked, None), world.stamp())
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let standing: (i64, Decimal) =
        sqlx::query_as("select sum(revenue)::bigint, max(rate) from credit_entries")
            .fetch_one(&world.db)
            .await
            .unwrap();
    assert_eq!(standing, (1_123_450, "11.2345".parse().unwrap()));
    let other = world.draft("elias", "Obbola Livs", 10, day(10, 6)).await;
    world.book(&DealDraft { currency: draft.currency, ..other }).await;
    let newest: i64 = sqlx::query_scalar("select revenue from credit_entries order by id desc limit 1")
        .fetch_one(&world.db)
        .await
        .unwrap();
    assert_eq!(newest, kr(120), "a new deal takes the new rate");
}
