//! The JSON API, `/api/v1`: goals, agreements, plans, closings, attainment, sales and the company's lists, for programs with a token.
//!
//! A token has the rights of its owner: every answer passes through the same scope as the pages do. What is
//! documented is what is accepted, and everything else is refused with the name of the field.

mod agreement;
mod agreements;
mod attainment;
mod body;
mod catalogue;
mod closings;
mod cursor;
mod docs;
mod envelope;
mod facts;
mod goals;
mod idempotency;
mod idempotency_store;
mod once;
pub mod openapi;
mod plans;
pub mod problem;
mod query;
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
        .post("/api/v1/facts", Gate::Leader, facts::create)
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
