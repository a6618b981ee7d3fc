//! SQL of teams: which sorts of goals there are below a department.

use chrono::NaiveDate;
use sqlx::PgConnection;

use crate::error::Result;
use crate::kernel::id::{CategoryId, DepartmentId};

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
