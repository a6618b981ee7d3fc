//! Administration of the installation: what is still to be set up, and everybody's API tokens.

pub mod health;
mod store;
mod tokens;

use crate::web::routes::{Gate, Routes};

/// The start of the administration, and API tokens.
pub fn routes() -> Routes {
    Routes::new()
        .get("/admin", Gate::Admin, health::show)
        .get("/admin/tokens", Gate::Admin, tokens::index)
        .post("/admin/tokens/{id}/revoke", Gate::Admin, tokens::revoke)
}
