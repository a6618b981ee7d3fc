//! What is typed about leave and ramps.

use chrono::{Days, NaiveDate};
use serde::Deserialize;

use super::{Ramp, ReliefDraft, ReliefKind};
use crate::kernel::period::Period;
use crate::web::form::FormErrors;

/// Longer leave is another contract.
const LONGEST: i64 = 3 * 366;
const MOST_STEPS: usize = 24;

/// Leave as it is typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ReliefForm {
    pub(super) from: String,
    pub(super) last: String,
    pub(super) kind: String,
    pub(super) pct: String,
    pub(super) reason: String,
}

impl ReliefForm {
    /// The empty form.
    pub fn new(today: NaiveDate) -> Self {
        let from = today.checked_add_days(Days::new(1)).unwrap_or(today).to_string();
        Self { last: from.clone(), from, kind: "leave".into(), pct: "100".into(), reason: String::new() }
    }

    /// The draft, or what is wrong where.
    pub fn read(&self) -> Result<ReliefDraft, FormErrors> {
        let mut errors = FormErrors::default();
        let day = |text: &str| text.parse::<NaiveDate>().map_err(|_| "error-date");
        let from = errors.check("from", day(&self.from));
        let last = errors.check("last", day(&self.last));
        let period = from.zip(last).and_then(|(from, last)| {
            let period = Period::from_inclusive(from, last).filter(|period| period.days() <= LONGEST);
            errors.check("last", period.ok_or("capacity-error-span"))
        });
        let kind = errors.check("kind", ReliefKind::from_code(&self.kind).ok_or("error-required"));
        let pct = errors.check("pct", percent(&self.pct).filter(|pct| *pct > 0).ok_or("capacity-error-pct"));
        let draft = period.zip(kind).zip(pct).map(|((period, kind), pct)| ReliefDraft {
            period,
            pct,
            kind,
            reason: self.reason.trim().to_owned(),
        });
        errors.or(draft)
    }
}

/// A ramp as it is typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RampForm {
    pub(super) starts_on: String,
    pub(super) steps: String,
}

impl RampForm {
    /// What is proposed for somebody who starts on `day`.
    pub fn new(day: NaiveDate) -> Self {
        Self { starts_on: day.to_string(), steps: "25, 50, 75".into() }
    }

    /// The ramp, or what is wrong where.
    pub fn read(&self) -> Result<Ramp, FormErrors> {
        let mut errors = FormErrors::default();
        let starts_on = errors.check("starts_on", self.starts_on.parse().map_err(|_| "error-date"));
        let words = self.steps.split([',', ' ', ';', '%']).filter(|word| !word.is_empty());
        let steps: Option<Vec<i16>> = words.map(percent).collect();
        let steps = steps.filter(|steps| (1..=MOST_STEPS).contains(&steps.len()));
        let steps = errors.check("steps", steps.ok_or("capacity-error-steps"));
        errors.or(starts_on.zip(steps).map(|(starts_on, steps)| Ramp { starts_on, steps }))
    }
}

fn percent(text: &str) -> Option<i16> {
    text.trim().trim_end_matches('%').trim_end().parse().ok().filter(|pct| (0..=100).contains(pct))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_read_as_people_write_them() {
        let read = |steps: &str| {
            let form = RampForm { starts_on: "2026-10-01".into(), steps: steps.into() };
            form.read().map(|ramp| ramp.steps).ok()
        };
        assert_eq!(read("25, 50, 75"), Some(vec![25, 50, 75]));
        assert_eq!(read("25 % 50%;100"), Some(vec![25, 50, 100]));
        assert_eq!((read(""), read("25, x"), read("25, 101")), (None, None, None));
    }

    #[test]
    fn leave_ends_after_it_begins_and_takes_a_part_of_the_day() {
        let form = |last: &str, pct: &str| ReliefForm {
            last: last.into(),
            pct: pct.into(),
            ..ReliefForm::new("2026-10-01".parse().unwrap())
        };
        assert_eq!(form("2026-10-03", "60 %").read().unwrap().pct, 60);
        assert!(form("2026-10-01", "100").read().unwrap_err().has("last"));
        assert!(form("2036-10-01", "100").read().unwrap_err().has("last"));
        assert!(form("2026-10-03", "0").read().unwrap_err().has("pct"));
    }
}
