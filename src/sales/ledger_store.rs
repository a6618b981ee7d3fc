//! SQL of the ledger and its rollup.

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use sqlx::PgConnection;

use super::credit::{Credit, CreditEvent, CreditKind, Entry, Figures, Posting};
use crate::error::{AppError, Result};
use crate::kernel::basis::Basis;
use crate::kernel::id::{CategoryId, DealId, EmployeeId, EntryId, LineId};
use crate::kernel::money::Currency;

struct EntryRow {
    id: EntryId,
    basis: Basis,
    line: LineId,
    employee: Option<EmployeeId>,
    kind: String,
    share_bp: i32,
    event: String,
    date: NaiveDate,
    revenue: i64,
    margin: i64,
    units: i64,
    orders: i16,
    new_customers: i16,
    category: CategoryId,
    category_orders: i16,
    category_new_customers: i16,
    rate: Decimal,
    reverses: Option<EntryId>,
}

impl TryFrom<EntryRow> for Entry {
    type Error = AppError;

    fn try_from(row: EntryRow) -> Result<Self> {
        let credit = Credit {
            basis: row.basis,
            line: row.line,
            employee: row.employee,
            kind: CreditKind::from_code(&row.kind).ok_or_else(|| AppError::internal("unknown kind"))?,
            share_bp: row.share_bp,
            event: CreditEvent::from_code(&row.event).ok_or_else(|| AppError::internal("unknown event"))?,
            date: row.date,
            figures: Figures {
                revenue: row.revenue,
                margin: row.margin,
                units: row.units,
                orders: row.orders,
                new_customers: row.new_customers,
                category_orders: row.category_orders,
                category_new_customers: row.category_new_customers,
            },
            category: row.category,
            rate: row.rate.normalize(),
        };
        Ok(Self { id: row.id, credit, reverses: row.reverses })
    }
}

/// All rows of a deal, in the order they were posted, each on the day it belongs to.
pub(super) async fn list_of_deal(conn: &mut PgConnection, deal: DealId) -> Result<Vec<Entry>> {
    let rows = sqlx::query_as!(
        EntryRow,
        r#"select id as "id: EntryId", basis as "basis: Basis", line_id as "line: LineId", employee_id as "employee: EmployeeId", kind, share_bp,
            event, coalesce(origin_date, credit_date) as "date!", revenue, margin, units, orders, new_customers,
            category_id as "category: CategoryId", category_orders, category_new_customers, rate,
            reverses_id as "reverses: EntryId"
        from credit_entries where deal_id = $1 order by id"#,
        deal.0
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Entry::try_from).collect()
}

/// Units of the company's currency for one of `currency` on a day: the latest rate not after it.
pub(super) async fn find_rate(
    conn: &mut PgConnection,
    currency: Currency,
    on: NaiveDate,
) -> Result<Option<Decimal>> {
    let rate = sqlx::query_scalar!(
        "select rate from exchange_rates where currency = $1 and valid_from <= $2 order by valid_from desc limit 1",
        currency.code(),
        on
    )
    .fetch_optional(conn)
    .await?;
    Ok(rate.map(|rate| rate.normalize()))
}

/// Columns of the rows to post, as arrays for one statement.
#[derive(Default)]
struct Columns {
    deal: Vec<i64>,
    at: Vec<DateTime<Utc>>,
    line: Vec<i64>,
    employee: Vec<Option<i64>>,
    kind: Vec<String>,
    share_bp: Vec<i32>,
    event: Vec<String>,
    date: Vec<NaiveDate>,
    revenue: Vec<i64>,
    margin: Vec<i64>,
    units: Vec<i64>,
    orders: Vec<i16>,
    new_customers: Vec<i16>,
    category: Vec<i64>,
    category_orders: Vec<i16>,
    category_new_customers: Vec<i16>,
    rate: Vec<Decimal>,
    reverses: Vec<Option<i64>>,
    relates_to: Vec<Option<i64>>,
    basis: Vec<i16>,
}

impl Columns {
    fn push(&mut self, (deal, at, posting): &(DealId, DateTime<Utc>, Posting)) {
        let credit = &posting.credit;
        self.deal.push(deal.0);
        self.at.push(*at);
        self.line.push(credit.line.0);
        self.employee.push(credit.employee.map(|id| id.0));
        self.kind.push(credit.kind.code().to_owned());
        self.share_bp.push(credit.share_bp);
        self.event.push(credit.event.code().to_owned());
        self.date.push(credit.date);
        self.revenue.push(credit.figures.revenue);
        self.margin.push(credit.figures.margin);
        self.units.push(credit.figures.units);
        self.orders.push(credit.figures.orders);
        self.new_customers.push(credit.figures.new_customers);
        self.category.push(credit.category.0);
        self.category_orders.push(credit.figures.category_orders);
        self.category_new_customers.push(credit.figures.category_new_customers);
        self.rate.push(credit.rate);
        self.reverses.push(posting.reverses.map(|id| id.0));
        self.relates_to.push(posting.relates_to.map(|id| id.0));
        self.basis.push(credit.basis.number());
    }
}

/// Appends rows, each of a deal and at a moment, and adds them to what is pending for the rollups.
pub(super) async fn post(
    conn: &mut PgConnection,
    currency: Currency,
    postings: &[(DealId, DateTime<Utc>, Posting)],
) -> Result<()> {
    if postings.is_empty() {
        return Ok(());
    }
    let mut c = Columns::default();
    for posting in postings {
        c.push(posting);
    }
    sqlx::query_file!(
        "sql/post_credits.sql",
        currency.code(),
        &c.deal,
        &c.at,
        &c.line,
        &c.employee as &[Option<i64>],
        &c.kind,
        &c.share_bp,
        &c.event,
        &c.date,
        &c.revenue,
        &c.margin,
        &c.units,
        &c.orders,
        &c.new_customers,
        &c.category,
        &c.category_orders,
        &c.category_new_customers,
        &c.rate,
        &c.reverses as &[Option<i64>],
        &c.relates_to as &[Option<i64>],
        &c.basis
    )
    .execute(conn)
    .await?;
    Ok(())
}
