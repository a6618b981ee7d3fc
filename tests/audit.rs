//! The audit trail: sealed in order, and a change behind our back shows.

use pacemark::audit;
use sqlx::PgPool;

use crate::support::world::World;

#[sqlx::test]
async fn the_seals_show_a_change_behind_our_back(pool: PgPool) {
    let world = World::new(pool).await;
    for year in ["2026", "2027", "2028"] {
        world.post("ada", "/admin/settings/holidays/swedish", &[("year", year)]).await;
    }
    let mut conn = world.app.read().await.unwrap();
    assert_eq!(audit::seal(&mut conn).await.unwrap(), 3);
    assert_eq!(audit::seal(&mut conn).await.unwrap(), 0, "once is enough");
    assert_eq!(audit::check_chain(&mut conn).await.unwrap(), None);
    assert!(world.get("ada", "/admin/audit?check=yes").await.body.contains("The chain of seals is whole"));

    let honest = sqlx::query("update audit_log set action = 'x' where id = 2").execute(&world.db).await;
    assert!(honest.is_err(), "the database itself refuses");
    sqlx::raw_sql(
        "alter table audit_log disable trigger user; update audit_log set user_id = null where id = 2",
    )
    .execute(&world.db)
    .await
    .unwrap();
    assert_eq!(audit::check_chain(&mut conn).await.unwrap(), Some(2));
    assert!(world.get("ada", "/admin/audit?check=yes").await.body.contains("breaks at row 2"));
}

#[sqlx::test]
async fn a_row_under_way_is_sealed_later_and_in_order(pool: PgPool) {
    let world = World::new(pool).await;
    let mut slow = world.app.begin().await.unwrap();
    let event = || audit::Event::new("holiday.added", "company", None);
    let now = world.app.clock.now();
    audit::record(&mut slow, None, now, event()).await.unwrap();
    let mut conn = world.app.read().await.unwrap();
    audit::record(&mut conn, None, now, event()).await.unwrap();
    assert_eq!(audit::seal(&mut conn).await.unwrap(), 0, "the earlier row is not settled");
    slow.commit().await.unwrap();
    assert_eq!(audit::seal(&mut conn).await.unwrap(), 2);
    assert_eq!(audit::check_chain(&mut conn).await.unwrap(), None);
}
