//! SQL that reads everybody and where they belonged.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use super::organisation::{Person, Stay};
use crate::attainment::fair::{self, Share};
use crate::error::Result;
use crate::kernel::id::{DepartmentId, EmployeeId};
use crate::kernel::period::Period;

/// Everybody, by name, with all their stays.
pub(super) async fn people(conn: &mut PgConnection) -> Result<Vec<Person>> {
    let mut stays = stays(conn).await?;
    let (mut ramps, mut reliefs) = (ramps(conn).await?, reliefs(conn).await?);
    let rows = sqlx::query!(
        r#"select id as "id: EmployeeId", employee_no, name, job_title, hired_on, left_on from employees
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
        left_on: row.left_on,
        ramp: ramps.remove(&row.id).unwrap_or_default(),
        relief: reliefs.remove(&row.id).unwrap_or_default(),
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

/// Ramps by person, the earliest first: a later one is the later word.
async fn ramps(conn: &mut PgConnection) -> Result<HashMap<EmployeeId, Vec<Share>>> {
    let rows = sqlx::query!(
        r#"select employee_id as "person: EmployeeId", starts_on, steps from ramps order by employee_id, starts_on"#
    );
    let mut ramps: HashMap<EmployeeId, Vec<Share>> = HashMap::new();
    for row in rows.fetch_all(conn).await? {
        ramps.entry(row.person).or_default().extend(fair::ramp(row.starts_on, &row.steps));
    }
    Ok(ramps)
}

/// Approved relief by person.
async fn reliefs(conn: &mut PgConnection) -> Result<HashMap<EmployeeId, Vec<Share>>> {
    let rows = sqlx::query!(
        r#"select employee_id as "person: EmployeeId", lower(during) as "from!", upper(during) as "end!", relieved_pct
        from reliefs where state = 'approved' order by employee_id, lower(during)"#
    );
    let mut reliefs: HashMap<EmployeeId, Vec<Share>> = HashMap::new();
    for row in rows.fetch_all(conn).await? {
        let share =
            Period::new(row.from, row.end).map(|period| Share { period, pct: row.relieved_pct.into() });
        reliefs.entry(row.person).or_default().extend(share);
    }
    Ok(reliefs)
}

/// Shares of days by person.
type Shares = HashMap<EmployeeId, Vec<Share>>;

/// Ramps and approved relief of some people as they were known at a moment. Ramps that were replaced or taken away since are not
/// known any more.
pub(super) async fn capacity_at(
    conn: &mut PgConnection,
    people: &[EmployeeId],
    moment: DateTime<Utc>,
) -> Result<(Shares, Shares)> {
    let people: Vec<i64> = people.iter().map(|id| id.0).collect();
    let rows = sqlx::query!(
        r#"select employee_id as "person: EmployeeId", starts_on, steps from ramps
        where employee_id = any($1) and set_at <= $2 order by employee_id, starts_on"#,
        &people,
        moment
    );
    let (mut ramps, mut reliefs) = (Shares::new(), Shares::new());
    for row in rows.fetch_all(&mut *conn).await? {
        ramps.entry(row.person).or_default().extend(fair::ramp(row.starts_on, &row.steps));
    }
    // leave that was cut short or taken back later still stood then
    let rows = sqlx::query!(
        r#"select r.employee_id as "person: EmployeeId", lower(t.during) as "from!", upper(t.during) as "end!", r.relieved_pct
        from reliefs r
        cross join lateral (select case when r.ended_at > $2 then r.granted else r.during end as during) t
        where r.employee_id = any($1) and r.decided_at <= $2
            and (r.state = 'approved' or r.state = 'withdrawn' and r.withdrawn_at > $2)
        order by r.employee_id, lower(t.during)"#,
        &people,
        moment
    );
    for row in rows.fetch_all(conn).await? {
        let share =
            Period::new(row.from, row.end).map(|period| Share { period, pct: row.relieved_pct.into() });
        reliefs.entry(row.person).or_default().extend(share);
    }
    Ok((ramps, reliefs))
}
