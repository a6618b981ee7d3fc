//! Clerks log sales without a pause, each under an idempotency key, and repeat it until it is acknowledged.

use std::collections::HashSet;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::{Result, bail};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};

use super::town::SELLERS;
use crate::support::client::{self, Client};

/// How long one sale may go unacknowledged before a trial gives up.
const PATIENCE: Duration = Duration::from_mins(2);
/// How long one answer may take; the server's own deadline is a minute.
const ANSWER: Duration = Duration::from_secs(70);
/// Between two tries.
const PAUSE: Duration = Duration::from_millis(20);

/// What the clerks were told.
#[derive(Debug, Default)]
pub struct Ledger {
    /// Numbers of the orders that the server said it has.
    pub acknowledged: HashSet<String>,
    /// Tries that were refused for the moment or cut off.
    pub repeated: usize,
    /// Answers that nothing explains.
    pub unexpected: Vec<String>,
}

impl Ledger {
    fn merge(mut self, other: Self) -> Self {
        self.acknowledged.extend(other.acknowledged);
        self.unexpected.extend(other.unexpected);
        Self { repeated: self.repeated + other.repeated, ..self }
    }
}

/// Clerks at work.
#[derive(Debug)]
pub struct Clerks {
    work: JoinSet<Result<Ledger>>,
    stop: Arc<AtomicBool>,
    done: Arc<AtomicUsize>,
}

/// Writes sales at a server.
#[derive(Clone, Debug)]
struct Clerk {
    address: SocketAddr,
    bearer: String,
    prefix: String,
}

impl Clerks {
    /// `count` clerks who write until they are stopped.
    pub fn start(address: SocketAddr, token: &str, name: &str, count: usize) -> Self {
        let (stop, done) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
        let mut work = JoinSet::new();
        for number in 0..count {
            let clerk =
                Clerk { address, bearer: format!("Bearer {token}"), prefix: format!("{name}{number}") };
            let (stop, done) = (Arc::clone(&stop), Arc::clone(&done));
            work.spawn(async move { clerk.write(|_| stop.load(Ordering::Relaxed), &done).await });
        }
        Self { work, stop, done }
    }

    /// How many sales were acknowledged so far.
    pub fn done(&self) -> usize {
        self.done.load(Ordering::Relaxed)
    }

    /// Lets everybody finish the sale at hand; what they were told.
    pub async fn stop(self) -> Result<Ledger> {
        self.stop.store(true, Ordering::Relaxed);
        collect(self.work).await
    }
}

/// Has `sales` written by `count` clerks, each one until it is acknowledged.
pub async fn write(
    address: SocketAddr,
    token: &str,
    name: &str,
    count: usize,
    sales: usize,
) -> Result<Ledger> {
    let (mut work, done) = (JoinSet::new(), Arc::new(AtomicUsize::new(0)));
    for number in 0..count {
        let clerk = Clerk { address, bearer: format!("Bearer {token}"), prefix: format!("{name}{number}") };
        let (done, share) = (Arc::clone(&done), sales / count + usize::from(number < sales % count));
        work.spawn(async move { clerk.write(|written| written == share, &done).await });
    }
    collect(work).await
}

async fn collect(mut work: JoinSet<Result<Ledger>>) -> Result<Ledger> {
    let mut ledger = Ledger::default();
    while let Some(told) = work.join_next().await {
        ledger = ledger.merge(told??);
    }
    Ok(ledger)
}

impl Clerk {
    async fn write(&self, enough: impl Fn(usize) -> bool, done: &AtomicUsize) -> Result<Ledger> {
        let (mut ledger, mut connection, mut number) = (Ledger::default(), None, 0);
        while !enough(number) {
            let order = format!("{}-{number}", self.prefix);
            let request = sale(&order, &self.bearer, number);
            self.until_acknowledged(&order, &request, &mut connection, &mut ledger).await?;
            ledger.acknowledged.insert(order);
            done.fetch_add(1, Ordering::Relaxed);
            number += 1;
        }
        Ok(ledger)
    }

    async fn until_acknowledged(
        &self,
        order: &str,
        request: &[u8],
        connection: &mut Option<Client>,
        ledger: &mut Ledger,
    ) -> Result<()> {
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            match self.attempt(request, connection).await {
                Some((200 | 201, _)) => return Ok(()),
                None | Some((409 | 429 | 503, _)) => ledger.repeated += 1,
                Some((status, text)) => ledger.unexpected.push(format!("{order}: {status} {text}")),
            }
            sleep(PAUSE).await;
        }
        bail!("{order} was not acknowledged within {PATIENCE:?}")
    }

    /// The status and text of an answer, if there was one. A connection that failed is not used again.
    async fn attempt(&self, request: &[u8], connection: &mut Option<Client>) -> Option<(u16, String)> {
        let mut client = match connection.take() {
            Some(client) => client,
            None => Client::connect(self.address).await.ok()?,
        };
        let reply = timeout(ANSWER, client.exchange(request)).await.ok()?.ok()?;
        let told = (reply.status, if reply.status < 300 { String::new() } else { reply.text() });
        *connection = Some(client);
        Some(told)
    }
}

/// A request that logs the order.
pub fn sale(order: &str, bearer: &str, number: usize) -> Vec<u8> {
    let (seller, customer) = (number % SELLERS + 1, number % 4 + 1);
    let body = format!(
        r#"{{"source":"trial","order_no":"{order}","ordered_on":"2026-01-15","customer_no":"{customer}","employee_no":"{seller}","currency":"SEK","lines":[{{"line_no":1,"sku":"P1","quantity":1,"amount":"100.00","cost":"60.00"}}]}}"#
    );
    client::post_json("/api/v1/sales", &[("authorization", bearer), ("idempotency-key", order)], &body)
}
