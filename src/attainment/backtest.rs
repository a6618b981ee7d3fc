//! How good the outlook is on the company's own past: every goal of a period that is over, forecast as it would have been
//! from a quarter, half and three quarters of its working days, beside plain run rate (rule 19).

use std::collections::BTreeMap;

use chrono::NaiveDate;
use sqlx::PgConnection;

use super::Metric;
use super::outlook::backtest::{self, Series, Tally, Trial};
use super::service::{self, Span};
use super::store;
use crate::error::Result;
use crate::goals::{self, Goal, GoalFilter, Subject, Viewer};
use crate::kernel::basis::Basis;
use crate::kernel::period::Period;
use crate::org::Company;

/// From where periods are forecast, in percent of their working days.
const SHARES: [u8; 3] = [25, 50, 75];

/// Forecasts of one kind, and how far they were off.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// `company`, `department` or `person`; nothing for all together.
    pub subjects: Option<&'static str>,
    /// What is counted.
    pub metric: Metric,
    /// From where, in percent of the working days; nothing for all together.
    pub at_pct: Option<u8>,
    /// What came out.
    pub tally: Tally,
}

/// Forecasts every past goal that is counted in sales. A forecast sees nothing that was sold later.
pub async fn run(conn: &mut PgConnection, company: &Company, today: NaiveDate) -> Result<Vec<Line>> {
    let goals = goals::list(conn, Viewer::system(today), &GoalFilter::default()).await?;
    let mut found: BTreeMap<(Metric, &'static str), Vec<Trial>> = BTreeMap::new();
    let Some(first) = store::first_day(conn).await? else { return Ok(Vec::new()) };
    for ((subject, metric, basis), periods) in by_series(&goals, today) {
        let trials = trials(conn, company, (subject, metric, basis), periods, (first, today)).await?;
        found.entry((metric, subject.kind())).or_default().extend(trials);
    }
    Ok(lines(&found))
}

/// Whose, what, and when it counts.
type Counted = (Subject, Metric, Basis);
type Periods = Vec<(Period, Option<i64>)>;

/// The past periods of each subject, metric and basis, all products together.
fn by_series(goals: &[Goal], today: NaiveDate) -> Vec<(Counted, Periods)> {
    let mut series: Vec<(Counted, Periods)> = Vec::new();
    let past = goals
        .iter()
        .filter(|goal| goal.metric.is_of_sales() && goal.category.is_none() && goal.period.end <= today);
    for goal in past {
        let key = (goal.subject, goal.metric, goal.terms.basis);
        let period = (goal.period, Some(goal.target()));
        match series.iter_mut().find(|(known, _)| *known == key) {
            Some((_, periods)) => periods.push(period),
            None => series.push((key, vec![period])),
        }
    }
    series
}

async fn trials(
    conn: &mut PgConnection,
    company: &Company,
    (subject, metric, basis): Counted,
    periods: Periods,
    (first, today): (NaiveDate, NaiveDate),
) -> Result<Vec<Trial>> {
    let Some(period) = Period::from_inclusive(first, today) else { return Ok(Vec::new()) };
    let days = store::days(conn, &[Span { subject, category: None, period, basis }]).await?;
    let daily = days.iter().flatten().map(|day| (day.day, day.totals.of(metric))).collect();
    let hired = subject.employee().and_then(|id| company.organisation.person(id)?.hired_on);
    let known_from = hired.map_or(first, |hired| hired.max(first));
    let series = Series { daily, known_from, measure: service::measure(metric), periods };
    Ok(backtest::trials(&series, &SHARES, &company.calendar))
}

fn lines(found: &BTreeMap<(Metric, &'static str), Vec<Trial>>) -> Vec<Line> {
    let mut lines = Vec::new();
    for ((metric, subjects), trials) in found {
        for share in SHARES {
            let tally = Tally::of(trials.iter().filter(|trial| trial.at_pct == share));
            lines.push(Line { subjects: Some(subjects), metric: *metric, at_pct: Some(share), tally });
        }
    }
    let mut metrics: Vec<Metric> = found.keys().map(|(metric, _)| *metric).collect();
    metrics.dedup();
    for metric in metrics {
        let all = found.iter().filter(|((of, _), _)| *of == metric).flat_map(|(_, trials)| trials);
        lines.push(Line { subjects: None, metric, at_pct: None, tally: Tally::of(all) });
    }
    lines.retain(|line| line.tally.forecasts > 0);
    lines
}
