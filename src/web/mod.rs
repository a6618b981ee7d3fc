//! Pages, forms, routes and their gates.

/// The static files, under names that change with their content.
pub mod assets;
/// Words, numbers, money and dates in the reader's language.
pub mod i18n;
