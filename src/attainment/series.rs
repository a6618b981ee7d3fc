//! What was sold, day after day, as the chart and the forecast count it: by working days.

use chrono::NaiveDate;

use super::pace::PaceLine;

/// A point of a line in the progress chart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Point {
    /// How many working days of the period have passed.
    pub index: i64,
    /// The day at the end of which this is so; for index 0 the first day of the period.
    pub date: NaiveDate,
    /// Minor units, or a count.
    pub value: i64,
}

/// Sales by working day up to and with `through`, one figure each. What was sold on a free day goes to the next
/// working day, or to the last one there is. Sales outside the period are left out; the order does not matter.
pub fn by_working_day(line: &PaceLine<'_>, daily: &[(NaiveDate, i64)], through: NaiveDate) -> Vec<i64> {
    let days: Vec<NaiveDate> = line.active_dates().take_while(|date| *date <= through).collect();
    let mut sums = vec![0_i64; days.len()];
    for (date, value) in daily.iter().filter(|(date, _)| line.period().contains(*date) && *date <= through) {
        let index = days.partition_point(|day| day < date).min(days.len().saturating_sub(1));
        if let Some(sum) = sums.get_mut(index) {
            *sum = sum.saturating_add(*value);
        }
    }
    sums
}

/// The cumulative step line: the start, then a point at the end of each working day up to and with `through`.
/// Before the first working day the start already holds what was sold.
pub fn cumulative(line: &PaceLine<'_>, daily: &[(NaiveDate, i64)], through: NaiveDate) -> Vec<Point> {
    let start = line.period().start;
    let sums = by_working_day(line, daily, through);
    if sums.is_empty() {
        let sold = daily.iter().filter(|(date, _)| *date <= through && line.period().contains(*date));
        return vec![Point { index: 0, date: start, value: sold.map(|(_, value)| value).sum() }];
    }
    let mut total = 0_i64;
    let ends = line.active_dates().zip(sums).zip(1..).map(|((date, value), index)| {
        total = total.saturating_add(value);
        Point { index, date, value: total }
    });
    std::iter::once(Point { index: 0, date: start, value: 0 }).chain(ends).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attainment::engine::TargetVersion;
    use crate::attainment::fair::Terms;
    use crate::kernel::calendar::WorkingCalendar;
    use crate::kernel::period::Period;

    fn day(day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, day).unwrap()
    }

    /// 1 November 2026 is a Sunday.
    fn november(check: impl Fn(&PaceLine<'_>)) {
        let calendar = WorkingCalendar { weekend: vec![6, 7], ..WorkingCalendar::default() };
        let versions = [TargetVersion { target: 2100, effective_on: day(1), from_here: false }];
        check(&PaceLine::new(
            Period::from_inclusive(day(1), day(30)).unwrap(),
            &versions,
            &calendar,
            &Terms::default(),
        ));
    }

    #[test]
    fn weekend_sales_go_to_monday_or_to_the_last_day_shown() {
        november(|line| {
            let sold = [(day(8), 5), (day(1), 1), (day(2), 10), (day(6), 20), (day(7), 3)];
            assert_eq!(by_working_day(line, &sold, day(9)), [11, 0, 0, 0, 20, 8]);
            assert_eq!(by_working_day(line, &sold, day(8)), [11, 0, 0, 0, 28], "Monday is not there yet");
            let values: Vec<i64> = cumulative(line, &sold, day(9)).iter().map(|point| point.value).collect();
            assert_eq!(values, [0, 11, 11, 11, 11, 31, 39]);
        });
    }

    #[test]
    fn before_the_first_working_day_the_start_holds_the_sales() {
        november(|line| {
            let sold = [(day(1), 7)];
            assert_eq!(cumulative(line, &sold, day(1)), [Point { index: 0, date: day(1), value: 7 }]);
        });
    }

    #[test]
    fn the_required_line_has_a_point_for_each_working_day() {
        november(|line| {
            let required = line.required();
            assert_eq!((required.len(), required[0].value, required[1].value), (22, 0, 100));
            assert_eq!(required[21], Point { index: 21, date: day(30), value: 2100 });
        });
    }
}
