//! How a benchmark is asked for.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Result, anyhow};

/// How to measure.
#[derive(clap::Args, Debug)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Args {
    /// Compare instead of measuring
    #[command(subcommand)]
    pub action: Option<Action>,
    /// How many order lines the company has: 1m, 10m, 250k or a number
    #[arg(long, value_name = "N", value_parser = count)]
    sales: Option<u64>,
    /// Measure 1 and 10 million lines, and compare
    #[arg(long, conflicts_with_all = ["sales", "quick"])]
    compare: bool,
    /// A small company and short runs: done within three minutes
    #[arg(long)]
    pub quick: bool,
    /// Also write the figures to a file
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,
    /// Most order lines that are copied to find the ceiling of imports; all of them when nothing is said
    #[arg(long, value_name = "N", value_parser = count)]
    pub copy_lines: Option<u64>,
    /// Keep the company in this directory, and measure the one that is there already instead of making another
    #[arg(long, value_name = "DIR", conflicts_with = "compare")]
    pub data: Option<PathBuf>,
    /// Where the server under trial answers with the constant form of a page; `{path}` stands for the page's path
    #[arg(long, value_name = "ADDRESS")]
    pub constant: Option<String>,
}

/// What else than measuring.
#[derive(clap::Subcommand, Debug)]
pub enum Action {
    /// Compare the smallest and the largest company in files that `--json` wrote
    Compare {
        /// The files
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
}

/// How long and how often something is measured.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// Runs of which the median counts.
    pub runs: usize,
    /// Length of a run.
    pub length: Duration,
    /// Sign-ins at once.
    pub burst: usize,
    /// Requests of which the statements are counted.
    pub counted: usize,
}

impl Args {
    /// The sizes to measure, in order lines.
    pub fn sizes(&self) -> Vec<u64> {
        match (self.compare, self.sales) {
            (true, _) => vec![1_000_000, 10_000_000],
            (false, Some(lines)) => vec![lines],
            (false, None) if self.quick => vec![100_000],
            (false, None) => vec![1_000_000],
        }
    }

    /// How long and how often to measure.
    pub fn pace(&self) -> Pace {
        if self.quick {
            Pace { runs: 1, length: Duration::from_secs(1), burst: 500, counted: 2 }
        } else {
            Pace { runs: 3, length: Duration::from_secs(4), burst: 500, counted: 10 }
        }
    }
}

/// Reads `250k`, `10m` or a plain number.
fn count(text: &str) -> Result<u64> {
    let lower = text.to_lowercase().replace('_', "");
    let (digits, factor) = match lower.strip_suffix(['k', 'm']) {
        Some(digits) if lower.ends_with('k') => (digits, 1000),
        Some(digits) => (digits, 1_000_000),
        None => (lower.as_str(), 1),
    };
    let count = digits.parse::<u64>().ok().and_then(|count| count.checked_mul(factor));
    count.filter(|count| *count > 0).ok_or_else(|| anyhow!("{text} is no number like 250k, 1m or 1000000"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_as_people_say_them() {
        assert_eq!(
            [count("1m").unwrap(), count("250K").unwrap(), count("7").unwrap()],
            [1_000_000, 250_000, 7]
        );
        assert!(count("0").is_err() && count("many").is_err());
    }
}
