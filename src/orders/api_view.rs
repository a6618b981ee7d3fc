//! Orders as programs read them.

use chrono::NaiveDate;
use sqlx::PgConnection;

use super::list::{self, Filter, View};
use super::{Order, State, change, due};
use crate::error::Result;
use crate::kernel::id::{DealId, DepartmentId, EmployeeId};
use crate::web::context::Ctx;

/// Which orders a program asks for.
#[derive(Clone, Debug, Default)]
pub struct ApiFilter {
    /// Only in this state.
    pub state: Option<State>,
    /// Only those that are owed and not delivered.
    pub late: bool,
    /// Only those that something is still to be delivered of.
    pub open: bool,
    /// After the order of this id.
    pub after: i64,
    /// So many at most.
    pub rows: i64,
}

/// An order of a list.
#[derive(Clone, Debug)]
pub struct Listed {
    /// Its id.
    pub id: DealId,
    /// Where it comes from.
    pub source: String,
    /// Its number there.
    pub order_no: String,
    /// Who bought.
    pub customer: String,
    /// Who sold.
    pub owner: Option<EmployeeId>,
    /// The day it was ordered.
    pub ordered_on: NaiveDate,
    /// How far it has come.
    pub state: State,
    /// How it stands against what is owed.
    pub standing: due::Standing,
    /// The earliest day that something open is owed by.
    pub due: Option<NaiveDate>,
    /// The day all of it was delivered.
    pub delivered_on: Option<NaiveDate>,
    /// Whether all of it came when it was owed.
    pub on_time: Option<bool>,
    /// The department that answers for it now.
    pub department: Option<DepartmentId>,
    /// Minor units of the company's currency; nothing where the reader does not see amounts.
    pub value: Option<i64>,
}

/// Orders that the reader sees, in the order of their ids.
pub async fn listed(conn: &mut PgConnection, ctx: &Ctx, asked: &ApiFilter) -> Result<Vec<Listed>> {
    let view = match (asked.late, asked.open) {
        (true, _) => View::Late,
        (false, true) => View::Waiting,
        (false, false) => View::All,
    };
    let filter = Filter { view, state: asked.state, after: Some(asked.after), ..Filter::of(ctx) };
    let rows = list::rows(conn, ctx, &filter, ("id", false), (asked.rows, 0)).await?;
    let item = |row: list::Row| Listed {
        standing: row.standing(&ctx.company.calendar, ctx.today),
        id: row.id,
        source: row.source,
        order_no: row.order_no,
        customer: row.customer,
        owner: row.owner,
        ordered_on: row.ordered_on,
        state: row.state,
        due: row.due,
        delivered_on: row.delivered_on,
        on_time: row.on_time,
        department: row.answering,
        value: row.value,
    };
    Ok(rows.into_iter().map(item).collect())
}

/// An order that the reader sees; locked where it will be `changed`.
pub async fn find(conn: &mut PgConnection, ctx: &Ctx, id: DealId, changed: bool) -> Result<Order> {
    change::seen(conn, ctx, id, changed).await
}

/// What the actor may do with it.
pub fn permits(ctx: &Ctx, order: &Order) -> super::Permits {
    change::permits(ctx, order)
}
