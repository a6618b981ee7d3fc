//! Service after the sale: customers are called after delivery, what they complain of is answered in a promised time, and
//! what they say counts.
//!
//! Example: Elias delivers to Holmen Skog. A week later a follow-up waits for him; he calls, notes a 9 and sends a link by
//! which the buyer says what was good. Somebody else there gives a 4 by the same sort of link: customer service has a case
//! at once, with a time by which it is answered.

pub mod cases;
pub mod feedback;
pub mod follow_ups;
pub mod hours;
mod known;
mod measures;
mod part;
pub mod policy;
pub mod rules;
pub mod scope;
mod scores;
mod store;
mod waiting;
pub mod work;

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;

use crate::error::Result;
use crate::kernel::id::UserId;
use crate::org::Company;
use crate::web::context::Ctx;
use crate::web::routes::Routes;

pub use cases::cases_in_days;
pub use follow_ups::{after_delivery, lock_of_deals, make_due, not_delivered};
pub use known::{Known, known};
pub use measures::SOURCE;
pub use part::{Part, part_of_customer, part_of_deal};
pub use scores::{Scores, scores_by};
pub use waiting::actions;
pub use work::keep_counting;

/// Follow-ups, cases, feedback, scores and what governs them.
pub fn routes() -> Routes {
    let areas =
        [follow_ups::routes(), cases::routes(), feedback::routes(), scores::routes(), rules::routes()];
    areas.into_iter().fold(Routes::new(), Routes::merge)
}

/// Who does something, and when.
#[derive(Clone, Debug)]
pub struct Hand<'a> {
    /// The company.
    pub company: &'a Company,
    /// The account; nobody for customers and the system.
    pub user: Option<UserId>,
    /// Name as shown.
    pub name: String,
    /// Now.
    pub now: DateTime<Utc>,
    /// The business date now.
    pub today: NaiveDate,
}

impl<'a> Hand<'a> {
    /// The reader's.
    pub fn of(ctx: &'a Ctx) -> Self {
        let (user, name) = (Some(ctx.actor.user), ctx.actor.name.clone());
        Self { company: &ctx.company, user, name, now: ctx.now, today: ctx.today }
    }

    /// Nobody's: for customers and work in the background.
    pub fn nobody(company: &'a Company, now: DateTime<Utc>) -> Self {
        Self { company, user: None, name: String::new(), now, today: company.day_of(now) }
    }
}

/// What orders are worth, minor units of the company's currency.
async fn worth(conn: &mut PgConnection, deals: &[i64]) -> Result<HashMap<i64, i64>> {
    if deals.is_empty() { Ok(HashMap::new()) } else { store::worth(conn, deals).await }
}
