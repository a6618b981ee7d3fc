//! `pacemark demo` and `pacemark serve --demo`: fill an empty installation, and say who to sign in as.

use std::{
    fs::{self, OpenOptions},
    io::{ErrorKind, Write},
    os::unix::fs::OpenOptionsExt,
    path::PathBuf,
};

use anyhow::{Context, Result, bail};
use indicatif::{ProgressBar, ProgressStyle};
use sqlx::PgPool;

use crate::{
    config::Config,
    demo::{self, DemoAccount, Filled, Size},
    kernel::clock::Clock,
    postgres,
};

/// Keeps the accounts of the demo company, readable by its owner only.
const ACCOUNTS_FILE: &str = "demo-accounts.txt";

/// Fills an empty installation; an error when it is not empty.
pub(super) async fn run(config: &Config, pool: &PgPool) -> Result<()> {
    if fill(config, pool).await? {
        return Ok(());
    }
    bail!(
        "this installation is not empty; the demo company only goes into an empty one (choose another --data-dir)"
    )
}

/// Fills an empty installation, else says again who to sign in as, where that is known.
pub(super) async fn fill_or_remind(config: &Config, pool: &PgPool) -> Result<()> {
    if fill(config, pool).await? {
        return Ok(());
    }
    let Some(path) = accounts_file(config)? else { return Ok(()) };
    match fs::read_to_string(&path) {
        Ok(table) => print!("{table}"),
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => tracing::warn!("cannot read {}: {error}", path.display()),
    }
    Ok(())
}

/// True when the installation was empty and is filled now.
async fn fill(config: &Config, pool: &PgPool) -> Result<bool> {
    let bar = ProgressBar::new(0).with_style(ProgressStyle::with_template(
        "Filling in the demo company  {bar:40}  {pos} of {len} deals",
    )?);
    let progress = |done: u64, all: u64| {
        bar.set_length(all);
        bar.set_position(done);
    };
    let filled = demo::fill(pool, &Clock::system(), Size::default(), &progress).await;
    bar.finish_and_clear();
    let Filled::Now(accounts) = filled? else { return Ok(false) };
    let table = table(&accounts);
    if let Some(path) = accounts_file(config)? {
        keep(&path, &table).with_context(|| format!("cannot write {}", path.display()))?;
    }
    print!("{table}");
    Ok(true)
}

/// Where the accounts are kept: beside the private database, nowhere when the database is somebody else's.
fn accounts_file(config: &Config) -> Result<Option<PathBuf>> {
    if config.database_url.is_some() {
        return Ok(None);
    }
    Ok(Some(postgres::data_dir(config)?.join(ACCOUNTS_FILE)))
}

fn keep(path: &PathBuf, table: &str) -> std::io::Result<()> {
    if path.exists() {
        fs::remove_file(path)?;
    }
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(table.as_bytes())
}

fn table(accounts: &[DemoAccount]) -> String {
    let width = accounts.iter().map(|account| account.email.len()).max().unwrap_or_default();
    let mut lines = vec!["Nordhem Ventilation, the demo company. Sign in as:".to_owned()];
    for account in accounts {
        lines.push(format!("  {:<12} {:<width$}  {}", account.role, account.email, account.password));
    }
    lines.join("\n") + "\n"
}
