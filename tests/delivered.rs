//! Sales that count as they are delivered (rule 9): beside what is booked, in the same ledger, by the same rules.

use axum::http::StatusCode;
use chrono::NaiveDate;
use pacemark::attainment::rollup;
use pacemark::attainment::service::{self, Span, Totals};
use pacemark::error::AppError;
use pacemark::goals::Subject;
use pacemark::kernel::basis::Basis;
use pacemark::kernel::id::{DealId, LineId};
use pacemark::kernel::period::Period;
use pacemark::sales::booking;
use pacemark::sales::{DealDraft, DealStatus, LineDraft, Return, ReturnCause, Why};
use serde_json::json;
use sqlx::PgPool;

use crate::support::api::Client;
use crate::support::sound::assert_sound;
use crate::support::world::{World, day, kr, text};

fn period(from: NaiveDate, last: NaiveDate) -> Period {
    Period::from_inclusive(from, last).unwrap()
}

async fn totals_in(world: &World, subject: Subject, basis: Basis, period: Period) -> Totals {
    let span = Span { subject, category: None, period, basis };
    service::totals(&mut world.app.read().await.unwrap(), &[span]).await.unwrap()[0]
}

async fn totals(world: &World, subject: Subject, basis: Basis) -> Totals {
    totals_in(world, subject, basis, period(day(1, 1), day(12, 31))).await
}

async fn fold(world: &World) {
    rollup::fold(&mut world.app.read().await.unwrap()).await.unwrap();
}

/// Day, day of origin, event, revenue, units, orders and new customers of what stands on the delivered basis.
type Row = (String, Option<String>, String, i64, i64, i16, i16);

async fn rows(world: &World, deal: DealId) -> Vec<Row> {
    sqlx::query_as(
        "select credit_date::text, origin_date::text, event, revenue, units, orders, new_customers
        from credit_entries where deal_id = $1 and basis = 1 order by id",
    )
    .bind(deal.0)
    .fetch_all(&world.db)
    .await
    .unwrap()
}

fn row(on: &str, event: &str, revenue: i64, units: i64, orders: i16, new: i16) -> Row {
    (format!("2026-{on}"), None, event.to_owned(), revenue, units, orders, new)
}

async fn line_of(world: &World, deal: DealId) -> LineId {
    let id = sqlx::query_scalar("select id from deal_lines where deal_id = $1 order by line_no limit 1");
    LineId(id.bind(deal.0).fetch_one(&world.db).await.unwrap())
}

/// Brings the ledger in step with a deal.
pub async fn settle(world: &World, deal: DealId) {
    let company = world.company().await;
    let mut tx = world.app.begin().await.unwrap();
    booking::settle_deal(&mut tx, &company, deal, world.stamp()).await.unwrap();
    tx.commit().await.unwrap();
}

/// Notes that some of a line was delivered.
pub async fn deliver(world: &World, deal: DealId, line: LineId, on: NaiveDate, quantity: i64) {
    sqlx::query(
        "insert into deliveries (line_id, delivered_on, quantity, recorded_at) values ($1, $2, $3, now())",
    )
    .bind(line.0)
    .bind(on)
    .bind(quantity)
    .execute(&world.db)
    .await
    .unwrap();
    settle(world, deal).await;
}

/// A deal of 1,000 for four pieces, ordered on 20 October.
async fn four_pieces(world: &World) -> DealDraft {
    let mut draft = world.draft("elias", "Holmen Skog", 1_000, day(10, 20)).await;
    draft.lines[0].quantity = 4;
    draft
}

/// Changes where a deal stands.
pub async fn change(world: &World, deal: DealId, to: DealStatus, on: Option<NaiveDate>) {
    let company = world.company().await;
    let version = version(world, deal).await;
    let mut tx = world.app.begin().await.unwrap();
    booking::change_status(&mut tx, &company, deal, version, (to, on), world.stamp()).await.unwrap();
    tx.commit().await.unwrap();
}

async fn version(world: &World, deal: DealId) -> i64 {
    sqlx::query_scalar("select version from deals where id = $1")
        .bind(deal.0)
        .fetch_one(&world.db)
        .await
        .unwrap()
}

/// Records goods that came back; what the rules refuse is an error.
pub async fn give_back(
    world: &World,
    deal: DealId,
    on: NaiveDate,
    quantity: i64,
    amount: i64,
) -> Result<(), AppError> {
    let company = world.company().await;
    let version = version(world, deal).await;
    let back = Return { line: line_of(world, deal).await, on, quantity, amount, cost: 0, cancels: false };
    let mut tx = world.app.begin().await.unwrap();
    booking::record_return(
        &mut tx,
        &company,
        deal,
        version,
        (&back, Why { cause: ReturnCause::Other, words: "" }),
        world.stamp(),
    )
    .await?;
    tx.commit().await.unwrap();
    Ok(())
}

#[sqlx::test]
async fn a_delivery_counts_on_its_day_and_what_came_back_after_it(pool: PgPool) {
    let world = World::new(pool).await;
    let mut draft = four_pieces(&world).await;
    draft.lines[0].delivered_on = Some(day(11, 5));
    draft.lines.push(LineDraft {
        line_no: 2,
        amount: kr(50),
        quantity: 1,
        delivered_on: Some(day(11, 3)),
        ..draft.lines[0].clone()
    });
    draft.lines.push(LineDraft { line_no: 3, amount: kr(7), delivered_on: None, ..draft.lines[1].clone() });
    let deal = world.book(&draft).await;
    // the first delivery carries the order, and the new customer
    assert_eq!(
        rows(&world, deal).await,
        [row("11-03", "sale", kr(50), 1, 1, 1), row("11-05", "sale", kr(1_000), 4, 0, 0)]
    );
    give_back(&world, deal, day(11, 1), 1, kr(250)).await.unwrap();
    give_back(&world, deal, day(11, 9), 1, kr(200)).await.unwrap();
    assert_eq!(
        rows(&world, deal).await[2..],
        [row("11-05", "return", -kr(250), -1, 0, 0), row("11-09", "return", -kr(200), -1, 0, 0)],
        "never before it was delivered"
    );
    let elias = Subject::Person(world.employee("elias").await);
    let (booked, delivered) =
        (totals(&world, elias, Basis::Booked).await, totals(&world, elias, Basis::Delivered).await);
    assert_eq!((booked.revenue, delivered.revenue), (kr(607), kr(600)));
    assert_eq!((booked.units, delivered.units), (4, 3));
    assert_eq!((delivered.orders, delivered.new_customers, booked.orders), (1, 1, 1));
    let october = totals_in(&world, elias, Basis::Delivered, period(day(10, 1), day(10, 31))).await;
    assert_eq!(october, Totals::default());
    assert_sound(&world).await;
}

#[sqlx::test]
async fn a_line_is_delivered_in_parts_and_comes_to_the_whole(pool: PgPool) {
    let world = World::new(pool).await;
    let mut draft = four_pieces(&world).await;
    (draft.lines[0].quantity, draft.lines[0].amount) = (3, 10_000);
    let deal = world.book(&draft).await;
    let line = line_of(&world, deal).await;
    assert_eq!(rows(&world, deal).await, []);
    deliver(&world, deal, line, day(11, 2), 1).await;
    deliver(&world, deal, line, day(11, 9), 1).await;
    assert_sound(&world).await;
    deliver(&world, deal, line, day(12, 1), 1).await;
    assert_eq!(
        rows(&world, deal).await,
        [
            row("11-02", "sale", 3_333, 1, 1, 1),
            row("11-09", "sale", 3_334, 1, 0, 0),
            row("12-01", "sale", 3_333, 1, 0, 0)
        ]
    );
    give_back(&world, deal, day(12, 3), 2, 6_000).await.unwrap();
    assert_eq!(
        rows(&world, deal).await[3..],
        [row("12-03", "return", -3_000, -1, 0, 0), row("12-03", "return", -3_000, -1, 0, 0)]
    );
    assert_sound(&world).await;
    let company = Subject::Company(world.department("NORDHEM").await);
    let both =
        (totals(&world, company, Basis::Booked).await, totals(&world, company, Basis::Delivered).await);
    assert_eq!(both.0, both.1);
}

#[sqlx::test]
async fn a_cancellation_takes_back_what_was_delivered_and_the_rest_never_counts(pool: PgPool) {
    let world = World::new(pool).await;
    let deal = world.book(&four_pieces(&world).await).await;
    let line = line_of(&world, deal).await;
    deliver(&world, deal, line, day(11, 5), 2).await;
    change(&world, deal, DealStatus::Cancelled, Some(day(11, 10))).await;
    assert_eq!(
        rows(&world, deal).await,
        [row("11-05", "sale", kr(500), 2, 1, 1), row("11-10", "cancellation", -kr(500), -2, -1, -1)]
    );
    assert_sound(&world).await;
    let linked: i64 = sqlx::query_scalar(
        "select count(*) from credit_entries e join credit_entries o on o.id = e.relates_to_id
        where e.event = 'cancellation' and o.event = 'sale' and o.basis = e.basis",
    )
    .fetch_one(&world.db)
    .await
    .unwrap();
    assert_eq!(linked, 2, "one on each basis");
    change(&world, deal, DealStatus::Booked, None).await;
    change(&world, deal, DealStatus::Undone, None).await;
    let elias = Subject::Person(world.employee("elias").await);
    assert_eq!(totals(&world, elias, Basis::Delivered).await, Totals::default());
    assert_sound(&world).await;
}

#[sqlx::test]
async fn the_department_is_the_one_of_the_day_of_delivery(pool: PgPool) {
    let world = World::new(pool).await;
    let elias = world.employee("elias").await;
    let mut draft = four_pieces(&world).await;
    draft.lines[0].delivered_on = Some(day(11, 10));
    world.book(&draft).await;
    fold(&world).await;
    sqlx::raw_sql(
        "update memberships set during = daterange(lower(during), '2026-11-01')
            where employee_id = (select id from employees where employee_no = 'elias');
        insert into memberships (employee_id, department_id, lead, during)
            select e.id, d.id, false, daterange('2026-11-01', null) from employees e, departments d
            where e.employee_no = 'elias' and d.code = 'SOUTH'",
    )
    .execute(&world.db)
    .await
    .unwrap();
    let (north, south) = (world.department("NORTH").await, world.department("SOUTH").await);
    let mut found = Vec::new();
    for subject in [Subject::Department(north), Subject::Department(south), Subject::Person(elias)] {
        let booked = totals(&world, subject, Basis::Booked).await.revenue;
        found.push((booked, totals(&world, subject, Basis::Delivered).await.revenue));
    }
    assert_eq!(found, [(kr(1_000), 0), (0, kr(1_000)), (kr(1_000), kr(1_000))]);
    assert_sound(&world).await;
}

#[sqlx::test]
async fn a_late_delivery_of_a_closed_period_stands_on_the_first_open_day(pool: PgPool) {
    let world = World::new(pool).await;
    world.travel(day(10, 5));
    let mut draft = world.draft("elias", "Holmen Skog", 1_000, day(9, 10)).await;
    draft.lines[0].delivered_on = Some(day(9, 20));
    let known = world.book(&draft).await;
    let late = world.deal("elias", "Brf Ankaret", 500, day(9, 11)).await;
    let begun = world.post("frida", "/closing", &[("period", "2026-07-01..2026-09-30")]).await;
    let at = begun.location().to_owned();
    let version: i64 =
        sqlx::query_scalar("select max(version) from closings").fetch_one(&world.db).await.unwrap();
    let form = [("version", &*version.to_string()), ("reason", "")];
    assert_eq!(world.post("frida", &format!("{at}/close"), &form).await.status, StatusCode::SEE_OTHER);
    let kept: i64 = sqlx::query_scalar(
        "select sum(revenue)::bigint from closing_figures where holder = 'company' and category_id = 0 and basis = 1",
    )
    .fetch_one(&world.db)
    .await
    .unwrap();
    assert_eq!(kept, kr(1_000));
    for step in [
        "update deal_lines set delivered_on = '2026-09-29' where deal_id = $1",
        "select settle_orders(array[$1], '2026-10-05', now())",
    ] {
        sqlx::query(step).bind(late.0).execute(&world.db).await.unwrap();
    }
    settle(&world, late).await;
    let mut moved = row("10-01", "sale", kr(500), 1, 1, 1);
    moved.1 = Some("2026-09-29".to_owned());
    assert_eq!(rows(&world, late).await, [moved]);
    assert_eq!(rows(&world, known).await, [row("09-20", "sale", kr(1_000), 1, 1, 1)]);
    assert_sound(&world).await;
    let page = text(&world.get("frida", &at).await);
    assert!(page.contains("Delivered: belongs to 29 September 2026, stands on 1 October 2026"), "{page}");
}

#[sqlx::test]
async fn a_goal_counts_on_its_basis_and_says_so(pool: PgPool) {
    let world = World::new(pool).await;
    let quarter = "2026-10-01..2026-12-31";
    let form = [
        ("subject", "elias"),
        ("metric", "revenue"),
        ("period", quarter),
        ("target", "1000"),
        ("basis", "delivered"),
    ];
    let set = world.post("karin", "/goals/new", &form).await;
    assert_eq!(set.status, StatusCode::SEE_OTHER, "{}", set.body);
    let goal = set.location().to_owned();
    let mut draft = world.draft("elias", "Holmen Skog", 600, day(11, 2)).await;
    draft.lines[0].delivered_on = Some(day(11, 12));
    world.book(&draft).await;
    world.deal("elias", "Brf Ankaret", 300, day(11, 3)).await;

    let page = text(&world.get("elias", &goal).await);
    assert!(page.contains("Order intake, delivered Q4 2026"), "{page}");
    assert!(page.contains("Sales count when they are delivered"), "{page}");
    assert!(page.contains("SEK 600") && page.contains("60%") && !page.contains("Brf Ankaret"), "{page}");
    assert!(page.contains("12 November") || page.contains("12 Nov"), "the day it counted: {page}");
    let id = goal.rsplit('/').next().unwrap().to_owned();
    let explained = text(&world.get("elias", &format!("/explain?goal={id}")).await);
    assert!(explained.contains("600") && !explained.contains("Brf Ankaret"), "{explained}");
    let csv = world.get("karin", "/goals.csv").await.body;
    assert!(csv.contains("Order intake,,delivered,2026-10-01,2026-12-31,1000,600,"), "{csv}");
    let deals = text(&world.get("elias", "/deals?basis=delivered").await);
    assert!(deals.contains("Holmen Skog") && !deals.contains("Brf Ankaret"), "{deals}");
    let back = text(&world.get("elias", &format!("{goal}/as-of?day=2026-11-18")).await);
    assert!(back.contains("600"), "{back}");

    // programs ask for either, and get the goal where it is on the same
    let client = Client::of(&world.app, world.user("elias").await).await;
    let path =
        "/api/v1/attainment?subject_kind=person&subject=elias&metric=revenue&from=2026-10-01&to=2026-12-31";
    for (asked, basis, amount, has_goal) in [
        ("", "delivered", "600.00", true),
        ("&basis=delivered", "delivered", "600.00", true),
        ("&basis=booked", "booked", "900.00", false),
    ] {
        let figure = client.get(&format!("{path}{asked}")).await.json();
        assert_eq!(
            (&figure["basis"], &figure["actual"]["amount"]),
            (&json!(basis), &json!(amount)),
            "{asked}"
        );
        assert_eq!(figure["goal_id"].is_null(), !has_goal, "{asked}");
    }
    let goals = client.get("/api/v1/goals").await.json();
    assert_eq!(goals["items"][0]["basis"], json!("delivered"));

    // back on the day of the order
    let terms = world.get("karin", &format!("{goal}/terms")).await;
    assert!(terms.body.contains("name=\"basis\""));
    let version = terms.field("version");
    let form = [("prorated", "on"), ("basis", "booked"), ("version", version.as_str())];
    assert_eq!(world.post("karin", &format!("{goal}/terms"), &form).await.status, StatusCode::SEE_OTHER);
    let page = text(&world.get("elias", &goal).await);
    assert!(page.contains("SEK 900") && !page.contains("delivered"), "{page}");
    assert_sound(&world).await;
}

#[sqlx::test]
async fn the_company_chooses_what_new_goals_count(pool: PgPool) {
    let world = World::new(pool).await;
    let bases = async || -> Vec<(String, i16)> {
        sqlx::query_as("select metric, basis from goals order by id").fetch_all(&world.db).await.unwrap()
    };
    let set = async |metric: &str| {
        let form = [
            ("subject", "elias"),
            ("metric", metric),
            ("period", "2026-10-01..2026-12-31"),
            ("target", "10"),
        ];
        assert_eq!(world.post("karin", "/goals/new", &form).await.status, StatusCode::SEE_OTHER);
    };
    set("revenue").await;
    sqlx::raw_sql("update settings set basis = 1").execute(&world.db).await.unwrap();
    set("units").await;
    set("leads").await;
    assert_eq!(bases().await, [("revenue".into(), 0), ("units".into(), 1), ("leads".into(), 0)]);
    let page = text(&world.get("elias", "/goals").await);
    assert!(page.contains("Order intake, booked") && !page.contains("Units, delivered"), "{page}");
    let wrong = [
        ("subject", "elias"),
        ("metric", "orders"),
        ("period", "2026-10-01..2026-12-31"),
        ("target", "10"),
        ("basis", "paid"),
    ];
    assert_eq!(world.post("karin", "/goals/new", &wrong).await.status, StatusCode::UNPROCESSABLE_ENTITY);
}
