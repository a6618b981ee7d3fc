//! What programs read: figures, lists, pages, and never what their owner may not see.

use pacemark::attainment::Metric;
use pacemark::goals::{self, ReasonClass, RevisionDraft, Subject, Viewer};
use serde_json::{Value, json};
use sqlx::PgPool;

use super::{client, quarter_goal};
use crate::support::api::Client;
use crate::support::world::{World, day, kr};

const QUARTER: &str = "from=2026-10-01&to=2026-12-31";

#[sqlx::test]
async fn goals_have_the_documented_shape(pool: PgPool) {
    let world = World::new(pool).await;
    let elias = Subject::Person(world.employee("elias").await);
    quarter_goal(&world, elias, Metric::Revenue, kr(1_600_000)).await;
    quarter_goal(&world, elias, Metric::Orders, 12).await;
    for (kronor, on) in [(400_000, day(10, 5)), (250_000, day(10, 20)), (374_500, day(11, 17))] {
        world.deal("elias", "Holmen Skog", kronor, on).await;
    }
    let reply = client(&world, "elias").await.get("/api/v1/goals").await;
    assert_eq!(reply.header("content-type"), "application/json");
    insta::assert_json_snapshot!("goals", reply.json());
}

#[sqlx::test]
async fn any_span_has_a_figure(pool: PgPool) {
    let world = World::new(pool).await;
    let north = Subject::Department(world.department("NORTH").await);
    quarter_goal(&world, north, Metric::Revenue, kr(1000)).await;
    world.deal("elias", "Holmen Skog", 1200, day(10, 5)).await;
    let karin = client(&world, "karin").await;
    let path = "/api/v1/attainment?subject_kind=department&subject=NORTH&metric=revenue";
    insta::assert_json_snapshot!(
        "attainment_with_goal",
        karin.get(&format!("{path}&{QUARTER}")).await.json()
    );
    let reply = karin.get(&format!("{path}&from=2026-10-05&to=2026-10-05")).await;
    insta::assert_json_snapshot!("attainment_without_goal", reply.json());
    let company = karin.get(&format!("/api/v1/attainment?subject_kind=company&metric=units&{QUARTER}")).await;
    assert_eq!(company.json()["actual"], json!({ "amount": "1", "currency": null }));
}

#[sqlx::test]
async fn looking_back_counts_what_was_sold_and_asked_for_by_then(pool: PgPool) {
    let world = World::new(pool).await;
    let id =
        quarter_goal(&world, Subject::Person(world.employee("elias").await), Metric::Revenue, kr(1000)).await;
    let mut conn = world.app.read().await.unwrap();
    let goal = goals::find(&mut conn, Viewer::system(day(11, 18)), id).await.unwrap();
    let (class, reason) = (ReasonClass::Economy, "More to sell".to_owned());
    let evidence = Vec::new();
    let draft = RevisionDraft {
        target: kr(2000),
        effective_on: day(11, 1),
        from_here: false,
        class,
        reason,
        evidence,
    };
    goals::revise(&mut conn, &goal, goal.version, &draft, None, world.app.clock.now()).await.unwrap();
    drop(conn);
    world.deal("elias", "Holmen Skog", 500, day(10, 5)).await;
    world.deal("elias", "Holmen Skog", 700, day(11, 10)).await;
    let elias = client(&world, "elias").await;
    let figure = async |query: &str| {
        let goal = elias.get(&format!("/api/v1/goals{query}")).await.json()["items"][0].clone();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let amounts =
            (text(&goal["target"]["amount"]), text(&goal["actual"]["amount"]), text(&goal["attainment_pct"]));
        (amounts, goal["version"].as_i64().unwrap(), text(&goal["as_of"]))
    };
    let row = |target: &str, actual: &str, pct: &str| (target.to_owned(), actual.to_owned(), pct.to_owned());
    assert_eq!(figure("").await, (row("2000.00", "1200.00", "60.00"), 2, "2026-11-18".to_owned()));
    let october = figure("?as_of=2026-10-31").await;
    assert_eq!(october, (row("1000.00", "500.00", "50.00"), 1, "2026-10-31".to_owned()));
    assert_eq!(elias.get("/api/v1/goals?as_of=2026-11-19").await.faults(), ["as_of"]);
    let path =
        "/api/v1/attainment?subject_kind=person&subject=elias&metric=revenue&from=2026-10-02&to=2026-11-30";
    let span = elias.get(&format!("{path}&as_of=2026-11-09")).await.json();
    assert_eq!(span["actual"]["amount"], "500.00");
}

#[sqlx::test]
async fn filters_narrow_the_goals(pool: PgPool) {
    let world = World::new(pool).await;
    quarter_goal(&world, Subject::Person(world.employee("elias").await), Metric::Revenue, 1).await;
    quarter_goal(&world, Subject::Person(world.employee("petra").await), Metric::Orders, 2).await;
    quarter_goal(&world, Subject::Department(world.department("NORTH").await), Metric::Revenue, 3).await;
    quarter_goal(&world, Subject::Company(world.department("NORDHEM").await), Metric::Revenue, 4).await;
    let anders = client(&world, "anders").await;
    let found = async |query: &str| {
        let list = anders.get(&format!("/api/v1/goals?{query}")).await.json();
        let items = list["items"].as_array().unwrap().clone();
        items.iter().map(|goal| goal["subject"]["ref"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(found("").await, ["elias", "petra", "NORTH", "NORDHEM"]);
    assert_eq!(found("subject_kind=person").await, ["elias", "petra"]);
    assert_eq!(found("subject=NORTH").await, ["NORTH"]);
    assert_eq!(found("subject=NORTH&subject_kind=person").await, [""; 0]);
    assert_eq!(found("metric=orders").await, ["petra"]);
    assert_eq!(found("from=2026-10-01").await.len(), 4);
    assert_eq!(found("to=2026-12-30").await, [""; 0]);
}

/// The canary: what Elias sold is nowhere in anything that a peer, or a lead of others, gets.
#[sqlx::test]
async fn nobody_gets_the_figures_of_a_peer(pool: PgPool) {
    let world = World::new(pool).await;
    quarter_goal(&world, Subject::Person(world.employee("elias").await), Metric::Revenue, kr(424_242)).await;
    let deal = world.deal("elias", "Holmen Skog", 313_131, day(11, 2)).await;
    world.deal("maja", "Holmen Skog", 5, day(11, 2)).await;
    let figure = format!("/api/v1/attainment?subject_kind=person&subject=elias&metric=revenue&{QUARTER}");
    let paths =
        ["goals", "sales", "employees", "departments", "products", "customers", "sales?employee_no=elias"];
    for name in ["maja", "petra", "johanna", "hanna"] {
        let peer = client(&world, name).await;
        for path in paths {
            let text = peer.get(&format!("/api/v1/{path}")).await.text;
            assert!(!text.contains("424242") && !text.contains("313131"), "{name} reads {path}: {text}");
        }
        assert_eq!(peer.get(&format!("/api/v1/sales/{deal}")).await.status, 404, "{name}");
        let (unseen, absent) = (peer.get(&figure).await, peer.get(&figure.replace("elias", "nobody")).await);
        assert_eq!((unseen.status.as_u16(), &unseen.text), (404, &absent.text), "{name}: byte for byte");
    }
    for name in ["elias", "karin", "anders", "frida", "ada"] {
        let text = client(&world, name).await.get("/api/v1/goals").await.text;
        assert!(text.contains("424242.00") && text.contains("313131.00"), "{name}: {text}");
    }
}

#[sqlx::test]
async fn lists_show_what_each_role_may_see(pool: PgPool) {
    let world = World::new(pool).await;
    let refs = async |name: &str, list: &str, field: &str| {
        let items = client(&world, name).await.get(&format!("/api/v1/{list}")).await.json()["items"].clone();
        let items = items.as_array().unwrap().iter();
        items.map(|item| item[field].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(refs("elias", "employees", "employee_no").await, ["elias"]);
    assert_eq!(refs("karin", "employees", "employee_no").await, ["elias", "maja", "karin"]);
    for name in ["ada", "anders", "hanna", "frida"] {
        assert_eq!(refs(name, "employees", "employee_no").await.len(), 9, "{name}");
    }
    assert_eq!(refs("elias", "departments", "code").await, ["NORDHEM", "NORTH"]);
    assert_eq!(refs("hanna", "departments", "code").await, ["NORDHEM", "NORTH", "SOUTH"]);
    assert_eq!(refs("elias", "customers", "customer_no").await, ["C1", "C2", "C3"]);
    let products = client(&world, "elias").await.get("/api/v1/products?limit=1").await.json();
    insta::assert_json_snapshot!("products", products["items"]);
    let people = client(&world, "elias").await.get("/api/v1/employees").await.json();
    insta::assert_json_snapshot!("employees", people);
}

/// All pages of a list.
pub async fn pages(client: &Client, path: &str) -> Vec<Vec<Value>> {
    let (mut pages, mut next) = (Vec::new(), String::new());
    loop {
        let page = client.get(&format!("{path}{next}")).await.json();
        pages.push(page["items"].as_array().unwrap().clone());
        let Some(cursor) = page["next_cursor"].as_str() else { return pages };
        next = format!("&cursor={cursor}");
    }
}

#[sqlx::test]
async fn paging_leaves_no_row_out_and_repeats_none(pool: PgPool) {
    let world = World::new(pool).await;
    let rows = "insert into customers (customer_no, name, created_at)
        select 'X' || i, 'Customer ' || (i % 7), '2026-01-01' from generate_series(1, 247) i";
    sqlx::raw_sql(rows).execute(&world.db).await.unwrap();
    let elias = client(&world, "elias").await;
    for (limit, expected) in [(7, 36), (50, 5), (125, 2), (250, 1), (500, 1)] {
        let pages = pages(&elias, &format!("/api/v1/customers?limit={limit}")).await;
        assert_eq!(pages.len(), expected, "limit {limit}");
        let mut numbers: Vec<String> =
            pages.concat().iter().map(|row| row["customer_no"].to_string()).collect();
        assert_eq!(numbers.len(), 250);
        numbers.sort();
        numbers.dedup();
        assert_eq!(numbers.len(), 250, "limit {limit}");
    }
    assert_eq!(elias.get("/api/v1/customers").await.json()["items"].as_array().unwrap().len(), 100);
}

#[sqlx::test]
async fn sales_are_filtered_and_scoped(pool: PgPool) {
    let world = World::new(pool).await;
    world.deal("elias", "Holmen Skog", 100, day(11, 2)).await;
    world.deal("maja", "Brf Ankaret", 200, day(11, 3)).await;
    world.deal("petra", "Holmen Skog", 300, day(11, 4)).await;
    let sold = async |name: &str, query: &str| {
        let list = client(&world, name).await.get(&format!("/api/v1/sales?{query}")).await.json();
        let items = list["items"].as_array().unwrap().clone();
        items
            .iter()
            .map(|sale| sale["lines"][0]["amount"]["amount"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(sold("elias", "").await, ["100.00"]);
    assert_eq!(sold("karin", "").await, ["100.00", "200.00"]);
    assert_eq!(sold("hanna", "").await, [""; 0]);
    assert_eq!(sold("ada", "").await, ["100.00", "200.00", "300.00"]);
    assert_eq!(sold("ada", "from=2026-11-03&to=2026-11-03").await, ["200.00"]);
    assert_eq!(sold("ada", "employee_no=petra").await, ["300.00"]);
    assert_eq!(sold("ada", "customer_no=C1&source=pacemark").await, ["100.00", "300.00"]);
    assert_eq!(sold("ada", "order_no=10002").await, ["200.00"]);
    let sale = client(&world, "elias").await.get("/api/v1/sales").await.json();
    insta::assert_json_snapshot!("sales", sale);
}
