//! `pacemark verify`: whether every total is right.

use anyhow::{Result, bail};
use sqlx::{Acquire, PgPool};

use crate::attainment::verify;
use crate::process::packed;

/// Prints every difference; fails when there is one.
pub(super) async fn verify(db: PgPool) -> Result<()> {
    let mut conn = db.acquire().await?;
    let mut tx = conn.begin().await?;
    // it reads the whole ledger, however long that takes and whatever sorting it needs
    sqlx::raw_sql(
        "set local statement_timeout = 0; set local work_mem = '256MB'; set local plan_cache_mode = auto",
    )
    .execute(&mut *tx)
    .await?;
    // one snapshot: what is booked meanwhile is in all of it or in none
    sqlx::query!("set transaction isolation level repeatable read").execute(&mut *tx).await?;
    let differences = verify::run(&mut tx).await?;
    let wrong_days = packed::wrong_days(&mut tx).await?;
    let wrong_months = packed::wrong_months(&mut tx).await?;
    let (entries, days) = verify::extent(&mut tx).await?;
    tx.rollback().await?;
    for difference in &differences {
        println!("{difference}");
    }
    for day in &wrong_days {
        println!("figures of the process on {day}: not kept as their rows say");
    }
    for month in &wrong_months {
        println!("figures of the process in {}: not counted as their days say", month.format("%Y-%m"));
    }
    let wrong = differences.len() + wrong_days.len() + wrong_months.len();
    if wrong > 0 {
        bail!("{wrong} totals are wrong");
    }
    println!("Every total is right: {entries} ledger rows and {days} rollup rows compared, no difference.");
    Ok(())
}
