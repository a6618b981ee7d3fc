//! Enters the planned deals one after the other, as people would have: through the rules of the product.

use std::collections::HashMap;

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc};
use rust_decimal::Decimal;
use sqlx::PgConnection;
use uuid::Uuid;

use super::lines::{Assortment, Line, delivery};
use super::people::SPECIALIST;
use super::plan::{Deal, Fate, Help, Plan};
use super::staff::Staff;
use super::store;
use super::timeline::Timeline;
use crate::customers::{self, NewCustomer};
use crate::error::{AppError, Result};
use crate::kernel::id::{CustomerId, DealId, ProductId};
use crate::kernel::money::Currency;
use crate::org::company;
use crate::sales::booking::{self, Stamp};
use crate::sales::{
    DealDraft, DealStatus, LineDraft, OWN_SOURCE, Return, ReturnCause, Share, ShareKind, Why,
};

/// Source of the orders of the web shop.
const WEB_SHOP: &str = "webshop";
const CHANNELS: [&str; 4] = ["Visit", "Phone", "Tender", "Framework agreement"];
const RETURNS: [Why<'static>; 4] = [
    Why { cause: ReturnCause::WrongItem, words: "Wrong size ordered" },
    Why { cause: ReturnCause::Damaged, words: "Damaged in transport" },
    Why { cause: ReturnCause::NoNeed, words: "Not needed any more" },
    Why { cause: ReturnCause::Product, words: "Noise above what was promised" },
];

/// Kronor for a euro in the month of a day, in ten thousandths.
fn euro_rate(day: NaiveDate) -> i64 {
    let month = i64::from(day.year()) * 12 + i64::from(day.month0());
    112_500 + (month * 7_919).rem_euclid(41) * 100 - 2_000
}

/// Stores the rate of the euro for each month of the history.
pub(super) async fn add_rates(
    conn: &mut PgConnection,
    timeline: &Timeline<'_>,
    euro: Currency,
) -> Result<()> {
    let firsts =
        timeline.start.iter_days().take_while(|day| *day <= timeline.today).filter(|day| day.day() == 1);
    for day in firsts {
        company::add_rate(conn, euro, day, Decimal::new(euro_rate(day), 4)).await?;
    }
    Ok(())
}

/// Something that happens to a deal.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    Book,
    End,
}

/// What was entered: customers and deals by their places in the plan.
pub(super) struct Booked {
    pub(super) customers: Vec<CustomerId>,
    pub(super) deals: HashMap<usize, DealId>,
}

/// What deals refer to, and where they go.
pub(super) struct History<'a> {
    pub(super) timeline: &'a Timeline<'a>,
    pub(super) staff: &'a Staff,
    pub(super) products: &'a [ProductId],
    pub(super) euro: Currency,
}

impl History<'_> {
    /// Enters everything; `progress` is told how many of the deals are in.
    pub(super) async fn enter(
        &self,
        conn: &mut PgConnection,
        plan: &Plan,
        progress: &(dyn Fn(u64, u64) + Sync),
    ) -> Result<Booked> {
        let customers = self.add_customers(conn, plan).await?;
        let mut deals: HashMap<usize, DealId> = HashMap::new();
        let mut booked = 0;
        for (at, step, index) in self.steps(plan) {
            let deal = &plan.deals[index];
            let stamp = Stamp { by: deal.owner.and_then(|owner| self.staff.users.get(&owner).copied()), at };
            let draft = self.draft(index, deal, &customers)?;
            match step {
                Step::Book => {
                    let id = self.book(conn, deal, draft, stamp).await?;
                    deals.insert(index, id);
                    booked += 1;
                    progress(booked, plan.deals.len() as u64);
                }
                Step::End => {
                    let id = deals.get(&index).copied().ok_or(AppError::NotFound)?;
                    self.end(conn, deal, id, &draft, stamp).await?;
                }
            }
        }
        Ok(Booked { customers, deals })
    }

    /// All bookings and what followed, in the order of time.
    fn steps(&self, plan: &Plan) -> Vec<(DateTime<Utc>, Step, usize)> {
        let mut steps = Vec::with_capacity(plan.deals.len());
        for (index, deal) in plan.deals.iter().enumerate() {
            let booked = self.timeline.moment(deal.day, deal.minute);
            steps.push((booked, Step::Book, index));
            if let Fate::Cancelled(day) | Fate::Returned(day) | Fate::Corrected(day) = deal.fate {
                let ended = self.timeline.moment(day, 17 * 60 + 30).max(booked + TimeDelta::minutes(5));
                steps.push((ended.min(self.timeline.now), Step::End, index));
            }
        }
        steps.sort();
        steps
    }

    /// Makes the customers in the order of their first deal; prospects are as old as the history.
    async fn add_customers(&self, conn: &mut PgConnection, plan: &Plan) -> Result<Vec<CustomerId>> {
        let mut met = vec![self.timeline.start; plan.customers.len()];
        for deal in plan.deals.iter().rev() {
            met[deal.customer] = deal.day;
        }
        let mut order: Vec<usize> = (0..met.len()).collect();
        order.sort_by_key(|index| met[*index]);
        let mut ids = vec![CustomerId(0); met.len()];
        for index in order {
            let customer = &plan.customers[index];
            let new = NewCustomer {
                customer_no: None,
                name: &customer.name,
                segment: customer.segment,
                region: customer.region,
            };
            ids[index] = customers::create(conn, &new, self.timeline.moment(met[index], 8 * 60)).await?;
        }
        Ok(ids)
    }

    async fn book(
        &self,
        conn: &mut PgConnection,
        deal: &Deal,
        draft: DealDraft,
        stamp: Stamp,
    ) -> Result<DealId> {
        let draft = if matches!(deal.fate, Fate::Corrected(_)) { a_tenth_too_high(draft) } else { draft };
        Ok(booking::book(conn, self.timeline.company, &draft, stamp).await?.id())
    }

    /// Cancels, takes back or corrects a deal. Its version is still the first.
    async fn end(
        &self,
        conn: &mut PgConnection,
        deal: &Deal,
        id: DealId,
        draft: &DealDraft,
        stamp: Stamp,
    ) -> Result<()> {
        let company = self.timeline.company;
        match deal.fate {
            Fate::Stands => Ok(()),
            Fate::Corrected(_) => booking::amend(conn, company, id, 1, draft, stamp).await,
            Fate::Cancelled(day) => {
                let next = (DealStatus::Cancelled, Some(day));
                booking::change_status(conn, company, id, 1, next, stamp).await
            }
            Fate::Returned(on) => {
                let (quantity, amount, cost) = deal.returned();
                let (amount, cost) = (self.in_currency(deal, amount), self.in_currency(deal, cost));
                let line = store::first_line(conn, id).await?;
                let returned = Return { line, on, quantity, amount, cost, cancels: false };
                let why = deal.dice.clone().pick(&RETURNS).copied().unwrap_or(RETURNS[0]);
                booking::record_return(conn, company, id, 1, (&returned, why), stamp).await
            }
        }
    }

    fn in_currency(&self, deal: &Deal, sek: i64) -> i64 {
        if deal.euro { sek * 10_000 / euro_rate(deal.day) } else { sek }
    }

    fn draft(&self, index: usize, deal: &Deal, customers: &[CustomerId]) -> Result<DealDraft> {
        let mut dice = deal.dice.clone().fork();
        let channel =
            if deal.owner.is_none() { "Web shop" } else { dice.pick(&CHANNELS).copied().unwrap_or_default() };
        let lines = (1..).zip(deal.lines()).map(|(line_no, line)| self.line(deal, line_no, line, &mut dice));
        let lines = lines.collect::<Result<Vec<_>>>()?;
        let is_web = deal.assortment == Assortment::WebShop;
        Ok(DealDraft {
            source: if is_web { WEB_SHOP } else { OWN_SOURCE }.to_owned(),
            order_no: is_web.then(|| format!("W{}", 50_000 + index)),
            customer: customers[deal.customer],
            owner: deal.owner.map(|owner| self.staff.people[owner]),
            ordered_on: deal.day,
            currency: if deal.euro { self.euro } else { self.timeline.company.currency },
            channel: channel.to_owned(),
            note: String::new(),
            lines,
            shares: self.shares(deal),
            form_key: None::<Uuid>,
        })
    }

    fn line(&self, deal: &Deal, line_no: i32, line: Line, dice: &mut super::dice::Dice) -> Result<LineDraft> {
        let (promised_on, delivered_on) = delivery(&line, deal.day, self.timeline.today, dice);
        let product = self.products.get(line.product).copied().ok_or(AppError::NotFound)?;
        Ok(LineDraft {
            line_no,
            product,
            quantity: line.quantity,
            amount: self.in_currency(deal, line.amount),
            cost: self.in_currency(deal, line.cost),
            promised_on,
            delivered_on,
        })
    }

    fn shares(&self, deal: &Deal) -> Vec<Share> {
        let direct = |person: usize, share_bp| Share {
            employee: self.staff.people[person],
            kind: ShareKind::Direct,
            share_bp,
        };
        match (deal.help, deal.owner) {
            (Help::Shared(colleague, share), Some(owner)) => {
                vec![direct(owner, 10_000 - share), direct(colleague, share)]
            }
            (Help::Specialist(share_bp), _) => {
                let specialist = self.staff.named(SPECIALIST).map(|(_, employee)| employee);
                let overlay = |employee| Share { employee, kind: ShareKind::Overlay, share_bp };
                specialist.map(overlay).into_iter().collect()
            }
            _ => Vec::new(),
        }
    }
}

fn a_tenth_too_high(mut draft: DealDraft) -> DealDraft {
    for line in &mut draft.lines {
        line.amount += line.amount / 10;
    }
    draft
}
