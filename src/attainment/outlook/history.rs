//! What a subject sold day by day, and the few figures of each earlier period that the forecasts are made from.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::float;
use super::windows::{Window, elapsed_share};
use crate::kernel::calendar::WorkingCalendar;
use crate::kernel::period::Period;

/// Sales by day, in order, one figure each.
#[derive(Clone, Debug, Default)]
pub(super) struct Daily(Vec<(NaiveDate, i64)>);

impl Daily {
    /// Any order; figures of one day are added.
    pub(super) fn new(events: impl IntoIterator<Item = (NaiveDate, i64)>) -> Self {
        let mut sums = BTreeMap::<NaiveDate, i64>::new();
        for (date, value) in events {
            let sum = sums.entry(date).or_default();
            *sum = sum.saturating_add(value);
        }
        Self(sums.into_iter().filter(|(_, value)| *value != 0).collect())
    }

    /// From `from` up to, but not with, `until`.
    pub(super) fn between(&self, from: NaiveDate, until: NaiveDate) -> &[(NaiveDate, i64)] {
        let at = |date: NaiveDate| self.0.partition_point(|(day, _)| *day < date);
        self.0.get(at(from)..at(until)).unwrap_or_default()
    }

    pub(super) fn sum(&self, from: NaiveDate, until: NaiveDate) -> i64 {
        self.between(from, until).iter().fold(0, |sum, (_, value)| sum.saturating_add(*value))
    }

    /// Whether any day ended below zero.
    pub(super) fn has_returns(&self) -> bool {
        self.0.iter().any(|(_, value)| *value < 0)
    }

    /// Sales by working day of `period` up to and with `through`: what was sold on a free day goes to the next
    /// working day, or to the last one there is.
    pub(super) fn by_working_day(
        &self,
        period: Period,
        through: NaiveDate,
        calendar: &WorkingCalendar,
    ) -> Vec<i64> {
        let days: Vec<NaiveDate> =
            calendar.working_dates(&period).take_while(|day| *day <= through).collect();
        let mut sums = vec![0_i64; days.len()];
        let until = through.succ_opt().unwrap_or(through).min(period.end);
        for (date, value) in self.between(period.start, until) {
            let index = days.partition_point(|day| day < date).min(days.len().saturating_sub(1));
            if let Some(sum) = sums.get_mut(index) {
                *sum = sum.saturating_add(*value);
            }
        }
        sums
    }
}

/// An earlier period, as known at its end.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Past {
    /// Sold before the point where the present period stands.
    pub(super) before: f64,
    /// Sold in all.
    pub(super) total: f64,
    /// Share of its working days passed at that point.
    pub(super) elapsed: f64,
    /// On how many days of equal size it would have been sold: (Σx)² ÷ Σx². Source: Kish, *Survey Sampling*
    /// (1965), the effective sample size.
    pub(super) effective_days: f64,
}

/// The earlier periods, latest first, back to the first one in which anything was sold.
pub(super) fn pasts(daily: &Daily, windows: &[Window], calendar: &WorkingCalendar) -> Vec<Past> {
    let mut pasts: Vec<Past> = windows.iter().map(|window| past(daily, window, calendar)).collect();
    let sold = pasts.iter().rposition(|past| past.total > 0.0);
    pasts.truncate(sold.map_or(0, |last| last + 1));
    pasts
}

fn past(daily: &Daily, window: &Window, calendar: &WorkingCalendar) -> Past {
    let Period { start, end } = window.period;
    Past {
        before: float(daily.sum(start, window.until)),
        total: float(daily.sum(start, end)),
        elapsed: elapsed_share(window.period, window.until, calendar),
        effective_days: effective_days(daily.between(start, end)),
    }
}

/// The chance that nothing more comes: of how many earlier periods nothing more came, out of one more than there are.
pub(super) fn idle(pasts: &[Past]) -> f64 {
    #[expect(clippy::float_cmp, reason = "both are sums of the same whole numbers")]
    let ended = pasts.iter().filter(|past| past.before == past.total).count();
    super::count(ended) / (super::count(pasts.len()) + 1.0)
}

/// At least one.
fn effective_days(days: &[(NaiveDate, i64)]) -> f64 {
    let sum: f64 = days.iter().map(|(_, value)| float(*value)).sum();
    let squares: f64 = days.iter().map(|(_, value)| float(*value).powi(2)).sum();
    if squares > 0.0 { (sum * sum / squares).max(1.0) } else { 1.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, day).unwrap()
    }

    fn weekdays() -> WorkingCalendar {
        WorkingCalendar { weekend: vec![6, 7], ..WorkingCalendar::default() }
    }

    #[test]
    fn weekend_sales_go_to_monday_or_to_the_last_day_there_is() {
        // 1 November 2026 is a Sunday
        let sold = Daily::new([(day(8), 5), (day(1), 1), (day(2), 10), (day(6), 20), (day(7), 3)]);
        let november = Period::from_inclusive(day(1), day(30)).unwrap();
        assert_eq!(sold.by_working_day(november, day(9), &weekdays()), [11, 0, 0, 0, 20, 8]);
        assert_eq!(sold.by_working_day(november, day(8), &weekdays()), [11, 0, 0, 0, 28]);
    }

    #[test]
    fn figures_of_one_day_are_added_in_any_order() {
        let sold = Daily::new([(day(3), 5), (day(2), 1), (day(3), -2), (day(4), 4), (day(4), -4)]);
        assert_eq!(sold.between(day(1), day(30)), [(day(2), 1), (day(3), 3)]);
        assert_eq!((sold.sum(day(2), day(3)), sold.sum(day(2), day(4)), sold.has_returns()), (1, 4, false));
    }

    #[test]
    fn effective_days_by_hand() {
        let days =
            |values: &[i64]| -> Vec<(NaiveDate, i64)> { values.iter().map(|v| (day(1), *v)).collect() };
        assert!((effective_days(&days(&[7, 7, 7])) - 3.0).abs() < 1e-12);
        // (3 + 1)² ÷ (9 + 1)
        assert!((effective_days(&days(&[3, 1])) - 1.6).abs() < 1e-12);
        assert!((effective_days(&[]) - 1.0).abs() < 1e-12);
    }
}
