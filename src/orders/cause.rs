//! Why a date was changed, and why something came back or was cancelled.

/// Why a date that was given to a customer was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Cause {
    /// It is the first date.
    First,
    /// The customer wants another day; the only cause that moves what is owed.
    Customer,
    /// Material or goods are missing.
    Material,
    /// There is not enough time or people to make it.
    Capacity,
    /// It was not good enough.
    Quality,
    /// It could not be brought.
    Transport,
    /// It was planned wrongly.
    Planning,
    /// More was promised when it was sold than could be kept.
    Selling,
    /// Something else, in words.
    Other,
}

impl Cause {
    /// Those that can be chosen, in the order they are offered.
    pub const CHOSEN: [Self; 8] = [
        Self::Customer,
        Self::Material,
        Self::Capacity,
        Self::Quality,
        Self::Transport,
        Self::Planning,
        Self::Selling,
        Self::Other,
    ];

    /// The stored code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::Customer => "customer",
            Self::Material => "material",
            Self::Capacity => "capacity",
            Self::Quality => "quality",
            Self::Transport => "transport",
            Self::Planning => "planning",
            Self::Selling => "selling",
            Self::Other => "other",
        }
    }

    /// Reads a stored code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::CHOSEN.into_iter().chain([Self::First]).find(|cause| cause.code() == code)
    }

    /// Whether a department answers for it.
    pub const fn is_ours(self) -> bool {
        !matches!(self, Self::First | Self::Customer)
    }
}

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
}
