//! What is done without anybody asking: follow-ups that are missing are made, and what is late is noted. Some at a time, each part
//! for itself, so that much to do takes longer and never begins again from the start.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::{Hand, follow_ups, store};
use crate::app::App;
use crate::error::Result;
use crate::kernel::id::DealId;

/// Between two looks.
const PAUSE: Duration = Duration::from_mins(20);

/// Works until the process ends. A failure is logged and tried again the next time.
pub async fn keep_counting(app: App, shutdown: CancellationToken) {
    while shutdown.run_until_cancelled(tokio::time::sleep(PAUSE)).await.is_some() {
        if app.room.is_low() {
            continue;
        }
        if let Err(error) = work(&app).await {
            tracing::warn!("follow-ups were not looked after: {error}");
        }
    }
}

/// Makes the follow-ups that are missing, notes all that are late, and takes back what was noted of orders that stand no more.
pub async fn work(app: &App) -> Result<()> {
    let mut after = Some(DealId(0));
    while let Some(from) = after {
        after = make(app, from).await?;
    }
    while note_late(app).await? {}
    Ok(())
}

/// Makes some that are missing; the order to go on after, if there may be more.
async fn make(app: &App, after: DealId) -> Result<Option<DealId>> {
    let mut tx = app.begin().await?;
    if !store::is_alone(&mut tx).await? {
        return Ok(None);
    }
    let company = app.company.present(&mut tx).await?;
    let last = follow_ups::make_due(&mut tx, &company, app.clock.now(), after).await?;
    tx.commit().await?;
    Ok(last)
}

/// Notes some that are late; whether there may be more.
async fn note_late(app: &App) -> Result<bool> {
    let mut tx = app.begin().await?;
    if !store::is_alone(&mut tx).await? {
        return Ok(false);
    }
    let now = app.clock.now();
    let company = app.company.present(&mut tx).await?;
    let hand = Hand::nobody(&company, now);
    let noted = follow_ups::late(&mut tx, &hand).await? + follow_ups::no_more(&mut tx, now).await?;
    tx.commit().await?;
    Ok(noted > 0)
}
