//! Days on which nobody works in Sweden: public holidays, and the eves that are free by agreement.

use chrono::{Datelike, Days, NaiveDate, Weekday};

use crate::org::company::Holiday;

/// The free days of a calendar year, also those on a weekend.
pub(super) fn swedish(year: i32) -> Vec<Holiday> {
    let fixed = [
        (1, 1, "New Year’s Day"),
        (1, 6, "Epiphany"),
        (5, 1, "May Day"),
        (6, 6, "National Day"),
        (12, 24, "Christmas Eve"),
        (12, 25, "Christmas Day"),
        (12, 26, "Boxing Day"),
        (12, 31, "New Year’s Eve"),
    ];
    let fixed = fixed.into_iter().filter_map(|(month, day, name)| {
        Some(Holiday { day: NaiveDate::from_ymd_opt(year, month, day)?, name: name.to_owned() })
    });
    let moving = moving(year).into_iter().flatten();
    let mut days: Vec<Holiday> =
        fixed.chain(moving.map(|(day, name)| Holiday { day, name: name.to_owned() })).collect();
    days.sort_by_key(|holiday| holiday.day);
    days
}

fn moving(year: i32) -> Option<[(NaiveDate, &'static str); 7]> {
    let easter = easter(year)?;
    let midsummer_eve = weekday_from(NaiveDate::from_ymd_opt(year, 6, 19)?, Weekday::Fri)?;
    Some([
        (easter.checked_sub_days(Days::new(2))?, "Good Friday"),
        (easter, "Easter Sunday"),
        (easter.checked_add_days(Days::new(1))?, "Easter Monday"),
        (easter.checked_add_days(Days::new(39))?, "Ascension Day"),
        (midsummer_eve, "Midsummer Eve"),
        (midsummer_eve.succ_opt()?, "Midsummer Day"),
        (weekday_from(NaiveDate::from_ymd_opt(year, 10, 31)?, Weekday::Sat)?, "All Saints’ Day"),
    ])
}

/// The first such weekday on or after `from`.
fn weekday_from(from: NaiveDate, weekday: Weekday) -> Option<NaiveDate> {
    from.iter_days().take(7).find(|day| day.weekday() == weekday)
}

/// Easter Sunday by the Gregorian rule (Meeus, Jones and Butcher).
fn easter(year: i32) -> Option<NaiveDate> {
    let (century, of_century) = (year / 100, year % 100);
    let golden = year % 19;
    let moon_shift = (8 * century + 13) / 25;
    let epact = (19 * golden + century - century / 4 - moon_shift + 15) % 30;
    let to_sunday = (32 + 2 * (century % 4) + 2 * (of_century / 4) - epact - of_century % 4) % 7;
    let correction = (golden + 11 * epact + 22 * to_sunday) / 451;
    let counted = (epact + to_sunday - 7 * correction + 114).cast_unsigned();
    NaiveDate::from_ymd_opt(year, counted / 31, counted % 31 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moving_holidays_fall_where_the_almanac_has_them() {
        let named =
            |year, name: &str| swedish(year).into_iter().find(|h| h.name == name).unwrap().day.to_string();
        assert_eq!(named(2026, "Easter Sunday"), "2026-04-05");
        assert_eq!(named(2027, "Easter Sunday"), "2027-03-28");
        assert_eq!(named(2028, "Good Friday"), "2028-04-14");
        assert_eq!(named(2026, "Ascension Day"), "2026-05-14");
        assert_eq!(named(2026, "Midsummer Eve"), "2026-06-19");
        assert_eq!(named(2026, "All Saints’ Day"), "2026-10-31");
        assert_eq!(swedish(2026).len(), 15);
    }
}
