//! SQL that reads everybody and where they belonged.

use std::collections::HashMap;

use sqlx::PgConnection;

use super::organisation::{Person, Stay};
use crate::error::Result;
use crate::kernel::id::{DepartmentId, EmployeeId};

/// Everybody, by name, with all their stays.
pub(super) async fn people(conn: &mut PgConnection) -> Result<Vec<Person>> {
    let mut stays = stays(conn).await?;
    let rows = sqlx::query!(
        r#"select id as "id: EmployeeId", employee_no, name, job_title, hired_on from employees
        order by lower(name) collate "sv-x-icu", id"#
    )
    .fetch_all(conn)
    .await?;
    let people = rows.into_iter().map(|row| Person {
        id: row.id,
        employee_no: row.employee_no,
        name: row.name,
        job_title: row.job_title,
        hired_on: row.hired_on,
        stays: stays.remove(&row.id).unwrap_or_default(),
    });
    Ok(people.collect())
}

async fn stays(conn: &mut PgConnection) -> Result<HashMap<EmployeeId, Vec<Stay>>> {
    let rows = sqlx::query!(
        r#"select employee_id as "person: EmployeeId", department_id as "department: DepartmentId", lead,
            lower(during) as "from!", upper(during) as end
        from memberships order by employee_id, lower(during)"#
    )
    .fetch_all(conn)
    .await?;
    let mut stays: HashMap<EmployeeId, Vec<Stay>> = HashMap::new();
    for row in rows {
        let stay = Stay { department: row.department, lead: row.lead, from: row.from, end: row.end };
        stays.entry(row.person).or_default().push(stay);
    }
    Ok(stays)
}
