//! How agreements and their steps are said.

use super::steps::{State, Step};
use super::{Agreement, AgreementId, Closed, Taken};
use crate::attainment::view::{Measure, Reader, counted, on_basis, period_name};
use crate::goals::wording::Denomination;
use crate::notices::Value;
use crate::org::Company;
use crate::talks::Line;
use crate::web::context::Ctx;

/// The page of an agreement.
pub fn href(id: AgreementId) -> String {
    format!("/agreements/{id}")
}

/// Key of the message that tells others of a step; nothing where it is nobody else's business.
pub const fn told(step: Step) -> Option<&'static str> {
    match step {
        Step::Propose => Some("notice-agreement-proposed"),
        Step::Change => Some("notice-agreement-changed"),
        Step::Counter => Some("notice-agreement-countered"),
        Step::Accept => Some("notice-agreement-agreed"),
        Step::Impose => Some("notice-agreement-imposed"),
        Step::Withdraw => Some("notice-agreement-withdrawn"),
        Step::Draft | Step::Reopen => None,
    }
}

/// What messages about an agreement mention.
pub fn values(agreement: &Agreement, who: &str) -> Vec<(&'static str, Value)> {
    let category = agreement.category.as_ref().map(|(_, name)| name.as_str());
    vec![
        ("who", Value::text(who)),
        ("target", Value::amount(agreement.standing.target, agreement.currency)),
        ("what", Value::counted(agreement.metric, category)),
        ("period", Value::period(&agreement.period)),
        ("subject", Value::text(&agreement.subject_name)),
    ]
}

/// "Order intake Q1 2027, Elias Sandberg".
pub fn title(ctx: &Ctx, agreement: &Agreement) -> String {
    let category = agreement.category.as_ref().map(|(_, name)| name.as_str());
    let what = counted(ctx.l, agreement.metric, category);
    let what = on_basis(Reader::of(ctx), what, (agreement.metric, agreement.basis));
    let period = period_name(ctx.l, ctx.company.fiscal, &agreement.period);
    format!("{what} {period}, {}", agreement.subject_name)
}

/// "Closed on 5 October 2026 by Frida Dahl".
pub fn closed(ctx: &Ctx, closed: &Closed) -> String {
    let date = ctx.l.date_year(ctx.company.day_of(closed.at));
    ctx.l.tr("closing-goal", &[("date", date.into()), ("name", (&closed.by).into())])
}

/// How its amounts are written.
pub fn measure(ctx: &Ctx, agreement: &Agreement) -> Measure {
    Measure::new(Reader::of(ctx), agreement.metric)
}

/// What its amounts are counted in, for fields.
pub fn unit(company: &Company, agreement: &Agreement) -> Denomination {
    Denomination { metric: agreement.metric, currency: agreement.currency.unwrap_or(company.currency) }
}

/// The colour of a state's tag.
pub const fn look(state: State) -> &'static str {
    match state {
        State::Agreed => "on",
        State::Proposed | State::Countered => "risk",
        State::Imposed => "off",
        State::Draft | State::Withdrawn => "",
    }
}

const fn icon(step: Step) -> &'static str {
    match step {
        Step::Accept => "check",
        Step::Impose => "flag",
        Step::Withdraw => "x",
        Step::Draft | Step::Change => "pencil",
        Step::Propose | Step::Counter => "send",
        Step::Reopen => "undo-2",
    }
}

/// The steps of an agreement as events of its thread.
pub fn events(ctx: &Ctx, agreement: &Agreement, history: &[Taken]) -> Vec<Line> {
    let measure = measure(ctx, agreement);
    let line = |taken: &Taken| {
        let key = format!("agreements-did-{}", taken.step.code());
        let values = [("who", (&taken.name).into()), ("target", measure.amount(taken.target).into())];
        let said = ctx.l.tr(&key, &values);
        Line {
            at: taken.at,
            name: taken.name.clone(),
            when: ctx.l.datetime(taken.at, ctx.company.zone),
            text: if taken.reason.is_empty() { said } else { format!("{said}: “{}”", taken.reason) },
            icon: Some(icon(taken.step)),
            own: None,
        }
    };
    history.iter().map(line).collect()
}
