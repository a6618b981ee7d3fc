//! Opportunities as lists and the board show them.

use std::collections::HashSet;

use chrono::NaiveDate;
use sqlx::PgConnection;

use super::stuck::{self, Standing, Stuck};
use super::{Origin, StageId, Stages, State, list_store as store};
use crate::error::Result;
use crate::kernel::id::{CustomerId, DepartmentId, EmployeeId, OpportunityId, ProductId};
use crate::kernel::money::Currency;
use crate::kernel::period::Period;
use crate::web::i18n::{ByValue, Localiser};

/// Columns that a list sorts by, the usual one first.
pub(super) const SORTS: [&str; 6] = ["expected", "customer", "person", "stage", "amount", "next"];

/// Whose opportunities a reader sees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Everybody's, and those without an owner.
    Everybody,
    /// Those of these people.
    Of(HashSet<EmployeeId>),
}

impl Scope {
    /// Whether one of `owner` is seen.
    pub fn shows(&self, owner: Option<EmployeeId>) -> bool {
        match self {
            Self::Everybody => true,
            Self::Of(people) => owner.is_some_and(|owner| people.contains(&owner)),
        }
    }

    /// The people alone whose opportunities are seen, for statements; nothing where all are.
    pub(super) fn only(&self) -> Option<Vec<i64>> {
        match self {
            Self::Everybody => None,
            Self::Of(people) => Some(people.iter().map(|id| id.0).collect()),
        }
    }
}

/// Which opportunities.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only of these people.
    pub owners: Option<Vec<EmployeeId>>,
    /// Only in this stage.
    pub stage: Option<StageId>,
    /// Only in this state.
    pub state: Option<State>,
    /// Only those that are stuck.
    pub stuck: bool,
    /// Only of this customer.
    pub customer: Option<CustomerId>,
    /// Only with a line of this product.
    pub product: Option<ProductId>,
    /// Only that came about like this.
    pub origin: Option<Origin>,
    /// Only with this technique.
    pub technique: Option<String>,
    /// Only expected on this day or later.
    pub from: Option<NaiveDate>,
    /// Only expected on this day or earlier.
    pub until: Option<NaiveDate>,
    /// Only opened on these days.
    pub opened: Option<Period>,
    /// Only decided on these days; of what was won only what has an order that stands.
    pub closed: Option<Period>,
    /// Only of people who belonged to this department, or one below it: on the day it was decided, or opened where that is asked for,
    /// or today.
    pub department: Option<DepartmentId>,
    /// Only of customers of this segment.
    pub segment: Option<String>,
    /// Only those that came as far as this place among the stages in use, counted from 1, or further; one more than there are for
    /// an order that stands.
    pub reached: Option<i32>,
    /// Only with this in customer, note, technique, next step or number.
    pub words: String,
    /// Only with a higher id than this: for programs, in order of id.
    pub after: Option<i64>,
    /// Only these.
    pub ids: Option<Vec<OpportunityId>>,
}

/// An opportunity in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Card {
    /// The opportunity.
    pub id: OpportunityId,
    /// Number within its source.
    pub number: String,
    /// Who may buy; empty while it is not known.
    pub customer: String,
    /// The customer.
    pub customer_id: Option<CustomerId>,
    /// Whose it is.
    pub owner: Option<EmployeeId>,
    /// Their name.
    pub owner_name: Option<String>,
    /// Product of the first line.
    pub product: String,
    /// Lines beyond the first.
    pub more_lines: i64,
    /// Where it stands.
    pub state: State,
    /// The stage it stands in, or stood in when it was decided.
    pub stage: StageId,
    /// Since when.
    pub since: NaiveDate,
    /// How it came about.
    pub origin: Origin,
    /// With which technique.
    pub technique: String,
    /// Currency of its lines.
    pub currency: Currency,
    /// Sum of its lines.
    pub amount: i64,
    /// The same in minor units of the company's currency.
    pub own_amount: i64,
    /// The day it was opened.
    pub opened_on: NaiveDate,
    /// The day it is expected to be decided.
    pub expected_on: Option<NaiveDate>,
    /// What is to be done next; perhaps nothing.
    pub next: String,
    /// By which day.
    pub next_on: Option<NaiveDate>,
    /// The day it was decided.
    pub closed_on: Option<NaiveDate>,
    /// For stale-edit checks.
    pub version: i64,
}

impl Card {
    /// Why it is stuck today; empty where it is not, or is decided.
    pub fn stuck(&self, stages: &Stages, today: impl ByValue<NaiveDate>) -> Vec<Stuck> {
        if self.state != State::Open {
            return Vec::new();
        }
        let patience = stages.get(self.stage).map_or(i64::MAX, |stage| stage.patience);
        let standing =
            Standing { since: self.since, patience, next_on: self.next_on, expected_on: self.expected_on };
        stuck::reasons(&standing, today.value())
    }

    /// Who may buy, in words also where that is not known.
    pub fn title(&self, l: impl ByValue<Localiser>) -> String {
        title(l.value(), &self.customer)
    }

    /// "FTX 400", "FTX 400 and 2 more".
    pub fn what(&self, l: impl ByValue<Localiser>) -> String {
        if self.more_lines == 0 {
            return self.product.clone();
        }
        let values = [("product", self.product.clone().into()), ("n", self.more_lines.into())];
        l.value().tr("deals-what-more", &values)
    }
}

/// A customer's name, or that it is not known yet.
pub(super) fn title(l: Localiser, customer: &str) -> String {
    if customer.is_empty() { l.t("pipeline-no-customer") } else { customer.to_owned() }
}

/// What some opportunities add up to, in minor units of the company's currency.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// How many.
    pub count: i64,
    /// Their amounts.
    pub amount: i64,
    /// The part that is to be expected: each amount × the probability of its stage; decided ones in full or not at all.
    pub weighted: i64,
}

/// Which part of a list, in which order.
#[derive(Clone, Copy, Debug)]
pub struct Part<'a> {
    /// The column, and whether it is descending.
    pub sort: (&'a str, bool),
    /// So many, after so many.
    pub slice: (i64, i64),
}

/// Part of the opportunities that a reader sees.
pub async fn page(
    conn: &mut PgConnection,
    scope: &Scope,
    stages: &Stages,
    (filter, today): (&Filter, NaiveDate),
    part: Part<'_>,
) -> Result<Vec<Card>> {
    store::cards(conn, scope, stages, (filter, today), part).await
}

/// What all of them add up to, by stage.
pub async fn sums(
    conn: &mut PgConnection,
    scope: &Scope,
    stages: &Stages,
    (filter, today): (&Filter, NaiveDate),
) -> Result<Vec<(StageId, Sums)>> {
    store::sums(conn, scope, stages, (filter, today)).await
}

/// All together.
pub(super) fn total(sums: &[(StageId, Sums)]) -> Sums {
    sums.iter().fold(Sums::default(), |all, (_, one)| Sums {
        count: all.count + one.count,
        amount: all.amount.saturating_add(one.amount),
        weighted: all.weighted.saturating_add(one.weighted),
    })
}

/// Some opportunities, as far as a reader sees them.
pub async fn cards(conn: &mut PgConnection, scope: &Scope, ids: &[OpportunityId]) -> Result<Vec<Card>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let stages = super::stages::all(conn).await?;
    let filter = Filter { ids: Some(ids.to_vec()), ..Filter::default() };
    let part = Part { sort: ("id", false), slice: (i64::MAX, 0) };
    store::cards(conn, scope, &stages, (&filter, NaiveDate::MIN), part).await
}

/// The open opportunities with a customer that a reader sees, expected first first, and at most a hundred.
pub async fn of_customer(
    conn: &mut PgConnection,
    scope: &Scope,
    stages: &Stages,
    (customer, today): (CustomerId, NaiveDate),
) -> Result<Vec<Card>> {
    let filter = Filter { customer: Some(customer), state: Some(State::Open), ..Filter::default() };
    let part = Part { sort: (SORTS[0], false), slice: (100, 0) };
    store::cards(conn, scope, stages, (&filter, today), part).await
}
