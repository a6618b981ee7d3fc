//! The coverage check: do the parts of a goal add up to the whole?

use std::fmt;

use askama::filters::HtmlSafe;

use super::{Place, percent_of};
use crate::web::ui::Escaped;

/// The parts' goals stacked against the whole's: what is missing is hatched, what is over is outlined.
#[derive(Clone, Debug)]
pub struct Coverage {
    /// The goals of the parts.
    pub parts: Vec<i64>,
    /// The goal of the whole.
    pub target: i64,
    /// The check in words.
    pub label: String,
}

impl Coverage {
    /// What the parts add up to.
    pub fn assigned(&self) -> i64 {
        self.parts.iter().fold(0, |sum, part| sum.saturating_add(*part))
    }
}

impl fmt::Display for Coverage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let assigned = self.assigned();
        let max = percent_of(self.target.max(assigned), 107);
        write!(f, r#"<svg class="cover" role="img" aria-label="{}">"#, Escaped(&self.label))?;
        let mut start = 0_i64;
        for (index, part) in self.parts.iter().enumerate() {
            let end = start.saturating_add(*part);
            draw(f, if index % 2 == 0 { "seg1" } else { "seg2" }, start, end.min(self.target), max)?;
            start = end;
        }
        draw(f, "gap", assigned, self.target, max)?;
        draw(f, "over", self.target, assigned, max)?;
        let goal = Place::of(self.target, max);
        write!(
            f,
            r#"<svg x="{goal}%" overflow="visible"><rect class="goal" x="-1.5" y="1" width="3" height="26" rx="1"/></svg></svg>"#
        )
    }
}

impl HtmlSafe for Coverage {}

/// A piece from `start` to `end`, or nothing where it is empty.
fn draw(f: &mut fmt::Formatter<'_>, class: &str, start: i64, end: i64, max: i64) -> fmt::Result {
    let (from, to) = (Place::of(start, max), Place::of(end, max));
    if from >= to {
        return Ok(());
    }
    let width = Place(to.0 - from.0);
    write!(f, r#"<rect class="{class}" x="{from}%" y="6" width="{width}%" height="16"/>"#)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn coverage(parts: &[i64], target: i64) -> String {
        Coverage { parts: parts.to_vec(), target, label: "Parts".into() }.to_string()
    }

    #[test]
    fn what_is_missing_is_hatched() {
        insta::assert_snapshot!(coverage(&[240, 210, 190, 170], 900));
    }

    #[test]
    fn what_is_over_is_outlined_and_an_exact_sum_is_neither() {
        assert!(coverage(&[60, 60], 100).contains("\"over\""));
        let exact = coverage(&[60, 40], 100);
        assert!(!exact.contains("\"over\"") && !exact.contains("\"gap\""));
    }

    #[test]
    fn nothing_to_share_or_nothing_shared() {
        assert!(coverage(&[], 100).contains("\"gap\""));
        assert!(!coverage(&[], 0).contains("\"seg1\""));
        assert!(coverage(&[i64::MAX, i64::MAX], 1).contains("\"over\""));
    }
}
