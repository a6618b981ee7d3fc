//! What counts on the delivered basis: what was delivered on each day, and what came back of that.
//!
//! Example: three pieces for 100 are delivered one by one. They count 33, 34 and 33: after each delivery the line is divided
//! between what is delivered by then and the rest, and a delivery is worth what it adds. So a later delivery changes
//! no earlier one, and together they are the line.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::credit::CreditEvent;
use super::worth::Item;
use super::{BookedDeal, BookedLine, Delivery, Return};
use crate::kernel::money::portion;

/// Pieces of a line that were delivered on a day, and how many of them have not come back.
struct Part {
    on: NaiveDate,
    kept: i64,
}

/// The deliveries of a deal in the order of their days and lines, and after them what came back.
pub(super) fn items(deal: &BookedDeal) -> Vec<Item<'_>> {
    let (mut sold, mut returned) = (Vec::new(), Vec::new());
    for line in &deal.lines {
        let delivered = sold_parts(line, &deal.deliveries);
        let mut parts: Vec<Part> =
            delivered.iter().map(|item| Part { on: item.on, kept: item.quantity }).collect();
        for back in returns_of(line, &deal.returns) {
            returned.extend(returned_parts(line, back, &mut parts));
        }
        sold.extend(delivered);
    }
    sold.sort_by_key(|item| (item.on, item.line.line_no));
    sold.extend(returned);
    sold
}

/// What was delivered of a line, day by day, and never more than the line.
fn sold_parts<'a>(line: &'a BookedLine, deliveries: &[Delivery]) -> Vec<Item<'a>> {
    let mut days: BTreeMap<NaiveDate, i64> = BTreeMap::new();
    for delivery in deliveries.iter().filter(|delivery| delivery.line == line.id) {
        let day = days.entry(delivery.on).or_default();
        *day = day.saturating_add(delivery.quantity);
    }
    if line.quantity <= 0 {
        // nothing to deliver in parts
        return days.first_key_value().map(|(on, _)| sold(line, *on, 0, line.quantity)).into_iter().collect();
    }
    let mut before = 0;
    let parts = days.into_iter().map(|(on, quantity)| {
        let by_then = line.quantity.min(quantity.max(0).saturating_add(before));
        sold(line, on, std::mem::replace(&mut before, by_then), by_then)
    });
    parts.filter(|item| item.quantity > 0).collect()
}

/// What the pieces after the first `before`, up to `by_then`, are worth.
fn sold(line: &BookedLine, on: NaiveDate, before: i64, by_then: i64) -> Item<'_> {
    let added = |whole: i64| portion(whole, by_then, line.quantity) - earlier(whole, before, line.quantity);
    Item {
        line,
        event: CreditEvent::Sale,
        on,
        priced_on: on,
        quantity: by_then - before,
        amount: added(line.amount),
        cost: added(line.cost),
    }
}

/// What the first pieces of several are worth; nothing before there are any.
fn earlier(whole: i64, pieces: i64, all: i64) -> i64 {
    if pieces == 0 { 0 } else { portion(whole, pieces, all) }
}

/// What came back of a line, earliest first; what was cancelled before it was delivered never counted here.
fn returns_of<'a>(line: &BookedLine, returns: &'a [Return]) -> Vec<&'a Return> {
    let mut returns: Vec<&Return> =
        returns.iter().filter(|back| back.line == line.id && !back.cancels).collect();
    returns.sort_by_key(|back| back.on);
    returns
}

/// What came back, off the deliveries that it came from, earliest first: never before one of them, and never more than was
/// delivered. What comes back of goods that are still to be delivered counts when they are.
fn returned_parts<'a>(line: &'a BookedLine, back: &Return, parts: &mut [Part]) -> Vec<Item<'a>> {
    let (mut items, mut before) = (Vec::new(), 0);
    for part in parts.iter_mut() {
        let quantity = part.kept.min(back.quantity - before);
        if quantity <= 0 {
            continue;
        }
        part.kept -= quantity;
        let by_then = before + quantity;
        let taken =
            |whole: i64| portion(whole, by_then, back.quantity) - earlier(whole, before, back.quantity);
        items.push(Item {
            line,
            event: CreditEvent::Return,
            on: back.on.max(part.on),
            priced_on: part.on,
            quantity: -quantity,
            amount: -taken(back.amount),
            cost: -taken(back.cost),
        });
        before = by_then;
    }
    items
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::id::{CategoryId, LineId, ProductId};

    fn on(day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, day).unwrap()
    }

    fn line(quantity: i64, amount: i64, cost: i64) -> BookedLine {
        let (id, product, category) = (LineId(1), ProductId(1), CategoryId(1));
        BookedLine { id, line_no: 1, product, category, quantity, amount, cost }
    }

    fn delivered(line: &BookedLine, parts: &[(u32, i64)]) -> Vec<(u32, i64, i64, i64)> {
        use chrono::Datelike;
        let deliveries: Vec<Delivery> = parts
            .iter()
            .map(|(day, quantity)| Delivery { line: line.id, on: on(*day), quantity: *quantity })
            .collect();
        let items = sold_parts(line, &deliveries);
        items.iter().map(|item| (item.on.day(), item.quantity, item.amount, item.cost)).collect()
    }

    #[test]
    fn a_whole_delivery_is_the_line() {
        assert_eq!(delivered(&line(3, 100, 40), &[(5, 3)]), [(5, 3, 100, 40)]);
        assert_eq!(delivered(&line(-2, -100, -40), &[(5, -2)]), [(5, -2, -100, -40)], "a credit note");
        assert_eq!(delivered(&line(0, 100, 0), &[(5, 0)]), [(5, 0, 100, 0)], "a fee without pieces");
        assert_eq!(delivered(&line(3, 100, 40), &[]), []);
    }

    #[test]
    fn partial_deliveries_are_the_line_together_and_change_no_earlier_one() {
        let three = line(3, 100, 40);
        assert_eq!(delivered(&three, &[(5, 1)]), [(5, 1, 33, 13)]);
        assert_eq!(delivered(&three, &[(5, 1), (9, 1)]), [(5, 1, 33, 13), (9, 1, 34, 14)]);
        assert_eq!(
            delivered(&three, &[(9, 1), (20, 1), (5, 1)]),
            [(5, 1, 33, 13), (9, 1, 34, 14), (20, 1, 33, 13)]
        );
        assert_eq!(delivered(&three, &[(5, 1), (5, 1)]), [(5, 2, 67, 27)], "a day's are one");
        assert_eq!(delivered(&three, &[(5, 2), (9, 2), (10, 1)]), [(5, 2, 67, 27), (9, 1, 33, 13)]);
    }

    #[test]
    fn what_comes_back_is_never_before_its_delivery_nor_more() {
        use chrono::Datelike;
        let line = line(4, 1_000, 400);
        let back = |day, quantity, amount| Return {
            line: line.id,
            on: on(day),
            quantity,
            amount,
            cost: 0,
            cancels: false,
        };
        let run = |parts: &mut Vec<Part>, back: Return| -> Vec<(u32, u32, i64, i64)> {
            let items = returned_parts(&line, &back, parts);
            items
                .iter()
                .map(|item| (item.on.day(), item.priced_on.day(), item.quantity, item.amount))
                .collect()
        };
        let parts = || vec![Part { on: on(5), kept: 1 }, Part { on: on(12), kept: 2 }];
        let mut some = parts();
        assert_eq!(run(&mut some, back(8, 2, 501)), [(8, 5, -1, -251), (12, 12, -1, -250)]);
        assert_eq!(run(&mut some, back(20, 3, 750)), [(20, 12, -1, -250)], "one is still to be delivered");
        assert_eq!(run(&mut some, back(21, 1, 250)), []);
        assert_eq!(run(&mut parts(), back(3, 1, 250)), [(5, 5, -1, -250)], "before the delivery: on its day");
    }
}
