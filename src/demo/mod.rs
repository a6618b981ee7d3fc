//! The demo company: Nordhem Ventilation AB, with two and a half years of sales up to today.
//!
//! Everything is made relative to today and through the product's own rules, so that the figures behave like any
//! company's: Elias is ahead of his goal and Johan behind, Sales West is short of a colleague, and a million of the
//! company's goal belongs to nobody. The same day gives the same company; only the passwords differ.

mod accounts;
mod customers;
mod dice;
mod history;
mod holidays;
mod lines;
mod orders;
mod people;
mod pipeline;
mod plan;
mod products;
mod quarter;
mod reviews;
mod service;
mod settled;
mod staff;
mod store;
mod support;
mod talks;
mod targets;
mod timeline;

use chrono::{Datelike, NaiveDate};
use serde_json::json;
use sqlx::{PgConnection, PgPool};

pub use accounts::DemoAccount;

use crate::attainment::rollup;
use crate::audit::{self, Event};
use crate::error::{AppError, Result};
use crate::kernel::clock::Clock;
use crate::kernel::money::Currency;
use crate::org::Company;
use crate::org::company::{self, FirstSettings};
use dice::Dice;
use history::History;
use timeline::Timeline;

/// The seed of everything that looks like chance.
const SEED: u64 = 0x4E6F_7264_6865_6D21;

/// How much history to make.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// Deals in a year, about; fewer deals are larger ones.
    pub deals_per_year: i64,
}

impl Default for Size {
    fn default() -> Self {
        Self { deals_per_year: 2_400 }
    }
}

/// What became of the wish to fill an installation.
#[derive(Debug)]
pub enum Filled {
    /// The demo company is in it, with these accounts to sign in with.
    Now(Vec<DemoAccount>),
    /// Somebody has entered something before; nothing has changed.
    NotEmpty,
}

/// Fills an empty installation with the demo company, all of it or nothing. `progress` is told how many of how many
/// deals are entered.
pub async fn fill(
    pool: &PgPool,
    clock: &Clock,
    size: Size,
    progress: &(dyn Fn(u64, u64) + Sync),
) -> Result<Filled> {
    let mut tx = pool.begin().await?;
    if !store::is_empty(&mut tx).await? {
        return Ok(Filled::NotEmpty);
    }
    let company = set_up(&mut tx, clock).await?;
    let timeline = Timeline::new(&company, clock.now());
    let accounts = populate(&mut tx, &timeline, size, progress).await?;
    let event = Event::new("demo.filled", "company", company.root.map(|root| root.0));
    audit::record(&mut tx, None, timeline.now, event.with(json!({ "deals_per_year": size.deals_per_year })))
        .await?;
    rollup::fold(&mut tx).await?;
    tx.commit().await?;
    store::analyze(pool).await?;
    Ok(Filled::Now(accounts))
}

/// Chooses the settings of the company and its free days.
async fn set_up(conn: &mut PgConnection, clock: &Clock) -> Result<Company> {
    let settings = FirstSettings {
        name: "Nordhem Ventilation",
        currency: "SEK",
        time_zone: "Europe/Stockholm",
        language: "en",
    };
    company::set_up(conn, &settings, clock.now()).await?;
    let today = company::find(conn).await?.day_of(clock.now());
    for year in years_around(today) {
        company::add_holidays(conn, &holidays::swedish(year)).await?;
    }
    company::find(conn).await
}

fn years_around(today: NaiveDate) -> std::ops::RangeInclusive<i32> {
    today.year() - 3..=today.year() + 2
}

async fn populate(
    conn: &mut PgConnection,
    timeline: &Timeline<'_>,
    size: Size,
    progress: &(dyn Fn(u64, u64) + Sync),
) -> Result<Vec<DemoAccount>> {
    let euro = Currency::parse("EUR").ok_or_else(|| AppError::internal("no euro"))?;
    let mut staff = staff::create(conn, timeline).await?;
    let accounts = accounts::create(conn, &mut staff, timeline.moment(timeline.start, 8 * 60)).await?;
    let products = products::create(conn, timeline.company.currency).await?;
    history::add_rates(conn, timeline, euro).await?;
    let agreements = store::category(conn, products::AGREEMENTS).await?;
    targets::create(conn, timeline, &staff, agreements).await?;
    support::create(conn, timeline, &staff).await?;
    let plan = plan::plan(timeline, size, &mut Dice::new(SEED));
    let history = History { timeline, staff: &staff, products: &products, euro };
    let booked = history.enter(conn, &plan, progress).await?;
    settled::close(conn, timeline, &staff).await?;
    talks::create(conn, timeline, &staff).await?;
    settled::plan(conn, timeline, &staff).await?;
    pipeline::create(conn, timeline, (&staff, &products), (&plan, &booked)).await?;
    reviews::create(conn, timeline, &staff).await?;
    orders::create(conn, timeline, &staff).await?;
    service::create(conn, timeline, &staff).await?;
    Ok(accounts)
}
