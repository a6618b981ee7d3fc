//! Pages, forms, routes and their gates.
