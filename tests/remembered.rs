//! What a process remembers: it says what the database says, and forgets as soon as something changes, whoever changes it.

use std::collections::BTreeSet;

use chrono::{Days, NaiveDate};
use pacemark::goals::Viewer;
use pacemark::kernel::id::EmployeeId;
use pacemark::org::{leave, transfer};
use sqlx::PgPool;

use crate::support::world::{World, day};

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
