//! What the database of this machine does without Pacemark: a round trip, and one durable ledger row per transaction.

use anyhow::{Result, ensure};

use super::copying;
use super::load::millis;
use super::postgres::{Postgres, Transactions};
use super::report::{Report, Row};
use super::site::Site;
use crate::support::stats::median;

/// Clients that write at a time.
pub const CLIENTS: [usize; 2] = [8, 32];

/// Tables whose rows a ledger row points to, with the column that does.
const POINTED_TO: [(&str, &str); 4] = [
    ("deal_id", "deals"),
    ("line_id", "deal_lines"),
    ("employee_id", "employees"),
    ("category_id", "product_categories"),
];

/// Commits per second that the database does, with [`CLIENTS`].
pub type Commits = [f64; 2];

/// Measures and reports both.
pub async fn measure(site: &Site<'_>, report: &mut Report) -> Result<Commits> {
    let trip = runs(site, "select 1;\n", 1).await?;
    report.add(row("ceiling-select", "`select 1` over the socket, 1 client", &trip));
    copying::mirror(&site.db, &["credit_entries"]).await?;
    let script = insert(&site.db).await?;
    let mut commits = Commits::default();
    for (clients, commits) in CLIENTS.into_iter().zip(&mut commits) {
        let measured = runs(site, &script, clients).await?;
        *commits = measured.0;
        let what = format!("One durable ledger row per transaction, {clients} clients");
        report.add(row(&format!("ceiling-commit-{clients}"), &what, &measured));
    }
    site.db.query("drop schema ceiling cascade;\ncheckpoint;").await?;
    Ok(commits)
}

/// Rate, p50 and p99: medians of the runs.
async fn runs(site: &Site<'_>, script: &str, clients: usize) -> Result<(f64, f64, f64)> {
    let mut runs: Vec<Transactions> = Vec::new();
    for _ in 0..site.pace.runs {
        runs.push(site.db.bench(script, clients, site.pace.length, &site.path("")).await?);
    }
    let of = |what: fn(&Transactions) -> f64| median(&runs.iter().map(what).collect::<Vec<_>>());
    Ok((of(|run| run.rate), of(|run| millis(run.times.p50())), of(|run| millis(run.times.p99()))))
}

fn row(key: &str, what: &str, (rate, p50, p99): &(f64, f64, f64)) -> Row {
    Row::new(key, what).value(*rate, "/s").times(*p50, *p99)
}

/// A script that inserts the latest ledger row over and over, pointing to other rows each time.
async fn insert(db: &Postgres) -> Result<String> {
    let mut script = String::new();
    for (column, table) in POINTED_TO {
        let least = db.number(&format!("select min(id) from {table}")).await?;
        let most = db.number(&format!("select max(id) from {table}")).await?;
        let count = db.number(&format!("select count(*) from {table}")).await?;
        ensure!(count == most - least + 1, "the ids of {table} have gaps");
        script.extend(["\\set ", column, &format!(" random({least}, {most})\n")]);
    }
    let columns = POINTED_TO.map(|(column, _)| format!("'{column}'")).join(", ");
    let statement = format!(
        "with latest as (select to_jsonb(e) as entry from credit_entries e where employee_id is not null
            order by id desc limit 1)
        select format('insert into ceiling.credit_entries (%s) values (%s);', string_agg(quote_ident(column_name), ', '),
            string_agg(case when column_name in ({columns}) then ':' || column_name
                else quote_nullable(entry ->> column_name) end, ', '))
        from latest, information_schema.columns
        where table_schema = 'public' and table_name = 'credit_entries' and is_identity = 'NO'
            and is_generated = 'NEVER'"
    );
    Ok(script + &db.query(&statement).await? + "\n")
}
