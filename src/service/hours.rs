//! Time as customers are promised it: hours of working days, 08:00 to 17:00 where the company is.
//!
//! Example: a complaint of Friday 16:00 that is answered on Monday at 09:30 has waited 2 h 30 min.

use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;

use crate::kernel::calendar::WorkingCalendar;
use crate::org::Company;

const OPENS: NaiveTime = NaiveTime::from_hms_opt(8, 0, 0).expect("a time of day");
const CLOSES: NaiveTime = NaiveTime::from_hms_opt(17, 0, 0).expect("a time of day");
/// Nobody is promised anything further away: a company whose every day is free ends here too.
const FURTHEST_DAYS: u64 = 4_000;

/// Which hours are worked.
#[derive(Clone, Copy, Debug)]
pub struct Hours<'a> {
    /// Which days.
    pub calendar: &'a WorkingCalendar,
    /// Where it is 08:00.
    pub zone: Tz,
}

impl<'a> Hours<'a> {
    /// Those of the company.
    pub const fn of(company: &'a Company) -> Self {
        Self { calendar: &company.calendar, zone: company.zone }
    }

    /// How long was worked from one moment to another; nothing when the second is not later. Exact, so that the parts of
    /// a time add up to the whole.
    pub fn worked(&self, from: DateTime<Utc>, until: DateTime<Utc>) -> TimeDelta {
        if until <= from {
            return TimeDelta::zero();
        }
        let last = self.day_of(until);
        let days = self.day_of(from).iter_days().take_while(|day| *day <= last);
        days.filter_map(|day| self.span(day)).fold(TimeDelta::zero(), |sum, (opens, closes)| {
            let part = closes.min(until) - opens.max(from);
            sum + part.max(TimeDelta::zero())
        })
    }

    /// The same in whole minutes.
    pub fn minutes(&self, from: DateTime<Utc>, until: DateTime<Utc>) -> i64 {
        self.worked(from, until).num_minutes()
    }

    /// The moment at which so many minutes have been worked since `from`. What begins outside working hours begins when
    /// they do.
    pub fn after(&self, from: DateTime<Utc>, minutes: i64) -> DateTime<Utc> {
        let first = self.day_of(from);
        let mut left = TimeDelta::minutes(minutes.max(0));
        let mut latest = from;
        for day in first.iter_days().take_while(|day| *day < first + Days::new(FURTHEST_DAYS)) {
            let Some((opens, closes)) = self.span(day) else { continue };
            let begins = opens.max(from);
            let part = (closes - begins).max(TimeDelta::zero());
            if part >= left && part > TimeDelta::zero() {
                return begins + left;
            }
            left -= part;
            latest = latest.max(closes);
        }
        latest
    }

    fn day_of(&self, moment: DateTime<Utc>) -> NaiveDate {
        moment.with_timezone(&self.zone).date_naive()
    }

    /// When work begins and ends on a day; nothing on a free one.
    fn span(&self, day: NaiveDate) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
        if !self.calendar.is_working_day(day) {
            return None;
        }
        let at = |time| self.zone.from_local_datetime(&day.and_time(time)).earliest();
        Some((at(OPENS)?.to_utc(), at(CLOSES)?.to_utc()))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn calendar() -> WorkingCalendar {
        let holidays = ["2026-12-24", "2026-12-25"].map(|day| day.parse().unwrap()).into();
        WorkingCalendar { weekend: vec![6, 7], holidays }
    }

    /// A moment in Stockholm.
    fn at(text: &str) -> DateTime<Utc> {
        let zone = chrono_tz::Europe::Stockholm;
        let local = chrono::NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap();
        zone.from_local_datetime(&local).unwrap().to_utc()
    }

    fn hours(calendar: &WorkingCalendar) -> Hours<'_> {
        Hours { calendar, zone: chrono_tz::Europe::Stockholm }
    }

    #[test]
    fn only_hours_of_working_days_count() {
        let calendar = calendar();
        let minutes = |from: &str, until: &str| hours(&calendar).minutes(at(from), at(until));
        assert_eq!(minutes("2026-11-18 10:00", "2026-11-18 11:30"), 90);
        assert_eq!(minutes("2026-11-20 16:00", "2026-11-23 09:30"), 150, "over a weekend");
        assert_eq!(minutes("2026-11-18 06:00", "2026-11-18 23:00"), 540, "a whole day is nine hours");
        assert_eq!(minutes("2026-12-23 16:30", "2026-12-28 08:15"), 45, "two holidays and a weekend");
        assert_eq!(minutes("2026-11-21 10:00", "2026-11-22 10:00"), 0, "Saturday to Sunday");
        assert_eq!(minutes("2026-11-18 11:00", "2026-11-18 10:00"), 0, "backwards is nothing");
        assert_eq!(minutes("2026-10-23 16:00", "2026-10-26 09:00"), 120, "the clock is put back in between");
    }

    #[test]
    fn a_promise_ends_within_working_hours() {
        let calendar = calendar();
        let after = |from: &str, hour: i64| hours(&calendar).after(at(from), hour * 60);
        assert_eq!(after("2026-11-18 10:00", 8), at("2026-11-19 09:00"));
        assert_eq!(after("2026-11-20 16:00", 2), at("2026-11-23 09:00"));
        assert_eq!(after("2026-11-21 10:00", 1), at("2026-11-23 09:00"), "what comes on a Saturday");
        assert_eq!(after("2026-11-18 18:00", 9), at("2026-11-19 17:00"), "to the last minute of the day");
        assert_eq!(after("2026-12-23 12:00", 9), at("2026-12-28 12:00"));
    }

    #[test]
    fn where_nobody_ever_works_nothing_hangs() {
        let free =
            WorkingCalendar { weekend: (1..=7).collect(), holidays: std::collections::BTreeSet::new() };
        let from = at("2026-11-18 10:00");
        assert_eq!(hours(&free).after(from, 60), from);
        assert_eq!(hours(&free).minutes(from, at("2027-11-18 10:00")), 0);
    }

    proptest! {
        #[test]
        fn parts_of_a_time_add_up_to_the_whole(start in 0_i64..40_000_000, one in 0_i64..9_000_000, two in 0_i64..9_000_000) {
            let calendar = calendar();
            let hours = hours(&calendar);
            let from = at("2026-01-01 00:00") + TimeDelta::seconds(start);
            let (middle, until) = (from + TimeDelta::seconds(one), from + TimeDelta::seconds(one + two));
            prop_assert_eq!(hours.worked(from, middle) + hours.worked(middle, until), hours.worked(from, until));
        }

        #[test]
        fn what_is_promised_is_worked_by_then(start in 0_i64..20_000_000, minutes in 1_i64..6_000) {
            let calendar = calendar();
            let hours = hours(&calendar);
            let from = at("2026-01-01 00:00") + TimeDelta::seconds(start);
            prop_assert_eq!(hours.minutes(from, hours.after(from, minutes)), minutes);
        }
    }
}
