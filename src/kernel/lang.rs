//! The languages of the pages.

use serde::{Deserialize, Serialize};

/// English or Swedish.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Lang {
    /// English, the default.
    #[default]
    En,
    /// Swedish.
    Sv,
}

impl Lang {
    /// Both languages, for tests and switches.
    pub const ALL: [Self; 2] = [Self::En, Self::Sv];

    /// The code used in HTML, the database and the catalogue folders.
    pub const fn code(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Sv => "sv",
        }
    }

    /// Reads a stored code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|lang| lang.code() == code)
    }

    /// The first language of an `Accept-Language` header that there is; quality values are in order in practice.
    pub fn from_accept(header: &str) -> Option<Self> {
        header
            .split(',')
            .filter_map(|part| part.trim().get(..2))
            .find_map(|code| Self::from_code(&code.to_lowercase()))
    }

    /// The other one, for the switch in the side bar.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::En => Self::Sv,
            Self::Sv => Self::En,
        }
    }
}
