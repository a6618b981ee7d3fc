//! What is done without anybody asking: follow-ups that are missing are made, and what is late is noted.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::{Hand, follow_ups, store};
use crate::app::App;
use crate::error::Result;

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

/// Makes the follow-ups that are missing and notes all that are late.
pub async fn work(app: &App) -> Result<()> {
    let mut tx = app.begin().await?;
    if !store::is_alone(&mut tx).await? {
        return Ok(());
    }
    let now = app.clock.now();
    let company = app.company.present(&mut tx).await?;
    follow_ups::make_due(&mut tx, &company, now).await?;
    while follow_ups::late(&mut tx, &Hand::nobody(&company, now)).await? > 0 {}
    tx.commit().await?;
    Ok(())
}
