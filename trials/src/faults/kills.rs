//! The server or its database is killed, again and again, while clerks write.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tokio::time::sleep;

use super::Scale;
use super::clerks::Clerks;
use super::report::Finding;
use super::town::Town;
use crate::support::process::postgres_pid;
use crate::support::server::Program;

/// Clerks at work meanwhile.
const CLERKS: usize = 8;
/// How long a database that was killed may be away.
const AWAY: Duration = Duration::from_secs(10);
/// How long anything may take before a trial gives up.
const PATIENCE: Duration = Duration::from_mins(1);

/// Kills the server; the trial starts it again, as a supervisor of the system would.
pub async fn server(program: &Program, scale: Scale) -> Result<Vec<Finding>> {
    let mut town = Town::found(program, &[]).await?;
    let clerks = Clerks::start(town.server()?.address, &town.token, "kill", CLERKS);
    let mut slowest = Duration::ZERO;
    for round in 0..scale.server_kills {
        work_a_while(&clerks, round).await?;
        let begun = Instant::now();
        town.crash_and_start().await?;
        slowest = slowest.max(begun.elapsed());
    }
    let ledger = clerks.stop().await?;
    let mut findings = vec![Finding::told("times the server was killed", scale.server_kills)];
    findings.push(Finding::within("slowest return", slowest, AWAY));
    findings.extend(town.audit(&ledger).await?);
    Ok(findings)
}

/// Kills the database; the server starts it again by itself.
pub async fn postgres(program: &Program, scale: Scale) -> Result<Vec<Finding>> {
    let town = Town::found(program, &[]).await?;
    let clerks = Clerks::start(town.server()?.address, &town.token, "kill", CLERKS);
    let mut slowest = Duration::ZERO;
    for round in 0..scale.postgres_kills {
        work_a_while(&clerks, round).await?;
        slowest = slowest.max(kill_postgres(&town).await?);
    }
    let ledger = clerks.stop().await?;
    let mut findings = vec![Finding::told("times the database was killed", scale.postgres_kills)];
    findings.push(Finding::within("slowest return by itself", slowest, AWAY));
    findings.extend(town.audit(&ledger).await?);
    Ok(findings)
}

/// Lets the clerks write for a moment, each round another one, and at least a few sales.
async fn work_a_while(clerks: &Clerks, round: usize) -> Result<()> {
    let (begun, before) = (Instant::now(), clerks.done());
    sleep(Duration::from_millis(300 + u64::try_from(round * 137 % 700)?)).await;
    while clerks.done() < before + CLERKS {
        ensure!(begun.elapsed() < PATIENCE, "nobody could write for a minute");
        sleep(Duration::from_millis(20)).await;
    }
    Ok(())
}

async fn kill_postgres(town: &Town<'_>) -> Result<Duration> {
    let killed = postgres_pid(town.data_dir()).context("there is no database server")?;
    let begun = Instant::now();
    kill(Pid::from_raw(killed.cast_signed()), Signal::SIGKILL)?;
    loop {
        let is_new = postgres_pid(town.data_dir()).is_some_and(|pid| pid != killed);
        if is_new && town.server()?.status_of("/readyz").await == Some(200) {
            return Ok(begun.elapsed());
        }
        ensure!(begun.elapsed() < PATIENCE, "the database did not come back");
        sleep(Duration::from_millis(10)).await;
    }
}
