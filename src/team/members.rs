//! Who belonged to a department in a period.

use chrono::{Days, NaiveDate};
use sqlx::PgConnection;

use super::store;
use crate::error::Result;
use crate::goals::Viewer;
use crate::kernel::id::{DepartmentId, EmployeeId};
use crate::kernel::period::Period;

/// How long somebody counts as a new starter.
const NEW_FOR: Days = Days::new(90);

/// Somebody who belonged to a department, or to one below it, on at least one day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// The person.
    pub id: EmployeeId,
    /// The company's number for them.
    pub employee_no: String,
    /// Full name.
    pub name: String,
    /// The department they belonged to last.
    pub department: DepartmentId,
    /// Whether they led it.
    pub leads: bool,
    /// The first day they belonged.
    pub joined_on: NaiveDate,
    /// The first day they no longer belonged; nothing while they still do.
    pub gone_on: Option<NaiveDate>,
    /// The first day employed.
    pub started_on: NaiveDate,
}

impl Member {
    /// The day they came, where they came in `period`.
    pub fn joined_in(&self, period: Period) -> Option<NaiveDate> {
        (self.joined_on > period.start && self.joined_on < period.end).then_some(self.joined_on)
    }

    /// Their last day, where they went before the end of `period`.
    pub fn left_in(&self, period: Period) -> Option<NaiveDate> {
        self.gone_on.filter(|day| *day < period.end)?.pred_opt()
    }

    /// Whether they started lately, seen from `day`.
    pub fn is_new(&self, day: NaiveDate) -> bool {
        self.started_on.checked_add_days(NEW_FOR).is_some_and(|settled| settled > day)
    }
}

/// Everybody who belonged to the department or one below it on any day of `period` and whom the viewer may see.
pub async fn list(
    conn: &mut PgConnection,
    viewer: Viewer,
    department: DepartmentId,
    period: Period,
) -> Result<Vec<Member>> {
    store::members(conn, viewer, department, period).await
}
