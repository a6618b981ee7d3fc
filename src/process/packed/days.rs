//! A day as the database keeps it: columns of numbers, described where the table is made. Pure.

use chrono::NaiveDate;

/// Bytes of a number.
const NUMBER: usize = 4;
/// Bytes of an outcome.
const OUTCOME: usize = 12;

/// A column beside the outcomes. One that is not read is as good as empty, whatever is asked of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Column {
    People,
    Customers,
    Departments,
    Products,
}

impl Column {
    /// All of them.
    pub(super) const ALL: [Self; 4] = [Self::People, Self::Customers, Self::Departments, Self::Products];

    /// What the database calls it.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::People => "people",
            Self::Customers => "customers",
            Self::Departments => "departments",
            Self::Products => "products",
        }
    }
}

/// What happened on a day.
#[derive(Clone, Copy, Debug)]
pub(super) struct Day<'a> {
    pub(super) date: NaiveDate,
    pub(super) outcomes: &'a [u8],
    pub(super) people: &'a [u8],
    pub(super) customers: &'a [u8],
    pub(super) departments: &'a [u8],
    pub(super) products: &'a [u8],
}

/// Of whom and of what something was: an order, a line, an open deal, a score, or several that are alike in what is asked.
#[derive(Clone, Copy, Debug)]
pub(super) struct Facts<'a> {
    /// The first day, and the last.
    pub(super) days: (NaiveDate, NaiveDate),
    /// The seller, 0 for a house sale or nobody, then who shares in it.
    pub(super) people: Numbers<'a>,
    pub(super) customer: i64,
    /// Who delivered it; 0 for whoever usually does.
    pub(super) department: i64,
    pub(super) products: Numbers<'a>,
}

/// How something came out.
#[derive(Clone, Copy, Debug)]
pub(super) struct Outcome {
    /// How long it took, in days; or what [`super::What`] says of it.
    pub(super) took: i32,
    /// Days after what was owed; nothing where nothing was. Of a whole order 1 when a line was late, else 0.
    pub(super) late: Option<i32>,
}

/// Numbers one after the other.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Numbers<'a>(pub(super) &'a [u8]);

impl Numbers<'_> {
    pub(super) fn iter(&self) -> impl Iterator<Item = i64> {
        self.0.chunks_exact(NUMBER).map(|bytes| i64::from(number(bytes)))
    }

    /// The first; 0 where there is none.
    pub(super) fn first(&self) -> i64 {
        self.iter().next().unwrap_or(0)
    }
}

fn number(bytes: &[u8]) -> i32 {
    bytes.try_into().map_or(0, i32::from_be_bytes)
}

fn count(bytes: &[u8]) -> usize {
    bytes.try_into().map_or(0, |bytes| usize::from(u16::from_be_bytes(bytes)))
}

/// The first `numbers` of a column, which then begins after them.
fn take<'a>(column: &mut &'a [u8], numbers: usize) -> Numbers<'a> {
    let (taken, rest) = column.split_at(column.len().min(numbers * NUMBER));
    *column = rest;
    Numbers(taken)
}

impl<'a> Day<'a> {
    /// All that happened on it.
    pub(super) fn events(&self) -> impl Iterator<Item = (Facts<'a>, Outcome)> {
        let Self { date, mut people, mut customers, mut departments, mut products, .. } = *self;
        self.outcomes.chunks_exact(OUTCOME).map(move |outcome| {
            let late = number(&outcome[4..8]);
            let facts = Facts {
                days: (date, date),
                people: take(&mut people, count(&outcome[8..10])),
                customer: take(&mut customers, 1).first(),
                department: take(&mut departments, 1).first(),
                products: take(&mut products, count(&outcome[10..])),
            };
            (facts, Outcome { took: number(&outcome[..4]), late: (late != i32::MIN).then_some(late) })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(numbers: &[i32]) -> Vec<u8> {
        numbers.iter().flat_map(|number| number.to_be_bytes()).collect()
    }

    #[test]
    fn columns_are_taken_apart() {
        let outcome = |took: i32, late: i32, people: u16, products: u16| {
            [numbers(&[took, late]), people.to_be_bytes().to_vec(), products.to_be_bytes().to_vec()].concat()
        };
        let outcomes = [outcome(9, -2, 1, 2), outcome(-1, i32::MIN, 2, 0)].concat();
        let (people, customers, products) = (numbers(&[7, 0, 8]), numbers(&[3, 4]), numbers(&[11, 12]));
        let day = Day {
            date: NaiveDate::default(),
            outcomes: &outcomes,
            people: &people,
            customers: &customers,
            departments: &[],
            products: &products,
        };
        let events: Vec<(Facts, Outcome)> = day.events().collect();
        let [(first, soon), (second, early)] = events[..] else { panic!("two were delivered") };
        let list = |numbers: Numbers| numbers.iter().collect::<Vec<_>>();
        assert_eq!((soon.took, soon.late, first.customer), (9, Some(-2), 3));
        assert_eq!((list(first.people), list(first.products)), (vec![7], vec![11, 12]));
        assert_eq!((early.took, early.late, second.customer), (-1, None, 4));
        assert_eq!((list(second.people), list(second.products)), (vec![0, 8], vec![]));
        assert_eq!(first.department, 0, "a column that was not read");
    }
}
