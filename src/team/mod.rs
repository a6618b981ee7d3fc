//! The team: how a department and the people in it stand against their goals.
//!
//! Example: Karin opens Sales North and sees the team's goal, who is behind, and that the personal goals add up to
//! 400,000 more than the team's.

mod as_of_page;
pub mod board;
pub mod choice;
pub mod export;
pub mod leaderboard;
pub mod members;
pub mod pages;
pub mod policy;
pub mod rows;
mod store;
pub mod table;
pub mod waiting;

use crate::kernel::id::DepartmentId;
use crate::kernel::remembered::Remembered;
use crate::web::routes::{Gate, Routes};

/// What goals there are of departments and those below them.
pub type Offers = Remembered<DepartmentId, Vec<choice::Offer>>;

/// `/team` and `/team/{id}`, the same as of a past day, and the leaderboard, each with its download.
pub fn routes() -> Routes {
    Routes::new()
        .get("/team", Gate::SignedIn, pages::own)
        .get("/team/{id}", Gate::SignedIn, pages::show)
        .get("/team/{id}/as-of", Gate::SignedIn, as_of_page::show)
        .get("/team/{id}/as-of.csv", Gate::SignedIn, as_of_page::download)
        .get("/team/{id}/people.csv", Gate::SignedIn, export::people)
        .get("/leaderboard", Gate::SignedIn, leaderboard::show)
        .get("/leaderboard.csv", Gate::SignedIn, leaderboard::download)
}
