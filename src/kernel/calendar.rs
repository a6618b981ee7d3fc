//! The company's working days: the weights of pace and forecast (rule 18).

use std::collections::BTreeSet;

use chrono::{Datelike, NaiveDate};

use super::period::Period;

const DAYS_OF_WEEK: i64 = 7;

/// Which days are worked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WorkingCalendar {
    /// ISO weekdays that are free, 1 = Monday.
    pub weekend: Vec<u32>,
    /// Other free days.
    pub holidays: BTreeSet<NaiveDate>,
}

impl WorkingCalendar {
    /// Whether `date` is worked.
    pub fn is_working_day(&self, date: NaiveDate) -> bool {
        !self.is_weekend(date) && !self.holidays.contains(&date)
    }

    /// How many days of `period` are worked. Whole weeks are not walked through day by day.
    pub fn working_days(&self, period: &Period) -> i64 {
        let (weeks, rest) = (period.days() / DAYS_OF_WEEK, period.days() % DAYS_OF_WEEK);
        let weekdays = |days: i64| -> i64 {
            period
                .dates()
                .take(usize::try_from(days).unwrap_or_default())
                .map(|d| i64::from(!self.is_weekend(d)))
                .sum()
        };
        let per_week = if weeks > 0 { weekdays(DAYS_OF_WEEK) } else { 0 };
        let holidays: i64 =
            self.holidays.range(period.start..period.end).map(|d| i64::from(!self.is_weekend(*d))).sum();
        weeks * per_week + weekdays(rest) - holidays
    }

    /// The working days of `period` in order.
    pub fn working_dates(&self, period: &Period) -> impl Iterator<Item = NaiveDate> + use<'_> {
        period.dates().filter(|date| self.is_working_day(*date))
    }

    fn is_weekend(&self, date: NaiveDate) -> bool {
        self.weekend.contains(&date.weekday().number_from_monday())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_quarter_of_2026_has_63_working_days() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let holidays = ["2026-12-24", "2026-12-25", "2026-12-31", "2026-10-03"].map(day).into();
        let calendar = WorkingCalendar { weekend: vec![6, 7], holidays };
        let quarter = Period::from_inclusive(day("2026-10-01"), day("2026-12-31")).unwrap();
        assert_eq!(calendar.working_days(&quarter), 63, "a holiday on a Saturday takes nothing");
        assert_eq!(calendar.working_dates(&quarter).count(), 63);
        assert!(!calendar.is_working_day(day("2026-12-24")) && calendar.is_working_day(day("2026-12-23")));
    }
}
