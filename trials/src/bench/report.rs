//! The table, and the same as JSON.

use std::fs;
use std::path::Path;

use anyhow::Result;
use serde_json::{Value, json};

use super::load::Measured;

/// One measure.
#[derive(Clone, Debug)]
pub struct Row {
    /// The same from run to run, so that runs can be compared.
    key: String,
    what: String,
    value: Option<(f64, &'static str)>,
    /// Milliseconds.
    times: Option<(f64, f64)>,
    ratio: Option<f64>,
    statements: Option<usize>,
    targets: Vec<(String, bool)>,
    note: String,
}

impl Row {
    /// A measure without figures yet.
    pub fn new(key: impl Into<String>, what: impl Into<String>) -> Self {
        Self {
            key: key.into(),
            what: what.into(),
            value: None,
            times: None,
            ratio: None,
            statements: None,
            targets: Vec::new(),
            note: String::new(),
        }
    }

    /// The figure.
    pub fn value(mut self, value: f64, unit: &'static str) -> Self {
        self.value = Some((value, unit));
        self
    }

    /// How long answers took: what half and what 99 of 100 took at most, in milliseconds.
    pub fn times(mut self, p50: f64, p99: f64) -> Self {
        self.times = Some((p50, p99));
        self
    }

    /// Rate and times of a load; failures count as a target missed.
    pub fn measured(self, load: &Measured) -> Self {
        let row = self.value(load.rate, "/s").times(load.p50, load.p99);
        if load.failures == 0 {
            return row;
        }
        row.target(format!("no failures ({})", load.failures), false)
    }

    /// How much of the ceiling it reaches, and how much it must.
    pub fn ceiling(mut self, ceiling: f64, at_least: f64) -> Self {
        let reached = self.value.map_or(0.0, |(value, _)| value) / ceiling;
        self.ratio = Some(reached);
        self.target(format!("≥ {at_least} × ceiling"), reached >= at_least)
    }

    /// Statements that one request costs.
    pub fn statements(mut self, count: usize) -> Self {
        self.statements = Some(count);
        self
    }

    /// What it should be, and whether it is.
    pub fn target(mut self, text: impl Into<String>, met: bool) -> Self {
        self.targets.push((text.into(), met));
        self
    }

    /// A limit for what half of the answers take, in milliseconds.
    pub fn p50_within(self, limit: f64) -> Self {
        let p50 = self.times.map_or(f64::INFINITY, |(p50, _)| p50);
        self.target(format!("p50 ≤ {limit} ms"), p50 <= limit)
    }

    /// A limit for what 99 of 100 answers take, in milliseconds.
    pub fn p99_within(self, limit: f64) -> Self {
        let p99 = self.times.map_or(f64::INFINITY, |(_, p99)| p99);
        self.target(format!("p99 ≤ {limit} ms"), p99 <= limit)
    }

    /// A limit for the figure.
    pub fn at_most(self, limit: f64) -> Self {
        let (value, unit) = self.value.unwrap_or((f64::INFINITY, ""));
        self.target(format!("≤ {limit} {unit}"), value <= limit)
    }

    /// What else there is to know.
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.note = note.into();
        self
    }

    fn cells(&self) -> [String; 8] {
        let shown = |value: Option<f64>| value.map(figure).unwrap_or_default();
        let targets: Vec<&str> = self.targets.iter().map(|(text, _)| text.as_str()).collect();
        [
            format!(
                "{}{}",
                self.what,
                if self.note.is_empty() { String::new() } else { format!(" ({})", self.note) }
            ),
            self.value.map(|(value, unit)| format!("{} {unit}", figure(value))).unwrap_or_default(),
            shown(self.times.map(|times| times.0)),
            shown(self.times.map(|times| times.1)),
            self.ratio.map(|ratio| format!("{ratio:.2}")).unwrap_or_default(),
            self.statements.map(|count| count.to_string()).unwrap_or_default(),
            targets.join(", "),
            self.verdict(),
        ]
    }

    fn verdict(&self) -> String {
        let missed: Vec<&str> =
            self.targets.iter().filter(|(_, met)| !met).map(|(text, _)| text.as_str()).collect();
        match (self.targets.is_empty(), missed.as_slice()) {
            (true, _) => String::new(),
            (false, []) => "yes".to_owned(),
            (false, missed) if missed.len() == self.targets.len() => "**no**".to_owned(),
            (false, missed) => format!("**no**: {}", missed.join(", ")),
        }
    }

    fn json(&self) -> Value {
        let targets: Vec<Value> =
            self.targets.iter().map(|(text, met)| json!({ "target": text, "met": met })).collect();
        json!({
            "key": self.key, "what": self.what, "value": self.value.map(|value| value.0),
            "unit": self.value.map(|value| value.1), "p50_ms": self.times.map(|times| times.0),
            "p99_ms": self.times.map(|times| times.1), "of_ceiling": self.ratio, "statements": self.statements,
            "targets": targets, "note": self.note,
        })
    }
}

/// One run over one company.
#[derive(Clone, Debug)]
pub struct Report {
    lines: u64,
    quick: bool,
    rows: Vec<Row>,
}

impl Report {
    /// Of a company of so many order lines.
    pub const fn new(lines: u64, quick: bool) -> Self {
        Self { lines, quick, rows: Vec::new() }
    }

    /// Adds a measure, and tells whoever watches.
    pub fn add(&mut self, row: Row) {
        let [what, value, p50, p99, ratio, ..] = row.cells();
        eprintln!("   {what}: {value}  p50 {p50}  p99 {p99}  of ceiling {ratio}  {}", row.verdict());
        self.rows.push(row);
    }

    /// Prints the table in Markdown.
    pub fn print(&self) {
        println!("\n## {} order lines\n\n{}\n", thousands(self.lines), machine());
        println!("Load generator, server and database share these cores. Times in milliseconds.");
        if self.quick {
            println!("A quick run: single short runs, not to be quoted.");
        }
        println!("\n| measure | figure | p50 | p99 | of ceiling | statements | target | met |");
        println!("|---|--:|--:|--:|--:|--:|---|---|");
        for row in &self.rows {
            println!("| {} |", row.cells().join(" | "));
        }
    }

    /// The same for programs.
    pub fn json(&self) -> Value {
        let rows: Vec<Value> = self.rows.iter().map(Row::json).collect();
        json!({ "lines": self.lines, "quick": self.quick, "machine": machine(), "rows": rows })
    }
}

/// Writes reports to a file.
pub fn write(file: &Path, reports: &[Report]) -> Result<()> {
    let runs: Vec<Value> = reports.iter().map(Report::json).collect();
    Ok(fs::write(file, serde_json::to_string_pretty(&json!({ "runs": runs }))? + "\n")?)
}

/// Three digits that matter.
pub fn figure(value: f64) -> String {
    match value {
        v if v >= 1000.0 => thousands(format!("{v:.0}").parse().unwrap_or_default()),
        v if v >= 100.0 => format!("{v:.0}"),
        v if v >= 10.0 => format!("{v:.1}"),
        v => format!("{v:.2}"),
    }
}

fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let groups: Vec<&str> =
        digits.as_bytes().rchunks(3).rev().filter_map(|part| std::str::from_utf8(part).ok()).collect();
    groups.join(",")
}

/// "2 cores, 24 GB of memory, Linux 6.1".
fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
    let memory: u64 = read("/proc/meminfo")
        .lines()
        .find_map(|line| line.strip_prefix("MemTotal:")?.trim().trim_end_matches(" kB").parse().ok())
        .unwrap_or_default();
    let kernel = read("/proc/sys/kernel/osrelease");
    format!("{cores} cores, {} GB of memory, Linux {}", memory / 1_000_000, kernel.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_short() {
        let shown = [1_234_567.8, 123.45, 12.345, 0.1234].map(figure);
        assert_eq!(shown, ["1,234,568", "123", "12.3", "0.12"]);
    }

    #[test]
    fn a_row_says_which_of_its_targets_it_misses() {
        let row = Row::new("k", "Page").value(50.0, "/s").times(5.0, 80.0).p50_within(10.0).p99_within(50.0);
        assert_eq!(row.verdict(), "**no**: p99 ≤ 50 ms");
        assert_eq!(row.ceiling(100.0, 0.25).ratio, Some(0.5));
    }
}
