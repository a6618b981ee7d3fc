//! Lists of orders, and of lines that are to be delivered: what is asked for, what comes of it.

use chrono::{Days, NaiveDate};
use sqlx::PgConnection;

use super::{State, due, list_store, policy};
use crate::error::Result;
use crate::goals::Viewer;
use crate::kernel::calendar::WorkingCalendar;
use crate::kernel::id::{CustomerId, DealId, DepartmentId, EmployeeId, LineId};
use crate::kernel::period::Period;
use crate::process::Sight;
use crate::process::action::Whose;
use crate::web::context::Ctx;

/// Orders without any date wait for one this long; what is older was never meant to be followed.
const WITHOUT_DATE: Days = Days::new(90);
/// "Due" is what is owed within so many days.
const DUE_WITHIN: Days = Days::new(14);

/// Which orders or lines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum View {
    /// Something is still to be done.
    #[default]
    Waiting,
    /// The customer has no date yet.
    WithoutDate,
    /// Owed within two weeks.
    Due,
    /// Owed and not delivered.
    Late,
    /// Owed soon and not ready, or the date has slipped.
    AtRisk,
    /// Wholly delivered.
    Done,
    /// Everything.
    All,
}

impl View {
    /// Those of orders, in the order of the tabs.
    pub(super) const OF_ORDERS: [Self; 6] =
        [Self::Waiting, Self::WithoutDate, Self::Late, Self::AtRisk, Self::Done, Self::All];
    /// Those of lines to be delivered.
    pub(super) const OF_LINES: [Self; 5] = [Self::Due, Self::Late, Self::AtRisk, Self::Waiting, Self::Done];

    /// The code in addresses.
    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::Waiting => "open",
            Self::WithoutDate => "without-date",
            Self::Due => "due",
            Self::Late => "late",
            Self::AtRisk => "at-risk",
            Self::Done => "done",
            Self::All => "all",
        }
    }
}

/// What is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Filter {
    pub(super) view: View,
    /// The people whose orders are all that is seen; everything where absent.
    pub(super) only: Option<Vec<i64>>,
    /// The department that makes and the one that brings.
    pub(super) usual: (Option<DepartmentId>, Option<DepartmentId>),
    pub(super) whose: Option<Whose>,
    pub(super) state: Option<State>,
    pub(super) owner: Option<EmployeeId>,
    pub(super) customer: Option<CustomerId>,
    pub(super) product: Option<i64>,
    /// On these days it was ordered; delivered, where that is looked at.
    pub(super) days: Option<Period>,
    /// Only sold by people who belonged to this department, or one below it, on the day.
    pub(super) department: Option<DepartmentId>,
    /// Only what was sold by the people that `only` names, and not what they share in or handle.
    pub(super) sold: bool,
    /// Only to customers of this segment.
    pub(super) segment: Option<String>,
    pub(super) words: String,
    /// Only what was owed before this day; without a date, ordered before it.
    pub(super) due_before: Option<NaiveDate>,
    /// Only after the order of this id.
    pub(super) after: Option<i64>,
    pub(super) today: NaiveDate,
    /// The first day on which what is owed is not soon.
    pub(super) soon: NaiveDate,
    /// The first day on which what is owed is not due yet.
    pub(super) until: NaiveDate,
    /// Orders without a date count from this day on.
    pub(super) since: NaiveDate,
}

impl Filter {
    /// Everything that the reader sees.
    pub(super) fn of(ctx: &Ctx) -> Self {
        let viewer = Viewer::new(&ctx.actor, ctx.today);
        Self {
            only: Sight::new(&ctx.company.organisation, &ctx.actor, viewer).only(),
            usual: policy::usual(&ctx.company.organisation),
            today: ctx.today,
            soon: soon(&ctx.company.calendar, ctx.today),
            until: ctx.today + DUE_WITHIN,
            since: ctx.today - WITHOUT_DATE,
            ..Self::default()
        }
    }

    /// Whether it asks for all that the reader sees of its view.
    pub(super) fn is_whole_view(&self, ctx: &Ctx) -> bool {
        *self == Self { view: self.view, ..Self::of(ctx) }
    }

    /// The days of which it asks for all orders that were delivered, of everybody.
    pub(super) fn all_delivered(&self, ctx: &Ctx) -> Option<Period> {
        let of_days = Self { view: View::Done, days: self.days, ..Self::of(ctx) };
        self.days.filter(|_| self.only.is_none() && *self == of_days)
    }
}

/// The first day from which on enough working days are left to make what is not ready.
fn soon(calendar: &WorkingCalendar, today: NaiveDate) -> NaiveDate {
    let at_risk = |day: &NaiveDate| {
        let dates = due::Dates { slipped: false, due: Some(*day), delivered_on: None, ready: false };
        due::standing(&dates, calendar, today) == due::Standing::AtRisk
    };
    today.iter_days().find(|day| !at_risk(day)).unwrap_or(today)
}

/// An order in a list.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) id: DealId,
    pub(super) order_no: String,
    pub(super) source: String,
    pub(super) customer: String,
    pub(super) owner: Option<EmployeeId>,
    pub(super) owner_name: Option<String>,
    pub(super) ordered_on: NaiveDate,
    pub(super) state: State,
    /// The earliest day that something open is owed by; of delivered ones the last.
    pub(super) due: Option<NaiveDate>,
    /// The latest confirmed day of what is open.
    pub(super) promised_on: Option<NaiveDate>,
    /// Whether a line was given a later day than the one it is owed by.
    pub(super) slipped: bool,
    pub(super) delivered_on: Option<NaiveDate>,
    pub(super) on_time: Option<bool>,
    pub(super) handler: Option<EmployeeId>,
    pub(super) answering: Option<DepartmentId>,
    /// Minor units of the company's currency; nothing where the reader does not see amounts.
    pub(super) value: Option<i64>,
}

impl Row {
    /// How it stands today.
    pub(super) fn standing(&self, calendar: &WorkingCalendar, today: NaiveDate) -> due::Standing {
        match (self.delivered_on, self.on_time) {
            _ if self.state == State::Closed => due::Standing::Closed,
            (Some(_), Some(false)) => due::Standing::DeliveredLate,
            (Some(_), _) => due::Standing::Delivered,
            (None, _) => {
                let dates = due::Dates {
                    slipped: self.slipped,
                    due: self.due,
                    delivered_on: None,
                    ready: self.state.is_on_its_way(),
                };
                due::standing(&dates, calendar, today)
            }
        }
    }
}

/// Orders in the order of a column (due, date, customer, order, person); `slice` is how many and after how many.
pub(super) async fn rows(
    conn: &mut PgConnection,
    ctx: &Ctx,
    filter: &Filter,
    sort: (&str, bool),
    slice: (i64, i64),
) -> Result<Vec<Row>> {
    let viewer = Viewer::new(&ctx.actor, ctx.today);
    let sight = Sight::new(&ctx.company.organisation, &ctx.actor, viewer);
    let mut rows = list_store::orders(conn, filter, sort, slice).await?;
    for row in &mut rows {
        row.value = row.value.filter(|_| sight.shows_amounts(row.owner));
    }
    Ok(rows)
}

/// A line in the list of what is to be delivered.
#[derive(Clone, Debug)]
pub(super) struct LineRow {
    pub(super) id: LineId,
    pub(super) order: DealId,
    pub(super) order_no: String,
    pub(super) line_no: i32,
    pub(super) product: String,
    pub(super) customer: String,
    pub(super) quantity: i64,
    pub(super) open: i64,
    pub(super) ready: bool,
    pub(super) promised_on: Option<NaiveDate>,
    pub(super) due: Option<NaiveDate>,
    pub(super) delivered_on: Option<NaiveDate>,
    pub(super) handler_name: Option<String>,
    pub(super) answering: Option<DepartmentId>,
}

impl LineRow {
    /// How it stands today.
    pub(super) fn standing(&self, calendar: &WorkingCalendar, today: NaiveDate) -> due::Standing {
        let (due, delivered_on) = (self.due, self.delivered_on);
        let slipped = due::slipped(self.promised_on, due);
        due::standing(&due::Dates { slipped, due, delivered_on, ready: self.ready }, calendar, today)
    }
}

/// Orders whose number begins with `words`, of everybody, the latest first: id, number and customer.
pub async fn numbered(
    conn: &mut PgConnection,
    words: &str,
    limit: i64,
) -> Result<Vec<(DealId, String, String)>> {
    list_store::numbered(conn, words, limit).await
}
