//! What an operator waits for: checking every total, memory, and a start on existing data.

use anyhow::Result;

use super::imports::megabytes;
use super::report::{Report, Row};
use super::site::Site;
use crate::support::process;
use crate::support::stats::median;

/// Starts of which the median counts.
const STARTS: usize = 3;
/// Most memory of the server, in megabytes, without its database.
const MEMORY: f64 = 120.0;

/// Reports the most memory that the server had since the last time this was asked.
pub fn memory(site: &Site<'_>, key: &str, during: &str, report: &mut Report) {
    let peak = megabytes(site.server.memory().peak);
    process::forget_peak(site.server.pid());
    report.add(
        Row::new(key, format!("Most memory of the server during {during}")).value(peak, "MB").at_most(MEMORY),
    );
}

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
        let (again, took) = site.restart().await?;
        site = again;
        starts.push(took.as_secs_f64());
    }
    let row = Row::new("start", "Start on existing data to the first page")
        .value(median(&starts), "s")
        .at_most(2.0);
    report.add(row);
    site.server.stop().await?;
    Ok(())
}
