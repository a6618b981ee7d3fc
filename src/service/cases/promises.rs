//! How fast customers are answered: a small table of hours of working days, by what a case is about and how bad it is.

use chrono::{DateTime, Utc};

use super::{Category, Severity};
use crate::define_id;
use crate::service::hours::Hours;

define_id!(
    /// A row of the table.
    PromiseId
);

/// A row of the table. What it does not name it holds for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Promise {
    /// Its id.
    pub id: PromiseId,
    /// For cases of this category; any when absent.
    pub category: Option<Category>,
    /// For cases that are so bad; any when absent.
    pub severity: Option<Severity>,
    /// Hours until the first answer.
    pub reply_hours: i32,
    /// Hours until it is solved.
    pub solve_hours: i32,
    /// For stale edits.
    pub version: i64,
}

impl Promise {
    fn holds(&self, category: Category, severity: Severity) -> bool {
        self.category.is_none_or(|own| own == category) && self.severity.is_none_or(|own| own == severity)
    }

    /// First answer and solution are due then.
    pub fn due(&self, hours: Hours<'_>, opened_at: DateTime<Utc>) -> (DateTime<Utc>, DateTime<Utc>) {
        let after = |count: i32| hours.after(opened_at, i64::from(count) * 60);
        (after(self.reply_hours), after(self.solve_hours))
    }
}

/// The row that holds for a case: one that names both stands before one that names how bad it is, that before one that names
/// what it is about, and that before the one for everything.
pub fn choose(promises: &[Promise], category: Category, severity: Severity) -> Option<&Promise> {
    let special = |one: &&Promise| (one.severity.is_some(), one.category.is_some());
    promises.iter().filter(|one| one.holds(category, severity)).max_by_key(special)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_row_that_names_most_holds() {
        let row = |id, category, severity, reply_hours| Promise {
            id: PromiseId(id),
            category,
            severity,
            reply_hours,
            solve_hours: 90,
            version: 1,
        };
        let rows = [
            row(1, None, None, 8),
            row(2, None, Some(Severity::High), 2),
            row(3, Some(Category::Delivery), None, 4),
            row(4, Some(Category::Delivery), Some(Severity::High), 1),
        ];
        let id = |category, severity| choose(&rows, category, severity).unwrap().id.0;
        assert_eq!(id(Category::Invoice, Severity::Normal), 1);
        assert_eq!(id(Category::Invoice, Severity::High), 2);
        assert_eq!(id(Category::Delivery, Severity::Low), 3);
        assert_eq!(id(Category::Delivery, Severity::High), 4);
    }
}
