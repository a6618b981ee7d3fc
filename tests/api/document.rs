//! The OpenAPI document says what the routes are and what they answer.

use std::collections::BTreeSet;

use pacemark::api::openapi;
use pacemark::app;
use pacemark::attainment::Metric;
use pacemark::goals::Subject;
use serde_json::{Value, json};
use sqlx::PgPool;

use super::{client, quarter_goal};
use crate::support::api::Client;
use crate::support::world::{World, day, kr};

fn document() -> Value {
    serde_json::to_value(openapi::document()).unwrap()
}

#[test]
fn every_route_is_documented_and_every_documented_route_is_there() {
    let registered = app::routes();
    let routed: BTreeSet<(String, String)> = registered
        .rules()
        .iter()
        .filter(|rule| rule.path.starts_with("/api/v1/"))
        .map(|rule| (rule.method.to_lowercase(), rule.path.to_owned()))
        .collect();
    let document = document();
    let paths = document["paths"].as_object().unwrap();
    let documented = paths.iter().flat_map(|(path, item)| {
        item.as_object().unwrap().keys().map(move |method| (method.clone(), path.clone()))
    });
    assert_eq!(documented.collect::<BTreeSet<_>>(), routed);
}

#[test]
fn every_operation_says_how_it_can_fail() {
    let document = document();
    assert_eq!(document["openapi"], "3.1.0");
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            for status in ["400", "401", "422", "500", "503"] {
                let response = &operation["responses"][status]["$ref"];
                let name = response.as_str().unwrap_or_else(|| panic!("{method} {path} {status}"));
                assert!(document.pointer(name.trim_start_matches('#')).is_some(), "{name}");
            }
        }
    }
}

/// An agreement, a scenario and a closing.
async fn settled(world: &World) {
    let north = world.department("NORTH").await.to_string();
    let next = "2027-01-01..2027-03-31";
    let agreement = [("subject", "elias"), ("metric", "revenue"), ("period", next), ("target", "1.6M")];
    world.post("karin", "/agreements/new", &agreement).await;
    let plan = [
        ("name", "Careful"),
        ("department", &*north),
        ("metric", "revenue"),
        ("period", next),
        ("start", "equal"),
        ("whole", "3M"),
        ("percent", "0"),
        ("step", "1000"),
    ];
    world.post("karin", "/plans/new", &plan).await;
    let at =
        world.post("frida", "/closing", &[("period", "2026-07-01..2026-09-30")]).await.location().to_owned();
    world.post("frida", &format!("{at}/close"), &[("version", "1")]).await;
}

/// The schema of a successful answer, with everything that it refers to.
fn schema(path: &str, method: &str, status: &str) -> Value {
    let document = document();
    let content = &document["paths"][path][method]["responses"][status]["content"]["application/json"];
    let mut schema = content["schema"].clone();
    schema["components"] = document["components"].clone();
    schema
}

#[sqlx::test]
async fn answers_are_as_documented(pool: PgPool) {
    let world = World::new(pool).await;
    quarter_goal(&world, Subject::Person(world.employee("elias").await), Metric::Revenue, kr(1000)).await;
    quarter_goal(&world, Subject::Company(world.department("NORDHEM").await), Metric::Units, 0).await;
    let deal = world.deal("elias", "Holmen Skog", 100, day(11, 2)).await;
    settled(&world).await;
    let ada = client(&world, "ada").await;
    let span = "metric=revenue&from=2026-10-01&to=2026-12-31";
    for (path, asked) in [
        ("/api/v1/goals", "/api/v1/goals".to_owned()),
        ("/api/v1/attainment", format!("/api/v1/attainment?subject_kind=person&subject=elias&{span}")),
        ("/api/v1/attainment", format!("/api/v1/attainment?subject_kind=department&subject=NORTH&{span}")),
        ("/api/v1/sales", "/api/v1/sales?limit=1".to_owned()),
        ("/api/v1/sales/{id}", format!("/api/v1/sales/{deal}")),
        ("/api/v1/agreements", "/api/v1/agreements".to_owned()),
        ("/api/v1/agreements/{id}", "/api/v1/agreements/1".to_owned()),
        ("/api/v1/plans", "/api/v1/plans".to_owned()),
        ("/api/v1/plans/{id}", "/api/v1/plans/1".to_owned()),
        ("/api/v1/closings", "/api/v1/closings".to_owned()),
        ("/api/v1/closings/{id}", "/api/v1/closings/1".to_owned()),
        ("/api/v1/departments", "/api/v1/departments?limit=1".to_owned()),
        ("/api/v1/employees", "/api/v1/employees".to_owned()),
        ("/api/v1/products", "/api/v1/products".to_owned()),
        ("/api/v1/customers", "/api/v1/customers".to_owned()),
    ] {
        let reply = ada.get(&asked).await;
        assert_eq!(reply.status, 200, "{asked}: {}", reply.text);
        let answer = reply.json();
        let checked = jsonschema::validate(&schema(path, "get", "200"), &answer);
        assert!(checked.is_ok(), "{asked}: {checked:?}");
    }
    let problem = json!({ "$ref": "#/components/schemas/Problem", "components": document()["components"] });
    for path in ["/api/v1/goals?limit=0", "/api/v1/nothing"] {
        assert!(jsonschema::validate(&problem, &ada.get(path).await.json()).is_ok(), "{path}");
    }
}

#[sqlx::test]
async fn the_document_and_the_reference_are_public(pool: PgPool) {
    let world = World::new(pool).await;
    let stranger = Client::stranger(&world.app);
    let reply = stranger.get("/api/openapi.json").await;
    assert_eq!((reply.status.as_u16(), reply.json()), (200, document()));
    let page = stranger.get("/api/docs").await;
    assert_eq!(page.status, 200);
    let html = scraper::Html::parse_document(&page.text);
    let all = |selector: &str| html.select(&scraper::Selector::parse(selector).unwrap()).collect::<Vec<_>>();
    assert!(all("script:not([src]), style, [style], [onclick]").is_empty(), "nothing inline");
    let policy = page.headers["content-security-policy"].to_str().unwrap();
    assert!(!policy.contains("data:"), "{policy}");
    let scripts = all("script[src], link[rel=stylesheet]");
    let names = scripts.iter().map(|found| found.attr("src").or(found.attr("href")).unwrap());
    for name in names {
        assert_eq!(stranger.get(name).await.status, 200, "{name}");
    }
}

/// Nothing that the document says is missing on the page, and every link of the page leads somewhere.
#[sqlx::test]
async fn the_reference_says_all_that_the_document_says(pool: PgPool) {
    let world = World::new(pool).await;
    let page = Client::stranger(&world.app).get("/api/docs").await;
    let html = scraper::Html::parse_document(&page.text);
    let all = |selector: &str| html.select(&scraper::Selector::parse(selector).unwrap()).collect::<Vec<_>>();
    for (path, item) in document()["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let id = operation["operationId"].as_str().unwrap();
            let article = all(&format!("article[aria-labelledby={id}]"));
            let words: String = article.first().unwrap_or_else(|| panic!("{id}")).text().collect();
            let mut said = vec![path.clone(), method.to_uppercase()];
            said.extend(operation["responses"].as_object().unwrap().keys().cloned());
            let parameters = operation["parameters"].as_array().into_iter().flatten();
            said.extend(parameters.map(|parameter| parameter["name"].as_str().unwrap().to_owned()));
            for word in said {
                assert!(words.contains(&word), "{id} does not say {word}");
            }
        }
    }
    let fields = document()["components"]["schemas"]["SaleInput"]["properties"].clone();
    let names: BTreeSet<String> = all("article[aria-labelledby=log_sale] .docs__name")
        .iter()
        .map(|name| name.text().collect())
        .collect();
    assert!(fields.as_object().unwrap().keys().all(|field| names.contains(field)), "{names:?}");
    for link in all("a[href^='#']") {
        let place = link.attr("href").unwrap();
        assert_eq!(all(&format!("[id='{}']", &place[1..])).len(), 1, "{place}");
    }
}
