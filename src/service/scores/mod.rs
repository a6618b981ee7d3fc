//! The scores that customers gave in some days, in groups and one by one. Of an order, or a call about none, one score counts:
//! what the customer said themselves, or else what somebody heard from them.

mod page;
mod store;

use chrono::NaiveDate;
use sqlx::{FromRow, PgConnection};

use super::follow_ups::FollowUpId;
use crate::error::Result;
use crate::kernel::id::{CustomerId, DealId, DepartmentId, EmployeeId, ProductId};
use crate::kernel::period::Period;
use crate::process::grouping::{Grouped, Grouping};
use crate::process::packed::{Tally, What};
use crate::web::routes::{Gate, Routes};

/// The list and its download.
pub fn routes() -> Routes {
    Routes::new().get("/scores", Gate::SignedIn, page::index).get(
        "/scores.csv",
        Gate::SignedIn,
        page::download,
    )
}

/// Scores of a group.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scores {
    /// How many.
    pub answers: i64,
    /// Their sum; each is 0 to 10.
    pub sum: i64,
}

impl Scores {
    /// Their average in hundredths, rounded half up; nothing where there are none.
    pub fn average(&self) -> Option<i64> {
        (self.answers > 0).then(|| (self.sum * 200 + self.answers) / (self.answers * 2))
    }
}

impl From<Tally> for Scores {
    fn from(tally: Tally) -> Self {
        Self { answers: tally.count, sum: tally.sum() }
    }
}

/// What customers gave, by the key of the group, and all together; about sales of `people`, or of everybody.
pub async fn scores_by(
    conn: &mut PgConnection,
    grouping: &Grouping<'_>,
    people: Option<&[i64]>,
) -> Result<Grouped<Scores>> {
    let (groups, all) = grouping.tallies(conn, What::Scores, people).await?;
    Ok((groups.into_iter().map(|(key, tally)| (key, tally.into())).collect(), all.into()))
}

/// Which scores are asked for.
#[derive(Clone, Debug)]
struct Filter {
    /// The people whose sales the reader sees; everybody's when absent.
    only: Option<Vec<i64>>,
    days: Period,
    person: Option<EmployeeId>,
    /// With those below it, on the day of the score.
    department: Option<DepartmentId>,
    product: Option<ProductId>,
    segment: Option<String>,
}

/// A score.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
struct Given {
    day: NaiveDate,
    score: i16,
    /// By the customer themselves, and not as somebody heard it.
    said: bool,
    words: String,
    customer: CustomerId,
    customer_name: String,
    deal: Option<DealId>,
    order_no: Option<String>,
    call: Option<FollowUpId>,
    /// Who sold, or made the call.
    person_name: Option<String>,
}
