//! Imports: CSV files of another system become departments, people, products, customers, sales and goals here.
//!
//! A file is read as a stream into a temporary table, checked there as a whole, and written by a few statements, in
//! one transaction: all of it, or nothing and a list of every faulty row. The same file again changes nothing.
//!
//! Example: `pacemark import sales orders.csv` reads 35,557 lines, finds that line 12 names an unknown customer, and
//! leaves everything as it was. The statements on temporary tables cannot be checked when the program is built, as
//! the tables exist only during an import; the tests run each of them.

mod adopt;
mod cell;
mod columns;
mod fault;
mod goal_rows;
mod load;
mod pages;
mod reader;
mod run;
mod sale_rows;
mod staging;
mod store;
mod uploads;
mod views;

pub use fault::{Fault, Faults};
pub use load::{Input, Origin, load};
pub use run::{Order, run};

use crate::web::routes::{Gate, Routes};

/// What a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The tree of departments, with the company at its root.
    Departments,
    /// People.
    Employees,
    /// Who belonged to which department when.
    Memberships,
    /// What is sold.
    Products,
    /// Who buys.
    Customers,
    /// Order lines.
    Sales,
    /// Targets.
    Goals,
}

impl Kind {
    /// Every kind, each after those it refers to.
    pub const ALL: [Self; 7] = [
        Self::Departments,
        Self::Employees,
        Self::Memberships,
        Self::Products,
        Self::Customers,
        Self::Sales,
        Self::Goals,
    ];

    /// The stored code, also the word on the command line.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Departments => "departments",
            Self::Employees => "employees",
            Self::Memberships => "memberships",
            Self::Products => "products",
            Self::Customers => "customers",
            Self::Sales => "sales",
            Self::Goals => "goals",
        }
    }

    /// Reads a stored code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// The names under which a directory holds this kind; the first that is there is read.
    pub const fn file_names(self) -> &'static [&'static str] {
        match self {
            Self::Departments => &["departments.csv"],
            Self::Employees => &["employees.csv"],
            Self::Memberships => &["memberships.csv"],
            Self::Products => &["products.csv"],
            Self::Customers => &["customers.csv"],
            Self::Sales => &["order_lines.csv", "sales.csv"],
            Self::Goals => &["goals.csv"],
        }
    }
}

/// What became of the rows of a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct Counts {
    /// Rows that were not known.
    pub added: i64,
    /// Rows that differ from what was stored.
    pub changed: i64,
    /// Rows that say what was stored already.
    pub unchanged: i64,
}

impl Counts {
    /// All rows.
    pub const fn total(self) -> i64 {
        self.added + self.changed + self.unchanged
    }

    /// Whether the rows changed nothing.
    pub const fn is_idle(self) -> bool {
        self.added == 0 && self.changed == 0
    }

    fn plus(self, other: Self) -> Self {
        Self {
            added: self.added + other.added,
            changed: self.changed + other.changed,
            unchanged: self.unchanged + other.unchanged,
        }
    }
}

/// What an import did, or why it did nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Each file that was read, with what became of its rows.
    pub files: Vec<(Kind, Counts)>,
    /// Rows that cannot be taken. With one of them, nothing was changed.
    pub faults: Faults,
}

impl Report {
    /// The rows of all files together.
    pub fn counts(&self) -> Counts {
        self.files.iter().fold(Counts::default(), |sum, (_, counts)| sum.plus(*counts))
    }
}

/// How far an import has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Rows read so far.
    pub rows: u64,
    /// Bytes read so far.
    pub bytes: u64,
    /// Bytes of all files; 0 when unknown.
    pub of_bytes: u64,
}

impl Progress {
    /// Rows of all files, judged by the bytes read so far; none before any are.
    pub fn estimated_rows(&self) -> Option<i64> {
        let all = u128::from(self.rows) * u128::from(self.of_bytes.max(self.bytes));
        i64::try_from(all.checked_div(u128::from(self.bytes))?).ok()
    }
}

/// Imports in the browser, for administrators.
pub fn routes() -> Routes {
    Routes::new()
        .get("/admin/imports", Gate::Admin, pages::index)
        .get("/admin/imports.csv", Gate::Admin, pages::download)
        .get("/admin/imports/new", Gate::Admin, pages::new)
        .post("/admin/imports", Gate::Admin, uploads::create)
        .get("/admin/imports/template/{kind}", Gate::Admin, pages::template)
        .get("/admin/imports/{id}", Gate::Admin, pages::show)
        .post("/admin/imports/{id}/run", Gate::Admin, uploads::confirm)
}
