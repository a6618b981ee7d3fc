//! When a standing meeting is: a rhythm, and the working day it comes to. Pure.
//!
//! Example: weekly on Thursdays. Christmas Eve 2026 is a Thursday and free, so is the Friday; the meeting is on Monday the
//! 28th, and the one after it would be on Thursday again.

use chrono::{Datelike, Days, Months, NaiveDate};

use crate::kernel::calendar::WorkingCalendar;
use crate::kernel::period::Period;

/// Weeks or months that are looked through for the next day: nobody is free for so long.
const PATIENCE: u32 = 120;

/// How often, and on which day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rhythm {
    /// Every week on a weekday, 1 is Monday; on the next working day when that is free.
    Weekly(u32),
    /// Every month on its n-th working day.
    Workday(u32),
    /// Every month on a day, or its last; on the next working day of the month when that is free, else on the one before.
    Monthday(u32),
}

impl Rhythm {
    /// The stored kind.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Weekly(_) => "weekly",
            Self::Workday(_) => "workday",
            Self::Monthday(_) => "monthday",
        }
    }

    /// The weekday, the number of the working day, or the day.
    pub const fn on(self) -> u32 {
        match self {
            Self::Weekly(on) | Self::Workday(on) | Self::Monthday(on) => on,
        }
    }

    /// Of a stored kind and number; nothing when there is no such day.
    pub fn new(code: &str, on: u32) -> Option<Self> {
        match (code, on) {
            ("weekly", 1..=7) => Some(Self::Weekly(on)),
            ("workday", 1..=20) => Some(Self::Workday(on)),
            ("monthday", 1..=31) => Some(Self::Monthday(on)),
            _ => None,
        }
    }

    /// The first day of the rhythm after `day`.
    pub fn next(self, day: NaiveDate, calendar: &WorkingCalendar) -> Option<NaiveDate> {
        // a day that was put off may belong to the unit before
        let first = self.step(self.unit(day), -1)?;
        (0..PATIENCE)
            .filter_map(|n| self.day_in(self.step(first, n.cast_signed())?, calendar))
            .find(|on| *on > day)
    }

    /// The last day of the rhythm before `day`.
    pub fn previous(self, day: NaiveDate, calendar: &WorkingCalendar) -> Option<NaiveDate> {
        let last = self.unit(day);
        (0..PATIENCE)
            .filter_map(|n| self.day_in(self.step(last, -n.cast_signed())?, calendar))
            .find(|on| *on < day)
    }

    /// The first day of the week or month that `day` is in.
    fn unit(self, day: NaiveDate) -> NaiveDate {
        match self {
            Self::Weekly(_) => day - Days::new(day.weekday().num_days_from_monday().into()),
            Self::Workday(_) | Self::Monthday(_) => day.with_day(1).unwrap_or(day),
        }
    }

    fn step(self, unit: NaiveDate, by: i32) -> Option<NaiveDate> {
        let size = by.unsigned_abs();
        match (self, by < 0) {
            (Self::Weekly(_), false) => unit.checked_add_days(Days::new(u64::from(size) * 7)),
            (Self::Weekly(_), true) => unit.checked_sub_days(Days::new(u64::from(size) * 7)),
            (_, false) => unit.checked_add_months(Months::new(size)),
            (_, true) => unit.checked_sub_months(Months::new(size)),
        }
    }

    /// The working day that it comes to in a week or month; nothing when all of it is free.
    fn day_in(self, unit: NaiveDate, calendar: &WorkingCalendar) -> Option<NaiveDate> {
        match self {
            Self::Weekly(weekday) => {
                let nominal = unit + Days::new(u64::from(weekday) - 1);
                let until_next = Period::new(nominal, nominal + Days::new(7))?;
                calendar.working_dates(&until_next).next()
            }
            Self::Workday(number) => {
                let days: Vec<NaiveDate> = calendar.working_dates(&month(unit)?).collect();
                let place = usize::try_from(number).ok()?.checked_sub(1)?;
                days.get(place).or(days.last()).copied()
            }
            Self::Monthday(day) => {
                let month = month(unit)?;
                let nominal = unit.with_day(day).unwrap_or(month.last_day());
                let working: Vec<NaiveDate> = calendar.working_dates(&month).collect();
                let after = working.iter().find(|on| **on >= nominal);
                after.or(working.last()).copied()
            }
        }
    }
}

fn month(first: NaiveDate) -> Option<Period> {
    Period::new(first, first.checked_add_months(Months::new(1))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    /// Sweden around New Year 2026/27.
    fn calendar() -> WorkingCalendar {
        let free = ["2026-12-24", "2026-12-25", "2026-12-31", "2027-01-01", "2027-01-06"];
        WorkingCalendar { weekend: vec![6, 7], holidays: free.map(day).into() }
    }

    fn next(rhythm: Rhythm, after: &str, times: usize) -> Vec<String> {
        let calendar = calendar();
        let days = std::iter::successors(Some(day(after)), |on| rhythm.next(*on, &calendar));
        days.skip(1).take(times).map(|on| on.to_string()).collect()
    }

    #[test]
    fn weekly_goes_on_the_next_working_day_when_its_own_is_free() {
        assert_eq!(
            next(Rhythm::Weekly(4), "2026-12-10", 5),
            ["2026-12-17", "2026-12-28", "2027-01-04", "2027-01-07", "2027-01-14"],
            "Christmas and New Year's Eve are Thursdays"
        );
        assert_eq!(next(Rhythm::Weekly(3), "2026-12-30", 2), ["2027-01-07", "2027-01-13"], "Epiphany");
        assert_eq!(next(Rhythm::Weekly(1), "2026-11-18", 1), ["2026-11-23"]);
        assert_eq!(next(Rhythm::Weekly(3), "2026-11-18", 1), ["2026-11-25"], "not the same day again");
    }

    #[test]
    fn monthly_by_working_day_counts_no_free_days() {
        assert_eq!(
            next(Rhythm::Workday(3), "2026-11-30", 2),
            ["2026-12-03", "2027-01-07"],
            "4, 5 and 7 January: the 1st and the 6th are free"
        );
        assert_eq!(next(Rhythm::Workday(20), "2027-01-31", 1), ["2027-02-26"], "all that February has");
        assert_eq!(
            next(Rhythm::Workday(20), "2026-12-01", 1),
            ["2026-12-30"],
            "the last of December's twenty"
        );
    }

    #[test]
    fn monthly_by_day_stays_in_its_month() {
        assert_eq!(
            next(Rhythm::Monthday(31), "2026-11-30", 3),
            ["2026-12-30", "2027-01-29", "2027-02-26"],
            "the 31st is free, or a Sunday, or not there"
        );
        assert_eq!(next(Rhythm::Monthday(24), "2026-12-01", 1), ["2026-12-28"]);
        assert_eq!(next(Rhythm::Monthday(15), "2026-11-10", 1), ["2026-11-16"], "the 15th is a Sunday");
    }

    #[test]
    fn the_one_before_is_found_as_well() {
        let before = |rhythm: Rhythm, on| rhythm.previous(day(on), &calendar()).unwrap().to_string();
        assert_eq!(before(Rhythm::Weekly(4), "2027-01-04"), "2026-12-28");
        assert_eq!(before(Rhythm::Weekly(4), "2026-12-29"), "2026-12-28");
        assert_eq!(before(Rhythm::Workday(3), "2027-01-07"), "2026-12-03");
    }

    #[test]
    fn a_year_of_holidays_ends_the_search() {
        let all: Vec<NaiveDate> = day("2020-01-01").iter_days().take(15_000).collect();
        let calendar = WorkingCalendar { weekend: vec![6, 7], holidays: all.into_iter().collect() };
        assert_eq!(Rhythm::Weekly(1).next(day("2026-11-18"), &calendar), None);
    }
}
