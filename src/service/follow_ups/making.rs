//! How follow-ups come to be: by the rules once an order is delivered, or by hand.

use std::collections::HashMap;

use chrono::{DateTime, Days, NaiveDate, Utc};
use sqlx::PgConnection;

use super::{FollowUpId, store};
use crate::error::Result;
use crate::kernel::id::{CategoryId, CustomerId, DealId, DepartmentId, EmployeeId, ProductId, UserId};
use crate::org::Company;
use crate::service::rules::{self, Rule, RuleId, Who};
use crate::service::scope;

/// Deliveries from longer ago are not followed up any more.
const LOOKS_BACK: Days = Days::new(120);

/// Where a follow-up of a file or a program comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The system.
    pub source: String,
    /// Its number there.
    pub number: String,
}

/// A follow-up to make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// Whom to call.
    pub customer: CustomerId,
    /// About which order.
    pub deal: Option<DealId>,
    /// By which rule.
    pub rule: Option<RuleId>,
    /// Whose it is.
    pub owner: Option<EmployeeId>,
    /// The department that answers for it; one of the two there must be.
    pub department: Option<DepartmentId>,
    /// What to ask; empty for the standard question.
    pub question: String,
    /// When.
    pub due_on: NaiveDate,
    /// Where it comes from, for those from outside.
    pub origin: Option<Origin>,
}

/// An order that was wholly delivered.
#[derive(Clone, Debug)]
pub(super) struct Delivered {
    pub(super) deal: DealId,
    pub(super) customer: CustomerId,
    pub(super) seller: Option<EmployeeId>,
    pub(super) on: NaiveDate,
    pub(super) bought: Vec<(ProductId, CategoryId)>,
}

/// Makes what the rules ask for once an order is wholly delivered, and answers how many that are. Called again it makes
/// nothing.
pub async fn after_delivery(
    conn: &mut PgConnection,
    company: &Company,
    deal: DealId,
    delivered_on: NaiveDate,
    now: DateTime<Utc>,
) -> Result<usize> {
    let delivered = store::delivered(conn, Some(deal), (delivered_on, delivered_on), deal).await?;
    follow(conn, company, delivered, now).await
}

/// Makes what is missing for some orders after `after` that were wholly delivered in the last 120 days, such as imported ones.
/// Answers the last of them; nothing when there were none, or no rule asks for anything.
pub async fn make_due(
    conn: &mut PgConnection,
    company: &Company,
    now: DateTime<Utc>,
    after: DealId,
) -> Result<Option<DealId>> {
    if rules::all(conn).await?.is_empty() {
        return Ok(None);
    }
    let today = company.day_of(now);
    let delivered = store::delivered(conn, None, (today - LOOKS_BACK, today), after).await?;
    let last = delivered.last().map(|one| one.deal);
    follow(conn, company, delivered, now).await?;
    Ok(last)
}

async fn follow(
    conn: &mut PgConnection,
    company: &Company,
    delivered: Vec<Delivered>,
    now: DateTime<Utc>,
) -> Result<usize> {
    if delivered.is_empty() {
        return Ok(0);
    }
    let rules = rules::all(conn).await?;
    let mut owners = Owners { company, today: company.day_of(now), open: store::open_counts(conn).await? };
    let drafts: Vec<Draft> = delivered
        .iter()
        .flat_map(|one| rules::choose(&rules, &one.bought).into_iter().map(move |rule| (one, rule)))
        .filter_map(|(one, rule)| owners.draft(one, rule))
        .collect();
    Ok(store::insert_all(conn, &drafts, None, now).await?.len())
}

/// Makes follow-ups by hand, from a file or a program. Those that are there already, by source and number, are left as they
/// are. Answers the new ones.
pub async fn make(
    conn: &mut PgConnection,
    drafts: &[Draft],
    by: Option<UserId>,
    now: DateTime<Utc>,
) -> Result<Vec<FollowUpId>> {
    Ok(store::insert_all(conn, drafts, by, now).await?.into_iter().map(|(id, _)| id).collect())
}

/// Who has how much to do.
struct Owners<'a> {
    company: &'a Company,
    today: NaiveDate,
    open: HashMap<EmployeeId, i64>,
}

impl Owners<'_> {
    fn draft(&mut self, one: &Delivered, rule: &Rule) -> Option<Draft> {
        let (owner, department) = self.whose(one.seller, rule.draft.who)?;
        if let Some(owner) = owner {
            *self.open.entry(owner).or_default() += 1;
        }
        let days = rule.draft.days_after;
        Some(Draft {
            customer: one.customer,
            deal: Some(one.deal),
            rule: Some(rule.id),
            owner,
            department,
            question: rule.draft.question.clone(),
            due_on: rules::due_on(&self.company.calendar, one.on, days, self.today),
            origin: None,
        })
    }

    /// Owner and department. What was sold by nobody, or by somebody who has left, is for those who answer customers.
    fn whose(
        &self,
        seller: Option<EmployeeId>,
        who: Who,
    ) -> Option<(Option<EmployeeId>, Option<DepartmentId>)> {
        let organisation = &self.company.organisation;
        let works =
            |id: &EmployeeId| organisation.person(*id).is_some_and(|one| one.stay_on(self.today).is_some());
        match who {
            Who::Seller => match seller.filter(works) {
                Some(seller) => Some((Some(seller), None)),
                None => scope::service_department(organisation).map(|id| (None, Some(id))),
            },
            Who::Lead(id) => Some((None, Some(id))),
            Who::Fewest(id) => {
                let members = scope::members(organisation, id, self.today);
                let open = |one: &EmployeeId| (self.open.get(one).copied().unwrap_or(0), *one);
                Some((members.into_iter().min_by_key(open), Some(id)))
            }
        }
    }
}
