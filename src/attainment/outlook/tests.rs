use super::*;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn weekdays() -> WorkingCalendar {
    WorkingCalendar { weekend: vec![6, 7], ..WorkingCalendar::default() }
}

fn october() -> Period {
    Period::new(day("2026-10-01"), day("2026-11-01")).unwrap()
}

fn facts<'a>(
    present: &'a [(NaiveDate, i64)],
    history: &'a [(NaiveDate, i64)],
    calendar: &'a WorkingCalendar,
) -> Facts<'a> {
    Facts {
        period: october(),
        through: day("2026-10-15"),
        present,
        history,
        known_from: day("2026-01-01"),
        calendar,
        measure: Measure::Amount,
        open_deals: None,
    }
}

/// The same amount on each working day from `from` up to `until`.
fn steady(from: &str, until: &str, amount: i64) -> Vec<(NaiveDate, i64)> {
    let period = Period::new(day(from), day(until)).unwrap();
    weekdays()
        .working_dates(&period)
        .enumerate()
        .map(|(index, date)| (date, (amount + spread(index)).max(0)))
        .collect()
}

/// Deterministic noise around zero.
fn spread(index: usize) -> i64 {
    i64::try_from(index * 7919 % 41).unwrap() - 20
}

/// A seller who writes everything on the last two working days of the month.
fn late_seller() -> Vec<(NaiveDate, i64)> {
    let months = (1..10).filter_map(|month| {
        let first = |month| NaiveDate::from_ymd_opt(2026, month, 1);
        Period::new(first(month)?, first(month + 1)?)
    });
    let calendar = weekdays();
    months
        .flat_map(|month| {
            let dates: Vec<NaiveDate> = calendar.working_dates(&month).collect();
            dates[dates.len() - 2..].iter().map(|date| (*date, 500)).collect::<Vec<_>>()
        })
        .collect()
}

#[test]
fn no_history_is_the_plain_run_rate_to_the_last_unit() {
    let (present, calendar) = (steady("2026-10-01", "2026-10-16", 100), weekdays());
    let daily: Vec<i64> = present.iter().map(|(_, value)| *value).collect();
    let plain = run_rate_range(&daily, 11, daily.iter().sum()).unwrap();
    for measure in [Measure::Amount, Measure::Count] {
        let got = outlook(&Facts { measure, ..facts(&present, &[], &calendar) }).unwrap();
        assert_eq!((got.low, got.likely, got.high), (plain.low, plain.likely, plain.high));
        assert_eq!((got.method, got.past_error), (Method::RunRate, None));
        for target in (0..5000).step_by(100) {
            assert_eq!(got.chance(target), plain.chance(target), "{target}");
        }
    }
}

#[test]
fn one_earlier_period_is_not_measured_yet() {
    let (present, calendar) = (steady("2026-10-01", "2026-10-16", 100), weekdays());
    let history = steady("2026-09-01", "2026-10-01", 50);
    let got =
        outlook(&Facts { known_from: day("2026-09-01"), ..facts(&present, &history, &calendar) }).unwrap();
    assert_eq!((got.method, got.past_error), (Method::RunRate, None));
    assert_eq!(Some(got), outlook(&facts(&present, &[], &calendar)));
}

#[test]
fn nothing_is_said_before_a_tenth() {
    let (history, calendar) = (late_seller(), weekdays());
    let at = |through: &str| outlook(&Facts { through: day(through), ..facts(&[], &history, &calendar) });
    assert_eq!(at("2026-09-30"), None);
    assert_eq!(at("2026-10-02"), None, "2 of 22 working days");
    assert!(at("2026-10-05").is_some(), "3 of 22");
}

#[test]
fn a_late_seller_is_not_written_off() {
    let (history, calendar) = (late_seller(), weekdays());
    let got = outlook(&facts(&[], &history, &calendar)).unwrap();
    assert_eq!(got.method, Method::Seasonal, "run rate says nothing of a month without a sale");
    assert!((900..=1000).contains(&got.likely) && got.low <= got.likely && got.likely <= got.high, "{got:?}");
    let error = got.past_error.unwrap();
    assert!(error.method < Pct(2000) && error.run_rate == Pct(10_000) && error.forecasts == 8, "{error:?}");
    assert!(got.chance(500) >= 9 && got.chance(2000) == 0, "{got:?}");
}

#[test]
fn without_a_sale_and_without_a_better_method_nothing_is_said() {
    let calendar = weekdays();
    assert_eq!(outlook(&facts(&[], &[], &calendar)), None);
}

#[test]
fn the_order_of_events_and_their_splitting_do_not_matter() {
    let (mut history, calendar) = (steady("2026-01-01", "2026-10-01", 100), weekdays());
    let mut present = steady("2026-10-01", "2026-10-16", 140);
    let before = outlook(&facts(&present, &history, &calendar)).unwrap();
    history.reverse();
    history.rotate_left(17);
    present.rotate_left(3);
    history.extend([(day("2026-05-05"), 60), (day("2026-05-05"), -60)]);
    let late = [(day("2026-11-02"), 7000), (day("2026-10-07"), 7000)];
    history.extend(late); // no part of the history
    assert_eq!(outlook(&facts(&present, &history, &calendar)), Some(before));
}

#[test]
fn likely_lies_within_the_range_and_chances_fall() {
    let calendar = weekdays();
    for measure in [Measure::Amount, Measure::Count] {
        for amount in [1, 3, 25, 400] {
            for growth in [1, 2, 5] {
                let history = steady("2026-01-01", "2026-10-01", amount);
                let present = steady("2026-10-01", "2026-10-16", amount * growth);
                let got = outlook(&Facts { measure, ..facts(&present, &history, &calendar) }).unwrap();
                assert!(got.low <= got.likely && got.likely <= got.high, "{got:?}");
                let chances: Vec<u8> = (0..60).map(|step| got.chance(step * amount * 4)).collect();
                assert!(chances.is_sorted_by(|left, right| left >= right), "{chances:?}");
                assert!((4..=6).contains(&got.chance(got.likely)) || got.low == got.high, "{got:?}");
            }
        }
    }
}

#[test]
fn without_returns_the_low_end_holds_what_is_sold() {
    let (history, calendar) = (steady("2026-01-01", "2026-10-01", 100), weekdays());
    let present = [(day("2026-10-02"), 90_000)];
    let got = outlook(&facts(&present, &history, &calendar)).unwrap();
    assert!(got.low >= 90_000, "{got:?}");
}

#[test]
fn few_deals_are_counted() {
    let calendar = weekdays();
    let monthly = [3_u32, 10, 17, 24];
    let history: Vec<(NaiveDate, i64)> = (1..10)
        .flat_map(|month| monthly.map(|date| (NaiveDate::from_ymd_opt(2026, month, date).unwrap(), 1)))
        .collect();
    let present = [(day("2026-10-02"), 1), (day("2026-10-08"), 1), (day("2026-10-09"), 1)];
    let got = outlook(&Facts { measure: Measure::Count, ..facts(&present, &history, &calendar) }).unwrap();
    assert_eq!(got.method, Method::Counts);
    assert!((4..=5).contains(&got.likely) && got.low >= 3 && got.high <= 8, "{got:?}");
    assert_eq!((got.chance(3), got.chance(20)), (10, 0));
}

#[test]
fn open_deals_move_the_outlook_half_way_at_most() {
    let (present, calendar) = (steady("2026-10-01", "2026-10-16", 100), weekdays());
    let history = steady("2026-01-01", "2026-10-01", 100);
    for history in [&[][..], &history] {
        let without = facts(&present, history, &calendar);
        let plain = outlook(&without).unwrap();
        let rest = plain.likely - plain.actual;
        let sure = [(rest + 200, 10_000)];
        let with = outlook(&Facts { open_deals: Some(&sure), ..without }).unwrap();
        assert!((with.likely - plain.likely - 100).abs() <= 1, "{with:?} {plain:?}");
        assert!(with.chance(plain.high) >= plain.chance(plain.high));
        let unsure = outlook(&Facts { open_deals: Some(&[(200_000, 100)]), ..without }).unwrap();
        assert!((unsure.likely - plain.likely).abs() < 100, "{unsure:?}");
    }
}

#[test]
fn a_period_without_working_days_is_weighed_by_calendar_days() {
    let calendar = weekdays();
    let period = Period::new(day("2026-10-03"), day("2026-10-05")).unwrap();
    let present = [(day("2026-10-03"), 10)];
    let facts = Facts { period, through: day("2026-10-04"), ..facts(&present, &[], &calendar) };
    let got = outlook(&facts).unwrap();
    assert_eq!((got.low, got.likely, got.high, got.chance(10), got.chance(11)), (10, 10, 10, 10, 0));
}

#[test]
fn huge_figures_do_not_break_it() {
    let calendar = weekdays();
    let scaled = |days: Vec<(NaiveDate, i64)>| -> Vec<(NaiveDate, i64)> {
        days.into_iter().map(|(date, value)| (date, value.saturating_mul(i64::MAX / 300))).collect()
    };
    let history = scaled(steady("2026-01-01", "2026-10-01", 100));
    let present = scaled(steady("2026-10-01", "2026-10-16", 100));
    for measure in [Measure::Amount, Measure::Count] {
        let got = outlook(&Facts { measure, ..facts(&present, &history, &calendar) });
        assert!(got.is_none_or(|got| got.low <= got.likely && got.likely <= got.high));
    }
}

#[test]
fn a_history_of_returns_only_is_no_shape() {
    let calendar = weekdays();
    let history = steady("2026-01-01", "2026-10-01", 100)
        .into_iter()
        .map(|(date, value)| (date, -value))
        .collect::<Vec<_>>();
    let present = steady("2026-10-01", "2026-10-16", 100);
    let got = outlook(&facts(&present, &history, &calendar)).unwrap();
    assert_eq!((got.method, got.past_error), (Method::RunRate, None));
}
