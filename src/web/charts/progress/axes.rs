//! Where the grid lines of a chart stand and what they are called.

use chrono::{Datelike, Days, Months, NaiveDate, Weekday};

use super::ProgressChart;

/// Steps of 1, 2 or 5 times a power of ten, of which at most five reach over `max`, none smaller than `smallest`.
pub(super) fn nice_ticks(max: i64, smallest: i64) -> Vec<i64> {
    let wanted = (max / 5 + i64::from(max % 5 != 0)).max(1);
    let mut power = smallest.max(1);
    let step = loop {
        let fitting =
            [1, 2, 5].into_iter().map(|factor| power.saturating_mul(factor)).find(|step| *step >= wanted);
        match fitting {
            Some(step) => break step,
            None => power = power.saturating_mul(10),
        }
    };
    let mut ticks = vec![0];
    while let Some(last) = ticks.last().copied().filter(|last| *last < max) {
        match last.checked_add(step) {
            Some(next) => ticks.push(next),
            None => break,
        }
    }
    ticks
}

/// The days that carry a line and a name: Mondays of a short period, months of a year, quarters of a long one.
pub(super) fn day_ticks(chart: &ProgressChart) -> Vec<(NaiveDate, String)> {
    let l = chart.l;
    let days = (chart.end - chart.from).num_days();
    let inside = |day: &NaiveDate| *day < chart.end;
    if days <= 62 {
        let monday = chart.from.week(Weekday::Mon).first_day();
        let mondays = (0..).map_while(|week| monday.checked_add_days(Days::new(7 * week))).take_while(inside);
        return mondays.filter(|day| *day >= chart.from).map(|day| (day, l.date_short(day))).collect();
    }
    let step = if days <= 400 { 1 } else { 3 };
    let first = chart.from.with_day(1).unwrap_or(chart.from);
    let months =
        (0..).map_while(|month| first.checked_add_months(Months::new(step * month))).take_while(inside);
    months.filter(|day| *day >= chart.from).map(|day| (day, l.month_short(day.month()))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_nice_at_any_magnitude() {
        assert_eq!(nice_ticks(1_860_000, 1), [0, 500_000, 1_000_000, 1_500_000, 2_000_000]);
        assert_eq!(nice_ticks(6, 1), [0, 2, 4, 6]);
        assert_eq!(nice_ticks(3, 1), [0, 1, 2, 3]);
        assert_eq!(nice_ticks(0, 100), [0]);
        assert_eq!(
            nice_ticks(42_000_000_00, 100),
            [0, 10_000_000_00, 20_000_000_00, 30_000_000_00, 40_000_000_00, 50_000_000_00]
        );
        assert!(nice_ticks(i64::MAX, 1).len() <= 6);
    }
}
