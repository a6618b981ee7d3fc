//! Trials of the real Pacemark program, from outside: `bench` measures it against what this machine can do,
//! `faults` breaks things around it and looks at what is left.

mod bench;
mod faults;
mod support;

use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::{Parser, Subcommand};
use tokio::signal::unix::{SignalKind, signal};

use support::server::Program;

/// Measures Pacemark, and breaks things around it.
#[derive(Parser, Debug)]
struct Cli {
    /// The program under trial
    #[arg(
        long,
        global = true,
        env = "PACEMARK_BIN",
        default_value = "target/release/pacemark",
        value_name = "FILE"
    )]
    pacemark: PathBuf,
    /// Which trial
    #[command(subcommand)]
    trial: Trial,
}

#[derive(Subcommand, Debug)]
enum Trial {
    /// Measure speed and size, beside what this machine can do at best
    Bench(bench::Args),
    /// Break things around the server, and look at what is left
    Faults(faults::Args),
}

#[tokio::main]
async fn main() -> Result<()> {
    let cli = Cli::parse();
    let program = Program::at(&cli.pacemark)?;
    let trial = async {
        match cli.trial {
            Trial::Bench(args) => bench::run(&program, args).await,
            Trial::Faults(args) => faults::run(&program, args).await,
        }
    };
    let mut terminated = signal(SignalKind::terminate())?;
    // dropping the trial stops what it started and removes what it wrote
    tokio::select! {
        outcome = trial => outcome,
        _ = tokio::signal::ctrl_c() => bail!("interrupted"),
        _ = terminated.recv() => bail!("stopped"),
    }
}
