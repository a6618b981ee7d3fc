//! What the outlook would have said in periods that are over, beside how they ended.
//!
//! Each period of a subject is forecast from set shares of its working days; a forecast sees nothing sold later. A
//! tally of such trials says how far run rate, the seasonal run rate and the method the product chooses were off,
//! how often the range held the outcome, and how often what had a chance of 7 in 10 came true.

use chrono::NaiveDate;

use super::history::Daily;
use super::past::Rehearsals;
use super::{Facts, Measure, Method, Outlook, Seen, float, whole};
use crate::kernel::calendar::WorkingCalendar;
use crate::kernel::period::Period;
use crate::kernel::ratio::Pct;

/// A subject's sales through time and the periods to forecast.
#[derive(Clone, Debug)]
pub struct Series {
    /// Sales, in any order; minor units or counts.
    pub daily: Vec<(NaiveDate, i64)>,
    /// The day from which on every sale is known.
    pub known_from: NaiveDate,
    /// What is summed.
    pub measure: Measure,
    /// The periods, with a target if they had one.
    pub periods: Vec<(Period, Option<i64>)>,
}

/// One forecast and how the period ended. Amounts are in units of the metric.
#[derive(Clone, Debug, PartialEq)]
pub struct Trial {
    /// The share of working days that had passed, in percent.
    pub at_pct: u8,
    /// How the period ended.
    pub outcome: i64,
    /// Plain run rate: low, likely and high.
    pub run_rate: (i64, i64, i64),
    /// The seasonal run rate, whether chosen or not; plain run rate where there is no history.
    pub seasonal: i64,
    /// What the product shows.
    pub chosen: Outlook,
    /// For a target that was not yet reached: the chance by plain run rate and by the product, in tenths, and whether
    /// it was reached.
    pub chance: Option<(u8, u8, bool)>,
}

/// Trials of every period of `series` from these shares of its working days, in percent. Where plain run rate says
/// nothing there is nothing to compare, and no trial.
pub fn trials(series: &Series, shares: &[u8], calendar: &WorkingCalendar) -> Vec<Trial> {
    let points = series.periods.iter().flat_map(|period| shares.iter().map(move |share| (*period, *share)));
    points.filter_map(|(period, share)| trial(series, period, share, calendar)).collect()
}

fn trial(
    series: &Series,
    (period, target): (Period, Option<i64>),
    at_pct: u8,
    calendar: &WorkingCalendar,
) -> Option<Trial> {
    let through = day_at(period, at_pct, calendar)?;
    let before = |date: NaiveDate| date <= through;
    let known: Vec<_> = series.daily.iter().copied().filter(|(date, _)| before(*date)).collect();
    let facts = Facts {
        period,
        through,
        present: &known,
        history: &known,
        known_from: series.known_from,
        calendar,
        measure: series.measure,
        open_deals: None,
    };
    let seen = Seen::new(&facts)?;
    let plain = seen.plain(&facts)?;
    let chosen = seen.outlook(series.measure, Some(plain))?;
    let seasonal =
        seen.seasonal(&Rehearsals::new(&seen.pasts)).map_or(plain.likely, |outlook| outlook.likely);
    let outcome = Daily::new(series.daily.iter().copied()).sum(period.start, period.end);
    let open = target.filter(|target| seen.actual < *target);
    let chance = open.map(|target| (plain.chance(target), chosen.chance(target), outcome >= target));
    Some(Trial { at_pct, outcome, run_rate: (plain.low, plain.likely, plain.high), seasonal, chosen, chance })
}

/// The working day with which at least this share of the working days is over.
fn day_at(period: Period, pct: u8, calendar: &WorkingCalendar) -> Option<NaiveDate> {
    let days = (calendar.working_days(&period) * i64::from(pct)).div_euclid(100).max(1);
    let exact = days * 100 >= calendar.working_days(&period) * i64::from(pct);
    calendar.working_dates(&period).nth(usize::try_from(days - i64::from(exact)).ok()?)
}

/// Trials added up.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tally {
    /// How many forecasts.
    pub forecasts: u32,
    /// How many of them by another method than run rate.
    pub by_other: u32,
    /// How many outcomes plain run rate's range held.
    pub run_rate_held: u32,
    /// How many outcomes the product's range held.
    pub held: u32,
    /// Chances in tenths, 0 to 10, by plain run rate: how many were given, how many came true.
    pub run_rate_chances: [(u32, u32); 11],
    /// The same by the product.
    pub chances: [(u32, u32); 11],
    outcomes: f64,
    off: [f64; 3],
    widths: [f64; 2],
}

impl Tally {
    /// All of these trials.
    pub fn of<'a>(trials: impl IntoIterator<Item = &'a Trial>) -> Self {
        let mut tally = Self::default();
        for trial in trials {
            tally.add(trial);
        }
        tally
    }

    fn add(&mut self, trial: &Trial) {
        let (low, run_rate, high) = trial.run_rate;
        let chosen = &trial.chosen;
        self.forecasts += 1;
        self.by_other += u32::from(chosen.method != Method::RunRate);
        self.run_rate_held += u32::from((low..=high).contains(&trial.outcome));
        self.held += u32::from((chosen.low..=chosen.high).contains(&trial.outcome));
        self.outcomes += float(trial.outcome).abs();
        for (off, likely) in self.off.iter_mut().zip([run_rate, trial.seasonal, chosen.likely]) {
            *off += (float(likely) - float(trial.outcome)).abs();
        }
        for (width, (low, high)) in self.widths.iter_mut().zip([(low, high), (chosen.low, chosen.high)]) {
            *width += float(high) - float(low);
        }
        if let Some((plain, product, reached)) = trial.chance {
            note(&mut self.run_rate_chances, plain, reached);
            note(&mut self.chances, product, reached);
        }
    }

    /// The sum of absolute errors of plain run rate, in percent of the sum of outcomes.
    pub fn run_rate_error(&self) -> Option<Pct> {
        self.percent(self.off[0])
    }

    /// The same of the seasonal run rate, used everywhere.
    pub fn seasonal_error(&self) -> Option<Pct> {
        self.percent(self.off[1])
    }

    /// The same of what the product shows.
    pub fn error(&self) -> Option<Pct> {
        self.percent(self.off[2])
    }

    /// The product's error in percent of plain run rate's; below 100 is better.
    pub fn against_run_rate(&self) -> Option<Pct> {
        part(self.off[2], self.off[0])
    }

    /// The width of the product's ranges in percent of plain run rate's.
    pub fn width(&self) -> Option<Pct> {
        part(self.widths[1], self.widths[0])
    }

    /// How often the product's range held the outcome; 80 % is meant.
    pub fn coverage(&self) -> Option<Pct> {
        Pct::of(self.held.into(), self.forecasts.into())
    }

    /// The same of plain run rate's.
    pub fn run_rate_coverage(&self) -> Option<Pct> {
        Pct::of(self.run_rate_held.into(), self.forecasts.into())
    }

    fn percent(&self, off: f64) -> Option<Pct> {
        part(off, self.outcomes)
    }
}

fn part(part: f64, whole_of: f64) -> Option<Pct> {
    (whole_of > 0.0).then(|| Pct(whole(part / whole_of * 10_000.0)))
}

fn note(chances: &mut [(u32, u32); 11], chance: u8, reached: bool) {
    if let Some((given, came_true)) = chances.get_mut(usize::from(chance)) {
        *given += 1;
        *came_true += u32::from(reached);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn weekdays() -> WorkingCalendar {
        WorkingCalendar { weekend: vec![6, 7], ..WorkingCalendar::default() }
    }

    fn month(number: u32) -> Period {
        let first = |month| NaiveDate::from_ymd_opt(2026, month, 1).unwrap();
        Period::new(first(number), first(number + 1)).unwrap()
    }

    /// 100 on the first working day of each month and 10 on each later one up to the 14th.
    fn early() -> Series {
        let calendar = weekdays();
        let sold = |month: Period| -> Vec<(NaiveDate, i64)> {
            let end = month.start + chrono::Days::new(14);
            let days = calendar.working_dates(&month).take_while(|day| *day < end).enumerate();
            days.map(|(index, date)| (date, if index == 0 { 100 } else { 10 })).collect()
        };
        Series {
            daily: (1..10).flat_map(|number| sold(month(number))).collect(),
            known_from: day("2026-01-01"),
            measure: Measure::Amount,
            periods: (1..10).map(|number| (month(number), Some(190))).collect(),
        }
    }

    #[test]
    fn origins_are_working_days() {
        // October 2026 has 22 working days: 25 % is 5.5, so the 6th; 50 % the 11th
        let at = |pct| day_at(month(10), pct, &weekdays()).unwrap();
        assert_eq!((at(25), at(50)), (day("2026-10-08"), day("2026-10-15")));
    }

    #[test]
    fn what_is_sold_early_is_learnt() {
        let trials = trials(&early(), &[25, 50, 75], &weekdays());
        let tally = Tally::of(&trials);
        assert_eq!(
            (tally.forecasts, tally.by_other),
            (27, 21),
            "the first two months have nothing to measure on"
        );
        assert!(tally.error() < tally.run_rate_error(), "{tally:?}");
        assert!(tally.against_run_rate().unwrap() < Pct(6000), "{tally:?}");
        assert_eq!(
            tally.chances.iter().map(|(given, _)| given).sum::<u32>(),
            u32::try_from(trials.iter().filter(|trial| trial.chance.is_some()).count()).unwrap()
        );
    }

    #[test]
    fn a_forecast_knows_nothing_later() {
        let series = early();
        let mut changed = series.clone();
        let cut = day("2026-06-15");
        for (_, value) in changed.daily.iter_mut().filter(|(date, _)| *date > cut) {
            *value *= 50;
        }
        let shown = |series: &Series| -> Vec<Outlook> {
            let only = Series { periods: vec![(month(6), None)], ..series.clone() };
            trials(&only, &[25, 45], &weekdays()).into_iter().map(|trial| trial.chosen).collect()
        };
        assert_eq!(shown(&series), shown(&changed));
    }

    /// Numbers from 0 to 99 999 that look random and are the same each time (Marsaglia's xorshift, 2003).
    struct Dice(u64);

    impl Dice {
        fn roll(&mut self) -> u64 {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            self.0 % 100_000
        }
    }

    /// Fifty sellers through 2025 and 2026, each with its own chance of a sale a day and skewed amounts.
    fn sellers(measure: Measure) -> Vec<Trial> {
        let (calendar, mut dice) = (weekdays(), Dice(0x9e37_79b9_7f4a_7c15));
        let years = Period::new(day("2025-01-01"), day("2027-01-01")).unwrap();
        let months = (1..12).map(|number| (month(number), Some(9))).collect::<Vec<_>>();
        let one = |busy: u64| {
            let mut sale = |date| {
                let (comes, size) = (dice.roll() < 4000 + busy * 700, dice.roll());
                let amount = 100_000_000 / i64::try_from(size + 1000).unwrap();
                comes.then_some((date, if measure == Measure::Count { 1 } else { amount }))
            };
            let daily = calendar.working_dates(&years).filter_map(&mut sale).collect();
            Series { daily, known_from: years.start, measure, periods: months.clone() }
        };
        let series: Vec<Series> = (0..50).map(one).collect();
        series.iter().flat_map(|series| trials(series, &[25, 50, 75], &calendar)).collect()
    }

    #[test]
    fn about_eight_of_ten_outcomes_lie_within_the_range() {
        // a range of few whole deals holds more, and one sale a day at most varies less than pure chance
        for (measure, most) in [(Measure::Amount, Pct(9000)), (Measure::Count, Pct(9700))] {
            let tally = Tally::of(&sellers(measure));
            assert!(tally.forecasts > 1000, "{tally:?}");
            let held = tally.coverage().unwrap();
            assert!((Pct(7500)..most).contains(&held), "{measure:?} {held}");
            assert!(tally.against_run_rate() < Some(Pct(9500)), "the level of before helps: {tally:?}");
        }
    }

    #[test]
    fn chances_come_true_about_as_often_as_they_say() {
        let tally = Tally::of(&sellers(Measure::Count));
        let between = |range: std::ops::RangeInclusive<usize>| {
            let (given, came) = tally.chances[range]
                .iter()
                .fold((0, 0), |(all, true_), (given, came)| (all + given, true_ + came));
            came * 100 / given
        };
        let (low, middle, high) = (between(0..=2), between(4..=6), between(8..=9));
        assert!(low < 20 && (35..=65).contains(&middle) && high > 80, "{low} {middle} {high}");
    }
}
