//! Importing the company: speed beside bare COPY, memory of the importing process, and the same file again.

use std::fs;

use anyhow::{Context, Result, ensure};

use super::load::to_rate;
use super::report::{Report, Row};
use super::site::Site;
use super::{copying, orders};

/// How much memory an import may take, in megabytes, whatever the size of the file.
const MEMORY: f64 = 60.0;
/// Bytes of a megabyte.
pub const MEGABYTE: u64 = 1_000_000;

/// Imports everything, and reports what that took. `copied` limits the lines that the ceiling copies.
pub async fn measure(site: &Site<'_>, copied: Option<u64>, report: &mut Report) -> Result<()> {
    let (base, sales) = (site.path("base"), site.path("sales"));
    fs::create_dir_all(&sales)?;
    site.company.write(&base)?;
    orders::write(&site.company, &sales)?;
    site.command(&["import", "all", base.to_str().context("odd path")?]).await?;
    let file = sales.join("order_lines.csv");
    let args = ["import", "sales", file.to_str().context("odd path")?];
    let lines = usize::try_from(site.company.lines)?;

    let first = site.command(&args).await?;
    let ceiling = copying::measure(site, copied.unwrap_or(site.company.lines)).await?;
    report.add(
        Row::new("ceiling-copy", "COPY of the same rows, same indexes and keys").value(ceiling, "lines/s"),
    );
    let rate = to_rate(lines, first.took);
    let took = format!("{:.1} s", first.took.as_secs_f64());
    report.add(Row::new("import", "Import of sales").value(rate, "lines/s").ceiling(ceiling, 0.4).note(took));
    let memory = megabytes(first.peak.peak);
    report.add(
        Row::new("import-memory", "Memory of the importing process").value(memory, "MB").at_most(MEMORY),
    );

    let again = site.command(&args).await?;
    ensure!(again.output.contains("Nothing changed"), "the same file again: {}", again.output);
    let took = format!("{:.1} s", again.took.as_secs_f64());
    let rate = to_rate(lines, again.took);
    report.add(Row::new("import-again", "The same file again").value(rate, "lines/s").note(took));
    fs::remove_dir_all(sales)?;
    Ok(())
}

/// Bytes as megabytes.
pub fn megabytes(bytes: u64) -> f64 {
    f64::from(u32::try_from(bytes / 1000).unwrap_or(u32::MAX)) * 1000.0
        / f64::from(u32::try_from(MEGABYTE).unwrap_or(1))
}
