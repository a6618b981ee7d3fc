//! The JSON API through the real router, on a real database: shapes, scope, paging, refusals and the document.

mod agreements;
mod document;
mod opportunities;
mod reading;
mod refusals;
mod sales;
mod settled;

use pacemark::attainment::Metric;
use pacemark::goals::{self, GoalDraft, Subject};
use pacemark::kernel::id::GoalId;
use pacemark::kernel::money::Currency;
use pacemark::kernel::period::Period;

use crate::support::api::Client;
use crate::support::world::{World, day};

pub use reading::pages;

async fn client(world: &World, name: &str) -> Client {
    Client::of(&world.app, world.user(name).await).await
}

/// Sets a goal for the fourth quarter.
async fn quarter_goal(world: &World, subject: Subject, metric: Metric, target: i64) -> GoalId {
    let period = Period::from_inclusive(day(10, 1), day(12, 31)).unwrap();
    let draft = GoalDraft { subject, metric, category: None, period, target, basis: None };
    let mut conn = world.app.read().await.unwrap();
    let sek = Currency::parse("SEK").unwrap();
    goals::set(&mut conn, &draft, sek, None, world.app.clock.now()).await.unwrap()
}
