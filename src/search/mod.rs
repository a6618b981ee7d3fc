//! One field that finds people, customers, products, departments, deals, orders and cases, each only where the reader may see it;
//! the phone's menu; and help.

mod help;
mod pages;
mod process;
mod store;

use crate::web::routes::{Gate, Routes};

/// What was found, by kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A person.
    Person,
    /// A customer.
    Customer,
    /// A deal that was made.
    Deal,
    /// A deal that is talked about, or was lost.
    Opportunity,
    /// An order, for those whom all orders may wait for.
    Order,
    /// A customer's question or complaint.
    Case,
    /// A product.
    Product,
    /// A department.
    Department,
}

impl Kind {
    /// The icon's name in the sprite.
    pub const fn icon(self) -> &'static str {
        match self {
            Self::Person => "user-round",
            Self::Customer => "building-2",
            Self::Deal => "handshake",
            Self::Opportunity => "route",
            Self::Order => "package",
            Self::Case => "headphones",
            Self::Product => "tag",
            Self::Department => "split",
        }
    }

    /// Catalogue key of the heading over things of this kind.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Person => "nav-people",
            Self::Customer => "nav-customers",
            Self::Deal => "nav-deals",
            Self::Opportunity => "nav-pipeline",
            Self::Order => "nav-orders",
            Self::Case => "nav-cases",
            Self::Product => "nav-products",
            Self::Department => "nav-departments",
        }
    }
}

/// Something found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// What it is.
    pub kind: Kind,
    /// Where it is looked at.
    pub href: String,
    /// Its name.
    pub name: String,
    /// What tells it from others of the same name.
    pub note: String,
}

/// Search, the phone's menu and help.
pub fn routes() -> Routes {
    Routes::new()
        .get("/search", Gate::SignedIn, pages::search)
        .get("/menu", Gate::SignedIn, help::menu)
        .get("/help", Gate::SignedIn, help::help)
        .get("/help/keys", Gate::SignedIn, help::keys)
}
