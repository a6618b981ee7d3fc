//! Opportunities from files of other systems, whatever their columns and names are called.
//!
//! A [`Mapping`] says which of a file's columns is which of ours, and what its names (people, customers, products, stages)
//! are here. Columns are guessed; names are taken when they are the same in any case, and asked for otherwise. Mappings are
//! remembered by source, for the page and the command line. All rows or none; what is known already stays as it is.
//!
//! Example: a file says `GTXPro` where our product is "GTX Pro". It is refused with the 1,480 lines that say so, the form
//! proposes "GTX Pro", and from then on the source may call it that.

mod cells;
mod likeness;
mod mapping;
mod names;
mod pages;
mod read;
mod store;
mod table;
mod write;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sqlx::PgConnection;

use super::flow::Stamp;
use crate::audit::{self, Event};
use crate::error::{AppError, Result};
use crate::org::Company;
use crate::sales::OWN_SOURCE;
use crate::sales::policy::Reach;
use crate::web::i18n::Localiser;
use crate::web::routes::{Gate, Routes};
pub use mapping::Mapping;
pub use names::Kind;
pub use table::Table;

/// Our columns; the first [`NEEDED`] must be there.
pub const FIELDS: [&str; 17] = [
    "opportunity_no",
    "product",
    "employee",
    "customer",
    "stage",
    "state",
    "opened_on",
    "closed_on",
    "expected_on",
    "amount",
    "currency",
    "quantity",
    "origin",
    "technique",
    "lost_reason",
    "lost_to",
    "note",
];
/// How many of [`FIELDS`] a file must have.
pub const NEEDED: usize = 2;

/// What is wrong with a row, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The line, 1 is the header.
    pub line: u64,
    /// The file's column.
    pub column: String,
    /// What stands there.
    pub value: String,
    /// Key of why it cannot be taken.
    pub reason: &'static str,
}

/// A name of the file that means nothing here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unknown {
    /// What it should be.
    pub kind: Kind,
    /// The name.
    pub name: String,
    /// On how many lines.
    pub count: i64,
    /// The first of them.
    pub lines: Vec<u64>,
    /// What it is most likely here: the value of the choice.
    pub likely: Option<String>,
}

/// What a file comes to, or why it cannot be taken.
#[derive(Clone, Debug, Default)]
pub struct Checked {
    /// Rows that were read without fault.
    pub(super) rows: Vec<read::Row>,
    /// Names to be explained, by kind and name.
    pub unknown: Vec<Unknown>,
    /// Everything else that is wrong.
    pub faults: Vec<Fault>,
}

impl Checked {
    /// Whether it can be taken.
    pub fn is_clean(&self) -> bool {
        self.unknown.is_empty() && self.faults.is_empty()
    }
}

/// What an import did: rows and the sum of their amounts in the company's currency, by state; and rows known before.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// By state: how many, and minor units.
    pub added: BTreeMap<String, (i64, i64)>,
    /// Rows that were known already and stay as they are.
    pub known: i64,
}

/// Whose rows they are and who brings them.
#[derive(Clone, Copy, Debug)]
pub struct Origin<'a> {
    /// The system they come from.
    pub source: &'a str,
    /// Whose opportunities may be written.
    pub reach: &'a Reach,
    /// Who and when.
    pub stamp: Stamp,
}

/// Whether a source may be called that.
pub(super) fn check_source(source: &str) -> Result<(), &'static str> {
    let fits = (1..=100).contains(&source.chars().count()) && source != OWN_SOURCE;
    if fits { Ok(()) } else { Err("import-error-source") }
}

/// What a source's columns and names mean: as remembered, with columns that are not said guessed from the file's header.
pub async fn mapping_for(conn: &mut PgConnection, source: &str, table: &Table) -> Result<Mapping> {
    let remembered = store::find_mapping(conn, source).await?;
    Ok(remembered.unwrap_or_default().guessed(&table.header))
}

/// Reads a file by a mapping; changes nothing.
pub async fn check(
    conn: &mut PgConnection,
    company: &Company,
    (table, mapping): (&Table, &Mapping),
    origin: Origin<'_>,
) -> Result<Checked> {
    let names = names::Names::load(conn, company).await?;
    Ok(read::read(table, mapping, &names, company, origin))
}

/// Writes what was read, books the orders of those that were won, and records it. The caller commits.
pub async fn write(
    conn: &mut PgConnection,
    company: &Company,
    checked: Checked,
    origin: Origin<'_>,
) -> Result<Outcome> {
    if !checked.is_clean() {
        return Err(AppError::internal("an import with faults"));
    }
    let outcome = write::write(conn, company, checked.rows, origin).await?;
    if !outcome.added.is_empty() {
        let details =
            serde_json::json!({ "source": origin.source, "added": outcome.added, "known": outcome.known });
        let event = Event::new("opportunity.imported", "opportunity", None).with(details);
        audit::record(conn, origin.stamp.by, origin.stamp.at, event).await?;
    }
    Ok(outcome)
}

/// Keeps what the columns and names of a source mean.
pub async fn remember(conn: &mut PgConnection, mapping: &Mapping, origin: Origin<'_>) -> Result<()> {
    store::save_mapping(conn, mapping, origin).await
}

/// Every fault in words, unknown names too, for the command line: line, column, value, reason.
pub fn words(l: Localiser, checked: &Checked, mapping: &Mapping) -> Vec<String> {
    let unknown = checked.unknown.iter().map(|one| {
        let values = [("n", one.count.into())];
        let column = mapping.column(one.kind.field()).unwrap_or_else(|| one.kind.field());
        let line = one.lines.first().copied().unwrap_or_default();
        (line, column.to_owned(), one.name.clone(), l.tr(one.kind.unknown_key(), &values))
    });
    let faults = checked
        .faults
        .iter()
        .map(|fault| (fault.line, fault.column.clone(), fault.value.clone(), l.t(fault.reason)));
    unknown
        .chain(faults)
        .map(|(line, column, value, reason)| {
            format!("line {line}, column {column}, value {value:?}: {reason}")
        })
        .collect()
}

/// The import in three steps.
pub fn routes() -> Routes {
    Routes::new()
        .get("/pipeline/import", Gate::Leader, pages::show)
        .post("/pipeline/import", Gate::Leader, pages::upload)
        .get("/pipeline/import/{id}", Gate::Leader, pages::map)
        .post("/pipeline/import/{id}", Gate::Leader, pages::run)
}
