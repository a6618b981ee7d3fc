//! Pages, forms, routes and their gates: everything between HTTP and the business.

pub mod accept;
pub mod assets;
pub mod charts;
pub mod context;
pub mod csv;
pub mod failure;
pub mod form;
pub mod headers;
pub mod i18n;
pub mod list;
pub mod origin;
pub mod page;
pub mod routes;
pub mod shell;
pub mod toast;
