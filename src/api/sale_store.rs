//! SQL of sales as programs see them: scoped to the viewer, by numbers instead of ids.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;

use super::query::Paging;
use super::sale::{Credit, Line, Sale, StoredSale};
use crate::error::{AppError, Result};
use crate::goals::Viewer;
use crate::kernel::id::{CustomerId, DealId, EmployeeId, ProductId};
use crate::kernel::money::Currency;
use crate::sales::{DealStatus, ShareKind};

/// Which sales.
#[derive(Debug, Default)]
pub(super) struct SaleFilter {
    pub id: Option<DealId>,
    pub from: Option<NaiveDate>,
    pub to: Option<NaiveDate>,
    pub employee_no: Option<String>,
    pub customer_no: Option<String>,
    pub source: Option<String>,
    pub order_no: Option<String>,
}

struct SaleRow {
    id: DealId,
    status: String,
    logged_at: DateTime<Utc>,
    source: String,
    order_no: String,
    ordered_on: NaiveDate,
    customer_no: String,
    employee_no: Option<String>,
    currency: String,
}

/// Sales whose owner, or the holder of a share, the viewer may see; house sales only for those who read everyone.
pub(super) async fn list(
    conn: &mut PgConnection,
    viewer: Viewer,
    filter: &SaleFilter,
    paging: Paging,
) -> Result<Vec<StoredSale>> {
    let rows = sqlx::query_file_as!(
        SaleRow,
        "sql/api_sales.sql",
        viewer.employee.map(|id| id.0),
        viewer.everyone,
        viewer.today,
        filter.id.map(|id| id.0),
        filter.from,
        filter.to,
        filter.employee_no.as_deref(),
        filter.customer_no.as_deref(),
        filter.source.as_deref(),
        filter.order_no.as_deref(),
        paging.after,
        paging.rows()
    )
    .fetch_all(&mut *conn)
    .await?;
    let ids: Vec<i64> = rows.iter().map(|row| row.id.0).collect();
    let mut lines = list_lines(conn, &ids).await?;
    let mut credits = list_credits(conn, &ids).await?;
    let sales = rows.into_iter().map(|row| {
        let id = row.id;
        read(row, lines.remove(&id).unwrap_or_default(), credits.remove(&id).unwrap_or_default())
    });
    sales.collect()
}

fn read(row: SaleRow, lines: Vec<Line>, credits: Vec<Credit>) -> Result<StoredSale> {
    let unreadable = || AppError::internal("unreadable sale");
    Ok(StoredSale {
        id: row.id,
        status: DealStatus::from_code(&row.status).ok_or_else(unreadable)?,
        logged_at: row.logged_at,
        sale: Sale {
            source: row.source,
            order_no: row.order_no,
            ordered_on: row.ordered_on,
            customer_no: row.customer_no,
            employee_no: row.employee_no,
            currency: Currency::parse(&row.currency).ok_or_else(unreadable)?,
            lines,
            credits,
        },
    })
}

async fn list_lines(conn: &mut PgConnection, ids: &[i64]) -> Result<HashMap<DealId, Vec<Line>>> {
    let rows = sqlx::query!(
        r#"select l.deal_id as "deal: DealId", l.line_no, p.sku, l.quantity, l.amount, l.cost
        from deal_lines l join products p on p.id = l.product_id
        where l.deal_id = any($1) and not l.removed order by l.deal_id, l.line_no"#,
        ids
    )
    .fetch_all(conn)
    .await?;
    let mut lines: HashMap<DealId, Vec<Line>> = HashMap::new();
    for row in rows {
        let (number, sku, quantity) = (row.line_no, row.sku, row.quantity);
        let line = Line { number, sku, quantity, amount: row.amount, cost: row.cost };
        lines.entry(row.deal).or_default().push(line);
    }
    Ok(lines)
}

async fn list_credits(conn: &mut PgConnection, ids: &[i64]) -> Result<HashMap<DealId, Vec<Credit>>> {
    let rows = sqlx::query!(
        r#"select s.deal_id as "deal: DealId", e.employee_no, s.kind, s.share_bp
        from deal_shares s join employees e on e.id = s.employee_id
        where s.deal_id = any($1) order by s.deal_id, s.kind collate "C", e.employee_no collate "C""#,
        ids
    )
    .fetch_all(conn)
    .await?;
    let mut credits: HashMap<DealId, Vec<Credit>> = HashMap::new();
    for row in rows {
        let kind = ShareKind::from_code(&row.kind).ok_or_else(|| AppError::internal("unknown share"))?;
        let credit = Credit { employee_no: row.employee_no, kind, share_bp: row.share_bp.unsigned_abs() };
        credits.entry(row.deal).or_default().push(credit);
    }
    Ok(credits)
}

/// The customers with these numbers, by number.
pub(super) async fn find_customers(
    conn: &mut PgConnection,
    numbers: &[String],
) -> Result<HashMap<String, CustomerId>> {
    let rows = sqlx::query!(
        r#"select customer_no, id as "id: CustomerId" from customers where customer_no = any($1)"#,
        numbers
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.customer_no, row.id)).collect())
}

/// The products with these numbers, by number.
pub(super) async fn find_products(
    conn: &mut PgConnection,
    skus: &[String],
) -> Result<HashMap<String, ProductId>> {
    let rows = sqlx::query!(r#"select sku, id as "id: ProductId" from products where sku = any($1)"#, skus)
        .fetch_all(conn)
        .await?;
    Ok(rows.into_iter().map(|row| (row.sku, row.id)).collect())
}

/// A person somebody asks for, by number.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Asked {
    viewer: Option<EmployeeId>,
    everyone: bool,
    today: NaiveDate,
    number: String,
}

impl Asked {
    /// The person with this number, as far as `viewer` goes.
    pub(super) fn new(viewer: Viewer, number: &str) -> Self {
        let Viewer { employee, everyone, today } = viewer;
        Self { viewer: employee, everyone, today, number: number.to_owned() }
    }
}

/// Who was found, and whether the one who asks may see them.
pub(super) type People = HashMap<Asked, (EmployeeId, bool)>;

/// The people who are asked for.
pub(super) async fn find_people(conn: &mut PgConnection, asked: &[Asked]) -> Result<People> {
    if asked.is_empty() {
        return Ok(People::new());
    }
    let (numbers, viewers, everyone, today) = columns(asked);
    let rows = sqlx::query!(
        r#"select a.place as "place!", e.id as "id: EmployeeId",
            a.everyone or e.id in (select v.employee_id from visible_employees(a.viewer, false, a.today) v)
                as "visible!"
        from unnest($1::text[], $2::bigint[], $3::boolean[], $4::date[]) with ordinality
            as a (number, viewer, everyone, today, place)
        join employees e on e.employee_no = a.number"#,
        &numbers,
        &viewers as &[Option<i64>],
        &everyone,
        &today
    )
    .fetch_all(conn)
    .await?;
    let found = rows.into_iter().filter_map(|row| {
        let place = usize::try_from(row.place - 1).ok()?;
        Some((asked.get(place)?.clone(), (row.id, row.visible)))
    });
    Ok(found.collect())
}

type AskedColumns = (Vec<String>, Vec<Option<i64>>, Vec<bool>, Vec<NaiveDate>);

fn columns(asked: &[Asked]) -> AskedColumns {
    let mut columns = AskedColumns::default();
    for one in asked {
        columns.0.push(one.number.clone());
        columns.1.push(one.viewer.map(|id| id.0));
        columns.2.push(one.everyone);
        columns.3.push(one.today);
    }
    columns
}
