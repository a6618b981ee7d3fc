//! What the whole process from first call to follow-up has in common: who sees what of it, and what waits for whom.
//!
//! Every step has an owner and a due date. The areas (`pipeline`, `orders`, `service`) keep their own steps; here stands what
//! they share.
//!
//! Example: Elias sees his own orders; Petra of production sees every order, because all of them may wait for her, but no
//! amount, because from amounts of orders one could sum up what a salesperson sells for.

pub mod action;
pub mod grouping;
mod named;
pub mod packed;
mod sight;

pub use action::Action;
pub use named::Named;
pub use sight::{Sight, serves};
