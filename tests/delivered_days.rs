//! Figures of deliveries come from packed days and from months that are counted of them: whatever happens to orders, they say what
//! the orders and lines say.

use pacemark::kernel::id::DealId;
use pacemark::process::packed;
use sqlx::PgPool;

use crate::delivered_rules::{add_rates, happen, people, random_draft};
use crate::orders::{act, ok, version};
use crate::support::dice::Dice;
use crate::support::sound::assert_sound;
use crate::support::world::World;

const DAYS: &str = "from=2026-01-01&last=2026-12-31";

/// Sixty orders, most of them delivered wholly or in part, with dates that were kept or not; some were cancelled or came back.
pub async fn random_orders(pool: PgPool, seed: u64) -> (World, Vec<DealId>) {
    let world = World::new(pool).await;
    world.add_support().await;
    add_rates(&world).await;
    let (people, mut dice, mut deals) = (people(&world).await, Dice(seed), Vec::new());
    sqlx::query("update customers set segment = 'Industry' where name <> 'Brf Ankaret'")
        .execute(&world.db)
        .await
        .unwrap();
    for _ in 0..60 {
        let mut draft = random_draft(&world, &mut dice, &people).await;
        for line in &mut draft.lines {
            line.promised_on = (dice.roll(3) > 0).then(|| dice.date(5, 3));
            line.delivered_on = (dice.roll(4) > 0).then(|| dice.date(5, 3));
        }
        deals.push(world.book(&draft).await);
    }
    happen(&world, &mut dice, &deals).await;
    (world, deals)
}

/// Packs all days and counts all months.
pub async fn keep(world: &World) {
    packed::keep(&mut world.db.acquire().await.unwrap()).await.unwrap();
}

/// Key, how many, with a date, on time, the median of days: columns of a download.
async fn csv(world: &World, who: &str, path: &str, columns: [usize; 5]) -> Vec<String> {
    let file = world.get(who, path).await.body;
    let row = |line: &str| {
        let cells: Vec<&str> = line.split(',').collect();
        columns.map(|column| cells[column]).join(",")
    };
    let mut rows: Vec<String> =
        file.lines().skip(1).map(row).filter(|row| !row.contains(",0,0,0,")).collect();
    rows.sort();
    rows
}

/// The same counted from rows `e` with a name, a day, whether the date was kept and the days it took.
async fn counted(world: &World, rows: &str) -> Vec<String> {
    let sql = format!(
        "select concat_ws(',', name, count(*), count(on_time), count(*) filter (where on_time),
            percentile_disc(0.5) within group (order by took)) from ({rows}) e group by name"
    );
    let mut rows: Vec<String> =
        sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_all(&world.db).await.unwrap();
    rows.sort();
    rows
}

const ORDERS: &str =
    "d.on_time, d.delivered_on - d.ordered_on as took from deals d join customers c on c.id = d.customer_id
    left join employees p on p.id = d.employee_id";
const DONE: &str = "d.delivered_on is not null and d.status = 'booked'";
const LINES: &str = "case when l.promised_on is not null then l.delivered_on <= coalesce(l.owed_on, l.promised_on) end as on_time,
    l.delivered_on - d.ordered_on as took from deal_lines l join deals d on d.id = l.deal_id
    join products i on i.id = l.product_id join customers c on c.id = d.customer_id";
const BROUGHT: &str = "l.delivered_on is not null and not l.removed and d.status = 'booked'";

/// Every figure of deliveries is what its rows come to.
async fn assert_figures(world: &World) {
    let of_orders = [
        ("person", "coalesce(p.name, 'House sale')", ""),
        ("segment", "coalesce(nullif(c.segment, ''), 'Without a segment')", ""),
        ("product", "i.name", "cross join lateral (select distinct i.name from deal_lines l join products i on i.id = l.product_id
            where l.deal_id = d.id and not l.removed and l.quantity > l.cancelled) i"),
        ("department", "u.name", "cross join lateral (
            with recursive up as (
                select x.id, x.name, x.parent_id from departments x where x.id = coalesce((select m.department_id from memberships m
                    where m.employee_id = d.employee_id and m.during @> d.delivered_on), (select id from departments where parent_id is null))
                union all select x.id, x.name, x.parent_id from departments x join up on x.id = up.parent_id
            ) select name from up) u"),
    ];
    for (by, name, join) in of_orders {
        let shown = csv(world, "anders", &format!("/process.csv?by={by}&{DAYS}"), [0, 6, 7, 8, 10]).await;
        assert!(shown.len() > 1, "{by}");
        assert_eq!(
            shown,
            counted(world, &format!("select {name} as name, {ORDERS} {join} where {DONE}")).await,
            "{by}"
        );
    }
    let of_lines = [
        ("product", "i.name"),
        ("customer", "c.name"),
        ("month", "to_char(l.delivered_on, 'YYYY-MM')"),
        ("category", "(select g.name from product_categories g where g.id = i.category_id)"),
    ];
    for (by, name) in of_lines {
        let shown =
            csv(world, "anders", &format!("/deliveries/figures.csv?by={by}&{DAYS}"), [0, 1, 2, 3, 5]).await;
        assert!(shown.len() > 1, "{by}");
        assert_eq!(
            shown,
            counted(world, &format!("select {name} as name, {LINES} where {BROUGHT}")).await,
            "{by}"
        );
    }
    let (elias, shared) = (
        world.employee("elias").await,
        "exists (select from deal_shares s where s.deal_id = d.id and s.employee_id",
    );
    let own = format!("{BROUGHT} and (d.employee_id = {elias} or {shared} = {elias}))");
    assert_eq!(
        csv(world, "elias", &format!("/deliveries/figures.csv?by=product&{DAYS}"), [0, 1, 2, 3, 5]).await,
        counted(world, &format!("select i.name, {LINES} where {own}")).await,
        "with what one shares in"
    );
}

#[sqlx::test]
async fn figures_are_what_orders_and_lines_say(pool: PgPool) {
    let (world, _) = random_orders(pool, 11).await;
    assert_figures(&world).await;
    assert_sound(&world).await;
    assert_figures(&world).await;
}

/// Figures in every grouping there is, for the chief, for a manager and for a seller.
pub async fn shown(world: &World) -> Vec<String> {
    let orders = ["month", "person", "department", "product", "segment"];
    let lines = ["month", "product", "category", "customer", "department"];
    let orders = orders.map(|by| format!("/process.csv?by={by}&{DAYS}"));
    let lines = lines.map(|by| format!("/deliveries/figures.csv?by={by}&{DAYS}"));
    let mut shown = Vec::new();
    for path in orders.iter().chain(&lines) {
        for who in ["anders", "karin", "elias"] {
            shown.push(format!("{who} {path}: {}", world.get(who, path).await.body));
        }
    }
    shown
}

#[sqlx::test]
async fn what_changes_in_a_counted_month_is_in_its_figures_at_once(pool: PgPool) {
    let (world, deals) = random_orders(pool, 14).await;
    let mut dice = Dice(4);
    let steps = [
        "update deals set employee_id = null where id = $1",
        "update deals set ordered_on = ordered_on - 1, on_time = not on_time where id = $1",
        "update deals set delivered_on = delivered_on + 20 where id = $1",
        "update deal_lines set delivered_on = delivered_on - 11 where deal_id = $1",
        "update deal_lines set product_id = (select max(id) from products), owed_on = promised_on - 3 where deal_id = $1",
        "update deal_lines set removed = not removed where deal_id = $1",
        "delete from deal_shares where deal_id = $1",
    ];
    keep(&world).await;
    for _ in 0..12 {
        for _ in 0..3 {
            let step = dice.pick(&steps);
            sqlx::query(step).bind(dice.pick(&deals).0).execute(&world.db).await.unwrap();
        }
        let pending = shown(&world).await;
        keep(&world).await;
        assert_eq!(shown(&world).await, pending);
    }
}

#[sqlx::test]
async fn figures_follow_who_moves_within_a_month(pool: PgPool) {
    let (world, _) = random_orders(pool, 15).await;
    keep(&world).await;
    let counted = || async {
        let rows = sqlx::query_as(
            "select count(*), md5(string_agg(groups, '' order by month, what, counted_by)) from packed_months",
        );
        rows.fetch_one(&world.db).await.unwrap()
    };
    let before: (i64, String) = counted().await;
    // everybody was elsewhere for ten days in the middle of each month
    sqlx::raw_sql(
        "create temp table moved as select * from memberships where employee_id in (select id from employees
            where name in ('Elias Sandberg', 'Maja Lund', 'Petra Holm'));
        delete from memberships where id in (select id from moved);
        insert into memberships (employee_id, department_id, lead, during)
        select employee_id, case n % 2 when 0 then department_id else (select min(id) from departments where parent_id is not null) end,
            lead, daterange(lower(during) + n * 10, case when n < 100 then lower(during) + (n + 1) * 10 end)
        from moved, generate_series(0, 100) n",
    )
    .execute(&world.db)
    .await
    .unwrap();
    assert_figures(&world).await;
    assert_eq!(counted().await, before, "nobody has counted them again");
    keep(&world).await;
    assert_figures(&world).await;
    let after = counted().await;
    assert!(after.0 == before.0 && after.1 != before.1, "counted anew: {before:?}, {after:?}");
    assert_sound(&world).await;
}

#[sqlx::test]
async fn a_month_that_is_counted_wrongly_is_found(pool: PgPool) {
    let (world, _) = random_orders(pool, 16).await;
    keep(&world).await;
    let mut conn = world.db.acquire().await.unwrap();
    let right = shown(&world).await;
    assert_eq!(packed::wrong_months(&mut conn).await.unwrap(), []);
    let swapped = "update packed_months m set groups = o.groups from packed_months o
        where m.counted_by = $1 and o.counted_by = $1 and m.what = 'orders' and o.what = 'orders'
            and m.month = (select min(month) from packed_months) and o.month = (select max(month) from packed_months)";
    sqlx::query(swapped).bind("people").execute(&mut *conn).await.unwrap();
    assert_eq!(packed::wrong_months(&mut conn).await.unwrap().len(), 1);
    assert_ne!(shown(&world).await, right, "figures are read from counted months");
}

#[sqlx::test]
async fn every_change_of_what_was_delivered_is_seen_at_once(pool: PgPool) {
    let (world, deals) = random_orders(pool, 12).await;
    let mut conn = world.db.acquire().await.unwrap();
    let mut dice = Dice(3);
    let steps = [
        "update deals set employee_id = null where id = $1",
        "update deals set customer_id = (select max(id) from customers) where id = $1",
        "update deals set ordered_on = ordered_on - 1 where id = $1",
        "update deals set status = 'undone' where id = $1 and status = 'booked'",
        "update deals set handler_department_id = (select max(id) from departments) where id = $1",
        "update deal_lines set removed = not removed where deal_id = $1",
        "update deal_lines set promised_on = promised_on + 1 where deal_id = $1",
        "update deal_lines set owed_on = promised_on - 3 where deal_id = $1",
        "update deal_lines set product_id = (select max(id) from products) where deal_id = $1",
        "update deal_lines set delivered_on = delivered_on + 1 where deal_id = $1",
        "delete from deal_shares where deal_id = $1",
    ];
    for _ in 0..60 {
        if dice.roll(2) == 0 {
            packed::keep(&mut conn).await.unwrap();
        }
        let step = dice.pick(&steps);
        sqlx::query(step).bind(dice.pick(&deals).0).execute(&mut *conn).await.unwrap();
        assert_eq!(packed::wrong_days(&mut conn).await.unwrap(), [], "{step}");
    }
    // what is not noted is found
    packed::keep(&mut conn).await.unwrap();
    sqlx::query("update packed_days set people = customers where day = (select min(day) from packed_days)")
        .execute(&mut *conn)
        .await
        .unwrap();
    assert_eq!(packed::wrong_days(&mut conn).await.unwrap().len(), 1);
}

#[sqlx::test]
async fn an_order_is_in_the_figures_as_it_stands(pool: PgPool) {
    let world = crate::orders::world(pool).await;
    let (id, line) = crate::orders::order(&world).await;
    let part = format!("quantity-{line}");
    let figures =
        async || csv(&world, "anders", &format!("/process.csv?by=person&{DAYS}"), [0, 6, 7, 8, 10]).await;
    assert_eq!(figures().await, [""; 0]);
    ok(&act(&world, "per", id, "promises", &[("on", "2026-11-18")]).await);
    ok(&act(&world, "dag", id, "deliveries", &[("delivered_on", "2026-11-18"), (&part, "20")]).await);
    assert_eq!(figures().await, ["Elias Sandberg,1,1,1,1"], "at once");
    keep(&world).await;
    assert_eq!(figures().await, ["Elias Sandberg,1,1,1,1"], "packed");
    let delivery: i64 = sqlx::query_scalar("select id from deliveries").fetch_one(&world.db).await.unwrap();
    let version = version(&world, id).await;
    let path = format!("/orders/{id}/deliveries/{delivery}/remove");
    ok(&world.post("dag", &path, &[("version", &version)]).await);
    assert_eq!(figures().await, [""; 0], "taken back at once");
    keep(&world).await;
    assert_eq!(figures().await, [""; 0]);
}

#[sqlx::test]
async fn what_stood_before_an_update_is_packed_and_found_as_it_would_be_now(pool: PgPool) {
    let (world, _) = random_orders(pool, 13).await;
    keep(&world).await;
    let waiting =
        include_str!("../migrations/0040_waiting.sql").split_once("-- What stands already").unwrap().1;
    let waiting = waiting.split_once('\n').unwrap().1.split_once("-- open orders that are owed").unwrap().0;
    let packing =
        include_str!("../migrations/0041_packed.sql").split_once("-- What stands already\n").unwrap().1;
    let before = "alter table deals disable trigger user; alter table deal_lines disable trigger user;
        update deals set due_on = null, slipped = false, undated = true; update deal_lines set stage = 'making';
        delete from packed_days where what not in ('orders', 'lines');";
    let update = format!("set constraints all immediate; {before} {waiting}; {packing}");
    let mut tx = world.db.begin().await.unwrap();
    sqlx::raw_sql(sqlx::AssertSqlSafe(update)).execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
    let kept: i64 = sqlx::query_scalar("select count(*) from packed_days where what in ('orders', 'lines')")
        .fetch_one(&world.db)
        .await
        .unwrap();
    assert!(kept > 20, "{kept}");
    assert_figures(&world).await;
    assert_sound(&world).await;
}
