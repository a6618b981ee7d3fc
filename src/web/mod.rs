//! Pages, forms, routes and their gates.

/// The static files, under names that change with their content.
pub mod assets;
/// Data graphics, drawn as SVG on the server.
pub mod charts;
/// The page of all components.
pub mod gallery;
/// Words, numbers, money and dates in the reader's language.
pub mod i18n;
/// The frame of every signed-in page.
pub mod shell;
/// Small pieces of markup for templates.
pub mod ui;
