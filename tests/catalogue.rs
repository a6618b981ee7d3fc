//! Products, customers and the search over everything.

use axum::http::StatusCode;
use pacemark::customers::{self, NewCustomer};
use pacemark::products;
use sqlx::PgPool;

use crate::support::world::{World, day};

#[sqlx::test]
async fn a_product_is_made_in_a_new_category_and_its_cost_is_for_those_who_answer_for_margins(pool: PgPool) {
    let world = World::new(pool).await;
    let form = [
        ("sku", "KYL-9"),
        ("name", "Kylbaffel 9"),
        ("category", "Cooling"),
        ("subcategory", ""),
        ("unit_cost", "1 234,50"),
        ("list_price", "2,5 tkr"),
        ("currency", "sek"),
        ("active", "on"),
    ];
    let made = world.post("ada", "/products", &form).await;
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.body);
    let path = made.location().to_owned();
    let product = products::list_active(&mut world.app.read().await.unwrap()).await.unwrap();
    let product = product.iter().find(|product| product.sku == "KYL-9").unwrap();
    assert_eq!(
        (product.unit_cost, product.list_price, product.category.as_str()),
        (123_450, 250_000, "Cooling")
    );

    for (reader, sees) in
        [("ada", true), ("karin", true), ("frida", true), ("elias", false), ("hanna", false)]
    {
        for page in [path.as_str(), "/products", "/products.csv"] {
            let shown = world.get(reader, page).await.body.contains("Unit cost");
            assert_eq!(shown, sees, "{reader} {page}");
        }
    }
    assert_eq!(
        world.post("ada", "/products", &form).await.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "sku taken"
    );
    assert_eq!(world.post("elias", "/products", &form).await.status, StatusCode::FORBIDDEN);
}

#[sqlx::test]
async fn a_stale_edit_of_a_product_shows_both_values(pool: PgPool) {
    let world = World::new(pool).await;
    let path = format!("/products/{}", world.product("Ventus 12").await);
    let edit = |price: &'static str| {
        [
            ("sku", "V12"),
            ("name", "Ventus 12"),
            ("category", "Rooftop units"),
            ("subcategory", ""),
            ("unit_cost", "98000"),
            ("list_price", price),
            ("currency", "SEK"),
            ("active", "on"),
            ("version", "1"),
        ]
    };
    assert_eq!(world.post("ada", &path, &edit("160000")).await.status, StatusCode::SEE_OTHER);
    let stale = world.post("ada", &path, &edit("170000")).await;
    assert_eq!(stale.status, StatusCode::CONFLICT);
    assert!(stale.body.contains("<td>160000.00</td><td>170000</td>"), "{}", stale.body);
    assert_eq!(stale.field("version"), "2");
}

#[sqlx::test]
async fn a_customer_is_found_by_name_or_made_with_the_next_free_number(pool: PgPool) {
    let world = World::new(pool).await;
    let mut conn = world.app.read().await.unwrap();
    let now = world.app.clock.now();
    let known = customers::find_or_create_by_name(&mut conn, " holmen SKOG ", now).await.unwrap();
    assert_eq!(known, world.customer("Holmen Skog").await);
    let taken = NewCustomer { customer_no: Some("1000"), name: "Åre Hotell", ..NewCustomer::default() };
    customers::create(&mut conn, &taken, now).await.unwrap();
    let made = customers::find_or_create_by_name(&mut conn, "Älvsbyn Kommun", now).await.unwrap();
    let number: String = sqlx::query_scalar("select customer_no from customers where id = $1")
        .bind(made.0)
        .fetch_one(&world.db)
        .await
        .unwrap();
    assert_eq!(number, "1001", "1000 was taken by hand");
    let found = customers::suggest(&mut conn, "äl", 8).await.unwrap();
    assert_eq!(found, [(made, "Älvsbyn Kommun".to_owned())]);
    let options = world.get("elias", "/customers/suggest?customer=H%C3%B6%25").await.body;
    assert_eq!(options, "", "a percent sign is no wildcard");
}

#[sqlx::test]
async fn orders_of_people_one_does_not_see_leave_no_trace_in_the_list(pool: PgPool) {
    let world = World::new(pool).await;
    world.deal("elias", "Holmen Skog", 500, day(11, 10)).await;
    for (reader, sees) in
        [("elias", true), ("karin", true), ("anders", true), ("petra", false), ("hanna", false)]
    {
        let page = world.get(reader, "/customers?sort=-order").await.body;
        assert_eq!(page.contains("10 Nov 2026"), sees, "{reader}");
        let csv = world.get(reader, "/customers.csv").await.body;
        assert_eq!(csv.contains("2026-11-10"), sees, "{reader}");
    }
}

#[sqlx::test]
async fn the_search_finds_what_the_reader_may_see(pool: PgPool) {
    let world = World::new(pool).await;
    let deal = world.deal("elias", "Holmen Skog", 500, day(11, 10)).await;
    let number: String = sqlx::query_scalar("select order_no from deals where id = $1")
        .bind(deal.0)
        .fetch_one(&world.db)
        .await
        .unwrap();
    let finds = async |reader: &str, words: &str, href: String| {
        let page = world.get(reader, &format!("/search?q={words}")).await;
        page.body.contains(&format!("href=\"{href}\" data-row"))
    };
    let elias = format!("/people/{}", world.employee("elias").await);
    for (reader, sees) in [("elias", true), ("karin", true), ("hanna", true), ("petra", false)] {
        assert_eq!(finds(reader, "elias", elias.clone()).await, sees, "{reader}");
    }
    for (reader, sees) in
        [("elias", true), ("karin", true), ("frida", true), ("hanna", false), ("petra", false)]
    {
        assert_eq!(finds(reader, &number, format!("/deals/{deal}")).await, sees, "{reader}");
    }
    assert!(finds("petra", "holmen", format!("/customers/{}", world.customer("Holmen Skog").await)).await);
    assert!(finds("petra", "ventus", format!("/products/{}", world.product("Ventus 12").await)).await);
    let north = format!("/admin/departments/{}", world.department("NORTH").await);
    assert!(finds("ada", "north", north.clone()).await && !finds("karin", "north", north).await);
}

#[sqlx::test]
async fn the_search_finds_what_the_process_shows_a_reader(pool: PgPool) {
    let world = crate::orders::world(pool).await;
    let deal = world.deal("elias", "Holmen Skog", 500, day(11, 10)).await;
    let product = world.product("FTX 400").await.to_string();
    let open =
        [("customer", "Holmen Skog"), ("origin", "inbound"), ("product", &*product), ("amount", "1000")];
    let open = world.post("elias", "/pipeline", &open).await.location().to_owned();
    let case = [
        ("customer", "Holmen Skog"),
        ("category", "product"),
        ("severity", "normal"),
        ("channel", "phone"),
        ("title", "It hums"),
    ];
    let case = world.post("siv", "/cases/new", &case).await.location().to_owned();
    let (order, deal) = (format!("/orders/{deal}"), format!("/deals/{deal}"));
    let found = async |reader: &str, words: &str| -> Vec<String> {
        let page = world.get(reader, &format!("/search?q={words}")).await;
        let hits = scraper::Selector::parse("a[data-row]").unwrap();
        let page = scraper::Html::parse_document(&page.body);
        page.select(&hits).map(|hit| hit.attr("href").unwrap().to_owned()).collect()
    };
    let customer = format!("/customers/{}", world.customer("Holmen Skog").await);
    assert_eq!(found("elias", "holmen").await, [&*customer, &*open], "what he has opened");
    assert_eq!(found("anders", "holmen").await, [&*customer, &*open, &*case]);
    assert_eq!(found("petra", "holmen").await, [&*customer], "another's open deals are not there");
    assert_eq!(found("siv", "hums").await, [&*case]);
    // whoever delivers finds the order, and not the deal with its amounts
    assert_eq!(found("dag", "10001").await, [&*order]);
    assert_eq!(found("elias", "10001").await, [&*deal]);
    assert!(found("maja", "10001").await.is_empty());
}

#[sqlx::test]
async fn the_palette_is_answered_with_list_items(pool: PgPool) {
    let world = World::new(pool).await;
    let items =
        world.get_with("elias", "/search?q=vent", &[("hx-request", "true"), ("hx-target", "ul#pal-r")]).await;
    assert!(
        items.body.trim_start().starts_with("<li>") && items.body.contains("Ventus 12"),
        "{}",
        items.body
    );
    assert!(!items.body.contains("<html"));
}

#[sqlx::test]
async fn every_page_of_help_and_administration_opens_in_both_languages(pool: PgPool) {
    let world = World::new(pool).await;
    for lang in ["en", "sv"] {
        world.post("ada", "/me/language", &[("lang", lang)]).await;
        for path in ["/menu", "/help", "/help/keys", "/search", "/admin", "/admin/tokens", "/admin/audit"] {
            let page = world.get("ada", path).await;
            assert_eq!(page.status, StatusCode::OK, "{path}");
            assert!(
                page.body.contains(&format!("<html lang=\"{lang}\"")) && !page.body.contains(">["),
                "{path}"
            );
        }
    }
    let health = world.get("ada", "/admin").await.body;
    assert!(health.contains("/admin/people") || health.contains("Allt"), "{health}");
}
