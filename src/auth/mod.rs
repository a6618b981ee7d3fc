//! Who is signed in: accounts, roles, sessions, links and tokens.
//!
//! An account is not a person of the organisation: most accounts belong to an employee, some (an outside
//! administrator) do not, and most employees of an import have no account until they are invited.

mod account_store;
pub mod accounts;
mod actor;
mod link_store;
pub mod links;
mod me;
pub mod pages;
pub mod password;
pub mod secret;
pub mod session;
mod store;
pub mod throttle;
mod token_store;
pub mod tokens;

pub use actor::{Actor, Role};

use crate::web::routes::{Gate, Routes};

/// Sign-in, set-up, invitations and one's own settings.
pub fn routes() -> Routes {
    Routes::new()
        .get("/login", Gate::Public, pages::login)
        .post("/login", Gate::Public, pages::sign_in)
        .post("/logout", Gate::SignedIn, pages::sign_out)
        .get("/setup/{token}", Gate::Public, links::show_setup)
        .post("/setup/{token}", Gate::Public, links::set_up)
        .get("/invite/{token}", Gate::Public, links::show_invitation)
        .post("/invite/{token}", Gate::Public, links::accept)
        .get("/me", Gate::SignedIn, me::show)
        .post("/me/password", Gate::SignedIn, me::change_password)
        .post("/me/language", Gate::Public, me::change_language)
        .post("/me/theme", Gate::SignedIn, me::change_theme)
        .post("/me/shortcuts", Gate::SignedIn, me::change_shortcuts)
        .post("/me/sessions/end", Gate::SignedIn, me::end_other_sessions)
        .post("/me/tokens", Gate::SignedIn, tokens::create)
        .post("/me/tokens/{id}/revoke", Gate::SignedIn, tokens::revoke)
}
