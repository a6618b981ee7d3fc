//! A real file of another system: its columns are guessed, its names explained in the form, and its figures come out.

use std::collections::HashMap;
use std::fmt::Write;
use std::path::PathBuf;

use axum::http::StatusCode;
use pacemark::attainment::service::{self, Span};
use pacemark::goals::Subject;
use pacemark::imports::{Input, Kind};
use pacemark::kernel::basis::Basis;
use pacemark::kernel::period::Period;
use sqlx::PgPool;

use crate::support::imports::{order, run};
use crate::support::world::{Answer, World, text};

fn maven() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data/maven_crm")
}

fn rows(file: &str) -> Vec<HashMap<String, String>> {
    let mut file = csv::Reader::from_path(maven().join(file)).unwrap();
    file.deserialize().map(Result::unwrap).collect()
}

/// People, products and accounts as our own kinds of files.
fn inputs() -> Vec<Input> {
    let mut people = "employee_no,name,email,job_title,hired_on,left_on\n".to_owned();
    let mut memberships = "employee_no,department,lead,from,to\n".to_owned();
    for (number, row) in rows("sales_teams.csv").iter().enumerate() {
        writeln!(people, "S{number},{},,,,", row["sales_agent"]).unwrap();
        writeln!(memberships, "S{number},NORTH,no,2016-01-01,").unwrap();
    }
    let mut products = "sku,name,category,subcategory,unit_cost,list_price,currency\n".to_owned();
    for (number, row) in rows("products.csv").iter().enumerate() {
        writeln!(products, "P{number},{},{},,0,{},USD", row["product"], row["series"], row["sales_price"])
            .unwrap();
    }
    let mut customers = "customer_no,name,segment,region\n".to_owned();
    for (number, row) in rows("accounts.csv").iter().enumerate() {
        writeln!(customers, "A{number},\"{}\",{},", row["account"], row["sector"]).unwrap();
    }
    vec![
        Input::text(Kind::Employees, people),
        Input::text(Kind::Memberships, memberships),
        Input::text(Kind::Products, products),
        Input::text(Kind::Customers, customers),
    ]
}

/// Sends a file from a source.
async fn send(world: &World, who: &str, source: &str, csv: &str) -> Answer {
    let both = format!(
        "{source}\r\n--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"deals.csv\"\r\n\r\n{csv}"
    );
    world.upload(who, "/pipeline/import", "source", &both).await
}

/// What the form of a page would send, with the choices that are made in it.
fn form_of(page: &Answer) -> Vec<(String, String)> {
    let html = scraper::Html::parse_document(&page.body);
    let fields = scraper::Selector::parse("main form input, main form select").unwrap();
    let chosen = scraper::Selector::parse("option[selected]").unwrap();
    let value = |field: scraper::ElementRef<'_>| {
        let option = field.select(&chosen).next();
        option.unwrap_or(field).attr("value").unwrap_or_default().to_owned()
    };
    html.select(&fields)
        .map(|field| (field.attr("name").unwrap_or_default().to_owned(), value(field)))
        .collect()
}

fn borrowed(form: &[(String, String)]) -> Vec<(&str, &str)> {
    form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

async fn count(world: &World, sql: &'static str) -> i64 {
    sqlx::query_scalar(sql).fetch_one(&world.db).await.unwrap()
}

#[sqlx::test]
async fn eight_thousand_deals_of_another_system_come_out_to_the_dollar(pool: PgPool) {
    let world = World::new(pool).await;
    sqlx::raw_sql("update settings set currency = 'USD'").execute(&world.db).await.unwrap();
    let report = run(&world.db, order(inputs())).await;
    assert!(report.faults.is_empty(), "{:?}", report.faults.first);
    let file = std::fs::read_to_string(maven().join("sales_pipeline.csv")).unwrap();

    let sent = send(&world, "ada", "maven", &file).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", text(&sent));
    let path = sent.location().to_owned();
    let page = world.get("ada", &path).await;
    let shown = text(&page);
    assert!(shown.contains("GTXPro Product 1,480 lines: 3, "), "the dirty name with its lines: {shown}");
    let mut form = form_of(&page);
    // without what it means nothing is taken
    let mut silent = form.clone();
    silent.iter_mut().filter(|(name, _)| name == "ours").for_each(|(_, value)| value.clear());
    let refused = world.post("ada", &path, &borrowed(&silent)).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(text(&refused).contains("GTXPro Product 1,480 lines: 3, "));
    assert_eq!(count(&world, "select count(*) from opportunities").await, 0);
    assert_eq!(count(&world, "select count(*) from deals").await, 0);

    // the product is proposed; which of our stages theirs are is chosen
    let places: Vec<usize> = (0..form.len()).filter(|at| form[*at].0 == "theirs").collect();
    for at in places {
        let ours = form[at + 1].1.clone();
        match form[at].1.as_str() {
            "GTXPro" => assert_eq!(ours, world.product("GTX Pro").await.to_string(), "the nearest name"),
            "Won" => assert_eq!(ours, "won"),
            "Lost" => assert_eq!(ours, "lost"),
            "Prospecting" => form[at + 1].1 = "1".to_owned(),
            "Engaging" => form[at + 1].1 = "2".to_owned(),
            other => assert!(!ours.is_empty(), "{other} means nothing"),
        }
    }
    let done = world.post("ada", &path, &borrowed(&form)).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", text(&done));
    let shown = text(&world.get("ada", &path).await);
    assert!(shown.contains("Won 4,238 USD 10,005,534.00"), "{shown}");
    assert!(shown.contains("Lost 2,473 "), "{shown}");

    let mut conn = world.app.read().await.unwrap();
    let root = world.department("NORDHEM").await;
    let years = Period::from_inclusive("2016-01-01".parse().unwrap(), "2018-12-31".parse().unwrap()).unwrap();
    let span = Span { subject: Subject::Company(root), category: None, basis: Basis::Booked, period: years };
    let totals = service::totals(&mut conn, &[span]).await.unwrap()[0];
    assert_eq!((totals.revenue, totals.orders), (1_000_553_400, 4_238), "by the ledger too");
    assert_eq!(count(&world, "select count(*) from opportunities where state = 'open'").await, 2_089);

    // the same file again: its names are known by now, and nothing changes
    let again = send(&world, "ada", "maven", &file).await.location().to_owned();
    let page = world.get("ada", &again).await;
    assert!(text(&page).contains("Everything is understood"), "{}", text(&page));
    world.post("ada", &again, &borrowed(&form_of(&page))).await;
    assert!(text(&world.get("ada", &again).await).contains("8,800 rows were known already"));
    assert_eq!(count(&world, "select count(*) from opportunities").await, 8_800);
    assert_eq!(count(&world, "select count(*) from deals").await, 4_238);
}

#[sqlx::test]
async fn a_bad_row_is_named_and_nothing_is_taken(pool: PgPool) {
    let world = World::new(pool).await;
    let header = "opportunity_no,product,employee,customer,state,opened_on,closed_on,amount\n";
    let good = "1,Ventus 12,elias,Holmen Skog,won,2026-11-01,2026-11-10,1000\n";
    let bad = "2,V12,maja,,won,2026-11-01,2026-11-10,much\n1,V12,elias,,lost,2026-11-10,2026-11-01,5\n";
    let path = send(&world, "karin", "crm", &format!("{header}{good}{bad}")).await.location().to_owned();
    let form = form_of(&world.get("karin", &path).await);
    let refused = world.post("karin", &path, &borrowed(&form)).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let shown = text(&refused);
    for words in
        ["3 amount much", "4 closed_on 2026-11-01", "4 opportunity_no 1 The number stands in the file twice."]
    {
        assert!(shown.contains(words), "{words}: {shown}");
    }
    assert_eq!(count(&world, "select count(*) from opportunities").await, 0);
    let path = send(&world, "karin", "crm", &format!("{header}{good}")).await.location().to_owned();
    assert_eq!(world.get("johanna", &path).await.status, StatusCode::NOT_FOUND, "another's file");
    let form = form_of(&world.get("karin", &path).await);
    assert_eq!(world.post("karin", &path, &borrowed(&form)).await.status, StatusCode::SEE_OTHER);
    assert_eq!(count(&world, "select count(*) from deals where source = 'crm' and order_no = '1'").await, 1);
    let theirs = send(&world, "johanna", "crm2", &format!("{header}{good}")).await.location().to_owned();
    let page = world.get("johanna", &theirs).await;
    assert!(text(&page).contains("Choose an owner whose deals you may write"), "{}", text(&page));
}
