//! Requests about open deals, orders, service and meetings.

use super::samples::{Sample, post};
use super::things::Things;

pub const DELIVERIES: &str = "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"deliveries.csv\"\r\n\r\n\
    order_no,line_no,delivered_on\n10001,1,2026-11-18\n\r\n--x--\r\n";
pub fn order(path: &str, uri: &str, things: &Things) -> Option<Sample> {
    let (line, both) = (things.line.to_string(), format!("{}-{}", things.deal, things.line));
    let quantity = format!("quantity-{line}");
    match path {
        "/orders/{id}/promises" => {
            post(uri, &[("version", "1"), ("on", "2026-12-01"), ("cause", "customer")])
        }
        "/orders/{id}/requested" => post(uri, &[("version", "1"), ("requested_on", "2026-12-01")]),
        "/orders/{id}/steps" => post(uri, &[("version", "1"), ("step", "finish")]),
        "/orders/{id}/deliveries" => {
            post(uri, &[("version", "1"), ("delivered_on", "2026-11-18"), (&*quantity, "1")])
        }
        "/orders/{id}/returns" => post(
            uri,
            &[
                ("version", "1"),
                ("kind", "cancellation"),
                ("return_line", &*line),
                ("return_quantity", "1"),
                ("return_on", "2026-11-18"),
                ("return_cause", "price"),
            ],
        ),
        "/orders/{id}/hand-over" => post(uri, &[("version", "1")]),
        "/orders/{id}/notes" => post(uri, &[("words", "When does it come?")]),
        "/deliveries" => post(uri, &[("line", &*both), ("delivered_on", "2026-11-18")]),
        "/deliveries/take-back" => post(uri, &[("delivery", &*format!("{}-1", things.deal))]),
        _ => post(uri, &[]),
    }
}

pub const OPPORTUNITY: &str =
    r#"{"employee_no": "elias", "origin": "inbound", "lines": [{"sku": "V12", "amount": "5"}]}"#;
pub const MOVE: &str = r#"{"to": "stage", "version": 1, "stage": 2}"#;
pub const OPEN_DEALS: &str = "--x\r\nContent-Disposition: form-data; name=\"source\"\r\n\r\ncrm\r\n\
    --x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"deals.csv\"\r\n\r\n\
    opportunity_no,product,employee,amount\n9,V12,elias,1000\n\r\n--x--\r\n";

pub fn pipeline(path: &str, uri: &str, things: &Things) -> Option<Sample> {
    let (owner, product) = (things.employee.to_string(), things.product.to_string());
    match path {
        "/pipeline" | "/pipeline/{id}/edit" => post(
            uri,
            &[
                ("version", "1"),
                ("customer", "Holmen Skog"),
                ("owner", &*owner),
                ("origin", "inbound"),
                ("product", &*product),
                ("amount", "168000"),
            ],
        ),
        "/pipeline/{id}/feedback-link" => post(uri, &[("lang", "sv")]),
        "/pipeline/{id}/move" => post(uri, &[("version", "1"), ("stage", "2")]),
        "/pipeline/{id}/win" => post(uri, &[("version", "1"), ("won_on", "2026-11-18")]),
        "/pipeline/{id}/take-back" => post(uri, &[("version", "1"), ("order_version", "1")]),
        "/pipeline/{id}/lose" => {
            post(uri, &[("version", "1"), ("reason", "price"), ("lost_on", "2026-11-18")])
        }
        "/pipeline/{id}/next" => {
            post(uri, &[("version", "1"), ("next_step", "Call"), ("next_on", "2026-11-20")])
        }
        "/pipeline/{id}/comments" => post(uri, &[("body", "Shall we call?")]),
        "/pipeline/import/{id}" => post(uri, &[]),
        _ => post(uri, &[("version", "1")]),
    }
}

pub fn stage(path: &str) -> Option<Sample> {
    let uri = path.replace("{id}", "5");
    match path {
        "/admin/stages" => post(uri, &[("name", "Pilot"), ("probability", "60")]),
        "/admin/stages/{id}" => post(uri, &[("name", "Yes"), ("probability", "95"), ("version", "1")]),
        "/admin/stages/{id}/move" => post(uri, &[("up", "true")]),
        _ => post(uri, &[("version", "1")]),
    }
}

pub fn meeting(path: &str, uri: &str, things: &Things) -> Option<Sample> {
    let department = things.north.to_string();
    let decision =
        [("what", "Call them all"), ("who", "Elias Sandberg"), ("when", "2026-11-25"), ("version", "1")];
    match path {
        "/reviews/series/new" | "/reviews/series/{id}" => post(
            uri,
            &[
                ("name", "North monthly"),
                ("department", &*department),
                ("rhythm", "workday"),
                ("workday", "3"),
                ("version", "1"),
            ],
        ),
        "/reviews/{id}/notes" => post(uri, &[("section", ""), ("body", "Hello"), ("version", "0")]),
        "/reviews/{id}/decisions" | "/decisions/{id}" => post(uri, &decision),
        "/reviews/{id}/move" => post(uri, &[("day", "2026-11-20"), ("version", "1")]),
        "/decisions/{id}/steps/{step}" => post("/decisions/1/steps/finish", &[("version", "1")]),
        _ => post(uri, &[("version", "1")]),
    }
}

/// Whether a path is about what happens after the sale.
pub fn is_service(path: &str) -> bool {
    let begins = ["/follow-ups", "/cases", "/f/", "/admin/follow-up-rules", "/admin/case-promises"];
    begins.iter().any(|begin| path.starts_with(begin))
        || ["/api/v1/follow-ups", "/api/v1/cases"].iter().any(|begin| path.starts_with(begin))
        || path == "/deals/{id}/feedback-link"
}

/// About a follow-up and a case of Elias, for which customer service answers.
pub fn service(path: &str, things: &Things) -> Option<Sample> {
    let uri = things.fill(path);
    let json =
        |body: &str| Some(Sample { uri: uri.clone(), body: body.into(), content_type: "application/json" });
    let file = |body: &str| {
        let head = "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f.csv\"\r\n\r\n";
        let body = format!("{head}{body}\r\n--x--\r\n");
        Some(Sample { uri: uri.clone(), body, content_type: "multipart/form-data; boundary=x" })
    };
    match path {
        "/follow-ups/new" => post(uri, &[("customer", "Holmen Skog"), ("owner", ""), ("due", "2026-11-25")]),
        "/follow-ups/assign" => post(uri, &[("id", "1"), ("owner", "sigge")]),
        "/follow-ups/import" => file("follow_up_no,customer,due,owner\n7,C1,2026-11-25,sigge\n"),
        "/follow-ups/{id}/steps/{step}" => {
            post("/follow-ups/1/steps/reach", &[("version", "1"), ("score", "9")])
        }
        "/follow-ups/{id}/link" | "/deals/{id}/feedback-link" => post(uri, &[("lang", "sv")]),
        "/cases/new" => post(
            uri,
            &[
                ("customer", "Holmen Skog"),
                ("category", "product"),
                ("severity", "high"),
                ("title", "Noisy"),
                ("channel", "phone"),
            ],
        ),
        "/cases/import" => file("case_no,customer,category,severity,title\n7,C1,product,low,Noisy\n"),
        "/cases/{id}/steps/{step}" => post("/cases/1/steps/reply", &[("version", "1"), ("words", "Called")]),
        "/cases/{id}/comments" => post(uri, &[("body", "Hello")]),
        "/f/{token}" | "/f/{token}/language" => post(uri, &[("score", "9")]),
        "/admin/follow-up-rules" | "/admin/follow-up-rules/{id}" => {
            post(uri, &[("days", "14"), ("bought", ""), ("who", "seller"), ("version", "1")])
        }
        "/admin/case-promises" => {
            post(uri, &[("category", "invoice"), ("severity", ""), ("reply", "4"), ("solve", "9")])
        }
        "/admin/case-promises/{id}/remove" => post("/admin/case-promises/2/remove", &[]),
        "/admin/case-promises/{id}" => post(uri, &[("reply", "4"), ("solve", "9"), ("version", "1")]),
        "/api/v1/follow-ups" => {
            json(r#"{"source": "crm", "follow_up_no": "1", "customer_no": "C1", "due_on": "2026-11-25"}"#)
        }
        "/api/v1/follow-ups/{id}/outcome" => json(r#"{"version": 1, "outcome": "reached", "score": 9}"#),
        "/api/v1/cases" => json(
            r#"{"source": "crm", "case_no": "1", "customer_no": "C1", "category": "product", "severity": "low",
            "title": "Noisy"}"#,
        ),
        "/api/v1/cases/{id}/steps" => json(r#"{"version": 1, "step": "reply", "words": "Called"}"#),
        _ => post(uri, &[]),
    }
}
