//! Every database connection waits for a lock: the others are told so soon, and all is well when it is released.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use tokio::task::JoinSet;
use tokio::time::sleep;

use super::report::{Finding, time};
use super::sql::Sql;
use super::town::Town;
use crate::support::client::{Client, get};
use crate::support::server::Program;

/// Connections that the server has.
const CONNECTIONS: usize = 4;
/// Requests at the same time.
const CROWD: usize = 32;
/// Soonest and latest refusal of those who wait for a connection.
const SOONEST: Duration = Duration::from_millis(2_500);
const LATEST: Duration = Duration::from_millis(5_500);
/// How long the process may take to say that it lives.
const ALIVE: Duration = Duration::from_secs(1);
/// How long the server may need once the lock is gone.
const RECOVERY: Duration = Duration::from_secs(5);

/// Locks the sales, lets a crowd ask for them, and releases them.
pub async fn run(program: &Program) -> Result<Vec<Finding>> {
    let town = Town::found(program, &["--database-connections", &CONNECTIONS.to_string()]).await?;
    let address = town.server()?.address;
    let request = get("/api/v1/sales?limit=5", &[("authorization", &format!("Bearer {}", town.token))]);
    let lock = town.sql.hold("begin; lock table deals in access exclusive mode; select pg_sleep(60)")?;
    until_locked(&town.sql).await?;
    let crowd = ask_all(address, &request);
    let alive = slowest_livez(address).await?;
    let mut findings = judge(crowd).await?;
    findings.push(Finding::within("slowest /livez meanwhile", alive, ALIVE));
    release(&town.sql).await?;
    drop(lock);
    let begun = Instant::now();
    while ask(address, &request).await?.0 != 200 {
        ensure!(begun.elapsed() < RECOVERY * 6, "the server does not recover");
    }
    findings.push(Finding::within("until it worked again", begun.elapsed(), RECOVERY));
    Ok(findings)
}

const HOLDERS: &str =
    "from pg_locks where relation = 'deals'::regclass and mode = 'AccessExclusiveLock' and granted";

async fn until_locked(sql: &Sql) -> Result<()> {
    let begun = Instant::now();
    while sql.number(&format!("select count(*) {HOLDERS}")).await? == 0 {
        ensure!(begun.elapsed() < Duration::from_secs(10), "the lock was not had");
        sleep(Duration::from_millis(20)).await;
    }
    Ok(())
}

async fn release(sql: &Sql) -> Result<()> {
    sql.rows(&format!("select pg_terminate_backend(pid) {HOLDERS}")).await.map(drop)
}

type Crowd = JoinSet<Result<(u16, Duration)>>;

fn ask_all(address: SocketAddr, request: &[u8]) -> Crowd {
    let mut crowd = JoinSet::new();
    for _ in 0..CROWD {
        let request = request.to_vec();
        crowd.spawn(async move { ask(address, &request).await });
    }
    crowd
}

async fn ask(address: SocketAddr, request: &[u8]) -> Result<(u16, Duration)> {
    let mut client = Client::connect(address).await?;
    let reply = client.exchange(request).await?;
    Ok((reply.status, reply.took))
}

async fn slowest_livez(address: SocketAddr) -> Result<Duration> {
    let mut slowest = Duration::ZERO;
    for _ in 0..20 {
        let (status, took) = ask(address, &get("/livez", &[])).await?;
        ensure!(status == 200, "/livez was answered with {status}");
        slowest = slowest.max(took);
        sleep(Duration::from_millis(100)).await;
    }
    Ok(slowest)
}

/// Those with a connection wait for the lock and are told that it is busy; the others that there is no connection.
async fn judge(mut crowd: Crowd) -> Result<Vec<Finding>> {
    let (mut unavailable, mut other) = (Vec::new(), Vec::new());
    while let Some(told) = crowd.join_next().await {
        match told?? {
            (503, took) => unavailable.push(took),
            told => other.push(told),
        }
    }
    let soonest = unavailable.iter().min().copied().unwrap_or_default();
    let latest = unavailable.iter().max().copied().unwrap_or_default();
    let wrong = other.iter().filter(|(status, took)| *status != 409 || *took > LATEST * 2).count();
    let enough = unavailable.len() >= CROWD - CONNECTIONS;
    Ok(vec![
        Finding::promise(format!("of {CROWD} answered 503"), unavailable.len(), enough),
        Finding::promise("soonest of them", time(soonest), soonest >= SOONEST),
        Finding::within("latest of them", latest, LATEST),
        Finding::none("answers other than 503 and busy", wrong),
    ])
}
