//! What a closing keeps, and whether it is still what would come out (rule 20).

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use chrono::NaiveDate;
use sqlx::PgConnection;

use super::{Closing, State, store};
use crate::attainment::engine::Status;
use crate::attainment::service::{self, AsOf};
use crate::error::Result;
use crate::goals::{self, Goal, GoalFilter, Viewer};
use crate::kernel::id::GoalId;
use crate::kernel::ratio::Pct;
use crate::org::Company;

/// How a goal ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Final {
    /// The goal.
    pub goal: GoalId,
    /// Number of the version in force at the end.
    pub version: i32,
    /// Its full target: minor units, or a count.
    pub target: i64,
    /// What was asked for.
    pub effective_target: i64,
    /// The target first agreed.
    pub original_target: i64,
    /// What was reached.
    pub actual: i64,
    /// Actual of effective target; nothing without a target.
    pub attainment: Option<Pct>,
    /// Met, exceeded or missed, or not applicable.
    pub status: Status,
}

/// How goals of periods that are over end, worked out from the ledger.
pub(super) async fn finals(
    conn: &mut PgConnection,
    company: &Company,
    ids: Vec<GoalId>,
    today: NaiveDate,
) -> Result<Vec<Final>> {
    let filter = GoalFilter { ids: Some(ids), ..GoalFilter::default() };
    let goals = goals::list(conn, Viewer::system(today), &filter).await?;
    let goals: Vec<Arc<Goal>> = goals.into_iter().map(Arc::new).collect();
    let (reached, _) = service::reached(conn, &goals, AsOf::now(today), &[]).await?;
    let ended = goals.iter().zip(reached).map(|(goal, reached)| {
        let at = AsOf::end_of(goal.period.last_day());
        let figures = service::evaluate(company, at, goal, reached);
        Final {
            goal: goal.id,
            version: goal.version_on(goal.period.last_day()),
            target: figures.target,
            effective_target: figures.effective_target,
            original_target: figures.original_target,
            actual: figures.actual,
            attainment: figures.attainment,
            status: figures.status,
        }
    });
    let mut ended: Vec<Final> = ended.collect();
    ended.sort_by_key(|row| row.goal);
    Ok(ended)
}

/// A figure of a closed period that is not any more what it was when the period was closed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changed {
    /// Last day of the period.
    pub closed: NaiveDate,
    /// Whose figure: `person 7, category 0`, or `goal 12`.
    pub what: String,
    /// What was kept.
    pub kept: String,
    /// What comes out now.
    pub now: String,
}

impl fmt::Display for Changed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "period closed to {}: {}: kept {}, now {}", self.closed, self.what, self.kept, self.now)
    }
}

/// Works every closed period out again and compares it with what was kept.
pub async fn verify(conn: &mut PgConnection, company: &Company) -> Result<Vec<Changed>> {
    let mut changed = Vec::new();
    let closings = store::list(conn).await?;
    for closing in closings.iter().filter(|closing| closing.state == State::Closed) {
        changed.extend(figures(conn, closing).await?);
        changed.extend(ended(conn, company, closing).await?);
    }
    Ok(changed)
}

async fn figures(conn: &mut PgConnection, closing: &Closing) -> Result<Vec<Changed>> {
    let moved = store::moved(conn, closing).await?;
    let changed = moved.into_iter().map(|moved| Changed {
        closed: closing.period.last_day(),
        what: format!(
            "{} {}, category {}, {}",
            moved.holder,
            moved.holder_id,
            moved.category_id,
            moved.basis.code()
        ),
        kept: format!("{:?}", moved.kept),
        now: format!("{:?}", moved.now),
    });
    Ok(changed.collect())
}

async fn ended(conn: &mut PgConnection, company: &Company, closing: &Closing) -> Result<Vec<Changed>> {
    let kept = store::goals_of(conn, closing.id).await?;
    let ids = kept.iter().map(|row| row.goal).collect();
    let now = finals(conn, company, ids, closing.period.end).await?;
    let now: HashMap<GoalId, Final> = now.into_iter().map(|now| (now.goal, now)).collect();
    let changed = kept.iter().filter_map(|kept| {
        let now = now.get(&kept.goal);
        (now != Some(kept)).then(|| Changed {
            closed: closing.period.last_day(),
            what: format!("goal {}", kept.goal),
            kept: format!("{kept:?}"),
            now: now.map_or_else(|| "gone".to_owned(), |now| format!("{now:?}")),
        })
    });
    Ok(changed.collect())
}
