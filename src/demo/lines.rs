//! What a deal of a given amount consists of.

use chrono::{Days, NaiveDate};

use super::dice::Dice;
use super::products::{AGREEMENTS, PRODUCTS, Product, WEB_SHOP};

/// Öre that prices are whole multiples of: ten kronor.
const ROUND: i64 = 1_000;

/// What kind of goods a deal is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Assortment {
    /// Units, heat recovery and what belongs to them.
    Goods,
    /// One service agreement.
    Agreement,
    /// Filters and controls, beside agreements.
    Upkeep,
    /// What the web shop sells.
    WebShop,
}

impl Assortment {
    fn holds(self, product: &Product) -> bool {
        match self {
            Self::Goods => product.category != AGREEMENTS,
            Self::Agreement => product.category == AGREEMENTS,
            Self::Upkeep => ["Filters", "Controls"].contains(&product.category),
            Self::WebShop => WEB_SHOP.contains(&product.category),
        }
    }
}

/// A line: the product's place in the assortment, pieces, amount and cost in öre of the SEK price.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) product: usize,
    pub(super) quantity: i64,
    pub(super) amount: i64,
    pub(super) cost: i64,
}

/// Lines that add up to `amount` exactly. Large deals come with accessories.
pub(super) fn lines_for(amount: i64, assortment: Assortment, dice: &mut Dice) -> Vec<Line> {
    let with_accessories = assortment == Assortment::Goods && amount > 4_500_000 && dice.chance(350);
    if !with_accessories {
        return vec![line_for(amount, assortment, dice)];
    }
    let accessories = amount * dice.between(8, 18) / 100 / ROUND * ROUND;
    vec![line_for(amount - accessories, assortment, dice), line_for(accessories, Assortment::Upkeep, dice)]
}

/// The best of a few products: whose list price times a whole quantity comes closest to the amount.
fn line_for(amount: i64, assortment: Assortment, dice: &mut Dice) -> Line {
    let offered: Vec<usize> =
        (0..PRODUCTS.len()).filter(|index| assortment.holds(&PRODUCTS[*index])).collect();
    let tries = if assortment == Assortment::Agreement { offered.len() } else { 5 };
    let mut candidates: Vec<usize> = (0..tries).filter_map(|_| dice.pick(&offered).copied()).collect();
    if assortment == Assortment::Agreement {
        candidates.clone_from(&offered);
    }
    let fitting = candidates.into_iter().map(|product| fit(amount, product, assortment));
    let best = fitting.min_by_key(|line| misfit(line, assortment));
    best.unwrap_or(Line { product: 0, quantity: 1, amount, cost: 0 })
}

fn fit(amount: i64, product: usize, assortment: Assortment) -> Line {
    let price = PRODUCTS[product].price();
    let quantity =
        if assortment == Assortment::Agreement { 1 } else { ((amount + price / 2) / price).max(1) };
    // a discount is borne by the margin, but not all of it: small jobs of a large product are sold at their cost share
    let listed = price * quantity;
    let cost = PRODUCTS[product].cost() * quantity;
    let cost =
        if (amount - listed).abs() * 5 > listed { cost * (amount / ROUND) / (listed / ROUND) } else { cost };
    Line { product, quantity, amount, cost }
}

/// How far an amount is from the list price in permille, with a penalty for boxes of hundreds.
fn misfit(line: &Line, assortment: Assortment) -> i64 {
    let listed = PRODUCTS[line.product].price() * line.quantity;
    let crowd = if assortment == Assortment::WebShop { 0 } else { (line.quantity - 12).max(0) * 8 };
    (line.amount - listed).abs() * 1_000 / listed.max(1) + crowd
}

/// When a line was promised and, by today, delivered. Agreements are not delivered.
pub(super) fn delivery(
    line: &Line,
    ordered: NaiveDate,
    today: NaiveDate,
    dice: &mut Dice,
) -> (Option<NaiveDate>, Option<NaiveDate>) {
    if PRODUCTS[line.product].category == AGREEMENTS {
        // it begins with the order
        return (Some(ordered), Some(ordered).filter(|day| *day <= today));
    }
    let promised = ordered + Days::new(dice.between(10, 60).unsigned_abs());
    let early_or_late = if dice.chance(960) { dice.between(-4, 0) } else { dice.between(1, 16) };
    let delivered = promised + chrono::TimeDelta::days(early_or_late);
    (Some(promised), Some(delivered).filter(|day| *day <= today))
}
