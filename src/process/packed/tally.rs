//! What a group comes to. Pure.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::days::{Column, Day, Facts, Outcome};
use super::keys::Keys;
use super::months::{By, Month};
use super::{Tallies, Whose};
use crate::error::Result;
use crate::kernel::ratio::Pct;

/// Days that something took are counted in a row up to here; what took longer, or no time at all, is rare.
const USUAL: usize = 4096;

/// How many there are, how many had a date and kept it, and how long they took.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// How many.
    pub count: i64,
    /// Those that had a date.
    pub owed: i64,
    /// Those that kept it.
    pub on_time: i64,
    /// How many took 0, 1, 2 days.
    took: Vec<i32>,
    /// How many took other numbers of days.
    unusual: BTreeMap<i32, i32>,
}

/// What a group comes to, as it is written down.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Summary {
    owed: i64,
    on_time: i64,
    /// What they took, and how many took as much; the least first.
    took: Vec<(i32, i32)>,
}

impl Tally {
    /// Adds an outcome so many `times`; -1 takes it off again.
    pub(super) fn add(&mut self, outcome: Outcome, times: i32) {
        self.count += i64::from(times);
        self.owed += i64::from(times) * i64::from(outcome.late.is_some());
        self.on_time += i64::from(times) * i64::from(outcome.late.is_some_and(|late| late <= 0));
        *self.place(outcome.took) += times;
    }

    /// Adds what another group comes to.
    pub(super) fn join(&mut self, other: &Summary) {
        self.owed += other.owed;
        self.on_time += other.on_time;
        for (days, times) in &other.took {
            self.count += i64::from(*times);
            *self.place(*days) += times;
        }
    }

    /// Where those are counted that took so many days.
    fn place(&mut self, days: i32) -> &mut i32 {
        match usize::try_from(days) {
            Ok(days) if days < USUAL => {
                if self.took.len() <= days {
                    self.took.resize(days + 1, 0);
                }
                &mut self.took[days]
            }
            _ => self.unusual.entry(days).or_default(),
        }
    }

    /// As it is written down.
    pub(super) fn summary(&self) -> Summary {
        Summary { owed: self.owed, on_time: self.on_time, took: self.spread().collect() }
    }

    /// What they took, and how many took as much; the least first.
    pub fn spread(&self) -> impl Iterator<Item = (i32, i32)> {
        let unusual = |(days, count): (&i32, &i32)| (*days, *count);
        let usual = self.took.iter().zip(0..).map(|(count, days)| (days, *count));
        let before = self.unusual.range(..0).map(unusual);
        before.chain(usual).chain(self.unusual.range(0..).map(unusual)).filter(|(_, count)| *count != 0)
    }

    /// The median of the days that they took: the fewest within which at least half were done.
    pub fn lead(&self) -> Option<i32> {
        let mut so_far = 0;
        self.spread().find_map(|(days, count)| {
            so_far += i64::from(count);
            (2 * so_far >= self.count).then_some(days)
        })
    }

    /// The share that was on time; nothing where none had a date.
    pub fn share(&self) -> Option<Pct> {
        Pct::of(self.on_time, self.owed)
    }

    /// The sum of what they took.
    pub fn sum(&self) -> i64 {
        self.spread().map(|(took, times)| i64::from(took) * i64::from(times)).sum()
    }

    /// The most days that one took.
    pub fn slowest(&self) -> Option<i32> {
        self.spread().last().map(|(days, _)| days)
    }
}

/// Groups as they are counted, and everything together.
pub(super) struct Counting {
    seen: Seen,
    keys: Keys,
    groups: Groups,
    all: Tally,
}

/// Groups by their keys.
#[derive(Default)]
struct Groups {
    places: FxHashMap<i64, usize>,
    tallies: Vec<(i64, Tally)>,
    /// The group that was counted last: what comes next often belongs to it too.
    last: usize,
}

impl Groups {
    fn of(&mut self, key: i64) -> &mut Tally {
        if self.tallies.get(self.last).is_none_or(|(known, _)| *known != key) {
            self.last = *self.places.entry(key).or_insert(self.tallies.len());
        }
        if self.last == self.tallies.len() {
            self.tallies.push((key, Tally::default()));
        }
        &mut self.tallies[self.last].1
    }
}

/// Whose is counted, in order, to be looked up.
enum Seen {
    Everybody,
    SoldBy(Vec<i64>),
    Of(Vec<i64>),
}

impl Seen {
    fn new(whose: Whose) -> Self {
        let sorted = |people: &[i64]| {
            let mut people = people.to_vec();
            people.sort_unstable();
            people
        };
        match whose {
            Whose::Everybody => Self::Everybody,
            Whose::SoldBy(people) => Self::SoldBy(sorted(people)),
            Whose::Of(people) => Self::Of(sorted(people)),
        }
    }

    fn has(&self, facts: &Facts) -> bool {
        match self {
            Self::Everybody => true,
            Self::SoldBy(people) => people.binary_search(&facts.people.first()).is_ok(),
            Self::Of(people) => facts.people.iter().any(|id| people.binary_search(&id).is_ok()),
        }
    }
}

impl Counting {
    pub(super) fn new(whose: Whose, keys: Keys) -> Self {
        Self { seen: Seen::new(whose), keys, groups: Groups::default(), all: Tally::default() }
    }

    /// What has to be read of days.
    pub(super) fn columns(&self) -> Vec<Column> {
        let people = matches!(self.seen, Seen::SoldBy(_) | Seen::Of(_)).then_some(Column::People);
        let mut columns: Vec<Column> = self.keys.column().into_iter().chain(people).collect();
        columns.dedup();
        columns
    }

    /// By what months have to be counted; nothing where only days tell.
    pub(super) fn counted_by(&self) -> Option<By> {
        (!self.keys.need_days()).then(|| By::columns(&self.columns()))
    }

    /// Adds what happened on a day so many `times`; -1 takes it off again.
    pub(super) fn add(&mut self, day: &Day, times: i32) {
        let Self { seen, keys, groups, all } = self;
        for (facts, outcome) in day.events().filter(|(facts, _)| seen.has(facts)) {
            all.add(outcome, times);
            keys.each(&facts, outcome.late, |key| groups.of(key).add(outcome, times));
        }
    }

    /// Adds what happened in a month.
    pub(super) fn add_month(&mut self, month: &Month) -> Result<()> {
        let Self { seen, keys, groups, all } = self;
        let everybody = matches!(seen, Seen::Everybody);
        let counted = month.read()?;
        if everybody {
            all.join(&counted.all);
        }
        for (facts, summary) in counted.groups.iter().filter(|(facts, _)| seen.has(facts)) {
            if !everybody {
                all.join(summary);
            }
            keys.each(facts, None, |key| groups.of(key).join(summary));
        }
        Ok(())
    }

    /// What it comes to; nothing when months were counted before somebody moved in them, so that only days tell.
    pub(super) fn done(self) -> Option<Tallies> {
        let some = |(_, tally): &(i64, Tally)| tally.count > 0;
        let groups = self.groups.tallies.into_iter().filter(some).collect();
        (!self.keys.are_torn()).then_some(Tallies { groups, all: self.all })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_median_is_the_one_in_the_middle(mut days in prop::collection::vec(-3..5000_i32, 0..40)) {
            let mut parts = [Tally::default(), Tally::default()];
            for (place, took) in days.iter().enumerate() {
                let outcome = Outcome { took: *took, late: None };
                parts[place % 2].add(outcome, 2);
                parts[place % 2].add(outcome, -1);
            }
            let [mut tally, rest] = parts;
            tally.join(&rest.summary());
            days.sort_unstable();
            prop_assert_eq!(tally.lead(), days.get(days.len().saturating_sub(1) / 2).copied());
            prop_assert_eq!(tally.slowest(), days.last().copied());
        }
    }
}
