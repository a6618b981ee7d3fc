//! SQL of products and their categories.

use sqlx::{PgConnection, Postgres, QueryBuilder};

use super::{NewProduct, ProductFilter, ProductRow, ProductView};
use crate::kernel::id::{CategoryId, ProductId};

type Sql<T> = std::result::Result<T, sqlx::Error>;

pub(super) async fn list_active(conn: &mut PgConnection) -> Sql<Vec<ProductView>> {
    sqlx::query_as!(
        ProductView,
        r#"select p.id as "id: ProductId", p.sku, p.name, p.category_id as "category_id: CategoryId",
            c.name as category, p.unit_cost, p.list_price, p.currency
        from products p join product_categories c on c.id = p.category_id
        where p.active order by lower(p.name) collate "sv-x-icu", p.id"#
    )
    .fetch_all(conn)
    .await
}

pub(super) async fn list_categories(conn: &mut PgConnection) -> Sql<Vec<(CategoryId, String)>> {
    let rows = sqlx::query!(
        r#"select id as "id: CategoryId", name from product_categories order by lower(name) collate "sv-x-icu""#
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.name)).collect())
}

pub(super) async fn names(conn: &mut PgConnection) -> Sql<Vec<(ProductId, String)>> {
    let rows = sqlx::query!(r#"select id as "id: ProductId", name from products"#).fetch_all(conn).await?;
    Ok(rows.into_iter().map(|row| (row.id, row.name)).collect())
}

/// The category of that name, made when there is none.
pub(super) async fn category(conn: &mut PgConnection, name: &str) -> Sql<CategoryId> {
    sqlx::query!("insert into product_categories (name) values ($1) on conflict (name) do nothing", name)
        .execute(&mut *conn)
        .await?;
    sqlx::query_scalar!(r#"select id as "id: CategoryId" from product_categories where name = $1"#, name)
        .fetch_one(conn)
        .await
}

pub(super) async fn insert(
    conn: &mut PgConnection,
    new: &NewProduct<'_>,
    category: CategoryId,
) -> Sql<ProductId> {
    sqlx::query_scalar!(
        r#"insert into products (sku, name, category_id, subcategory, unit_cost, list_price, currency, active)
        values ($1, $2, $3, $4, $5, $6, $7, $8) returning id as "id: ProductId""#,
        new.sku.trim(),
        new.name.trim(),
        category.0,
        new.subcategory.trim(),
        new.unit_cost,
        new.list_price,
        new.currency.code(),
        new.active
    )
    .fetch_one(conn)
    .await
}

pub(super) async fn save(
    conn: &mut PgConnection,
    id: ProductId,
    new: &NewProduct<'_>,
    category: CategoryId,
    version: i64,
) -> Sql<Option<()>> {
    let saved = sqlx::query!(
        "update products set sku = $2, name = $3, category_id = $4, subcategory = $5, unit_cost = $6,
            list_price = $7, currency = $8, active = $9, version = version + 1
        where id = $1 and version = $10",
        id.0,
        new.sku.trim(),
        new.name.trim(),
        category.0,
        new.subcategory.trim(),
        new.unit_cost,
        new.list_price,
        new.currency.code(),
        new.active,
        version
    )
    .execute(conn)
    .await?;
    Ok((saved.rows_affected() == 1).then_some(()))
}

pub(super) async fn find(conn: &mut PgConnection, id: ProductId) -> Sql<Option<ProductRow>> {
    sqlx::query_as!(
        ProductRow,
        r#"select p.id as "id: ProductId", p.sku, p.name, c.name as category, p.subcategory, p.unit_cost,
            p.list_price, p.currency, p.active, p.version, 1::bigint as "total!"
        from products p join product_categories c on c.id = p.category_id where p.id = $1"#,
        id.0
    )
    .fetch_optional(conn)
    .await
}

/// Products as `filter` asks, `limit` of them after `offset`.
pub(super) async fn list(
    conn: &mut PgConnection,
    filter: &ProductFilter,
    (limit, offset): (i64, i64),
) -> Sql<Vec<ProductRow>> {
    let mut query: QueryBuilder<Postgres> = QueryBuilder::new(
        "select p.id, p.sku, p.name, c.name as category, p.subcategory, p.unit_cost, p.list_price, p.currency,
            p.active, p.version, count(*) over () as total
        from products p join product_categories c on c.id = p.category_id where true",
    );
    if !filter.words.is_empty() {
        query.push(" and position(lower(").push_bind(filter.words.clone());
        query.push(") in lower(concat_ws(' ', p.name, p.sku, p.subcategory))) > 0");
    }
    if let Some(category) = filter.category {
        query.push(" and p.category_id = ").push_bind(category.0);
    }
    if let Some(active) = filter.active {
        query.push(" and p.active = ").push_bind(active);
    }
    let (column, descending) = filter.sort;
    query.push(match column {
        "sku" => " order by p.sku",
        "category" => " order by lower(c.name) collate \"sv-x-icu\"",
        "price" => " order by p.list_price",
        _ => " order by lower(p.name) collate \"sv-x-icu\"",
    });
    query.push(if descending { " desc, p.id" } else { ", p.id" });
    query.push(" limit ").push_bind(limit).push(" offset ").push_bind(offset);
    query.build_query_as().fetch_all(conn).await
}
