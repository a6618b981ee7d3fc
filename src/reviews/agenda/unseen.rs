//! Goals that those they are for have not acknowledged.

use std::collections::HashMap;

use sqlx::PgConnection;

use super::{About, Line, On, count};
use crate::error::Result;
use crate::goals::{self, Goal, GoalFilter, Viewer, acknowledgements};
use crate::kernel::id::{EmployeeId, GoalId};
use crate::notices::Value;

/// So many by name.
const MOST: usize = 8;

pub(super) async fn lines(conn: &mut PgConnection, on: &On<'_>) -> Result<Vec<Line>> {
    let inside = on.inside();
    let people = on.company.organisation.people_on(on.today);
    let people: Vec<EmployeeId> =
        people.filter(|person| inside.contains(&person.department)).map(|person| person.id).collect();
    let waiting = acknowledgements::waiting(conn, &people).await?;
    if waiting.is_empty() {
        return Ok(Vec::new());
    }
    let ids = Some(waiting.iter().take(MOST).map(|one| one.goal).collect());
    let goals =
        goals::list(conn, Viewer::system(on.today), &GoalFilter { ids, ..GoalFilter::default() }).await?;
    let goals: HashMap<GoalId, Goal> = goals.into_iter().map(|goal| (goal.id, goal)).collect();
    let total = i64::try_from(waiting.len()).unwrap_or(i64::MAX);
    let mut lines = vec![Line::new("unseen-count", "/goals").figure(count(total), None).about(on.about())];
    lines.extend(waiting.into_iter().take(MOST).filter_map(|one| {
        let goal = goals.get(&one.goal)?;
        let category = goal.category.as_ref().map(|(_, name)| name.as_str());
        let line = Line::new("unseen", format!("/goals/{}", goal.id))
            .with("who", Value::text(one.name))
            .with("what", Value::counted(goal.metric, category))
            .with("period", Value::period(&goal.period))
            .with("day", Value::Day { day: on.company.day_of(one.asked_at) })
            .tone("risk");
        Some(line.about(About::Person(one.employee)))
    }));
    Ok(lines)
}
