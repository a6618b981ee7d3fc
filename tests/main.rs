//! All tests against the whole application, in one binary.

mod ui_kit;
