//! SQL of the search.

use chrono::NaiveDate;
use sqlx::PgConnection;

use super::{Hit, Kind};
use crate::error::Result;
use crate::kernel::id::EmployeeId;

/// Who looks: what they see of people and of figures is not always the same.
pub(super) struct Viewer {
    pub(super) employee: Option<EmployeeId>,
    /// Reads everybody's figures.
    pub(super) figures: bool,
    /// Reads who works where in the whole company.
    pub(super) organisation: bool,
    /// Manages people and departments.
    pub(super) administers: bool,
    pub(super) day: NaiveDate,
}

/// Up to `limit` of each kind whose name or number contains `words`; those that begin with them first.
pub(super) async fn search(
    conn: &mut PgConnection,
    viewer: &Viewer,
    words: &str,
    limit: i64,
) -> Result<Vec<Hit>> {
    let mut hits = people(conn, viewer, words, limit).await?;
    hits.extend(customers(conn, words, limit).await?);
    hits.extend(deals(conn, viewer, words, limit).await?);
    hits.extend(products(conn, words, limit).await?);
    if viewer.administers {
        hits.extend(departments(conn, words, limit).await?);
    }
    Ok(hits)
}

async fn people(conn: &mut PgConnection, viewer: &Viewer, words: &str, limit: i64) -> Result<Vec<Hit>> {
    let rows = sqlx::query!(
        r#"select e.id, e.name, e.job_title from employees e
        join visible_employees($1, $2, $3) v on v.employee_id = e.id
        where position(lower($4) in lower(e.name || ' ' || e.employee_no)) > 0
        order by not starts_with(lower(e.name), lower($4)), lower(e.name) collate "sv-x-icu", e.id limit $5"#,
        viewer.employee.map(|employee| employee.0),
        viewer.organisation,
        viewer.day,
        words,
        limit
    )
    .fetch_all(conn)
    .await?;
    let hit =
        |(id, name, note): (i64, String, String)| hit(Kind::Person, format!("/people/{id}"), name, note);
    Ok(rows.into_iter().map(|row| hit((row.id, row.name, row.job_title))).collect())
}

fn hit(kind: Kind, href: String, name: String, note: String) -> Hit {
    Hit { kind, href, name, note }
}

async fn customers(conn: &mut PgConnection, words: &str, limit: i64) -> Result<Vec<Hit>> {
    let rows = sqlx::query!(
        r#"select id, name, customer_no, region from customers
        where position(lower($1) in lower(name)) > 0 or customer_no = $1
        order by not starts_with(lower(name), lower($1)), lower(name) collate "sv-x-icu", id limit $2"#,
        words,
        limit
    )
    .fetch_all(conn)
    .await?;
    let note = |number: String, region: String| {
        if region.is_empty() { number } else { format!("{number} · {region}") }
    };
    let rows = rows.into_iter();
    Ok(rows
        .map(|row| {
            let href = format!("/customers/{}", row.id);
            hit(Kind::Customer, href, row.name, note(row.customer_no, row.region))
        })
        .collect())
}

/// Deals by their number, of people the viewer sees; house sales for those who read everybody's figures.
async fn deals(conn: &mut PgConnection, viewer: &Viewer, words: &str, limit: i64) -> Result<Vec<Hit>> {
    let rows = sqlx::query!(
        r#"with visible as materialized (select employee_id from visible_employees($1, $2, $3))
        select d.id, d.order_no, c.name as customer from deals d join customers c on c.id = d.customer_id
        where starts_with(lower(d.order_no) collate "C", lower($4)) and d.status <> 'undone'
            and (d.employee_id in (select employee_id from visible)
                or exists (select from deal_shares s join visible v using (employee_id) where s.deal_id = d.id)
                or d.employee_id is null and $2)
        order by d.ordered_on desc, d.id desc limit $5"#,
        viewer.employee.map(|employee| employee.0),
        viewer.figures,
        viewer.day,
        words,
        limit
    )
    .fetch_all(conn)
    .await?;
    let rows = rows.into_iter();
    Ok(rows.map(|row| hit(Kind::Deal, format!("/deals/{}", row.id), row.order_no, row.customer)).collect())
}

async fn products(conn: &mut PgConnection, words: &str, limit: i64) -> Result<Vec<Hit>> {
    let rows = sqlx::query!(
        r#"select id, name, sku from products
        where position(lower($1) in lower(name || ' ' || sku)) > 0
        order by not starts_with(lower(name), lower($1)), not active, lower(name) collate "sv-x-icu", id limit $2"#,
        words,
        limit
    )
    .fetch_all(conn)
    .await?;
    let rows = rows.into_iter();
    Ok(rows.map(|row| hit(Kind::Product, format!("/products/{}", row.id), row.name, row.sku)).collect())
}

async fn departments(conn: &mut PgConnection, words: &str, limit: i64) -> Result<Vec<Hit>> {
    let rows = sqlx::query!(
        r#"select id, name, code from departments
        where position(lower($1) in lower(name || ' ' || code)) > 0
        order by not starts_with(lower(name), lower($1)), lower(name) collate "sv-x-icu", id limit $2"#,
        words,
        limit
    )
    .fetch_all(conn)
    .await?;
    let rows = rows.into_iter();
    Ok(rows
        .map(|row| hit(Kind::Department, format!("/admin/departments/{}", row.id), row.name, row.code))
        .collect())
}
