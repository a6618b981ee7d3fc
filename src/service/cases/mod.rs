//! What customers complain of and ask about, answered in a promised time.
//!
//! Example: Brf Ankaret calls on Friday at 16:00 about a noisy unit. It is a case about a product, and bad: the first answer is
//! promised within 2 hours of working days, so by Monday at 09:00. Sigge answers on Monday at 08:30: 90 minutes.

mod counts_store;
mod file;
mod flow;
mod forms;
mod in_days;
mod list_page;
mod new_page;
mod page;
mod promise_pages;
pub mod promises;
pub mod steps;
mod store;
mod talk;

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;

use crate::define_id;
use crate::error::{Found, Result};
use crate::kernel::id::{CustomerId, DealId, DepartmentId, EmployeeId, LineId};
use crate::talks::ThreadId;
use crate::web::context::Ctx;
use crate::web::i18n::Localiser;
use crate::web::routes::{Gate, Routes};

use super::follow_ups::{FollowUpId, Origin};
use super::policy;
use super::scope::Scope;
pub use flow::{open, take};
pub use forms::{Raw, read};
pub use in_days::{CasesInDays, cases_in_days};
pub(in crate::service) use list_page::row;
use steps::Standing;

define_id!(
    /// A complaint or a question.
    CaseId
);

/// The list, the form, one case with its steps and talk, the file, and what is promised.
pub fn routes() -> Routes {
    Routes::new()
        .get("/cases", Gate::SignedIn, list_page::index)
        .get("/cases.csv", Gate::SignedIn, list_page::download)
        .get("/cases/new", Gate::Seller, new_page::show)
        .post("/cases/new", Gate::Seller, new_page::create)
        .get("/cases/import", Gate::Leader, file::show)
        .post("/cases/import", Gate::Leader, file::import)
        .get("/cases/{id}", Gate::SignedIn, page::show)
        .post("/cases/{id}/steps/{step}", Gate::SignedIn, page::step)
        .post("/cases/{id}/comments", Gate::SignedIn, talk::comment)
        .post("/cases/{id}/comments/{post}/remove", Gate::SignedIn, talk::remove)
        .post("/cases/{id}/comments/{post}/restore", Gate::SignedIn, talk::restore)
        .get("/admin/case-promises", Gate::Admin, promise_pages::index)
        .post("/admin/case-promises", Gate::Admin, promise_pages::add)
        .post("/admin/case-promises/{id}", Gate::Admin, promise_pages::save)
        .post("/admin/case-promises/{id}/remove", Gate::Admin, promise_pages::remove)
}

macro_rules! codes {
    ($(#[$doc:meta])* $name:ident $label:literal $schema:ident: $($(#[$one:meta])* $variant:ident $code:literal),*) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
        #[serde(rename_all = "snake_case")]
        #[schema(as = $schema)]
        pub enum $name { $($(#[$one])* $variant),* }

        impl $name {
            /// All, in the order they are offered.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// The stored code.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code),* }
            }

            /// Reads a stored code.
            pub fn from_code(code: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.code() == code)
            }

            /// What it is called.
            pub fn name(self, l: Localiser) -> String {
                l.t(&format!(concat!($label, "-{}"), self.code()))
            }
        }
    };
}

codes!(
    /// What a case is about.
    Category "service-category" CaseCategory:
    /// What was bought.
    Product "product",
    /// What it cost.
    Price "price",
    /// How it came.
    Delivery "delivery",
    /// How it was looked after.
    Service "service",
    /// What was billed.
    Invoice "invoice",
    /// Anything else.
    Other "other"
);
codes!(
    /// How bad it is.
    Severity "service-severity" CaseSeverity:
    /// A question, a blemish.
    Low "low",
    /// Something does not work as it should.
    Normal "normal",
    /// The customer cannot work.
    High "high"
);
codes!(
    /// How it came in.
    Channel "service-channel" CaseChannel:
    /// By phone.
    Phone "phone",
    /// By mail.
    Mail "mail",
    /// On a visit.
    Visit "visit",
    /// On the web.
    Web "web",
    /// By a feedback link.
    Feedback "feedback",
    /// In another way.
    Other "other"
);

/// A case to open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// Whose it is.
    pub customer: CustomerId,
    /// About which order.
    pub deal: Option<DealId>,
    /// About which line of it.
    pub line: Option<LineId>,
    /// What it is about.
    pub category: Category,
    /// How bad it is.
    pub severity: Severity,
    /// In one line.
    pub title: String,
    /// In more words.
    pub description: String,
    /// How it came in.
    pub channel: Channel,
    /// Who answers it.
    pub owner: Option<EmployeeId>,
    /// The department that answers for it.
    pub department: DepartmentId,
    /// The follow-up it came of.
    pub follow_up: Option<FollowUpId>,
    /// Where it comes from, for those from outside.
    pub origin: Option<Origin>,
}

/// A case as it is stored, with names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// Its id.
    pub id: CaseId,
    /// Whose it is.
    pub customer: CustomerId,
    /// Their name.
    pub customer_name: String,
    /// Their number.
    pub customer_no: String,
    /// About which order.
    pub deal: Option<DealId>,
    /// Its number.
    pub order_no: Option<String>,
    /// What of it, by name.
    pub product: Option<String>,
    /// Who sold it.
    pub seller: Option<EmployeeId>,
    /// What it is about.
    pub category: Category,
    /// How bad it is.
    pub severity: Severity,
    /// In one line.
    pub title: String,
    /// In more words.
    pub description: String,
    /// How it came in.
    pub channel: Channel,
    /// Who opened it; nobody when a customer did.
    pub opened_by: Option<String>,
    /// Name of who answers it.
    pub owner_name: Option<String>,
    /// Name of the department that answers for it.
    pub department_name: String,
    /// What steps change.
    pub standing: Standing,
    /// What is said about it.
    pub thread: ThreadId,
    /// For stale steps.
    pub version: i64,
}

impl Case {
    /// Whether the reader takes steps with it.
    pub fn is_written_by(&self, ctx: &Ctx) -> bool {
        let (owner, department) = (self.standing.owner, Some(self.standing.department));
        policy::may_write(&ctx.company.organisation, &ctx.actor, ctx.today, owner, department)
    }

    /// Owner, or department where nobody has taken it on.
    pub fn whose(&self) -> &str {
        self.owner_name.as_deref().unwrap_or(&self.department_name)
    }
}

/// Which cases, beside what the reader sees.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// What the reader sees.
    pub scope: Scope,
    /// Of these people or departments; of everybody when absent.
    pub of: Option<(Vec<i64>, Vec<i64>)>,
    /// "open", "overdue" or a state.
    pub state: Option<String>,
    /// Now.
    pub now: DateTime<Utc>,
    /// What it is about.
    pub category: Option<Category>,
    /// How bad it is.
    pub severity: Option<Severity>,
    /// Opened from this moment on, and before this one.
    pub opened: (Option<DateTime<Utc>>, Option<DateTime<Utc>>),
    /// In the customer's name, the title or the owner's name.
    pub words: String,
    /// Of a customer.
    pub customer: Option<CustomerId>,
    /// Of an order.
    pub deal: Option<DealId>,
    /// With a higher id, in order of it: for programs.
    pub after: Option<i64>,
}

/// Cases in the order of a column; `slice` is how many and after how many.
pub async fn list(
    conn: &mut PgConnection,
    filter: &Filter,
    sort: (&str, bool),
    slice: (i64, i64),
) -> Result<Vec<Case>> {
    store::list(conn, filter, sort, slice).await
}

/// A case that the reader sees.
pub async fn find(conn: &mut PgConnection, ctx: &Ctx, id: CaseId) -> Result<Case> {
    store::find(conn, Some(&Scope::of(ctx)), id).await?.found()
}

/// The first moment of a day, and the first after it, where the company is.
fn day(ctx: &Ctx, day: Option<NaiveDate>, after: u64) -> Option<DateTime<Utc>> {
    use chrono::TimeZone;
    let day = day?.checked_add_days(chrono::Days::new(after))?;
    ctx.company
        .zone
        .from_local_datetime(&day.and_time(chrono::NaiveTime::MIN))
        .earliest()
        .map(|at| at.to_utc())
}
