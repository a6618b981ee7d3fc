//! When customers are called after delivery, by whom, and what they are asked.
//!
//! Example: every customer is called by the seller after 7 days; whoever bought a rooftop unit is called by customer service
//! after 7 and after 90 days instead, because a rule of a category stands before one of all products.

mod forms;
mod pages;
mod store;

use chrono::{Days, NaiveDate};
use sqlx::PgConnection;

use crate::define_id;
use crate::error::Result;
use crate::kernel::calendar::WorkingCalendar;
use crate::kernel::id::{CategoryId, DepartmentId, ProductId};
use crate::web::routes::{Gate, Routes};

define_id!(
    /// A rule that makes follow-ups.
    RuleId
);

/// The rules, for administrators.
pub fn routes() -> Routes {
    Routes::new()
        .get("/admin/follow-up-rules", Gate::Admin, pages::index)
        .get("/admin/follow-up-rules/new", Gate::Admin, pages::new)
        .post("/admin/follow-up-rules", Gate::Admin, pages::create)
        .get("/admin/follow-up-rules/{id}", Gate::Admin, pages::edit)
        .post("/admin/follow-up-rules/{id}", Gate::Admin, pages::save)
}

/// What has to be bought for a rule to hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bought {
    /// Anything.
    Anything,
    /// A product of a category.
    Category(CategoryId),
    /// A product.
    Product(ProductId),
}

impl Bought {
    /// The more special, the higher.
    const fn special(self) -> u8 {
        match self {
            Self::Anything => 0,
            Self::Category(_) => 1,
            Self::Product(_) => 2,
        }
    }

    fn holds(self, products: &[(ProductId, CategoryId)]) -> bool {
        match self {
            Self::Anything => true,
            Self::Category(id) => products.iter().any(|(_, category)| *category == id),
            Self::Product(id) => products.iter().any(|(product, _)| *product == id),
        }
    }
}

/// Who follows up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// Whoever sold it.
    Seller,
    /// A department, whose lead assigns.
    Lead(DepartmentId),
    /// A department: the person with the fewest open ones.
    Fewest(DepartmentId),
}

/// What a rule says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleDraft {
    /// Days after delivery.
    pub days_after: i32,
    /// For what.
    pub bought: Bought,
    /// By whom.
    pub who: Who,
    /// What is asked; empty for the standard question.
    pub question: String,
    /// Whether it makes follow-ups.
    pub active: bool,
}

/// A rule as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Its id.
    pub id: RuleId,
    /// What it says.
    pub draft: RuleDraft,
    /// Name of the category or product.
    pub bought_name: Option<String>,
    /// Name of the department.
    pub department: Option<String>,
    /// For stale edits.
    pub version: i64,
}

/// Every rule, most special first, then by days.
pub async fn all(conn: &mut PgConnection) -> Result<Vec<Rule>> {
    store::list(conn).await
}

/// Adds a rule.
pub async fn add(conn: &mut PgConnection, draft: &RuleDraft) -> Result<RuleId> {
    store::insert(conn, draft).await
}

/// The rules that hold for what was bought: of the most special sort there is, one for each number of days.
pub fn choose<'a>(rules: &'a [Rule], products: &[(ProductId, CategoryId)]) -> Vec<&'a Rule> {
    let holding = || rules.iter().filter(|rule| rule.draft.active && rule.draft.bought.holds(products));
    let Some(most) = holding().map(|rule| rule.draft.bought.special()).max() else { return Vec::new() };
    let mut chosen: Vec<&Rule> = holding().filter(|rule| rule.draft.bought.special() == most).collect();
    chosen.sort_by_key(|rule| (rule.draft.days_after, rule.id));
    chosen.dedup_by_key(|rule| rule.draft.days_after);
    chosen
}

/// The day a follow-up is due: so many days after delivery, on the next working day, and never before the day it is made.
pub fn due_on(
    calendar: &WorkingCalendar,
    delivered_on: NaiveDate,
    days_after: i32,
    today: NaiveDate,
) -> NaiveDate {
    const FURTHEST: usize = 60; // a calendar without working days has no next one
    let days = Days::new(u64::try_from(days_after).unwrap_or_default());
    let asked = delivered_on.checked_add_days(days).unwrap_or(delivered_on).max(today);
    asked.iter_days().take(FURTHEST).find(|day| calendar.is_working_day(*day)).unwrap_or(asked)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(id: i64, days_after: i32, bought: Bought) -> Rule {
        let (question, active) = (String::new(), true);
        let draft = RuleDraft { days_after, bought, who: Who::Seller, question, active };
        Rule { id: RuleId(id), draft, bought_name: None, department: None, version: 1 }
    }

    #[test]
    fn the_most_special_rules_win_with_all_their_steps() {
        let rules = [
            rule(1, 7, Bought::Anything),
            rule(2, 90, Bought::Category(CategoryId(5))),
            rule(3, 10, Bought::Category(CategoryId(5))),
            rule(4, 10, Bought::Category(CategoryId(6))),
            rule(5, 30, Bought::Product(ProductId(50))),
        ];
        let ids = |products: &[(i64, i64)]| {
            let products: Vec<_> = products.iter().map(|(p, c)| (ProductId(*p), CategoryId(*c))).collect();
            choose(&rules, &products).iter().map(|rule| rule.id.0).collect::<Vec<_>>()
        };
        assert_eq!(ids(&[(1, 1)]), [1]);
        assert_eq!(ids(&[(1, 1), (51, 5)]), [3, 2], "both steps of the category, none of all products");
        assert_eq!(ids(&[(50, 5)]), [5], "a product stands before its category");
        assert_eq!(ids(&[(51, 5), (60, 6)]), [3, 2], "two of the same day are one");
    }

    #[test]
    fn it_is_due_on_a_working_day_and_not_before_it_is_made() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let calendar =
            WorkingCalendar { weekend: vec![6, 7], holidays: [day("2026-12-25"), day("2026-12-28")].into() };
        let due = |delivered: &str, days, today: &str| due_on(&calendar, day(delivered), days, day(today));
        assert_eq!(due("2026-11-11", 7, "2026-11-11"), day("2026-11-18"));
        assert_eq!(due("2026-11-14", 7, "2026-11-16"), day("2026-11-23"), "a Saturday becomes Monday");
        assert_eq!(due("2026-12-18", 7, "2026-12-18"), day("2026-12-29"), "over Christmas");
        assert_eq!(due("2026-08-01", 7, "2026-11-18"), day("2026-11-18"), "made long after");
    }
}
