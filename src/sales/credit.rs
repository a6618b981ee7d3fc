//! Credits and the rows of the ledger: what to post so that the ledger says what it should.
//!
//! Example: a line of 1,000 shared 60/40 gives two direct credits of 600 and 400. When the shares become 50/50,
//! both are reversed and two of 500 are posted; nothing in the ledger is ever changed (rules 5 to 7 and 10). Which
//! credits should stand is worked out by [`super::worth`].

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::kernel::basis::Basis;
use crate::kernel::id::{CategoryId, EmployeeId, EntryId, LineId};

/// Whose a credit is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CreditKind {
    /// Counts for the person, the department and the company.
    Direct,
    /// Counts for the person only.
    Overlay,
    /// Nobody's: counts for the company only.
    House,
}

impl CreditKind {
    /// The stored code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Direct => "direct",
            Self::Overlay => "overlay",
            Self::House => "house",
        }
    }

    /// Reads a stored code.
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Direct, Self::Overlay, Self::House].into_iter().find(|kind| kind.code() == code)
    }
}

/// Why a row was posted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CreditEvent {
    /// The deal as booked.
    Sale,
    /// Goods that came back.
    Return,
    /// The customer cancelled.
    Cancellation,
    /// An edit took an earlier row back.
    Correction,
}

impl CreditEvent {
    /// The stored code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Sale => "sale",
            Self::Return => "return",
            Self::Cancellation => "cancellation",
            Self::Correction => "correction",
        }
    }

    /// Reads a stored code.
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Sale, Self::Return, Self::Cancellation, Self::Correction]
            .into_iter()
            .find(|event| event.code() == code)
    }
}

/// The figures of a ledger row, in minor units of the company's currency and in counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub struct Figures {
    /// Order intake.
    pub revenue: i64,
    /// Revenue less cost.
    pub margin: i64,
    /// Pieces.
    pub units: i64,
    /// 1 on the row that carries the order.
    pub orders: i16,
    /// 1 on the row that carries a customer's first order.
    pub new_customers: i16,
    /// 1 on the row that carries the order within its product category.
    pub category_orders: i16,
    /// 1 on the row that carries a first order within its product category.
    pub category_new_customers: i16,
}

impl Figures {
    /// The exact opposite.
    #[must_use]
    pub const fn negated(self) -> Self {
        Self {
            revenue: -self.revenue,
            margin: -self.margin,
            units: -self.units,
            orders: -self.orders,
            new_customers: -self.new_customers,
            category_orders: -self.category_orders,
            category_new_customers: -self.category_new_customers,
        }
    }
}

/// A row of the ledger, as it should be posted.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Credit {
    /// Whether it counts when the deal is booked or as it is delivered.
    pub basis: Basis,
    /// The order line.
    pub line: LineId,
    /// Who holds it; nobody for a house sale.
    pub employee: Option<EmployeeId>,
    /// Whose it is.
    pub kind: CreditKind,
    /// Hundredths of a percent of the line.
    pub share_bp: i32,
    /// Why it was posted.
    pub event: CreditEvent,
    /// The day it counts on.
    pub date: NaiveDate,
    /// What it counts.
    pub figures: Figures,
    /// Product category of the line.
    pub category: CategoryId,
    /// Units of the company's currency for one of the deal's.
    pub rate: Decimal,
}

/// A row that stands in the ledger.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its id; later rows have higher ones.
    pub id: EntryId,
    /// What it says.
    pub credit: Credit,
    /// The row it takes back, if it is a reversal.
    pub reverses: Option<EntryId>,
}

/// A row to post.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Posting {
    /// What it says.
    pub credit: Credit,
    /// The row it takes back.
    pub reverses: Option<EntryId>,
    /// For what came back or was cancelled: the row of the sale it comes from (rule 10).
    pub relates_to: Option<EntryId>,
}

impl Posting {
    /// A row that stands by itself.
    pub const fn new(credit: Credit) -> Self {
        Self { credit, reverses: None, relates_to: None }
    }

    /// Whether it is linked to the row of a sale.
    pub const fn relates(&self) -> bool {
        matches!(self.credit.event, CreditEvent::Return | CreditEvent::Cancellation)
    }
}

/// The rows to post so that `entries` (all rows of the deal) come to say what `desired` says: what stands and is not
/// wanted is taken back on its own day, what is wanted and does not stand is posted.
pub fn settle(entries: &[Entry], desired: Vec<Credit>) -> Vec<Posting> {
    let void: HashSet<EntryId> = entries.iter().filter_map(|entry| entry.reverses).collect();
    let mut wanted: HashMap<Credit, usize> = HashMap::new();
    for credit in &desired {
        *wanted.entry(credit.clone()).or_default() += 1;
    }
    let mut postings = Vec::new();
    for entry in entries.iter().filter(|entry| entry.reverses.is_none() && !void.contains(&entry.id)) {
        match wanted.get_mut(&entry.credit) {
            Some(count) if *count > 0 => *count -= 1,
            _ => postings.push(reversal(entry)),
        }
    }
    postings.extend(desired.into_iter().filter_map(|credit| {
        let count = wanted.get_mut(&credit).filter(|count| **count > 0)?;
        *count -= 1;
        Some(Posting::new(credit))
    }));
    postings
}

fn reversal(entry: &Entry) -> Posting {
    let (event, figures) = (CreditEvent::Correction, entry.credit.figures.negated());
    let credit = Credit { event, figures, ..entry.credit.clone() };
    Posting { reverses: Some(entry.id), ..Posting::new(credit) }
}

/// Links what came back or was cancelled to the sale it comes from: the row of the same basis, line, holder and rate that
/// stands among `entries`; of several, the latest that counted by then.
pub fn relate(postings: Vec<Posting>, entries: &[Entry]) -> Vec<Posting> {
    let void: HashSet<EntryId> = entries.iter().filter_map(|entry| entry.reverses).collect();
    let same = |credit: &Credit| (credit.basis, credit.line, credit.employee, credit.kind, credit.rate);
    let sale_of = |credit: &Credit| {
        let sales = entries.iter().filter(|entry| {
            entry.credit.event == CreditEvent::Sale
                && !void.contains(&entry.id)
                && same(&entry.credit) == same(credit)
        });
        sales.max_by_key(|entry| (entry.credit.date <= credit.date, entry.credit.date, entry.id))
    };
    let linked = postings.into_iter().map(|posting| {
        let relates_to = sale_of(&posting.credit).map(|entry| entry.id);
        Posting { relates_to, ..posting }
    });
    linked.collect()
}
