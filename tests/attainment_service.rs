//! Figures against real PostgreSQL: whose sales count where, for every metric and through moves, and that rollup,
//! ledger, explanation and verification agree.

use chrono::NaiveDate;
use pacemark::attainment::Metric;
use pacemark::attainment::explain::{self, Window};
use pacemark::attainment::rollup;
use pacemark::attainment::service::{self, AsOf, Span, Totals};
use pacemark::attainment::verify::{self, Difference, WrongTotal};
use pacemark::goals::{Subject, Viewer};
use pacemark::kernel::basis::Basis;
use pacemark::kernel::id::{CategoryId, DealId};
use pacemark::kernel::period::Period;
use pacemark::org;
use pacemark::sales::booking;
use pacemark::sales::{DealDraft, DealStatus, Return, ReturnCause, Share, ShareKind, Why};
use sqlx::PgPool;

use crate::support::dice::Dice;
use crate::support::world::{World, day, kr};

const ALL: Window = Window { offset: 0, limit: None };

fn quarter() -> Period {
    Period::from_inclusive(day(10, 1), day(12, 31)).unwrap()
}

async fn totals_in(world: &World, subject: Subject, category: Option<CategoryId>, period: Period) -> Totals {
    let mut conn = world.app.read().await.unwrap();
    let spans = [Span { subject, category, period, basis: Basis::Booked }];
    service::totals(&mut conn, &spans).await.unwrap()[0]
}

async fn totals(world: &World, subject: Subject) -> Totals {
    totals_in(world, subject, None, quarter()).await
}

async fn person(world: &World, name: &str) -> Subject {
    Subject::Person(world.employee(name).await)
}

async fn department(world: &World, code: &str) -> Subject {
    Subject::Department(world.department(code).await)
}

async fn company(world: &World) -> Subject {
    Subject::Company(world.department("NORDHEM").await)
}

async fn category(world: &World, name: &str) -> CategoryId {
    let found = sqlx::query_scalar("select id from product_categories where name = $1").bind(name);
    CategoryId(found.fetch_one(&world.db).await.unwrap())
}

async fn amend(world: &World, id: DealId, draft: &DealDraft) {
    let company = world.company().await;
    let mut tx = world.app.begin().await.unwrap();
    let version = sqlx::query_scalar("select version from deals where id = $1").bind(id.0);
    let version: i64 = version.fetch_one(&mut *tx).await.unwrap();
    booking::amend(&mut tx, &company, id, version, draft, world.stamp()).await.unwrap();
    tx.commit().await.unwrap();
}

async fn cancel(world: &World, id: DealId, on: NaiveDate) {
    let company = world.company().await;
    let mut tx = world.app.begin().await.unwrap();
    let version = sqlx::query_scalar("select version from deals where id = $1").bind(id.0);
    let version: i64 = version.fetch_one(&mut *tx).await.unwrap();
    let next = (DealStatus::Cancelled, Some(on));
    booking::change_status(&mut tx, &company, id, version, next, world.stamp()).await.unwrap();
    tx.commit().await.unwrap();
}

async fn transfer(world: &World, name: &str, to: &str, from: NaiveDate) {
    let (employee, department) = (world.employee(name).await, world.department(to).await);
    let mut tx = world.app.begin().await.unwrap();
    org::transfer(&mut tx, employee, department, false, from).await.unwrap();
    tx.commit().await.unwrap();
}

async fn no_difference(world: &World) {
    let mut conn = world.app.read().await.unwrap();
    assert_eq!(verify::run(&mut conn).await.unwrap(), []);
}

#[sqlx::test]
async fn each_metric_counts_what_it_is_named_for(pool: PgPool) {
    let world = World::new(pool).await;
    let mut first = world.draft("elias", "Holmen Skog", 1000, day(10, 5)).await;
    first.lines[0].cost = kr(400);
    first.lines[0].quantity = 3;
    world.book(&first).await;
    world.deal("elias", "Holmen Skog", 500, day(11, 6)).await;
    let got = totals(&world, person(&world, "elias").await).await;
    let wanted = Totals { revenue: kr(1500), margin: kr(1100), units: 4, orders: 2, new_customers: 1 };
    assert_eq!(got, wanted);
    let values: Vec<i64> = Metric::SALES.iter().map(|metric| got.of(*metric)).collect();
    assert_eq!(values, [kr(1500), kr(1100), 4, 2, 1]);
    assert_eq!(totals(&world, department(&world, "NORTH").await).await, wanted);
    assert_eq!(totals(&world, company(&world).await).await, wanted);
    assert_eq!(totals(&world, person(&world, "maja").await).await, Totals::default());
}

#[sqlx::test]
async fn a_transfer_in_mid_period_leaves_the_past_where_it_was(pool: PgPool) {
    let world = World::new(pool).await;
    world.deal("maja", "Holmen Skog", 100, day(10, 31)).await;
    world.deal("maja", "Holmen Skog", 20, day(11, 1)).await;
    transfer(&world, "maja", "SOUTH", day(11, 1)).await;
    world.deal("maja", "Holmen Skog", 3, day(11, 2)).await;
    let north = totals(&world, department(&world, "NORTH").await).await;
    let south = totals(&world, department(&world, "SOUTH").await).await;
    assert_eq!(
        (north.revenue, south.revenue),
        (kr(100), kr(23)),
        "the day of the move belongs to the new one"
    );
    assert_eq!(totals(&world, person(&world, "maja").await).await.revenue, kr(123));
    assert_eq!(totals(&world, company(&world).await).await.revenue, kr(123));
}

#[sqlx::test]
async fn a_department_holds_those_below_it(pool: PgPool) {
    let world = World::new(pool).await;
    let north = world.department("NORTH").await;
    let below = sqlx::query(
        "insert into departments (code, name, kind, parent_id) values ('UMEA', 'Umeå', 'sales', $1)",
    );
    below.bind(north.0).execute(&world.db).await.unwrap();
    transfer(&world, "maja", "UMEA", day(10, 15)).await;
    world.deal("maja", "Holmen Skog", 7, day(10, 20)).await;
    world.deal("elias", "Holmen Skog", 40, day(10, 20)).await;
    let got = totals(&world, Subject::Department(north)).await;
    assert_eq!((got.revenue, got.orders), (kr(47), 2));
    assert_eq!(totals(&world, department(&world, "UMEA").await).await.revenue, kr(7));
}

#[sqlx::test]
async fn house_sales_count_for_the_company_and_overlays_for_the_person_only(pool: PgPool) {
    let world = World::new(pool).await;
    let house = DealDraft { owner: None, ..world.draft("elias", "Brf Ankaret", 50, day(10, 7)).await };
    world.book(&house).await;
    let mut helped = world.draft("elias", "Holmen Skog", 1000, day(10, 8)).await;
    let share = |employee, kind, share_bp| Share { employee, kind, share_bp };
    helped.shares = vec![
        share(world.employee("elias").await, ShareKind::Direct, 10_000),
        share(world.employee("petra").await, ShareKind::Overlay, 2_500),
    ];
    world.book(&helped).await;
    assert_eq!(totals(&world, person(&world, "petra").await).await.revenue, kr(250));
    assert_eq!(totals(&world, department(&world, "SOUTH").await).await.revenue, 0);
    assert_eq!(totals(&world, department(&world, "NORTH").await).await.revenue, kr(1000));
    assert_eq!(totals(&world, company(&world).await).await.revenue, kr(1050));
    no_difference(&world).await;
}

#[sqlx::test]
async fn a_category_counts_its_own_lines_orders_and_new_customers(pool: PgPool) {
    let world = World::new(pool).await;
    let mut draft = world.draft("elias", "Holmen Skog", 1000, day(10, 5)).await;
    let mut service = draft.lines[0].clone();
    service.line_no = 2;
    service.product = world.product("Service agreement").await;
    service.amount = kr(90);
    draft.lines.push(service);
    world.book(&draft).await;
    let elias = person(&world, "elias").await;
    let service = category(&world, "Service").await;
    let got = totals_in(&world, elias, Some(service), quarter()).await;
    assert_eq!((got.revenue, got.units, got.orders, got.new_customers), (kr(90), 1, 1, 1));
    let all = totals(&world, elias).await;
    assert_eq!((all.revenue, all.orders, all.new_customers), (kr(1090), 1, 1), "one order, not two");
}

#[sqlx::test]
async fn figures_look_back_to_the_end_of_a_day(pool: PgPool) {
    let world = World::new(pool).await;
    world.deal("elias", "Holmen Skog", 100, day(10, 5)).await;
    let later = world.deal("elias", "Holmen Skog", 900, day(11, 5)).await;
    cancel(&world, later, day(11, 17)).await;
    let elias = person(&world, "elias").await;
    let revenue = async |until: NaiveDate| {
        let period = Period::from_inclusive(day(10, 1), until).unwrap();
        totals_in(&world, elias, None, period).await.revenue
    };
    assert_eq!(revenue(day(10, 31)).await, kr(100));
    assert_eq!(revenue(day(11, 16)).await, kr(1000), "it counted until it was cancelled");
    assert_eq!(revenue(day(11, 17)).await, kr(100));
    assert_eq!(AsOf::end_of(day(11, 17)).day, day(11, 17));
}

fn autumn(dice: &mut Dice) -> NaiveDate {
    day(10, 1) + chrono::Days::new(dice.roll(92))
}

/// Books, amends, returns and cancels at random; Maja moves and Petra leaves meanwhile.
async fn random_sales(world: &World, dice: &mut Dice) {
    transfer(world, "maja", "SOUTH", day(11, 3)).await;
    let petra = world.employee("petra").await;
    org::leave(&mut world.app.read().await.unwrap(), petra, day(11, 20)).await.unwrap();
    let people = ["elias", "maja", "karin", "petra", "johanna", "anders"];
    let customers = ["Holmen Skog", "Brf Ankaret", "Obbola Livs"];
    for _ in 0..40 {
        let kronor = i64::try_from(dice.roll(9_999)).unwrap() + 1;
        let owner = dice.pick(&people);
        let mut draft = world.draft(owner, dice.pick(&customers), kronor, autumn(dice)).await;
        draft.lines[0].cost = kr(kronor) / 3;
        draft.lines[0].quantity = 2;
        draft.lines[0].product =
            world.product(dice.pick(&["Ventus 12", "FTX 400", "Service agreement"])).await;
        match dice.roll(4) {
            0 => draft.owner = None,
            1 => share_out(world, &mut draft, owner, dice.pick(&people)).await,
            _ => {}
        }
        let id = world.book(&draft).await;
        change(world, dice, id, draft).await;
    }
}

async fn share_out(world: &World, draft: &mut DealDraft, owner: &str, other: &str) {
    let share = |employee, kind, share_bp| Share { employee, kind, share_bp };
    let (own, second) = (world.employee(owner).await, world.employee(other).await);
    draft.shares = vec![share(own, ShareKind::Direct, if own == second { 10_000 } else { 3_333 })];
    if own != second {
        draft.shares.push(share(second, ShareKind::Direct, 6_667));
    }
    draft.shares.push(share(world.employee("frida").await, ShareKind::Overlay, 1_500));
}

async fn change(world: &World, dice: &mut Dice, id: DealId, mut draft: DealDraft) {
    match dice.roll(6) {
        0 => {
            draft.lines[0].amount += 12_345;
            draft.ordered_on = autumn(dice);
            amend(world, id, &draft).await;
        }
        1 => cancel(world, id, draft.ordered_on.max(autumn(dice))).await,
        2 => {
            let mut conn = world.app.begin().await.unwrap();
            let line = sqlx::query_scalar("select id from deal_lines where deal_id = $1").bind(id.0);
            let line: i64 = line.fetch_one(&mut *conn).await.unwrap();
            let amount = draft.lines[0].amount / 2;
            let returned = Return {
                line: line.into(),
                on: draft.ordered_on,
                quantity: 1,
                amount,
                cost: 0,
                cancels: false,
            };
            let company = world.company().await;
            // nobody has touched the deal since it was booked
            booking::record_return(
                &mut conn,
                &company,
                id,
                1,
                (&returned, Why { cause: ReturnCause::Other, words: "broken" }),
                world.stamp(),
            )
            .await
            .unwrap();
            conn.commit().await.unwrap();
        }
        _ => {}
    }
}

#[sqlx::test]
async fn departments_people_and_the_house_make_up_the_company(pool: PgPool) {
    let world = World::new(pool).await;
    random_sales(&world, &mut Dice(7)).await;
    let departments = [
        totals(&world, department(&world, "NORTH").await).await,
        totals(&world, department(&world, "SOUTH").await).await,
    ];
    // people directly in the company, people in no department that day, and the house
    let others: Vec<i64> = sqlx::query_scalar(
        "select unnest(array[sum(revenue)::bigint, sum(margin)::bigint, sum(units)::bigint, sum(orders)::bigint,
            sum(new_customers)::bigint])
        from credit_entries e
        where e.kind <> 'overlay' and credit_date >= '2026-10-01' and credit_date < '2027-01-01' and not exists (
            select from memberships m join departments d on d.id = m.department_id and d.kind <> 'company'
            where m.employee_id = e.employee_id and m.during @> e.credit_date)",
    )
    .fetch_all(&world.db)
    .await
    .unwrap();
    let company = totals(&world, company(&world).await).await;
    assert!(company.revenue > 0 && others[0] != 0 && departments.iter().all(|d| d.revenue != 0));
    for (metric, rest) in Metric::SALES.into_iter().zip(others) {
        let parts: i64 = departments.iter().map(|department| department.of(metric)).sum();
        assert_eq!(parts + rest, company.of(metric), "{metric:?}");
    }
    no_difference(&world).await;
}

#[sqlx::test]
async fn reading_through_the_rollup_is_reading_through_the_ledger(pool: PgPool) {
    let world = World::new(pool).await;
    random_sales(&world, &mut Dice(99)).await;
    let mut subjects = vec![company(&world).await];
    for code in ["NORTH", "SOUTH"] {
        subjects.push(department(&world, code).await);
    }
    for name in ["elias", "maja", "karin", "petra", "frida"] {
        subjects.push(person(&world, name).await);
    }
    let mut conn = world.app.read().await.unwrap();
    let viewer = Viewer::system(day(11, 18));
    let periods = [quarter(), Period::from_inclusive(day(10, 20), day(11, 3)).unwrap()];
    let service = category(&world, "Service").await;
    for subject in subjects {
        for (period, category) in
            periods.into_iter().flat_map(|period| [(period, None), (period, Some(service))])
        {
            let span = Span { subject, category, period, basis: Basis::Booked };
            let rollup = service::totals(&mut conn, &[span]).await.unwrap()[0];
            let days = service::days(&mut conn, &world.company().await, &[span]).await.unwrap().remove(0);
            for metric in Metric::SALES {
                let ledger = explain::entries(&mut conn, viewer, &span, metric, ALL).await.unwrap();
                assert_eq!(ledger.total, rollup.of(metric), "{subject:?} {metric:?} {period:?} {category:?}");
                let parts: i64 = ledger.parts.iter().map(|part| part.value).sum();
                let daily: i64 = days.iter().map(|day| day.totals.of(metric)).sum();
                assert_eq!((parts, daily), (ledger.total, ledger.total));
                if !matches!(subject, Subject::Person(_)) {
                    let together = explain::days(&mut conn, &span, metric, ALL).await.unwrap();
                    assert_eq!(together.total, ledger.total, "{subject:?} {metric:?}");
                }
            }
        }
    }
}

#[sqlx::test]
async fn an_explanation_names_only_whom_the_viewer_sees(pool: PgPool) {
    let world = World::new(pool).await;
    world.deal("maja", "Holmen Skog", 100, day(10, 20)).await;
    world.deal("elias", "Brf Ankaret", 40, day(10, 20)).await;
    transfer(&world, "maja", "SOUTH", day(11, 1)).await;
    let north = department(&world, "NORTH").await;
    let span = Span { subject: north, category: None, period: quarter(), basis: Basis::Booked };
    let karin = Viewer { employee: Some(world.employee("karin").await), everyone: false, today: day(11, 18) };
    let mut conn = world.app.read().await.unwrap();
    let parts = explain::entries(&mut conn, karin, &span, Metric::Revenue, ALL).await.unwrap();
    assert_eq!((parts.total, parts.count), (kr(140), 2));
    let named: Vec<_> = parts.parts.iter().filter_map(|part| part.source.as_ref()?.person.clone()).collect();
    assert_eq!(named, ["Elias Sandberg"], "Maja is Sales South's now");
    let first =
        explain::entries(&mut conn, karin, &span, Metric::Revenue, Window { offset: 0, limit: Some(1) });
    let first = first.await.unwrap();
    assert_eq!((first.parts.len(), first.count, first.total), (1, 2, kr(140)), "a page knows the whole");
    let days = explain::days(&mut conn, &span, Metric::Revenue, ALL).await.unwrap();
    assert_eq!((days.total, days.count), (kr(140), 1));
    assert!(days.parts.iter().all(|part| part.source.is_none()));
}

#[sqlx::test]
async fn tampering_with_the_rollup_or_a_deal_is_found(pool: PgPool) {
    let world = World::new(pool).await;
    let deal = world.deal("elias", "Holmen Skog", 100, day(10, 5)).await;
    no_difference(&world).await;
    rollup::fold(&mut world.app.read().await.unwrap()).await.unwrap();
    no_difference(&world).await;
    sqlx::query("update person_days set revenue = revenue + 1 where category_id = 0")
        .execute(&world.db)
        .await
        .unwrap();
    let mut conn = world.app.read().await.unwrap();
    let found = verify::run(&mut conn).await.unwrap();
    let [Difference::Rollup(WrongTotal { category: 0, overlay: false, day: on, ledger, rollup, .. })] =
        found.as_slice()
    else {
        panic!("{found:?}")
    };
    assert_eq!((*on, ledger[0], rollup[0]), (day(10, 5), kr(100), kr(100) + 1));
    sqlx::query("delete from person_days").execute(&world.db).await.unwrap();
    assert_eq!(verify::run(&mut conn).await.unwrap().len(), 2, "all products and the category");
    sqlx::query("update deal_lines set amount = amount + 5 where deal_id = $1")
        .bind(deal.0)
        .execute(&world.db)
        .await
        .unwrap();
    let found = verify::run(&mut conn).await.unwrap();
    assert!(
        found.iter().any(
            |found| matches!(found, Difference::Deal { lines, ledger, .. } if lines[0] == ledger[0] + 5)
        )
    );
}
