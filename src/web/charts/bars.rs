//! The smallest graphics: a line of recent figures, a bar of one share.

use std::fmt;

use askama::filters::HtmlSafe;

use super::Place;
use crate::web::ui::Escaped;

/// Recent figures as a line with a dot on the last, and a dashed reference.
#[derive(Clone, Debug)]
pub struct Sparkline {
    /// The figures, oldest first; below zero counts as zero.
    pub values: Vec<i64>,
    /// What each figure should be, or nothing.
    pub reference: Option<i64>,
    /// The line in words, for those who do not see it.
    pub label: String,
}

impl fmt::Display for Sparkline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let max = self.values.iter().copied().chain(self.reference).max().unwrap_or(1).max(1);
        // 2 px of air above and below on a height of 24
        let height = |value: i64| Place(833 + Place::of(value, max).turned().0 * 8_334 / 10_000);
        let last = i64::try_from(self.values.len()).unwrap_or(i64::MAX) - 1;
        write!(f, r#"<svg class="spark" role="img" aria-label="{}">"#, Escaped(&self.label))?;
        f.write_str(r#"<svg viewBox="0 0 100 100" preserveAspectRatio="none" width="100%" height="100%" overflow="visible">"#)?;
        if let Some(reference) = self.reference {
            write!(f, r#"<path class="ref" d="M0 {0}H100"/>"#, height(reference))?;
        }
        f.write_str(r#"<path d=""#)?;
        for (index, value) in (0_i64..).zip(&self.values) {
            let command = if index == 0 { "M" } else { "L" };
            write!(f, "{command}{} {}", Place::of(index, last), height(*value))?;
        }
        f.write_str(r#""/></svg>"#)?;
        if let Some(value) = self.values.last() {
            write!(f, r#"<circle cx="100%" cy="{}%" r="2.5"/>"#, height(*value))?;
        }
        f.write_str("</svg>")
    }
}

impl HtmlSafe for Sparkline {}

/// One share as a bar.
#[derive(Clone, Debug)]
pub struct MiniBar {
    /// How much.
    pub value: i64,
    /// Of how much.
    pub max: i64,
    /// `on`, `risk`, `off`, `kudos` or `ink`.
    pub colour: &'static str,
    /// The bar in words.
    pub label: String,
}

impl fmt::Display for MiniBar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (label, colour, width) = (Escaped(&self.label), self.colour, Place::of(self.value, self.max));
        write!(
            f,
            r#"<svg class="bar-mini" role="img" aria-label="{label}"><rect class="b3" width="100%" height="8" rx="4"/>"#
        )?;
        write!(f, r#"<rect class="g-{colour}" width="{width}%" height="8" rx="4"/></svg>"#)
    }
}

impl HtmlSafe for MiniBar {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sparkline_of_nothing_or_one_figure_is_still_a_picture() {
        let line =
            |values: Vec<i64>| Sparkline { values, reference: None, label: "\"<x>".into() }.to_string();
        assert!(!line(vec![]).contains("circle") && line(vec![]).contains("&quot;&lt;x&gt;"));
        assert!(line(vec![5]).contains(r#"d="M0.00 8.33""#));
    }

    #[test]
    fn figures_draw_snapshots() {
        let line = Sparkline { values: vec![0, 40, -5, 100], reference: Some(50), label: "Weekly".into() };
        insta::assert_snapshot!(line);
        let bar = MiniBar { value: 3, max: 2, colour: "kudos", label: "3 of 2".into() };
        insta::assert_snapshot!(bar);
    }
}
