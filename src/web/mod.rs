//! Pages, forms, routes and their gates: everything between HTTP and the business.

/// Accepts connections, with deadlines.
pub mod accept;
/// The static files, under names that change with their content.
pub mod assets;
/// Data graphics, drawn as SVG on the server.
pub mod charts;
pub mod context;
pub mod csv;
pub mod failure;
pub mod form;
/// The page of all components.
pub mod gallery;
pub mod headers;
pub mod health;
/// Words, numbers, money and dates in the reader's language.
pub mod i18n;
pub mod list;
pub mod live;
pub mod metrics;
pub mod origin;
pub mod page;
pub mod routes;
/// The frame of every signed-in page.
pub mod shell;
pub mod stale;
pub mod toast;
/// Small pieces of markup for templates.
pub mod ui;
pub mod upload;
