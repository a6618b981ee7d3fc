//! What a process remembers: it says what the database says, and forgets as soon as something changes, whoever changes it.

use std::collections::BTreeSet;

use chrono::{Days, NaiveDate};
use pacemark::attainment::service::{self, AsOf};
use pacemark::attainment::{Metric, rollup};
use pacemark::goals::{self, GoalDraft, Subject, Viewer};
use pacemark::kernel::basis::Basis;
use pacemark::kernel::id::{EmployeeId, GoalId};
use pacemark::kernel::period::Period;
use pacemark::org::{leave, transfer};
use sqlx::PgPool;

use crate::support::world::{World, day, kr};

const PEOPLE: [&str; 6] = ["elias", "maja", "karin", "anders", "hanna", "ada"];

async fn by_database(world: &World, sql: &'static str, viewer: Viewer) -> BTreeSet<i64> {
    sqlx::query_scalar(sql)
        .bind(viewer.employee.map(|id| id.0))
        .bind(viewer.everyone)
        .bind(viewer.today)
        .fetch_all(&world.db)
        .await
        .unwrap()
        .into_iter()
        .collect()
}

async fn agree(world: &World, viewer: Viewer) {
    let company = world.company().await;
    let people: BTreeSet<i64> =
        company.organisation.visible_people(viewer).into_iter().map(|id| id.0).collect();
    let departments: BTreeSet<i64> =
        company.organisation.visible_departments(viewer).into_iter().map(|id| id.0).collect();
    let sql = "select employee_id from visible_employees($1, $2, $3)";
    assert_eq!(people, by_database(world, sql, viewer).await, "people of {viewer:?}");
    let sql = "select department_id from visible_departments($1, $2, $3)";
    assert_eq!(departments, by_database(world, sql, viewer).await, "departments of {viewer:?}");
}

#[sqlx::test]
async fn memory_and_database_agree_on_who_sees_whom(pool: PgPool) {
    let world = World::new(pool).await;
    let (south, maja, elias) =
        (world.department("SOUTH").await, world.employee("maja").await, world.employee("elias").await);
    let mut conn = world.app.read().await.unwrap();
    transfer(&mut conn, maja, south, true, day(11, 10)).await.unwrap();
    leave(&mut conn, elias, day(11, 12)).await.unwrap();
    let days: Vec<NaiveDate> = (0..40).map(|n| day(10, 20) + Days::new(n)).collect();
    for today in days.into_iter().step_by(3) {
        for name in PEOPLE {
            let employee = Some(world.employee(name).await);
            agree(&world, Viewer { employee, everyone: false, today }).await;
        }
        agree(&world, Viewer { employee: None, everyone: false, today }).await;
        agree(&world, Viewer::system(today)).await;
        agree(&world, Viewer { employee: Some(EmployeeId(0)), everyone: false, today }).await;
    }
}

async fn revision(world: &World) -> i64 {
    sqlx::query_scalar("select revision from company_revision").fetch_one(&world.db).await.unwrap()
}

#[sqlx::test]
async fn every_change_to_what_is_remembered_counts_once(pool: PgPool) {
    let world = World::new(pool).await;
    world.get("karin", "/team").await;
    for change in [
        "update settings set grace_pct = grace_pct",
        "insert into holidays (day, name) values ('2026-06-05', 'A'), ('2026-06-06', 'B')",
        "update departments set name = name || '!' where code = 'NORTH'",
        "update employees set job_title = 'x'",
        "update memberships set lead = lead",
        "insert into product_categories (name) values ('Filters')",
        "update users set name = name || '!'",
    ] {
        let before = revision(&world).await;
        sqlx::raw_sql(change).execute(&world.db).await.unwrap();
        assert_eq!(revision(&world).await, before + 1, "{change}");
    }
    let before = revision(&world).await;
    sqlx::raw_sql("update users set theme = 'dark'").execute(&world.db).await.unwrap();
    assert_eq!(revision(&world).await, before, "nothing that is remembered");
    let team = world.get("karin", "/team").await.body;
    assert!(team.contains("North!") || team.contains("NORTH!"), "the new name shows at once: {team}");
}

#[sqlx::test]
async fn a_long_change_keeps_nobody_waiting(pool: PgPool) {
    let world = World::new(pool).await;
    let mut long = world.app.begin().await.unwrap();
    sqlx::raw_sql("update employees set job_title = 'x' where employee_no = 'elias'")
        .execute(&mut *long)
        .await
        .unwrap();
    let mut other = world.app.read().await.unwrap();
    sqlx::raw_sql("set lock_timeout = '1s'; update employees set job_title = 'y' where employee_no = 'maja'")
        .execute(&mut *other)
        .await
        .expect("a change elsewhere need not wait");
    long.commit().await.unwrap();
}

/// What the goal's owner has reached, as pages are told.
async fn reached(world: &World, goal: GoalId) -> i64 {
    let mut conn = world.app.read().await.unwrap();
    let company = world.app.company.present(&mut conn).await.unwrap();
    let goal = goals::find(&mut conn, Viewer::system(day(11, 18)), goal).await.unwrap();
    let at = AsOf::now(day(11, 18));
    let plain = service::figures(&mut conn, &company, at, vec![goal.clone()]).await.unwrap();
    let ranged = service::figures_with_range(&mut conn, &company, at, vec![goal]).await.unwrap();
    assert_eq!(plain[0].figures, ranged[0].figures, "by months and by days");
    plain[0].figures.actual
}

async fn set_goal(world: &World, subject: Subject) -> GoalId {
    let period = Period::from_inclusive(day(10, 1), day(12, 31)).unwrap();
    let draft = GoalDraft {
        subject,
        metric: Metric::Revenue,
        category: None,
        period,
        target: kr(10_000),
        basis: None,
    };
    let company = world.company().await;
    let mut conn = world.app.read().await.unwrap();
    goals::set(&mut conn, &draft, company.currency, None, world.app.clock.now()).await.unwrap()
}

async fn fold(world: &World) {
    rollup::fold(&mut world.app.read().await.unwrap()).await.unwrap();
}

/// Days of the quarter, as pages are told.
async fn days(world: &World, subject: Subject) -> std::sync::Arc<Vec<service::DayTotals>> {
    let mut conn = world.app.read().await.unwrap();
    let company = world.app.company.present(&mut conn).await.unwrap();
    let period = Period::from_inclusive(day(10, 1), day(12, 31)).unwrap();
    let span = service::Span { subject, category: None, period, basis: Basis::Booked };
    service::days(&mut conn, &company, &[span]).await.unwrap().remove(0)
}

#[sqlx::test]
async fn what_forecasts_learn_from_does_not_push_out_what_editions_remember(pool: PgPool) {
    let world = World::new(pool).await;
    let elias = Subject::Person(world.employee("elias").await);
    let own = set_goal(&world, elias).await;
    world.deal("elias", "Holmen Skog", 1_000, day(10, 5)).await;
    fold(&world).await;
    reached(&world, own).await; // with its outlook, which learns from earlier days
    let first = days(&world, elias).await;
    assert!(std::sync::Arc::ptr_eq(&first, &days(&world, elias).await), "read once");
    world.deal("elias", "Holmen Skog", 1_000, day(10, 6)).await;
    fold(&world).await;
    reached(&world, own).await;
    let second = days(&world, elias).await;
    assert_eq!((first.len(), second.len()), (1, 2));
    assert!(std::sync::Arc::ptr_eq(&second, &days(&world, elias).await), "and once more after a sale");
}

#[sqlx::test]
async fn a_figure_is_remembered_until_something_is_booked_or_moved(pool: PgPool) {
    let world = World::new(pool).await;
    let (elias, north) = (world.employee("elias").await, world.department("NORTH").await);
    let own = set_goal(&world, Subject::Person(elias)).await;
    let team = set_goal(&world, Subject::Department(north)).await;
    let both = async || (reached(&world, own).await, reached(&world, team).await);
    world.deal("elias", "Holmen Skog", 1_000, day(10, 5)).await;
    assert_eq!(both().await, (kr(1_000), kr(1_000)), "while it is pending");
    fold(&world).await;
    assert_eq!(both().await, (kr(1_000), kr(1_000)), "once it is folded");

    for table in ["person_days", "person_months", "department_days", "department_months"] {
        let behind = format!("update {table} set revenue = 7");
        sqlx::query(sqlx::AssertSqlSafe(behind)).execute(&world.db).await.unwrap();
    }
    assert_eq!(both().await, (kr(1_000), kr(1_000)), "nobody looked, since nothing was booked");
    for table in ["person_days", "person_months", "department_days", "department_months"] {
        let back = format!("update {table} set revenue = 100000");
        sqlx::query(sqlx::AssertSqlSafe(back)).execute(&world.db).await.unwrap();
    }

    world.deal("elias", "Brf Ankaret", 500, day(11, 3)).await;
    assert_eq!(both().await, (kr(1_500), kr(1_500)), "at once");
    fold(&world).await;
    assert_eq!(both().await, (kr(1_500), kr(1_500)));
    let moved = "update memberships set during = daterange(lower(during), '2026-11-01')
        where employee_id = $1 and upper(during) is null";
    sqlx::query(moved).bind(elias.0).execute(&world.db).await.unwrap();
    assert_eq!(both().await, (kr(1_500), kr(1_000)), "what was sold after leaving is not the team's");
}
