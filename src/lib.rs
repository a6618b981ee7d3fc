//! Pacemark: sales performance management.
//!
//! Modules in reading order: the business first, the plumbing last. `ARCHITECTURE.md` is the map.

/// Who should do what next, and what is overdue.
pub mod accountability;
/// How far goals are reached, where they should stand, where they are heading.
pub mod attainment;
/// What can be asked of people: learning time of those who are new, leave.
pub mod capacity;
/// Periods whose figures are settled for good.
pub mod closing;
/// Who buys.
pub mod customers;
/// What goals of those who support sales are measured by.
pub mod facts;
/// Targets for people, departments and the company, with versions.
pub mod goals;
/// What each reader sees first.
pub mod home;
/// What happens outside the company: competitors, prices, the economy.
pub mod market;
/// Orders on their way to the customer: promises, deliveries, what came back.
pub mod orders;
/// The company, its departments and people, and who belonged where on any date.
pub mod org;
/// What may become an order, on its way through stages.
pub mod pipeline;
/// What the steps from first call to follow-up have in common: who sees them, what waits for whom.
pub mod process;
pub mod process_figures;
/// What is sold.
pub mod products;
/// Standing meetings with an agenda made from the data, and what they decide.
pub mod reviews;
/// Deals, and the append-only ledger of credits they give rise to.
pub mod sales;
/// Service after the sale: follow-ups, cases, what customers say.
pub mod service;
/// A department and its people against their goals.
pub mod team;

/// Set-up health, and everybody's API tokens.
pub mod admin;
/// The record of every change.
pub mod audit;
/// Who is signed in: accounts, roles, sessions, links and tokens.
pub mod auth;
/// CSV files of other systems.
pub mod imports;
/// What people are told: their inbox, and mail.
pub mod notices;
/// What people write to each other about a thing.
pub mod talks;

/// The JSON API: goals, attainment, sales and the company's lists, for programs with a token.
pub mod api;

/// Finding people, customers, products, departments and deals.
pub mod search;

/// Values every area speaks in: money, dates, periods, ids, the clock.
pub mod kernel;

/// The assembled application.
pub mod app;
/// The command line.
pub mod cli;
/// How a process is started.
pub mod config;
/// The demo company.
pub mod demo;
/// What can go wrong.
pub mod error;
/// The embedded database server, the connection pool and its guard.
pub mod postgres;
/// Pages, forms, routes and their gates.
pub mod web;
