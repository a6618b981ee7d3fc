//! How a goal is measured, in words: what lowers a full target for a person (rule 14), its season, its weight.

use chrono::Datelike;

use super::Goal;
use crate::attainment::fair::{Lowered, lowered};
use crate::attainment::service::GoalFigures;
use crate::attainment::view::{Measure, Reader};
use crate::web::context::Ctx;

/// What a page says of it.
#[derive(Clone, Debug, Default)]
pub struct Measured {
    /// From the full target down to the one that is measured against: what, and how much. The last is what is left.
    pub rows: Vec<(String, String)>,
    /// What else there is to know.
    pub lines: Vec<String>,
}

impl Measured {
    /// Whether it counts as it stands, like any other.
    pub fn is_plain(&self) -> bool {
        self.rows.is_empty() && self.lines.is_empty()
    }
}

/// How a goal is measured.
pub fn of(ctx: &Ctx, of: &GoalFigures) -> Measured {
    let goal = &of.goal;
    let terms = goal.engine_terms(&ctx.company.organisation);
    let parts = lowered(goal.period, ctx.company.measured_by(&goal.period).0, &terms, &goal.targets());
    Measured { rows: rows(ctx, goal, &parts), lines: lines(ctx, goal, &parts) }
}

fn rows(ctx: &Ctx, goal: &Goal, parts: &Lowered) -> Vec<(String, String)> {
    if parts.full == parts.effective {
        return Vec::new();
    }
    let measure = Measure::of(Reader::of(ctx), goal);
    let less = [
        ("goals-less-not-employed", parts.not_employed),
        ("goals-less-ramp", parts.ramp),
        ("goals-less-relief", parts.relief),
    ];
    let less = less.into_iter().filter(|(_, amount)| *amount != 0);
    let less = less.map(|(key, amount)| (ctx.l.t(key), measure.signed(amount.saturating_neg())));
    let full = (ctx.l.t("goals-full"), measure.amount(parts.full));
    let effective = (ctx.l.t("goals-effective-target"), measure.amount(parts.effective));
    std::iter::once(full).chain(less).chain([effective]).collect()
}

fn lines(ctx: &Ctx, goal: &Goal, parts: &Lowered) -> Vec<String> {
    let l = ctx.l;
    let season = goal.terms.season.map(|season| {
        let starts = goal.period.dates().filter(|day| *day == goal.period.start || day.day() == 1);
        let month = |day: chrono::NaiveDate| {
            format!("{} {}", l.month_label(day.year(), day.month()), l.number(season.of(day)))
        };
        let months: Vec<String> = starts.map(month).collect();
        l.tr("goals-season-is", &[("months", months.join(", ").into())])
    });
    let weight = goal
        .terms
        .weight
        .map(|weight| l.tr("goals-weight-is", &[("weight", l.pct(i64::from(weight)).into())]));
    let kept = (goal.terms.prorated && parts.full == parts.effective).then(|| l.t("goals-prorated-all"));
    let basis = (goal.metric.is_of_sales() && goal.terms.basis != ctx.company.basis)
        .then(|| l.t(&format!("basis-is-{}", goal.terms.basis.code())));
    [kept, basis, season, weight].into_iter().flatten().collect()
}
