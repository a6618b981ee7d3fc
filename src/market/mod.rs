//! The market: what competitors do and ask, how the economy goes. Typed in or read from a file, in the order of time, and
//! cited where a goal is revised because of it.

mod file;
mod forms;
mod pages;
mod store;

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use sqlx::PgConnection;

use crate::auth::Actor;
use crate::define_id;
use crate::error::Result;
use crate::kernel::id::{GoalId, UserId};
use crate::kernel::period::Period;
use crate::web::i18n::Localiser;
use crate::web::routes::{Gate, Routes};

define_id!(
    /// A note about the market.
    NoteId
);

/// What a note is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// What a competitor did.
    Competitor,
    /// What somebody asks for something.
    Price,
    /// An economic indicator.
    Economy,
    /// Anything else outside the company.
    Other,
}

impl Kind {
    /// All, in the order they are offered.
    pub const ALL: [Self; 4] = [Self::Competitor, Self::Price, Self::Economy, Self::Other];

    /// The stored code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Competitor => "competitor",
            Self::Price => "price",
            Self::Economy => "economy",
            Self::Other => "other",
        }
    }

    /// Reads a stored code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// What it is called.
    pub fn name(self, l: Localiser) -> String {
        l.t(&format!("market-kind-{}", self.code()))
    }
}

/// What is noted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoteDraft {
    /// What it is about.
    pub kind: Kind,
    /// When it happened, or the day a figure is of.
    pub happened_on: NaiveDate,
    /// In one line.
    pub title: String,
    /// A competitor, a product, an indicator; perhaps empty.
    pub about: String,
    /// A price or a figure.
    pub value: Option<Decimal>,
    /// What the value is counted in: "SEK", "%".
    pub unit: String,
    /// In more words.
    pub body: String,
    /// Where it is known from.
    pub source: String,
}

/// A note as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// Its id.
    pub id: NoteId,
    /// What it says.
    pub draft: NoteDraft,
    /// Who wrote it down; nobody for imports by programs.
    pub by: Option<UserId>,
    /// Their name.
    pub name: Option<String>,
    /// For stale-edit checks.
    pub version: i64,
}

impl Note {
    /// The value with its unit: "142.5 SEK"; empty without one.
    pub fn figure(&self, l: Localiser) -> String {
        let Some(value) = self.draft.value else { return String::new() };
        let digits = i64::try_from(value.mantissa()).ok();
        let number = digits.map_or_else(|| value.to_string(), |digits| l.decimal(digits, value.scale()));
        format!("{number}\u{a0}{}", self.draft.unit).trim().to_owned()
    }
}

/// Which notes are listed.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Only these words in title, subject, text or source.
    pub words: String,
    /// Only of this kind.
    pub kind: Option<Kind>,
    /// Only on these days.
    pub days: Option<Period>,
    /// By title instead of by day.
    pub by_title: bool,
    /// The other way around: latest first, or from the end of the alphabet.
    pub descending: bool,
    /// So many at most, and so many left out before them.
    pub slice: (i64, i64),
}

/// Whether `actor` may change or take away a note: whoever wrote it down, and those who set goals.
pub fn may_change(actor: &Actor, note: &Note) -> bool {
    note.by == Some(actor.user) || Gate::Leader.admits(Some(actor)).is_ok()
}

/// Notes and how many there are in all.
pub async fn list(conn: &mut PgConnection, filter: &Filter) -> Result<(Vec<Note>, i64)> {
    store::list(conn, filter).await
}

/// Notes that happened on the days of `period`, latest first, and at most `most`.
pub async fn within(conn: &mut PgConnection, period: Period, most: i64) -> Result<Vec<Note>> {
    let filter = Filter { days: Some(period), descending: true, slice: (most, 0), ..Filter::default() };
    Ok(store::list(conn, &filter).await?.0)
}

/// Cites notes as what a version of a goal rests on; notes that are not there any more are left out.
pub async fn cite(conn: &mut PgConnection, goal: GoalId, number: i32, notes: &[NoteId]) -> Result<()> {
    store::insert_evidence(conn, goal, number, notes).await
}

/// What the versions of a goal rest on: the number of the version, and the note, also where it was taken away since.
pub async fn cited(conn: &mut PgConnection, goal: GoalId) -> Result<Vec<(i32, Note)>> {
    store::list_evidence(conn, goal).await
}

/// Writes down a note; `None` when the same kind, day and title is there already.
pub async fn add(
    conn: &mut PgConnection,
    draft: &NoteDraft,
    by: Option<UserId>,
    now: DateTime<Utc>,
) -> Result<Option<NoteId>> {
    store::insert(conn, draft, by, now).await
}

/// The timeline, its download, and everything that changes it.
pub fn routes() -> Routes {
    Routes::new()
        .get("/market", Gate::SignedIn, pages::index)
        .get("/market.csv", Gate::SignedIn, pages::download)
        .get("/market/new", Gate::SignedIn, pages::new)
        .post("/market", Gate::SignedIn, pages::create)
        .get("/market/import", Gate::Leader, file::show)
        .post("/market/import", Gate::Leader, file::import)
        .get("/market/{id}", Gate::SignedIn, pages::edit)
        .post("/market/{id}", Gate::SignedIn, pages::save)
        .post("/market/{id}/remove", Gate::SignedIn, pages::remove)
        .post("/market/{id}/restore", Gate::SignedIn, pages::restore)
}
