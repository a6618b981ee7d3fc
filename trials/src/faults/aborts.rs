//! Clients that go away at any moment of a request, at a server with two database connections. Whoever writes
//! afterwards must not inherit what they left half-done.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::sleep;

use super::Scale;
use super::clerks::{self, sale};
use super::report::Finding;
use super::sql::Sql;
use super::town::Town;
use crate::support::client::get;
use crate::support::server::Program;

/// Clients at a time.
const CLIENTS: usize = 32;
/// The longest a client waits before it goes away.
const LONGEST: u64 = 12_000;
/// How long the server may need to come to rest.
const REST: Duration = Duration::from_secs(30);

/// Aborts requests, then writes and counts.
pub async fn run(program: &Program, scale: Scale) -> Result<Vec<Finding>> {
    let town = Town::found(program, &["--database-connections", "2"]).await?;
    let address = town.server()?.address;
    abort_all(address, &town.token, scale.aborts).await?;
    let rest = come_to_rest(&town.sql).await?;
    let ledger = clerks::write(address, &town.token, "after", 8, scale.writes).await?;
    let open = open_transactions(&town.sql).await?;
    let mut findings = vec![
        Finding::told("requests given up half-way", scale.aborts),
        Finding::within("until no transaction was open any more", rest, REST),
        Finding::none("transactions left open after the writes", open),
        Finding::promise(
            "writes acknowledged",
            ledger.acknowledged.len(),
            ledger.acknowledged.len() == scale.writes,
        ),
    ];
    findings.extend(town.audit(&ledger).await?);
    Ok(findings)
}

async fn abort_all(address: SocketAddr, token: &str, count: usize) -> Result<()> {
    let mut clients = JoinSet::new();
    for client in 0..CLIENTS {
        let bearer = format!("Bearer {token}");
        clients.spawn(async move {
            for number in (client..count).step_by(CLIENTS) {
                abort(address, &bearer, number).await?;
            }
            anyhow::Ok(())
        });
    }
    while let Some(client) = clients.join_next().await {
        client??;
    }
    Ok(())
}

/// Sends a request, waits for a moment that differs every time, and closes the connection without reading.
async fn abort(address: SocketAddr, bearer: &str, number: usize) -> Result<()> {
    let request = match number % 3 {
        0 => get("/api/v1/sales?limit=5", &[("authorization", bearer)]),
        _ => sale(&format!("abort-{number}"), bearer, number),
    };
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(&request).await?;
    // a multiple of a prime: every moment is met, and the next run meets the same ones
    let moment = u64::try_from(number)? * 7_919 % LONGEST;
    sleep(Duration::from_micros(moment)).await;
    Ok(())
}

async fn come_to_rest(sql: &Sql) -> Result<Duration> {
    let begun = Instant::now();
    while open_transactions(sql).await? > 0 {
        ensure!(begun.elapsed() < REST * 2, "transactions stay open");
        sleep(Duration::from_millis(50)).await;
    }
    Ok(begun.elapsed())
}

async fn open_transactions(sql: &Sql) -> Result<usize> {
    sql.number(
        "select count(*) from pg_stat_activity where application_name = 'pacemark' and xact_start is not null",
    )
    .await
}
