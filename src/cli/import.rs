//! `pacemark import …`: files into the database, with a progress bar for people and lines for scripts.

use std::io::{self, IsTerminal};
use std::path::Path;

use anyhow::{Result, bail, ensure};
use indicatif::{ProgressBar, ProgressStyle};
use sqlx::PgPool;
use tokio::sync::watch;

use super::{ImportArgs, ImportKind};
use crate::error::AppError;
use crate::imports::{self, Faults, Input, Kind, Order, Progress, Report};
use crate::kernel::clock::Clock;
use crate::kernel::lang::Lang;
use crate::org::company;
use crate::pipeline::Stamp;
use crate::pipeline::import::{self, Origin, Table};
use crate::sales::policy::Reach;
use crate::web::i18n::Localiser;

/// Imports what `args` name; fails when a row is bad, and then nothing has changed.
pub(super) async fn import(db: &PgPool, args: &ImportArgs) -> Result<()> {
    if args.kind == ImportKind::Opportunities {
        return opportunities(db, args).await;
    }
    let order = order(args)?;
    let (progress, seen) = watch::channel(Progress::default());
    let bar = io::stderr().is_terminal().then(|| tokio::spawn(draw(seen)));
    let outcome = imports::run(db, &Clock::system(), order, &progress).await;
    drop(progress);
    if let Some(bar) = bar {
        bar.await?;
    }
    let report = outcome.map_err(|error| anyhow::anyhow!(words(&error)))?;
    print(&report, args.dry_run)
}

/// Opportunities, by what the source's columns and names were said to mean.
async fn opportunities(db: &PgPool, args: &ImportArgs) -> Result<()> {
    let bytes = std::fs::read(&args.path)?;
    let table =
        Table::read(&bytes).map_err(|(line, key)| anyhow::anyhow!("line {line}: {}", english(key)))?;
    let mut tx = db.begin().await?;
    let company = company::find(&mut tx).await?;
    let at = Clock::system().now();
    let stamp = Stamp { by: None, at, day: company.day_of(at) };
    let origin = Origin { source: &args.source, reach: &Reach::Everybody, stamp };
    let said = async {
        let mapping = import::mapping_for(&mut tx, &args.source, &table).await?;
        let checked = import::check(&mut tx, &company, (&table, &mapping), origin).await?;
        Ok::<_, AppError>((mapping, checked))
    };
    let (mapping, checked) = said.await.map_err(|error| anyhow::anyhow!(words(&error)))?;
    let l = Localiser::new(Lang::En);
    if !checked.is_clean() {
        for fault in import::words(l, &checked, &mapping) {
            eprintln!("{fault}");
        }
        bail!("nothing was changed; what names mean is said at /pipeline/import");
    }
    let outcome = import::write(&mut tx, &company, checked, origin).await;
    let outcome = outcome.map_err(|error| anyhow::anyhow!(words(&error)))?;
    for (state, (count, sum)) in &outcome.added {
        let amount = l.money_exact(*sum, company.currency.code(), company.currency.exponent());
        println!("{state}: {} added, {amount}", l.number(*count));
    }
    println!("{} known already", l.number(outcome.known));
    if args.dry_run {
        println!("Dry run: nothing was changed.");
        return Ok(tx.rollback().await?);
    }
    Ok(tx.commit().await?)
}

fn english(key: &str) -> String {
    Localiser::new(Lang::En).t(key)
}

fn words(error: &AppError) -> String {
    match error {
        AppError::BadRequest(key) | AppError::Conflict(key) => Localiser::new(Lang::En).t(key),
        other => other.to_string(),
    }
}

fn order(args: &ImportArgs) -> Result<Order> {
    let shown = args.path.display();
    let inputs = match kind(args.kind) {
        Some(kind) => {
            ensure!(args.path.is_file(), "there is no file {shown}");
            vec![Input::file(kind, &args.path)]
        }
        None => directory(&args.path)?,
    };
    let file_name =
        args.path.file_name().map_or_else(|| shown.to_string(), |name| name.to_string_lossy().into());
    Ok(Order { inputs, source: args.source.clone(), file_name, dry_run: args.dry_run, by: None })
}

const fn kind(kind: ImportKind) -> Option<Kind> {
    match kind {
        ImportKind::Departments => Some(Kind::Departments),
        ImportKind::Employees => Some(Kind::Employees),
        ImportKind::Memberships => Some(Kind::Memberships),
        ImportKind::Products => Some(Kind::Products),
        ImportKind::Customers => Some(Kind::Customers),
        ImportKind::Sales => Some(Kind::Sales),
        ImportKind::Goals => Some(Kind::Goals),
        ImportKind::Opportunities | ImportKind::All => None,
    }
}

/// The files that are in a directory, one of each kind.
fn directory(path: &Path) -> Result<Vec<Input>> {
    ensure!(path.is_dir(), "there is no directory {}", path.display());
    let inputs: Vec<Input> = Kind::ALL
        .into_iter()
        .filter_map(|kind| {
            let names = kind.file_names().iter().map(|name| path.join(name));
            Some(Input::file(kind, names.into_iter().find(|file| file.is_file())?))
        })
        .collect();
    ensure!(!inputs.is_empty(), "there are no files to import in {}", path.display());
    Ok(inputs)
}

async fn draw(mut seen: watch::Receiver<Progress>) {
    let bar = ProgressBar::new(0);
    if let Ok(style) = ProgressStyle::with_template("{wide_bar} {percent}%  {msg}  {elapsed}") {
        bar.set_style(style);
    }
    while seen.changed().await.is_ok() {
        let Progress { rows, bytes, of_bytes } = *seen.borrow_and_update();
        bar.set_length(of_bytes);
        bar.set_position(bytes);
        let rows = Localiser::new(Lang::En).number(i64::try_from(rows).unwrap_or(i64::MAX));
        bar.set_message(if bytes < of_bytes {
            format!("{rows} rows")
        } else {
            format!("{rows} rows, posting")
        });
    }
    bar.finish_and_clear();
}

fn print(report: &Report, dry_run: bool) -> Result<()> {
    if !report.faults.is_empty() {
        print_faults(&report.faults);
        bail!("nothing was changed");
    }
    let number = |count| Localiser::new(Lang::En).number(count);
    for (kind, counts) in &report.files {
        let (added, changed, unchanged) =
            (number(counts.added), number(counts.changed), number(counts.unchanged));
        println!("{}: {added} added, {changed} changed, {unchanged} unchanged", kind.code());
    }
    if dry_run {
        println!("Dry run: nothing was changed.");
    } else if report.counts().is_idle() {
        println!("Nothing changed: everything was imported before.");
    }
    Ok(())
}

fn print_faults(faults: &Faults) {
    let l = Localiser::new(Lang::En);
    for fault in &faults.first {
        let reason = fault.reason_text(l);
        eprintln!(
            "{}: line {}, column {}, value {:?}: {reason}",
            fault.file, fault.line, fault.column, fault.value
        );
    }
    let count = i64::try_from(faults.count).unwrap_or(i64::MAX);
    eprintln!("{}", l.tr("import-fault-count", &[("n", count.into())]));
}
