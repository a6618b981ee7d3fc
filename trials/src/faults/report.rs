//! What the faults found, as a table of figures beside what was promised.

use std::fmt::Display;
use std::time::Duration;

use anyhow::{Result, bail};

/// One figure of a fault.
#[derive(Clone, Debug)]
pub struct Finding {
    what: String,
    figure: String,
    verdict: Verdict,
}

/// What a figure means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    /// As promised.
    Kept,
    /// Not as promised.
    Broken,
    /// Could not be tried here.
    Skipped,
    /// Nothing is promised.
    Told,
}

impl Finding {
    /// A figure and whether it is as promised.
    pub fn promise(what: impl Display, figure: impl Display, kept: bool) -> Self {
        let verdict = if kept { Verdict::Kept } else { Verdict::Broken };
        Self { what: what.to_string(), figure: figure.to_string(), verdict }
    }

    /// A count that must be zero.
    pub fn none(what: impl Display, count: usize) -> Self {
        Self::promise(what, count, count == 0)
    }

    /// A duration that must stay within `limit`.
    pub fn within(what: impl Display, took: Duration, limit: Duration) -> Self {
        Self::promise(format!("{what} (at most {})", time(limit)), time(took), took <= limit)
    }

    /// A figure that is only told.
    pub fn told(what: impl Display, figure: impl Display) -> Self {
        Self { what: what.to_string(), figure: figure.to_string(), verdict: Verdict::Told }
    }

    /// Why a fault could not be tried.
    pub fn skipped(why: impl Display) -> Self {
        Self { what: why.to_string(), figure: "-".into(), verdict: Verdict::Skipped }
    }
}

/// A duration as people read it.
pub fn time(time: Duration) -> String {
    if time < Duration::from_secs(1) {
        format!("{} ms", time.as_millis())
    } else {
        format!("{:.1} s", time.as_secs_f64())
    }
}

/// What became of all faults.
#[derive(Debug, Default)]
pub struct Report {
    passed: usize,
    failed: usize,
    skipped: usize,
}

impl Report {
    /// Prints what one fault found, and counts it.
    pub fn add(&mut self, name: &str, took: Duration, findings: Result<Vec<Finding>>) {
        println!("{name} ({})", time(took));
        match findings {
            Ok(findings) => {
                findings.iter().for_each(print);
                self.count(&findings);
            }
            Err(error) => {
                println!("  BROKEN   {error:#}");
                self.failed += 1;
            }
        }
    }

    fn count(&mut self, findings: &[Finding]) {
        let any = |verdict| findings.iter().any(|finding| finding.verdict == verdict);
        if any(Verdict::Broken) {
            self.failed += 1;
        } else if any(Verdict::Skipped) {
            self.skipped += 1;
        } else {
            self.passed += 1;
        }
    }

    /// Prints the sums; an error when something failed.
    pub fn finish(self) -> Result<()> {
        let Self { passed, failed, skipped } = self;
        let skipped = if skipped == 0 { String::new() } else { format!(", {skipped} skipped") };
        println!("{passed} passed, {failed} failed{skipped}");
        if failed == 0 { Ok(()) } else { bail!("something was promised that does not hold") }
    }
}

fn print(finding: &Finding) {
    let verdict = match finding.verdict {
        Verdict::Kept => "ok",
        Verdict::Broken => "BROKEN",
        Verdict::Skipped => "skipped",
        Verdict::Told => "",
    };
    println!("  {verdict:8} {:72} {:>16}", finding.what, finding.figure);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_broken_promise_fails_the_fault_and_a_skipped_one_does_not_pass() {
        let mut report = Report::default();
        let kept = || Finding::none("missing", 0);
        report.add("a", Duration::ZERO, Ok(vec![kept(), Finding::none("missing", 1)]));
        report.add("b", Duration::ZERO, Ok(vec![kept(), Finding::skipped("not root")]));
        report.add("c", Duration::ZERO, Ok(vec![kept(), Finding::told("requests", 7)]));
        report.add("d", Duration::ZERO, Err(anyhow::anyhow!("no server")));
        assert_eq!((report.passed, report.failed, report.skipped), (1, 2, 1));
        assert!(report.finish().is_err());
    }
}
