//! Every integration test, in one binary.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod adventureworks;
mod attainment_rules;
mod authorization;
mod browser;
mod deals;
mod import_booking;
mod imports;
mod ledger;
mod postgres;
mod sign_in;
mod support;
mod ui_kit;
