//! One seller's quarter: how large the deals are, how they end, and how the present one comes to stand at its pace.

use chrono::{Days, NaiveDate};

use super::dice::Dice;
use super::lines::Assortment;
use super::people::{Course, PEOPLE};
use super::plan::{Deal, Fate, Help, Seller};
use super::targets::{desired_today, elapsed};
use super::timeline::{THOUSAND, Timeline};
use crate::kernel::period::Period;

/// Sizes of deals beside each other, many small ones and few large.
const SIZES: [i64; 12] = [14, 20, 28, 36, 45, 55, 68, 85, 105, 140, 190, 270];
/// Öre that amounts are whole multiples of: ten kronor.
const ROUND: i64 = 1_000;
/// The smallest deal.
const SMALLEST: i64 = 25 * THOUSAND / 10;

/// Divides a quarter's intake into `count` deals of different sizes.
pub(super) fn divide(total: i64, count: usize, dice: &mut Dice) -> Vec<i64> {
    let sizes: Vec<i64> =
        (0..count).map(|_| dice.pick(&SIZES).map_or(50, |size| size * dice.between(90, 110))).collect();
    let all = sizes.iter().sum::<i64>().max(1);
    sizes.into_iter().map(|size| rounded(total * size / all)).collect()
}

fn rounded(amount: i64) -> i64 {
    (amount / ROUND * ROUND).max(SMALLEST)
}

/// As much of a count's goal as there is by today, somewhat more or less.
pub(super) fn share_so_far(timeline: &Timeline<'_>, goal: i64, dice: &mut Dice) -> i64 {
    let (done, all) = elapsed(timeline);
    (goal * done * dice.between(720, 1_180) / all.max(1) + 500) / 1_000
}

/// Makes the smallest deals of a quarter service agreements, as many as the seller is to sell, more or less.
pub(super) fn give_agreements(
    deals: &mut [Deal],
    seller: Seller,
    timeline: &Timeline<'_>,
    period: &Period,
    dice: &mut Dice,
) {
    let goal = seller.quota.agreements;
    let count = if period == &timeline.quarter {
        share_so_far(timeline, goal, dice)
    } else {
        goal * timeline.level(period) * dice.between(700, 1_150) / 1_000_000
    };
    let everything_else = if seller.place.region.is_some() { Assortment::Goods } else { Assortment::Upkeep };
    let mut by_size: Vec<&mut Deal> = deals.iter_mut().collect();
    by_size.sort_by_key(|deal| deal.amount);
    for (rank, deal) in (0..).zip(by_size) {
        let returns = matches!(deal.fate, Fate::Returned(_));
        deal.assortment = if rank < count && !returns { Assortment::Agreement } else { everything_else };
    }
}

/// Lets some deals be cancelled, come back, be corrected, shared or paid in euro.
pub(super) fn give_ends(deals: &mut [Deal], seller: Seller, timeline: &Timeline<'_>, dice: &mut Dice) {
    for deal in deals {
        deal.fate = fate(deal, timeline.today, dice);
        deal.help = help(deal, seller, timeline, dice);
        let abroad =
            seller.place.region == Some("North") && deal.help == Help::Alone && deal.amount > 40 * THOUSAND;
        if abroad && deal.day < timeline.quarter.start && dice.chance(25) {
            deal.euro = true;
            deal.customer = dice.below(super::customers::EURO.len());
        }
    }
}

fn fate(deal: &Deal, today: NaiveDate, dice: &mut Dice) -> Fate {
    let mut later = |from, to| deal.day + Days::new(dice.between(from, to).unsigned_abs());
    let (cancelled, returned, corrected) = (later(2, 20), later(9, 40), later(0, 3));
    let fate = match dice.between(0, 999) {
        0..20 => (cancelled, Fate::Cancelled(cancelled)),
        20..42 => (returned, Fate::Returned(returned)),
        42..57 => (corrected, Fate::Corrected(corrected)),
        _ => return Fate::Stands,
    };
    if fate.0 < today { fate.1 } else { Fate::Stands }
}

/// Colleagues who come later in the list help those before them, so that a quarter is settled from top to bottom.
fn help(deal: &Deal, seller: Seller, timeline: &Timeline<'_>, dice: &mut Dice) -> Help {
    if deal.amount > 150 * THOUSAND && dice.chance(150) {
        return Help::Specialist(if dice.chance(500) { 10_000 } else { 5_000 });
    }
    if deal.fate != Fate::Stands || !dice.chance(40) {
        return Help::Alone;
    }
    let department = PEOPLE[seller.index].department;
    let colleagues = PEOPLE.iter().enumerate().skip(seller.index + 1).filter(|(_, other)| {
        let there = match other.course {
            Course::New => deal.day >= timeline.newcomer_since(),
            Course::Left | Course::From(_) => false,
            Course::Steady => true,
        };
        other.department == department && other.quota.is_some() && there
    });
    let colleagues: Vec<usize> = colleagues.map(|(index, _)| index).collect();
    let share = [3_000, 4_000, 5_000][dice.below(3)];
    dice.pick(&colleagues).map_or(Help::Alone, |colleague| Help::Shared(*colleague, share))
}

/// Scales the deals of the present quarter so that the seller stands where they should today, whatever was cancelled,
/// came back or is shared. `earlier` are the deals planned before these.
pub(super) fn give_pace(deals: &mut [Deal], seller: Seller, timeline: &Timeline<'_>, earlier: &[Deal]) {
    let desired = desired_today(timeline, seller);
    let counted =
        |deals: &[Deal]| deals.iter().map(|deal| counts(deal, seller.index, &timeline.quarter)).sum::<i64>();
    let missing = desired - counted(earlier) - counted(deals);
    let mut free: Vec<&mut Deal> = deals.iter_mut().filter(|deal| is_free(deal)).collect();
    let present: i64 = free.iter().map(|deal| deal.amount).sum();
    if desired == 0 || present == 0 {
        return;
    }
    for deal in &mut free {
        let scaled = i128::from(deal.amount) * i128::from((present + missing).max(0)) / i128::from(present);
        deal.amount = rounded(i64::try_from(scaled).unwrap_or(deal.amount));
    }
}

fn is_free(deal: &Deal) -> bool {
    !deal.euro
        && matches!(deal.help, Help::Alone | Help::Specialist(_))
        && matches!(deal.fate, Fate::Stands | Fate::Corrected(_))
}

/// What a deal counts for a person in a quarter, in öre.
fn counts(deal: &Deal, person: usize, quarter: &Period) -> i64 {
    let share = match deal.help {
        Help::Shared(colleague, share) if colleague == person => i64::from(share),
        Help::Shared(_, share) if deal.owner == Some(person) => 10_000 - i64::from(share),
        _ if deal.owner == Some(person) => 10_000,
        _ => 0,
    };
    let booked = if quarter.contains(deal.day) { deal.amount } else { 0 };
    let back = match deal.fate {
        Fate::Cancelled(day) if quarter.contains(day) => deal.amount,
        Fate::Returned(day) if quarter.contains(day) => deal.returned().1,
        _ => 0,
    };
    (booked - back) * share / 10_000
}
