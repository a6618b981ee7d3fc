//! SQL of teams: who belonged to a department in a period, and which goals there are below it.

use chrono::NaiveDate;
use sqlx::PgConnection;

use super::members::Member;
use crate::error::Result;
use crate::goals::Viewer;
use crate::kernel::id::{CategoryId, DepartmentId, EmployeeId};
use crate::kernel::period::Period;

/// Everybody who belonged to the department or one below it on any day of `period`, and whom the viewer may see.
pub(super) async fn members(
    conn: &mut PgConnection,
    viewer: Viewer,
    department: DepartmentId,
    period: Period,
) -> Result<Vec<Member>> {
    Ok(sqlx::query_as!(
        Member,
        r#"select e.id as "id: EmployeeId", e.employee_no, e.name,
            (array_agg(m.department_id order by lower(m.during) desc))[1] as "department!: DepartmentId",
            bool_or(m.lead) as "leads!", min(lower(m.during)) as "joined_on!",
            case when not bool_or(upper_inf(m.during)) then max(upper(m.during)) end as "gone_on: NaiveDate",
            coalesce(e.hired_on, (select min(lower(f.during)) from memberships f where f.employee_id = e.id))
                as "started_on!"
        from department_subtree($1) t
        join memberships m on m.department_id = t.department_id and m.during && daterange($2, $3)
        join employees e on e.id = m.employee_id
        join visible_employees($4, $5, $6) v on v.employee_id = e.id
        group by e.id
        order by lower(e.name collate "sv-x-icu"), e.id"#,
        department.0,
        period.start,
        period.end,
        viewer.employee.map(|id| id.0),
        viewer.everyone,
        viewer.today
    )
    .fetch_all(conn)
    .await?)
}

/// A sort of goal that exists below a department.
pub(super) struct KindRow {
    pub(super) metric: String,
    pub(super) category: Option<CategoryId>,
    pub(super) category_name: Option<String>,
    pub(super) starts_on: NaiveDate,
    pub(super) ends_on: NaiveDate,
}

/// What goals there are for the department, those below it, and whoever ever belonged to them.
pub(super) async fn kinds(conn: &mut PgConnection, department: DepartmentId) -> Result<Vec<KindRow>> {
    Ok(sqlx::query_as!(
        KindRow,
        r#"with places as (select department_id from department_subtree($1))
        select distinct g.metric, g.category_id as "category: CategoryId", c.name as "category_name?",
            lower(g.period) as "starts_on!", upper(g.period) as "ends_on!"
        from goals g
        left join product_categories c on c.id = g.category_id
        where g.removed_at is null and (g.department_id in (select department_id from places)
            or g.employee_id in (
                select m.employee_id from memberships m join places p on p.department_id = m.department_id))"#,
        department.0
    )
    .fetch_all(conn)
    .await?)
}
