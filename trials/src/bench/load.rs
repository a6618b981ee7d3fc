//! Clients that ask as fast as they are answered, each on a connection of its own.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Result;
use tokio::task::JoinSet;

use super::args::Pace;
use crate::support::client::Client;
use crate::support::stats::{Times, median};

/// What a client sends, one request after the other.
pub trait Requests: Send + 'static {
    /// The next request, as bytes.
    fn next(&mut self) -> &[u8];
}

/// The same requests over and over.
#[derive(Clone, Debug)]
pub struct Cycle {
    requests: Arc<Vec<Vec<u8>>>,
    at: usize,
}

impl Cycle {
    /// Requests in turn, beginning with number `start`.
    pub fn new(requests: &Arc<Vec<Vec<u8>>>, start: usize) -> Self {
        Self { requests: Arc::clone(requests), at: start }
    }
}

impl Requests for Cycle {
    fn next(&mut self) -> &[u8] {
        self.at += 1;
        &self.requests[self.at % self.requests.len()]
    }
}

/// Medians of the runs.
#[derive(Clone, Debug, Default)]
pub struct Measured {
    /// Answers per second.
    pub rate: f64,
    /// What half of the answers took at most, in milliseconds.
    pub p50: f64,
    /// What 99 of 100 took at most, in milliseconds.
    pub p99: f64,
    /// Answers that were not what they should be, of all runs.
    pub failures: usize,
}

/// One run.
#[derive(Debug, Default)]
struct Run {
    times: Vec<Duration>,
    failures: usize,
}

/// Runs `clients` for as long and as often as `pace` says, after a short run that does not count.
pub async fn measure<R: Requests>(
    address: SocketAddr,
    clients: usize,
    pace: Pace,
    requests: impl Fn(usize) -> R,
) -> Result<Measured> {
    run(address, clients, pace.length / 4, &requests).await?;
    let (mut rates, mut medians, mut tails, mut failures) = (Vec::new(), Vec::new(), Vec::new(), 0);
    for _ in 0..pace.runs {
        let begun = Instant::now();
        let run = run(address, clients, pace.length, &requests).await?;
        let times = Times::of(run.times);
        rates.push(to_rate(times.count(), begun.elapsed()));
        medians.push(millis(times.p50()));
        tails.push(millis(times.p99()));
        failures += run.failures;
    }
    Ok(Measured { rate: median(&rates), p50: median(&medians), p99: median(&tails), failures })
}

async fn run<R: Requests>(
    address: SocketAddr,
    clients: usize,
    length: Duration,
    requests: &impl Fn(usize) -> R,
) -> Result<Run> {
    let mut tasks = JoinSet::new();
    for client in 0..clients {
        tasks.spawn(ask(Client::connect(address).await?, requests(client), Instant::now() + length));
    }
    let mut whole = Run::default();
    while let Some(part) = tasks.join_next().await {
        let part = part??;
        whole.times.extend(part.times);
        whole.failures += part.failures;
    }
    Ok(whole)
}

async fn ask(mut client: Client, mut requests: impl Requests, until: Instant) -> Result<Run> {
    let mut run = Run::default();
    while Instant::now() < until {
        let reply = client.exchange(requests.next()).await?;
        if matches!(reply.status, 200 | 201) {
            run.times.push(reply.took);
        } else {
            run.failures += 1;
        }
    }
    Ok(run)
}

/// How many per second.
pub fn to_rate(count: usize, length: Duration) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX)) / length.as_secs_f64()
}

/// Milliseconds.
pub fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
