//! A large company beside a small one: whether answers stay as quick when there is ten times as much.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::report::figure;

/// How much longer an answer may take over ten times the data.
const MOST: f64 = 1.2;

/// Compares the smallest and the largest company in files that `--json` wrote.
pub fn files(files: &[PathBuf]) -> Result<()> {
    let mut runs = Vec::new();
    for file in files {
        let text = fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
        let report: Value = serde_json::from_str(&text)?;
        runs.extend(report["runs"].as_array().context("no report of a benchmark")?.clone());
    }
    runs.sort_by_key(|run| run["lines"].as_u64());
    ensure!(runs.len() > 1, "there is only one run; nothing to compare");
    if let (Some(small), Some(large)) = (runs.first(), runs.last()) {
        print(small, large);
    }
    Ok(())
}

/// Prints the table in Markdown.
pub fn print(small: &Value, large: &Value) {
    println!("\n## {} against {} order lines, p50 in milliseconds\n", large["lines"], small["lines"]);
    println!("| measure | small | large | ratio | target | met |\n|---|--:|--:|--:|---|---|");
    for row in small["rows"].as_array().into_iter().flatten() {
        let key = row["key"].as_str().unwrap_or_default();
        if let Some((before, after)) =
            both(row, large).filter(|_| key.starts_with("page") || key.starts_with("api"))
        {
            let ratio = after / before;
            let met = if ratio <= MOST { "yes" } else { "**no**" };
            let what = row["what"].as_str().unwrap_or_default();
            println!("| {what} | {} | {} | {ratio:.2} | ≤ {MOST} | {met} |", figure(before), figure(after));
        }
    }
}

/// What half of the answers took at most, in both.
fn both(row: &Value, large: &Value) -> Option<(f64, f64)> {
    let other = large["rows"].as_array()?.iter().find(|other| other["key"] == row["key"])?;
    Some((row["p50_ms"].as_f64()?, other["p50_ms"].as_f64()?))
}
