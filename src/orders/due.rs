//! What is owed to a customer, by when, and whether it is in danger. Pure.
//!
//! What counts for being on time is the **first** date that was given. It is moved by the customer's own wish and by nothing
//! else: a date that slips for our reasons does not make a late delivery punctual.

use chrono::NaiveDate;

use super::{Cause, Line};
use crate::kernel::calendar::WorkingCalendar;
use crate::kernel::period::Period;

/// So many working days before it is owed, what is not ready is in danger.
const SOON: i64 = 3;

/// The date that counts after a date was changed to `to` for `cause`: what was owed, or `to` where the customer asked for it.
/// Nothing where it is the confirmed date itself.
pub fn owed_after(line: &Line, to: NaiveDate, cause: Cause) -> Option<NaiveDate> {
    match cause {
        Cause::First | Cause::Customer => None,
        _ => line.due().filter(|due| *due != to),
    }
}

/// How a line stands against what is owed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Standing {
    /// Delivered when it was owed, or nothing was promised.
    Delivered,
    /// Delivered after it was owed.
    DeliveredLate,
    /// Owed, and not delivered.
    Late,
    /// Owed soon and not ready, or the confirmed date is after what is owed.
    AtRisk,
    /// On its way.
    OnTrack,
    /// The customer has no date yet.
    WithoutDate,
    /// Nothing will be delivered.
    Closed,
}

impl Standing {
    /// How bad it is: what is worst of several lines stands for the whole order.
    pub const fn weight(self) -> u8 {
        match self {
            Self::Closed => 0,
            Self::Delivered => 1,
            Self::DeliveredLate => 2,
            Self::OnTrack => 3,
            Self::WithoutDate => 4,
            Self::AtRisk => 5,
            Self::Late => 6,
        }
    }

    /// The code in addresses and files.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::DeliveredLate => "delivered-late",
            Self::Late => "late",
            Self::AtRisk => "at-risk",
            Self::OnTrack => "on-track",
            Self::WithoutDate => "without-date",
            Self::Closed => "closed",
        }
    }

    /// The look of its tag: "on", "risk", "off" or none.
    pub const fn tone(self) -> &'static str {
        match self {
            Self::Delivered => "on",
            Self::DeliveredLate | Self::Late => "off",
            Self::AtRisk => "risk",
            Self::OnTrack | Self::WithoutDate | Self::Closed => "",
        }
    }
}

/// What is known of a line that is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dates {
    /// Whether the confirmed day is after the one that counts.
    pub slipped: bool,
    /// The day that counts.
    pub due: Option<NaiveDate>,
    /// The day all of it was delivered.
    pub delivered_on: Option<NaiveDate>,
    /// Whether it can be taken to the customer.
    pub ready: bool,
}

/// Whether the customer was given a later day than the one that counts.
pub fn slipped(promised_on: Option<NaiveDate>, due: Option<NaiveDate>) -> bool {
    promised_on.zip(due).is_some_and(|(promised, due)| promised > due)
}

/// How a line stands today.
pub fn standing(dates: &Dates, calendar: &WorkingCalendar, today: NaiveDate) -> Standing {
    let Some(due) = dates.due else {
        return if dates.delivered_on.is_some() { Standing::Delivered } else { Standing::WithoutDate };
    };
    match dates.delivered_on {
        Some(day) if day > due => return Standing::DeliveredLate,
        Some(_) => return Standing::Delivered,
        None if due < today => return Standing::Late,
        None => {}
    }
    let left = Period::new(today, due).map_or(0, |rest| calendar.working_days(&rest));
    if dates.slipped || !dates.ready && left < SOON { Standing::AtRisk } else { Standing::OnTrack }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::id::LineId;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn line(promised: &str, owed: &str) -> Line {
        Line {
            id: LineId(1),
            line_no: 1,
            product: String::new(),
            quantity: 10,
            amount: 0,
            cost: 0,
            requested_on: None,
            promised_on: promised.parse().ok(),
            owed_on: owed.parse().ok(),
            delivered_on: None,
            delivered: 0,
            returned: 0,
            cancelled: 0,
            taken_off: 0,
            returned_amount: 0,
            returned_cost: 0,
        }
    }

    #[test]
    fn only_the_customer_moves_what_is_owed() {
        let slipped = owed_after(&line("2026-03-10", ""), day("2026-03-17"), Cause::Material);
        assert_eq!(slipped, Some(day("2026-03-10")), "the first promise counts on");
        let again = owed_after(&line("2026-03-17", "2026-03-10"), day("2026-03-24"), Cause::Capacity);
        assert_eq!(again, Some(day("2026-03-10")));
        assert_eq!(owed_after(&line("2026-03-17", "2026-03-10"), day("2026-03-24"), Cause::Customer), None);
        assert_eq!(owed_after(&line("2026-03-17", "2026-03-10"), day("2026-03-10"), Cause::Material), None);
        assert_eq!(owed_after(&line("", ""), day("2026-03-10"), Cause::First), None);
    }

    #[test]
    fn a_line_is_in_danger_when_it_slips_or_is_not_ready_three_working_days_before() {
        let calendar = WorkingCalendar { weekend: vec![6, 7], ..WorkingCalendar::default() };
        let at = |promised: &str, due: &str, delivered: &str, ready, today: &str| {
            let (promised, due): (Option<NaiveDate>, _) = (promised.parse().ok(), due.parse().ok());
            let dates =
                Dates { slipped: slipped(promised, due), due, delivered_on: delivered.parse().ok(), ready };
            standing(&dates, &calendar, day(today))
        };
        let owed = "2026-03-13"; // a Friday
        assert_eq!(
            at(owed, owed, "", false, "2026-03-10"),
            Standing::OnTrack,
            "Tuesday to Thursday are left"
        );
        assert_eq!(at(owed, owed, "", false, "2026-03-11"), Standing::AtRisk);
        assert_eq!(at(owed, owed, "", true, "2026-03-13"), Standing::OnTrack, "ready on the day itself");
        assert_eq!(at(owed, owed, "", true, "2026-03-14"), Standing::Late);
        assert_eq!(at("2026-03-20", owed, "", true, "2026-03-02"), Standing::AtRisk, "the date has slipped");
        assert_eq!(at("2026-03-20", owed, "2026-03-16", true, "2026-03-16"), Standing::DeliveredLate);
        assert_eq!(at(owed, owed, "2026-03-13", true, "2026-03-16"), Standing::Delivered);
        assert_eq!(at("", "", "", false, "2026-03-16"), Standing::WithoutDate);
    }
}
