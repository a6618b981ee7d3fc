//! Files into the database, within the transaction of whoever calls: read, check, write.

use std::fs::File;
use std::io::{Cursor, Read};
use std::path::PathBuf;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use tokio::sync::watch;

use super::{Kind, Progress, Report, adopt, goal_rows, sale_rows, staging};
use crate::error::{AppError, Result};
use crate::kernel::id::UserId;
use crate::org::company;

/// Whose rows they are and who brings them.
#[derive(Clone, Debug)]
pub struct Origin {
    /// The system they come from; a sale is known by source, order and line.
    pub source: String,
    /// Now.
    pub at: DateTime<Utc>,
    /// The account; nobody for the command line.
    pub by: Option<UserId>,
}

/// A file to import.
#[derive(Clone, Debug)]
pub struct Input {
    /// What it holds.
    pub kind: Kind,
    /// What it is called in reports.
    pub name: String,
    content: Content,
}

#[derive(Clone, Debug)]
enum Content {
    File(PathBuf),
    Text(Arc<[u8]>),
}

impl Input {
    /// The file at `path`.
    pub fn file(kind: Kind, path: impl Into<PathBuf>) -> Self {
        let path = path.into();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        Self { kind, name, content: Content::File(path) }
    }

    /// A file that is in memory, called as its kind's files are.
    pub fn text(kind: Kind, text: impl Into<Vec<u8>>) -> Self {
        let name = kind.file_names().first().copied().unwrap_or_default().to_owned();
        Self { kind, name, content: Content::Text(text.into().into()) }
    }

    /// The same file, called `name`.
    #[must_use]
    pub fn named(self, name: impl Into<String>) -> Self {
        Self { name: name.into(), ..self }
    }

    fn bytes(&self) -> u64 {
        match &self.content {
            Content::File(path) => path.metadata().map_or(0, |file| file.len()),
            Content::Text(text) => u64::try_from(text.len()).unwrap_or(u64::MAX),
        }
    }

    fn open(&self) -> Result<Box<dyn Read + Send>> {
        Ok(match &self.content {
            Content::File(path) => Box::new(File::open(path).map_err(AppError::internal)?),
            Content::Text(text) => Box::new(Cursor::new(Arc::clone(text))),
        })
    }
}

/// Imports `inputs`, each after those it refers to. When the report has faults the caller must roll back: part of
/// the rows may be written. Once one file is faulty the others are only read, not compared with it.
pub async fn load(
    conn: &mut PgConnection,
    mut inputs: Vec<Input>,
    origin: &Origin,
    progress: &watch::Sender<Progress>,
) -> Result<Report> {
    inputs.sort_by_key(|input| Kind::ALL.iter().position(|kind| *kind == input.kind));
    let of_bytes = inputs.iter().map(Input::bytes).sum();
    let currency = company::find(conn).await?.currency;
    staging::open(conn, origin, currency).await?;
    let mut report = Report::default();
    let mut read = Progress { of_bytes, ..Progress::default() };
    for input in &inputs {
        let rows = load_file(conn, input, origin, &mut report, |rows, bytes| {
            progress.send_replace(Progress { rows: read.rows + rows, bytes: read.bytes + bytes, of_bytes });
        })
        .await?;
        read = Progress { rows: read.rows + rows, bytes: read.bytes + input.bytes(), of_bytes };
        progress.send_replace(read);
    }
    Ok(report)
}

async fn load_file(
    conn: &mut PgConnection,
    input: &Input,
    origin: &Origin,
    report: &mut Report,
    seen: impl Fn(u64, u64),
) -> Result<u64> {
    let reading = staging::fill(conn, input.kind, input.open()?, seen).await?;
    let mut faults = reading.faults;
    if report.faults.is_empty() {
        if matches!(input.kind, Kind::Sales | Kind::Goals) {
            let company = adopt::currency(conn, &reading.currencies).await?;
            staging::note_currencies(conn, reading.currencies, company).await?;
        }
        faults.merge(check(conn, input.kind).await?);
        if faults.is_empty() {
            let counts = write(conn, input.kind, origin).await?;
            report.files.push((input.kind, counts));
        }
    }
    report.faults.append(faults.of_file(&input.name));
    Ok(reading.rows)
}

async fn check(conn: &mut PgConnection, kind: Kind) -> Result<super::Faults> {
    match kind {
        Kind::Goals => goal_rows::check(conn).await,
        other => staging::check(conn, other).await,
    }
}

async fn write(conn: &mut PgConnection, kind: Kind, origin: &Origin) -> Result<super::Counts> {
    match kind {
        Kind::Goals => goal_rows::write(conn).await,
        Kind::Sales => sale_rows::write(conn, origin).await,
        other => staging::write(conn, other).await,
    }
}
