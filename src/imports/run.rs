//! A whole import: one transaction, a row that tells how far it has come and what it did, a record in the audit log.
//!
//! It has a connection of its own, because it may take longer than any request is allowed to.

use std::time::Duration;

use serde_json::{Map, json};
use sqlx::{ConnectOptions, Connection, PgConnection, PgPool};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::load::{self, Input, Origin};
use super::store::{self, Outcome};
use super::{Progress, Report};
use crate::audit::{self, Event};
use crate::error::{AppError, Result};
use crate::kernel::clock::Clock;
use crate::kernel::id::UserId;
use crate::sales::OWN_SOURCE;

/// How often the row of an import tells how far it has come.
const TELL_EVERY: Duration = Duration::from_millis(400);

/// What to import, and whether to.
#[derive(Clone, Debug)]
pub struct Order {
    /// The files.
    pub inputs: Vec<Input>,
    /// The system they come from; a sale is known by source, order and line.
    pub source: String,
    /// What was given: a file name, or the name of a directory.
    pub file_name: String,
    /// Check and count, but change nothing.
    pub dry_run: bool,
    /// The account; nobody for the command line.
    pub by: Option<UserId>,
}

impl Order {
    /// `all` when there are several files, else the kind of the one.
    pub(super) fn kind_code(&self) -> &'static str {
        match self.inputs.as_slice() {
            [only] => only.kind.code(),
            _ => "all",
        }
    }
}

/// Imports. When the report has faults, nothing was changed. Waits for another import that is running.
pub async fn run(
    db: &PgPool,
    clock: &Clock,
    order: Order,
    progress: &watch::Sender<Progress>,
) -> Result<Report> {
    Job::announce(db, clock, order).await?.carry_out(progress).await
}

/// An import that has its row and is about to run.
pub(super) struct Job {
    /// Id of its row.
    pub id: i64,
    db: PgPool,
    clock: Clock,
    conn: PgConnection,
    order: Order,
}

impl Job {
    /// Makes the row, so that others see the import.
    pub async fn announce(db: &PgPool, clock: &Clock, order: Order) -> Result<Self> {
        if order.source == OWN_SOURCE || order.source.is_empty() || order.source.chars().count() > 100 {
            return Err(AppError::BadRequest("import-error-source"));
        }
        let options = db.connect_options().as_ref().clone().application_name("pacemark import");
        // its statements are long by nature, in words and in time
        let mut conn = options.disable_statement_logging().connect().await?;
        sqlx::raw_sql("set timezone = 'UTC'").execute(&mut conn).await?;
        let id = store::insert(&mut conn, &order, clock.now()).await?;
        Ok(Self { id, db: db.clone(), clock: clock.clone(), conn, order })
    }

    /// The same import, reading other files: those that were moved to where its id says.
    pub fn reading(mut self, inputs: Vec<Input>) -> Self {
        self.order.inputs = inputs;
        self
    }

    /// Runs to the end, telling how far it has come on the way.
    pub async fn carry_out(mut self, progress: &watch::Sender<Progress>) -> Result<Report> {
        let (db, id, clock) = (self.db.clone(), self.id, self.clock.clone());
        let over = CancellationToken::new();
        let telling = tell(&db, id, progress.subscribe(), &over);
        let working = async {
            let outcome = self.work(progress).await;
            over.cancel();
            outcome
        };
        let (outcome, ()) = tokio::join!(working, telling);
        if let Err(error) = &outcome {
            tracing::error!(import = id, %error, "import failed");
            store::finish(&mut *db.acquire().await?, id, &Outcome::failed(), clock.now()).await?;
        }
        outcome
    }

    async fn work(&mut self, progress: &watch::Sender<Progress>) -> Result<Report> {
        let (id, order) = (self.id, &self.order);
        let origin = Origin { source: order.source.clone(), at: self.clock.now(), by: order.by };
        let mut tx = self.conn.begin().await?;
        store::take_turn(&mut tx).await?;
        let report = load::load(&mut tx, order.inputs.clone(), &origin, progress).await?;
        let outcome = Outcome::of(&report, progress.borrow().rows);
        let now = self.clock.now();
        if order.dry_run || !report.faults.is_empty() {
            tx.rollback().await?;
            store::finish(&mut self.conn, id, &outcome, now).await?;
        } else {
            audit::record(&mut tx, order.by, now, event(id, order, &report)).await?;
            store::finish(&mut tx, id, &outcome, now).await?;
            tx.commit().await?;
        }
        Ok(report)
    }
}

fn event(id: i64, order: &Order, report: &Report) -> Event {
    let files: Map<_, _> = report
        .files
        .iter()
        .map(|(kind, counts)| {
            let counts = json!({
                "added": counts.added, "changed": counts.changed, "unchanged": counts.unchanged,
            });
            (kind.code().to_owned(), counts)
        })
        .collect();
    Event::new("import.done", "import", id).with(json!({ "source": order.source, "files": files }))
}

/// Writes the progress to the row, on another connection: the import's own is in a transaction nobody sees into.
async fn tell(db: &PgPool, id: i64, mut seen: watch::Receiver<Progress>, over: &CancellationToken) {
    while let Some(Ok(())) = over.run_until_cancelled(seen.changed()).await {
        let now = *seen.borrow_and_update();
        let saved = async { store::save_progress(&mut *db.acquire().await?, id, now).await }.await;
        if let Err(error) = saved {
            tracing::warn!(import = id, %error, "cannot tell the progress of an import");
        }
        over.run_until_cancelled(tokio::time::sleep(TELL_EVERY)).await;
    }
}
