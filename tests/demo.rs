//! The demo company is the same for the same day, obeys the product's rules, and shows every state on any day.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};
use pacemark::{
    attainment::{
        Metric,
        engine::Status,
        service::{self, AsOf, GoalFigures},
        verify,
    },
    demo::{self, Filled, Size},
    goals::{self, GoalFilter, Viewer},
    kernel::{clock::Clock, period::PeriodKind},
    org::{self, Company, company},
};
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, PgPool};
use tokio::task::LocalSet;

const SMALL: Size = Size { deals_per_year: 600 };

/// Ten in the morning in Stockholm, or eleven in summer.
fn clock(day: &str) -> Clock {
    Clock::fixed(format!("{day}T09:00:00Z").parse::<DateTime<Utc>>().unwrap())
}

async fn fill(pool: &PgPool, day: &str) -> (Company, NaiveDate) {
    let filled = demo::fill(pool, &clock(day), SMALL, &|_, _| {}).await.unwrap();
    assert!(matches!(filled, Filled::Now(accounts) if accounts.len() == 8));
    (company::find(&mut pool.acquire().await.unwrap()).await.unwrap(), day.parse().unwrap())
}

/// The figures of the present quarter's goals.
async fn quarter_figures(pool: &PgPool, company: &Company, today: NaiveDate) -> Vec<GoalFigures> {
    let mut conn = pool.acquire().await.unwrap();
    let period = Some(company.fiscal.containing(PeriodKind::Quarter, today));
    let filter = GoalFilter { period, ..GoalFilter::default() };
    let goals = goals::list(&mut conn, Viewer::system(today), &filter).await.unwrap();
    service::figures(&mut conn, company, AsOf::now(today), goals).await.unwrap()
}

fn revenue_of<'a>(figures: &'a [GoalFigures], name: &str) -> &'a GoalFigures {
    figures.iter().find(|one| one.goal.metric == Metric::Revenue && one.goal.subject_name == name).unwrap()
}

/// The rollup says what the ledger says, and neither reaches into the future.
async fn assert_in_step(pool: &PgPool, today: NaiveDate) {
    let differences: i64 = sqlx::query_scalar(
        "with ledger as (
            select coalesce(e.employee_id, 0) as who, x.category, e.kind = 'overlay' as overlay, e.basis, e.credit_date as day,
                sum(e.revenue) as revenue, sum(e.margin) as margin, sum(e.units) as units, sum(x.orders) as orders,
                sum(x.fresh) as fresh
            from credit_entries e
            cross join lateral (values (0::bigint, e.orders, e.new_customers),
                (e.category_id, e.category_orders, e.category_new_customers)) x (category, orders, fresh)
            group by 1, 2, 3, 4, 5
        ), rollup as (
            select employee_id, category_id, overlay, basis, day, revenue, margin, units, orders, new_customers
            from credit_days
        )
        select count(*) from (
            (table ledger except table rollup) union all (table rollup except table ledger)
        ) d",
    )
    .fetch_one(pool)
    .await
    .unwrap();
    assert_eq!(differences, 0, "rollup and ledger differ on {today}");
    let late: i64 = sqlx::query_scalar("select count(*) from credit_entries where credit_date > $1")
        .bind(today)
        .fetch_one(pool)
        .await
        .unwrap();
    assert_eq!(late, 0, "credits after {today}");
}

#[sqlx::test]
async fn in_mid_quarter_the_picture_is_mixed(pool: PgPool) {
    let (company, today) = fill(&pool, "2026-11-18").await;
    assert_in_step(&pool, today).await;
    let figures = quarter_figures(&pool, &company, today).await;
    let status = |name: &str| revenue_of(&figures, name).figures.status;
    assert_eq!(status("Elias Sandberg"), Status::OnTrack);
    assert_eq!(status("Oskar Wikström"), Status::AtRisk);
    assert_eq!(status("Johan Nyström"), Status::Behind);
    assert_eq!(
        ["Sales North", "Sales South", "Sales West", "Service agreements", "Nordhem Ventilation"].map(status),
        [Status::OnTrack, Status::OnTrack, Status::Behind, Status::AtRisk, Status::AtRisk]
    );
    let elias = revenue_of(&figures, "Elias Sandberg");
    let targets: Vec<i64> = elias.goal.versions.iter().map(|version| version.target).collect();
    assert_eq!(targets, [145_000_000, 160_000_000]);
    assert_eq!(elias.goal.versions[1].proposed_by.as_deref(), Some("Karin Lindqvist"));
    assert!((61..=64).contains(&elias.figures.attainment.unwrap().whole()));
}

/// Every credit in words, so that ids do not matter.
async fn ledger_of(pool: &PgPool) -> String {
    let credits = "select string_agg(t::text, ';' order by t::text) from (
            select d.order_no, d.ordered_on, e.name as owner, c.name as customer, p.sku, x.revenue, x.margin, x.units,
                x.event, x.basis, x.credit_date, x.posted_at
            from credit_entries x join deals d on d.id = x.deal_id join customers c on c.id = d.customer_id
            join deal_lines l on l.id = x.line_id join products p on p.id = l.product_id
            left join employees e on e.id = x.employee_id
        ) t";
    sqlx::query_scalar(credits).fetch_one(pool).await.unwrap()
}

#[sqlx::test]
async fn the_same_moment_gives_the_same_company(pool: PgPool) {
    let options = pool.connect_options();
    let twin = options.get_database().unwrap().replace("_sqlx_test_", "twin_");
    sqlx::raw_sql(AssertSqlSafe(format!(r#"create database "{twin}""#))).execute(&pool).await.unwrap();
    // the second database goes whatever happens meanwhile
    let twins = ledgers(pool.clone(), options.as_ref().clone().database(&twin));
    let compared = LocalSet::new().run_until(async { tokio::task::spawn_local(twins).await }).await;
    let gone = format!(r#"drop database "{twin}" with (force)"#);
    sqlx::raw_sql(AssertSqlSafe(gone)).execute(&pool).await.unwrap();
    let (one, two) = compared.unwrap();
    assert!(one.len() > 100_000 && one == two);
}

/// What is in the ledgers of two databases that are filled at the same moment.
async fn ledgers(pool: PgPool, twin: PgConnectOptions) -> (String, String) {
    let other = PgPool::connect_with(twin).await.unwrap();
    pacemark::postgres::pool::migrate(&other).await.unwrap();
    fill(&pool, "2026-11-18").await;
    fill(&other, "2026-11-18").await;
    let ledgers = (ledger_of(&pool).await, ledger_of(&other).await);
    other.close().await;
    ledgers
}

#[sqlx::test]
async fn an_early_quarter_is_closed_and_the_next_is_planned_twice(pool: PgPool) {
    fill(&pool, "2026-11-18").await;
    let closings: Vec<(String, String)> =
        sqlx::query_as("select period::text, state from closings").fetch_all(&pool).await.unwrap();
    assert_eq!(closings, [("[2024-04-01,2024-07-01)".to_owned(), "closed".to_owned())]);
    let count = async |sql: &'static str| -> i64 { sqlx::query_scalar(sql).fetch_one(&pool).await.unwrap() };
    let ended = "select count(*) from goals where upper(period) <= '2024-07-01'";
    assert_eq!(count("select count(*) from closing_goals").await, count(ended).await);
    assert!(count("select count(*) from closing_figures where holder = 'company'").await > 1);
    let unread = "select count(*) from notices where message like 'notice-closing%' and read_at is null";
    assert_eq!(count(unread).await, 0, "it was read long ago");
    let differences = verify::run(&mut pool.acquire().await.unwrap()).await.unwrap();
    assert!(differences.is_empty(), "{differences:?}");
    let scenarios: Vec<(String, String, i32)> =
        sqlx::query_as("select name, period::text, at_change from scenarios order by id")
            .fetch_all(&pool)
            .await
            .unwrap();
    let next = || "[2027-01-01,2027-04-01)".to_owned();
    assert_eq!(
        scenarios,
        [("Last year and 5 %".to_owned(), next(), 1), ("More from the North".to_owned(), next(), 2)]
    );
    let elias = "select t.target from scenario_targets t join scenarios s on s.id = t.scenario_id
        join employees e on e.id = t.employee_id where e.name = 'Elias Sandberg' and s.name like 'More%'";
    assert_eq!(count(elias).await, 185_000_000);
}

#[sqlx::test]
async fn people_come_move_and_go(pool: PgPool) {
    let (_, today) = fill(&pool, "2026-11-18").await;
    let mut conn = pool.acquire().await.unwrap();
    let places = |name: &'static str| {
        sqlx::query_as::<_, (String, String)>(
            "select d.name, m.during::text from memberships m join departments d on d.id = m.department_id
            join employees e on e.id = m.employee_id where e.name = $1 order by lower(m.during)",
        )
        .bind(name)
    };
    let oskar = places("Oskar Wikström").fetch_all(&mut *conn).await.unwrap();
    assert_eq!(
        oskar.iter().map(|place| place.0.as_str()).collect::<Vec<_>>(),
        ["Sales South", "Sales North"]
    );
    assert!(oskar[1].1.starts_with("[2026-08-01,"), "{oskar:?}");
    let peter = places("Peter Hedlund").fetch_all(&mut *conn).await.unwrap();
    assert!(peter[0].1.ends_with(",2026-10-01)"), "{peter:?}");
    let sofia = places("Sofia Bergqvist").fetch_all(&mut *conn).await.unwrap();
    assert_eq!(sofia, [("Sales North".to_owned(), "[2026-09-01,)".to_owned())]);
    let organisation = org::organisation::load(&mut conn).await.unwrap();
    assert_eq!(organisation.people_on(today).count(), 60, "everybody but Peter");
}

/// Days on which something is about to begin or end.
async fn stands_on(pool: &PgPool, day: &str) -> Vec<GoalFigures> {
    let (company, today) = fill(pool, day).await;
    assert_in_step(pool, today).await;
    quarter_figures(pool, &company, today).await
}

fn statuses(figures: &[GoalFigures]) -> BTreeSet<&'static str> {
    let revenue = figures.iter().filter(|one| one.goal.metric == Metric::Revenue);
    revenue.map(|one| one.figures.status.code()).collect()
}

#[sqlx::test]
async fn on_the_first_day_of_a_quarter_nobody_is_behind(pool: PgPool) {
    let figures = stands_on(&pool, "2027-04-01").await;
    assert_eq!(statuses(&figures), BTreeSet::from(["on_track"]));
    assert_eq!(revenue_of(&figures, "Elias Sandberg").goal.versions.len(), 2);
}

#[sqlx::test]
async fn on_a_leap_day_all_states_are_there(pool: PgPool) {
    let figures = stands_on(&pool, "2028-02-29").await;
    assert!(statuses(&figures).is_superset(&BTreeSet::from(["on_track", "at_risk", "behind"])));
    assert_eq!(revenue_of(&figures, "Sales West").figures.status, Status::Behind);
}

#[sqlx::test]
async fn on_the_last_day_of_a_year_some_have_reached_their_goal(pool: PgPool) {
    let figures = stands_on(&pool, "2026-12-31").await;
    assert!(statuses(&figures).is_superset(&BTreeSet::from(["reached", "at_risk", "behind"])));
}

#[sqlx::test]
async fn a_filled_installation_is_left_alone(pool: PgPool) {
    fill(&pool, "2026-11-18").await;
    let before: i64 = sqlx::query_scalar("select count(*) from deals").fetch_one(&pool).await.unwrap();
    let again = demo::fill(&pool, &clock("2026-11-19"), SMALL, &|_, _| {}).await.unwrap();
    assert!(matches!(again, Filled::NotEmpty));
    let after: i64 = sqlx::query_scalar("select count(*) from deals").fetch_one(&pool).await.unwrap();
    assert_eq!(before, after);
}
