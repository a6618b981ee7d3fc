//! The record of every change, written in the same transaction as the change and sealed soon afterwards: each row
//! carries a hash over itself and the seal of the row before it, so that a change or a gap in the past shows.

mod pages;
mod seal;
mod store;

use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::PgConnection;

use crate::error::Result;
use crate::kernel::id::UserId;
use crate::web::routes::{Gate, Routes};

pub use seal::{check_chain, keep_sealing, seal};

/// What happened to what. Details hold ids and figures, no personal data.
#[derive(Debug, Clone)]
pub struct Event {
    /// Verb, such as `deal.logged`.
    pub action: &'static str,
    /// Kind of the thing, such as `deal`.
    pub subject_kind: &'static str,
    /// Its id, where it has one.
    pub subject_id: Option<i64>,
    /// What changed.
    pub details: Value,
}

impl Event {
    /// `action` happened to the thing of `subject_kind` with `subject_id`.
    pub fn new(action: &'static str, subject_kind: &'static str, subject_id: impl Into<Option<i64>>) -> Self {
        Self {
            action,
            subject_kind,
            subject_id: subject_id.into(),
            details: Value::Object(serde_json::Map::new()),
        }
    }

    /// Adds what changed.
    #[must_use]
    pub fn with(mut self, details: Value) -> Self {
        self.details = details;
        self
    }
}

/// An event, who caused it and when; nobody when the system or the command line acts.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Who.
    pub by: Option<UserId>,
    /// When.
    pub at: DateTime<Utc>,
    /// What.
    pub event: Event,
}

/// Writes `event` into the record; `by` is nobody when the system or the command line acts.
pub async fn record(
    conn: &mut PgConnection,
    by: Option<UserId>,
    at: DateTime<Utc>,
    event: Event,
) -> Result<()> {
    record_all(conn, vec![Entry { by, at, event }]).await
}

/// Writes events into the record.
pub async fn record_all(conn: &mut PgConnection, entries: Vec<Entry>) -> Result<()> {
    if entries.is_empty() { Ok(()) } else { store::insert_all(conn, entries).await }
}

/// The log, for administrators.
pub fn routes() -> Routes {
    Routes::new().get("/admin/audit", Gate::Admin, pages::index).get(
        "/admin/audit.csv",
        Gate::Admin,
        pages::csv,
    )
}
