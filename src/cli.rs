//! The command line: what `pacemark` can be asked to do. Commands work beside a running server and without one.

mod accounts;
mod backtest;
mod demo;
mod import;
mod serve;
mod tracing_setup;
mod verify;

use std::path::PathBuf;

use anyhow::Result;
use clap::{Parser, Subcommand, ValueEnum};
use sqlx::PgPool;

use crate::{api, config::Config, postgres::Database};

/// Sales performance management: goals, sales, attainment
#[derive(Parser, Debug)]
#[command(version, about)]
pub struct Cli {
    /// Settings; each flag works before and after the command.
    #[command(flatten)]
    pub config: Config,
    /// What to do; to serve when nothing is said.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// What `pacemark` can be asked to do.
#[derive(Subcommand, Debug)]
pub enum Command {
    /// Serve the application (the default)
    Serve {
        /// Fill an empty installation with the demo company first
        #[arg(long)]
        demo: bool,
    },
    /// Fill an empty installation with the demo company
    Demo,
    /// Import a CSV file, or a directory of them: all of it or, when a row is bad, nothing
    Import(ImportArgs),
    /// User accounts
    #[command(subcommand)]
    User(UserCommand),
    /// API tokens
    #[command(subcommand)]
    Token(TokenCommand),
    /// Recompute every total from the ledger and compare; exit code 1 and the differences if any
    Verify,
    /// Forecast every goal of periods that are over as it would have been, and print how far that was off
    Backtest,
    /// Print the OpenAPI document
    Openapi,
}

/// `pacemark import KIND PATH`
#[derive(clap::Args, Debug)]
pub struct ImportArgs {
    /// What the file holds
    pub kind: ImportKind,
    /// The CSV file; for `all`, the directory that holds one file per kind
    pub path: PathBuf,
    /// Check and report, but change nothing
    #[arg(long)]
    pub dry_run: bool,
    /// The system the rows come from; a sale is known by source, order and line
    #[arg(long, default_value = "import", value_name = "NAME")]
    pub source: String,
}

/// What an import file holds.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the kinds name themselves, and doc comments would clutter the help")]
pub enum ImportKind {
    Departments,
    Employees,
    Memberships,
    Products,
    Customers,
    Sales,
    Goals,
    Opportunities,
    All,
}

/// `pacemark user …`
#[derive(Subcommand, Debug)]
pub enum UserCommand {
    /// Add an account; the password is read from standard input
    Add {
        /// Sign-in address
        #[arg(long)]
        email: String,
        /// What the account may do
        #[arg(long)]
        role: String,
        /// The employee it belongs to
        #[arg(long, value_name = "N")]
        employee_no: Option<String>,
    },
}

/// `pacemark token …`
#[derive(Subcommand, Debug)]
pub enum TokenCommand {
    /// Make an API token and print it, this once
    Add {
        /// The account it acts for
        #[arg(long)]
        email: String,
        /// What it is for
        #[arg(long)]
        name: String,
    },
}

/// Reads the command line and does what it says; errors are for the person at the terminal.
pub async fn run() -> Result<()> {
    let Cli { config, command } = Cli::parse();
    tracing_setup::start();
    match command.unwrap_or(Command::Serve { demo: false }) {
        Command::Serve { demo } => serve::serve(config, demo).await,
        Command::Demo => with_database(&config, async |pool| demo::run(&config, &pool).await).await,
        Command::Import(args) => with_database(&config, async |db| import::import(&db, &args).await).await,
        Command::Verify => with_database(&config, verify::verify).await,
        Command::Backtest => with_database(&config, backtest::backtest).await,
        Command::User(command) => with_database(&config, async |db| accounts::user(db, command).await).await,
        Command::Token(command) => {
            with_database(&config, async |db| accounts::token(db, command).await).await
        }
        Command::Openapi => openapi(),
    }
}

/// Prints the document that `/api/openapi.json` serves.
fn openapi() -> Result<()> {
    println!("{}", api::openapi::document().to_pretty_json()?);
    Ok(())
}

/// Runs `work` on the database of a running Pacemark, or on one that is started for it and stopped after it.
pub async fn with_database<T>(config: &Config, work: impl AsyncFnOnce(PgPool) -> Result<T>) -> Result<T> {
    let database = Database::attach_or_own(config).await?;
    let result = work(database.pool.clone()).await;
    let closed = database.close().await;
    result.and_then(|value| closed.map(|()| value))
}
