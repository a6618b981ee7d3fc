//! What happened outside the company.

use sqlx::PgConnection;

use super::{Line, On};
use crate::error::Result;
use crate::market;
use crate::notices::Value;

/// So many, latest first.
const MOST: i64 = 6;

pub(super) async fn lines(conn: &mut PgConnection, on: &On<'_>) -> Result<Vec<Line>> {
    let notes = market::within(conn, on.period, MOST).await?;
    let line = |note: market::Note| {
        Line::new("market", format!("/market/{}", note.id))
            .with("title", Value::text(note.draft.title))
            .with("day", Value::Day { day: note.draft.happened_on })
    };
    Ok(notes.into_iter().map(line).collect())
}
