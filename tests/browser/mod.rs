//! What people do, done in a real browser.

mod driver;
mod every_page;
mod first_day;
mod importing;
mod pages;
mod planning;
mod selling;
