//! What an operator waits for: checking every total, memory, and a start on existing data.

use std::time::Instant;

use anyhow::{Result, ensure};

use super::imports::megabytes;
use super::report::{Report, Row};
use super::site::Site;
use crate::support::stats::median;

/// Starts of which the median counts.
const STARTS: usize = 3;

/// Measures and reports; the last thing that is done with a site.
pub async fn measure(mut site: Site<'_>, report: &mut Report) -> Result<()> {
    let peak = megabytes(site.server.memory().peak);
    report.add(
        Row::new("memory", "Most memory of the server, after all this").value(peak, "MB").at_most(120.0),
    );
    let verified = site.command(&["verify"]).await?;
    let row = Row::new("verify", "`pacemark verify`").value(verified.took.as_secs_f64(), "s").at_most(30.0);
    report.add(row.note(verified.output.trim().to_owned()));
    let mut starts = Vec::new();
    for _ in 0..STARTS {
        let stopped = Instant::now();
        site = site.restart().await?;
        ensure!(site.server.status_of("/login").await == Some(200), "no first page");
        starts.push((stopped.elapsed() - site.stopped_in).as_secs_f64());
    }
    let row = Row::new("start", "Start on existing data to the first page")
        .value(median(&starts), "s")
        .at_most(2.0);
    report.add(row);
    site.server.stop().await?;
    Ok(())
}
