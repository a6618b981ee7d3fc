//! What pages say of an agenda, in the reader's words, and only what is theirs to see.

use super::agenda::{Agenda, Eyes, Figure, Line};
use super::steps::Outcome;
use super::{Decision, deciding};
use crate::kernel::money::Currency;
use crate::kernel::period::Period;
use crate::org::Viewer;
use crate::web::context::Ctx;
use crate::web::i18n::{Localiser, Value};
use crate::web::ui::{self, Html};

/// A section as it is shown.
pub(super) struct SectionView {
    pub(super) key: String,
    pub(super) question: String,
    pub(super) lines: Vec<LineView>,
}

/// A line as it is shown.
pub(super) struct LineView {
    pub(super) text: String,
    pub(super) href: String,
    pub(super) value: String,
    /// "Before: 12 (+3)"; empty where there is nothing to compare with.
    pub(super) before: String,
    pub(super) badge: Option<Html>,
    pub(super) look: &'static str,
}

/// The sections of an agenda as the reader may see them, and how many lines are not theirs to see.
pub(super) fn sections(ctx: &Ctx, agenda: &Agenda) -> (Vec<SectionView>, usize) {
    let eyes = Eyes::of(&ctx.company.organisation, Viewer::new(&ctx.actor, ctx.today));
    let mut hidden = 0;
    let sections = agenda.sections.iter().map(|section| {
        let seen: Vec<&Line> = section.lines.iter().filter(|line| eyes.see(line.about)).collect();
        hidden += section.lines.len() - seen.len();
        SectionView {
            question: question(ctx.l, &section.key),
            key: section.key.clone(),
            lines: seen.into_iter().map(|line| view(ctx, line)).collect(),
        }
    });
    (sections.collect(), hidden)
}

/// The question that a section answers.
pub(super) fn question(l: Localiser, key: &str) -> String {
    l.t(&format!("review-ask-{key}"))
}

fn view(ctx: &Ctx, line: &Line) -> LineView {
    let values: Vec<(&str, Value)> = line
        .values
        .iter()
        .map(|(name, value)| (name.as_str(), value.say(ctx.l, ctx.company.fiscal)))
        .collect();
    let text = ctx.l.tr(&format!("review-line-{}", line.text), &values);
    let badge = (line.text == "goal").then(|| ui::status(ctx.l, &line.tone));
    LineView {
        text: capital(&text),
        href: line.href.clone(),
        value: line.value.as_ref().map(|figure| written(ctx.l, figure)).unwrap_or_default(),
        before: before(ctx.l, line),
        badge,
        look: match line.tone.as_str() {
            "off" => "t-off",
            "risk" => "t-risk",
            "reached" => "t-on",
            "none" => "t-mute",
            _ => "",
        },
    }
}

/// With a capital letter at the start.
fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
}

fn written(l: Localiser, figure: &Figure) -> String {
    match figure {
        Figure::Money { value, currency } => {
            let exponent = Currency::parse(currency).map_or(2, Currency::exponent);
            l.short_money(*value, currency, exponent)
        }
        other => other.unit().short(l, other.value()),
    }
}

/// What it was the time before, and for what adds up the difference.
fn before(l: Localiser, line: &Line) -> String {
    let (Some(now), Some(before)) = (&line.value, &line.before) else { return String::new() };
    let difference = now.value() - before.value();
    let change = match now {
        Figure::Money { .. } | Figure::Count { .. } if difference == 0 => l.t("review-no-change"),
        Figure::Money { .. } => match now.unit() {
            crate::web::charts::Unit::Money { exponent } => l.signed_short(difference, exponent),
            _ => String::new(),
        },
        Figure::Count { .. } => l.signed_number(difference),
        _ => return l.tr("review-before-ratio", &[("before", written(l, before).into())]),
    };
    l.tr("review-before", &[("before", written(l, before).into()), ("change", change.into())])
}

/// "1 – 17 November", or a single day.
pub(super) fn span(l: Localiser, period: &Period) -> String {
    if period.days() == 1 { l.date_year(period.start) } else { l.span(period.start, period.last_day()) }
}

/// A decision in a list.
pub(super) struct DecisionRow {
    pub(super) version: i64,
    pub(super) href: String,
    pub(super) what: String,
    pub(super) owner: String,
    pub(super) due: String,
    pub(super) state: String,
    pub(super) tag: &'static str,
    /// "Sales North monthly, 18 November 2026".
    pub(super) meeting: String,
    /// The meeting's page, for those who may see it.
    pub(super) meeting_href: Option<String>,
}

/// A decision as lists show it.
pub(super) fn decision_row(ctx: &Ctx, decision: &Decision, meeting: bool) -> DecisionRow {
    let (state, tag) = state(ctx, decision);
    DecisionRow {
        version: decision.version,
        href: deciding::href(decision.id),
        what: decision.what.clone(),
        owner: decision.owner_name.clone(),
        due: ctx.l.date_year(decision.due),
        state,
        tag,
        meeting: format!("{}, {}", decision.meeting, ctx.l.date_year(decision.on)),
        meeting_href: meeting.then(|| super::href(decision.review)),
    }
}

/// The word and the colour of where a decision stands.
pub(super) fn state(ctx: &Ctx, decision: &Decision) -> (String, &'static str) {
    let (key, tag) = match decision.outcome {
        _ if decision.is_overdue(ctx.today) => ("decision-state-overdue", "tag--off"),
        Outcome::Done => ("decision-state-done", "tag--on"),
        Outcome::Dropped => ("decision-state-dropped", ""),
        Outcome::Open | Outcome::Undone => ("decision-state-open", "tag--risk"),
    };
    (ctx.l.t(key), tag)
}
