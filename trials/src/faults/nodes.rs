//! Two servers on one database: what is done at one holds at the other from the next request on, and each can be
//! restarted without anybody noticing.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use super::Scale;
use super::clerks::{Ledger, sale};
use super::report::{Finding, time};
use super::town::{ADMIN, PASSWORD, SELLER, Town};
use crate::support::client::{self, Client, get, post_form};
use crate::support::server::{ANYWHERE, Program, Server};

/// Wrong passwords before an account has to wait.
const FREE_TRIES: usize = 5;
/// Clients while the nodes are restarted.
const CLIENTS: usize = 6;

/// Two nodes, and the server whose database they use.
struct Pair<'p> {
    nodes: [Option<Server>; 2],
    town: Town<'p>,
    program: &'p Program,
}

/// Sessions, rights and the throttle across both; then a rolling restart.
pub async fn run(program: &Program, scale: Scale) -> Result<Vec<Finding>> {
    let mut pair = Pair { nodes: [None, None], town: Town::found(program, &[]).await?, program };
    for node in 0..2 {
        pair.start(node, ANYWHERE).await?;
    }
    let addresses = [pair.address(0)?, pair.address(1)?];
    let mut findings = sessions(addresses).await?;
    findings.push(throttle(addresses).await?);
    findings.push(disabling(&pair.town, addresses).await?);
    findings.extend(rolling_restart(&mut pair, scale.restarts).await?);
    Ok(findings)
}

impl Pair<'_> {
    async fn start(&mut self, node: usize, listen: SocketAddr) -> Result<()> {
        let (own, url) = (self.town.path(&format!("node{node}")), self.town.sql.url());
        let flags = ["--database-url", &url, "--database-connections", "8"];
        self.nodes[node] = Some(self.program.serve_with(&own, listen, &flags).await?);
        Ok(())
    }

    fn address(&self, node: usize) -> Result<SocketAddr> {
        Ok(self.nodes[node].as_ref().context("the node is down")?.address)
    }

    async fn restart(&mut self, node: usize) -> Result<Duration> {
        let address = self.address(node)?;
        let stopped_in = self.nodes[node].take().context("the node is down")?.stop().await?;
        self.start(node, address).await?;
        Ok(stopped_in)
    }
}

async fn status(address: SocketAddr, request: &[u8]) -> Result<u16> {
    let mut client = Client::connect(address).await?;
    Ok(client.exchange(request).await?.status)
}

/// The account page as the owner of a session sees it: 200, or 303 to the sign-in page.
async fn own_page(address: SocketAddr, cookies: &str) -> Result<u16> {
    status(address, &get("/me", &[("cookie", cookies)])).await
}

/// A session of one node works on the other, until it is ended on either.
async fn sessions([a, b]: [SocketAddr; 2]) -> Result<Vec<Finding>> {
    let (first, second) =
        (client::sign_in(a, SELLER, PASSWORD).await?, client::sign_in(b, SELLER, PASSWORD).await?);
    let works = (own_page(b, &first).await?, own_page(a, &second).await?);
    let end = post_form("/me/sessions/end", &[("cookie", &second)], &[]);
    let ended = status(a, &end).await?;
    ensure!(ended == 303, "ending the other sessions was answered with {ended}");
    let after = (own_page(b, &first).await?, own_page(b, &second).await?);
    Ok(vec![
        Finding::promise("sessions work on the other node", format!("{works:?}"), works == (200, 200)),
        Finding::promise("ended on one, gone on the other", format!("{after:?}"), after == (303, 200)),
    ])
}

/// Wrong passwords are counted across both nodes.
async fn throttle(nodes: [SocketAddr; 2]) -> Result<Finding> {
    let form = [("email", "stranger@trial.example"), ("password", "not the password")];
    let mut told = Vec::new();
    for number in 0..=FREE_TRIES {
        told.push(status(nodes[number % 2], &post_form("/login", &[], &form)).await?);
    }
    let expected = [vec![422; FREE_TRIES], vec![429]].concat();
    Ok(Finding::promise("wrong passwords at both in turn", format!("{told:?}"), told == expected))
}

/// Somebody who is barred at one node is out at the other.
async fn disabling(town: &Town<'_>, [a, b]: [SocketAddr; 2]) -> Result<Finding> {
    let (admin, seller) =
        (client::sign_in(a, ADMIN, PASSWORD).await?, client::sign_in(b, SELLER, PASSWORD).await?);
    let before = own_page(b, &seller).await?;
    let person = town.sql.number("select id from employees where employee_no = '1'").await?;
    let bar = post_form(&format!("/admin/people/{person}/account/disable"), &[("cookie", &admin)], &[]);
    ensure!(status(a, &bar).await? == 303, "the administrator could not bar anybody");
    let after = own_page(b, &seller).await?;
    let told = format!("{before}, then {after}");
    Ok(Finding::promise("barred at one, out at the other", told, (before, after) == (200, 303)))
}

/// What the clients of a rolling restart saw.
#[derive(Default)]
struct Seen {
    ledger: Ledger,
    answers: usize,
    elsewhere: usize,
    slowest: Duration,
}

/// Each node stops and starts in turn; clients go to whichever accepts connections.
async fn rolling_restart(pair: &mut Pair<'_>, rounds: usize) -> Result<Vec<Finding>> {
    let (addresses, stop) = ([pair.address(0)?, pair.address(1)?], Arc::new(AtomicBool::new(false)));
    let mut clients = JoinSet::new();
    for number in 0..CLIENTS {
        let (bearer, stop) = (format!("Bearer {}", pair.town.token), Arc::clone(&stop));
        clients.spawn(async move { visit(addresses, number, &bearer, &stop).await });
    }
    let mut slowest = Duration::ZERO;
    for round in 0..rounds * 2 {
        sleep(Duration::from_millis(500)).await;
        slowest = slowest.max(pair.restart(round % 2).await?);
    }
    sleep(Duration::from_millis(500)).await;
    stop.store(true, Ordering::Relaxed);
    let mut all = Seen::default();
    while let Some(seen) = clients.join_next().await {
        let seen = seen?;
        all.ledger.acknowledged.extend(seen.ledger.acknowledged);
        all.ledger.unexpected.extend(seen.ledger.unexpected);
        (all.answers, all.elsewhere) = (all.answers + seen.answers, all.elsewhere + seen.elsewhere);
        all.slowest = all.slowest.max(seen.slowest);
    }
    let mut findings = vec![
        Finding::told("restarts of each node", rounds),
        Finding::told("slowest stop", time(slowest)),
        Finding::told("requests answered meanwhile", all.answers),
        Finding::told("connections not accepted, and made to the other node", all.elsewhere),
        Finding::told("slowest answer", time(all.slowest)),
    ];
    findings.extend(pair.town.audit(&all.ledger).await?);
    Ok(findings)
}

/// Sends sales and reads in turn, each on a connection of its own, at the node that accepts it. Whatever is accepted
/// and not answered as it should be is an error.
async fn visit(nodes: [SocketAddr; 2], number: usize, bearer: &str, stop: &AtomicBool) -> Seen {
    let (mut seen, mut at, mut count) = (Seen::default(), number % 2, 0);
    while !stop.load(Ordering::Relaxed) {
        count += 1;
        let order = format!("roll{number}-{count}");
        let request = match count % 2 {
            0 => get("/api/v1/sales?limit=5", &[("authorization", bearer)]),
            _ => sale(&order, bearer, count),
        };
        let begun = Instant::now();
        let Ok(client) = Client::connect(nodes[at]).await else {
            (seen.elsewhere, at) = (seen.elsewhere + 1, 1 - at);
            sleep(Duration::from_millis(1)).await;
            continue;
        };
        match answered(client, &request).await {
            Ok(201) => drop(seen.ledger.acknowledged.insert(order)),
            Ok(200) => {}
            other => seen.ledger.unexpected.push(format!("{order}: {other:?}")),
        }
        seen.answers += 1;
        seen.slowest = seen.slowest.max(begun.elapsed());
    }
    seen
}

async fn answered(mut client: Client, request: &[u8]) -> std::io::Result<u16> {
    Ok(client.exchange(request).await?.status)
}
