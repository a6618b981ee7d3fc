//! The order of a run.

use anyhow::Result;
use chrono::NaiveDate;

use super::args::Args;
use super::company::Company;
use super::report::Report;
use super::site::Site;
use super::{burst, ceilings, imports, pages, sales, streams, upkeep, weight};
use crate::support::server::Program;

/// Makes a company of so many order lines, measures everything, and removes it.
pub async fn measure(program: &Program, args: &Args, lines: u64) -> Result<Report> {
    let company = Company { today: today(), lines };
    let mut report = Report::new(lines, args.quick);
    say("a fresh database, and a made-up company");
    let mut site = Site::open(program, company, args.pace(), args.data.as_deref()).await?;
    if !site.was_there {
        imports::measure(&site, args.copy_lines, &mut report).await?;
    }
    say("accounts");
    site.add_accounts().await?;
    site.db.query("vacuum analyze;\ncheckpoint;").await?;
    say("what the database can do by itself");
    let commits = ceilings::measure(&site, &mut report).await?;
    say("pages and figures");
    pages::measure(&site, args.constant.as_deref(), &mut report).await?;
    pages::measure_busy(&site, &mut report).await?;
    upkeep::memory(&site, "memory-pages", "pages, 4 clients", &mut report);
    say("sales");
    sales::measure(&site, &commits, &mut report).await?;
    upkeep::memory(&site, "memory-sales", "sales, 32 clients", &mut report);
    say("open pages");
    streams::measure(&site, async || sales::log_one(&site).await, &mut report).await?;
    say("sign-ins, weight, upkeep");
    burst::measure(&site, &mut report).await?;
    upkeep::memory(&site, "memory-sign-ins", "500 sign-ins", &mut report);
    weight::measure(&site, &mut report).await?;
    upkeep::measure(site, &mut report).await?;
    Ok(report)
}

/// Tells whoever watches what goes on.
fn say(what: &str) {
    eprintln!("== {what}");
}

/// By the world's clock; the company's own, of Stockholm, is never behind it.
#[expect(
    clippy::disallowed_methods,
    reason = "sales are logged today, by the clock of the server under trial"
)]
fn today() -> NaiveDate {
    chrono::Utc::now().date_naive()
}
