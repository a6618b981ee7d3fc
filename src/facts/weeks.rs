//! A goal that is measured by facts, week by week.

use chrono::{Datelike, Days, NaiveDate};
use sqlx::PgConnection;

use super::Facts;
use crate::attainment::Nature;
use crate::attainment::service::Span;
use crate::attainment::view::{Measure, Reader};
use crate::error::Result;
use crate::goals::Goal;
use crate::kernel::period::Period;
use crate::kernel::ratio::scale;
use crate::web::context::Ctx;

/// A week of a goal that is measured by facts.
pub struct Week {
    /// Its last day, or today.
    pub ending: String,
    /// What it came to.
    pub value: String,
    /// Of how many; empty for what is only counted.
    pub of: String,
    /// For a line of recent figures.
    pub figure: i64,
}

/// The weeks of a goal up to today, latest first.
pub async fn weeks(conn: &mut PgConnection, ctx: &Ctx, goal: &Goal) -> Result<Vec<Week>> {
    let spans: Vec<Period> = weeks_of(goal.period, ctx.today);
    let span = |period: &Period| {
        let span = Span { period: *period, ..goal.span() };
        (goal.metric, span)
    };
    let sums = super::sums(conn, &spans.iter().map(span).collect::<Vec<_>>()).await?;
    let measure = Measure::of(Reader::of(ctx), goal);
    let week = |(period, facts): (&Period, &Facts)| {
        let figure = match goal.metric.nature() {
            Nature::Sum => Some(facts.part),
            Nature::Ratio { scale: unit, .. } => scale(facts.part, unit, facts.whole),
        };
        Week {
            ending: ctx.l.date_short(period.last_day()),
            value: figure.map_or_else(|| "–".to_owned(), |figure| measure.full(figure)),
            of: if goal.metric.adds_up() { String::new() } else { ctx.l.number(facts.whole) },
            figure: figure.unwrap_or(0),
        }
    };
    Ok(spans.iter().zip(&sums).rev().map(week).collect())
}

/// The weeks of a period that have begun, each ending on a Sunday or with the period.
fn weeks_of(period: Period, today: NaiveDate) -> Vec<Period> {
    let until = today.succ_opt().unwrap_or(today).min(period.end);
    let next_monday = |day: NaiveDate| {
        let days = 7 - day.weekday().num_days_from_monday();
        day + Days::new(days.into())
    };
    let starts = std::iter::successors(Some(period.start), |start| Some(next_monday(*start)));
    starts
        .take_while(|start| *start < until)
        .filter_map(|start| Period::new(start, next_monday(start).min(until)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weeks_end_on_sundays_or_with_the_period() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let quarter = Period::from_inclusive(day("2026-10-01"), day("2026-12-31")).unwrap();
        let said = |today: &str| -> Vec<String> {
            weeks_of(quarter, day(today))
                .iter()
                .map(|week| format!("{} {}", week.start, week.last_day()))
                .collect()
        };
        assert_eq!(said("2026-09-30"), Vec::<String>::new());
        assert_eq!(said("2026-10-06"), ["2026-10-01 2026-10-04", "2026-10-05 2026-10-06"]);
        assert_eq!(said("2027-01-09").last().unwrap(), "2026-12-28 2026-12-31");
    }
}
