//! What customers say, by a link of their own that needs no account.
//!
//! Example: Elias sends a link after delivery. The buyer gives a 4: the delivery was late. Customer service has a case at
//! once, and the 4 counts for who followed up. Nobody who opens the link learns more than the customer knows.

mod forms;
mod links;
mod list_page;
mod public_page;
mod store;

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;

use crate::auth::accounts;
use crate::define_id;
use crate::error::{Found, Result};
use crate::kernel::id::{CustomerId, DealId, DepartmentId, EmployeeId, OpportunityId, UserId};
use crate::kernel::lang::Lang;
use crate::notices::{self, Telling, Value};
use crate::process::Sight;
use crate::web::i18n::Localiser;
use crate::web::routes::{Gate, Routes};

use super::cases::{self, Category, Channel, Severity};
use super::measures::{self, Measure, Occasion};
use super::{Hand, scope};
use crate::attainment::Metric;
use crate::audit::{self, Event};
pub use forms::AnswerForm;
pub use links::{LinkId, NewLink, make_link};
pub(in crate::service) use list_page::{Bar, bars, row, tone};

define_id!(
    /// What a customer said.
    FeedbackId
);

/// From this score down, customer service has a case.
pub const LOW: i16 = 6;

/// The customer's page, what customers say, and links for them.
pub fn routes() -> Routes {
    Routes::new()
        .get("/f/{token}", Gate::Public, public_page::show)
        .post("/f/{token}", Gate::Public, public_page::answer)
        .post("/f/{token}/language", Gate::Public, public_page::speak)
        .get("/feedback", Gate::SignedIn, list_page::index)
        .get("/feedback.csv", Gate::SignedIn, list_page::download)
        .post("/follow-ups/{id}/link", Gate::SignedIn, links::for_follow_up)
        .post("/deals/{id}/feedback-link", Gate::Seller, links::for_deal)
        .post("/pipeline/{id}/feedback-link", Gate::Seller, links::for_lost)
}

/// What can be good or bad.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = FeedbackArea)]
pub enum Area {
    /// What was bought.
    Product,
    /// What it cost.
    Price,
    /// How it came.
    Delivery,
    /// How it was looked after.
    Service,
    /// How it was sold.
    Selling,
}

impl Area {
    /// All, in the order they are asked about.
    pub const ALL: [Self; 5] = [Self::Product, Self::Price, Self::Delivery, Self::Service, Self::Selling];

    /// The stored code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Product => "product",
            Self::Price => "price",
            Self::Delivery => "delivery",
            Self::Service => "service",
            Self::Selling => "selling",
        }
    }

    /// Reads a stored code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|area| area.code() == code)
    }

    /// What it is called.
    pub fn name(self, l: Localiser) -> String {
        l.t(&format!("service-area-{}", self.code()))
    }

    /// What a case about it is about.
    const fn category(self) -> Category {
        match self {
            Self::Product => Category::Product,
            Self::Price => Category::Price,
            Self::Delivery => Category::Delivery,
            Self::Service => Category::Service,
            Self::Selling => Category::Other,
        }
    }
}

/// What a customer says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// 0 to 10.
    pub score: i16,
    /// What was good.
    pub good: Vec<Area>,
    /// What was bad.
    pub bad: Vec<Area>,
    /// In words.
    pub words: String,
    /// Whether they may be called.
    pub may_call: bool,
}

/// What a customer said, as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Feedback {
    /// Its id.
    pub id: FeedbackId,
    /// Who said it.
    pub customer: CustomerId,
    /// Their name.
    pub customer_name: String,
    /// About which order.
    pub deal: Option<DealId>,
    /// Its number.
    pub order_no: Option<String>,
    /// What was bought, or nearly.
    pub about: String,
    /// Who sold it, or followed up.
    pub seller: Option<EmployeeId>,
    /// Their name.
    pub seller_name: Option<String>,
    /// On which day.
    pub answered_on: NaiveDate,
    /// After a deal that was lost rather than a delivery: which.
    pub lost: Option<OpportunityId>,
    /// What.
    pub said: Said,
}

/// Which feedback.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Only about sales of these people; everything when absent.
    pub people: Option<Vec<i64>>,
    /// Said to be good or bad.
    pub area: Option<Area>,
    /// Scores from and to.
    pub scores: Option<(i16, i16)>,
    /// About an order with this product.
    pub product: Option<i64>,
    /// Sold by somebody of this department, or one below it, on the day.
    pub department: Option<DepartmentId>,
    /// Said from this day on.
    pub from: Option<NaiveDate>,
    /// Said on this day at the latest.
    pub last: Option<NaiveDate>,
    /// Of a customer.
    pub customer: Option<CustomerId>,
    /// Of an order.
    pub deal: Option<DealId>,
    /// Of a deal that was lost.
    pub opportunity: Option<OpportunityId>,
    /// With a higher id, in order of it: for programs.
    pub after: Option<i64>,
}

/// Feedback, latest first or in order of id; `slice` is how many and after how many.
pub async fn list(
    conn: &mut PgConnection,
    filter: &Filter,
    sort: (&str, bool),
    slice: (i64, i64),
) -> Result<Vec<Feedback>> {
    store::list(conn, filter, sort, slice).await
}

impl Feedback {
    /// Whether a reader learns who said it. That somebody did not buy is the seller's and those who see what they sell; an order
    /// goes through many hands.
    pub fn shows_from(&self, sight: &Sight) -> bool {
        if self.lost.is_some() { sight.shows_amounts(self.seller) } else { sight.shows(self.seller) }
    }
}

/// What an order holds, in words that the customer knows; empty without one.
pub async fn bought(conn: &mut PgConnection, deal: Option<DealId>) -> Result<String> {
    match deal {
        Some(deal) => store::products(conn, deal).await,
        None => Ok(String::new()),
    }
}

/// Answers by the secret of a link. Not found when it is wrong, expired or used.
pub async fn answer(
    conn: &mut PgConnection,
    hand: &Hand<'_>,
    (token, lang): (&str, Lang),
    said: &Said,
) -> Result<FeedbackId> {
    // of two at once the second waits, and finds what the first has left
    let link = store::find_link(conn, &crate::auth::secret::hash(token), hand.now).await?.found()?;
    save(conn, hand, &link, (said, lang)).await
}

/// Stores what a customer says by a link that works, lets it count, and opens a case where the score is low.
async fn save(
    conn: &mut PgConnection,
    hand: &Hand<'_>,
    link: &links::Link,
    (said, lang): (&Said, Lang),
) -> Result<FeedbackId> {
    let before = store::said(conn, link.id).await?;
    let (id, answered_on, case) = store::upsert(conn, (link.id, lang), said, hand.today, hand.now).await?;
    // whoever did not buy has had nothing delivered, which could be scored or complained of
    if let Some(occasion) = link.occasion() {
        measures::sync(conn, scored(occasion, link, said, answered_on), None, hand.now).await?;
        if said.score <= LOW && case.is_none() {
            let case = complain(conn, hand, link, said).await?;
            store::save_case(conn, id, case).await?;
        }
    }
    let event =
        Event::new("feedback.given", "feedback", id.0).with(serde_json::json!({ "score": said.score }));
    audit::record(conn, None, hand.now, event).await?;
    let same = |before: &Said| (before.score, before.may_call) == (said.score, said.may_call);
    if !before.is_some_and(|before| same(&before)) {
        tell_owner(conn, hand, link, said).await?;
    }
    Ok(id)
}

/// Tells whoever sold, or did not, what the customer says of it.
async fn tell_owner(conn: &mut PgConnection, hand: &Hand<'_>, link: &links::Link, said: &Said) -> Result<()> {
    let accounts = accounts::of_people(conn, &Vec::from_iter(link.owner)).await?;
    let to: Vec<UserId> = accounts.into_iter().map(|holder| holder.user).collect();
    let href = match (link.opportunity, link.deal) {
        (Some(id), _) => format!("/pipeline/{id}"),
        (None, Some(id)) => format!("/orders/{id}"),
        (None, None) => format!("/customers/{}", link.customer),
    };
    let message = match (link.opportunity, said.may_call) {
        (Some(_), true) => "notice-feedback-lost-call",
        (Some(_), false) => "notice-feedback-lost",
        (None, true) => "notice-feedback-call",
        (None, false) => "notice-feedback",
    };
    let values =
        vec![("customer", Value::text(&link.customer_name)), ("score", Value::text(said.score.to_string()))];
    let telling = Telling { message, values, quote: said.words.clone(), href };
    notices::tell(conn, &to, None, &telling, hand.now).await
}

fn scored(occasion: Occasion, link: &links::Link, said: &Said, day: NaiveDate) -> Measure {
    let subject = measures::subject(link.owner, link.department);
    Measure {
        fact_no: occasion.score_no(),
        metric: Metric::CustomerScore,
        said: subject.map(|subject| (subject, day, measures::score(said.score))),
    }
}

/// Whether the customer has said what they think themselves, which counts before what somebody heard from them.
pub async fn has_said(conn: &mut PgConnection, occasion: Occasion) -> Result<bool> {
    store::has_said(conn, occasion).await
}

/// Opens a case of a low score, for those who answer customers.
async fn complain(
    conn: &mut PgConnection,
    hand: &Hand<'_>,
    link: &links::Link,
    said: &Said,
) -> Result<cases::CaseId> {
    const BAD: i16 = 3;
    let l = Localiser::new(hand.company.lang);
    let title = l.tr("service-feedback-case", &[("n", i64::from(said.score).into())]);
    let call = if said.may_call { format!("\n{}", l.t("service-may-call-yes")) } else { String::new() };
    let draft = cases::Draft {
        customer: link.customer,
        deal: link.deal,
        line: None,
        category: said.bad.first().map_or(Category::Other, |area| area.category()),
        severity: if said.score <= BAD { Severity::High } else { Severity::Normal },
        title,
        description: format!("{}{call}", said.words).trim().to_owned(),
        channel: Channel::Feedback,
        owner: None,
        department: scope::service_department(&hand.company.organisation).found()?,
        follow_up: link.follow_up,
        origin: None,
    };
    Ok(cases::open(conn, hand, &draft).await?.0)
}

/// The moment until which an answer can be changed.
fn changes_until(answered_at: DateTime<Utc>) -> DateTime<Utc> {
    answered_at + chrono::TimeDelta::days(1)
}
