//! Earlier periods of the same length, and the day in each of them that answers to a day of this one.
//!
//! A period of whole months steps back by months, so that the end of a month meets the end of a month; a month is
//! walked through by its working days, because "three working days left" says more about sales than "the 28th".
//! Any other period steps back by its days, and its days answer to each other by the share of working days passed.
//! Example: in the quarter from 1 October, the 14th of November of 2026 answers to mid-August, then mid-May.

use chrono::{Datelike, Days, Months, NaiveDate};

use crate::kernel::calendar::WorkingCalendar;
use crate::kernel::period::Period;

/// So many earlier periods tell enough: two years of months, six of quarters.
const MOST: u32 = 24;
const MONTHS_OF_YEAR: i64 = 12;
const DAYS_OF_YEAR: i64 = 365;

/// An earlier period, seen from the same point as the present one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Window {
    pub(super) period: Period,
    /// The first day that was not yet over.
    pub(super) until: NaiveDate,
}

/// The windows before `period` at the point where the days before `until` are over, latest first. Only those of
/// which every day from `known_from` on is known.
pub(super) fn earlier(
    period: Period,
    until: NaiveDate,
    known_from: NaiveDate,
    calendar: &WorkingCalendar,
) -> Vec<Window> {
    let step = Step::of(period);
    (1..=MOST)
        .map_while(|back| Some((back, step.back(period, back)?)))
        .take_while(|(_, earlier)| earlier.start >= known_from)
        .map(|(back, earlier)| Window {
            period: earlier,
            until: step.same_day(period, until, (earlier, back), calendar).clamp(earlier.start, earlier.end),
        })
        .collect()
}

/// The share of the working days of `period` that lie before `until`, from 0 to 1; of all its days when none is
/// worked.
pub(super) fn elapsed_share(period: Period, until: NaiveDate, calendar: &WorkingCalendar) -> f64 {
    let every_day = WorkingCalendar::default();
    let calendar = if calendar.working_days(&period) > 0 { calendar } else { &every_day };
    let before = worked(calendar, period.start, until.clamp(period.start, period.end));
    super::float(before) / super::float(calendar.working_days(&period))
}

/// How one steps from a period to the one before.
#[derive(Clone, Copy, Debug)]
enum Step {
    /// By so many months from its end, or from its start.
    Months { count: u32, from_end: bool },
    /// By so many days.
    Days(u64),
}

impl Step {
    /// Months when the dates are whole months apart, seen from either end.
    fn of(period: Period) -> Self {
        let months = (period.days() * MONTHS_OF_YEAR + DAYS_OF_YEAR / 2) / DAYS_OF_YEAR;
        let count = u32::try_from(months).unwrap_or(0);
        if count > 0 && period.end.checked_sub_months(Months::new(count)) == Some(period.start) {
            return Self::Months { count, from_end: true };
        }
        if count > 0 && period.start.checked_add_months(Months::new(count)) == Some(period.end) {
            return Self::Months { count, from_end: false };
        }
        Self::Days(period.days().unsigned_abs())
    }

    /// The period `back` steps earlier. Each is reckoned from the present one, so that a 28 February is not carried on.
    fn back(self, period: Period, back: u32) -> Option<Period> {
        match self {
            Self::Months { count, from_end: true } => {
                let end = |steps: u32| period.end.checked_sub_months(Months::new(count * steps));
                Period::new(end(back + 1)?, end(back)?)
            }
            Self::Months { count, from_end: false } => {
                let start = |steps: u32| period.start.checked_sub_months(Months::new(count * steps));
                Period::new(start(back)?, start(back - 1)?)
            }
            Self::Days(days) => {
                let by = Days::new(days * u64::from(back));
                Period::new(period.start.checked_sub_days(by)?, period.end.checked_sub_days(by)?)
            }
        }
    }

    /// The day in the earlier period that answers to `until`.
    fn same_day(
        self,
        period: Period,
        until: NaiveDate,
        (earlier, back): (Period, u32),
        calendar: &WorkingCalendar,
    ) -> NaiveDate {
        let Some(last) = until.pred_opt().filter(|last| period.contains(*last)) else {
            return if until < period.end { earlier.start } else { earlier.end };
        };
        let stretches = match self {
            Self::Days(_) => Some((period, earlier)),
            Self::Months { count, .. } => month_of(last).zip(month_before(last, count * back)),
        };
        stretches.and_then(|(now, then)| answering(calendar, now, then, last)).unwrap_or(earlier.start)
    }
}

/// The day after the one in `then` by which the same share of working days has passed as by `last` in `now`. A free
/// `last` takes the free days behind it along. None when a stretch has no working day.
fn answering(calendar: &WorkingCalendar, now: Period, then: Period, last: NaiveDate) -> Option<NaiveDate> {
    let (days, others) = (calendar.working_days(&now), calendar.working_days(&then));
    let passed = worked(calendar, now.start, last.succ_opt()?);
    let count = (2 * passed * others + days).checked_div(2 * days)?; // rounded
    let mut dates = calendar.working_dates(&then).skip(usize::try_from(count).ok()?);
    let next = dates.next();
    if !calendar.is_working_day(last) {
        return Some(next.unwrap_or(then.end));
    }
    let counted = usize::try_from(count - 1).ok().and_then(|index| calendar.working_dates(&then).nth(index));
    counted.map_or(Some(then.start), |day| day.succ_opt())
}

fn worked(calendar: &WorkingCalendar, from: NaiveDate, until: NaiveDate) -> i64 {
    Period::new(from, until).map_or(0, |stretch| calendar.working_days(&stretch))
}

/// The calendar month `date` is in.
fn month_of(date: NaiveDate) -> Option<Period> {
    let first = date.with_day(1)?;
    Period::new(first, first.checked_add_months(Months::new(1))?)
}

fn month_before(date: NaiveDate, months: u32) -> Option<Period> {
    month_of(date.with_day(1)?.checked_sub_months(Months::new(months))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn span(start: &str, end: &str) -> Period {
        Period::new(day(start), day(end)).unwrap()
    }

    fn weekdays() -> WorkingCalendar {
        WorkingCalendar { weekend: vec![6, 7], ..WorkingCalendar::default() }
    }

    #[test]
    fn quarters_step_back_without_gap_or_overlap() {
        let got =
            earlier(span("2013-02-28", "2013-05-30"), day("2013-02-28"), day("2011-05-31"), &weekdays());
        let starts: Vec<String> = got.iter().map(|window| window.period.start.to_string()).collect();
        let expected = ["2012-11-30", "2012-08-30", "2012-05-30", "2012-02-29", "2011-11-30", "2011-08-30"];
        assert_eq!(starts, expected);
        let touch = |pair: &[Window]| pair[1].period.end == pair[0].period.start;
        assert!(got.windows(2).all(touch));
        assert!(got.iter().all(|window| window.until == window.period.start), "nothing has passed");
    }

    #[test]
    fn the_end_of_a_month_answers_to_the_end_of_a_month() {
        // February 2026 has 20 working days, January 22: three working days left are three left, or nearly
        let february = span("2026-02-01", "2026-03-01");
        let got = earlier(february, day("2026-02-25"), day("2026-01-01"), &weekdays());
        // 17 of 20 days over: 18.7, so 19 of 22: three are left, from Wednesday the 28th on
        assert_eq!(got, [Window { period: span("2026-01-01", "2026-02-01"), until: day("2026-01-28") }]);
        let over = earlier(february, day("2026-03-01"), day("2026-01-01"), &weekdays());
        assert_eq!(over[0].until, day("2026-02-01"));
    }

    #[test]
    fn a_free_day_takes_the_weekend_along() {
        let october = span("2026-10-01", "2026-11-01");
        let until = |origin: &str| earlier(october, day(origin), day("2026-09-01"), &weekdays())[0].until;
        // through Friday the 16th: 12 of 22, in September too, whose 12th working day is Wednesday the 16th
        assert_eq!(until("2026-10-17"), day("2026-09-17"));
        // through Friday the 9th: 7 of 22; September's 7th is Wednesday the 9th
        assert_eq!(until("2026-10-10"), day("2026-09-10"));
        // through Sunday the 11th: up to the next working day
        assert_eq!(until("2026-10-12"), day("2026-09-10"));
        // two days over, and the weekend behind them: up to the third working day, Thursday the 3rd
        assert_eq!(until("2026-10-05"), day("2026-09-03"));
    }

    #[test]
    fn other_periods_step_by_days() {
        let weeks = span("2026-03-02", "2026-03-16");
        let got = earlier(weeks, day("2026-03-07"), day("2026-02-01"), &weekdays());
        let expected = [
            Window { period: span("2026-02-16", "2026-03-02"), until: day("2026-02-21") },
            Window { period: span("2026-02-02", "2026-02-16"), until: day("2026-02-07") },
        ];
        assert_eq!(got, expected);
    }

    #[test]
    fn the_share_counts_working_days() {
        let october = span("2026-10-01", "2026-11-01");
        let share = |until| elapsed_share(october, day(until), &weekdays());
        assert!((share("2026-10-17") - 12.0 / 22.0).abs() < 1e-12);
        assert!(share("2026-09-01").abs() < 1e-12 && (share("2027-01-01") - 1.0).abs() < 1e-12);
        let weekend = span("2026-10-03", "2026-10-05");
        assert!((elapsed_share(weekend, day("2026-10-04"), &weekdays()) - 0.5).abs() < 1e-12);
    }
}
