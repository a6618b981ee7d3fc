//! A period planned in one table with the keyboard: sums follow while typing, every step is taken back, and the whole is published.

use sqlx::PgPool;
use thirtyfour::Key;

use super::driver::{Browser, Screen, Site};
use crate::support::world::World;

const PASSWORD: &str = "korrekt häst batteri";

#[sqlx::test]
async fn a_department_is_planned_with_the_keyboard_and_published(pool: PgPool) {
    let world = World::new(pool.clone()).await;
    let hash = world.app.passwords.hash(PASSWORD).await.unwrap();
    sqlx::query("update users set password_hash = $1").bind(hash).execute(&world.db).await.unwrap();
    let (site, _) = Site::start(&pool, world.app.clock.clone()).await;
    let (north, elias) = (world.department("NORTH").await, world.employee("elias").await);

    let manager = Browser::open(Screen::Desk).await;
    manager.sign_in(&site, "karin@nordhem.example", PASSWORD).await;
    manager.go(&site.at("/plans")).await;
    manager.click("main .empty a").await;
    manager.fill("name", "Careful").await;
    manager.click("main input[value=equal] + span").await;
    manager.fill("whole", "2 mn").await;
    manager.click("main form .btn--primary").await;
    manager.wait_for("2.00M of 2.00M · exact").await;

    // down from the department to Elias, and Enter saves
    let top = manager.find(&format!("#t-department-{north}")).await;
    top.send_keys(Key::Down + "").await.unwrap();
    manager.window.active_element().await.unwrap().send_keys("600k").await.unwrap();
    manager.wait_for("1.60M of 2.00M").await;
    let row = manager.find(&format!("#s-department-{north}")).await.text().await.unwrap();
    assert!(row.contains("1.60M") && row.contains("400k not assigned"), "{row}");
    manager.window.active_element().await.unwrap().send_keys(Key::Enter + "").await.unwrap();
    manager.wait_for("Changed one target by hand").await;
    let field = manager.find(&format!("#t-person-{elias}")).await;
    assert_eq!(field.prop("value").await.unwrap().as_deref(), Some("600,000"));

    manager.click(&format!("button[value='assign:department-{north}']")).await;
    manager.wait_for("Assigned the rest of Sales North").await;
    manager.click("form[data-undo] button").await;
    manager.wait_for("The last step is taken back").await;
    manager.wait_for("400k not assigned").await;

    manager.click("main .page-head .btn--primary").await;
    manager.wait_for("Publish 3 goals").await;
    manager.click("#publish .btn--primary").await;
    manager.wait_for("Careful is published").await;
    assert!(manager.text().await.contains("1.60M of 2.00M"), "{}", manager.text().await);
    manager.close().await;
}
