//! Fair targets under any activity: what is asked for is what one adds up day by day, and nobody falls behind on a day off
//! (rules 14 and 18).

use chrono::{Datelike, Days, NaiveDate};
use pacemark::attainment::engine::TargetVersion;
use pacemark::attainment::fair::{Activity, Season, Share, Terms, WHOLE_DAY, Weights, lowered};
use pacemark::attainment::pace::PaceLine;
use pacemark::kernel::calendar::WorkingCalendar;
use pacemark::kernel::period::Period;
use proptest::prelude::*;

fn date(day: u64) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 1, 1).unwrap() + Days::new(day)
}

fn span() -> impl Strategy<Value = Period> {
    (0_u64..400, 1_u64..120).prop_map(|(from, days)| Period::new(date(from), date(from + days)).unwrap())
}

fn calendar() -> impl Strategy<Value = WorkingCalendar> {
    let holidays = prop::collection::btree_set((0_u64..500).prop_map(date), 0..30);
    holidays.prop_map(|holidays| WorkingCalendar { weekend: vec![6, 7], holidays })
}

/// Spans one after the other, so that no two hold a day.
fn shares() -> impl Strategy<Value = Vec<Share>> {
    prop::collection::vec((0_u64..60, 1_u64..60, 0_i64..=100), 0..4).prop_map(|parts| {
        let mut next = 0;
        let share = |(gap, days, pct): (u64, u64, i64)| {
            let from = next + gap;
            next = from + days;
            Share { period: Period::new(date(from), date(next)).unwrap(), pct }
        };
        parts.into_iter().map(share).collect()
    })
}

fn activity() -> impl Strategy<Value = Activity> {
    let day = || prop::option::of((0_u64..400).prop_map(date));
    (day(), day(), shares(), shares()).prop_map(|(from, end, ramp, relief)| Activity {
        from,
        end,
        ramp,
        relief,
    })
}

fn season() -> impl Strategy<Value = Option<Season>> {
    prop::option::of(prop::array::uniform12(1_i16..300).prop_map(Season))
}

fn versions() -> impl Strategy<Value = Vec<TargetVersion>> {
    let version = (0_i64..100_000_000_000, 0_u64..450, any::<bool>());
    let version = version.prop_map(|(target, day, from_here)| TargetVersion {
        target,
        effective_on: date(day),
        from_here,
    });
    prop::collection::vec(version, 1..4)
}

/// The days that count: working days, or all of them where there is none.
fn days(period: Period, calendar: &WorkingCalendar) -> Vec<NaiveDate> {
    let working: Vec<NaiveDate> = calendar.working_dates(&period).collect();
    if working.is_empty() { period.dates().collect() } else { working }
}

/// Half to even, of a positive whole.
fn rounded(part: i128, whole: i128) -> i128 {
    let (floor, rest) = (part.div_euclid(whole), part.rem_euclid(whole) * 2);
    floor + i128::from(rest > whole || rest == whole && floor % 2 != 0)
}

/// The target that holds on a day, said after said.
fn rate_on(versions: &[TargetVersion], start: NaiveDate, day: NaiveDate) -> i128 {
    let holds = |version: &&TargetVersion| !version.from_here || version.effective_on <= day.max(start);
    versions.iter().rev().find(holds).map_or(0, |version| version.target.into())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_asked_for_is_the_sum_of_its_days(period in span(), calendar in calendar(), activity in activity(), versions in versions()) {
        let mut versions = versions;
        versions[0].from_here = false;
        let counted = days(period, &calendar);
        let sum: i128 = counted.iter()
            .map(|day| rate_on(&versions, period.start, *day) * i128::from(activity.on(*day)))
            .sum();
        let whole = i128::from(WHOLE_DAY) * i128::try_from(counted.len()).unwrap();
        let terms = Terms { season: None, activity: Some(activity) };
        let effective = Weights::new(period, &calendar, &terms).effective(&versions);
        prop_assert_eq!(i128::from(*effective.last().unwrap()), rounded(sum, whole));
    }

    #[test]
    fn what_lowers_a_target_adds_up_and_never_raises_it(period in span(), calendar in calendar(), activity in activity(), target in 0_i64..100_000_000_000) {
        let versions = [TargetVersion { target, effective_on: period.start, from_here: false }];
        let terms = Terms { season: None, activity: Some(activity) };
        let parts = lowered(period, &calendar, &terms, &versions);
        prop_assert_eq!(parts.full, target);
        prop_assert_eq!(parts.full - parts.not_employed - parts.ramp - parts.relief, parts.effective);
        for part in [parts.not_employed, parts.ramp, parts.relief, parts.effective] {
            prop_assert!((0..=target).contains(&part), "{parts:?}");
        }
    }

    #[test]
    fn days_weigh_by_month_and_share_and_nobody_falls_behind_on_a_day_off(period in span(), calendar in calendar(), activity in activity(), season in season(), target in 0_i64..100_000_000_000) {
        let terms = Terms { season, activity: Some(activity.clone()) };
        let weights = Weights::new(period, &calendar, &terms);
        let counted = days(period, &calendar);
        let weigh = |day: &NaiveDate| activity.on(*day) * season.map_or(100, |season| i64::from(season.0[day.month0() as usize]));
        let all: i64 = counted.iter().map(weigh).sum();
        // weights are told in the smallest whole numbers of the same proportion
        let mut passed = 0_i64;
        for day in period.dates() {
            prop_assert_eq!(i128::from(weights.before(day)) * i128::from(all), i128::from(passed) * i128::from(weights.total()));
            passed += if counted.contains(&day) { weigh(&day) } else { 0 };
        }
        prop_assert_eq!(usize::try_from(weights.days()).unwrap(), counted.iter().filter(|day| activity.on(**day) > 0).count());

        let versions = [TargetVersion { target, effective_on: period.start, from_here: false }];
        let line = PaceLine::new(period, &versions, &calendar, &terms);
        prop_assert_eq!(line.expected_on(period.last_day()), line.target_on(period.start));
        for day in period.dates().skip(1) {
            let before = line.expected_on(day - Days::new(1));
            prop_assert!(line.expected_on(day) >= before);
            if !counted.contains(&day) || activity.on(day) == 0 {
                prop_assert_eq!(line.expected_on(day), before, "{} is off", day);
            }
        }
    }

    #[test]
    fn leave_in_two_parts_is_leave_in_one(period in span(), calendar in calendar(), leave in span(), cut in 1_u64..119, pct in 1_i64..=100, target in 0_i64..100_000_000_000) {
        let middle = (leave.start + Days::new(cut)).min(leave.last_day());
        prop_assume!(middle > leave.start);
        let share = |start, end| Share { period: Period::new(start, end).unwrap(), pct };
        let asked = |relief: Vec<Share>| {
            let terms = Terms { season: None, activity: Some(Activity { relief, ..Activity::default() }) };
            let versions = [TargetVersion { target, effective_on: period.start, from_here: false }];
            Weights::new(period, &calendar, &terms).effective(&versions)
        };
        let two = vec![share(leave.start, middle), share(middle, leave.end)];
        prop_assert_eq!(asked(vec![share(leave.start, leave.end)]), asked(two));
    }
}
