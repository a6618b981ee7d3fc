//! Why something came back or was cancelled, and what is taken off for it.

use crate::kernel::money::portion;
use crate::kernel::ratio;

/// Why something came back, or was cancelled before it was delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ReturnCause {
    /// It does not do what it should.
    Product,
    /// It costs too much.
    Price,
    /// It came or would come too late.
    DeliveryTime,
    /// The customer was not looked after.
    Service,
    /// Something else was delivered than was ordered.
    WrongItem,
    /// It came damaged.
    Damaged,
    /// The customer does not need it any more.
    NoNeed,
    /// Something else, in words.
    Other,
}

impl ReturnCause {
    /// All, in the order they are offered.
    pub const ALL: [Self; 8] = [
        Self::Product,
        Self::Price,
        Self::DeliveryTime,
        Self::Service,
        Self::WrongItem,
        Self::Damaged,
        Self::NoNeed,
        Self::Other,
    ];

    /// The stored code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Product => "product",
            Self::Price => "price",
            Self::DeliveryTime => "delivery_time",
            Self::Service => "service",
            Self::WrongItem => "wrong_item",
            Self::Damaged => "damaged",
            Self::NoNeed => "no_need",
            Self::Other => "other",
        }
    }

    /// Reads a stored code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|cause| cause.code() == code)
    }

    /// Catalogue key of its name.
    pub fn label(self) -> String {
        format!("orders-return-{}", self.code().replace('_', "-"))
    }
}

/// Why something was taken back: the cause, and in words that may be empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Why<'a> {
    /// What it comes down to.
    pub cause: ReturnCause,
    /// In words.
    pub words: &'a str,
}

/// What is taken off a line's price or cost for pieces of `all` that are cancelled after `before` others: the line is divided
/// between what is still wanted and the rest, as it is between what is delivered and the rest. So what is wanted in the end
/// is worth the same on every basis and in however many steps it came to that.
pub fn cancelled_part(whole: i64, before: i64, pieces: i64, all: i64) -> i64 {
    portion(whole, all - before, all) - portion(whole, all - before - pieces, all)
}

/// What is taken off for pieces that come back of `brought` ones of `all`: their part, and everything that is left of what was
/// brought with the last. `back` came back before, for which `off` was taken off.
pub fn returned_part(whole: i64, (back, off): (i64, i64), pieces: i64, (brought, all): (i64, i64)) -> i64 {
    let rest = portion(whole, brought, all) - off;
    if pieces >= brought - back { rest } else { ratio::scale(whole, pieces, all).unwrap_or(rest).min(rest) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_back_in_parts_comes_to_the_whole() {
        let first = returned_part(100_00, (0, 0), 1, (3, 3));
        let second = returned_part(100_00, (1, first), 1, (3, 3));
        let last = returned_part(100_00, (2, first + second), 1, (3, 3));
        assert_eq!((first, second, last), (33_33, 33_33, 33_34));
        assert_eq!(returned_part(100_00, (0, 0), 3, (3, 3)), 100_00);
    }

    #[test]
    fn what_is_cancelled_has_nothing_to_do_with_what_came_back_for_less() {
        // five of ten for 1,000 are brought and come back for 300; the other five are cancelled
        assert_eq!(cancelled_part(1_000_00, 0, 5, 10), 500_00);
        // one by one it leaves what is delivered of the third: nothing more can come back of it
        let (one, two) = (cancelled_part(100_00, 0, 1, 3), cancelled_part(100_00, 1, 1, 3));
        assert_eq!((one, two, 100_00 - one - two), (33_33, 33_34, 33_33));
        assert_eq!(returned_part(100_00, (0, 0), 1, (1, 3)), 33_33);
    }
}
