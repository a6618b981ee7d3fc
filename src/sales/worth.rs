//! What a deal is worth to whom: the credits that should stand in the ledger, on each basis.
//!
//! On the booked basis the whole deal counts on the day of the order. On the delivered basis the same credits count once
//! more, on the days of delivery, as far as it is delivered ([`super::delivered`]).

use std::collections::{BTreeMap, HashSet};

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::credit::{Credit, CreditEvent, CreditKind, Figures};
use super::{BookedDeal, BookedLine, DealStatus, Share, ShareKind, delivered};
use crate::kernel::basis::Basis;
use crate::kernel::id::EmployeeId;
use crate::kernel::money::{self, Currency, MoneyError};

/// How the deal's currency becomes the company's, on each day that something is priced (rule 4).
#[derive(Clone, Debug)]
pub struct Exchange {
    /// The deal's currency.
    pub from: Currency,
    /// The company's currency.
    pub to: Currency,
    /// Units of `to` for one of `from` on the day of the order.
    pub booked: Decimal,
    /// The same on days of delivery.
    pub delivered: BTreeMap<NaiveDate, Decimal>,
}

impl Exchange {
    /// The rate for what counts on `basis` and is priced on `day`.
    fn rate(&self, basis: Basis, day: NaiveDate) -> Result<Decimal, MoneyError> {
        match basis {
            Basis::Booked => Ok(self.booked),
            Basis::Delivered => self.delivered.get(&day).copied().ok_or(MoneyError::InvalidRate),
        }
    }

    fn apply(&self, rate: Decimal, minor: i64) -> Result<i64, MoneyError> {
        if self.from == self.to { Ok(minor) } else { money::convert(minor, rate, self.from, self.to) }
    }
}

/// Something that counts: a line that is sold, part of one that is delivered, or goods that came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Item<'a> {
    /// The line it belongs to.
    pub(super) line: &'a BookedLine,
    /// A sale, a return, or a cancellation of pieces.
    pub(super) event: CreditEvent,
    /// The day it counts on.
    pub(super) on: NaiveDate,
    /// The day of the sale, whose rate holds for it.
    pub(super) priced_on: NaiveDate,
    /// Pieces; negative for what came back, like the amounts.
    pub(super) quantity: i64,
    /// Price, minor units of the deal's currency.
    pub(super) amount: i64,
    /// Cost.
    pub(super) cost: i64,
}

/// The credits that should stand for a deal, on both bases: those of the sale, those of its returns, and for a cancelled
/// deal the opposite of each on the day it was cancelled (rule 10). A deal that is undone should have none.
pub fn credits_of(deal: &BookedDeal, exchange: &Exchange) -> Result<Vec<Credit>, MoneyError> {
    if deal.status == DealStatus::Undone {
        return Ok(Vec::new());
    }
    let mut credits = credits_on(Basis::Booked, booked(deal), deal, exchange)?;
    credits.extend(credits_on(Basis::Delivered, delivered::items(deal), deal, exchange)?);
    Ok(credits)
}

/// What counts on the booked basis: every line, and all that came back.
fn booked(deal: &BookedDeal) -> Vec<Item<'_>> {
    let item = |line, event, on, (quantity, amount, cost)| Item {
        line,
        event,
        on,
        priced_on: deal.ordered_on,
        quantity,
        amount,
        cost,
    };
    let sold = deal
        .lines
        .iter()
        .map(|line| item(line, CreditEvent::Sale, deal.ordered_on, (line.quantity, line.amount, line.cost)));
    let returned = deal.returns.iter().filter_map(|back| {
        let line = deal.lines.iter().find(|line| line.id == back.line)?;
        let event = if back.cancels { CreditEvent::Cancellation } else { CreditEvent::Return };
        Some(item(line, event, back.on, (-back.quantity, -back.amount, -back.cost)))
    });
    sold.chain(returned).collect()
}

/// The credits of what counts on one basis, sales in the order that they count in before returns.
fn credits_on(
    basis: Basis,
    items: Vec<Item<'_>>,
    deal: &BookedDeal,
    exchange: &Exchange,
) -> Result<Vec<Credit>, MoneyError> {
    let (mut seen, mut counted) = (HashSet::new(), false);
    let mut credits = Vec::new();
    for item in items {
        let sale = item.event == CreditEvent::Sale;
        let counts = Counts {
            first: sale && !std::mem::replace(&mut counted, true),
            first_of_category: sale && seen.insert(item.line.category),
            new_customer: deal.is_first_of_customer,
        };
        credits.extend(item_credits(basis, deal, &item, exchange, counts)?);
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
struct Counts {
    first: bool,
    first_of_category: bool,
    new_customer: bool,
}

impl Counts {
    fn add_to(self, figures: &mut Figures) {
        figures.orders = i16::from(self.first);
        figures.new_customers = i16::from(self.first && self.new_customer);
        figures.category_orders = i16::from(self.first_of_category);
        figures.category_new_customers = i16::from(self.first_of_category && self.new_customer);
    }
}

/// The credits of one item. Each order counts once, for the owner (or the largest share when the owner has none),
/// and in full for each holder of an overlay share.
fn item_credits(
    basis: Basis,
    deal: &BookedDeal,
    item: &Item<'_>,
    exchange: &Exchange,
    counts: Counts,
) -> Result<Vec<Credit>, MoneyError> {
    let rate = exchange.rate(basis, item.priced_on)?;
    let margin = item.amount.checked_sub(item.cost).ok_or(MoneyError::Overflow)?;
    let whole = Whole {
        revenue: exchange.apply(rate, item.amount)?,
        margin: exchange.apply(rate, margin)?,
        units: item.quantity,
    };
    let mut credits = whole.shared(basis, deal, item, rate);
    let carrier = carrier_of(deal);
    for credit in &mut credits {
        if credit.kind != CreditKind::Direct || credit.employee == carrier {
            counts.add_to(&mut credit.figures);
        }
    }
    Ok(credits)
}

struct Whole {
    revenue: i64,
    margin: i64,
    units: i64,
}

impl Whole {
    /// Divides the whole among those who share the deal; direct parts add up to the whole exactly.
    fn shared(&self, basis: Basis, deal: &BookedDeal, item: &Item<'_>, rate: Decimal) -> Vec<Credit> {
        let credit = |employee, kind, share_bp, figures| Credit {
            basis,
            line: item.line.id,
            employee,
            kind,
            share_bp,
            event: item.event,
            date: item.on,
            figures,
            category: item.line.category,
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
