//! SQL of the rules that make follow-ups.

use sqlx::PgConnection;

use super::{Bought, Rule, RuleDraft, RuleId, Who};
use crate::error::Result;
use crate::kernel::id::{CategoryId, DepartmentId, ProductId};

pub(super) async fn list(conn: &mut PgConnection) -> Result<Vec<Rule>> {
    let rows = sqlx::query!(
        r#"select r.id as "id: RuleId", r.days_after, r.category_id as "category: CategoryId",
            r.product_id as "product: ProductId", r.department_id as "department: DepartmentId", r.assigns, r.question,
            r.active, r.version, coalesce(p.name, c.name) as "bought_name?", d.name as "department_name?"
        from follow_up_rules r left join products p on p.id = r.product_id
            left join product_categories c on c.id = r.category_id left join departments d on d.id = r.department_id
        order by r.product_id is null, r.category_id is null, coalesce(p.name, c.name), r.days_after, r.id"#
    );
    let rows = rows.fetch_all(conn).await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let bought = match (row.product, row.category) {
                (Some(id), _) => Bought::Product(id),
                (_, Some(id)) => Bought::Category(id),
                _ => Bought::Anything,
            };
            let who = match (row.department, row.assigns.as_str()) {
                (Some(id), "fewest") => Who::Fewest(id),
                (Some(id), _) => Who::Lead(id),
                _ => Who::Seller,
            };
            let (question, active) = (row.question, row.active);
            let draft = RuleDraft { days_after: row.days_after, bought, who, question, active };
            let (bought_name, department) = (row.bought_name, row.department_name);
            Rule { id: row.id, draft, bought_name, department, version: row.version }
        })
        .collect())
}

/// Category, product, department and how the department assigns.
fn columns(draft: &RuleDraft) -> (Option<i64>, Option<i64>, Option<i64>, &'static str) {
    let (category, product) = match draft.bought {
        Bought::Anything => (None, None),
        Bought::Category(id) => (Some(id.0), None),
        Bought::Product(id) => (None, Some(id.0)),
    };
    let (department, assigns) = match draft.who {
        Who::Seller => (None, "lead"),
        Who::Lead(id) => (Some(id.0), "lead"),
        Who::Fewest(id) => (Some(id.0), "fewest"),
    };
    (category, product, department, assigns)
}

pub(super) async fn insert(conn: &mut PgConnection, draft: &RuleDraft) -> Result<RuleId> {
    let (category, product, department, assigns) = columns(draft);
    let id = sqlx::query_scalar!(
        r#"insert into follow_up_rules (days_after, category_id, product_id, department_id, assigns, question, active)
        values ($1, $2, $3, $4, $5, $6, $7) returning id as "id: RuleId""#,
        draft.days_after,
        category,
        product,
        department,
        assigns,
        draft.question,
        draft.active
    );
    Ok(id.fetch_one(conn).await?)
}

/// `None` when `version` is stale.
pub(super) async fn update(
    conn: &mut PgConnection,
    id: RuleId,
    version: i64,
    draft: &RuleDraft,
) -> Result<Option<()>> {
    let (category, product, department, assigns) = columns(draft);
    let done = sqlx::query!(
        "update follow_up_rules set days_after = $3, category_id = $4, product_id = $5, department_id = $6, assigns = $7,
            question = $8, active = $9, version = version + 1
        where id = $1 and version = $2",
        id.0,
        version,
        draft.days_after,
        category,
        product,
        department,
        assigns,
        draft.question,
        draft.active
    )
    .execute(conn)
    .await?;
    Ok((done.rows_affected() == 1).then_some(()))
}
