//! How far an order has come, and which step leads where: one table, and decisions that are pure.
//!
//! | from | step | to |
//! |---|---|---|
//! | received | confirm (every open line has a date) | confirmed |
//! | confirmed | start | in production |
//! | confirmed, in production | finish | ready |
//! | ready | back | in production |
//! | in production | back | confirmed |
//!
//! Partly and wholly delivered follow from what was delivered; whatever is delivered needs no further step.

/// How far people have taken an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Handling {
    /// It has come in; the customer waits for a date.
    Received,
    /// Every line has a date.
    Confirmed,
    /// It is being made.
    InProduction,
    /// It can be taken to the customer.
    Ready,
}

impl Handling {
    /// All, in order.
    pub const ALL: [Self; 4] = [Self::Received, Self::Confirmed, Self::InProduction, Self::Ready];

    /// The stored code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Confirmed => "confirmed",
            Self::InProduction => "in_production",
            Self::Ready => "ready",
        }
    }

    /// Reads a stored code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|handling| handling.code() == code)
    }

    /// Where a step leads from here; nothing where it cannot be taken.
    pub const fn after(self, step: Step) -> Option<Self> {
        match (self, step) {
            (Self::Received, Step::Confirm) | (Self::InProduction, Step::Back) => Some(Self::Confirmed),
            (Self::Confirmed, Step::Start) | (Self::Ready, Step::Back) => Some(Self::InProduction),
            (Self::Confirmed | Self::InProduction, Step::Finish) => Some(Self::Ready),
            _ => None,
        }
    }
}

/// How far an order has come, with what was delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// As people have taken it; nothing is delivered.
    Handled(Handling),
    /// Some of it is delivered.
    PartlyDelivered,
    /// All of it is delivered.
    Delivered,
    /// There is nothing to deliver, such as when all of it was cancelled.
    Closed,
}

impl State {
    /// All, in order.
    pub const ALL: [Self; 7] = [
        Self::Handled(Handling::Received),
        Self::Handled(Handling::Confirmed),
        Self::Handled(Handling::InProduction),
        Self::Handled(Handling::Ready),
        Self::PartlyDelivered,
        Self::Delivered,
        Self::Closed,
    ];

    /// The stored code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Handled(handling) => handling.code(),
            Self::PartlyDelivered => "partly_delivered",
            Self::Delivered => "delivered",
            Self::Closed => "closed",
        }
    }

    /// Reads a stored code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }

    /// Whether what is left waits to be taken to the customer rather than to be made.
    pub fn is_on_its_way(self) -> bool {
        matches!(self, Self::Handled(Handling::Ready) | Self::PartlyDelivered)
    }
}

/// What people do with an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    /// Tells the customer the dates; taken by giving them.
    Confirm,
    /// Begins to make it.
    Start,
    /// Has it ready to be taken to the customer.
    Finish,
    /// Was taken too early.
    Back,
}

impl Step {
    /// All, in the order in which they are offered.
    pub const ALL: [Self; 4] = [Self::Confirm, Self::Start, Self::Finish, Self::Back];

    /// The stored code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Confirm => "confirm",
            Self::Start => "start",
            Self::Finish => "finish",
            Self::Back => "back",
        }
    }

    /// Reads a code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.code() == code)
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use super::*;

    #[test]
    fn the_table_of_steps() {
        let mut table = String::new();
        for from in Handling::ALL {
            for step in Step::ALL {
                if let Some(to) = from.after(step) {
                    writeln!(table, "{} {} {}", from.code(), step.code(), to.code()).unwrap();
                }
            }
        }
        let expected = "received confirm confirmed\nconfirmed start in_production\nconfirmed finish ready\n\
            in_production finish ready\nin_production back confirmed\nready back in_production\n";
        assert_eq!(table, expected);
    }
}
