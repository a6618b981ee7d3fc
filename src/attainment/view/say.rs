//! The sentences of a goal.

use super::{Measure, Reader};
use crate::attainment::engine::{Attainment, Status};
use crate::attainment::service::GoalFigures;
use crate::web::i18n::Localiser;

/// "of 1.60M · 64%".
pub(super) fn of(l: Localiser, target: &str, percent: Option<&str>) -> String {
    let of = l.tr("of-total", &[("total", target.into())]);
    percent.map_or_else(|| of.clone(), |percent| format!("{of} · {percent}"))
}

/// "SEK 144k ahead of pace", or after the period "SEK 50k above the goal".
pub(super) fn against(l: Localiser, measure: Measure, at: &Attainment) -> String {
    match at.status {
        Status::NotApplicable | Status::NotStarted => String::new(),
        Status::Met | Status::Exceeded | Status::Missed => over_goal(l, measure, at),
        _ if at.basis.is_some() => over_goal(l, measure, at),
        _ => against_pace(l, measure, at),
    }
}

fn against_pace(l: Localiser, measure: Measure, at: &Attainment) -> String {
    let lead = measure.lead(at);
    let key = match lead.value {
        0 => return l.t("attainment-on-pace"),
        1.. => "attainment-ahead",
        _ => "attainment-behind",
    };
    l.tr(key, &[("amount", measure.distance(lead).into())])
}

fn over_goal(l: Localiser, measure: Measure, at: &Attainment) -> String {
    let over = at.actual.saturating_sub(at.effective_target);
    let key = match over {
        0 => return l.t("attainment-at-goal"),
        1.. => "attainment-above-goal",
        _ => "attainment-below-goal",
    };
    l.tr(key, &[("amount", measure.difference(over).into())])
}

/// "+144k"; after the period against the goal itself.
pub(super) fn against_short(measure: Measure, at: &Attainment) -> String {
    match at.status {
        Status::NotApplicable | Status::NotStarted => String::new(),
        Status::Met | Status::Exceeded | Status::Missed => {
            measure.signed(at.actual.saturating_sub(at.effective_target))
        }
        _ if at.basis.is_some() => measure.signed(at.against_pace),
        _ => measure.signed_lead(measure.lead(at)),
    }
}

/// Where it is heading and what it takes.
pub(super) fn outlook(reader: Reader<'_>, measure: Measure, goal: &GoalFigures) -> String {
    let (l, at) = (reader.l, &goal.figures);
    if let Some(basis) =
        at.basis.filter(|_| !matches!(at.status, Status::Met | Status::Exceeded | Status::Missed))
    {
        return if basis == 0 {
            l.t("attainment-no-facts")
        } else {
            l.tr("attainment-basis", &[("n", basis.into())])
        };
    }
    match at.status {
        Status::NotApplicable => l.t("attainment-no-target"),
        Status::NotStarted => l.tr("attainment-starts", &[("date", l.date(goal.goal.period.start).into())]),
        Status::Met | Status::Exceeded | Status::Missed => ended(l, measure, at),
        Status::Reached => join(&[l.t("attainment-reached"), heading(l, measure, goal)]),
        Status::OnTrack | Status::AtRisk | Status::Behind => {
            let mine = reader.me.is_some() && goal.goal.subject.employee() == reader.me;
            join(&[heading(l, measure, goal), need(l, measure, at, mine)])
        }
    }
}

fn ended(l: Localiser, measure: Measure, at: &Attainment) -> String {
    let values =
        [("actual", measure.amount(at.actual).into()), ("target", measure.said(at.effective_target).into())];
    l.tr("attainment-ended", &values)
}

/// "Likely to land on 1.68M (range 1.49–1.86M), about a 7 in 10 chance."
fn heading(l: Localiser, measure: Measure, goal: &GoalFigures) -> String {
    let at = &goal.figures;
    let Some(likely) = goal.range.as_ref().map(|range| range.likely).or(at.projection) else {
        return if at.status == Status::Reached { String::new() } else { l.t("attainment-too-early") };
    };
    let likely = measure.said(likely);
    let Some(range) = &goal.range else {
        return l.tr("attainment-likely", &[("likely", likely.into())]);
    };
    let values = [("likely", likely.into()), ("range", measure.range(range.low, range.high).into())];
    let landing = l.tr("attainment-likely-range", &values);
    match range.chance(at.effective_target) {
        _ if at.status == Status::Reached => format!("{landing}."),
        0 => l.tr("attainment-chance-none", &[("landing", landing.into())]),
        tenths => l.tr("attainment-chance", &[("landing", landing.into()), ("n", i64::from(tenths).into())]),
    }
}

/// "You need SEK 20,600 per working day from here." For counts "You need 3 more in 28 working days."
fn need(l: Localiser, measure: Measure, at: &Attainment, mine: bool) -> String {
    let voice = if mine { "mine" } else { "theirs" };
    let Some(per_day) = at.needed_per_day else {
        return l.tr("attainment-left", &[("amount", measure.amount(at.remaining).into())]);
    };
    if measure.is_money() {
        return l.tr(&format!("attainment-need-{voice}"), &[("amount", measure.need(per_day).into())]);
    }
    let values = [("n", at.remaining.into()), ("days", at.remaining_working_days.into())];
    l.tr(&format!("attainment-more-{voice}"), &values)
}

fn join(sentences: &[String]) -> String {
    let spoken: Vec<&str> = sentences.iter().map(String::as_str).filter(|text| !text.is_empty()).collect();
    spoken.join(" ")
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::super::GoalCard;
    use super::*;
    use crate::attainment::engine::{GoalFacts, StatusRules, evaluate};
    use crate::attainment::outlook::Outlook;
    use crate::attainment::{Metric, forecast};
    use crate::goals::{Goal, GoalTerms, GoalVersion, Subject};
    use crate::kernel::basis::Basis;
    use crate::kernel::calendar::WorkingCalendar;
    use crate::kernel::id::{DepartmentId, EmployeeId, GoalId};
    use crate::kernel::lang::Lang;
    use crate::kernel::money::Currency;
    use crate::kernel::period::{FiscalCalendar, Period};
    use crate::org::{Company, Organisation};

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn nordhem() -> Company {
        let holidays = ["2026-12-24", "2026-12-25", "2026-12-31"].map(day).into();
        Company {
            name: "Nordhem".into(),
            root: Some(DepartmentId(1)),
            currency: Currency::parse("SEK").unwrap(),
            zone: chrono_tz::Europe::Stockholm,
            fiscal: FiscalCalendar { start_month: 1 },
            calendar: WorkingCalendar { weekend: vec![6, 7], holidays },
            lang: Lang::En,
            rules: StatusRules::default(),
            open_from: None,
            closed: Vec::new(),
            leaderboard: false,
            basis: Basis::Booked,
            configured: true,
            version: 1,
            organisation: Organisation::default(),
            books: crate::attainment::books::Books::default(),
            revision: 1,
        }
    }

    fn goal(company: &Company, metric: Metric, target: i64, actual: i64, today: &str) -> GoalFigures {
        let period = Period::from_inclusive(day("2026-10-01"), day("2026-12-31")).unwrap();
        let version = GoalVersion {
            number: 1,
            target,
            effective_on: period.start,
            from_here: false,
            recorded_at: chrono::DateTime::UNIX_EPOCH,
            reason_class: None,
            reason: String::new(),
            proposed_by: None,
            approved_by: None,
        };
        let goal = Goal {
            id: GoalId(118),
            subject: Subject::Person(EmployeeId(7)),
            subject_name: "Elias Sandberg".into(),
            subject_ref: "7".into(),
            metric,
            category: None,
            period,
            currency: metric.is_money().then_some(company.currency),
            versions: vec![version],
            terms: GoalTerms::default(),
            version: 1,
        };
        let facts = GoalFacts {
            period,
            versions: goal.targets(),
            terms: goal.engine_terms(&company.organisation),
            actual,
            today: day(today),
            today_is_over: true,
        };
        let figures = evaluate(&facts, &company.calendar, &company.rules);
        let daily = [actual / 5, 0, 0, 0, 0, 0, 0].repeat(5);
        let range = figures
            .projection
            .and_then(|_| forecast::run_rate_range(&daily, figures.remaining_working_days, figures.actual));
        let range = range.map(Outlook::from);
        GoalFigures { goal: goal.into(), figures, range, reached: actual.into() }
    }

    fn card(lang: Lang, metric: Metric, target: i64, actual: i64, today: &str) -> GoalCard {
        let company = nordhem();
        let reader = Reader { l: Localiser::new(lang), company: &company, me: Some(EmployeeId(7)) };
        GoalCard::new(reader, &goal(&company, metric, target, actual, today))
    }

    fn spaced(text: &str) -> String {
        text.replace('\u{a0}', " ").replace('\u{2060}', "")
    }

    #[test]
    fn money_under_way_in_both_languages() {
        let (target, actual, today) = (160_000_000, 102_450_000, "2026-11-18");
        let english = card(Lang::En, Metric::Revenue, target, actual, today);
        assert_eq!(spaced(&english.actual), "SEK 1.02M");
        assert_eq!(english.of, "of 1.60M · 64%");
        assert_eq!(spaced(&english.against), "SEK 136k ahead of pace");
        assert_eq!(
            spaced(&english.outlook),
            "Likely to land on 1.84M (range 1.17–2.52M), about a 7 in 10 chance. \
            You need SEK 20,600 per working day from here."
        );
        let swedish = card(Lang::Sv, Metric::Revenue, target, actual, today);
        assert_eq!(spaced(&swedish.against), "136 tkr före takten");
        assert_eq!(
            spaced(&swedish.outlook),
            "Landar troligen på 1,84 mn kr (spann 1,17–2,52 mn kr), ungefär 7 chanser av 10. \
            Du behöver 20 600 kr per arbetsdag härifrån."
        );
    }

    #[test]
    fn few_things_are_told_in_tenths() {
        let got = card(Lang::En, Metric::NewCustomers, 6, 3, "2026-11-18");
        assert_eq!((got.against.as_str(), got.status), ("0.3 behind pace", "risk"));
        assert!(got.outlook.ends_with("You need 3 more in 28 working days."), "{}", got.outlook);
        assert!(got.bullet.to_string().contains("Pace today 3.3"));
        let swedish = card(Lang::Sv, Metric::NewCustomers, 6, 3, "2026-11-18");
        assert_eq!(swedish.against, "0,3 efter takten");
    }

    #[test]
    fn differences_of_percentages_are_percentage_points() {
        let company = nordhem();
        let told = |lang| {
            let reader = Reader { l: Localiser::new(lang), company: &company, me: None };
            let measure = Measure::new(reader, Metric::OnTimeDelivery);
            [measure.difference(-61), measure.signed(-61), measure.signed_exact(250), measure.amount(9_439)]
                .map(|text| spaced(&text))
        };
        let english =
            ["0.61 percentage points", "−0.61 percentage points", "+2.50 percentage points", "94.39%"];
        assert_eq!(told(Lang::En), english);
        let swedish = ["0,61 procentenheter", "−0,61 procentenheter", "+2,50 procentenheter", "94,39 %"];
        assert_eq!(told(Lang::Sv), swedish);
    }

    #[test]
    fn before_and_after_the_period() {
        let before = card(Lang::En, Metric::Revenue, 100_00, 0, "2026-09-18");
        assert_eq!((before.against.as_str(), before.outlook.as_str()), ("", "Starts on 1 October."));
        let missed = card(Lang::Sv, Metric::Revenue, 100_000_00, 60_000_00, "2027-01-02");
        assert_eq!(spaced(&missed.against), "40 tkr under målet");
        assert_eq!(spaced(&missed.outlook), "Slutade på 60 tkr av 100 tkr.");
        assert_eq!(missed.likely, None);
    }
}
