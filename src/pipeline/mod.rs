//! Opportunities: what may become an order, on its way through stages, until it is won or lost.
//!
//! Nothing here counts as sold. Winning books the order through [`crate::sales::booking`] in the same transaction; what is
//! open feeds the outlook of goals, each with the probability of its stage.
//!
//! Example: Elias opens one with Holmen Skog over 168,000 and offers in May. In June he wins it: order 10234 is booked for
//! him, and of the 41 that ever stood at "Offer made" 19 are won now.

mod actions;
mod board_page;
mod change;
mod decided;
mod flow;
mod form_page;
mod forms;
mod groups;
pub mod import;
mod list;
mod list_page;
mod list_store;
mod outlook;
pub mod policy;
pub mod program;
mod show_page;
mod stage_page;
mod stage_store;
pub mod stages;
pub mod steps;
mod store;
mod stuck;
mod talk;
mod view_store;
mod worth;

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::{Found, Result};
use crate::kernel::id::{CustomerId, DealId, EmployeeId, OpportunityId, ProductId, UserId};
use crate::kernel::money::Currency;
use crate::sales::DealStatus;
use crate::talks::ThreadId;
use crate::web::i18n::Localiser;
use crate::web::routes::{Gate, Routes};
pub use actions::actions;
pub use decided::{Decided, decided};
pub use flow::{Losing, Opened, Stamp, Winning, came_of, lock, lose, move_to, open, reopen, win};
pub use groups::{Decisions, Reached, decisions_by, funnel};
pub use list::{Card, Filter, Part, Scope, Sums, cards, of_customer, page as list, sums};
pub use outlook::{OpenDeal, open_deals, revision};
pub use stages::{Stage, StageId, Stages};
pub use steps::State;

/// How an opportunity came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Origin {
    /// The customer asked.
    Inbound,
    /// We called.
    Outbound,
    /// Somebody sent them.
    Referral,
    /// A campaign.
    Campaign,
    /// They buy already.
    Existing,
    /// Otherwise.
    Other,
}

impl Origin {
    /// All, in the order they are offered.
    pub const ALL: [Self; 6] =
        [Self::Inbound, Self::Outbound, Self::Referral, Self::Campaign, Self::Existing, Self::Other];

    /// The stored code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Inbound => "inbound",
            Self::Outbound => "outbound",
            Self::Referral => "referral",
            Self::Campaign => "campaign",
            Self::Existing => "existing",
            Self::Other => "other",
        }
    }

    /// Reads a stored code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|origin| origin.code() == code)
    }

    /// What it is called.
    pub fn name(self, l: Localiser) -> String {
        l.t(&format!("pipeline-origin-{}", self.code()))
    }
}

/// Why an opportunity was lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LossReason {
    /// Too dear.
    Price,
    /// It did not fit.
    Product,
    /// Too late.
    DeliveryTime,
    /// Not cared for well enough.
    Service,
    /// A competitor was preferred for something else.
    Competitor,
    /// Nothing is bought.
    NoNeed,
    /// Something else, in words.
    Other,
}

impl LossReason {
    /// All, in the order they are offered.
    pub const ALL: [Self; 7] = [
        Self::Price,
        Self::Product,
        Self::DeliveryTime,
        Self::Service,
        Self::Competitor,
        Self::NoNeed,
        Self::Other,
    ];

    /// The stored code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Price => "price",
            Self::Product => "product",
            Self::DeliveryTime => "delivery_time",
            Self::Service => "service",
            Self::Competitor => "competitor",
            Self::NoNeed => "no_need",
            Self::Other => "other",
        }
    }

    /// Reads a stored code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.code() == code)
    }

    /// What it is called.
    pub fn name(self, l: Localiser) -> String {
        l.t(&format!("pipeline-loss-{}", self.code().replace('_', "-")))
    }
}

/// Why it was lost, and to whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loss {
    /// The reason.
    pub reason: LossReason,
    /// In words; there for [`LossReason::Other`] that was typed.
    pub text: String,
    /// The competitor who got it, perhaps empty.
    pub to: String,
    /// What they asked, minor units of the opportunity's currency.
    pub price: Option<i64>,
}

/// A line: what might be sold. Amounts are for the whole line, in minor units of the opportunity's currency, not below zero.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its place.
    pub line_no: i32,
    /// What.
    pub product: ProductId,
    /// Pieces.
    pub quantity: i64,
    /// Price.
    pub amount: i64,
    /// Cost.
    pub cost: i64,
}

/// What is to be done next.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NextStep {
    /// In words; empty for nothing.
    pub what: String,
    /// By which day.
    pub on: Option<NaiveDate>,
}

/// An opportunity to store, already checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// Where it comes from, [`crate::sales::OWN_SOURCE`] for those opened here.
    pub source: String,
    /// Number within the source; given by us when absent.
    pub number: Option<String>,
    /// Who may buy, if it is known.
    pub customer: Option<CustomerId>,
    /// Whose it is.
    pub owner: Option<EmployeeId>,
    /// Currency of the lines.
    pub currency: Currency,
    /// How it came about.
    pub origin: Origin,
    /// The sales technique used, free text.
    pub technique: String,
    /// The day it was opened.
    pub opened_on: NaiveDate,
    /// The day it is expected to be decided.
    pub expected_on: Option<NaiveDate>,
    /// What is to be done next.
    pub next: NextStep,
    /// A remark.
    pub note: String,
    /// At least one.
    pub lines: Vec<Line>,
    /// One per form shown, so that a double click opens one.
    pub form_key: Option<Uuid>,
}

/// The order that came of a won one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderLink {
    /// The deal.
    pub id: DealId,
    /// Its number.
    pub number: String,
    /// Where it stands.
    pub status: DealStatus,
}

/// A stored opportunity with names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opportunity {
    /// Its id.
    pub id: OpportunityId,
    /// What it says.
    pub draft: Draft,
    /// The customer's name, empty while it is not known.
    pub customer_name: String,
    /// Their segment, perhaps empty.
    pub segment: String,
    /// The owner's name.
    pub owner_name: Option<String>,
    /// Names of the lines' products, in their order.
    pub products: Vec<String>,
    /// Where it stands.
    pub state: State,
    /// The stage it stands in, or stood in when it was decided.
    pub stage: StageId,
    /// Since when.
    pub stage_since: NaiveDate,
    /// The day it was decided.
    pub closed_on: Option<NaiveDate>,
    /// Why it was lost.
    pub loss: Option<Loss>,
    /// The order it became.
    pub order: Option<OrderLink>,
    /// Sum of the lines.
    pub amount: i64,
    /// The same in minor units of the company's currency, at the rate of the day it was written.
    pub own_amount: i64,
    /// Where it is talked about.
    pub thread: Option<ThreadId>,
    /// The account that opened it.
    pub opened_by: Option<UserId>,
    /// For stale-edit checks.
    pub version: i64,
}

/// A step of the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Move {
    /// Its place in the history, from 1.
    pub number: i32,
    /// Where it stood from then on.
    pub stage: StageId,
    /// Whether it was decided by it.
    pub state: State,
    /// The business day.
    pub day: NaiveDate,
    /// Who took it; nobody for programs.
    pub by: Option<String>,
    /// When.
    pub at: DateTime<Utc>,
}

/// A next step that was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DoneStep {
    /// What.
    pub what: String,
    /// The day it was due.
    pub due: Option<NaiveDate>,
    /// The day it was done.
    pub day: NaiveDate,
    /// By whom.
    pub by: Option<String>,
}

/// An opportunity that `scope` shows.
pub async fn find(conn: &mut PgConnection, scope: &Scope, id: OpportunityId) -> Result<Opportunity> {
    let found = view_store::find(conn, id).await?.found()?;
    scope.shows(found.draft.owner).then_some(found).found()
}

/// The opportunity that a deal came of, if `scope` shows it.
pub async fn of_deal(conn: &mut PgConnection, scope: &Scope, deal: DealId) -> Result<Option<OpportunityId>> {
    let found = view_store::find_of_deal(conn, deal).await?;
    Ok(found.filter(|(_, owner)| scope.shows(*owner)).map(|(id, _)| id))
}

/// Its way through the stages, oldest first.
pub async fn moves(conn: &mut PgConnection, id: OpportunityId) -> Result<Vec<Move>> {
    view_store::moves(conn, id).await
}

/// Board, list, one opportunity with everything that changes it, imports, and the stages.
pub fn routes() -> Routes {
    Routes::new()
        .get("/pipeline", Gate::SignedIn, board_page::show)
        .get("/pipeline/list", Gate::SignedIn, list_page::show)
        .get("/pipeline.csv", Gate::SignedIn, list_page::download)
        .get("/pipeline/new", Gate::Seller, form_page::new)
        .post("/pipeline", Gate::Seller, form_page::create)
        .get("/pipeline/{id}", Gate::SignedIn, show_page::show)
        .get("/pipeline/{id}/edit", Gate::Seller, form_page::edit)
        .post("/pipeline/{id}/edit", Gate::Seller, form_page::save)
        .post("/pipeline/{id}/move", Gate::Seller, change::move_to)
        .post("/pipeline/{id}/win", Gate::Seller, change::win)
        .post("/pipeline/{id}/take-back", Gate::Seller, change::take_back)
        .post("/pipeline/{id}/lose", Gate::Seller, change::lose)
        .post("/pipeline/{id}/reopen", Gate::Seller, change::reopen)
        .post("/pipeline/{id}/next", Gate::Seller, change::next_step)
        .post("/pipeline/{id}/comments", Gate::SignedIn, talk::write)
        .post("/pipeline/{id}/comments/{post}/remove", Gate::SignedIn, talk::remove)
        .post("/pipeline/{id}/comments/{post}/restore", Gate::SignedIn, talk::restore)
        .get("/admin/stages", Gate::Admin, stage_page::show)
        .post("/admin/stages", Gate::Admin, stage_page::add)
        .post("/admin/stages/{id}", Gate::Admin, stage_page::save)
        .post("/admin/stages/{id}/move", Gate::Admin, stage_page::reorder)
        .post("/admin/stages/{id}/retire", Gate::Admin, stage_page::retire)
        .post("/admin/stages/{id}/restore", Gate::Admin, stage_page::restore)
        .merge(import::routes())
}
