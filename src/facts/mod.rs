//! What goals of those who support sales are measured by: deliveries on time, follow-ups in time, what customers say, how
//! long they wait for a reply, leads, courses. Typed in, from a file, or from a program.
//!
//! A fact is of a person, who counts for the department they belonged to on its day, or of a department itself. What counts is
//! an append-only ledger (`fact_entries`): a change takes back what stands and adds what is so now, and late ones go to the
//! first open day, as with sales.
//!
//! Example: 47 of 50 deliveries of the northern depot were on time in October, 41 of 50 in November: 88 of 100 are 88 %.

mod file;
mod forms;
mod pages;
mod policy;
mod store;
mod weeks;

use std::ops::Add;

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;

use crate::attainment::Metric;
use crate::attainment::looking_back::Back;
use crate::attainment::service::Span;
use crate::define_id;
use crate::error::{AppError, Result};
use crate::goals::Subject;
use crate::kernel::id::{EmployeeId, UserId};
use crate::web::routes::{Gate, Routes};

pub use file::draft;
pub use forms::Raw;
pub use pages::{records, said};
pub use policy::may_record;
pub use weeks::{Week, weeks};

define_id!(
    /// A fact.
    FactId
);

/// The source of what is typed in here.
pub const OWN_SOURCE: &str = "pacemark";

/// The source of what the process itself notes: deliveries, follow-ups, replies. Nobody else uses it.
pub const PROCESS_SOURCE: &str = "process";

/// The list, the form, the file.
pub fn routes() -> Routes {
    Routes::new()
        .get("/facts", Gate::SignedIn, pages::index)
        .get("/facts.csv", Gate::SignedIn, pages::download)
        .get("/facts/new", Gate::Leader, pages::new)
        .post("/facts/new", Gate::Leader, pages::create)
        .get("/facts/import", Gate::Leader, file::show)
        .post("/facts/import", Gate::Leader, file::import)
        .get("/facts/{id}", Gate::SignedIn, pages::edit)
        .post("/facts/{id}", Gate::Leader, pages::save)
        .post("/facts/{id}/remove", Gate::Leader, pages::remove)
        .post("/facts/{id}/restore", Gate::Leader, pages::restore)
}

/// Sums of facts: a part and, for ratios, the whole it is of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// On time, points in hundredths, minutes, leads.
    pub part: i64,
    /// Of how many; 0 for what is only counted.
    pub whole: i64,
}

impl Add for Facts {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { part: self.part + other.part, whole: self.whole + other.whole }
    }
}

/// A fact to note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FactDraft {
    /// Where it comes from.
    pub source: String,
    /// Its number there; one is given to what is typed in.
    pub fact_no: Option<String>,
    /// What it counts for.
    pub metric: Metric,
    /// Whose it is.
    pub subject: Subject,
    /// The day it belongs to.
    pub day: NaiveDate,
    /// What it says.
    pub facts: Facts,
    /// In words; may be empty.
    pub note: String,
}

/// A fact as it is now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// Its id.
    pub id: FactId,
    /// Its number at its source.
    pub fact_no: String,
    /// Name of whose it is.
    pub name: String,
    /// Employee number or department code.
    pub reference: String,
    /// What it says.
    pub draft: FactDraft,
    /// For stale edits.
    pub version: i64,
}

/// What became of a draft.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Noted {
    /// It is new.
    New(FactId),
    /// It was known by its number and said something else.
    Changed(FactId),
    /// It was known and said the same; nothing has changed.
    Same(FactId),
}

/// Sums of facts of every span, in the order given. Categories of products have no part in it.
pub async fn sums(conn: &mut PgConnection, spans: &[(Metric, Span)]) -> Result<Vec<Facts>> {
    if spans.is_empty() { Ok(Vec::new()) } else { store::sums(conn, spans).await }
}

/// Sums of facts of every span as they stood at the end of `day`, which is `moment`, and what came afterwards, in the order given.
pub async fn sums_as_of(
    conn: &mut PgConnection,
    spans: &[(Metric, Span)],
    day: NaiveDate,
    moment: DateTime<Utc>,
) -> Result<Vec<Back>> {
    if spans.is_empty() { Ok(Vec::new()) } else { store::sums_as_of(conn, spans, day, moment).await }
}

/// An entry that came to a goal later: what it added, or took back where it is below nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Later {
    /// Whose it is, where it is a person's.
    pub person: Option<EmployeeId>,
    /// Name of whose it is.
    pub name: String,
    /// The day it counts on.
    pub day: NaiveDate,
    /// What it added.
    pub facts: Facts,
    /// When it was posted.
    pub posted_at: DateTime<Utc>,
    /// In words; may be empty.
    pub note: String,
}

/// What came to a span after the end of `day`, which is `moment`: dated later, or posted later. The latest first, `most` at most.
pub async fn since(
    conn: &mut PgConnection,
    (metric, span): (Metric, &Span),
    (day, moment): (NaiveDate, DateTime<Utc>),
    most: i64,
) -> Result<Vec<Later>> {
    store::since(conn, (metric, span), (day, moment), most).await
}

/// Notes a fact; the same number of the same source again changes what was noted (rule 12). `may` says whose facts the one who
/// notes may touch: a conflict when the number belongs to somebody else. Numbers of what is typed in are given, not chosen.
pub async fn note(
    conn: &mut PgConnection,
    draft: &FactDraft,
    may: impl Fn(Subject) -> bool,
    by: Option<UserId>,
    now: DateTime<Utc>,
) -> Result<Noted> {
    if let Some(number) = &draft.fact_no {
        let known = store::subject_of(conn, &draft.source, number).await?;
        if known.is_some_and(|subject| !may(subject)) || known.is_none() && draft.source == OWN_SOURCE {
            return Err(AppError::Conflict("facts-error-number"));
        }
    }
    let noted = store::upsert(conn, draft, by, now).await?;
    if let Noted::New(id) | Noted::Changed(id) = noted {
        store::post(conn, &[id], now).await?;
    }
    Ok(noted)
}

/// Takes back what a source has noted by a number, if it has: what stood is reversed. The same number can be noted again.
pub async fn withdraw(
    conn: &mut PgConnection,
    source: &str,
    fact_no: &str,
    now: DateTime<Utc>,
) -> Result<()> {
    let Some(id) = store::remove_noted(conn, source, fact_no, now).await? else { return Ok(()) };
    store::post(conn, &[id], now).await
}
