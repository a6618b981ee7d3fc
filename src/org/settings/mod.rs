//! What administrators decide for the whole company: money, calendar, language, boundaries of a goal's status.

pub(super) mod calendar;
mod forms;
pub(super) mod holiday_list;
pub(super) mod pages;
pub(super) mod rate_list;
pub(super) mod rates;
mod swedish;
