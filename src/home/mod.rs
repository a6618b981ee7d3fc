//! What each reader sees first: their own goals, the team they answer for, the company, or the health of the set-up.

mod actions;
mod mine;
mod overview;
mod pages;
mod served;
mod setup;
mod store;

use crate::web::routes::{Gate, Routes};

/// `/`.
pub fn routes() -> Routes {
    Routes::new().get("/", Gate::SignedIn, pages::show)
}
