//! Dates, months and periods as the reader writes them: "18 November", "v. 47", "Q4 2026".

use std::fmt::Display;
use std::sync::LazyLock;

use chrono::{DateTime, Datelike, Days, NaiveDate, Utc};
use chrono_tz::Tz;
use icu_calendar::{Date, Gregorian};
use icu_datetime::{FixedCalendarDateTimeFormatter, fieldsets};
use icu_locale_core::{Locale, locale};

use super::{ByValue, Localiser};
use crate::kernel::lang::Lang;

/// One formatter per shape of a date; `None` never happens, as the data is compiled in.
struct Formatters {
    day: Option<FixedCalendarDateTimeFormatter<Gregorian, fieldsets::MD>>,
    day_short: Option<FixedCalendarDateTimeFormatter<Gregorian, fieldsets::MD>>,
    full: Option<FixedCalendarDateTimeFormatter<Gregorian, fieldsets::YMDE>>,
    year: Option<FixedCalendarDateTimeFormatter<Gregorian, fieldsets::YMD>>,
    year_short: Option<FixedCalendarDateTimeFormatter<Gregorian, fieldsets::YMD>>,
    month: Option<FixedCalendarDateTimeFormatter<Gregorian, fieldsets::M>>,
    month_short: Option<FixedCalendarDateTimeFormatter<Gregorian, fieldsets::M>>,
    weekday: Option<FixedCalendarDateTimeFormatter<Gregorian, fieldsets::E>>,
}

// British English puts the day first, as the rest of Europe does
static ENGLISH: LazyLock<Formatters> = LazyLock::new(|| Formatters::new(&locale!("en-GB")));
static SWEDISH: LazyLock<Formatters> = LazyLock::new(|| Formatters::new(&locale!("sv")));

impl Formatters {
    fn new(locale: &Locale) -> Self {
        Self {
            day: FixedCalendarDateTimeFormatter::try_new(locale.into(), fieldsets::MD::long()).ok(),
            day_short: FixedCalendarDateTimeFormatter::try_new(locale.into(), fieldsets::MD::medium()).ok(),
            full: FixedCalendarDateTimeFormatter::try_new(locale.into(), fieldsets::YMDE::long()).ok(),
            year: FixedCalendarDateTimeFormatter::try_new(locale.into(), fieldsets::YMD::long()).ok(),
            year_short: FixedCalendarDateTimeFormatter::try_new(locale.into(), fieldsets::YMD::medium()).ok(),
            month: FixedCalendarDateTimeFormatter::try_new(locale.into(), fieldsets::M::long()).ok(),
            month_short: FixedCalendarDateTimeFormatter::try_new(locale.into(), fieldsets::M::medium()).ok(),
            weekday: FixedCalendarDateTimeFormatter::try_new(locale.into(), fieldsets::E::long()).ok(),
        }
    }
}

/// Formats `date`, or writes it as ISO where that is impossible.
macro_rules! written {
    ($self:ident, $shape:ident, $date:expr) => {{
        let date: NaiveDate = $date;
        match ($self.formatters().$shape.as_ref(), gregorian(date)) {
            (Some(formatter), Some(day)) => undotted(formatter.format(&day)),
            _ => date.to_string(),
        }
    }};
}

impl Localiser {
    /// "18 November", "18 november".
    pub fn date(self, date: impl ByValue<NaiveDate>) -> String {
        let date = date.value();
        written!(self, day, date)
    }

    /// "18 Nov", "18 nov".
    pub fn date_short(self, date: impl ByValue<NaiveDate>) -> String {
        let date = date.value();
        written!(self, day_short, date)
    }

    /// "18 November", with its year unless that is `today`'s.
    pub fn date_near(self, date: impl ByValue<NaiveDate>, today: impl ByValue<NaiveDate>) -> String {
        let (date, today) = (date.value(), today.value());
        if date.year() == today.year() { self.date(date) } else { self.date_year(date) }
    }

    /// "18 Nov", with its year unless that is `today`'s.
    pub fn date_short_near(self, date: impl ByValue<NaiveDate>, today: impl ByValue<NaiveDate>) -> String {
        let (date, today) = (date.value(), today.value());
        if date.year() == today.year() { self.date_short(date) } else { self.date_short_year(date) }
    }

    /// "18 November 2026".
    pub fn date_year(self, date: impl ByValue<NaiveDate>) -> String {
        let date = date.value();
        written!(self, year, date)
    }

    /// "18 Nov 2026".
    pub fn date_short_year(self, date: impl ByValue<NaiveDate>) -> String {
        let date = date.value();
        written!(self, year_short, date)
    }

    /// "Wednesday 18 November 2026", "onsdag 18 november 2026".
    pub fn date_long(self, date: impl ByValue<NaiveDate>) -> String {
        let date = date.value();
        written!(self, full, date)
    }

    /// "2026-11-18", for `datetime` attributes, date inputs and files.
    pub fn date_iso(self, date: impl ByValue<NaiveDate>) -> String {
        let date = date.value();
        date.format("%Y-%m-%d").to_string()
    }

    /// "18 Nov 2026 14:05" in `zone`.
    pub fn datetime(self, moment: impl ByValue<DateTime<Utc>>, zone: impl ByValue<Tz>) -> String {
        let (moment, zone) = (moment.value(), zone.value());
        let local = moment.with_timezone(&zone);
        format!("{} {}", self.date_short_year(local.date_naive()), local.format("%H:%M"))
    }

    /// "14:05" in `zone`.
    pub fn time(self, moment: impl ByValue<DateTime<Utc>>, zone: impl ByValue<Tz>) -> String {
        let (moment, zone) = (moment.value(), zone.value());
        moment.with_timezone(&zone).format("%H:%M").to_string()
    }

    /// "Wednesday", "onsdag".
    pub fn weekday(self, date: impl ByValue<NaiveDate>) -> String {
        let date = date.value();
        written!(self, weekday, date)
    }

    /// The name of month 1 to 12: "November", "november". Another number gives an empty text.
    pub fn month_name(self, month: impl ByValue<u32>) -> String {
        let month = month.value();
        first_of(2000, month).map(|date| written!(self, month, date)).unwrap_or_default()
    }

    /// The short name of month 1 to 12: "Nov", "nov".
    pub fn month_short(self, month: impl ByValue<u32>) -> String {
        let month = month.value();
        first_of(2000, month).map(|date| written!(self, month_short, date)).unwrap_or_default()
    }

    /// The ISO week of `date`: "week 47", "vecka 47".
    pub fn week(self, date: impl ByValue<NaiveDate>) -> String {
        let date = date.value();
        self.tr("period-week", &[("n", date.iso_week().week().into())])
    }

    /// "Q4 2026".
    pub fn quarter_label(self, year: impl ByValue<i32>, quarter: impl ByValue<u32>) -> String {
        let (year, quarter) = (year.value(), quarter.value());
        self.tr("period-quarter", &[("n", quarter.into()), ("year", year.to_string().into())])
    }

    /// "November 2026", "november 2026".
    pub fn month_label(self, year: impl ByValue<i32>, month: impl ByValue<u32>) -> String {
        let (year, month) = (year.value(), month.value());
        format!("{} {year}", self.month_name(month))
    }

    /// The shortest true name of the days from `from` up to and not including `end`: "2026", "Q4 2026", "November 2026"
    /// or "1 Oct – 15 Nov 2026". Quarters are calendar quarters.
    pub fn period_label(self, from: impl ByValue<NaiveDate>, end: impl ByValue<NaiveDate>) -> String {
        let (from, end) = (from.value(), end.value());
        let months =
            (end.year() - from.year()) * 12 + end.month0().cast_signed() - from.month0().cast_signed();
        if from.day() == 1 && end.day() == 1 {
            match (months, from.month0()) {
                (12, 0) => return from.year().to_string(),
                (3, first) if first % 3 == 0 => return self.quarter_label(from.year(), first / 3 + 1),
                (1, first) => return self.month_label(from.year(), first + 1),
                _ => {}
            }
        }
        self.span(from, end.checked_sub_days(Days::new(1)).unwrap_or(from))
    }

    /// Both days and what is between: "1 Oct – 15 Nov 2026".
    pub fn span(self, first: impl ByValue<NaiveDate>, last: impl ByValue<NaiveDate>) -> String {
        let (first, last) = (first.value(), last.value());
        if first == last {
            return self.date_short_year(first);
        }
        let start =
            if first.year() == last.year() { self.date_short(first) } else { self.date_short_year(first) };
        format!("{start} – {}", self.date_short_year(last))
    }

    fn formatters(self) -> &'static Formatters {
        match self.lang() {
            Lang::En => &ENGLISH,
            Lang::Sv => &SWEDISH,
        }
    }
}

fn gregorian(date: NaiveDate) -> Option<Date<Gregorian>> {
    Date::try_new_gregorian(date.year(), u8::try_from(date.month()).ok()?, u8::try_from(date.day()).ok()?)
        .ok()
}

fn first_of(year: i32, month: u32) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(year, month, 1)
}

/// Without the abbreviation's dot and the comma after the weekday: both are noise in a table.
fn undotted(text: impl Display) -> String {
    text.to_string().replace(['.', ','], "")
}

#[cfg(test)]
mod tests {
    use super::*;

    const EN: Localiser = Localiser::new(Lang::En);
    const SV: Localiser = Localiser::new(Lang::Sv);

    fn day(year: i32, month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(year, month, day).unwrap()
    }

    #[test]
    fn dates_put_the_day_first() {
        let date = day(2026, 11, 18);
        assert_eq!((EN.date(date), SV.date(date)), ("18 November".into(), "18 november".into()));
        assert_eq!((EN.date_short(date), SV.date_short(date)), ("18 Nov".into(), "18 nov".into()));
        assert_eq!(EN.date_long(date), "Wednesday 18 November 2026");
        assert_eq!(SV.date_long(date), "onsdag 18 november 2026");
        assert_eq!(EN.date_year(date), "18 November 2026");
        assert_eq!(SV.date_short_year(date), "18 nov 2026");
        assert_eq!((EN.weekday(date), SV.weekday(date)), ("Wednesday".into(), "onsdag".into()));
        assert_eq!((EN.week(date), SV.week(date)), ("week 47".into(), "vecka 47".into()));
        assert_eq!((EN.month_short(11), SV.month_name(11)), ("Nov".into(), "november".into()));
        assert_eq!(EN.month_name(13), "");
    }

    #[test]
    fn moments_are_told_in_the_company_s_zone() {
        let moment = day(2026, 11, 18).and_hms_opt(23, 30, 0).unwrap().and_utc();
        assert_eq!(EN.datetime(moment, chrono_tz::Europe::Stockholm), "19 Nov 2026 00:30");
        assert_eq!(SV.time(moment, chrono_tz::UTC), "23:30");
    }

    #[test]
    fn a_period_has_its_shortest_true_name() {
        assert_eq!(EN.period_label(day(2026, 10, 1), day(2027, 1, 1)), "Q4 2026");
        assert_eq!(SV.period_label(day(2026, 1, 1), day(2027, 1, 1)), "2026");
        assert_eq!(SV.period_label(day(2026, 11, 1), day(2026, 12, 1)), "november 2026");
        assert_eq!(EN.period_label(day(2026, 10, 1), day(2026, 11, 16)), "1 Oct – 15 Nov 2026");
        assert_eq!(EN.period_label(day(2026, 12, 30), day(2027, 1, 3)), "30 Dec 2026 – 2 Jan 2027");
        assert_eq!(EN.period_label(day(2026, 2, 1), day(2026, 5, 1)), "1 Feb – 30 Apr 2026");
        assert_eq!(EN.period_label(day(2026, 11, 18), day(2026, 11, 19)), "18 Nov 2026");
    }
}
