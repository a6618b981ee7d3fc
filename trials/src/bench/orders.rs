//! The sales of the made-up company, as a file to import. Orders have one to three lines, two on average.

use std::io::Write;
use std::path::Path;

use anyhow::Result;
use chrono::{Datelike, Days, NaiveDate, Weekday};

use super::company::{CUSTOMERS, Company, PRODUCTS, SEED, SELLERS, file, list_price, money, seller};
use super::dice::Dice;

/// Days from order to promise and to delivery.
const PROMISED: u64 = 14;
const DELIVERED: u64 = 10;

/// One order, without its lines.
struct Order<'a> {
    number: u64,
    day: &'a Day,
    customer: u64,
    /// Nobody for a house sale: one order of twenty.
    seller: Option<u64>,
}

/// A working day as it is written, with the days that follow from it.
struct Day {
    ordered: String,
    promised: String,
    /// Empty when it is still to come.
    delivered: String,
}

/// Writes the file, day by day from three years ago to today.
pub fn write(company: &Company, directory: &Path) -> Result<()> {
    let mut out = file(directory, "order_lines.csv")?;
    writeln!(
        out,
        "order_no,line_no,ordered_on,promised_on,delivered_on,customer_no,employee_no,sku,quantity,amount,cost,currency,channel"
    )?;
    let (days, mut dice) = (days(company), Dice::new(SEED + 2));
    let (mut written, mut number) = (0, 0);
    while written < company.lines {
        let at = usize::try_from(written * u64::try_from(days.len())? / company.lines)?;
        let seller = Some(seller(dice.below(SELLERS))).filter(|_| !dice.chance(5));
        number += 1;
        let order = Order { number, day: &days[at], customer: dice.below(CUSTOMERS), seller };
        let lines = dice.between(1, 3).min(company.lines - written);
        for line in 1..=lines {
            write_line(&mut out, &order, line, &mut dice)?;
        }
        written += lines;
    }
    Ok(out.flush()?)
}

fn write_line(out: &mut impl Write, order: &Order<'_>, line: u64, dice: &mut Dice) -> Result<()> {
    let Order { number, day, customer, seller } = order;
    let (product, quantity) = (dice.below(PRODUCTS), dice.between(1, 5));
    let amount = list_price(product) * quantity * dice.between(85, 100) / 100;
    let cost = list_price(product) * quantity * 6 / 10;
    write!(out, "S{number:08},{line},{},{},{},{customer},", day.ordered, day.promised, day.delivered)?;
    if let Some(seller) = seller {
        write!(out, "{seller}")?;
    }
    Ok(writeln!(out, ",P{product:02},{quantity},{},{},SEK,field", money(amount), money(cost))?)
}

/// Every Monday to Friday of the history, and the last day whatever it is.
fn days(company: &Company) -> Vec<Day> {
    let all = company.first_day().iter_days().take_while(|day| *day <= company.today);
    let worked =
        all.filter(|day| *day == company.today || !matches!(day.weekday(), Weekday::Sat | Weekday::Sun));
    let text = |day: NaiveDate| day.to_string();
    let delivered = |day: NaiveDate| day + Days::new(DELIVERED);
    let day = |day: NaiveDate| Day {
        ordered: text(day),
        promised: text(day + Days::new(PROMISED)),
        delivered: Some(delivered(day)).filter(|on| *on <= company.today).map(text).unwrap_or_default(),
    };
    worked.map(day).collect()
}
