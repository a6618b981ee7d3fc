//! Every integration test, in one binary.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod postgres;
mod support;
