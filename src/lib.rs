//! Pacemark: sales performance management.
//!
//! Modules in reading order: the business first, the plumbing last. `ARCHITECTURE.md` is the map.

/// Values every area speaks in: money, dates, periods, ids, the clock.
pub mod kernel;

/// The embedded database server, the connection pool and its guard.
pub mod postgres;
/// Pages, forms, routes and their gates.
pub mod web;

/// What every request may use, and every area's routes.
pub mod app;
/// The command line.
pub mod cli;
/// Settings from flags and the environment.
pub mod config;
