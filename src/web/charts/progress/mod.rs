//! The progress chart of a goal: what was reached day by day, against the pace, the goal with its revisions, the forecast
//! and the year before.

mod axes;
mod draw;

use std::fmt;

use askama::filters::HtmlSafe;
use chrono::{Days, NaiveDate};

use super::{Place, Unit};
use crate::web::i18n::Localiser;

/// A goal's way through its period. Every list is cumulative, in order of date, and holds the end of each day named.
#[derive(Clone, Debug)]
pub struct ProgressChart {
    /// The reader's language.
    pub l: Localiser,
    /// What the figures count.
    pub unit: Unit,
    /// What the chart shows, read out first: "Order intake, Q4 2026".
    pub title: String,
    /// The state in a sentence, read out second.
    pub description: String,
    /// The goal's state; colours the actual.
    pub status: &'static str,
    /// The first day of the period.
    pub from: NaiveDate,
    /// The day after the last.
    pub end: NaiveDate,
    /// The day of the report.
    pub today: NaiveDate,
    /// The days on which something was credited.
    pub actual: Vec<(NaiveDate, i64)>,
    /// What is required.
    pub pace: Vec<(NaiveDate, i64)>,
    /// The goal from each day on, first the original.
    pub goal: Vec<(NaiveDate, i64)>,
    /// The same period a year ago, moved to this one.
    pub last_year: Vec<(NaiveDate, i64)>,
    /// Where it will land: low, likely, high.
    pub forecast: Option<(i64, i64, i64)>,
}

/// A week of the chart's table, written out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProgressRow {
    /// The last day of the week, or today.
    pub date: String,
    /// Reached until then.
    pub actual: String,
    /// Required until then.
    pub pace: String,
    /// The difference, with its sign.
    pub difference: String,
}

impl ProgressChart {
    /// The chart as a table: every seventh day until today, and today.
    pub fn rows(&self) -> Vec<ProgressRow> {
        let last = self.last_day();
        let mut days: Vec<NaiveDate> = (1..)
            .map_while(|week| self.from.checked_add_days(Days::new(7 * week - 1)))
            .take_while(|day| *day < last)
            .collect();
        if last >= self.from {
            days.push(last);
        }
        days.into_iter().map(|day| self.row(day)).collect()
    }

    fn row(&self, day: NaiveDate) -> ProgressRow {
        let (actual, pace) = (at(&self.actual, day), at(&self.pace, day));
        let difference = actual.saturating_sub(pace);
        let plus = if difference > 0 { "+" } else { "" };
        ProgressRow {
            date: self.l.date_short(day),
            actual: self.unit.full(self.l, actual),
            pace: self.unit.full(self.l, pace),
            difference: format!("{plus}{}", self.unit.short(self.l, difference)),
        }
    }

    /// Today, or the period's last day when it is over.
    fn last_day(&self) -> NaiveDate {
        self.today.min(self.end.pred_opt().unwrap_or(self.end))
    }

    fn has_begun(&self) -> bool {
        self.today >= self.from
    }

    fn is_over(&self) -> bool {
        self.today >= self.end
    }

    /// The goal at the end.
    fn target(&self) -> i64 {
        self.goal.last().map_or(0, |(_, target)| *target)
    }

    /// What is reached today.
    fn reached(&self) -> i64 {
        at(&self.actual, self.last_day())
    }

    /// Where the start of `day` stands.
    fn x(&self, day: NaiveDate) -> Place {
        Place::of((day - self.from).num_days(), (self.end - self.from).num_days())
    }

    /// Where the end of `day` stands.
    fn x_end(&self, day: NaiveDate) -> Place {
        self.x(day.succ_opt().unwrap_or(day))
    }
}

/// The cumulative figure at the end of `day`.
fn at(points: &[(NaiveDate, i64)], day: NaiveDate) -> i64 {
    points.iter().rev().find(|(date, _)| *date <= day).map_or(0, |(_, value)| *value)
}

impl fmt::Display for ProgressChart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        draw::Drawing::new(self).draw(f)
    }
}

impl HtmlSafe for ProgressChart {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::lang::Lang;

    fn day(month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, month, day).unwrap()
    }

    fn chart() -> ProgressChart {
        ProgressChart {
            l: Localiser::new(Lang::En),
            unit: Unit::Money { exponent: 0 },
            title: "Order intake <Q4>".into(),
            description: "On track".into(),
            status: "on",
            from: day(10, 1),
            end: NaiveDate::from_ymd_opt(2027, 1, 1).unwrap(),
            today: day(11, 18),
            actual: vec![(day(10, 2), 118_000), (day(10, 15), 369_500), (day(11, 17), 1_024_500)],
            pace: vec![(day(10, 12), 150_000), (day(11, 18), 880_000), (day(12, 31), 1_600_000)],
            goal: vec![(day(10, 1), 1_450_000), (day(10, 12), 1_600_000)],
            last_year: vec![(day(12, 31), 1_380_000)],
            forecast: Some((1_490_000, 1_680_000, 1_860_000)),
        }
    }

    fn empty(today: NaiveDate) -> ProgressChart {
        let none = Vec::new;
        ProgressChart {
            today,
            actual: none(),
            pace: none(),
            goal: none(),
            last_year: none(),
            forecast: None,
            ..chart()
        }
    }

    #[test]
    fn a_goal_in_the_middle_of_its_period() {
        insta::assert_snapshot!(chart().to_string().replace("><", ">\n<"));
    }

    #[test]
    fn a_table_row_for_every_week_and_today() {
        let rows = chart().rows();
        assert_eq!(rows.len(), 7);
        let last = ProgressRow {
            date: "18 Nov".into(),
            actual: "1,024,500".into(),
            pace: "880,000".into(),
            difference: "+145k".into(),
        };
        assert_eq!(rows.last(), Some(&last));
        assert_eq!(rows[0].date, "7 Oct");
        assert!(empty(day(9, 1)).rows().is_empty());
    }

    #[test]
    fn before_the_start_there_is_neither_today_nor_actual() {
        let early = ProgressChart { today: day(9, 30), ..chart() }.to_string();
        assert!(
            !early.contains("Today")
                && !early.contains("class=\"actual\"")
                && !early.contains("class=\"band\"")
        );
        assert!(early.contains("Goal 1.60M"));
    }

    #[test]
    fn after_the_end_there_is_no_forecast() {
        let late =
            ProgressChart { today: NaiveDate::from_ymd_opt(2027, 2, 1).unwrap(), ..chart() }.to_string();
        assert!(
            !late.contains("Today") && late.contains("class=\"actual\"") && !late.contains("class=\"band\"")
        );
    }

    #[test]
    fn odd_figures_stay_inside_the_picture() {
        let huge = ProgressChart { actual: vec![(day(10, 2), i64::MAX)], ..chart() };
        let negative = ProgressChart { actual: vec![(day(10, 2), -500)], ..chart() };
        for chart in [huge, negative, empty(day(10, 1)), empty(day(12, 31))] {
            let text = chart.to_string();
            for part in text.split('"').filter_map(|part| part.strip_suffix('%')) {
                assert!((0.0..=100.0).contains(&part.parse::<f64>().unwrap()), "{part} in {text}");
            }
        }
    }
}
