//! Imports from texts and directories, for tests of what comes out of them.

use std::path::{Path, PathBuf};

use chrono::{DateTime, TimeZone, Utc};
use pacemark::imports::{self, Input, Kind, Order, Origin, Progress, Report};
use pacemark::kernel::clock::Clock;
use sqlx::{PgConnection, PgPool};
use tokio::sync::watch;

/// The moment at which tests import.
pub fn moment() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2013, 6, 1, 9, 0, 0).unwrap()
}

/// The sample data of a real-shaped company. It must be there: without it nothing is proven.
pub fn adventureworks() -> PathBuf {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/adventureworks");
    assert!(path.is_dir(), "the sample data is missing: {}", path.display());
    path
}

/// The file of a kind in the sample data.
pub fn sample(kind: Kind) -> Input {
    Input::file(kind, adventureworks().join(kind.file_names()[0]))
}

/// Every file of the sample data.
pub fn samples() -> Vec<Input> {
    Kind::ALL.into_iter().map(sample).collect()
}

/// An import from the command line's point of view.
pub fn order(inputs: Vec<Input>) -> Order {
    Order { inputs, source: "import".into(), file_name: "test".into(), dry_run: false, by: None }
}

/// Runs an import.
pub async fn run(db: &PgPool, order: Order) -> Report {
    let (progress, _) = watch::channel(Progress::default());
    imports::run(db, &Clock::fixed(moment()), order, &progress).await.unwrap()
}

/// Runs an import of texts, each as the file of its kind.
pub async fn run_texts(db: &PgPool, texts: &[(Kind, &str)]) -> Report {
    run(db, order(texts.iter().map(|(kind, text)| Input::text(*kind, *text)).collect())).await
}

/// Loads files within a transaction of the test.
pub async fn load(conn: &mut PgConnection, inputs: Vec<Input>) -> Report {
    let (progress, _) = watch::channel(Progress::default());
    let origin = Origin { source: "import".into(), at: moment(), by: None };
    imports::load(conn, inputs, &origin, &progress).await.unwrap()
}

/// What an import did, as `added/changed/unchanged` of all files together.
pub fn tally(report: &Report) -> String {
    assert!(report.faults.is_empty(), "{:#?}", report.faults);
    let counts = report.counts();
    format!("{}/{}/{}", counts.added, counts.changed, counts.unchanged)
}

/// The faults as `line column reason`.
pub fn faults(report: &Report) -> Vec<String> {
    let told = report.faults.first.iter();
    told.map(|f| format!("{} {} {}", f.line, f.column, f.reason.trim_start_matches("import-fault-")))
        .collect()
}
