//! Periods of the fiscal calendar: half-open, and without gap or overlap (rule 3).

use chrono::{Datelike, Days, Months, NaiveDate};
use serde::{Deserialize, Serialize};

const MONTHS_OF_YEAR: i32 = 12;

/// Days from `start` up to, but not with, `end`; at least one day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Period {
    /// The first day.
    pub start: NaiveDate,
    /// The day after the last.
    pub end: NaiveDate,
}

impl Period {
    /// None when `end` is not after `start`.
    pub fn new(start: NaiveDate, end: NaiveDate) -> Option<Self> {
        (start < end).then_some(Self { start, end })
    }

    /// The period people write as "from – last"; none when `last` is before `from`.
    pub fn from_inclusive(from: NaiveDate, last: NaiveDate) -> Option<Self> {
        Self::new(from, last.succ_opt()?)
    }

    /// From the first day of the first whole month in it up to, but not with, the day after the last whole month.
    /// The end twice when there is none: then everything lies before.
    pub fn whole_months(&self) -> (NaiveDate, NaiveDate) {
        let first = match month_of(self.start) {
            month if month == self.start => month,
            month => month.checked_add_months(Months::new(1)).unwrap_or(self.end),
        };
        let last = month_of(self.end);
        if first < last { (first, last) } else { (self.end, self.end) }
    }

    /// How many days it has.
    pub fn days(&self) -> i64 {
        (self.end - self.start).num_days()
    }

    /// Whether any day is in both.
    pub fn overlaps(&self, other: &Self) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// Whether `date` is one of its days.
    pub fn contains(&self, date: NaiveDate) -> bool {
        (self.start..self.end).contains(&date)
    }

    /// The last day that belongs to it.
    pub fn last_day(&self) -> NaiveDate {
        self.end.pred_opt().unwrap_or(self.start)
    }

    /// Its days in order.
    pub fn dates(&self) -> impl Iterator<Item = NaiveDate> + use<> {
        let end = self.end;
        self.start.iter_days().take_while(move |day| *day < end)
    }
}

/// The first day of the month a day is in.
fn month_of(day: NaiveDate) -> NaiveDate {
    day.with_day(1).unwrap_or(day)
}

/// The lengths a fiscal calendar knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PeriodKind {
    /// A calendar month.
    Month,
    /// Three months.
    Quarter,
    /// Six months.
    Half,
    /// A fiscal year.
    Year,
}

impl PeriodKind {
    /// All, shortest first.
    pub const ALL: [Self; 4] = [Self::Month, Self::Quarter, Self::Half, Self::Year];

    /// The name in addresses and the API.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Month => "month",
            Self::Quarter => "quarter",
            Self::Half => "half",
            Self::Year => "year",
        }
    }

    /// Reads a [`Self::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    const fn months(self) -> i32 {
        match self {
            Self::Month => 1,
            Self::Quarter => 3,
            Self::Half => 6,
            Self::Year => MONTHS_OF_YEAR,
        }
    }
}

/// What a period is called; the words are the reader's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PeriodLabel {
    /// A month, named by the ordinary calendar.
    Month {
        /// The calendar year.
        year: i32,
        /// 1 = January.
        month: u32,
    },
    /// A quarter of a fiscal year.
    Quarter {
        /// The calendar year in which the fiscal year ends.
        fiscal_year: i32,
        /// 1 to 4.
        number: u32,
    },
    /// Half a fiscal year.
    Half {
        /// The calendar year in which the fiscal year ends.
        fiscal_year: i32,
        /// 1 or 2.
        number: u32,
    },
    /// A fiscal year.
    Year {
        /// The calendar year in which it ends.
        fiscal_year: i32,
    },
    /// Dates that are no period of the calendar.
    Free {
        /// The first day.
        from: NaiveDate,
        /// The last day.
        last: NaiveDate,
    },
}

/// Months grouped into quarters, halves and years from the first month of the fiscal year on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FiscalCalendar {
    /// 1 = January.
    pub start_month: u32,
}

impl FiscalCalendar {
    /// The period of this kind that `date` is in.
    pub fn containing(&self, kind: PeriodKind, date: NaiveDate) -> Period {
        let into = self.fiscal_month(date).rem_euclid(kind.months());
        let first = date.year() * MONTHS_OF_YEAR + date.month0().cast_signed() - into;
        Period { start: first_of_month(first), end: first_of_month(first + kind.months()) }
    }

    /// The period of this kind before `period`.
    pub fn previous(&self, kind: PeriodKind, period: &Period) -> Period {
        self.containing(kind, period.start.checked_sub_days(Days::new(1)).unwrap_or(period.start))
    }

    /// The period of this kind after `period`.
    pub fn next(&self, kind: PeriodKind, period: &Period) -> Period {
        self.containing(kind, period.end)
    }

    /// Which kind of period these dates are; none for free dates.
    pub fn kind_of(&self, period: &Period) -> Option<PeriodKind> {
        PeriodKind::ALL.into_iter().find(|&kind| self.containing(kind, period.start) == *period)
    }

    /// What `period` is called.
    pub fn label_parts(&self, period: &Period) -> PeriodLabel {
        let number = |months: i32| (self.fiscal_month(period.start) / months + 1).cast_unsigned();
        let fiscal_year = self.containing(PeriodKind::Year, period.start).last_day().year();
        match self.kind_of(period) {
            Some(PeriodKind::Month) => {
                PeriodLabel::Month { year: period.start.year(), month: period.start.month() }
            }
            Some(PeriodKind::Quarter) => PeriodLabel::Quarter { fiscal_year, number: number(3) },
            Some(PeriodKind::Half) => PeriodLabel::Half { fiscal_year, number: number(6) },
            Some(PeriodKind::Year) => PeriodLabel::Year { fiscal_year },
            None => PeriodLabel::Free { from: period.start, last: period.last_day() },
        }
    }

    /// Which month of its fiscal year a date is in, from 0.
    fn fiscal_month(self, date: NaiveDate) -> i32 {
        (date.month().cast_signed() - self.start_month.cast_signed()).rem_euclid(MONTHS_OF_YEAR)
    }
}

/// The first day of a month counted from January of year 0.
fn first_of_month(index: i32) -> NaiveDate {
    let month0 = index.rem_euclid(MONTHS_OF_YEAR).cast_unsigned();
    NaiveDate::from_ymd_opt(index.div_euclid(MONTHS_OF_YEAR), month0 + 1, 1).unwrap_or(NaiveDate::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn span(from: &str, last: &str) -> Period {
        Period::from_inclusive(day(from), day(last)).unwrap()
    }

    #[test]
    fn whole_months_and_what_lies_around_them() {
        let months = |start, end| Period::new(day(start), day(end)).unwrap().whole_months();
        assert_eq!(months("2026-01-01", "2026-04-01"), (day("2026-01-01"), day("2026-04-01")));
        assert_eq!(months("2026-01-31", "2026-04-02"), (day("2026-02-01"), day("2026-04-01")));
        for (start, end) in
            [("2026-01-02", "2026-01-31"), ("2026-01-02", "2026-02-01"), ("2026-01-31", "2026-02-28")]
        {
            assert_eq!(months(start, end), (day(end), day(end)), "{start} to {end}");
        }
    }

    #[test]
    fn a_period_has_at_least_one_day() {
        assert_eq!(Period::new(day("2026-01-01"), day("2026-01-01")), None);
        let one = span("2026-01-01", "2026-01-01");
        assert_eq!((one.days(), one.last_day(), one.dates().count()), (1, day("2026-01-01"), 1));
        assert!(one.contains(one.start) && !one.contains(one.end));
    }

    #[test]
    fn calendar_years_and_broken_fiscal_years() {
        let (calendar, broken) = (FiscalCalendar { start_month: 1 }, FiscalCalendar { start_month: 5 });
        let date = day("2026-11-18");
        assert_eq!(calendar.containing(PeriodKind::Quarter, date), span("2026-10-01", "2026-12-31"));
        assert_eq!(broken.containing(PeriodKind::Quarter, date), span("2026-11-01", "2027-01-31"));
        assert_eq!(broken.containing(PeriodKind::Half, date), span("2026-11-01", "2027-04-30"));
        assert_eq!(broken.containing(PeriodKind::Year, date), span("2026-05-01", "2027-04-30"));
        assert_eq!(broken.containing(PeriodKind::Year, day("2028-02-29")), span("2027-05-01", "2028-04-30"));
    }

    #[test]
    fn a_fiscal_year_is_named_by_the_year_it_ends_in() {
        let broken = FiscalCalendar { start_month: 5 };
        let label = |from, last| broken.label_parts(&span(from, last));
        assert_eq!(label("2026-05-01", "2027-04-30"), PeriodLabel::Year { fiscal_year: 2027 });
        assert_eq!(label("2026-11-01", "2027-01-31"), PeriodLabel::Quarter { fiscal_year: 2027, number: 3 });
        assert_eq!(label("2026-11-01", "2027-04-30"), PeriodLabel::Half { fiscal_year: 2027, number: 2 });
        assert_eq!(label("2026-11-01", "2026-11-30"), PeriodLabel::Month { year: 2026, month: 11 });
        let free = PeriodLabel::Free { from: day("2026-10-01"), last: day("2026-12-31") };
        assert_eq!(label("2026-10-01", "2026-12-31"), free, "no quarter of this calendar");
        let plain = FiscalCalendar { start_month: 1 };
        let year = span("2026-01-01", "2026-12-31");
        assert_eq!(plain.label_parts(&year), PeriodLabel::Year { fiscal_year: 2026 });
    }

    #[test]
    fn neighbours_touch() {
        let calendar = FiscalCalendar { start_month: 1 };
        let february = span("2028-02-01", "2028-02-29");
        assert_eq!(calendar.previous(PeriodKind::Month, &february), span("2028-01-01", "2028-01-31"));
        assert_eq!(calendar.next(PeriodKind::Month, &february), span("2028-03-01", "2028-03-31"));
    }
}
