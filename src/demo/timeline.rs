//! The days the demo company has lived, from today backwards.

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveTime, TimeDelta, Utc, Weekday};

use super::people::{Course, Person};
use crate::kernel::period::{FiscalCalendar, Period, PeriodKind};
use crate::org::Company;

/// Öre in a thousand kronor.
pub(super) const THOUSAND: i64 = 100_000;
/// How long the company has used Pacemark, about.
const HISTORY_DAYS: u64 = 913;
/// Order intake by quarter of the year, an ordinary one being 1000.
const SEASONS: [i64; 4] = [940, 1_010, 890, 1_080];
/// What a quarter adds to the one before, in permille of the present one.
const GROWTH: i64 = 14;

/// The present moment and the calendar around it.
pub(super) struct Timeline<'a> {
    pub(super) company: &'a Company,
    pub(super) now: DateTime<Utc>,
    pub(super) today: NaiveDate,
    /// The quarter that today is in.
    pub(super) quarter: Period,
    /// First day of the history, the first of a quarter.
    pub(super) start: NaiveDate,
}

impl<'a> Timeline<'a> {
    pub(super) fn new(company: &'a Company, now: DateTime<Utc>) -> Self {
        let today = company.day_of(now);
        let quarter = company.fiscal.containing(PeriodKind::Quarter, today);
        let begun = today.checked_sub_days(Days::new(HISTORY_DAYS)).unwrap_or(today);
        let start = company.fiscal.containing(PeriodKind::Quarter, begun).start;
        Self { company, now, today, quarter, start }
    }

    fn fiscal(&self) -> FiscalCalendar {
        self.company.fiscal
    }

    /// The quarters of the history, the present one last.
    pub(super) fn quarters(&self) -> Vec<Period> {
        let first = self.fiscal().containing(PeriodKind::Quarter, self.start);
        let next = |quarter: &Period| Some(self.next_quarter(quarter));
        std::iter::successors(Some(first), next).take_while(|quarter| quarter.start <= self.today).collect()
    }

    /// The quarter after `quarter`.
    pub(super) fn next_quarter(&self, quarter: &Period) -> Period {
        self.fiscal().next(PeriodKind::Quarter, quarter)
    }

    /// The quarter before the present one.
    pub(super) fn last_quarter(&self) -> Period {
        self.fiscal().previous(PeriodKind::Quarter, &self.quarter)
    }

    /// How large a quarter is beside the present one, in permille.
    pub(super) fn level(&self, quarter: &Period) -> i64 {
        let season = |start: NaiveDate| SEASONS[start.month0() as usize / 3];
        let months = |day: NaiveDate| i64::from(day.year()) * 12 + i64::from(day.month0());
        let later = (months(quarter.start) - months(self.quarter.start)) / 3;
        (1_000 + GROWTH * later) * season(quarter.start) / season(self.quarter.start)
    }

    /// A goal of the present quarter, thousands of SEK, as it is in another one: whole ten thousands in öre.
    pub(super) fn target(&self, thousands: i64, quarter: &Period) -> i64 {
        (thousands * self.level(quarter) + 5_000) / 10_000 * 10 * THOUSAND
    }

    /// Working days of a period up to today, today included.
    pub(super) fn working_dates(&self, from: NaiveDate, end: NaiveDate) -> Vec<NaiveDate> {
        let end = end.min(self.today + Days::new(1));
        let calendar = &self.company.calendar;
        Period::new(from, end).map_or_else(Vec::new, |span| calendar.working_dates(&span).collect())
    }

    /// First day somebody works here, and the last one if there is one.
    pub(super) fn employment(&self, person: &Person, years: u32) -> (NaiveDate, Option<NaiveDate>) {
        let long_ago = NaiveDate::from_ymd_opt(self.start.year() - years.cast_signed(), 1 + years % 12, 1);
        let began =
            if person.course == Course::New { self.newcomer_since() } else { long_ago.unwrap_or(self.start) };
        (began, (person.course == Course::Left).then(|| self.last_quarter().last_day()))
    }

    /// The day the newcomer came: a month before the present quarter.
    pub(super) fn newcomer_since(&self) -> NaiveDate {
        let before = self.quarter.start - Days::new(1);
        self.fiscal().containing(PeriodKind::Month, before).start
    }

    /// The day somebody changed departments: in the middle of the quarter before.
    pub(super) fn transfer_day(&self) -> NaiveDate {
        let last = self.last_quarter();
        let first_month = self.fiscal().containing(PeriodKind::Month, last.start);
        self.fiscal().next(PeriodKind::Month, &first_month).start
    }

    /// The day goals were revised: the eighth working day of the quarter, or today when that is not over.
    pub(super) fn revision_day(&self) -> NaiveDate {
        let days = self.company.calendar.working_dates(&self.quarter).nth(7);
        days.unwrap_or(self.quarter.start).min(self.today)
    }

    /// The moment of a time of day, but never later than now.
    pub(super) fn moment(&self, day: NaiveDate, minute_of_day: i64) -> DateTime<Utc> {
        let local = day.and_time(NaiveTime::MIN) + TimeDelta::minutes(minute_of_day);
        let moment = local.and_local_timezone(self.company.zone).earliest().map(|local| local.to_utc());
        moment.unwrap_or(self.now).min(self.now)
    }

    /// How many orders come in on a day, an ordinary one being 100: few in the holidays, many before a month ends.
    pub(super) fn weight(&self, day: NaiveDate) -> i64 {
        let weekday = match day.weekday() {
            Weekday::Mon => 85,
            Weekday::Tue | Weekday::Thu => 112,
            Weekday::Wed => 108,
            _ => 83,
        };
        let season = match (day.month(), day.day()) {
            (7, 6..) | (8, ..=4) => 40,
            (12, 20..) | (1, ..=8) => 55,
            (_, 26..) => 130,
            _ => 100,
        };
        let so_far = if day == self.today { 60 } else { 100 };
        weekday * season * so_far / 10_000
    }
}
