//! What somebody should do next. Each area lists its own open steps as actions; pages put them together, most urgent and most
//! valuable first.

use chrono::NaiveDate;

use crate::kernel::id::{DepartmentId, EmployeeId};

/// An open step with somebody who answers for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Action {
    /// Which step, for reminders: `opportunity`, `order`, `follow_up`, `case_reply`, `case`, `decision`.
    pub kind: &'static str,
    /// Its number among its kind.
    pub id: i64,
    /// The icon's name.
    pub icon: &'static str,
    /// Where it is done.
    pub href: String,
    /// What is to be done: "Call about delivery".
    pub title: String,
    /// About what: "Holmen Skog, order 10234".
    pub text: String,
    /// The day it should be done by; nothing while none is set.
    pub due: Option<NaiveDate>,
    /// What is at stake, minor units of the company's currency; 0 where there is no amount or the reader does not see it.
    pub value: i64,
    /// Whose it is.
    pub owner: Option<EmployeeId>,
    /// The department that answers for it.
    pub department: Option<DepartmentId>,
}

impl Action {
    /// Whether it should have been done before `today`.
    pub fn is_overdue(&self, today: NaiveDate) -> bool {
        self.due.is_some_and(|due| due < today)
    }
}

/// Whose actions are asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Whose {
    /// Of these people.
    pub people: Vec<EmployeeId>,
    /// Of these departments.
    pub departments: Vec<DepartmentId>,
    /// Every one that was due before this day, for what must not miss any; else as many as a page can show.
    pub overdue: Option<NaiveDate>,
}

impl Whose {
    /// So many of each kind at most.
    pub const fn most(&self) -> i64 {
        const OF_A_PAGE: i64 = 500;
        if self.overdue.is_some() { i64::MAX } else { OF_A_PAGE }
    }
}

/// In the order they should be done: overdue before due today before later, within each the most valuable first.
pub fn in_order(mut actions: Vec<Action>, today: NaiveDate) -> Vec<Action> {
    let urgency = |action: &Action| match action.due {
        Some(due) if due < today => 0,
        Some(due) if due == today => 1,
        Some(_) => 2,
        None => 3,
    };
    actions.sort_by_key(|action| (urgency(action), std::cmp::Reverse(action.value), action.due, action.id));
    actions
}

#[cfg(test)]
mod tests {
    use super::*;

    fn action(id: i64, due: &str, value: i64) -> Action {
        let (kind, icon, owner, department) = ("order", "package", None, None);
        let (href, title, text) = (String::new(), String::new(), String::new());
        Action { kind, id, icon, href, title, text, due: due.parse().ok(), value, owner, department }
    }

    #[test]
    fn what_is_overdue_comes_first_and_what_is_worth_most_first_among_it() {
        let today = "2026-11-18".parse().unwrap();
        let actions = vec![
            action(1, "2026-11-20", 900),
            action(2, "", 9000),
            action(3, "2026-11-18", 10),
            action(4, "2026-11-10", 5),
            action(5, "2026-11-17", 50),
        ];
        let ids: Vec<i64> = in_order(actions, today).iter().map(|action| action.id).collect();
        assert_eq!(ids, [5, 4, 3, 1, 2]);
    }
}
