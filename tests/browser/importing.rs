//! An administrator imports a file with faults, mends it, and imports it.

use std::io::Write;

use sqlx::PgPool;

use super::driver::{Browser, Screen, Site};
use crate::support::world::World;

const PASSWORD: &str = "korrekt häst batteri";

fn file(text: &str) -> tempfile::NamedTempFile {
    let mut file = tempfile::Builder::new().suffix(".csv").tempfile().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    file
}

#[sqlx::test]
async fn faults_are_named_and_the_mended_file_comes_in(pool: PgPool) {
    let world = World::new(pool.clone()).await;
    let hash = world.app.passwords.hash(PASSWORD).await.unwrap();
    sqlx::query("update users set password_hash = $1").bind(hash).execute(&world.db).await.unwrap();
    let (site, _) = Site::start(&pool, world.app.clock.clone()).await;
    let admin = Browser::open(Screen::Desk).await;
    admin.sign_in(&site, "ada@nordhem.example", PASSWORD).await;

    let faulty =
        file("sku,name,category,subcategory,unit_cost,list_price,currency\nX1,Fan,Fans,,12.5x,100,SEK\n");
    admin.go(&site.at("/admin/imports/new?kind=products")).await;
    admin.choose("kind", "products").await;
    admin.find("input[type=file]").await.send_keys(faulty.path().display().to_string()).await.unwrap();
    admin.click("main form button.btn--primary").await;
    let text = admin.wait_for("12.5x").await;
    assert!(text.contains("unit_cost") && text.contains('2'), "{text}");
    assert_eq!(admin.accessibility_faults().await, Vec::<String>::new());

    let mended =
        file("sku,name,category,subcategory,unit_cost,list_price,currency\nX1,Fan,Fans,,12.50,100,SEK\n");
    admin.go(&site.at("/admin/imports/new?kind=products")).await;
    admin.choose("kind", "products").await;
    admin.find("input[type=file]").await.send_keys(mended.path().display().to_string()).await.unwrap();
    admin.click("main form button.btn--primary").await;
    admin.find("main form[action$='/run'] button").await;
    admin.click("main form[action$='/run'] button").await;
    for _ in 0..50 {
        let there: bool =
            sqlx::query_scalar("select exists (select from products where sku = 'X1' and unit_cost = 1250)")
                .fetch_one(&world.db)
                .await
                .unwrap();
        if there {
            admin.close().await;
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    }
    panic!("the product should have come in: {}", admin.text().await);
}
