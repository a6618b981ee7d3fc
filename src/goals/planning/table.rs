//! A scenario's tree as its table shows it.

use super::asked;
use super::forms::Typed;
use super::node::Node;
use super::sheet::Sheet;
use super::tree::Tree;
use crate::attainment::coverage::Covered;
use crate::attainment::view::{Measure, Reader};
use crate::goals::wording::{self, CoverageView, Denomination};
use crate::web::context::Ctx;
use crate::web::form::FormErrors;

/// A department or person as a row.
pub(super) struct Line {
    pub key: String,
    pub name: String,
    pub level: usize,
    pub is_person: bool,
    pub last_year: String,
    pub last_period: String,
    pub days: String,
    /// The target for a whole period, where less is asked.
    pub full: Option<String>,
    pub present: String,
    /// What the field holds.
    pub typed: String,
    /// The same for reading only.
    pub shown: String,
    /// What is stored, where somebody else changed it while this was typed.
    pub stored: Option<String>,
    pub error: Option<String>,
    pub may_set: bool,
    pub lacks_target: bool,
    /// How the parts add up; nothing for people.
    pub sum: Option<SumView>,
}

/// What the parts of a department come to.
pub(super) struct SumView {
    pub key: String,
    pub from_below: String,
    pub words: String,
    pub class: &'static str,
    /// Whether there are parts to share among.
    pub has_parts: bool,
    /// Whether something is on nobody.
    pub lacks: bool,
}

/// What the whole comes to.
pub(super) struct SummaryView {
    pub cover: CoverageView,
    pub facts: Vec<(String, String)>,
}

/// How amounts of a scenario are written.
#[derive(Clone, Copy)]
pub(super) struct Writer<'a> {
    pub ctx: &'a Ctx,
    pub unit: Denomination,
}

impl<'a> Writer<'a> {
    /// Of a unit, for the reader.
    pub const fn new(ctx: &'a Ctx, unit: Denomination) -> Self {
        Self { ctx, unit }
    }

    /// How amounts are said.
    pub fn measure(self) -> Measure {
        Measure::new(Reader::of(self.ctx), self.unit.metric)
    }

    /// As a field holds it; empty for nothing.
    pub fn field(self, target: Option<i64>) -> String {
        target.map(|target| self.unit.typed(self.ctx.l, target)).unwrap_or_default()
    }

    /// The rows of a sheet. `typed` stands in the fields instead of what is stored, and beside it where `stale`.
    pub fn lines(self, sheet: &Sheet, typed: Option<&Typed>, errors: &FormErrors, stale: bool) -> Vec<Line> {
        let nodes = sheet.tree.0.iter().enumerate();
        nodes.map(|(at, node)| self.line(&sheet.tree, (at, node), typed, errors, stale)).collect()
    }

    fn line(
        self,
        tree: &Tree,
        (at, node): (usize, &Node),
        typed: Option<&Typed>,
        errors: &FormErrors,
        stale: bool,
    ) -> Line {
        let (key, measure) = (node.part().key(), self.measure());
        let stored = self.field(node.target);
        let held = typed.and_then(|typed| typed.target(node.part())).map(ToOwned::to_owned);
        let clash = held.as_ref().filter(|held| stale && **held != stored);
        let full = node.target.filter(|_| node.asked.is_less()).map(|target| node.asked.in_full(target));
        let short = |value: i64| if value == 0 { String::new() } else { measure.short(value) };
        Line {
            name: node.name.clone(),
            level: node.level.min(4),
            is_person: node.subject.employee().is_some(),
            last_year: short(node.past.last_year),
            last_period: short(node.past.last_period),
            days: self.ctx.l.number(asked::days(node.past.capacity)),
            full: full.map(|full| measure.short(full)),
            present: node.present.map(|present| measure.short(present)).unwrap_or_default(),
            shown: self.field(node.target.or(node.present)),
            stored: clash.map(|_| if stored.is_empty() { "–".to_owned() } else { stored.clone() }),
            typed: held.unwrap_or(stored),
            error: errors.of(&self.ctx.l, &format!("t-{key}")),
            may_set: node.may_set,
            lacks_target: node.lacks_target(),
            sum: self.sum(tree, at),
            key,
        }
    }

    /// How the parts of every department add up.
    pub fn sums(self, tree: &Tree) -> Vec<SumView> {
        (0..tree.0.len()).filter_map(|at| self.sum(tree, at)).collect()
    }

    fn sum(self, tree: &Tree, at: usize) -> Option<SumView> {
        let node = tree.0.get(at).filter(|node| node.subject.employee().is_none())?;
        let (l, measure) = (self.ctx.l, self.measure());
        let say = |key: &str, rest: i64| l.tr(key, &[("amount", measure.short(rest).into())]);
        let (words, class) = match tree.covered(at) {
            Some(Covered::Unassigned(lack)) => (say("plans-lack", lack), "t-off"),
            Some(Covered::Buffer(more)) => (say("plans-buffer", more), "t-on"),
            Some(Covered::Exact) => (l.t("plans-exact"), "t-mute"),
            None => (l.t("plans-no-parts"), "t-mute"),
        };
        Some(SumView {
            key: node.part().key(),
            from_below: measure.short(tree.total_below(at)),
            words,
            class,
            has_parts: !tree.below(at).is_empty(),
            lacks: matches!(tree.covered(at), Some(Covered::Unassigned(_))),
        })
    }

    /// What the whole comes to.
    pub fn summary(self, tree: &Tree) -> SummaryView {
        let (l, measure, summary) = (self.ctx.l, self.measure(), tree.summary());
        let parts = tree.below(0).into_iter().map(|at| tree.0[at].value()).collect();
        let fact = |key: &str, value: i64| (l.t(key), measure.amount(value));
        let without = i64::try_from(summary.without).unwrap_or(i64::MAX);
        SummaryView {
            cover: wording::coverage(l, measure, summary.whole, parts),
            facts: vec![
                fact("plans-whole", summary.whole),
                fact("plans-from-below", summary.from_below),
                fact("plans-unassigned", summary.unassigned),
                fact("plans-buffers", summary.buffer),
                (l.t("plans-without"), l.number(without)),
            ],
        }
    }
}
