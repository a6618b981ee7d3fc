//! Faults: what is broken, and the order of a run.

use anyhow::Result;

use crate::support::server::Program;

/// What to break.
#[derive(clap::Args, Debug)]
pub struct Args {}

/// Runs every fault.
pub async fn run(_program: &Program, _args: Args) -> Result<()> {
    Ok(())
}
