//! The Swedish public holidays of a year, and the eves on which nobody works.

use chrono::{Datelike, Days, NaiveDate, Weekday};

use crate::org::company::Holiday;

/// The holidays of `year`, earliest first: those of the law (1989:253) and the eves of midsummer, Christmas and the
/// new year, on which offices are closed. None for years outside the calendar.
pub(super) fn holidays(year: i32) -> Vec<Holiday> {
    dates(year).unwrap_or_default()
}

fn dates(year: i32) -> Option<Vec<Holiday>> {
    let fixed = |month, day| NaiveDate::from_ymd_opt(year, month, day);
    let easter = easter(year)?;
    let from_easter = |days: i64| easter.checked_add_signed(chrono::Duration::days(days));
    let midsummer = first_saturday(fixed(6, 20)?)?;
    let named = [
        (fixed(1, 1)?, "Nyårsdagen"),
        (fixed(1, 6)?, "Trettondedag jul"),
        (from_easter(-2)?, "Långfredagen"),
        (easter, "Påskdagen"),
        (from_easter(1)?, "Annandag påsk"),
        (fixed(5, 1)?, "Första maj"),
        (from_easter(39)?, "Kristi himmelsfärdsdag"),
        (from_easter(49)?, "Pingstdagen"),
        (fixed(6, 6)?, "Sveriges nationaldag"),
        (midsummer.pred_opt()?, "Midsommarafton"),
        (midsummer, "Midsommardagen"),
        (first_saturday(fixed(10, 31)?)?, "Alla helgons dag"),
        (fixed(12, 24)?, "Julafton"),
        (fixed(12, 25)?, "Juldagen"),
        (fixed(12, 26)?, "Annandag jul"),
        (fixed(12, 31)?, "Nyårsafton"),
    ];
    let mut days: Vec<Holiday> =
        named.into_iter().map(|(day, name)| Holiday { day, name: name.to_owned() }).collect();
    days.sort_by_key(|holiday| holiday.day);
    days.dedup_by_key(|holiday| holiday.day);
    Some(days)
}

fn first_saturday(from: NaiveDate) -> Option<NaiveDate> {
    let ahead = Weekday::Sat.days_since(from.weekday());
    from.checked_add_days(Days::new(ahead.into()))
}

/// Easter Sunday, by the anonymous Gregorian computus (Meeus, Jones, Butcher).
fn easter(year: i32) -> Option<NaiveDate> {
    let (lunar, century, in_century) = (year % 19, year / 100, year % 100);
    let correction = (century + 8) / 25;
    let epact = (19 * lunar + century - century / 4 - (century - correction + 1) / 3 + 15) % 30;
    let weekday = (32 + 2 * (century % 4) + 2 * (in_century / 4) - epact - in_century % 4) % 7;
    let late = (lunar + 11 * epact + 22 * weekday) / 451;
    let days = epact + weekday - 7 * late + 114;
    NaiveDate::from_ymd_opt(year, u32::try_from(days / 31).ok()?, u32::try_from(days % 31 + 1).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn easter_is_where_the_almanac_has_it() {
        for (year, month, day) in [(2024, 3, 31), (2025, 4, 20), (2026, 4, 5), (2027, 3, 28), (2038, 4, 25)] {
            assert_eq!(easter(year), NaiveDate::from_ymd_opt(year, month, day), "{year}");
        }
    }

    #[test]
    fn the_holidays_of_2026_are_those_of_the_almanac() {
        let days: Vec<String> = holidays(2026).iter().map(|h| h.day.format("%m-%d").to_string()).collect();
        let almanac = [
            "01-01", "01-06", "04-03", "04-05", "04-06", "05-01", "05-14", "05-24", "06-06", "06-19",
            "06-20", "10-31", "12-24", "12-25", "12-26", "12-31",
        ];
        assert_eq!(days, almanac);
    }
}
