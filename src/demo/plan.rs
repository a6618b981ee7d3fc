//! Which deals the demo company has closed: who, when, with whom and for how much. Pure; nothing is stored here.

use std::collections::HashMap;

use chrono::{Days, NaiveDate};

use super::Size;
use super::customers::{Customer, EURO, EXPORT, Names, PROSPECTS, REGIONS};
use super::dice::Dice;
use super::lines::{Assortment, Line, lines_for};
use super::people::{Course, PEOPLE, PLACES, Quota, SalesPlace};
use super::quarter;
use super::targets::desired_today;
use super::timeline::{THOUSAND, Timeline};
use crate::kernel::period::Period;

/// Customers a seller starts with.
const FIRST_CUSTOMERS: i64 = 7;
/// Orders of the web shop in a quarter, of 600 deals.
const WEB_ORDERS: i64 = 45;

/// What a deal went through after it was booked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// Nothing.
    Stands,
    /// The customer cancelled it that day.
    Cancelled(NaiveDate),
    /// Goods came back that day: half of the first line, or its only piece.
    Returned(NaiveDate),
    /// It was entered a tenth too high and put right that day.
    Corrected(NaiveDate),
}

/// Who takes part in a deal beside the owner; people by their place in [`PEOPLE`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Help {
    /// Nobody.
    Alone,
    /// A colleague holds a share in hundredths of a percent, the owner the rest.
    Shared(usize, u32),
    /// The product specialist holds an overlay share in hundredths of a percent.
    Specialist(u32),
}

/// A deal to book.
#[derive(Clone, Debug)]
pub(super) struct Deal {
    /// Place in [`PEOPLE`]; nobody for the web shop.
    pub(super) owner: Option<usize>,
    /// Place among the planned customers.
    pub(super) customer: usize,
    pub(super) day: NaiveDate,
    /// Minute of the day it was logged.
    pub(super) minute: i64,
    /// In SEK, öre, also for those in euro.
    pub(super) amount: i64,
    pub(super) euro: bool,
    pub(super) assortment: Assortment,
    pub(super) fate: Fate,
    pub(super) help: Help,
    /// Decides lines, dates and words.
    pub(super) dice: Dice,
}

impl Deal {
    /// The lines, always the same ones for the same amount.
    pub(super) fn lines(&self) -> Vec<Line> {
        lines_for(self.amount, self.assortment, &mut self.dice.clone())
    }

    /// What comes back of the first line, if anything does: pieces and amount.
    pub(super) fn returned(&self) -> (i64, i64, i64) {
        let Some(line) = self.lines().first().copied() else { return (0, 0, 0) };
        if line.quantity < 2 {
            return (line.quantity, line.amount, line.cost);
        }
        let pieces = line.quantity / 2;
        (pieces, line.amount / line.quantity * pieces, line.cost / line.quantity * pieces)
    }
}

/// Everything that has been sold, and to whom.
pub(super) struct Plan {
    pub(super) customers: Vec<Customer>,
    /// In the order they were closed.
    pub(super) deals: Vec<Deal>,
}

/// Plans the whole history.
pub(super) fn plan(timeline: &Timeline<'_>, size: Size, dice: &mut Dice) -> Plan {
    let mut planner = Planner::new(timeline, size, dice.fork());
    for (index, person) in PEOPLE.iter().enumerate() {
        let place = PLACES.iter().find(|place| place.code == person.department);
        if let (Some(quota), Some(place)) = (person.quota, place.and_then(|place| place.sales)) {
            planner.sell(Seller { index, quota, place });
        }
    }
    planner.web_shop();
    planner.finish()
}

/// A seller with what they sell.
#[derive(Clone, Copy)]
pub(super) struct Seller {
    pub(super) index: usize,
    pub(super) quota: Quota,
    pub(super) place: SalesPlace,
}

struct Planner<'a> {
    timeline: &'a Timeline<'a>,
    size: Size,
    dice: Dice,
    names: Names,
    customers: Vec<Customer>,
    /// Of each seller, by place in [`PEOPLE`].
    portfolios: HashMap<usize, Vec<usize>>,
    deals: Vec<Deal>,
}

impl<'a> Planner<'a> {
    fn new(timeline: &'a Timeline<'a>, size: Size, mut dice: Dice) -> Self {
        let names = Names::new(&mut dice);
        let euro = EURO.iter().map(|(name, segment)| (*name, *segment, EXPORT));
        let customers = euro.chain(PROSPECTS.iter().copied());
        let customers =
            customers.map(|(name, segment, region)| Customer { name: name.to_owned(), segment, region });
        let customers = customers.collect();
        Self { timeline, size, dice, names, customers, portfolios: HashMap::new(), deals: Vec::new() }
    }

    /// Everything one seller has closed, quarter by quarter.
    fn sell(&mut self, seller: Seller) {
        for period in self.timeline.quarters() {
            let person = &PEOPLE[seller.index];
            let (began, left) = self.timeline.employment(person, 3);
            let from = began.max(period.start);
            if from >= period.end || left.is_some_and(|left| left < period.start) {
                continue;
            }
            let dates = self.timeline.working_dates(from, period.end);
            let is_present = period == self.timeline.quarter;
            let mut deals = self.closed_in(seller, &period, &dates);
            quarter::give_ends(&mut deals, seller, self.timeline, &mut self.dice);
            quarter::give_agreements(&mut deals, seller, self.timeline, &period, &mut self.dice);
            if is_present {
                quarter::give_pace(&mut deals, seller, self.timeline, &self.deals);
            }
            self.deals.append(&mut deals);
        }
    }

    /// The deals of a seller in a quarter, in order of their days.
    fn closed_in(&mut self, seller: Seller, period: &Period, dates: &[NaiveDate]) -> Vec<Deal> {
        let total = self.intake(seller, period);
        let deal = seller.place.deal * THOUSAND * 2_400 / self.size.deals_per_year.max(1);
        let count = if total <= 0 || dates.is_empty() { 0 } else { (total / deal).max(1) };
        let weights: Vec<i64> = dates.iter().map(|day| self.timeline.weight(*day)).collect();
        let mut days: Vec<NaiveDate> =
            (0..count).filter_map(|_| dates.get(self.dice.weighted(&weights)).copied()).collect();
        days.sort_unstable();
        let amounts = quarter::divide(total, days.len(), &mut self.dice);
        let mut fresh = self.new_customers_in(seller, period);
        let count = days.len();
        let deals = days.into_iter().zip(amounts).enumerate().map(|(nth, (day, amount))| {
            let is_fresh = self.dice.below(count - nth) < fresh;
            fresh -= usize::from(is_fresh);
            let customer = self.customer_for(seller, is_fresh);
            let minute = self.dice.between(8 * 60, 17 * 60);
            Deal {
                owner: Some(seller.index),
                customer,
                day,
                minute,
                amount,
                euro: false,
                assortment: Assortment::Goods,
                fate: Fate::Stands,
                help: Help::Alone,
                dice: self.dice.fork(),
            }
        });
        deals.collect()
    }

    /// What a seller takes in, in öre: in past quarters by strength and luck, in the present one what the pace asks.
    fn intake(&mut self, seller: Seller, period: &Period) -> i64 {
        if period == &self.timeline.quarter {
            return match desired_today(self.timeline, seller) {
                0 if self.dice.chance(300) => seller.place.deal * THOUSAND / 2,
                desired => desired,
            };
        }
        let strength = i64::midpoint(seller.quota.pace, 1_000) * self.dice.between(900, 1_110) / 1_000;
        let whole = self.timeline.target(seller.quota.target, period) * strength / 1_000;
        if PEOPLE[seller.index].course == Course::New { whole / 4 } else { whole }
    }

    /// With how many new customers the deals of a quarter are.
    fn new_customers_in(&mut self, seller: Seller, period: &Period) -> usize {
        let first = !self.portfolios.contains_key(&seller.index);
        let wanted = if period == &self.timeline.quarter {
            quarter::share_so_far(self.timeline, seller.quota.new_customers, &mut self.dice)
        } else {
            seller.quota.new_customers * 2 / 5 + i64::from(self.dice.chance(400))
        };
        usize::try_from(wanted + if first { FIRST_CUSTOMERS } else { 0 }).unwrap_or_default()
    }

    fn customer_for(&mut self, seller: Seller, is_fresh: bool) -> usize {
        let known = self.portfolios.entry(seller.index).or_default();
        if !is_fresh && let Some(customer) = self.dice.pick(known) {
            return *customer;
        }
        let region = seller.place.region.or_else(|| self.dice.pick(&REGIONS).copied()).unwrap_or(REGIONS[0]);
        match self.names.next(region) {
            Some(customer) => {
                self.customers.push(customer);
                known.push(self.customers.len() - 1);
                self.customers.len() - 1
            }
            None => known.first().copied().unwrap_or_default(),
        }
    }

    /// Orders that nobody sold: small ones, on any day of the week, from customers that a seller has won.
    fn web_shop(&mut self) {
        let mut won: Vec<(NaiveDate, usize)> =
            self.deals.iter().map(|deal| (deal.day, deal.customer)).collect();
        won.sort_unstable();
        for period in self.timeline.quarters() {
            let end = period.end.min(self.timeline.today + Days::new(1));
            let days = (end - period.start).num_days();
            let count = WEB_ORDERS * self.size.deals_per_year / 2_400 * days / period.days().max(1);
            for _ in 0..count {
                let day = period.start + Days::new(self.dice.between(0, days - 1).unsigned_abs());
                let before = won.partition_point(|(won_on, _)| *won_on < day);
                if let Some((_, customer)) = self.dice.pick(&won[..before]).copied() {
                    let order = self.web_order(day, customer);
                    self.deals.push(order);
                }
            }
        }
    }

    fn web_order(&mut self, day: NaiveDate, customer: usize) -> Deal {
        Deal {
            owner: None,
            customer,
            day,
            minute: self.dice.between(6 * 60, 23 * 60),
            amount: self.dice.between(9, 180) * THOUSAND / 10,
            euro: false,
            assortment: Assortment::WebShop,
            fate: Fate::Stands,
            help: Help::Alone,
            dice: self.dice.fork(),
        }
    }

    fn finish(mut self) -> Plan {
        self.deals.sort_by_key(|deal| (deal.day, deal.minute));
        Plan { customers: self.customers, deals: self.deals }
    }
}
