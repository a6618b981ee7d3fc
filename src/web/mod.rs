//! Pages, forms, routes and their gates.

pub mod accept;
