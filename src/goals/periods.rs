//! Periods in addresses and words: `2026-10-01..2026-12-31` is "Q4 2026".

use chrono::{Days, Months, NaiveDate};

use crate::attainment::view::period_name;
use crate::kernel::period::{FiscalCalendar, Period, PeriodKind};
use crate::web::i18n::Localiser;
use crate::web::ui::Choice;

/// The period as addresses and forms carry it: first and last day.
pub fn code(period: &Period) -> String {
    format!("{}..{}", period.start, period.last_day())
}

/// Reads a [`code`].
pub fn parse(code: &str) -> Option<Period> {
    let (from, last) = code.split_once("..")?;
    Period::from_inclusive(from.parse().ok()?, last.parse().ok()?)
}

/// The period before: of the calendar, or as many days before free dates.
pub fn previous(fiscal: FiscalCalendar, period: &Period) -> Option<Period> {
    if let Some(kind) = fiscal.kind_of(period) {
        return Some(fiscal.previous(kind, period));
    }
    let days = Days::new(period.days().unsigned_abs());
    Period::new(period.start.checked_sub_days(days)?, period.start)
}

/// The same dates a year before.
pub fn year_before(period: &Period) -> Option<Period> {
    let year = Months::new(12);
    Period::new(period.start.checked_sub_months(year)?, period.end.checked_sub_months(year)?)
}

/// The quarter of `today`.
pub fn current(fiscal: FiscalCalendar, today: NaiveDate) -> Period {
    fiscal.containing(PeriodKind::Quarter, today)
}

/// The periods one plans for: the last, the present and the next two of each length, quarters first.
pub fn around(fiscal: FiscalCalendar, today: NaiveDate) -> Vec<Period> {
    let kinds = [PeriodKind::Quarter, PeriodKind::Month, PeriodKind::Half, PeriodKind::Year];
    let of_kind = |kind| {
        let present = fiscal.containing(kind, today);
        let next = fiscal.next(kind, &present);
        [fiscal.previous(kind, &present), present, next, fiscal.next(kind, &next)]
    };
    kinds.into_iter().flat_map(of_kind).collect()
}

/// Periods as choices; `also` is offered too when it is not among them.
pub fn choices(
    l: Localiser,
    fiscal: FiscalCalendar,
    periods: &[Period],
    also: Option<&Period>,
) -> Vec<Choice> {
    let extra = also.filter(|period| !periods.contains(period));
    let all = periods.iter().chain(extra);
    all.map(|period| Choice::new(code(period), period_name(l, fiscal, period))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_period_is_read_back_from_its_code() {
        let fiscal = FiscalCalendar { start_month: 1 };
        let quarter = current(fiscal, day("2026-11-18"));
        assert_eq!(code(&quarter), "2026-10-01..2026-12-31");
        assert_eq!(parse("2026-10-01..2026-12-31"), Some(quarter));
        for wrong in ["", "2026-12-31..2026-10-01", "2026-10-01", "..", "2026-10-01..2026-13-01"] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn free_dates_have_as_many_days_before_them() {
        let fiscal = FiscalCalendar { start_month: 1 };
        let campaign = parse("2026-11-05..2026-11-14").unwrap();
        assert_eq!(previous(fiscal, &campaign).map(|p| code(&p)).as_deref(), Some("2026-10-26..2026-11-04"));
        assert_eq!(year_before(&campaign).map(|p| code(&p)).as_deref(), Some("2025-11-05..2025-11-14"));
    }
}
