//! The pages of orders and deliveries.

mod act;
mod deliveries;
mod figures;
mod index;
mod show;

use crate::web::routes::{Gate, Routes};

use super::file;

/// Everything under `/orders` and `/deliveries`.
pub fn routes() -> Routes {
    Routes::new()
        .get("/orders", Gate::SignedIn, index::list)
        .get("/orders.csv", Gate::SignedIn, index::download)
        .get("/orders/{id}", Gate::SignedIn, show::show)
        .post("/orders/{id}/promises", Gate::SignedIn, act::promise)
        .post("/orders/{id}/promises/{promise}/told", Gate::SignedIn, act::told)
        .post("/orders/{id}/requested", Gate::SignedIn, act::requested)
        .post("/orders/{id}/steps", Gate::SignedIn, act::step)
        .post("/orders/{id}/deliveries", Gate::SignedIn, act::deliver)
        .post("/orders/{id}/deliveries/{delivery}/remove", Gate::SignedIn, act::undo_delivery)
        .post("/orders/{id}/returns", Gate::SignedIn, act::record_return)
        .post("/orders/{id}/hand-over", Gate::SignedIn, act::hand_over)
        .post("/orders/{id}/notes", Gate::SignedIn, act::note)
        .get("/deliveries", Gate::SignedIn, deliveries::list)
        .get("/deliveries.csv", Gate::SignedIn, deliveries::download)
        .post("/deliveries", Gate::SignedIn, deliveries::confirm)
        .post("/deliveries/take-back", Gate::SignedIn, deliveries::take_back)
        .get("/deliveries/figures", Gate::SignedIn, figures::show)
        .get("/deliveries/figures.csv", Gate::SignedIn, figures::download)
        .get("/deliveries/import", Gate::SignedIn, file::show)
        .post("/deliveries/import", Gate::SignedIn, file::import)
}
