//! The goals of one sort, remembered while nothing changes that they are made of.

use std::sync::Arc;

use chrono::NaiveDate;
use sqlx::PgConnection;

use super::{Goal, GoalFilter, NamedKind, Subject, Viewer, list};
use crate::attainment::view::Kind;
use crate::error::Result;
use crate::kernel::id::EmployeeId;
use crate::kernel::remembered::Remembered;
use crate::org::Company;
use crate::web::context::Ctx;

/// Everybody's goals, by their sort.
pub type Sheets = Remembered<Kind, Vec<Arc<Goal>>>;

/// Which sorts of goals there are, by who asks: the person, whether they read everyone, and the day.
pub type Kinds = Remembered<(Option<EmployeeId>, bool, NaiveDate), Vec<NamedKind>>;

/// What sorts of goals the reader may see, latest period first.
pub async fn kinds(conn: &mut PgConnection, ctx: &Ctx) -> Result<Arc<Vec<NamedKind>>> {
    let viewer = Viewer::new(&ctx.actor, ctx.today);
    let (remembered, revision) = (&ctx.app.kinds, ctx.company.revision);
    let key = (viewer.employee, viewer.everyone, viewer.today);
    match remembered.at(revision, &key) {
        Some(kinds) => Ok(kinds),
        None => Ok(remembered.keep(revision, key, super::kinds(conn, viewer).await?)),
    }
}

/// The goals of a sort that a viewer may see, by subject's kind and name.
pub async fn of_kind(
    conn: &mut PgConnection,
    sheets: &Sheets,
    company: &Company,
    viewer: Viewer,
    kind: Kind,
) -> Result<Vec<Arc<Goal>>> {
    let all = match sheets.at(company.revision, &kind) {
        Some(goals) => goals,
        None => sheets.keep(company.revision, kind, load(conn, kind).await?),
    };
    if viewer.everyone {
        return Ok(all.to_vec());
    }
    let people = company.organisation.visible_people(viewer);
    let departments = company.organisation.visible_departments(viewer);
    let sees = |goal: &&Arc<Goal>| match goal.subject {
        Subject::Person(id) => people.contains(&id),
        Subject::Department(id) | Subject::Company(id) => departments.contains(&id),
    };
    Ok(all.iter().filter(sees).cloned().collect())
}

async fn load(conn: &mut PgConnection, kind: Kind) -> Result<Vec<Arc<Goal>>> {
    let everybody = Viewer::system(kind.period.start); // who sees everything does so on any day
    let goals = list(conn, everybody, &GoalFilter::of_kind(kind)).await?;
    Ok(goals.into_iter().map(Arc::new).collect())
}
