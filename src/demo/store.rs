//! The few rows that filling an installation reads by itself.

use sqlx::{PgConnection, PgPool};

use crate::error::Result;
use crate::kernel::id::{CategoryId, DealId, LineId};

/// Whether nobody has entered anything. Whoever asks at the same time waits until the transaction ends.
pub(super) async fn is_empty(conn: &mut PgConnection) -> Result<bool> {
    sqlx::query!("select id from settings for update").fetch_one(&mut *conn).await?;
    let has_any = sqlx::query_scalar!(
        r#"select exists (select from users) or exists (select from employees) or exists (select from departments)
            or exists (select from products) or exists (select from customers) or exists (select from deals)
            or exists (select from goals) as "any!""#
    );
    Ok(!has_any.fetch_one(conn).await?)
}

/// The first line of a deal.
pub(super) async fn first_line(conn: &mut PgConnection, deal: DealId) -> Result<LineId> {
    let line = sqlx::query_scalar!(
        r#"select id as "id: LineId" from deal_lines where deal_id = $1 and not removed order by line_no limit 1"#,
        deal.0
    );
    Ok(line.fetch_one(conn).await?)
}

/// A product category by name.
pub(super) async fn category(conn: &mut PgConnection, name: &str) -> Result<CategoryId> {
    let category =
        sqlx::query_scalar!(r#"select id as "id: CategoryId" from product_categories where name = $1"#, name);
    Ok(category.fetch_one(conn).await?)
}

/// Lets the database count its tables, so that the first pages are planned as well as later ones.
pub(super) async fn analyze(pool: &PgPool) -> Result<()> {
    sqlx::query!("analyze").execute(pool).await?;
    Ok(())
}
