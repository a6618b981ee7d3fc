//! What must always hold of money, periods and attainment, tried on ten thousand random cases.

#![expect(clippy::unwrap_used, reason = "a test that cannot build its case must stop")]

use std::collections::BTreeSet;

use chrono::{Days, NaiveDate};
use pacemark::attainment::coverage::{Coverage, Covered};
use pacemark::attainment::engine::{Attainment, GoalFacts, Status, StatusRules, TargetVersion, evaluate};
use pacemark::attainment::fair::Terms;
use pacemark::attainment::forecast::run_rate_range;
use pacemark::attainment::pace::PaceLine;
use pacemark::attainment::series::{by_working_day, cumulative};
use pacemark::kernel::calendar::WorkingCalendar;
use pacemark::kernel::money::{Currency, Money, MoneyError, convert, parse_decimal, share_of, split};
use pacemark::kernel::number::{parse_amount, parse_count, parse_signed_amount};
use pacemark::kernel::period::{FiscalCalendar, Period, PeriodKind, PeriodLabel};
use pacemark::kernel::ratio::Pct;
use proptest::prelude::*;

fn tries(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

fn date(offset: u64) -> NaiveDate {
    NaiveDate::from_ymd_opt(2023, 1, 1).unwrap() + Days::new(offset)
}

fn currency() -> impl Strategy<Value = Currency> {
    prop::sample::select(vec!["SEK", "EUR", "JPY", "KWD"]).prop_map(|code| Currency::parse(code).unwrap())
}

/// Shares of a line that are 100 % in all.
fn direct_shares() -> impl Strategy<Value = Vec<u32>> {
    prop::collection::vec(0_u32..=10_000, 0..7).prop_map(|mut cuts| {
        cuts.extend([0, 10_000]);
        cuts.sort_unstable();
        cuts.windows(2).map(|pair| pair[1] - pair[0]).collect()
    })
}

fn calendar() -> impl Strategy<Value = WorkingCalendar> {
    let weekend = prop::sample::select(vec![vec![6, 7], vec![5, 6], vec![7], vec![]]);
    let holidays = prop::collection::btree_set((0_u64..1500).prop_map(date), 0..60);
    (weekend, holidays).prop_map(|(weekend, holidays)| WorkingCalendar { weekend, holidays })
}

fn period() -> impl Strategy<Value = Period> {
    (0_u64..1000, 1_u64..400).prop_map(|(from, days)| Period::new(date(from), date(from + days)).unwrap())
}

/// Up to four versions in and around a period; the first is the original.
fn versions(period: Period) -> impl Strategy<Value = Vec<TargetVersion>> {
    let days = period.days().unsigned_abs();
    let version = (0_i64..1_000_000_000_000, 0..days + 10).prop_map(move |(target, day)| TargetVersion {
        target,
        effective_on: period.start - Days::new(5) + Days::new(day),
        from_here: false,
    });
    prop::collection::vec(version, 1..5)
}

fn facts() -> impl Strategy<Value = GoalFacts> {
    (period(), 0_u64..1500, any::<bool>(), -1_000_000_i64..2_000_000_000_000).prop_flat_map(
        |(period, today, today_is_over, actual)| {
            let today = date(today);
            versions(period).prop_map(move |versions| GoalFacts {
                period,
                versions,
                terms: Terms::default(),
                actual,
                today,
                today_is_over,
            })
        },
    )
}

fn figures(facts: &GoalFacts, calendar: &WorkingCalendar) -> Attainment {
    evaluate(facts, calendar, &StatusRules::default())
}

proptest! {
    #![proptest_config(tries(1000))]

    #[test]
    fn the_parts_of_a_line_are_the_line(total in any::<i64>(), shares in direct_shares()) {
        let parts = split(total, &shares);
        prop_assert_eq!(parts.iter().map(|&part| i128::from(part)).sum::<i128>(), i128::from(total));
        for (part, bp) in parts.iter().zip(&shares) {
            let exact = i128::from(total) * i128::from(*bp);
            prop_assert!((i128::from(*part) * 10_000 - exact).abs() < 10_000, "less than a unit off");
            prop_assert!(*bp > 0 || *part == 0);
        }
    }

    #[test]
    fn a_reversal_takes_back_every_part(total in -i64::MAX..=i64::MAX, shares in direct_shares(), bp in 0_u32..=10_000) {
        let back: Vec<i64> = split(-total, &shares).into_iter().map(|part| -part).collect();
        prop_assert_eq!(split(total, &shares), back);
        prop_assert_eq!(share_of(total, bp), -share_of(-total, bp));
    }

    #[test]
    fn amounts_survive_writing_and_reading(minor in any::<i64>(), currency in currency()) {
        let text = Money::new(minor, currency).to_decimal_string();
        prop_assert_eq!(parse_decimal(&text, currency), Ok(minor), "{}", text);
        prop_assert_eq!(parse_signed_amount(&text, currency), Ok(minor), "{}", text);
    }

    #[test]
    fn grouped_amounts_are_read_in_both_languages(minor in 0..i64::MAX) {
        let sek = Currency::parse("SEK").unwrap();
        let text = Money::new(minor, sek).to_decimal_string();
        let (whole, decimals) = text.split_once('.').unwrap();
        for (group, mark) in [(" ", ","), ("\u{a0}", ","), ("\u{202f}", "."), (",", "."), (".", ","), ("’", ".")] {
            let written = format!("{}{mark}{decimals} kr", grouped(whole, group));
            prop_assert_eq!(parse_amount(&written, sek), Ok(minor), "{}", written);
        }
        prop_assert_eq!(parse_count(&grouped(whole, " ")), Ok(minor / 100));
    }

    #[test]
    fn no_text_makes_the_readers_fall_over(text in "[-−0-9 .,:’kKrRtTmMnN€\u{a0}]{0,12}|\\PC{0,12}", currency in currency()) {
        let _ = (parse_amount(&text, currency), parse_decimal(&text, currency), parse_count(&text));
        prop_assert!(parse_amount(&text, currency).is_ok_and(|minor| minor >= 0) || parse_amount(&text, currency).is_err());
    }

    #[test]
    fn sums_are_right_or_an_error(a in any::<i64>(), b in any::<i64>(), currency in currency()) {
        let (left, right) = (Money::new(a, currency), Money::new(b, currency));
        let sum = left.checked_add(right);
        let difference = left.checked_sub(right);
        prop_assert_eq!(sum, a.checked_add(b).map(|minor| Money::new(minor, currency)).ok_or(MoneyError::Overflow));
        prop_assert_eq!(difference, a.checked_sub(b).map(|minor| Money::new(minor, currency)).ok_or(MoneyError::Overflow));
        let same = convert(a, 1.into(), currency, currency);
        prop_assert_eq!(same, Ok(a));
        if let Ok(doubled) = convert(a, 2.into(), currency, currency) {
            prop_assert_eq!(i128::from(doubled), i128::from(a) * 2);
        } else {
            prop_assert!(a.checked_mul(2).is_none());
        }
    }

    #[test]
    fn attainment_is_the_nearest_hundredth_of_a_percent(part in -1_000_000_000_000_i64..1_000_000_000_000, whole in 1_i64..1_000_000_000_000) {
        let pct = Pct::of(part, whole).unwrap();
        let off = i128::from(pct.0) * i128::from(whole) - i128::from(part) * 10_000;
        prop_assert!(off.abs() * 2 <= i128::from(whole));
        prop_assert_eq!(pct.to_string_2().replace('.', "").parse::<i64>().unwrap(), pct.0);
    }
}

fn grouped(digits: &str, group: &str) -> String {
    let reversed: Vec<char> = digits.chars().rev().collect();
    let groups: Vec<String> = reversed.chunks(3).map(|chunk| chunk.iter().rev().collect()).collect();
    groups.into_iter().rev().collect::<Vec<_>>().join(group)
}

proptest! {
    #![proptest_config(tries(500))]

    #[test]
    fn periods_tile(start_month in 1_u32..=12, day in 0_u64..40_000, kind in prop::sample::select(PeriodKind::ALL.to_vec())) {
        let (fiscal, day) = (FiscalCalendar { start_month }, NaiveDate::from_ymd_opt(1990, 1, 1).unwrap() + Days::new(day));
        let period = fiscal.containing(kind, day);
        prop_assert!(period.contains(day));
        prop_assert_eq!(fiscal.kind_of(&period), Some(kind));
        prop_assert_eq!(fiscal.previous(kind, &period).end, period.start);
        prop_assert_eq!(fiscal.next(kind, &period).start, period.end);
        prop_assert_eq!(fiscal.containing(kind, period.last_day()), period);
        let is_free = matches!(fiscal.label_parts(&period), PeriodLabel::Free { .. });
        prop_assert!(!is_free);
        let year = fiscal.containing(PeriodKind::Year, day);
        let mut part = fiscal.containing(kind, year.start);
        prop_assert_eq!(part.start, year.start);
        while part.end < year.end {
            part = fiscal.next(kind, &part);
        }
        prop_assert_eq!(part.end, year.end);
    }

    #[test]
    fn working_days_are_those_one_counts(period in period(), calendar in calendar()) {
        let counted = period.dates().filter(|day| calendar.is_working_day(*day)).count();
        prop_assert_eq!(calendar.working_days(&period), i64::try_from(counted).unwrap());
        prop_assert_eq!(calendar.working_dates(&period).count(), counted);
    }

    #[test]
    fn the_required_line_runs_from_nothing_to_the_target(facts in facts(), calendar in calendar()) {
        let line = PaceLine::new(facts.period, &facts.versions, &calendar, &facts.terms);
        let (before, last) = (facts.period.start - Days::new(1), facts.period.last_day());
        prop_assert_eq!(line.expected_on(before), 0);
        prop_assert_eq!(line.expected_on(last), line.target_on(last));
        prop_assert_eq!(line.expected_on(last + Days::new(9)), line.target_on(last));
        for day in facts.period.dates() {
            prop_assert!(line.expected_on(day) <= line.target_on(day), "never more than the target in force");
        }
    }

    #[test]
    fn the_required_line_never_falls_unless_the_target_does(facts in facts(), calendar in calendar()) {
        let mut facts = facts;
        let rising: BTreeSet<i64> = facts.versions.iter().map(|version| version.target).collect();
        facts.versions.sort_by_key(|version| version.effective_on);
        facts.versions.iter_mut().zip(rising).for_each(|(version, target)| version.target = target);
        let line = PaceLine::new(facts.period, &facts.versions, &calendar, &facts.terms);
        let values: Vec<i64> = line.required().iter().map(|point| point.value).collect();
        prop_assert!(values.is_sorted(), "{:?}", values);
    }

    #[test]
    fn the_figures_agree_with_each_other(facts in facts(), calendar in calendar()) {
        let got = figures(&facts, &calendar);
        prop_assert_eq!(got.elapsed_working_days + got.remaining_working_days, got.working_days);
        prop_assert!(got.working_days > 0 && got.remaining >= 0);
        prop_assert_eq!(got.against_pace, got.actual - got.expected);
        prop_assert_eq!(got.remaining == 0, got.actual >= got.target);
        prop_assert_eq!(got.attainment, Pct::of(got.actual, got.target));
        if let Some(needed) = got.needed_per_day {
            prop_assert!(needed * got.remaining_working_days >= got.remaining, "it suffices");
            prop_assert!(needed == 0 || (needed - 1) * got.remaining_working_days < got.remaining, "no more than that");
        }
        let enough = got.elapsed_working_days * 10 >= got.working_days;
        prop_assert_eq!(got.projection.is_some(), enough);
    }

    #[test]
    fn without_revision_expected_is_the_targets_share(target in 0_i64..1_000_000_000_000, facts in facts(), calendar in calendar()) {
        let versions = vec![TargetVersion { target, effective_on: facts.period.start, from_here: false }];
        let got = figures(&GoalFacts { versions, ..facts }, &calendar);
        let off = i128::from(got.expected) * i128::from(got.working_days) - i128::from(target) * i128::from(got.elapsed_working_days);
        prop_assert!(off.abs() * 2 <= i128::from(got.working_days));
    }

    #[test]
    fn the_status_changes_exactly_at_its_boundaries(target in 1_i64..1_000_000_000, facts in facts(), calendar in calendar()) {
        let versions = vec![TargetVersion { target, effective_on: facts.period.start, from_here: false }];
        let got = figures(&GoalFacts { versions, ..facts.clone() }, &calendar);
        let at = |actual: i64| {
            let versions = vec![TargetVersion { target, effective_on: facts.period.start, from_here: false }];
            figures(&GoalFacts { versions, actual, ..facts.clone() }, &calendar).status
        };
        let until = if facts.today_is_over { facts.today + Days::new(1) } else { facts.today };
        if until >= facts.period.end {
            prop_assert_eq!((at(target), at(target - 1)), (Status::Met, Status::Missed));
            let exceeded = (target * 110 + 99) / 100;
            prop_assert_eq!(at(exceeded), Status::Exceeded);
            prop_assert_eq!(at(exceeded - 1), if exceeded > target { Status::Met } else { Status::Missed });
        } else {
            prop_assert_eq!(at(target), Status::Reached);
            if facts.today < facts.period.start {
                prop_assert_eq!(at(target - 1), Status::NotStarted);
            } else {
                let (elapsed, weight) = (i128::from(got.elapsed_working_days), i128::from(got.working_days));
                // the smallest actual with actual ÷ (target × elapsed ÷ weight) at the boundary
                let least = |pct: i128| i64::try_from((i128::from(target) * elapsed * pct + weight * 100 - 1) / (weight * 100)).unwrap();
                let (on, risk) = (least(97), least(85));
                let below = if elapsed * 100 < weight * 5 { Status::AtRisk } else { Status::Behind };
                prop_assert!(on >= target || at(on) == Status::OnTrack);
                prop_assert!(on == risk || at(on - 1) == Status::AtRisk);
                prop_assert!(risk == on || at(risk) == Status::AtRisk);
                prop_assert_eq!(at(risk - 1), below);
            }
        }
    }
}

type Sold = Vec<(NaiveDate, i64)>;

/// A goal, its sales by day, and the same sales in another order.
fn sales() -> impl Strategy<Value = (GoalFacts, Sold, Sold)> {
    facts().prop_flat_map(|facts| {
        let days = facts.period.days().unsigned_abs();
        let start = facts.period.start;
        let sale =
            (0..days, -50_000_i64..1_000_000).prop_map(move |(day, value)| (start + Days::new(day), value));
        prop::collection::vec(sale, 0..40)
            .prop_flat_map(move |sold| (Just(facts.clone()), Just(sold.clone()), Just(sold).prop_shuffle()))
    })
}

fn sum(sold: &[(NaiveDate, i64)]) -> i64 {
    sold.iter().map(|(_, value)| value).sum()
}

proptest! {
    #![proptest_config(tries(500))]

    #[test]
    fn any_order_of_the_same_sales_is_the_same((facts, sold, shuffled) in sales(), calendar in calendar()) {
        let line = PaceLine::new(facts.period, &facts.versions, &calendar, &facts.terms);
        prop_assert_eq!(cumulative(&line, &sold, facts.today), cumulative(&line, &shuffled, facts.today));
        let at = |actual| figures(&GoalFacts { actual, ..facts.clone() }, &calendar);
        prop_assert_eq!(at(sum(&sold)), at(sum(&shuffled)));
    }

    #[test]
    fn the_chart_holds_every_sale((facts, sold, _) in sales(), calendar in calendar()) {
        let line = PaceLine::new(facts.period, &facts.versions, &calendar, &facts.terms);
        let until_today: Vec<_> = sold.iter().copied().filter(|(day, _)| *day <= facts.today).collect();
        let steps = cumulative(&line, &sold, facts.today);
        prop_assert_eq!(steps.last().unwrap().value, sum(&until_today));
        let days = by_working_day(&line, &sold, facts.today);
        prop_assert!(days.is_empty() || days.iter().sum::<i64>() == sum(&until_today));
        prop_assert!(steps.windows(2).all(|pair| pair[0].index + 1 == pair[1].index && pair[0].date <= pair[1].date));
    }

    #[test]
    fn a_whole_is_measured_by_its_parts((facts, sold, _) in sales(), cut in 0_usize..40, calendar in calendar()) {
        let (one, other) = sold.split_at(cut.min(sold.len()));
        let at = |actual| figures(&GoalFacts { actual, ..facts.clone() }, &calendar);
        prop_assert_eq!(at(sum(one)).actual + at(sum(other)).actual, at(sum(&sold)).actual);
        let parts = Coverage { parent: sum(&sold), parts: sum(one) + sum(other) };
        prop_assert_eq!(parts.state(), Covered::Exact);
    }

    #[test]
    fn more_sales_are_never_worse(facts in facts(), more in 1_i64..1_000_000_000, calendar in calendar()) {
        let worth = |status| match status {
            Status::NotApplicable | Status::NotStarted | Status::Missed | Status::Behind => 0,
            Status::AtRisk => 1,
            Status::OnTrack | Status::Met => 2,
            Status::Reached | Status::Exceeded => 3,
        };
        let at = |actual| figures(&GoalFacts { actual, ..facts.clone() }, &calendar);
        let (less, more) = (at(facts.actual), at(facts.actual + more));
        prop_assert!(worth(less.status) <= worth(more.status));
        prop_assert!(less.attainment <= more.attainment && less.pace <= more.pace && less.remaining >= more.remaining);
    }

    #[test]
    fn a_forecast_is_a_range_around_the_run_rate(daily in prop::collection::vec(-1_000_i64..1_000_000, 0..60), left in 0_i64..100, target in 0_i64..50_000_000) {
        let actual: i64 = daily.iter().sum();
        let range = run_rate_range(&daily, left, actual);
        let elapsed = i64::try_from(daily.len()).unwrap();
        prop_assert!(range.is_none() || elapsed * 10 >= elapsed + left);
        if let Some(range) = range {
            prop_assert!(range.low <= range.likely && range.likely <= range.high);
            prop_assert!(range.chance(target) <= 10);
            prop_assert!(range.chance(target) >= range.chance(target + 1_000_000), "a higher goal is no likelier");
        }
    }

    #[test]
    fn a_forecast_leads_where_the_engine_projects((facts, sold, _) in sales(), calendar in calendar()) {
        let facts = GoalFacts { actual: sum(&sold), today_is_over: true, ..facts };
        let line = PaceLine::new(facts.period, &facts.versions, &calendar, &facts.terms);
        let got = figures(&facts, &calendar);
        let daily = by_working_day(&line, &sold, facts.today);
        if let Some(range) = run_rate_range(&daily, got.remaining_working_days, facts.actual) {
            prop_assert_eq!(Some(range.likely), got.projection);
        }
    }
}
