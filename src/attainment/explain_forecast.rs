//! The forecast of a goal in words: the method, how open deals move it, the range, and how far it was off before.

use super::outlook::{ByDeals, Method};
use super::service::{self, GoalFigures};
use super::view::Measure;
use crate::web::context::Ctx;

/// The run rate, and the range around it.
pub(super) fn forecast(ctx: &Ctx, measure: Measure, goal: &GoalFigures) -> Option<(String, String)> {
    let (l, at) = (ctx.l, &goal.figures);
    let projection = at.projection?;
    let line = service::line(&ctx.company, &goal.goal);
    let passed = line.weight_before(ctx.today); // today is not over
    let rate = [
        ("actual", measure.full(at.actual).into()),
        ("passed", passed.into()),
        ("days", line.weight().into()),
        ("likely", measure.full(projection).into()),
    ];
    let rate = l.tr(if line.weights().are_even() { "explain-rate" } else { "explain-rate-weight" }, &rate);
    let Some(outlook) = &goal.range else {
        return Some((rate, l.t("explain-no-range")));
    };
    let alone = outlook.by_deals.map_or(outlook.likely, |deals| deals.alone);
    let values = [
        ("low", measure.amount(outlook.low).into()),
        ("high", measure.amount(outlook.high).into()),
        ("chance", i64::from(outlook.chance(at.effective_target)).into()),
        ("likely", measure.full(alone).into()),
        ("rate", measure.full(projection).into()),
    ];
    let how = match outlook.method {
        Method::RunRate => rate,
        Method::Seasonal => l.tr("explain-seasonal", &values),
        Method::Counts => l.tr("explain-counts", &values),
    };
    let how = match outlook.by_deals {
        None => how,
        Some(deals) => format!("{how} {}", with_deals(ctx, measure, (at.actual, outlook.likely), deals)),
    };
    let range = match outlook.past_error {
        None => l.tr("explain-range", &values),
        Some(past) => {
            let measured = [
                ("n", past.forecasts.into()),
                ("error", l.pct(past.method.whole()).into()),
                ("rate", l.pct(past.run_rate.whole()).into()),
            ];
            format!("{} {}", l.tr("explain-range", &values), l.tr("explain-measured", &measured))
        }
    };
    Some((how, range))
}

/// How open deals move what the method says alone.
fn with_deals(ctx: &Ctx, measure: Measure, (actual, likely): (i64, i64), deals: ByDeals) -> String {
    let values = [
        ("actual", measure.full(actual).into()),
        ("bring", measure.full(deals.with_deals - actual).into()),
        ("with", measure.full(deals.with_deals).into()),
        ("share", ctx.l.pct2(deals.share.0).into()),
        ("alone", measure.full(deals.alone).into()),
        ("likely", measure.full(likely).into()),
    ];
    ctx.l.tr("explain-with-deals", &values)
}
