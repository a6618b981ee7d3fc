//! A sample request for every route, about things that belong to Elias of North.

use super::process::{
    DELIVERIES, MOVE, OPEN_DEALS, OPPORTUNITY, is_service, meeting, order, pipeline, service, stage,
};
use super::things::Things;

const FACT: &str = r#"{"source": "crm", "fact_no": "7", "metric": "leads", "day": "2026-11-17", "employee_no": "elias",
    "value": "3"}"#;
const FACTS: &str = "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"facts.csv\"\r\n\r\n\
    fact_no,metric,day,employee_no,value\n9,leads,2026-11-17,elias,3\n\r\n--x--\r\n";

const PROPOSAL: &str = r#"{"subject_kind": "person", "subject": "elias", "metric": "units", "from": "2027-01-01",
    "to": "2027-03-31", "target": "40"}"#;
const PROPOSALS: &str = "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"goals.csv\"\r\n\r\n\
    subject,metric,from,last,target\nelias,units,2027-01-01,2027-03-31,40\n\r\n--x--\r\n";

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

#[expect(clippy::unnecessary_wraps, reason = "the arms of the table are options")]
pub fn get(uri: impl Into<String>) -> Option<Sample> {
    Some(Sample { uri: uri.into(), body: String::new(), content_type: "text/plain" })
}

#[expect(clippy::unnecessary_wraps, reason = "the arms of the table are options")]
pub fn post(uri: impl Into<String>, form: &[(&str, &str)]) -> Option<Sample> {
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
    Some(Sample { uri: uri.into(), body, content_type: "application/x-www-form-urlencoded" })
}

/// The sample request of a route.
pub fn of(method: &str, path: &str, things: &Things) -> Option<Sample> {
    let uri = things.fill(path);
    match (method, path) {
        ("GET", "/api/v1/attainment") => get(format!("{path}?{FIGURE}")),
        ("GET", "/explain" | "/explain.csv") => get(format!("{path}?goal={}&figure=actual", things.goal)),
        ("GET", "/goals/plan" | "/goals/copy") => get(format!("{path}?department={}", things.north)),
        ("GET", _) => get(uri),
        ("POST", path) if sent(path).is_some() => {
            sent(path).map(|(body, content_type)| Sample { uri, body: body.into(), content_type })
        }
        ("POST", path)
            if path.starts_with("/orders") || path == "/deliveries" || path == "/deliveries/take-back" =>
        {
            order(path, &uri, things)
        }
        ("POST", path) if path.starts_with("/reviews") || path.starts_with("/decisions") => {
            meeting(path, &uri, things)
        }
        ("POST", path) if path.starts_with("/plans") => planning(path, &uri, things),
        ("POST", path) if path.starts_with("/pipeline") => pipeline(path, &uri, things),
        ("POST", path) if path.starts_with("/admin/stages") => stage(path),
        ("POST", "/market" | "/market/{id}") => post(uri, &NOTE),
        ("POST", path) if path.starts_with("/market") => post(uri, &[]),
        ("POST", path) if is_service(path) => service(path, things),
        ("POST", path) if path.starts_with("/deals") => deal(path, things),
        ("POST", path) if path.starts_with("/goals") => goal(path, &uri, things),
        ("POST", path) if path.starts_with("/agreements") => agreement(path, &uri),
        ("POST", path) if path.starts_with("/admin/settings") => settings(path),
        ("POST", path) if path.starts_with("/admin") => administration(path, &uri, things),
        ("POST", path) => written(path, &uri),
        _ => None,
    }
}

/// What programs send, and files: the body and how it is sent.
fn sent(path: &str) -> Option<(&'static str, &'static str)> {
    const JSON: &str = "application/json";
    const PARTS: &str = "multipart/form-data; boundary=x";
    Some(match path {
        "/api/v1/sales" => (SALE, JSON),
        "/api/v1/opportunities" => (OPPORTUNITY, JSON),
        "/api/v1/opportunities/{id}/moves" => (MOVE, JSON),
        "/api/v1/facts" => (FACT, JSON),
        "/api/v1/orders/{id}/promises" => (r#"{"on": "2026-12-01", "cause": "customer"}"#, JSON),
        "/api/v1/orders/{id}/deliveries" => (r#"{"delivered_on": "2026-11-18"}"#, JSON),
        "/api/v1/agreements" => (PROPOSAL, JSON),
        "/api/v1/agreements/{id}/steps" => (r#"{"step": "accept", "version": 1}"#, JSON),
        "/api/v1/decisions/{id}/steps" => (r#"{"step": "finish", "version": 1}"#, JSON),
        "/deliveries/import" => (DELIVERIES, PARTS),
        "/agreements/import" => (PROPOSALS, PARTS),
        "/facts/import" => (FACTS, PARTS),
        "/market/import" => (NOTES, PARTS),
        "/plans/{id}/import" => (TARGETS, PARTS),
        "/pipeline/import" => (OPEN_DEALS, PARTS),
        "/admin/imports" => (UPLOAD, PARTS),
        _ => return None,
    })
}

fn planning(path: &str, uri: &str, things: &Things) -> Option<Sample> {
    let department = things.north.to_string();
    match path {
        "/plans/new" => post(
            uri,
            &[
                ("name", "Second"),
                ("department", &*department),
                ("metric", "revenue"),
                ("period", "2027-01-01..2027-03-31"),
                ("start", "equal"),
                ("whole", "3000000"),
                ("percent", "5"),
                ("step", "1000"),
            ],
        ),
        "/plans/{id}" | "/plans/{id}/sum" => {
            post(uri, &[("version", "1"), ("method", "equal"), ("percent", "5"), ("step", "1000")])
        }
        "/plans/{id}/rename" => post(uri, &[("version", "1"), ("name", "Other")]),
        "/plans/{id}/publish" => post(uri, &[("version", "1"), ("class", "organisation"), ("seen", "1.0")]),
        _ => post(uri, &[("version", "1")]),
    }
}

fn written(path: &str, uri: &str) -> Option<Sample> {
    match path {
        "/login" => post(path, &[("email", "x@y.example"), ("password", "wrong"), ("next", "/")]),
        "/logout"
        | "/me/sessions/end"
        | "/me/tokens/{id}/revoke"
        | "/inbox/read"
        | "/facts/{id}/remove"
        | "/facts/{id}/restore"
        | "/unsubscribe/{token}" => post(uri, &[]),
        "/setup/{token}" => post(uri, &SETUP),
        "/invite/{token}" => post(uri, &[("password", "korrekt häst batteri")]),
        "/me/password" => post(path, &[("current", "wrong"), ("password", "korrekt häst batteri")]),
        "/me/language" => post(path, &[("lang", "sv"), ("back", "/")]),
        "/me/theme" => post(path, &[("theme", "dark"), ("back", "/")]),
        "/me/mail" => post(path, &[("mode", "daily")]),
        "/inbox/unread" => post(path, &[("at", "2026-11-18T10:00:00Z")]),
        "/customers/{id}/owner" => post(uri, &[("owner", ""), ("version", "1")]),
        "/me/shortcuts" => post(path, &[("shortcuts", "on")]),
        "/me/tokens" => post(path, &[("name", "reports")]),
        "/people/{id}/relief" => post(
            uri,
            &[
                ("from", "2026-12-07"),
                ("last", "2026-12-11"),
                ("kind", "leave"),
                ("pct", "100"),
                ("reason", ""),
            ],
        ),
        "/people/{id}/relief/{relief}" => post(uri, &[("answer", "approve"), ("version", "1")]),
        "/people/{id}/relief/{relief}/end" => post(uri, &[("last", "2026-12-02"), ("version", "1")]),
        "/people/{id}/ramp" => post(uri, &[("starts_on", "2026-11-01"), ("steps", "25, 50, 75")]),
        "/people/{id}/ramp/remove" => post(uri, &[("starts_on", "2026-10-01")]),
        "/closing" => post(uri, &[("period", "2026-07-01..2026-09-30")]),
        "/closing/{id}/give-up" | "/closing/{id}/close" | "/closing/{id}/ask" | "/closing/{id}/reopen" => {
            post(uri, &[("version", "1"), ("reason", "A rebate was forgotten")])
        }
        "/facts/new" | "/facts/{id}" => post(
            uri,
            &[
                ("subject", "elias"),
                ("metric", "leads"),
                ("day", "2026-11-17"),
                ("value", "3"),
                ("count", ""),
                ("version", "1"),
            ],
        ),
        "/customers" | "/customers/{id}" => post(uri, &CUSTOMER),
        "/products" => post(uri, &[&PRODUCT[..], &[("sku", "F800")]].concat()),
        "/products/{id}" => post(uri, &[&PRODUCT[..], &[("sku", "V12"), ("version", "1")]].concat()),
        _ => None,
    }
}

fn agreement(path: &str, uri: &str) -> Option<Sample> {
    match path {
        "/agreements/new" => post(
            uri,
            &[
                ("subject", "elias"),
                ("metric", "units"),
                ("period", "2027-01-01..2027-03-31"),
                ("target", "40"),
            ],
        ),
        "/agreements/{id}/steps/{step}" => post(uri, &[("version", "1")]),
        "/agreements/{id}/comments" => post(uri, &[("body", "Hello")]),
        _ => post(uri, &[]),
    }
}

fn goal(path: &str, uri: &str, things: &Things) -> Option<Sample> {
    let (subject, department) = (format!("person-{}", things.employee), things.north.to_string());
    let next = "2027-01-01..2027-03-31";
    match path {
        "/goals/new" => post(
            uri,
            &[("subject", &*subject), ("metric", "revenue"), ("period", next), ("target", "1700000")],
        ),
        "/goals/plan" | "/goals/plan/sum" => {
            post(uri, &[("department", &*department), ("metric", "revenue"), ("period", next)])
        }
        "/goals/copy" => post(
            uri,
            &[
                ("department", &*department),
                ("from", "2026-10-01..2026-12-31"),
                ("to", next),
                ("percent", "5"),
            ],
        ),
        "/goals/{id}/revise" => post(uri, &REVISION),
        "/goals/{id}/terms" => post(uri, &[("prorated", "on"), ("version", "1")]),
        "/goals/{id}/assign" => post(uri, &[("reason", "Shared out")]),
        "/goals/{id}/comments" => post(uri, &[("body", "Hello")]),
        "/goals/{id}/acknowledge"
        | "/goals/{id}/comments/{post}/remove"
        | "/goals/{id}/comments/{post}/restore" => post(uri, &[]),
        "/goals/{id}/remove" | "/goals/{id}/restore" => post(uri, &[("version", "1")]),
        _ => None,
    }
}

fn settings(path: &str) -> Option<Sample> {
    match path {
        "/admin/settings" => post(path, &SETTINGS),
        "/admin/settings/holidays" => post(path, &[("day", "2026-12-24"), ("holiday", "Christmas Eve")]),
        "/admin/settings/holidays/remove" => post(path, &[("day", "2026-12-24")]),
        "/admin/settings/holidays/swedish" => post(path, &[("year", "2027")]),
        "/admin/settings/rates" => {
            post(path, &[("rate_currency", "EUR"), ("valid_from", "2026-01-01"), ("rate", "11.25")])
        }
        "/admin/settings/rates/remove" => {
            post(path, &[("rate_currency", "EUR"), ("valid_from", "2026-01-01")])
        }
        _ => None,
    }
}

fn administration(path: &str, uri: &str, things: &Things) -> Option<Sample> {
    let north = things.north.to_string();
    match path {
        "/admin/departments" => {
            post(uri, &[("code", "EAST"), ("name", "East"), ("kind", "sales"), ("parent", &*north)])
        }
        "/admin/departments/{id}" => post(
            uri,
            &[("code", "NORTH"), ("name", "The North"), ("kind", "sales"), ("parent", ""), ("version", "1")],
        ),
        "/admin/people" => post(uri, &[&PERSON[..], &[("employee_no", "nils")]].concat()),
        "/admin/people/{id}" => {
            post(uri, &[&PERSON[..], &[("employee_no", "elias"), ("version", "1")]].concat())
        }
        "/admin/people/{id}/account" => {
            post(uri, &[("email", "elias2@nordhem.example"), ("role", "salesperson")])
        }
        "/admin/people/{id}/account/role" => post(uri, &[("role", "manager")]),
        "/admin/people/{id}/account/disable"
        | "/admin/people/{id}/account/enable"
        | "/admin/people/{id}/account/link"
        | "/admin/memberships/{id}/remove"
        | "/admin/imports/{id}/run"
        | "/admin/tokens/{id}/revoke" => post(uri, &[]),
        "/admin/people/{id}/transfer" => post(uri, &[("department", &*north), ("from", "2026-12-01")]),
        "/admin/people/{id}/transfer/undo" => {
            post(uri, &[("membership", &*things.membership.to_string()), ("before", "")])
        }
        "/admin/people/{id}/memberships" | "/admin/memberships/{id}" => {
            post(uri, &[("department", &*north), ("from", "2024-01-01"), ("until", ""), ("version", "1")])
        }
        _ => None,
    }
}

const CUSTOMER: [(&str, &str); 5] =
    [("name", "Holmen"), ("customer_no", "C9"), ("segment", ""), ("region", ""), ("version", "1")];
const PRODUCT: [(&str, &str); 6] = [
    ("name", "FTX 800"),
    ("category", "Heat recovery"),
    ("subcategory", ""),
    ("unit_cost", "100"),
    ("list_price", "200"),
    ("currency", "SEK"),
];
const PERSON: [(&str, &str); 4] =
    [("name", "Nils Ek"), ("email", ""), ("job_title", ""), ("hired_on", "2024-01-01")];
const REVISION: [(&str, &str); 5] = [
    ("target", "1700000"),
    ("class", "economy"),
    ("reason", "Interest rates fell"),
    ("effective_on", "2026-11-18"),
    ("version", "1"),
];
const SETTINGS: [(&str, &str); 12] = [
    ("name", "Nordhem"),
    ("time_zone", "Europe/Stockholm"),
    ("fiscal_start_month", "1"),
    ("weekend", "6"),
    ("weekend", "7"),
    ("language", "en"),
    ("on_track_pct", "97"),
    ("at_risk_pct", "85"),
    ("exceeded_pct", "110"),
    ("grace_pct", "5"),
    ("basis", "booked"),
    ("version", "1"),
];
const TARGETS: &str = "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"targets.csv\"\r\n\r\n\
    subject_kind,subject,target\nperson,elias,1700000\n\r\n--x--\r\n";
const NOTES: &str = "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"market.csv\"\r\n\r\n\
    kind,date,title\neconomy,2026-11-02,Building permits\n\r\n--x--\r\n";
const NOTE: [(&str, &str); 4] =
    [("kind", "competitor"), ("date", "2026-11-10"), ("title", "Ventus opens in Umeå"), ("version", "1")];
const UPLOAD: &str = "--x\r\nContent-Disposition: form-data; name=\"kind\"\r\n\r\ncustomers\r\n\
    --x\r\nContent-Disposition: form-data; name=\"source\"\r\n\r\nerp\r\n\
    --x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"c.csv\"\r\nContent-Type: text/csv\r\n\r\n\
    customer_no,name,segment,region\nC7,Nolia,,\n\r\n--x--\r\n";

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
