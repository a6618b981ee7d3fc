//! A sample request for every route, about things that belong to Elias of North.

use pacemark::kernel::id::DealId;

use crate::support::world::{World, day};

/// What the samples are about.
pub struct Things {
    deal: DealId,
    employee: i64,
    user: i64,
    north: i64,
    customer: i64,
    product: i64,
    goal: i64,
}

/// A request.
#[derive(Clone)]
pub struct Sample {
    /// Path and query.
    pub uri: String,
    /// Body, as `content_type` says.
    pub body: String,
    /// How pages send it; the API's is JSON.
    pub content_type: &'static str,
}

impl Things {
    /// Makes them.
    pub async fn make(world: &World) -> Self {
        let goal = sqlx::query_scalar(
            "with g as (
                insert into goals (subject_kind, employee_id, metric, period, currency, created_at)
                select 'person', id, 'revenue', daterange('2026-10-01', '2027-01-01'), 'SEK', '2026-09-01'
                from employees where employee_no = 'elias' returning id
            )
            insert into goal_versions (goal_id, number, target, effective_on, recorded_at)
            select id, 1, 160000000, '2026-10-01', '2026-09-01' from g returning goal_id",
        );
        Self {
            deal: world.deal("elias", "Holmen Skog", 168_000, day(11, 17)).await,
            employee: world.employee("elias").await.0,
            user: world.user("elias").await.0,
            north: world.department("NORTH").await.0,
            customer: world.customer("Holmen Skog").await.0,
            product: world.product("Ventus 12").await.0,
            goal: goal.fetch_one(&world.db).await.unwrap(),
        }
    }
}

fn get(uri: impl Into<String>) -> Option<Sample> {
    Some(Sample { uri: uri.into(), body: String::new(), content_type: "text/plain" })
}

fn post(uri: impl Into<String>, form: &[(&str, &str)]) -> Option<Sample> {
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
    Some(Sample { uri: uri.into(), body, content_type: "application/x-www-form-urlencoded" })
}

/// The sample request of a route.
pub fn of(method: &str, path: &str, things: &Things) -> Option<Sample> {
    match (method, path) {
        ("GET", "/api/v1/attainment") => get(format!("{path}?{FIGURE}")),
        ("GET", "/api/v1/sales/{id}") => get(format!("/api/v1/sales/{}", things.deal)),
        ("POST", "/api/v1/sales") => {
            Some(Sample { uri: path.into(), body: SALE.into(), content_type: "application/json" })
        }
        ("GET", path) if !path.contains('{') => get(path),
        ("GET", "/setup/{token}") => get("/setup/none"),
        ("GET", "/invite/{token}") => get("/invite/none"),
        ("GET", path) if path.starts_with("/deals/") => get(path.replace("{id}", &things.deal.to_string())),
        ("POST", path) if path.starts_with("/deals") => deal(path, things),
        ("POST", path) => written(path, things),
        _ => None,
    }
}

fn written(path: &str, _things: &Things) -> Option<Sample> {
    match path {
        "/login" => post(path, &[("email", "x@y.example"), ("password", "wrong"), ("next", "/")]),
        "/logout" | "/me/sessions/end" => post(path, &[]),
        "/setup/{token}" => post("/setup/none", &SETUP),
        "/invite/{token}" => post("/invite/none", &[("password", "korrekt häst batteri")]),
        "/me/password" => post(path, &[("current", "wrong"), ("password", "korrekt häst batteri")]),
        "/me/language" => post(path, &[("lang", "sv"), ("back", "/")]),
        "/me/theme" => post(path, &[("theme", "dark"), ("back", "/")]),
        "/me/shortcuts" => post(path, &[("shortcuts", "on")]),
        "/me/tokens" => post(path, &[("name", "reports")]),
        "/me/tokens/{id}/revoke" => post("/me/tokens/1/revoke", &[]),
        _ => None,
    }
}

/// What Elias sold.
const FIGURE: &str = "subject_kind=person&subject=elias&metric=revenue&from=2026-10-01&to=2026-12-31";

/// A sale of Elias.
const SALE: &str = r#"{"source": "erp", "order_no": "SO-1", "ordered_on": "2026-11-17", "customer_no": "C1",
    "employee_no": "elias", "currency": "SEK",
    "lines": [{"line_no": 1, "sku": "F400", "quantity": 1, "amount": "20500.00", "cost": "12000.00"}]}"#;

/// What the pages of deals send; a fresh deal is at version 1.
fn deal(path: &str, things: &Things) -> Option<Sample> {
    let (product, owner) = (things.product.to_string(), things.employee.to_string());
    let fields =
        [("customer", "Holmen Skog"), ("amount", "168000"), ("product", &*product), ("owner", &*owner)];
    let uri = path.replace("{id}", &things.deal.to_string());
    match path {
        "/deals" => post(uri, &fields),
        "/deals/{id}/edit" => post(uri, &[&fields[..], &[("version", "1"), ("line_no", "1")]].concat()),
        "/deals/{id}/undo" | "/deals/{id}/redo" | "/deals/{id}/reinstate" => post(uri, &[("version", "1")]),
        "/deals/{id}/cancel" => {
            post(uri, &[("version", "1"), ("on", "2026-11-18"), ("reason", "Wrong size")])
        }
        "/deals/{id}/returns" => post(
            uri,
            &[("version", "1"), ("line", "1"), ("quantity", "1"), ("amount", "168000"), ("on", "2026-11-18")],
        ),
        _ => None,
    }
}

const SETUP: [(&str, &str); 7] = [
    ("company", "Nordhem"),
    ("currency", "SEK"),
    ("time_zone", "Europe/Stockholm"),
    ("language", "en"),
    ("name", "Ada"),
    ("email", "ada2@nordhem.example"),
    ("password", "korrekt häst batteri"),
];
