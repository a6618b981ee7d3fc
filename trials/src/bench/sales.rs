//! Logging sales over HTTP: one line each, today, of anybody to anybody, with an executive's token.

use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::{Result, ensure};

use super::ceilings::{CLIENTS, Commits};
use super::company::{CUSTOMERS, PRODUCTS, SELLERS, list_price, money, seller};
use super::dice::Dice;
use super::load::{self, Requests};
use super::report::{Report, Row};
use super::site::Site;
use crate::support::client::{self, Client};

/// How much of the bare commits the sales must reach.
const OF_COMMITS: f64 = 0.5;

/// Sales to log, each with an order number of its own.
struct Sales {
    numbers: Arc<AtomicU64>,
    dice: Dice,
    today: String,
    bearer: String,
    request: Vec<u8>,
}

impl Sales {
    fn of(site: &Site<'_>, numbers: &Arc<AtomicU64>, client: usize) -> Self {
        let seed = u64::try_from(client).unwrap_or_default() + numbers.load(Ordering::Relaxed) * 1000;
        Self {
            numbers: Arc::clone(numbers),
            dice: Dice::new(seed),
            today: site.company.today.to_string(),
            bearer: site.bearer(),
            request: Vec::new(),
        }
    }
}

impl Requests for Sales {
    fn next(&mut self) -> &[u8] {
        let (number, product) = (self.numbers.fetch_add(1, Ordering::Relaxed), self.dice.below(PRODUCTS));
        let (customer, seller) = (self.dice.below(CUSTOMERS), seller(self.dice.below(SELLERS)));
        let (amount, cost) = (money(list_price(product)), money(list_price(product) * 6 / 10));
        let mut body = String::with_capacity(256);
        let _infallible = write!(
            body,
            r#"{{"source":"bench","order_no":"B{number}","ordered_on":"{}","customer_no":"{customer}","#,
            self.today
        );
        let _infallible = write!(
            body,
            r#""employee_no":"{seller}","currency":"SEK","lines":[{{"line_no":1,"sku":"P{product:02}","quantity":1,"amount":"{amount}","cost":"{cost}"}}]}}"#
        );
        self.request = client::post_json("/api/v1/sales", &[("authorization", &self.bearer)], &body);
        &self.request
    }
}

/// Measures and reports, beside what the database commits by itself.
pub async fn measure(site: &Site<'_>, commits: &Commits, report: &mut Report) -> Result<()> {
    let numbers = free_numbers(site).await?;
    let sales = |client: usize| Sales::of(site, &numbers, client);
    let statements = site.db.statements_of(log_some(site, sales(0))).await?;
    let statements = (statements + site.pace.counted / 2) / site.pace.counted;
    for (clients, commits) in CLIENTS.into_iter().zip(commits) {
        let measured = load::measure(site.server.address, clients, site.pace, sales).await?;
        let what = format!("Log a sale, {clients} clients, an executive's token");
        let row = Row::new(format!("sale-{clients}"), what).measured(&measured);
        report.add(row.statements(statements).ceiling(*commits, OF_COMMITS));
    }
    Ok(())
}

/// Order numbers that no earlier run has used.
async fn free_numbers(site: &Site<'_>) -> Result<Arc<AtomicU64>> {
    let logged = site.db.number("select count(*) from deals where source = 'bench'").await?;
    Ok(Arc::new(AtomicU64::new(logged + 1)))
}

/// Logs one sale.
pub async fn log_one(site: &Site<'_>) -> Result<()> {
    let mut sale = Sales::of(site, &free_numbers(site).await?, 0);
    let mut client = Client::connect(site.server.address).await?;
    let reply = client.exchange(sale.next()).await?;
    ensure!(reply.status == 201, "the sale was answered with {}", reply.status);
    Ok(())
}

async fn log_some(site: &Site<'_>, mut sales: Sales) -> Result<()> {
    let mut client = Client::connect(site.server.address).await?;
    for _ in 0..site.pace.counted {
        client.exchange(sales.next()).await?;
    }
    Ok(())
}
