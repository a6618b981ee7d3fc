//! Packs days in the background once they are left alone, and counts months of them.

use std::time::Duration;

use chrono::NaiveDate;
use sqlx::{Acquire, PgConnection};
use tokio_util::sync::CancellationToken;

use super::keys::Homes;
use super::months::{By, Counter, Month};
use super::store::{self, MonthOf};
use crate::app::App;
use crate::error::Result;
use crate::org::{self, Organisation};

/// Between two looks, and so long a day has been left alone before it is packed.
const PAUSE: Duration = Duration::from_secs(5);
/// So many days at a time: some seconds of work at ten thousand deliveries a day.
const AT_ONCE: i32 = 100;
/// So many months at a time, each of one thing: seconds of work at ten thousand deliveries a day.
const MONTHS_AT_ONCE: usize = 12;

/// Packs every day that has changed, however lately, and counts every month.
pub async fn keep(conn: &mut PgConnection) -> Result<()> {
    store::keep(conn, i64::MAX, i32::MAX).await?;
    let homes = Homes::new(&org::organisation::load(conn).await?);
    forget_torn(conn, &homes).await?;
    while count_month(conn, &homes).await? {}
    Ok(())
}

/// What a keeper has seen.
#[derive(Default)]
struct Seen {
    /// The latest change of a day.
    change: i64,
    /// How the company stood when months were looked through for people who had moved.
    revision: i64,
}

/// Packs days and counts months until `shutdown`. A failure is logged and tried again.
pub async fn keep_packing(app: App, shutdown: CancellationToken) {
    let mut seen = Seen::default();
    while shutdown.run_until_cancelled(tokio::time::sleep(PAUSE)).await.is_some() {
        match shutdown.run_until_cancelled(round(&app, &mut seen)).await {
            Some(Ok(())) => {}
            Some(Err(error)) => {
                tracing::warn!(%error, "days could not be packed; trying again");
            }
            None => return,
        }
    }
}

async fn round(app: &App, seen: &mut Seen) -> Result<()> {
    let mut conn = app.db.acquire().await?;
    seen.change = store::keep(&mut conn, seen.change, AT_ONCE).await?;
    let company = app.company.present(&mut conn).await?;
    let homes = Homes::new(&company.organisation);
    if company.revision != seen.revision {
        forget_torn(&mut conn, &homes).await?;
        seen.revision = company.revision;
    }
    for _ in 0..MONTHS_AT_ONCE {
        if !count_month(&mut conn, &homes).await? {
            break;
        }
    }
    Ok(())
}

/// Counts the latest month that is not counted; whether there was one.
async fn count_month(conn: &mut PgConnection, homes: &Homes) -> Result<bool> {
    let mut tx = conn.begin().await?;
    if !store::is_alone(&mut tx).await? {
        return Ok(false);
    }
    let Some(month) = store::uncounted(&mut tx).await? else { return Ok(false) };
    let (days, counted) = counted(&mut tx, &month, homes).await?;
    for (by, groups) in counted {
        store::put_month(&mut tx, &month, days, (by, &groups)).await?;
    }
    tx.commit().await?;
    Ok(true)
}

/// The first and last day of a month, and what it comes to, counted in every way.
async fn counted(
    conn: &mut PgConnection,
    month: &MonthOf,
    homes: &Homes,
) -> Result<((NaiveDate, NaiveDate), Vec<(By, Vec<u8>)>)> {
    let mut counters = By::ALL.map(|by| (by, Counter::new(by, homes)));
    let days = store::kept_days(conn, month, |day| {
        for (_, counter) in &mut counters {
            counter.add(&day);
        }
    })
    .await?;
    let written = counters.iter().map(|(by, counter)| Ok((*by, counter.written()?)));
    Ok((days, written.collect::<Result<_>>()?))
}

/// Forgets months that were counted before it was said that somebody moved in them.
async fn forget_torn(conn: &mut PgConnection, homes: &Homes) -> Result<()> {
    for month in store::counted_months(conn).await? {
        let Some((first, groups)) = store::month(conn, &month, By::People).await? else { continue };
        if (Month { by: By::People, first, groups: &groups }).is_torn(homes)? {
            store::forget(conn, &month).await?;
        }
    }
    Ok(())
}

/// Months that are counted otherwise than their days say.
pub(super) async fn wrong_months(conn: &mut PgConnection) -> Result<Vec<NaiveDate>> {
    let (nobody_moves, mut wrong) = (Homes::new(&Organisation::default()), Vec::new());
    for month in store::counted_months(conn).await? {
        let ((first, _), counted) = counted(conn, &month, &nobody_moves).await?;
        for (by, groups) in counted {
            let now = Month { by, first, groups: &groups };
            let kept = store::month(conn, &month, by).await?;
            let like = kept.map(|(first, groups)| Month { by, first, groups: &groups }.is_like(&now));
            if !like.transpose()?.unwrap_or(false) {
                wrong.push(month.first);
            }
        }
    }
    wrong.dedup();
    Ok(wrong)
}
