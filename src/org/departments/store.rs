//! SQL of departments.

use sqlx::{PgConnection, Postgres, QueryBuilder};

use super::{DepartmentFilter, DepartmentKind, DepartmentView, NewDepartment};
use crate::error::Result;
use crate::kernel::id::DepartmentId;

type Sql<T> = std::result::Result<T, sqlx::Error>;

pub(super) async fn list(conn: &mut PgConnection) -> Result<Vec<DepartmentView>> {
    let rows = sqlx::query!(
        r#"with recursive tree as (
            select id, 0 as depth, array[lower(name collate "sv-x-icu"), id::text] as place
            from departments where parent_id is null
            union all
            select d.id, t.depth + 1, t.place || array[lower(d.name collate "sv-x-icu"), d.id::text]
            from departments d join tree t on d.parent_id = t.id
        )
        select d.id as "id!: DepartmentId", d.code as "code!", d.name as "name!", d.kind as "kind!",
            d.parent_id as "parent: DepartmentId", t.depth as "depth!", d.version as "version!"
        from tree t join departments d on d.id = t.id order by t.place"#
    )
    .fetch_all(conn)
    .await?;
    let view = |row: (DepartmentId, String, String, String, Option<DepartmentId>, i32, i64)| DepartmentView {
        id: row.0,
        code: row.1,
        name: row.2,
        kind: DepartmentKind::from_code(&row.3).unwrap_or(DepartmentKind::Other),
        parent: row.4,
        depth: row.5,
        version: row.6,
    };
    let rows = rows.into_iter();
    Ok(rows.map(|r| view((r.id, r.code, r.name, r.kind, r.parent, r.depth, r.version))).collect())
}

pub(super) async fn find(conn: &mut PgConnection, filter: &DepartmentFilter) -> Sql<Vec<DepartmentId>> {
    let mut query: QueryBuilder<Postgres> = QueryBuilder::new("select id from departments where true");
    if !filter.words.is_empty() {
        query.push(" and position(lower(").push_bind(filter.words.clone());
        query.push(") in lower(concat_ws(' ', name, code))) > 0");
    }
    if let Some(kind) = &filter.kind {
        query.push(" and kind = ").push_bind(kind.clone());
    }
    query.push(if filter.by_code { " order by code" } else { " order by lower(name) collate \"sv-x-icu\"" });
    query.push(", id");
    query.build_query_scalar().fetch_all(conn).await
}

pub(super) async fn insert(conn: &mut PgConnection, new: &NewDepartment<'_>) -> Sql<DepartmentId> {
    sqlx::query_scalar!(
        r#"insert into departments (code, name, kind, parent_id) values ($1, $2, $3, $4)
        returning id as "id: DepartmentId""#,
        new.code.trim(),
        new.name.trim(),
        new.kind.code(),
        new.parent.map(|parent| parent.0)
    )
    .fetch_one(conn)
    .await
}

/// Makes those who move departments wait for each other, so that two moves cannot close a circle.
pub(super) async fn lock_tree(conn: &mut PgConnection) -> Sql<()> {
    sqlx::query!("select id from departments where kind = 'company' for update")
        .fetch_all(conn)
        .await
        .map(drop)
}

pub(super) async fn subtree(conn: &mut PgConnection, root: DepartmentId) -> Sql<Vec<DepartmentId>> {
    sqlx::query_scalar!(r#"select department_id as "id!: DepartmentId" from department_subtree($1)"#, root.0)
        .fetch_all(conn)
        .await
}

pub(super) async fn save(
    conn: &mut PgConnection,
    id: DepartmentId,
    new: &NewDepartment<'_>,
    version: i64,
) -> Sql<Option<()>> {
    let saved = sqlx::query!(
        "update departments set code = $2, name = $3, kind = $4, parent_id = $5, version = version + 1
        where id = $1 and version = $6",
        id.0,
        new.code.trim(),
        new.name.trim(),
        new.kind.code(),
        new.parent.map(|parent| parent.0),
        version
    )
    .execute(conn)
    .await?;
    Ok((saved.rows_affected() == 1).then_some(()))
}
