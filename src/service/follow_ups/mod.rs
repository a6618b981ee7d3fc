//! Calling customers after delivery: is everything as they expected, and what could they need next?
//!
//! Example: Holmen Skog gets its units on 11 November. A week later, on the 18th, Elias calls, hears that everything works,
//! notes a 9, and that they think of a service agreement.

mod file;
mod flow;
mod forms;
mod list_page;
mod making;
mod new_page;
mod noted_store;
mod page;
pub mod steps;
mod store;

use chrono::NaiveDate;
use sqlx::PgConnection;

use crate::define_id;
use crate::error::{Found, Result};
use crate::kernel::id::{CustomerId, DealId, EmployeeId};
use crate::process::action::Whose;
use crate::web::context::Ctx;
use crate::web::routes::{Gate, Routes};

use super::policy;
use super::scope::Scope;
pub use flow::{late, lock_of_deals, no_more, not_delivered, take};
pub use forms::{Raw, read, score};
pub(in crate::service) use list_page::{of_view, state_name};
pub use making::{Draft, Origin, after_delivery, make, make_due};
use steps::{Standing, Step};

define_id!(
    /// A call to a customer after delivery.
    FollowUpId
);

/// The list, the form, one follow-up and its steps, the file.
pub fn routes() -> Routes {
    Routes::new()
        .get("/follow-ups", Gate::SignedIn, list_page::index)
        .get("/follow-ups.csv", Gate::SignedIn, list_page::download)
        .post("/follow-ups/assign", Gate::SignedIn, list_page::assign)
        .get("/follow-ups/people", Gate::SignedIn, new_page::people)
        .get("/follow-ups/new", Gate::Seller, new_page::show)
        .post("/follow-ups/new", Gate::Seller, new_page::create)
        .get("/follow-ups/import", Gate::Leader, file::show)
        .post("/follow-ups/import", Gate::Leader, file::import)
        .get("/follow-ups/{id}", Gate::SignedIn, page::show)
        .post("/follow-ups/{id}/steps/{step}", Gate::SignedIn, page::step)
}

/// A follow-up as it is stored, with names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FollowUp {
    /// Its id.
    pub id: FollowUpId,
    /// Whom to call.
    pub customer: CustomerId,
    /// Their name.
    pub customer_name: String,
    /// Their number.
    pub customer_no: String,
    /// About which order.
    pub deal: Option<DealId>,
    /// Its number.
    pub order_no: Option<String>,
    /// Who sold it.
    pub seller: Option<EmployeeId>,
    /// Name of whose it is.
    pub owner_name: Option<String>,
    /// Name of the department that answers for it.
    pub department_name: Option<String>,
    /// What to ask; empty for the standard question.
    pub question: String,
    /// What steps change.
    pub standing: Standing,
    /// For stale steps.
    pub version: i64,
}

impl FollowUp {
    /// Whether the reader takes steps with it.
    pub fn is_written_by(&self, ctx: &Ctx) -> bool {
        let (owner, department) = (self.standing.owner, self.standing.department);
        policy::may_write(&ctx.company.organisation, &ctx.actor, ctx.today, owner, department)
    }

    /// Whether the reader may take this step.
    pub fn permits(&self, ctx: &Ctx, step: Step) -> bool {
        let (owner, department) = (self.standing.owner, self.standing.department);
        match step {
            Step::Withdraw | Step::Restore => {
                policy::may_withdraw(&ctx.company.organisation, &ctx.actor, ctx.today, owner, department)
            }
            _ => self.is_written_by(ctx),
        }
    }

    /// What is asked.
    pub fn asks(&self, ctx: &Ctx) -> String {
        if self.question.is_empty() { ctx.l.t("service-question") } else { self.question.clone() }
    }
}

/// Which follow-ups, beside what the reader sees.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// What the reader sees.
    pub scope: Scope,
    /// Of these people or departments; of everybody when absent.
    pub of: Option<(Vec<i64>, Vec<i64>)>,
    /// `to_do`, `overdue` with today, or a state.
    pub state: Option<String>,
    /// The present day.
    pub today: NaiveDate,
    /// Due from this day on.
    pub from: Option<NaiveDate>,
    /// Due on this day at the latest.
    pub last: Option<NaiveDate>,
    /// In the customer's name, the order number or the owner's name.
    pub words: String,
    /// Of a customer.
    pub customer: Option<CustomerId>,
    /// Of an order.
    pub deal: Option<DealId>,
    /// With a higher id, in order of it: for programs.
    pub after: Option<i64>,
}

/// Follow-ups in the order of a column; `slice` is how many and after how many.
pub async fn list(
    conn: &mut PgConnection,
    filter: &Filter,
    sort: (&str, bool),
    slice: (i64, i64),
) -> Result<Vec<FollowUp>> {
    store::list(conn, filter, sort, slice).await
}

/// The follow-up of a source and number, whoever sees it.
pub async fn of_origin(conn: &mut PgConnection, origin: &Origin) -> Result<Option<FollowUpId>> {
    store::by_origin(conn, &origin.source, &origin.number).await
}

/// A follow-up that the reader sees.
pub async fn find(conn: &mut PgConnection, ctx: &Ctx, id: FollowUpId) -> Result<FollowUp> {
    store::find(conn, &Scope::of(ctx), id).await?.found()
}

/// What is still to be done by people or departments, `most` at most and what is due first, with what the order is worth in the company's currency.
pub async fn open_of(conn: &mut PgConnection, scope: &Scope, whose: &Whose) -> Result<Vec<(FollowUp, i64)>> {
    let people = whose.people.iter().map(|id| id.0).collect();
    let departments = whose.departments.iter().map(|id| id.0).collect();
    let filter = Filter {
        scope: scope.clone(),
        of: Some((people, departments)),
        state: Some("to_do".into()),
        last: whose.overdue.and_then(|day| day.pred_opt()),
        ..Filter::default()
    };
    let rows = store::list(conn, &filter, ("due", false), (whose.most(), 0)).await?;
    let deals: Vec<i64> = rows.iter().filter_map(|row| row.deal).map(|id| id.0).collect();
    let worth = super::worth(conn, &deals).await?;
    let value = |row: &FollowUp| row.deal.and_then(|id| worth.get(&id.0)).copied().unwrap_or(0);
    Ok(rows.into_iter().map(|row| (value(&row), row)).map(|(value, row)| (row, value)).collect())
}
