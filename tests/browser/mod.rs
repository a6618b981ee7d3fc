//! What people do, done in a real browser.

mod driver;
mod first_day;
