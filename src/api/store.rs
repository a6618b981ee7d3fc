//! SQL of subjects and of the company's lists: everything passes through what the viewer may see.

use sqlx::PgConnection;

use super::catalogue::{CustomerItem, DepartmentItem, EmployeeItem, ProductItem};
use super::envelope::Amount;
use super::query::Paging;
use crate::error::{AppError, Result};
use crate::goals::Viewer;
use crate::kernel::money::Currency;

/// Departments the viewer may see, with their ids.
pub(super) async fn list_departments(
    conn: &mut PgConnection,
    viewer: Viewer,
    paging: Paging,
) -> Result<Vec<(i64, DepartmentItem)>> {
    let rows = sqlx::query!(
        r#"select d.id, d.code, d.name, d.kind, p.code as "parent?" from departments d
        left join departments p on p.id = d.parent_id
        where d.id > $4 and d.id in (select v.department_id from visible_departments($1, $2, $3) v)
        order by d.id limit $5"#,
        viewer.employee.map(|id| id.0),
        viewer.everyone,
        viewer.today,
        paging.after,
        paging.rows()
    )
    .fetch_all(conn)
    .await?;
    let item = |code, name, kind, parent| DepartmentItem { code, name, kind, parent };
    Ok(rows.into_iter().map(|row| (row.id, item(row.code, row.name, row.kind, row.parent))).collect())
}

/// People the viewer may see, with their ids and the department they belong to today.
pub(super) async fn list_employees(
    conn: &mut PgConnection,
    viewer: Viewer,
    paging: Paging,
) -> Result<Vec<(i64, EmployeeItem)>> {
    let rows = sqlx::query!(
        r#"select e.id, e.employee_no, e.name, e.job_title, d.code as "department?" from employees e
        left join memberships m on m.employee_id = e.id and m.during @> $3::date
        left join departments d on d.id = m.department_id
        where e.id > $4 and e.id in (select v.employee_id from visible_employees($1, $2, $3) v)
        order by e.id limit $5"#,
        viewer.employee.map(|id| id.0),
        viewer.everyone,
        viewer.today,
        paging.after,
        paging.rows()
    )
    .fetch_all(conn)
    .await?;
    let items = rows.into_iter().map(|row| {
        let item = EmployeeItem {
            employee_no: row.employee_no,
            name: row.name,
            job_title: row.job_title,
            department: row.department,
        };
        (row.id, item)
    });
    Ok(items.collect())
}

/// Products with their ids.
pub(super) async fn list_products(
    conn: &mut PgConnection,
    paging: Paging,
) -> Result<Vec<(i64, ProductItem)>> {
    let rows = sqlx::query!(
        r#"select p.id, p.sku, p.name, c.name as category, p.subcategory, p.unit_cost, p.list_price, p.currency,
            p.active
        from products p join product_categories c on c.id = p.category_id
        where p.id > $1 order by p.id limit $2"#,
        paging.after,
        paging.rows()
    )
    .fetch_all(conn)
    .await?;
    let items = rows.into_iter().map(|row| {
        let currency =
            Currency::parse(&row.currency).ok_or_else(|| AppError::internal("unknown currency"))?;
        let item = ProductItem {
            sku: row.sku,
            name: row.name,
            category: row.category,
            subcategory: row.subcategory,
            unit_cost: Amount::money(row.unit_cost, currency),
            list_price: Amount::money(row.list_price, currency),
            active: row.active,
        };
        Ok((row.id, item))
    });
    items.collect()
}

/// Customers with their ids.
pub(super) async fn list_customers(
    conn: &mut PgConnection,
    paging: Paging,
) -> Result<Vec<(i64, CustomerItem)>> {
    let rows = sqlx::query!(
        "select id, customer_no, name, segment, region from customers where id > $1 order by id limit $2",
        paging.after,
        paging.rows()
    )
    .fetch_all(conn)
    .await?;
    let items = rows.into_iter().map(|row| {
        let item = CustomerItem {
            customer_no: row.customer_no,
            name: row.name,
            segment: row.segment,
            region: row.region,
        };
        (row.id, item)
    });
    Ok(items.collect())
}
