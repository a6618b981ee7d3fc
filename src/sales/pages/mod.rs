//! The pages of deals: logging one, the list, one deal with its history, and what can be done to it.

mod change;
mod desk;
mod edit;
mod export;
mod history;
mod index;
mod log;
mod show;

use crate::web::routes::{Gate, Routes};

/// Everything under `/deals`.
pub fn routes() -> Routes {
    Routes::new()
        .get("/deals", Gate::SignedIn, index::list)
        .get("/deals.csv", Gate::SignedIn, export::csv)
        .get("/deals/new", Gate::Seller, log::new)
        .get("/deals/preview", Gate::Seller, log::preview)
        .post("/deals", Gate::Seller, log::create)
        .get("/deals/{id}", Gate::SignedIn, show::show)
        .get("/deals/{id}/saved", Gate::SignedIn, log::saved)
        .get("/deals/{id}/edit", Gate::Seller, edit::edit)
        .post("/deals/{id}/edit", Gate::Seller, edit::save)
        .post("/deals/{id}/undo", Gate::Seller, change::undo)
        .post("/deals/{id}/redo", Gate::Seller, change::redo)
        .post("/deals/{id}/cancel", Gate::Seller, change::cancel)
        .post("/deals/{id}/reinstate", Gate::Seller, change::reinstate)
        .post("/deals/{id}/returns", Gate::Seller, change::record_return)
}
