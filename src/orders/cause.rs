//! Why a date that was given to a customer was changed.

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
