//! Whether every total is right: the rollup is computed anew from the ledger, and the ledger is compared with the
//! deals it comes from.

use std::fmt;

use chrono::NaiveDate;
use sqlx::{Connection, FromRow, PgConnection};

use crate::closing;
use crate::error::Result;
use crate::kernel::basis::Basis;
use crate::kernel::period::{FiscalCalendar, Period, PeriodKind};
use crate::org::company;

/// A place where a rollup is wrong.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct WrongTotal {
    /// Which rollup: person or department, day or month.
    pub name: String,
    /// The person's or department's id; 0 for house sales and for the company.
    pub holder: i64,
    /// The category's id; 0 for all products.
    pub category: i64,
    /// Whether it is about overlay credits.
    pub overlay: bool,
    /// Which basis it is of.
    pub basis: Basis,
    /// The day, or the first day of the month.
    pub day: NaiveDate,
    /// Revenue, margin, units, orders, new customers by the ledger.
    pub ledger: Vec<i64>,
    /// The same by the rollup.
    pub rollup: Vec<i64>,
}

/// Two figures that should be the same and are not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Difference {
    /// A rollup is not what the ledger says.
    Rollup(WrongTotal),
    /// A closed period does not come to what was kept.
    Closed(closing::Changed),
    /// The credits of a deal are not its lines less what came back.
    Deal {
        /// The deal's order number.
        order_no: String,
        /// On which basis.
        basis: Basis,
        /// Revenue, margin, units by the deal.
        lines: Vec<i64>,
        /// The same by the ledger.
        ledger: Vec<i64>,
    },
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rollup(WrongTotal { name, holder, category, overlay, basis, day, ledger, rollup }) => {
                let kind = if *overlay { "overlay" } else { "direct" };
                write!(f, "{name} {day} of {holder}, category {category}, {kind}, {}: ", basis.code())?;
                write!(f, "ledger {}, rollup {}", Listed(ledger), Listed(rollup))
            }
            Self::Closed(changed) => changed.fmt(f),
            Self::Deal { order_no, basis, lines, ledger } => {
                write!(f, "order {order_no}, {}: ", basis.code())?;
                write!(f, "lines {}, ledger {}", Listed(lines), Listed(ledger))
            }
        }
    }
}

/// Figures with their names, as both lists begin alike.
struct Listed<'a>(&'a [i64]);

impl fmt::Display for Listed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = ["revenue", "margin", "units", "orders", "new customers"];
        for (place, (name, value)) in names.iter().zip(self.0).enumerate() {
            write!(f, "{}{name} {value}", if place == 0 { "" } else { ", " })?;
        }
        Ok(())
    }
}

/// Every difference there is; none when all totals are right.
pub async fn run(conn: &mut PgConnection) -> Result<Vec<Difference>> {
    let mut tx = conn.begin().await?;
    let mut differences = rollup(&mut tx).await?;
    differences.extend(deals(&mut tx).await?);
    let company = company::find(&mut tx).await?;
    differences.extend(closing::verify(&mut tx, &company).await?.into_iter().map(Difference::Closed));
    tx.rollback().await?;
    Ok(differences)
}

/// How many ledger rows and rows of rollups were compared.
pub async fn extent(conn: &mut PgConnection) -> Result<(i64, i64)> {
    let row = sqlx::query!(
        r#"select (select count(*) from credit_entries) as "entries!",
            (select count(*) from person_days) + (select count(*) from person_months)
                + (select count(*) from department_days) + (select count(*) from department_months) as "rows!""#
    )
    .fetch_one(conn)
    .await?;
    Ok((row.entries, row.rows))
}

/// The quarters that the ledger reaches over: few enough days at a time to be summed up in memory.
async fn quarters(conn: &mut PgConnection) -> Result<Vec<Period>> {
    let bounds = sqlx::query!(
        "select min(d.first) as first, max(d.last) as last from (values (0::smallint), (1)) b (basis) cross join lateral (
            select min(credit_date) as first, max(credit_date) as last from credit_entries e where e.basis = b.basis) d"
    );
    let bounds = bounds.fetch_one(conn).await?;
    let Some((first, last)) = bounds.first.zip(bounds.last) else { return Ok(Vec::new()) };
    let calendar = FiscalCalendar { start_month: 1 };
    let quarter = |day| calendar.containing(PeriodKind::Quarter, day);
    let all = std::iter::successors(Some(quarter(first)), |before| Some(quarter(before.end)));
    Ok(all.take_while(|period| period.start <= last).collect())
}

/// Works in temporary tables, which go with the transaction.
async fn rollup(conn: &mut PgConnection) -> Result<Vec<Difference>> {
    sqlx::raw_sql(include_str!("../../sql/verify_tables.sql")).execute(&mut *conn).await?;
    for period in quarters(conn).await? {
        let sum = sqlx::query(include_str!("../../sql/verify_ledger_days.sql"));
        sum.bind(period.start).bind(period.end).execute(&mut *conn).await?;
    }
    sqlx::raw_sql("analyze ledger_days; analyze ledger_totals").execute(&mut *conn).await?;
    let sql = include_str!("../../sql/verify_rollups.sql");
    let wrong: Vec<WrongTotal> = sqlx::query_as(sql).persistent(false).fetch_all(conn).await?;
    Ok(wrong.into_iter().map(Difference::Rollup).collect())
}

async fn deals(conn: &mut PgConnection) -> Result<Vec<Difference>> {
    let rows = sqlx::query_file!("sql/deal_differences.sql").fetch_all(conn).await?;
    let differences = rows.into_iter().map(|row| Difference::Deal {
        order_no: row.order_no,
        basis: row.basis,
        lines: row.lines,
        ledger: row.ledger,
    });
    Ok(differences.collect())
}
