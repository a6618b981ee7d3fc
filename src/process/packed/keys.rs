//! What is grouped by. Pure.

use std::collections::HashMap;

use chrono::{Datelike, NaiveDate};
use rustc_hash::FxHashMap;

use super::days::{Column, Facts};
use super::tally::Tally;
use crate::kernel::id::DepartmentId;
use crate::org::Organisation;
use crate::org::organisation::Stay;

/// What is grouped by, with what is needed to know it.
#[derive(Clone, Debug)]
pub enum Keys {
    /// Nothing but everything together.
    None,
    /// All in one that were owed before a day and delivered on it or later: 0.
    OwedBefore(NaiveDate),
    /// Months since the year 0; see [`month`].
    Month,
    /// Who sold it, or whose it is; 0 for house sales.
    Seller,
    /// Where the seller belonged on the day: that department alone; see [`Homes::with_above`].
    Department(Homes),
    /// What was sold: each product once.
    Product,
    /// By what belongs to the product: its category.
    OfProduct(FxHashMap<i64, i64>),
    /// Who bought.
    Customer,
    /// By what belongs to the customer, a number for their segment; 0 where nothing does.
    OfCustomer(FxHashMap<i64, i64>),
    /// Who delivered: the department it was handed to, else this one.
    Handler(Option<DepartmentId>),
}

impl Keys {
    /// What has to be read.
    pub(super) const fn column(&self) -> Option<Column> {
        match self {
            Self::None | Self::OwedBefore(_) | Self::Month => None,
            Self::Seller | Self::Department(_) => Some(Column::People),
            Self::Product | Self::OfProduct(_) => Some(Column::Products),
            Self::Customer | Self::OfCustomer(_) => Some(Column::Customers),
            Self::Handler(_) => Some(Column::Departments),
        }
    }

    /// Whether they differ within a month for what is alike in everything that is read.
    pub(super) const fn need_days(&self) -> bool {
        matches!(self, Self::OwedBefore(_))
    }

    /// Whether something was met that belongs to several groups, and was left out.
    pub(super) const fn are_torn(&self) -> bool {
        matches!(self, Self::Department(Homes { torn: true, .. }))
    }

    /// Calls `group` with the key of each group that something belongs to; `late` as in an outcome.
    pub(super) fn each(&mut self, facts: &Facts, late: Option<i32>, mut group: impl FnMut(i64)) {
        let (day, _) = facts.days;
        match self {
            Self::None => {}
            Self::OwedBefore(limit) => {
                let owed_on = late.map(|late| day - chrono::Duration::days(late.into()));
                if day >= *limit && owed_on.is_some_and(|owed| owed < *limit) {
                    group(0);
                }
            }
            Self::Month => group(month_key(day)),
            Self::Seller => group(facts.people.first()),
            Self::Department(homes) => {
                homes.of(facts.people.first(), facts.days).into_iter().for_each(group);
            }
            Self::Product => facts.products.iter().for_each(group),
            Self::OfProduct(of) => {
                facts.products.iter().filter_map(|id| of.get(&id).copied()).for_each(group);
            }
            Self::Customer => group(facts.customer),
            Self::OfCustomer(of) => group(of.get(&facts.customer).copied().unwrap_or(0)),
            Self::Handler(usual) => {
                group(if facts.department == 0 { usual.map_or(0, |id| id.0) } else { facts.department });
            }
        }
    }
}

fn month_key(day: NaiveDate) -> i64 {
    i64::from(day.year()) * 12 + i64::from(day.month0())
}

/// The month of a key, as addresses name it: `2026-11`.
pub fn month(key: i64) -> String {
    format!("{:04}-{:02}", key.div_euclid(12), key.rem_euclid(12) + 1)
}

/// Where everybody belonged on which days; whoever belonged nowhere, and house sales, to the company.
#[derive(Clone, Debug)]
pub struct Homes {
    stays: FxHashMap<i64, Vec<Stay>>,
    root: i64,
    /// Whose was asked for last, and what came of it: what one person sold on a day stands together.
    last: Option<(i64, (NaiveDate, NaiveDate), i64)>,
    /// Whether somebody was asked for who moved in between.
    torn: bool,
}

impl Homes {
    /// Of everybody in the organisation.
    pub fn new(organisation: &Organisation) -> Self {
        let root = organisation.departments.iter().find(|department| department.parent.is_none());
        Self {
            stays: organisation.people.iter().map(|person| (person.id.0, person.stays.clone())).collect(),
            root: root.map_or(0, |root| root.id.0),
            last: None,
            torn: false,
        }
    }

    /// Where somebody belonged from the first of the `days` to the last; none for those who moved in between.
    fn of(&mut self, person: i64, days: (NaiveDate, NaiveDate)) -> Option<i64> {
        if let Some((_, _, home)) = self.last.filter(|(who, when, _)| (*who, *when) == (person, days)) {
            return Some(home);
        }
        if self.moved(person, days) {
            self.torn = true;
            return None;
        }
        let stay = self.stays.get(&person).and_then(|stays| stays.iter().find(|stay| stay.contains(days.0)));
        let home = stay.map_or(self.root, |stay| stay.department.0);
        self.last = Some((person, days, home));
        Some(home)
    }

    /// Whether somebody came, moved or left after the first of the `days`, by the last.
    pub(super) fn moved(&self, person: i64, (first, last): (NaiveDate, NaiveDate)) -> bool {
        first < last && self.moves(person, first) != self.moves(person, last)
    }

    /// How often somebody had come, moved or left by `day`: as long as it stays the same, so does where they belong.
    pub(super) fn moves(&self, person: i64, day: NaiveDate) -> u32 {
        let by = |moment: NaiveDate| u32::from(moment <= day);
        let stays = self.stays.get(&person).into_iter().flatten();
        stays.map(|stay| by(stay.from) + stay.end.map_or(0, by)).sum()
    }

    /// Departments with what belongs to those below them: each with everything above it.
    pub fn with_above(organisation: &Organisation, alone: Vec<(i64, Tally)>) -> Vec<(i64, Tally)> {
        let mut whole: HashMap<i64, Tally> = HashMap::new();
        for (id, tally) in alone {
            let up = |id: &DepartmentId| organisation.department(*id)?.parent;
            for above in std::iter::successors(Some(DepartmentId(id)), up) {
                whole.entry(above.0).or_default().join(&tally.summary());
            }
        }
        whole.into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_are_named_as_in_addresses() {
        for (day, name) in [("2026-01-31", "2026-01"), ("2026-12-01", "2026-12"), ("0999-07-01", "0999-07")] {
            assert_eq!(month(month_key(day.parse().unwrap())), name);
        }
    }
}
