//! `pacemark backtest`: how far forecasts of past periods would have been off.

use anyhow::Result;
use sqlx::PgPool;

use crate::attainment::backtest;
use crate::kernel::clock::Clock;
use crate::kernel::ratio::Pct;
use crate::org::company;

/// Prints a line for each kind of subject and point of the period, and one for all together.
pub(super) async fn backtest(db: PgPool) -> Result<()> {
    let mut conn = db.acquire().await?;
    let company = company::find(&mut conn).await?;
    let lines = backtest::run(&mut conn, &company, company.day_of(Clock::system().now())).await?;
    if lines.is_empty() {
        println!("There is no goal of a period that is over yet.");
        return Ok(());
    }
    println!(
        "Sum of errors in percent of the sum of outcomes; ratio below 100 is better than plain run rate."
    );
    println!(
        "{:<11} {:<13} {:>4} {:>9} {:>9} {:>9} {:>7} {:>16}",
        "subjects", "metric", "at", "forecasts", "run rate", "outlook", "ratio", "held (80 meant)"
    );
    for line in lines {
        let pct = |pct: Option<Pct>| pct.map_or_else(|| "–".to_owned(), Pct::to_string_2);
        println!(
            "{:<11} {:<13} {:>4} {:>9} {:>9} {:>9} {:>7} {:>16}",
            line.subjects.unwrap_or("all"),
            line.metric.code(),
            line.at_pct.map_or_else(|| "any".to_owned(), |share| format!("{share}%")),
            line.tally.forecasts,
            pct(line.tally.run_rate_error()),
            pct(line.tally.error()),
            pct(line.tally.against_run_rate()),
            pct(line.tally.coverage()),
        );
    }
    Ok(())
}
