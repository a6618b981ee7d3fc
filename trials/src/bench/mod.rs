//! What is measured, and the order of a run.

use anyhow::Result;

use crate::support::server::Program;

/// How to measure.
#[derive(clap::Args, Debug)]
pub struct Args {}

/// Runs the whole benchmark.
pub async fn run(_program: &Program, _args: Args) -> Result<()> {
    Ok(())
}
