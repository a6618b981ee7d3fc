//! Faults: things are broken around the real program, and then counted is what is left. Nothing that was acknowledged
//! may be missing, nothing may be there twice, and the program must come back by itself.

mod aborts;
mod clerks;
mod exhaustion;
mod full_disk;
mod giants;
mod kills;
mod nodes;
mod report;
mod slow;
mod sql;
mod town;

use anyhow::Result;
use std::time::Instant;

use crate::support::server::Program;
use report::{Finding, Report};

/// What to break, and how often.
#[derive(clap::Args, Clone, Debug)]
pub struct Args {
    /// A few rounds of each, in about two minutes
    #[arg(long)]
    quick: bool,
    /// Only faults whose name holds this
    #[arg(value_name = "NAME")]
    only: Vec<String>,
}

/// How much of everything.
#[derive(Clone, Copy, Debug)]
pub struct Scale {
    /// Times the server is killed.
    pub server_kills: usize,
    /// Times its database is killed.
    pub postgres_kills: usize,
    /// Requests that are given up half-way, and writes after them.
    pub aborts: usize,
    /// See above.
    pub writes: usize,
    /// Connections that are silent, drip or stop half-way.
    pub sockets: usize,
    /// Times each node is restarted.
    pub restarts: usize,
    /// Megabytes of the file with one endless cell.
    pub cell_megabytes: usize,
}

const LONG: Scale = Scale {
    server_kills: 50,
    postgres_kills: 20,
    aborts: 10_000,
    writes: 1_000,
    sockets: 2_000,
    restarts: 10,
    cell_megabytes: 1_024,
};
const QUICK: Scale = Scale {
    server_kills: 3,
    postgres_kills: 2,
    aborts: 300,
    writes: 100,
    sockets: 200,
    restarts: 1,
    cell_megabytes: 96,
};

/// The faults, by the names they are asked for.
const FAULTS: [&str; 8] =
    ["kill-server", "kill-postgres", "aborts", "slow-clients", "giants", "exhaustion", "full-disk", "nodes"];

/// Runs every fault, each on a town of its own; an error when one of them failed.
pub async fn run(program: &Program, args: Args) -> Result<()> {
    let scale = if args.quick { QUICK } else { LONG };
    let mut report = Report::default();
    for name in FAULTS {
        if args.only.is_empty() || args.only.iter().any(|only| name.contains(only)) {
            let begun = Instant::now();
            let findings = one(program, name, scale).await;
            report.add(name, begun.elapsed(), findings);
        }
    }
    report.finish()
}

async fn one(program: &Program, name: &str, scale: Scale) -> Result<Vec<Finding>> {
    match name {
        "kill-server" => kills::server(program, scale).await,
        "kill-postgres" => kills::postgres(program, scale).await,
        "aborts" => aborts::run(program, scale).await,
        "slow-clients" => slow::run(program, scale).await,
        "giants" => giants::run(program, scale).await,
        "exhaustion" => exhaustion::run(program).await,
        "full-disk" => full_disk::run(program).await,
        _ => nodes::run(program, scale).await,
    }
}
