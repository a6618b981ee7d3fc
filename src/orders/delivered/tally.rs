//! What a group of deliveries comes to. Pure.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use super::keys::Keys;
use super::packed::{Column, Day, Event};
use super::{Tallies, Whose};

/// Days that something took are counted in a row up to here; what took longer, or no time at all, is rare.
const USUAL: usize = 4096;

/// How many deliveries, how many had a date and kept it, and how long they took.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::orders) struct Tally {
    /// How many.
    pub(in crate::orders) count: i64,
    /// Those that had a date.
    pub(in crate::orders) owed: i64,
    /// Those that kept it.
    pub(in crate::orders) on_time: i64,
    /// How many took 0, 1, 2 days.
    took: Vec<u32>,
    /// How many took other numbers of days.
    unusual: BTreeMap<i32, u32>,
}

impl Tally {
    fn add(&mut self, event: &Event) {
        self.count += 1;
        self.owed += i64::from(event.late.is_some());
        self.on_time += i64::from(event.late.is_some_and(|late| late <= 0));
        match usize::try_from(event.took) {
            Ok(days) if days < USUAL => {
                if self.took.len() <= days {
                    self.took.resize(days + 1, 0);
                }
                self.took[days] += 1;
            }
            _ => *self.unusual.entry(event.took).or_default() += 1,
        }
    }

    /// Adds what another group comes to.
    pub(super) fn join(&mut self, other: &Self) {
        self.count += other.count;
        self.owed += other.owed;
        self.on_time += other.on_time;
        self.took.resize(self.took.len().max(other.took.len()), 0);
        self.took.iter_mut().zip(&other.took).for_each(|(all, more)| *all += more);
        for (days, more) in &other.unusual {
            *self.unusual.entry(*days).or_default() += more;
        }
    }

    /// Days from order to delivery, and how many took so long; the quickest first.
    fn spread(&self) -> impl Iterator<Item = (i32, i64)> {
        let unusual = |(days, count): (&i32, &u32)| (*days, i64::from(*count));
        let usual = self.took.iter().zip(0..).map(|(count, days)| (days, i64::from(*count)));
        let before = self.unusual.range(..0).map(unusual);
        before.chain(usual).chain(self.unusual.range(0..).map(unusual)).filter(|(_, count)| *count > 0)
    }

    /// The median of the days from order to delivery: the fewest days within which at least half were delivered.
    pub(in crate::orders) fn lead(&self) -> Option<i32> {
        let mut so_far = 0;
        self.spread().find_map(|(days, count)| {
            so_far += count;
            (2 * so_far >= self.count).then_some(days)
        })
    }

    /// The most days from order to delivery.
    pub(in crate::orders) fn slowest(&self) -> Option<i32> {
        self.spread().last().map(|(days, _)| days)
    }
}

/// Groups as they are counted, and everything together.
pub(super) struct Counting {
    seen: Seen,
    keys: Keys,
    places: FxHashMap<i64, usize>,
    groups: Vec<(i64, Tally)>,
    /// The group that was counted last: what comes next often belongs to it too.
    last: usize,
    all: Tally,
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

    fn has(&self, event: &Event) -> bool {
        match self {
            Self::Everybody => true,
            Self::SoldBy(people) => people.binary_search(&event.people.first()).is_ok(),
            Self::Of(people) => event.people.iter().any(|id| people.binary_search(&id).is_ok()),
        }
    }
}

impl Counting {
    pub(super) fn new(whose: Whose, keys: Keys) -> Self {
        Self {
            seen: Seen::new(whose),
            keys,
            places: FxHashMap::default(),
            groups: Vec::new(),
            last: 0,
            all: Tally::default(),
        }
    }

    /// What has to be read.
    pub(super) fn columns(&self) -> Vec<Column> {
        let people = matches!(self.seen, Seen::SoldBy(_) | Seen::Of(_)).then_some(Column::People);
        self.keys.column().into_iter().chain(people).collect()
    }

    /// Adds what was delivered on a day.
    pub(super) fn add(&mut self, day: &Day) {
        let Self { seen, keys, places, groups, last, all } = self;
        for event in day.events().filter(|event| seen.has(event)) {
            all.add(&event);
            keys.each(&event, |key| {
                if groups.get(*last).is_none_or(|(known, _)| *known != key) {
                    *last = *places.entry(key).or_insert(groups.len());
                }
                if *last == groups.len() {
                    groups.push((key, Tally::default()));
                }
                groups[*last].1.add(&event);
            });
        }
    }

    /// What it comes to.
    pub(super) fn done(self) -> Tallies {
        Tallies { groups: self.groups, all: self.all }
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
                let outcomes = [took.to_be_bytes(), 0_i32.to_be_bytes(), [0; 4]].concat();
                let day = Day { date: chrono::NaiveDate::default(), outcomes: &outcomes, people: &[], customers: &[], departments: &[], products: &[] };
                day.events().for_each(|event| parts[place % 2].add(&event));
            }
            let [mut tally, rest] = parts;
            tally.join(&rest);
            days.sort_unstable();
            prop_assert_eq!(tally.lead(), days.get(days.len().saturating_sub(1) / 2).copied());
            prop_assert_eq!(tally.slowest(), days.last().copied());
        }
    }
}
