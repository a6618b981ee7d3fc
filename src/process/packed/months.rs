//! Months of packed days, counted by what is asked of them: what is alike in that stands together, with what it comes to. Pure.
//!
//! They are written in the form of the crate `postcard`; a migration that changes the form empties the table, and it fills again.

use chrono::{Datelike, NaiveDate};
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::days::{Column, Day, Facts, Numbers};
use super::keys::Homes;
use super::tally::{Summary, Tally};
use crate::error::{AppError, Result};

/// A month as it is written down.
#[derive(Serialize, Deserialize)]
struct Written<'a> {
    /// All together, each once.
    all: Summary,
    #[serde(borrow)]
    groups: Vec<Group<'a>>,
}

/// What is alike.
#[derive(Serialize, Deserialize)]
struct Group<'a> {
    /// The seller and who shares in it; empty where they are not told apart.
    people: &'a [u8],
    /// What another column says; of products one, so that an order with several is in several groups.
    other: &'a [u8],
    /// Days of the month: the first and the last on which something of it happened.
    days: (u8, u8),
    tally: Summary,
}

/// What a month is counted by: people, what another column says, or both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum By {
    People,
    Customers,
    Departments,
    Products,
    PeopleAndCustomers,
    PeopleAndDepartments,
    PeopleAndProducts,
}

impl By {
    /// All that are kept.
    pub(super) const ALL: [Self; 7] = [
        Self::People,
        Self::Customers,
        Self::Departments,
        Self::Products,
        Self::PeopleAndCustomers,
        Self::PeopleAndDepartments,
        Self::PeopleAndProducts,
    ];

    /// What tells as much as some columns. Where nothing is asked, departments do: they are the fewest.
    pub(super) fn columns(columns: &[Column]) -> Self {
        let other = columns.iter().find(|column| **column != Column::People);
        match (columns.contains(&Column::People), other) {
            (false, Some(Column::Customers)) => Self::Customers,
            (false, Some(Column::Products)) => Self::Products,
            (false, _) => Self::Departments,
            (true, Some(Column::Customers)) => Self::PeopleAndCustomers,
            (true, Some(Column::Departments)) => Self::PeopleAndDepartments,
            (true, Some(Column::Products)) => Self::PeopleAndProducts,
            (true, _) => Self::People,
        }
    }

    /// What the database calls it.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::People => "people",
            Self::Customers => "customers",
            Self::Departments => "departments",
            Self::Products => "products",
            Self::PeopleAndCustomers => "people, customers",
            Self::PeopleAndDepartments => "people, departments",
            Self::PeopleAndProducts => "people, products",
        }
    }

    /// Whether people are told apart.
    const fn has_people(self) -> bool {
        !matches!(self, Self::Customers | Self::Departments | Self::Products)
    }

    /// What is told apart beside people.
    const fn other(self) -> Option<Column> {
        match self {
            Self::People => None,
            Self::Customers | Self::PeopleAndCustomers => Some(Column::Customers),
            Self::Departments | Self::PeopleAndDepartments => Some(Column::Departments),
            Self::Products | Self::PeopleAndProducts => Some(Column::Products),
        }
    }
}

/// A month as it is kept.
#[derive(Clone, Copy, Debug)]
pub(super) struct Month<'a> {
    pub(super) by: By,
    /// The first day on which something happened in it.
    pub(super) first: NaiveDate,
    pub(super) groups: &'a [u8],
}

/// What happened in a month.
pub(super) struct Counted<'a> {
    pub(super) all: Summary,
    pub(super) groups: Vec<(Facts<'a>, Summary)>,
}

impl<'a> Month<'a> {
    /// What is kept of it.
    pub(super) fn read(&self) -> Result<Counted<'a>> {
        let written: Written<'a> = postcard::from_bytes(self.groups).map_err(AppError::internal)?;
        let groups = written.groups.into_iter().map(|group| (self.facts(&group), group.tally));
        Ok(Counted { all: written.all, groups: groups.collect() })
    }

    /// What is known of a group.
    fn facts(&self, group: &Group<'a>) -> Facts<'a> {
        let day = |day: u8| self.first.with_day(day.into()).unwrap_or(self.first);
        let (other, none) = (Numbers(group.other), Numbers::default());
        let is = |column: Column| self.by.other() == Some(column);
        Facts {
            days: (day(group.days.0), day(group.days.1)),
            people: Numbers(group.people),
            customer: if is(Column::Customers) { other.first() } else { 0 },
            department: if is(Column::Departments) { other.first() } else { 0 },
            products: if is(Column::Products) { other } else { none },
        }
    }

    /// Whether somebody whose something is in it has moved between the days that stand together.
    pub(super) fn is_torn(&self, homes: &Homes) -> Result<bool> {
        let groups = self.read()?.groups;
        Ok(groups.iter().any(|(facts, _)| homes.moved(facts.people.first(), facts.days)))
    }

    /// Whether another comes to the same, however its days stand together.
    pub(super) fn is_like(&self, other: &Self) -> Result<bool> {
        Ok(self.first == other.first && self.totals()? == other.totals()?)
    }

    /// What it comes to by what is told apart, and all together.
    fn totals(&self) -> Result<(Summary, Totals<'a>)> {
        let written: Written<'a> = postcard::from_bytes(self.groups).map_err(AppError::internal)?;
        let mut totals = Totals::default();
        for group in &written.groups {
            totals.entry((group.people, group.other)).or_default().join(&group.tally);
        }
        Ok((written.all, totals))
    }
}

/// Tallies by people and what another column says.
type Totals<'a> = FxHashMap<(&'a [u8], &'a [u8]), Tally>;

/// A month while it is counted.
pub(super) struct Counter<'a> {
    by: By,
    homes: &'a Homes,
    all: Tally,
    /// Places of groups by [`Key`].
    places: FxHashMap<Vec<u8>, usize>,
    groups: Vec<(NaiveDate, NaiveDate, Tally)>,
    /// Of the group that was looked up last.
    key: Vec<u8>,
}

/// What a group is found by, one after the other: how often the seller had moved, what another column says, and the people.
struct Key;

impl Key {
    const MOVES: usize = 4;
    const OTHER: usize = 4;

    fn write(key: &mut Vec<u8>, moves: u32, other: i64, people: &[u8]) {
        key.clear();
        key.extend_from_slice(&moves.to_be_bytes());
        key.extend_from_slice(&i32::try_from(other).unwrap_or_default().to_be_bytes());
        key.extend_from_slice(people);
    }

    /// What another column says, and the people.
    fn read(key: &[u8]) -> (&[u8], &[u8]) {
        key[Self::MOVES..].split_at(Self::OTHER)
    }
}

impl<'a> Counter<'a> {
    pub(super) fn new(by: By, homes: &'a Homes) -> Self {
        let (places, groups) = (FxHashMap::default(), Vec::new());
        Self { by, homes, all: Tally::default(), places, groups, key: Vec::new() }
    }

    /// Adds a day; days come in order.
    pub(super) fn add(&mut self, day: &Day) {
        let (by, homes) = (self.by, self.homes);
        for (facts, outcome) in day.events() {
            self.all.add(outcome, 1);
            let people = if by.has_people() { facts.people } else { Numbers::default() };
            // only sellers alone are ever asked where they belonged
            let moves = if by == By::People { homes.moves(people.first(), day.date) } else { 0 };
            let mut add = |other: i64| self.group(moves, other, people, day.date).add(outcome, 1);
            match by.other() {
                None | Some(Column::People) => add(0),
                Some(Column::Customers) => add(facts.customer),
                Some(Column::Departments) => add(facts.department),
                Some(Column::Products) => facts.products.iter().for_each(add),
            }
        }
    }

    fn group(&mut self, moves: u32, other: i64, people: Numbers, day: NaiveDate) -> &mut Tally {
        Key::write(&mut self.key, moves, other, people.0);
        let place = if let Some(place) = self.places.get(&self.key) {
            *place
        } else {
            self.places.insert(self.key.clone(), self.groups.len());
            self.groups.push((day, day, Tally::default()));
            self.groups.len() - 1
        };
        let (_, last, tally) = &mut self.groups[place];
        *last = day;
        tally
    }

    /// As it is written down.
    pub(super) fn written(&self) -> Result<Vec<u8>> {
        let day = |day: NaiveDate| u8::try_from(day.day()).unwrap_or_default();
        let mut places: Vec<(&[u8], usize)> =
            self.places.iter().map(|(key, place)| (key.as_slice(), *place)).collect();
        places.sort_unstable();
        let groups = places.into_iter().map(|(key, place)| {
            let ((other, people), (first, last, tally)) = (Key::read(key), &self.groups[place]);
            let other = if self.by.other().is_some() { other } else { &[] };
            Group { people, other, days: (day(*first), day(*last)), tally: tally.summary() }
        });
        let groups = groups.collect();
        postcard::to_allocvec(&Written { all: self.all.summary(), groups }).map_err(AppError::internal)
    }
}
