//! Finding whose goal it is: by name, employee number or department code, as people type it.

use askama::Template;
use axum::response::{IntoResponse, Response};
use sqlx::PgConnection;

use super::{Goal, Subject, Viewer, policy, structure};
use crate::auth::Actor;
use crate::error::{AppError, Result};
use crate::kernel::id::{DepartmentId, EmployeeId, GoalId};
use crate::web::context::Ctx;
use crate::web::list::ListQuery;
use crate::web::page::Page;

/// Suggestions shown at once.
const SUGGESTIONS: i64 = 12;

/// A person or department that can have a goal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Whose goal it would be.
    pub subject: Subject,
    /// Their name.
    pub name: String,
    /// Employee number or department code.
    pub reference: String,
}

impl Candidate {
    /// As the field holds it: "Elias Sandberg · 1042".
    pub fn written(&self) -> String {
        format!("{} · {}", self.name, self.reference)
    }
}

#[derive(Template)]
#[template(path = "goals/subjects.html")]
struct Suggestions {
    candidates: Vec<Candidate>,
}

/// `GET /goals/subjects?subject=`: suggestions while typing.
pub async fn suggest(ctx: Ctx, query: ListQuery) -> Result<Response> {
    let viewer = Viewer::new(&ctx.actor, ctx.today);
    let candidates = find(&mut *ctx.app.read().await?, viewer, query.text("subject"), SUGGESTIONS).await?;
    Ok(Page::ok(Suggestions { candidates }).into_response())
}

/// The one subject that `typed` means. Faults: nobody, or more than one of that name.
pub async fn resolve(
    conn: &mut PgConnection,
    viewer: Viewer,
    typed: &str,
) -> Result<std::result::Result<Candidate, &'static str>> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Ok(Err("error-required"));
    }
    let key = typed.rsplit_once(" · ").map_or(typed, |(_, reference)| reference);
    let found = find(conn, viewer, key, 200).await?;
    let same = |a: &str| a.to_lowercase() == key.to_lowercase();
    let by_reference: Vec<&Candidate> = found.iter().filter(|c| same(&c.reference)).collect();
    let by_name: Vec<&Candidate> = found.iter().filter(|c| same(&c.name)).collect();
    Ok(match (by_reference.as_slice(), by_name.as_slice(), found.as_slice()) {
        ([one], ..) | ([], [one], _) => Ok((*one).clone()),
        ([], [], [one]) => Ok(one.clone()),
        ([], [], []) => Err("error-goal-nobody"),
        _ => Err("error-goal-several"),
    })
}

/// The subject of an address such as `?person=12` or `?department=3`, if the viewer may see it.
pub async fn by_id(conn: &mut PgConnection, viewer: Viewer, query: &ListQuery) -> Result<Option<Candidate>> {
    let (person, department): (Option<i64>, Option<i64>) =
        (query.parsed("person"), query.parsed("department"));
    let found = sqlx::query!(
        r#"select 'person' as "kind!", e.id as "id!", e.name as "name!", e.employee_no as "reference!"
        from employees e join visible_employees($1, $2, $3) v on v.employee_id = e.id where e.id = $4
        union all
        select case when d.kind = 'company' then 'company' else 'department' end, d.id, d.name, d.code
        from departments d join visible_departments($1, $2, $3) v on v.department_id = d.id where d.id = $5
        limit 1"#,
        viewer.employee.map(|id| id.0),
        viewer.everyone,
        viewer.today,
        person,
        department
    )
    .fetch_optional(conn)
    .await?;
    Ok(found.and_then(|row| candidate(&row.kind, row.id, row.name, row.reference)))
}

async fn find(conn: &mut PgConnection, viewer: Viewer, words: &str, limit: i64) -> Result<Vec<Candidate>> {
    let rows = sqlx::query!(
        r#"select kind as "kind!", id as "id!", name as "name!", reference as "reference!" from (
            select case when d.kind = 'company' then 'company' else 'department' end as kind, d.id, d.name,
                d.code as reference, 0 as rank
            from departments d join visible_departments($1, $2, $3) v on v.department_id = d.id
            union all
            select 'person', e.id, e.name, e.employee_no, 1
            from employees e join visible_employees($1, $2, $3) v on v.employee_id = e.id
            where e.left_on is null or e.left_on >= $3
        ) s
        where strpos(lower(name), lower($4)) > 0 or lower(reference) = lower($4)
        order by lower(reference) = lower($4) desc, lower(name) = lower($4) desc, rank, name limit $5"#,
        viewer.employee.map(|id| id.0),
        viewer.everyone,
        viewer.today,
        words,
        limit
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().filter_map(|row| candidate(&row.kind, row.id, row.name, row.reference)).collect())
}

fn candidate(kind: &str, id: i64, name: String, reference: String) -> Option<Candidate> {
    let subject = Subject::read(kind, Some(EmployeeId(id)), Some(DepartmentId(id)))?;
    Some(Candidate { subject, name, reference })
}

/// A goal that the reader may set: not found where they do not see it, forbidden where it is another's to set.
pub async fn settable(conn: &mut PgConnection, ctx: &Ctx, id: GoalId) -> Result<Goal> {
    let viewer = Viewer::new(&ctx.actor, ctx.today);
    let goal = super::find(conn, viewer, id).await?;
    let may = may_set(conn, &ctx.actor, viewer, goal.subject).await?;
    if may { Ok(goal) } else { Err(AppError::Forbidden) }
}

/// Whether the actor may set goals of `subject`.
pub async fn may_set(
    conn: &mut PgConnection,
    actor: &Actor,
    viewer: Viewer,
    subject: Subject,
) -> Result<bool> {
    let place = match subject.employee() {
        Some(person) => structure::place_of(conn, person, viewer.today).await?,
        None => None,
    };
    Ok(policy::may_set(actor, subject, place))
}
