//! Rows of a file on their way into a temporary table, where whole files are checked and written at once.

use std::io::Read;

use sqlx::{AssertSqlSafe, PgConnection, Row};
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;

use super::columns::{Cell, Column};
use super::fault::{Fault, Faults, KEPT};
use super::load::Origin;
use super::reader::{self, Reading};
use super::{Counts, Kind};
use crate::error::{AppError, Result};
use crate::kernel::money::Currency;

/// Parts of a file that wait for the database; more would only fill the memory.
const WAITING: usize = 4;

/// The statements of a kind: the one that finds faults, and the one that writes.
const fn scripts(kind: Kind) -> (&'static str, &'static str) {
    macro_rules! pair {
        ($name:literal) => {
            (
                include_str!(concat!("../../sql/import_", $name, "_check.sql")),
                include_str!(concat!("../../sql/import_", $name, ".sql")),
            )
        };
    }
    match kind {
        Kind::Departments => pair!("departments"),
        Kind::Employees => pair!("employees"),
        Kind::Memberships => pair!("memberships"),
        Kind::Products => pair!("products"),
        Kind::Customers => pair!("customers"),
        Kind::Sales => pair!("sales"),
        Kind::Goals => pair!("goals"),
    }
}

/// Makes the tables that every import needs, and notes whose it is and which currency the company counts in.
pub(super) async fn open(conn: &mut PgConnection, origin: &Origin, currency: Currency) -> Result<()> {
    // compiling a plan takes longer than running it on any file but the largest
    sqlx::raw_sql(
        "set local client_min_messages = warning; set local jit = off; set local plan_cache_mode = auto",
    )
    .execute(&mut *conn)
    .await?;
    sqlx::raw_sql(include_str!("../../sql/import_tables.sql")).execute(&mut *conn).await?;
    sqlx::query("insert into import_run (source, at, by_user, currency) values ($1, $2, $3, $4)")
        .bind(&origin.source)
        .bind(origin.at)
        .bind(origin.by.map(|user| user.0))
        .bind(currency.code())
        .execute(conn)
        .await?;
    Ok(())
}

/// Reads `input` into the staging table of `kind`; `seen` hears how many rows and bytes were read so far.
pub(super) async fn fill(
    conn: &mut PgConnection,
    kind: Kind,
    input: Box<dyn Read + Send>,
    seen: impl Fn(u64, u64),
) -> Result<Reading> {
    let table = format!("stage_{}", kind.code());
    sqlx::raw_sql(AssertSqlSafe(create_table(&table, kind.columns()))).execute(&mut *conn).await?;
    let (sink, mut chunks) = mpsc::channel(WAITING);
    let reading = spawn_blocking(move || reader::read(input, kind.columns(), &sink));
    let mut copy = conn.copy_in_raw(&format!("copy pg_temp.{table} from stdin")).await?;
    while let Some(chunk) = chunks.recv().await {
        copy.send(chunk.data).await?;
        seen(chunk.rows, chunk.bytes);
    }
    copy.finish().await?;
    sqlx::raw_sql(AssertSqlSafe(format!("analyze pg_temp.{table}"))).execute(conn).await?;
    reading.await.map_err(AppError::internal)
}

/// Built from the names of our own columns only.
fn create_table(table: &str, columns: &[Column]) -> String {
    let mut sql = format!("drop table if exists {table}; create temp table {table} (line bigint not null");
    for column in columns {
        let name = match column.name {
            "from" => "first_day",
            "to" => "last_day",
            name => name,
        };
        sql.extend([", ", name, " ", sql_type(column.cell)]);
    }
    sql + ") on commit drop"
}

const fn sql_type(cell: Cell) -> &'static str {
    match cell {
        Cell::Text | Cell::Code | Cell::Currency | Cell::Choice(_) => "text",
        Cell::Date => "date",
        Cell::Number => "integer",
        Cell::Quantity | Cell::Amount | Cell::Price | Cell::Target => "bigint",
        Cell::Flag => "boolean",
    }
}

/// Notes how amounts of `currencies` become amounts of the company's currency.
pub(super) async fn note_currencies(
    conn: &mut PgConnection,
    currencies: impl IntoIterator<Item = Currency>,
    company: Currency,
) -> Result<()> {
    sqlx::query("update import_run set currency = $1").bind(company.code()).execute(&mut *conn).await?;
    for currency in currencies {
        let places = i64::from(company.exponent()) - i64::from(currency.exponent());
        sqlx::query(
            "insert into import_currencies (currency, shift)
            values ($1, case when $2 < 0 then 1::numeric / (10::numeric ^ (-$2)) else 10::numeric ^ $2 end)
            on conflict do nothing",
        )
        .bind(currency.code())
        .bind(places)
        .execute(&mut *conn)
        .await?;
    }
    Ok(())
}

/// Finds the faults that only show when the rows are seen together with each other and with what is stored.
pub(super) async fn check(conn: &mut PgConnection, kind: Kind) -> Result<Faults> {
    sqlx::raw_sql(scripts(kind).0).execute(&mut *conn).await?;
    let count: i64 = sqlx::query_scalar("select count(*) from import_faults").fetch_one(&mut *conn).await?;
    let rows = sqlx::query(
        "select line, name, coalesce(value, '') as value, reason, args from import_faults
        order by line, name, reason limit $1",
    )
    .bind(i64::try_from(KEPT).unwrap_or(i64::MAX))
    .fetch_all(conn)
    .await?;
    let mut faults = Faults { first: Vec::new(), count: count.unsigned_abs() };
    for row in rows {
        let line: i64 = row.try_get("line")?;
        let (name, value, reason): (&str, &str, &str) =
            (row.try_get("name")?, row.try_get("value")?, row.try_get("reason")?);
        let mut fault = Fault::new(line.unsigned_abs(), name, value, reason);
        fault.args = row.try_get::<sqlx::types::Json<_>, _>("args")?.0;
        faults.first.push(fault);
    }
    Ok(faults)
}

/// Writes the staged rows, and says what became of them.
pub(super) async fn write(conn: &mut PgConnection, kind: Kind) -> Result<Counts> {
    sqlx::raw_sql("delete from import_counts").execute(&mut *conn).await?;
    sqlx::raw_sql(scripts(kind).1).execute(&mut *conn).await?;
    Ok(sqlx::query_as("select added, changed, unchanged from import_counts").fetch_one(conn).await?)
}
