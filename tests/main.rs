//! Every integration test, in one binary.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod attainment_rules;
mod deals;
mod goals;
mod postgres;
mod support;
mod ui_kit;
