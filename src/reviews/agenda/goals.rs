//! The department's goals, and whose below it are at risk or behind.

use std::collections::HashMap;

use sqlx::PgConnection;

use super::{About, Figure, Line, On};
use crate::attainment::engine::Status;
use crate::attainment::service::{self, GoalFigures};
use crate::attainment::view::{by_weight, state, urgency};
use crate::error::Result;
use crate::goals::{self, Goal, GoalFilter, Subject, Viewer};
use crate::kernel::id::GoalId;
use crate::kernel::ratio::Pct;
use crate::notices::Value;

/// So many of the department's own goals, and so many of those below.
const MOST: (usize, usize) = (8, 10);

pub(super) async fn lines(conn: &mut PgConnection, on: &On<'_>) -> Result<Vec<Line>> {
    let filter = GoalFilter { subjects: Some(subjects(on)), on: Some(on.at.day), ..GoalFilter::default() };
    let mut goals = goals::list(conn, Viewer::system(on.today), &filter).await?;
    goals.sort_by(by_weight);
    let earlier: Vec<Goal> =
        goals.iter().filter(|goal| goal.period.contains(on.at_before.day)).cloned().collect();
    let now = service::figures(conn, on.company, on.at, goals).await?;
    let before = service::figures(conn, on.company, on.at_before, earlier).await?;
    let before: HashMap<GoalId, Option<Pct>> =
        before.iter().map(|goal| (goal.goal.id, goal.figures.attainment)).collect();
    let (own, mut below): (Vec<_>, Vec<_>) =
        now.into_iter().partition(|goal| goal.goal.subject == on.subject());
    below.retain(|goal| matches!(goal.figures.status, Status::AtRisk | Status::Behind));
    below.sort_by_key(|goal| (urgency(goal.figures.status), goal.figures.pace));
    let shown = own.iter().take(MOST.0).chain(below.iter().take(MOST.1));
    Ok(shown.map(|goal| line(goal, before.get(&goal.goal.id).copied().flatten())).collect())
}

/// The department with what is below it and its people; of the whole company only its departments.
fn subjects(on: &On<'_>) -> Vec<Subject> {
    let (own, inside) = (on.series.department, on.inside());
    let below = inside.iter().filter(|id| **id != own).map(|id| Subject::Department(*id));
    let mut subjects: Vec<Subject> = std::iter::once(on.subject()).chain(below).collect();
    if !on.is_company() {
        let people = on.company.organisation.people_on(on.at.day);
        let people = people.filter(|person| inside.contains(&person.department));
        subjects.extend(people.map(|person| Subject::Person(person.id)));
    }
    subjects
}

fn line(row: &GoalFigures, before: Option<Pct>) -> Line {
    let goal = &row.goal;
    let category = goal.category.as_ref().map(|(_, name)| name.as_str());
    let percent = |pct: Option<Pct>| pct.map(|pct| Figure::Percent { value: pct.0 });
    let about = match goal.subject {
        Subject::Person(id) => About::Person(id),
        Subject::Department(id) | Subject::Company(id) => About::Department(id),
    };
    Line::new("goal", format!("/goals/{}", goal.id))
        .with("who", Value::text(&goal.subject_name))
        .with("what", Value::counted(goal.metric, category))
        .with("period", Value::period(&goal.period))
        .figure(percent(row.figures.attainment), percent(before))
        .tone(state(row.figures.status))
        .about(about)
}
