//! Imports as the pages show them.

use super::Kind;
use super::columns::Cell;
use super::fault::Fault;
use super::store::ImportRow;
use crate::web::context::Ctx;
use crate::web::i18n::Localiser;
use crate::web::ui::Choice;

/// Where an import stands, in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// It is being worked on.
    Running,
    /// The process that worked on it is gone; nothing was changed.
    Interrupted,
    /// It broke on a fault of ours or of the database; nothing was changed.
    Failed,
    /// The file has faults; nothing was changed.
    Refused,
    /// A dry run found no faults.
    Checked,
    /// Imported.
    Done,
}

impl Stage {
    /// Every stage that a list can be narrowed to, as it is stored.
    pub const STORED: [&'static str; 4] = ["running", "done", "refused", "failed"];

    fn of(row: &ImportRow) -> Self {
        match (row.status.as_str(), row.alive, row.dry_run) {
            ("running", true, _) => Self::Running,
            ("running", false, _) => Self::Interrupted,
            ("refused", ..) => Self::Refused,
            ("failed", ..) => Self::Failed,
            (_, _, true) => Self::Checked,
            _ => Self::Done,
        }
    }

    /// Key of the word.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Running => "import-status-running",
            Self::Interrupted => "import-status-interrupted",
            Self::Failed => "import-status-failed",
            Self::Refused => "import-status-refused",
            Self::Checked => "import-status-checked",
            Self::Done => "import-status-done",
        }
    }

    /// Colour of its tag.
    pub const fn look(self) -> &'static str {
        match self {
            Self::Running | Self::Checked => "",
            Self::Interrupted | Self::Failed | Self::Refused => "off",
            Self::Done => "on",
        }
    }

    /// The step of the three that it belongs to.
    pub const fn step(self) -> usize {
        match self {
            Self::Done => 3,
            _ => 2,
        }
    }
}

/// An import in the reader's words.
pub(super) struct ImportView {
    pub id: i64,
    pub stage: Stage,
    pub kind: String,
    pub source: String,
    pub file_name: String,
    pub started: String,
    pub by: String,
    pub rows_read: i64,
    /// Rows of the file, an estimate while it is read; at least 1, for the progress bar.
    pub rows_total: i64,
    pub added: i64,
    pub changed: i64,
    pub unchanged: i64,
    pub fault_count: i64,
}

impl ImportView {
    pub fn new(ctx: &Ctx, row: &ImportRow) -> Self {
        Self {
            id: row.id,
            stage: Stage::of(row),
            kind: kind_label(ctx.l, &row.kind),
            source: row.source.clone(),
            file_name: row.file_name.clone(),
            started: ctx.l.datetime(row.started_at, ctx.company.zone),
            by: row.started_by.clone().unwrap_or_else(|| ctx.l.t("import-by-command")),
            rows_read: row.rows_read,
            rows_total: row.rows_total.unwrap_or_default().max(row.rows_read).max(1),
            added: row.added,
            changed: row.changed,
            unchanged: row.unchanged,
            fault_count: row.fault_count,
        }
    }

    /// Rows that could be imported.
    pub const fn rows(&self) -> i64 {
        self.added + self.changed + self.unchanged
    }

    /// Whether the file says nothing new.
    pub const fn is_idle(&self) -> bool {
        self.added == 0 && self.changed == 0
    }

    /// Whether all rows are read and are now compared and posted.
    pub const fn is_posting(&self) -> bool {
        self.rows_read > 0 && self.rows_read >= self.rows_total
    }
}

/// A fault in the reader's words.
pub(super) struct FaultView {
    pub line: i64,
    pub column: String,
    pub value: String,
    pub reason: String,
}

impl FaultView {
    pub fn new(l: Localiser, fault: &Fault) -> Self {
        Self {
            line: fault.line,
            column: fault.column.clone(),
            value: fault.value.clone(),
            reason: fault.reason_text(l),
        }
    }
}

/// What a file of a kind holds, for the help beside the form.
pub(super) struct KindHelp {
    pub code: &'static str,
    pub label: String,
    pub columns: Vec<ColumnHelp>,
}

/// A column and what belongs there.
pub(super) struct ColumnHelp {
    pub name: &'static str,
    pub text: String,
    pub required: bool,
}

/// Help on every kind of file.
pub(super) fn help(l: Localiser) -> Vec<KindHelp> {
    let help = |kind: Kind| KindHelp {
        code: kind.code(),
        label: kind_label(l, kind.code()),
        columns: kind
            .columns()
            .iter()
            .map(|column| ColumnHelp {
                name: column.name,
                text: match column.cell {
                    Cell::Choice(words) => words.join(", "),
                    _ => l.t(&format!("import-column-{}", column.name)),
                },
                required: column.required,
            })
            .collect(),
    };
    Kind::ALL.map(help).into()
}

/// Every kind, to choose from.
pub(super) fn kinds(l: Localiser) -> Vec<Choice> {
    Kind::ALL.map(|kind| Choice::new(kind.code(), kind_label(l, kind.code()))).into()
}

fn kind_label(l: Localiser, code: &str) -> String {
    l.t(&format!("import-kind-{code}"))
}
