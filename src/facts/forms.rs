//! What is typed about a fact, the same in a form, a file and a program's request.

use chrono::NaiveDate;
use serde::Deserialize;

use super::{Fact, Facts};
use crate::attainment::{Metric, Nature};
use crate::kernel::ratio::Pct;
use crate::web::form::FormErrors;

/// A fact as typed, without whose it is.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Raw {
    /// Code of the metric.
    pub metric: String,
    /// The day it belongs to.
    pub day: String,
    /// How many on time, points, minutes, leads.
    pub value: String,
    /// Of how many; empty for what is only counted.
    pub count: String,
    /// In words.
    pub note: String,
}

/// The same, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parsed {
    /// What it counts for.
    pub metric: Metric,
    /// The day it belongs to.
    pub day: NaiveDate,
    /// What it says.
    pub facts: Facts,
    /// In words.
    pub note: String,
}

const LONGEST_NOTE: usize = 1_000;

impl Raw {
    /// A fact as a form or a file has it.
    pub(super) fn of(fact: &Fact) -> Self {
        let Facts { part, whole } = fact.draft.facts;
        let points = fact.draft.metric == Metric::CustomerScore;
        Self {
            metric: fact.draft.metric.code().to_owned(),
            day: fact.draft.day.to_string(),
            value: if points { Pct(part).to_string_2() } else { part.to_string() },
            count: if whole > 0 { whole.to_string() } else { String::new() },
            note: fact.draft.note.clone(),
        }
    }

    /// What it says. Faults at its fields; days that have not been are none yet.
    pub fn read(&self, today: NaiveDate) -> Result<Parsed, FormErrors> {
        let mut errors = FormErrors::default();
        let metric = Metric::from_code(self.metric.trim()).filter(|metric| !metric.is_of_sales());
        let metric = errors.check("metric", metric.ok_or("facts-error-metric"));
        let day = errors.check("day", self.day.trim().parse::<NaiveDate>().map_err(|_| "error-date"));
        if day.is_some_and(|day| day > today) {
            errors.add("day", "facts-error-future");
        }
        if self.note.chars().count() > LONGEST_NOTE {
            errors.add("note", "error-talk-long");
        }
        let facts = metric.and_then(|metric| self.facts(metric, &mut errors));
        let parsed = metric.zip(day).zip(facts).map(|((metric, day), facts)| Parsed {
            metric,
            day,
            facts,
            note: self.note.trim().to_owned(),
        });
        errors.or(parsed)
    }

    fn facts(&self, metric: Metric, errors: &mut FormErrors) -> Option<Facts> {
        let decimals = if metric == Metric::CustomerScore { 2 } else { 0 };
        let part = errors.check("value", number(&self.value, decimals));
        if metric.nature() == Nature::Sum {
            if !self.count.trim().is_empty() {
                errors.add("count", "facts-error-no-count");
            }
            return part.map(|part| Facts { part, whole: 0 });
        }
        let count = if self.count.trim().is_empty() { Ok(1) } else { number(&self.count, 0) };
        let count = count.and_then(|count| if count > 0 { Ok(count) } else { Err("facts-error-count") });
        let whole = errors.check("count", count);
        let (part, whole) = part.zip(whole)?;
        let share = matches!(metric, Metric::OnTimeDelivery | Metric::FollowUpsInTime);
        if share && part > whole {
            errors.add("value", "facts-error-more");
            return None;
        }
        Some(Facts { part, whole })
    }
}

/// A number with at most so many decimals, as an integer of its smallest unit; not negative.
fn number(text: &str, decimals: u32) -> Result<i64, &'static str> {
    let plain: String = text.chars().filter(|c| !c.is_whitespace() && *c != '\u{a0}').collect();
    if plain.is_empty() {
        return Err("error-required");
    }
    let plain = plain.replace(',', ".");
    let (whole, rest) = plain.split_once('.').unwrap_or((&plain, ""));
    let digits = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_digit());
    let width = usize::try_from(decimals).unwrap_or_default();
    if !digits(whole) || !(rest.is_empty() || digits(rest)) || rest.len() > width {
        return Err(if decimals == 0 { "facts-error-whole" } else { "facts-error-decimals" });
    }
    let padded = format!("{whole}{rest:0<width$}");
    padded.parse::<i64>().ok().filter(|value| *value <= 1_000_000_000_000).ok_or("error-amount-too-large")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(metric: &str, value: &str, count: &str) -> Result<Facts, Vec<(String, &'static str)>> {
        let raw = Raw {
            metric: metric.into(),
            day: "2026-11-17".into(),
            value: value.into(),
            count: count.into(),
            note: String::new(),
        };
        let read = raw.read("2026-11-18".parse().unwrap());
        read.map(|parsed| parsed.facts)
            .map_err(|errors| errors.iter().map(|error| (error.field.clone(), error.key)).collect())
    }

    #[test]
    fn each_metric_is_written_its_own_way() {
        assert_eq!(read("on_time_delivery", "47", "50"), Ok(Facts { part: 47, whole: 50 }));
        assert_eq!(read("customer_score", "4,5", ""), Ok(Facts { part: 450, whole: 1 }), "one answer");
        assert_eq!(read("customer_score", "45.25", "10"), Ok(Facts { part: 4_525, whole: 10 }));
        assert_eq!(read("first_reply_time", "95", ""), Ok(Facts { part: 95, whole: 1 }));
        assert_eq!(read("leads", "3", ""), Ok(Facts { part: 3, whole: 0 }));
    }

    #[test]
    fn mistakes_are_named_at_their_field() {
        let fault = |field: &str, key| Err(vec![(field.to_owned(), key)]);
        assert_eq!(read("revenue", "1", ""), fault("metric", "facts-error-metric"));
        assert_eq!(read("on_time_delivery", "51", "50"), fault("value", "facts-error-more"));
        assert_eq!(read("on_time_delivery", "1.5", "50"), fault("value", "facts-error-whole"));
        assert_eq!(read("on_time_delivery", "0", "0"), fault("count", "facts-error-count"));
        assert_eq!(read("customer_score", "4.555", ""), fault("value", "facts-error-decimals"));
        assert_eq!(read("leads", "3", "4"), fault("count", "facts-error-no-count"));
        assert_eq!(read("leads", "-3", ""), fault("value", "facts-error-whole"));
    }
}
