//! What follow-ups, replies and scores count for in goals of those who serve: one fact each, corrected when it changes.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;

use crate::attainment::Metric;
use crate::error::Result;
use crate::facts::{self, FactDraft, Facts};
use crate::goals::Subject;
use crate::kernel::id::{DealId, DepartmentId, EmployeeId, UserId};
use crate::service::follow_ups::FollowUpId;

/// Where the facts come from that the process itself notes.
pub const SOURCE: &str = facts::PROCESS_SOURCE;

/// Whose fact it is: the owner's, or the department's where there is none.
pub fn subject(owner: Option<EmployeeId>, department: Option<DepartmentId>) -> Option<Subject> {
    owner.map(Subject::Person).or_else(|| department.map(Subject::Department))
}

/// Something to note, or to take back where there is nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Measure {
    /// Its number: "follow-up-17".
    pub fact_no: String,
    /// What it counts for.
    pub metric: Metric,
    /// Whose, on which day, and what; nothing when it does not count.
    pub said: Option<(Subject, NaiveDate, Facts)>,
}

/// Lets a fact say what is so now.
pub async fn sync(
    conn: &mut PgConnection,
    measure: Measure,
    by: Option<UserId>,
    now: DateTime<Utc>,
) -> Result<()> {
    let Some((subject, day, facts)) = measure.said else {
        return facts::withdraw(conn, SOURCE, &measure.fact_no, now).await;
    };
    let draft = FactDraft {
        source: SOURCE.to_owned(),
        fact_no: Some(measure.fact_no),
        metric: measure.metric,
        subject,
        day,
        facts,
        note: String::new(),
    };
    facts::note(conn, &draft, |_| true, by, now).await.map(drop)
}

/// What a customer scores. Of each, one score counts, whoever notes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Occasion {
    /// How an order went.
    Order(DealId),
    /// A call that was about no order.
    Call(FollowUpId),
}

impl Occasion {
    /// What a call is about.
    pub fn of(call: FollowUpId, deal: Option<DealId>) -> Self {
        deal.map_or(Self::Call(call), Self::Order)
    }

    /// The number of its score.
    pub fn score_no(self) -> String {
        match self {
            Self::Order(id) => format!("score-deal-{id}"),
            Self::Call(id) => format!("score-follow-up-{id}"),
        }
    }
}

/// A score of 0 to 10 as a fact: points in hundredths over one answer.
pub fn score(score: i16) -> Facts {
    Facts { part: i64::from(score) * 100, whole: 1 }
}
