//! The ceiling of imports: COPY of the very rows that the import made, into empty tables with the same columns,
//! indexes, checks and foreign keys; nothing is read, compared or added up.

use std::fs;
use std::time::Instant;

use anyhow::Result;

use super::load::to_rate;
use super::postgres::Postgres;
use super::site::Site;

/// What a sale is stored in.
const TABLES: [&str; 3] = ["deals", "deal_lines", "credit_entries"];

/// Order lines per second, of the first `lines` lines.
pub async fn measure(site: &Site<'_>, lines: u64) -> Result<f64> {
    let db = &site.db;
    let lines = lines.min(site.company.lines);
    let last = format!("select deal_id from deal_lines order by id offset {} limit 1", lines - 1);
    let last = db.number(&last).await?;
    let lines = db.number(&format!("select count(*) from deal_lines where deal_id <= {last}")).await?;
    let files = TABLES.map(|table| (table, site.path(table).display().to_string()));
    for (table, file) in &files {
        let key = if *table == "deals" { "id" } else { "deal_id" };
        db.query(&format!("\\copy (select * from {table} where {key} <= {last} order by id) to '{file}'\n"))
            .await?;
    }
    mirror(db, &TABLES).await?;
    db.query("checkpoint").await?;
    let copies: Vec<String> =
        files.iter().map(|(table, file)| format!("\\copy ceiling.{table} from '{file}'\n")).collect();
    let begun = Instant::now();
    db.query(&format!("begin;\n{}commit;\n", copies.concat())).await?;
    let rate = to_rate(usize::try_from(lines)?, begun.elapsed());
    db.query("drop schema ceiling cascade;\ncheckpoint;").await?;
    for (_, file) in &files {
        fs::remove_file(file)?;
    }
    Ok(rate)
}

/// Makes empty tables like `tables` in a schema of its own, with foreign keys to each other where both are there.
pub async fn mirror(db: &Postgres, tables: &[&str]) -> Result<()> {
    let create =
        tables.iter().map(|table| format!("create table ceiling.{table} (like {table} including all);"));
    let create = create.collect::<Vec<_>>().concat();
    let names = tables.iter().map(|table| format!("'{table}'")).collect::<Vec<_>>().join(", ");
    // keys are read while only the originals are visible, and made where the copies come first
    let sql = format!(
        "create schema ceiling; {create}
        do $$ declare keys text[]; key text; begin
            select array_agg(format('alter table ceiling.%I add %s', c.relname, pg_get_constraintdef(k.oid)))
            into keys from pg_constraint k join pg_class c on c.oid = k.conrelid
            where k.contype = 'f' and c.relnamespace = 'public'::regnamespace and c.relname in ({names});
            perform set_config('search_path', 'ceiling, public', true);
            foreach key in array keys loop execute key; end loop;
        end $$;"
    );
    db.query(&sql).await.map(drop)
}
