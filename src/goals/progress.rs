//! The progress chart of a goal: what was sold day by day, and the same days a year before.

use std::sync::Arc;

use chrono::{Months, NaiveDate};
use sqlx::PgConnection;

use super::{Goal, periods};
use crate::attainment::series::Point;
use crate::attainment::service::{self, DayTotals, GoalFigures, Span};
use crate::attainment::view::{GoalCard, Measure, Reader, likely, state};
use crate::error::Result;
use crate::web::charts::ProgressChart;
use crate::web::context::Ctx;

/// Draws the chart of a goal whose figures are known.
pub async fn chart(
    conn: &mut PgConnection,
    ctx: &Ctx,
    of: &GoalFigures,
    card: &GoalCard,
) -> Result<ProgressChart> {
    let (goal, measure) = (&of.goal, Measure::of(Reader::of(ctx), &of.goal));
    let span = goal.span();
    let before = periods::year_before(&goal.period).map(|period| Span { period, ..span });
    let spans: Vec<Span> = [Some(span), before].into_iter().flatten().collect();
    let mut days = service::days(conn, &ctx.company, &spans).await?;
    let last_year = if days.len() > 1 { days.pop().unwrap_or_default() } else { Arc::default() };
    let line = service::line(&ctx.company, goal);
    let points = |points: Vec<Point>| points.into_iter().map(|point| (point.date, point.value)).collect();
    Ok(ProgressChart {
        l: ctx.l,
        unit: measure.unit(),
        title: format!("{}, {}", card.what, card.period),
        description: describe(card),
        status: state(of.figures.status),
        from: goal.period.start,
        end: goal.period.end,
        today: ctx.today,
        actual: cumulative(goal, days.first().map_or(&[], |days| days.as_slice()), 0),
        pace: points(line.required()),
        goal: points(line.targets()),
        last_year: cumulative(goal, &last_year, 12),
        forecast: likely(of).and(of.range.as_ref()).map(|range| (range.low, range.likely, range.high)),
    })
}

/// The state in sentences, for those who do not see the chart.
fn describe(card: &GoalCard) -> String {
    let sentences = [format!("{} {}.", card.actual, card.of), card.against.clone(), card.outlook.clone()];
    let spoken: Vec<&str> = sentences.iter().map(String::as_str).filter(|text| !text.is_empty()).collect();
    spoken.join(" ")
}

/// The running sum at each day with sales, moved by `months`.
fn cumulative(goal: &Goal, days: &[DayTotals], months: u32) -> Vec<(NaiveDate, i64)> {
    let mut sum = 0_i64;
    let points = days.iter().filter_map(|day| {
        sum = sum.saturating_add(day.totals.of(goal.metric));
        Some((day.day.checked_add_months(Months::new(months))?, sum))
    });
    points.collect()
}
