//! Reading the fields that the forms of the organisation share.

use chrono::NaiveDate;

use crate::web::form::FormErrors;

/// An optional day of a date field; a fault when something else was typed.
pub(super) fn optional_day(errors: &mut FormErrors, field: &str, text: &str) -> Option<NaiveDate> {
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    errors.check(field, text.parse().map_err(|_| "error-date"))
}

/// The day of a date field that must be filled in.
pub(super) fn day(errors: &mut FormErrors, field: &str, text: &str) -> Option<NaiveDate> {
    if text.trim().is_empty() {
        errors.add(field, "error-required");
    }
    optional_day(errors, field, text)
}

/// Notes a fault at each of the `(field, value)` that is empty or longer than any name.
pub(super) fn names(errors: &mut FormErrors, fields: &[(&'static str, &str)]) {
    for (field, value) in fields {
        if value.trim().is_empty() {
            errors.add(*field, "error-required");
        } else if value.chars().count() > 200 {
            errors.add(*field, "error-too-long");
        }
    }
}

/// A day as a date field holds it; empty when there is none.
pub(super) fn iso(day: Option<NaiveDate>) -> String {
    day.map_or_else(String::new, |day| day.to_string())
}
