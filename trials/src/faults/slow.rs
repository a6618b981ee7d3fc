//! Thousands of connections that are silent, drip, or stop half-way, and what the others notice of them.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::Result;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};

use super::Scale;
use super::report::{Finding, time};
use super::town::Town;
use crate::support::client::{Client, get};
use crate::support::server::Program;
use crate::support::stats::Times;

/// A connection that does nothing useful is closed by then.
const CLOSED: Duration = Duration::from_secs(15);
/// How long one is watched.
const WATCHED: Duration = Duration::from_secs(25);
/// How long the others are measured, each time.
const MEASURED: Duration = Duration::from_secs(4);
/// Clients who go on with their work.
const OTHERS: usize = 4;
/// Below this a p99 is noise of the machine.
const NOISE: Duration = Duration::from_millis(25);

/// How a connection wastes the server's time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Manner {
    Silent,
    HalfHeader,
    DrippingHeader,
    HalfBody,
}

const MANNERS: [Manner; 4] = [Manner::Silent, Manner::HalfHeader, Manner::DrippingHeader, Manner::HalfBody];

/// Opens them all, and measures the others before and meanwhile.
pub async fn run(program: &Program, scale: Scale) -> Result<Vec<Finding>> {
    let town = Town::found(program, &[]).await?;
    let address = town.server()?.address;
    measure(address, &town.token, MEASURED / 4).await?;
    let before = measure(address, &town.token, MEASURED).await?;
    let mut sockets = JoinSet::new();
    for number in 0..scale.sockets {
        sockets.spawn(waste(address, MANNERS[number % MANNERS.len()]));
    }
    sleep(Duration::from_millis(500)).await;
    let during = measure(address, &town.token, MEASURED).await?;
    let mut findings = vec![Finding::told("connections", scale.sockets)];
    findings.extend(endings(sockets).await?);
    let limit = (before.p99() * 2).max(NOISE);
    findings.push(Finding::told("p99 of the others before", time(before.p99())));
    findings.push(Finding::within("p99 of the others meanwhile", during.p99(), limit));
    Ok(findings)
}

/// How many of each manner were not closed in time, and the slowest end of all.
async fn endings(mut sockets: JoinSet<(Manner, Option<Duration>)>) -> Result<Vec<Finding>> {
    let mut ended = Vec::new();
    while let Some(end) = sockets.join_next().await {
        ended.push(end?);
    }
    let finding = |manner: Manner| {
        let slowest =
            ended.iter().filter(|(of, _)| *of == manner).map(|(_, took)| took.unwrap_or(WATCHED)).max();
        Finding::within(format!("slowest end, {manner:?}"), slowest.unwrap_or_default(), CLOSED)
    };
    Ok(MANNERS.into_iter().map(finding).collect())
}

/// Wastes time until the server closes; nothing when it does not.
async fn waste(address: SocketAddr, manner: Manner) -> (Manner, Option<Duration>) {
    let begun = Instant::now();
    let closed = timeout(WATCHED, until_closed(address, manner)).await;
    (manner, closed.ok().map(|_| begun.elapsed()))
}

async fn until_closed(address: SocketAddr, manner: Manner) -> std::io::Result<()> {
    let mut stream = TcpStream::connect(address).await?;
    let start: &[u8] = match manner {
        Manner::Silent => b"",
        Manner::HalfHeader | Manner::DrippingHeader => b"GET / HTTP/1.1\r\nX-Slow: ",
        Manner::HalfBody => {
            b"POST /login HTTP/1.1\r\nHost: localhost\r\nSec-Fetch-Site: same-origin\r\n\
              Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\nemail="
        }
    };
    stream.write_all(start).await?;
    let mut buffer = [0; 1024];
    loop {
        match timeout(Duration::from_secs(1), stream.read(&mut buffer)).await {
            Ok(Ok(0) | Err(_)) => return Ok(()),
            Err(_) if manner == Manner::DrippingHeader => stream.write_all(b"x").await?,
            _ => {}
        }
    }
}

/// How long the requests of people with work to do take.
async fn measure(address: SocketAddr, token: &str, length: Duration) -> Result<Times> {
    let mut others = JoinSet::new();
    for _ in 0..OTHERS {
        let request = get("/api/v1/sales?limit=5", &[("authorization", &format!("Bearer {token}"))]);
        others.spawn(async move {
            let (mut client, mut times, begun) =
                (Client::connect(address).await?, Vec::new(), Instant::now());
            while begun.elapsed() < length {
                let reply = client.exchange(&request).await?;
                anyhow::ensure!(reply.status == 200, "a working client was answered with {}", reply.status);
                times.push(reply.took);
            }
            Ok(times)
        });
    }
    let mut all = Vec::new();
    while let Some(times) = others.join_next().await {
        all.extend(times??);
    }
    Ok(Times::of(all))
}
