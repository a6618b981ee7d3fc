//! The JSON API, `/api/v1`: goals, agreements, plans, closings, attainment, sales and the company's lists, for programs with a token.
//!
//! A token has the rights of its owner: every answer passes through the same scope as the pages do. What is
//! documented is what is accepted, and everything else is refused with the name of the field.

mod agreement;
mod agreements;
mod attainment;
mod body;
mod cases;
mod catalogue;
mod closings;
mod cursor;
mod docs;
mod envelope;
mod facts;
mod feedback;
mod follow_ups;
mod goals;
mod idempotency;
mod idempotency_store;
mod once;
pub mod openapi;
mod opportunities;
mod opportunity_moves;
mod orders;
mod plans;
pub mod problem;
mod query;
mod reviews;
mod sale;
mod sale_create;
mod sale_input;
pub mod sale_intake;
mod sale_known;
mod sale_lot;
mod sale_store;
mod sales;
mod store;
mod subject;

use crate::web::routes::{Gate, Routes};

/// Every address of the API and its documentation.
pub fn routes() -> Routes {
    Routes::new()
        .get("/api/v1/goals", Gate::SignedIn, goals::index)
        .get("/api/v1/attainment", Gate::SignedIn, attainment::show)
        .get("/api/v1/sales", Gate::SignedIn, sales::index)
        .post("/api/v1/sales", Gate::Seller, sale_create::create)
        .get("/api/v1/sales/{id}", Gate::SignedIn, sales::show)
        .get("/api/v1/opportunities", Gate::SignedIn, opportunities::index)
        .post("/api/v1/opportunities", Gate::Seller, opportunities::create)
        .get("/api/v1/opportunities/{id}", Gate::SignedIn, opportunities::show)
        .post("/api/v1/opportunities/{id}/moves", Gate::Seller, opportunity_moves::create)
        .post("/api/v1/facts", Gate::Leader, facts::create)
        .get("/api/v1/orders", Gate::SignedIn, orders::index)
        .get("/api/v1/orders/{id}", Gate::SignedIn, orders::show)
        .post("/api/v1/orders/{id}/promises", Gate::SignedIn, orders::promise)
        .post("/api/v1/orders/{id}/deliveries", Gate::SignedIn, orders::deliver)
        .get("/api/v1/reviews", Gate::SignedIn, reviews::index)
        .get("/api/v1/decisions", Gate::SignedIn, reviews::decisions)
        .post("/api/v1/decisions/{id}/steps", Gate::SignedIn, reviews::step)
        .get("/api/v1/follow-ups", Gate::SignedIn, follow_ups::index)
        .post("/api/v1/follow-ups", Gate::Seller, follow_ups::create)
        .post("/api/v1/follow-ups/{id}/outcome", Gate::SignedIn, follow_ups::outcome)
        .get("/api/v1/cases", Gate::SignedIn, cases::index)
        .post("/api/v1/cases", Gate::Seller, cases::create)
        .post("/api/v1/cases/{id}/steps", Gate::SignedIn, cases::step)
        .get("/api/v1/feedback", Gate::SignedIn, feedback::index)
        .get("/api/v1/agreements", Gate::SignedIn, agreements::index)
        .post("/api/v1/agreements", Gate::SignedIn, agreements::create)
        .get("/api/v1/agreements/{id}", Gate::SignedIn, agreements::show)
        .post("/api/v1/agreements/{id}/steps", Gate::SignedIn, agreements::step)
        .get("/api/v1/plans", Gate::Leader, plans::index)
        .get("/api/v1/plans/{id}", Gate::Leader, plans::show)
        .get("/api/v1/closings", Gate::SignedIn, closings::index)
        .get("/api/v1/closings/{id}", Gate::SignedIn, closings::show)
        .get("/api/v1/departments", Gate::SignedIn, catalogue::departments)
        .get("/api/v1/employees", Gate::SignedIn, catalogue::employees)
        .get("/api/v1/products", Gate::SignedIn, catalogue::products)
        .get("/api/v1/customers", Gate::SignedIn, catalogue::customers)
        .get("/api/openapi.json", Gate::Public, openapi::show)
        .get("/api/docs", Gate::Public, docs::show)
}
