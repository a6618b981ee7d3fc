//! What can be asked of somebody in a period (rule 14), and how the weight of a goal falls over its days (rule 18).
//!
//! A full target is for all working days of the period. Of a person, less is asked on days before they joined and after they
//! left, while they are new (ramp) and while they are on leave (relief): each working day has a share that is asked
//! for, and effective target = full target × shares ÷ working days, summed and rounded once. The weight of a day is
//! that share × how its month compares with others (seasonality), so that nobody is behind for days off.
//!
//! Example: of 1,000,000 for 60 working days, somebody who joins after 20 days and has half a target for 20 days is asked for
//! (20 × 0 + 20 × ½ + 20 × 1) ÷ 60 = 500,000.

use std::borrow::Cow;

use chrono::{Datelike, Months, NaiveDate};

use super::engine::TargetVersion;
use crate::kernel::calendar::WorkingCalendar;
use crate::kernel::period::Period;
use crate::kernel::ratio::Exact;

/// A whole day, in the unit that shares of days are counted in.
pub const WHOLE_DAY: i64 = 10_000;

const PERCENT: i64 = 100;

/// How the months of the year compare, January first; 100 is a month like any other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Season(pub [i16; 12]);

impl Season {
    /// Reads twelve stored values.
    pub fn read(months: &[i16]) -> Option<Self> {
        months.try_into().ok().map(Self)
    }

    /// The value of the month that `day` is in.
    pub fn of(&self, day: NaiveDate) -> i64 {
        usize::try_from(day.month0())
            .ok()
            .and_then(|month| self.0.get(month))
            .map_or(PERCENT, |v| i64::from(*v))
    }
}

/// Some days on which a part is asked for, or is not, in percent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share {
    /// Which days.
    pub period: Period,
    /// 0 to 100.
    pub pct: i64,
}

/// What is known of a person's work that bears on what can be asked of them. The default is somebody who always works in full.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Activity {
    /// The first day employed; nothing when they always were.
    pub from: Option<NaiveDate>,
    /// The first day no more; nothing while it goes on.
    pub end: Option<NaiveDate>,
    /// Days of learning, with the part of a full target that is asked for.
    pub ramp: Vec<Share>,
    /// Days of leave, with the part that is not asked for.
    pub relief: Vec<Share>,
}

impl Activity {
    /// The share of `day` that is asked for, of [`WHOLE_DAY`].
    pub fn on(&self, day: NaiveDate) -> i64 {
        let employed = self.from.is_none_or(|from| from <= day) && self.end.is_none_or(|end| day < end);
        if !employed {
            return 0;
        }
        let on = |shares: &[Share]| {
            shares.iter().rev().find(|share| share.period.contains(day)).map(|share| share.pct)
        };
        on(&self.ramp).unwrap_or(PERCENT) * (PERCENT - on(&self.relief).unwrap_or(0))
    }

    /// Whether less than everything is asked for on any day of `period`.
    pub fn touches(&self, period: &Period) -> bool {
        let joins = self.from.is_some_and(|from| from > period.start);
        let leaves = self.end.is_some_and(|end| end < period.end);
        let mut shares = self.ramp.iter().chain(&self.relief);
        joins || leaves || shares.any(|share| share.period.overlaps(period))
    }

    fn cuts(&self) -> impl Iterator<Item = NaiveDate> + '_ {
        let shares = self.ramp.iter().chain(&self.relief);
        let ends = shares.flat_map(|share| [share.period.start, share.period.end]);
        self.from.into_iter().chain(self.end).chain(ends)
    }
}

/// The months of a ramp: `steps` in percent, one month each from `starts_on`.
pub fn ramp(starts_on: NaiveDate, steps: &[i16]) -> Vec<Share> {
    let month = |number: u32| starts_on.checked_add_months(Months::new(number));
    let share = |(number, pct): (u32, &i16)| {
        let period = Period::new(month(number)?, month(number + 1)?)?;
        Some(Share { period, pct: i64::from(*pct) })
    };
    (0..).zip(steps).filter_map(share).collect()
}

/// How a goal is measured, beside its target.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Terms {
    /// How the months compare; nothing when they are alike.
    pub season: Option<Season>,
    /// Whose work it is, where that lowers the target; nothing where the target counts as it stands.
    pub activity: Option<Activity>,
}

impl Terms {
    /// The same without what lowers the target.
    #[must_use]
    pub fn in_full(&self) -> Self {
        Self { activity: None, ..self.clone() }
    }

    fn share_on(&self, day: NaiveDate) -> i64 {
        self.activity.as_ref().map_or(WHOLE_DAY, |activity| activity.on(day))
    }

    /// The first days of stretches that are alike, within `period`.
    fn starts(&self, period: Period) -> Vec<NaiveDate> {
        let months = self.season.map(|_| period.dates().filter(|day| day.day() == 1));
        let cuts = self.activity.iter().flat_map(Activity::cuts).chain(months.into_iter().flatten());
        let mut starts: Vec<NaiveDate> = cuts.filter(|day| period.contains(*day)).collect();
        starts.push(period.start);
        starts.sort_unstable();
        starts.dedup();
        starts
    }
}

/// Days of a period that weigh alike.
#[derive(Clone, Copy, Debug)]
struct Stretch {
    period: Period,
    /// Of [`WHOLE_DAY`].
    share: i64,
    /// What each of its working days weighs.
    weight: i64,
}

/// The weights of the days of a period. A period without a working day is weighed by calendar days.
#[derive(Clone, Debug)]
pub struct Weights<'a> {
    calendar: Cow<'a, WorkingCalendar>,
    period: Period,
    stretches: Vec<Stretch>,
}

impl<'a> Weights<'a> {
    /// Of a period, by the company's calendar and the terms of a goal.
    pub fn new(period: Period, calendar: &'a WorkingCalendar, terms: &Terms) -> Self {
        let calendar = if calendar.working_days(&period) > 0 {
            Cow::Borrowed(calendar)
        } else {
            Cow::Owned(WorkingCalendar::default())
        };
        let starts = terms.starts(period);
        let ends = starts.iter().skip(1).copied().chain([period.end]);
        let stretch = |(start, end): (&NaiveDate, NaiveDate)| {
            let share = terms.share_on(*start);
            let season = terms.season.map_or(PERCENT, |season| season.of(*start));
            Some(Stretch { period: Period::new(*start, end)?, share, weight: share * season })
        };
        let mut stretches: Vec<Stretch> = starts.iter().zip(ends).filter_map(stretch).collect();
        // small weights keep the fractions of the required line exact
        let common = stretches.iter().map(|stretch| stretch.weight).fold(0, gcd).max(1);
        for stretch in &mut stretches {
            stretch.weight /= common;
        }
        Self { calendar, period, stretches }
    }

    /// The weight of all days before `until`.
    pub fn before(&self, until: NaiveDate) -> i64 {
        self.sum(self.period.start, until, |stretch| stretch.weight)
    }

    /// The weight of the whole period.
    pub fn total(&self) -> i64 {
        self.before(self.period.end)
    }

    /// Working days before `until` on which anything is asked for.
    pub fn days_before(&self, until: NaiveDate) -> i64 {
        self.sum(self.period.start, until, |stretch| i64::from(stretch.share > 0))
    }

    /// Working days of the whole period on which anything is asked for.
    pub fn days(&self) -> i64 {
        self.days_before(self.period.end)
    }

    /// Working days before `until`, whatever is asked for on them.
    pub fn all_days_before(&self, until: NaiveDate) -> i64 {
        self.sum(self.period.start, until, |_| 1)
    }

    /// The working days of the period, in order.
    pub fn dates(&self) -> impl Iterator<Item = NaiveDate> + use<'_> {
        self.calendar.working_dates(&self.period)
    }

    /// The working days on which anything is asked for, in order.
    pub fn active_dates(&self) -> impl Iterator<Item = NaiveDate> + use<'_> {
        let active = self.stretches.iter().filter(|stretch| stretch.share > 0);
        active.flat_map(|stretch| self.calendar.working_dates(&stretch.period))
    }

    /// Whether all working days weigh alike.
    pub fn are_even(&self) -> bool {
        self.stretches.iter().all(|stretch| stretch.weight == 1)
    }

    /// What is asked for on the days from `start` to before `end`, in parts of [`WHOLE_DAY`].
    fn asked(&self, start: NaiveDate, end: NaiveDate) -> i64 {
        self.sum(start, end, |stretch| stretch.share)
    }

    fn sum(&self, start: NaiveDate, until: NaiveDate, of: impl Fn(&Stretch) -> i64) -> i64 {
        let days = |stretch: &Stretch| {
            let part = Period::new(stretch.period.start.max(start), stretch.period.end.min(until));
            part.map_or(0, |part| self.calendar.working_days(&part))
        };
        self.stretches.iter().map(|stretch| of(stretch) * days(stretch)).sum()
    }

    /// The effective target of each version, as if it were the last word: full targets × what is asked for ÷ working days. A
    /// version that holds from its day on leaves the days before to the versions before it.
    pub fn effective(&self, versions: &[TargetVersion]) -> Vec<i64> {
        let mut rates: Vec<(NaiveDate, i64)> = Vec::new();
        let effective = versions.iter().map(|version| {
            let from = if version.from_here {
                version.effective_on.max(self.period.start)
            } else {
                self.period.start
            };
            rates.retain(|(start, _)| *start < from);
            rates.push((from, version.target));
            self.at_rates(&rates)
        });
        effective.collect()
    }

    /// Σ target × what is asked for while it holds ÷ working days, rounded once.
    fn at_rates(&self, rates: &[(NaiveDate, i64)]) -> i64 {
        let ends = rates.iter().skip(1).map(|(start, _)| *start).chain([self.period.end]);
        let sum: i128 = rates
            .iter()
            .zip(ends)
            .map(|((start, target), end)| i128::from(*target) * i128::from(self.asked(*start, end)))
            .sum();
        let whole = i128::from(self.all_days_before(self.period.end)) * i128::from(WHOLE_DAY);
        Exact::ratio(sum, whole).map_or(0, Exact::round)
    }
}

/// What lowers a full target to the effective one; the parts add up to the difference.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lowered {
    /// The target for a whole period.
    pub full: i64,
    /// Less for days before joining and after leaving.
    pub not_employed: i64,
    /// Less while learning.
    pub ramp: i64,
    /// Less while on leave.
    pub relief: i64,
    /// What is left.
    pub effective: i64,
}

/// How the last of `versions` comes to its effective target.
pub fn lowered(
    period: Period,
    calendar: &WorkingCalendar,
    terms: &Terms,
    versions: &[TargetVersion],
) -> Lowered {
    let with = |activity: Option<Activity>| {
        let weights = Weights::new(period, calendar, &Terms { season: None, activity });
        weights.effective(versions).last().copied().unwrap_or(0)
    };
    let of = terms.activity.clone().unwrap_or_default();
    let full = with(None);
    let employed = with(Some(Activity { ramp: Vec::new(), relief: Vec::new(), ..of.clone() }));
    let ramped = with(Some(Activity { relief: Vec::new(), ..of.clone() }));
    let effective = with(Some(of));
    Lowered {
        full,
        not_employed: full - employed,
        ramp: employed - ramped,
        relief: ramped - effective,
        effective,
    }
}

fn gcd(a: i64, b: i64) -> i64 {
    if b == 0 { a } else { gcd(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn span(from: &str, last: &str) -> Period {
        Period::from_inclusive(day(from), day(last)).unwrap()
    }

    /// June 2026 has 22 working days: five weeks from Monday the 1st, the last with two.
    fn june(activity: Activity, versions: &[TargetVersion]) -> Vec<i64> {
        let calendar = WorkingCalendar { weekend: vec![6, 7], ..WorkingCalendar::default() };
        let terms = Terms { season: None, activity: Some(activity) };
        Weights::new(span("2026-06-01", "2026-06-30"), &calendar, &terms).effective(versions)
    }

    fn target(target: i64) -> TargetVersion {
        TargetVersion { target, effective_on: day("2026-06-01"), from_here: false }
    }

    #[test]
    fn joiners_and_leavers_are_asked_for_their_days() {
        let from = |from, end| Activity { from, end, ..Activity::default() };
        assert_eq!(june(from(Some(day("2026-06-08")), None), &[target(2200)]), [1700], "17 of 22 days");
        assert_eq!(june(from(None, Some(day("2026-06-08"))), &[target(2200)]), [500]);
        assert_eq!(june(from(Some(day("2026-07-01")), None), &[target(2200)]), [0]);
        assert_eq!(june(Activity::default(), &[target(1000)]), [1000]);
    }

    #[test]
    fn ramp_and_relief_lower_each_other_and_round_once() {
        let activity = Activity {
            from: Some(day("2026-06-08")),
            ramp: ramp(day("2026-05-15"), &[25, 50]),
            relief: vec![Share { period: span("2026-06-22", "2026-06-26"), pct: 60 }],
            ..Activity::default()
        };
        // 8 to 14 June: 5 days at a quarter; 15 to 30: 12 days at half, five of them with 40 % left
        // 5 × 0.25 + 7 × 0.5 + 5 × 0.5 × 0.4 = 5.75 of 22 days of 1,000 = 261.36
        assert_eq!(june(activity.clone(), &[target(1000)]), [261]);
        let calendar = WorkingCalendar { weekend: vec![6, 7], ..WorkingCalendar::default() };
        let terms = Terms { season: None, activity: Some(activity) };
        let parts = lowered(span("2026-06-01", "2026-06-30"), &calendar, &terms, &[target(1000)]);
        assert_eq!(parts, Lowered { full: 1000, not_employed: 227, ramp: 443, relief: 69, effective: 261 });
    }

    #[test]
    fn a_target_from_its_day_on_leaves_the_days_before() {
        let later = TargetVersion { target: 4400, effective_on: day("2026-06-15"), from_here: true };
        // ten days at 100 and twelve at 200
        assert_eq!(june(Activity::default(), &[target(2200), later]), [2200, 3400]);
        let joined = Activity { from: Some(day("2026-06-08")), ..Activity::default() };
        assert_eq!(june(joined, &[target(2200), later]), [1700, 2900]);
        let whole = TargetVersion { target: 1100, effective_on: day("2026-06-20"), from_here: false };
        assert_eq!(june(Activity::default(), &[target(2200), later, whole]), [2200, 3400, 1100]);
    }

    #[test]
    fn weights_follow_the_season_and_what_is_asked_for() {
        let calendar = WorkingCalendar { weekend: vec![6, 7], ..WorkingCalendar::default() };
        let mut months = [100_i16; 12];
        (months[6], months[7]) = (40, 60);
        let period = span("2026-06-01", "2026-08-31");
        let even = Terms { season: Some(Season(months)), activity: None };
        let weights = Weights::new(period, &calendar, &even);
        // 22 days of 5, 23 of 2, 21 of 3
        assert_eq!((weights.total(), weights.days()), (22 * 5 + 23 * 2 + 21 * 3, 66));
        assert_eq!(weights.before(day("2026-07-04")), 22 * 5 + 3 * 2);
        let away = Share { period: span("2026-07-01", "2026-07-31"), pct: 100 };
        let activity = Some(Activity { relief: vec![away], ..Activity::default() });
        let weights = Weights::new(period, &calendar, &Terms { activity, ..even });
        assert_eq!((weights.total(), weights.days()), (22 * 5 + 21 * 3, 43));
        assert_eq!(weights.before(day("2026-08-01")), 22 * 5);
    }

    #[test]
    fn shares_that_follow_each_other_are_the_later_word() {
        let mut activity = Activity { ramp: ramp(day("2026-01-31"), &[10, 20]), ..Activity::default() };
        assert_eq!(activity.ramp[0].period, Period::new(day("2026-01-31"), day("2026-02-28")).unwrap());
        assert_eq!((activity.on(day("2026-02-27")), activity.on(day("2026-02-28"))), (1000, 2000));
        activity.end = Some(day("2026-02-28"));
        assert_eq!(activity.on(day("2026-02-28")), 0);
    }
}
