//! Every integration test, in one binary.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod adventureworks;
mod adventureworks_api;
mod agreements;
mod agreements_settled;
mod api;
mod as_of;
mod attainment_rules;
mod attainment_service;
mod audit;
mod authorization;
mod browser;
mod catalogue;
mod closing;
mod deals;
mod delivered;
mod delivered_rules;
mod demo;
mod facts;
mod fair;
mod fair_rules;
mod goals;
mod home;
mod import_booking;
mod import_pages;
mod imports;
mod leaderboard;
mod ledger;
mod live;
mod market;
mod northwind;
mod notices;
mod orders;
mod org;
mod pipeline;
mod planning;
mod postgres;
mod quarter;
mod races;
mod remembered;
mod reviews;
mod service;
mod sign_in;
mod support;
mod ui_kit;
