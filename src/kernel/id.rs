//! Typed row ids: an employee's id is not a deal's.

/// Declares a transparent `i64` newtype that travels through SQL, JSON and URLs.
#[macro_export]
macro_rules! define_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord,
            serde::Serialize, serde::Deserialize, sqlx::Type,
        )]
        #[serde(transparent)]
        #[sqlx(transparent)]
        pub struct $name(pub i64);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = std::num::ParseIntError;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }

        impl From<i64> for $name {
            fn from(id: i64) -> Self {
                Self(id)
            }
        }
    };
}

define_id!(
    /// A person, with or without an account.
    EmployeeId
);
define_id!(
    /// A department; the root department is the company.
    DepartmentId
);
define_id!(
    /// An account that can sign in.
    UserId
);
define_id!(
    /// A product category.
    CategoryId
);
define_id!(
    /// A product.
    ProductId
);
define_id!(
    /// A customer.
    CustomerId
);
define_id!(
    /// A deal, which is an order once it is booked.
    DealId
);
define_id!(
    /// A deal that is not decided yet, or was lost.
    OpportunityId
);
define_id!(
    /// A line of a deal.
    LineId
);
define_id!(
    /// A row of the credit ledger.
    EntryId
);
define_id!(
    /// A goal.
    GoalId
);
