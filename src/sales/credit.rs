//! What a deal is worth to whom: the credits that should stand in the ledger, and the rows to post so that they do.
//!
//! Example: a line of 1,000 shared 60/40 gives two direct credits of 600 and 400. When the shares become 50/50,
//! both are reversed and two of 500 are posted; nothing in the ledger is ever changed (rules 5 to 7 and 10).

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::{BookedDeal, BookedLine, DealStatus, Share, ShareKind};
use crate::kernel::id::{CategoryId, EmployeeId, EntryId, LineId};
use crate::kernel::money::{self, Currency, MoneyError};

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

/// How the deal's currency becomes the company's on the day of the deal (rule 4).
#[derive(Clone, Copy, Debug)]
pub struct Conversion {
    /// The deal's currency.
    pub from: Currency,
    /// The company's currency.
    pub to: Currency,
    /// Units of `to` for one of `from`.
    pub rate: Decimal,
}

impl Conversion {
    fn apply(&self, minor: i64) -> Result<i64, MoneyError> {
        if self.from == self.to { Ok(minor) } else { money::convert(minor, self.rate, self.from, self.to) }
    }
}

/// The credits that should stand for a deal: those of the sale, those of its returns, and for a cancelled deal the
/// opposite of each on the day it was cancelled (rule 10). A deal that is undone should have none.
pub fn credits_of(deal: &BookedDeal, conversion: &Conversion) -> Result<Vec<Credit>, MoneyError> {
    if deal.status == DealStatus::Undone {
        return Ok(Vec::new());
    }
    let mut seen = HashSet::new();
    let mut credits = Vec::new();
    for (index, line) in deal.lines.iter().enumerate() {
        let counts = LineCounts {
            first: index == 0,
            first_of_category: seen.insert(line.category),
            new_customer: deal.is_first_of_customer,
        };
        credits.extend(line_credits(deal, line, conversion, counts)?);
    }
    for returned in &deal.returns {
        credits.extend(return_credits(deal, returned, conversion)?);
    }
    if let Some(day) = deal.cancelled_on {
        let cancelled: Vec<Credit> = credits.iter().map(|credit| cancellation(credit, day)).collect();
        credits.extend(cancelled);
    }
    Ok(credits)
}

/// What takes a credit off again on the day of the cancellation, never before the credit itself.
fn cancellation(credit: &Credit, day: NaiveDate) -> Credit {
    Credit {
        event: CreditEvent::Cancellation,
        date: day.max(credit.date),
        figures: credit.figures.negated(),
        ..credit.clone()
    }
}

#[derive(Clone, Copy)]
struct LineCounts {
    first: bool,
    first_of_category: bool,
    new_customer: bool,
}

impl LineCounts {
    fn add_to(self, figures: &mut Figures) {
        figures.orders = i16::from(self.first);
        figures.new_customers = i16::from(self.first && self.new_customer);
        figures.category_orders = i16::from(self.first_of_category);
        figures.category_new_customers = i16::from(self.first_of_category && self.new_customer);
    }
}

/// The credits of one line. Each order counts once, for the owner (or the largest share when the owner has none),
/// and in full for each holder of an overlay share.
fn line_credits(
    deal: &BookedDeal,
    line: &BookedLine,
    conversion: &Conversion,
    counts: LineCounts,
) -> Result<Vec<Credit>, MoneyError> {
    let whole = Whole {
        revenue: conversion.apply(line.amount)?,
        margin: conversion.apply(line.amount.checked_sub(line.cost).ok_or(MoneyError::Overflow)?)?,
        units: line.quantity,
    };
    let mut credits = whole.shared(deal, line, CreditEvent::Sale, deal.ordered_on, conversion.rate);
    let carrier = carrier_of(deal);
    for credit in &mut credits {
        if credit.kind != CreditKind::Direct || credit.employee == carrier {
            counts.add_to(&mut credit.figures);
        }
    }
    Ok(credits)
}

/// Goods that came back: negative, with the shares and the rate of the sale, on the day they came.
fn return_credits(
    deal: &BookedDeal,
    returned: &super::Return,
    conversion: &Conversion,
) -> Result<Vec<Credit>, MoneyError> {
    let Some(line) = deal.lines.iter().find(|line| line.id == returned.line) else { return Ok(Vec::new()) };
    let margin = returned.amount.checked_sub(returned.cost).ok_or(MoneyError::Overflow)?;
    let whole = Whole {
        revenue: -conversion.apply(returned.amount)?,
        margin: -conversion.apply(margin)?,
        units: -returned.quantity,
    };
    Ok(whole.shared(deal, line, CreditEvent::Return, returned.on, conversion.rate))
}

struct Whole {
    revenue: i64,
    margin: i64,
    units: i64,
}

impl Whole {
    /// Divides the whole among those who share the deal; direct parts add up to the whole exactly.
    fn shared(
        &self,
        deal: &BookedDeal,
        line: &BookedLine,
        event: CreditEvent,
        date: NaiveDate,
        rate: Decimal,
    ) -> Vec<Credit> {
        let credit = |employee, kind, share_bp, figures| Credit {
            line: line.id,
            employee,
            kind,
            share_bp,
            event,
            date,
            figures,
            category: line.category,
            rate,
        };
        let all =
            Figures { revenue: self.revenue, margin: self.margin, units: self.units, ..Figures::default() };
        let direct: Vec<&Share> =
            deal.shares.iter().filter(|share| share.kind == ShareKind::Direct).collect();
        let mut credits = match (direct.as_slice(), deal.owner) {
            ([], None) => vec![credit(None, CreditKind::House, 10_000, all)],
            ([], Some(owner)) => vec![credit(Some(owner), CreditKind::Direct, 10_000, all)],
            (direct, _) => self.divided(direct, &credit),
        };
        credits.extend(deal.shares.iter().filter(|share| share.kind == ShareKind::Overlay).map(|share| {
            let figures = Figures {
                revenue: money::share_of(self.revenue, share.share_bp),
                margin: money::share_of(self.margin, share.share_bp),
                units: money::share_of(self.units, share.share_bp),
                ..Figures::default()
            };
            credit(Some(share.employee), CreditKind::Overlay, share.bp(), figures)
        }));
        credits
    }

    fn divided(
        &self,
        direct: &[&Share],
        credit: &impl Fn(Option<EmployeeId>, CreditKind, i32, Figures) -> Credit,
    ) -> Vec<Credit> {
        let parts: Vec<u32> = direct.iter().map(|share| share.share_bp).collect();
        let revenue = money::split(self.revenue, &parts);
        let margin = money::split(self.margin, &parts);
        let units = money::split(self.units, &parts);
        let rows = direct.iter().zip(revenue).zip(margin).zip(units);
        rows.map(|(((share, revenue), margin), units)| {
            let figures = Figures { revenue, margin, units, ..Figures::default() };
            credit(Some(share.employee), CreditKind::Direct, share.bp(), figures)
        })
        .collect()
    }
}

/// The direct holder who carries the order as one order.
fn carrier_of(deal: &BookedDeal) -> Option<EmployeeId> {
    let direct = || deal.shares.iter().filter(|share| share.kind == ShareKind::Direct);
    if direct().next().is_none() || direct().any(|share| Some(share.employee) == deal.owner) {
        return deal.owner;
    }
    direct()
        .max_by_key(|share| (share.share_bp, std::cmp::Reverse(share.employee)))
        .map(|share| share.employee)
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

/// Links what came back or was cancelled to the sale it comes from: the row of the same line and holder that stands
/// among `entries`.
pub fn relate(postings: Vec<Posting>, entries: &[Entry]) -> Vec<Posting> {
    let void: HashSet<EntryId> = entries.iter().filter_map(|entry| entry.reverses).collect();
    let sale_of = |credit: &Credit| {
        entries.iter().rfind(|entry| {
            entry.credit.event == CreditEvent::Sale
                && !void.contains(&entry.id)
                && (entry.credit.line, entry.credit.employee, entry.credit.kind)
                    == (credit.line, credit.employee, credit.kind)
        })
    };
    let linked = postings.into_iter().map(|posting| {
        let relates_to = sale_of(&posting.credit).map(|entry| entry.id);
        Posting { relates_to, ..posting }
    });
    linked.collect()
}
