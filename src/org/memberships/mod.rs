//! Who belonged where, and led what, from which day to which day.
//!
//! Memberships of a person never overlap: the database itself refuses it. Days are inclusive here and half-open in
//! the database.

pub(super) mod pages;
mod store;

use chrono::{Days, NaiveDate};
use sqlx::PgConnection;

use crate::define_id;
use crate::error::{AppError, Found, OnConstraint, Result};
use crate::kernel::id::{DepartmentId, EmployeeId};
use crate::web::form::FormErrors;

define_id!(
    /// A span of time in which a person belongs to a department.
    MembershipId
);

/// A span of time in which a person belongs to a department.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Membership {
    /// Its id.
    pub id: MembershipId,
    /// Who belongs.
    pub employee: EmployeeId,
    /// Where to.
    pub department: DepartmentId,
    /// The department's name.
    pub department_name: String,
    /// Whether they lead it.
    pub lead: bool,
    /// First day.
    pub from: NaiveDate,
    /// Last day, inclusive; open when they still belong.
    pub until: Option<NaiveDate>,
    /// For stale-edit checks.
    pub version: i64,
}

impl Membership {
    /// Whether it holds on `day`.
    pub fn holds_on(&self, day: NaiveDate) -> bool {
        self.from <= day && self.until.is_none_or(|until| day <= until)
    }
}

const RULES: &[(&str, &str, &str)] = &[
    ("memberships_no_overlap", "from", "org-overlap"),
    ("memberships_department_id_fkey", "department", "error-required"),
];

fn fault<T>(field: &str, key: &'static str) -> Result<T> {
    Err(AppError::Invalid(FormErrors::one(field, key)))
}

/// The memberships of a person, latest first.
pub async fn history(conn: &mut PgConnection, employee: EmployeeId) -> Result<Vec<Membership>> {
    Ok(store::list(conn, employee).await?)
}

/// A membership by its id.
pub async fn find(conn: &mut PgConnection, id: MembershipId) -> Result<Option<Membership>> {
    Ok(store::find(conn, id).await?)
}

/// Lets a person belong to a department from a day on, until a last day or until further notice. Faults: it
/// overlaps with another membership or begins after the person left (`from`), or ends before it begins (`until`).
pub async fn join(
    conn: &mut PgConnection,
    employee: EmployeeId,
    department: DepartmentId,
    lead: bool,
    from: NaiveDate,
    until: Option<NaiveDate>,
) -> Result<MembershipId> {
    let left = store::left_on(conn, employee).await?.found()?;
    if left.is_some_and(|left| from > left) {
        return fault("from", "org-after-leaving");
    }
    let until = until.into_iter().chain(left).min();
    if until.is_some_and(|until| until < from) {
        return fault("until", "org-until-before-from");
    }
    store::insert(conn, employee, (department, lead), from, until).await.on_constraint(RULES)
}

/// Moves a person to a department from a day on: what they belong to then ends the day before, and the new
/// membership lasts as long as the old one would have. Also makes somebody a lead of where they are, or no longer.
/// Faults at `from`: as for [`join`], or the present membership begins that very day and wants correcting instead.
pub async fn transfer(
    conn: &mut PgConnection,
    employee: EmployeeId,
    department: DepartmentId,
    lead: bool,
    from: NaiveDate,
) -> Result<MembershipId> {
    store::lock_person(conn, employee).await?.found()?;
    let current = store::list(conn, employee).await?.into_iter().find(|membership| membership.holds_on(from));
    let Some(current) = current else {
        return join(conn, employee, department, lead, from, None).await;
    };
    if current.from == from {
        return fault("from", "org-begins-that-day");
    }
    if current.department == department && current.lead == lead {
        return fault("department", "org-same-place");
    }
    store::close(conn, current.id, before(from)).await?;
    join(conn, employee, department, lead, from, current.until).await
}

/// Takes a move back while nothing else has happened to it: the membership that it `made` goes, and what it ended
/// (`before`) lasts as long as that would have. Refused when either has changed since.
pub async fn take_back(
    conn: &mut PgConnection,
    employee: EmployeeId,
    made: MembershipId,
    before: Option<MembershipId>,
) -> Result<Membership> {
    store::lock_person(conn, employee).await?.found()?;
    let all = store::list(conn, employee).await?;
    let known = |id: MembershipId| all.iter().find(|membership| membership.id == id);
    let made = known(made).filter(|made| made.version == 1).ok_or(AppError::Conflict("error-stale"))?;
    let ended = before.map(|id| known(id).filter(|ended| ended.until == made.from.pred_opt()));
    store::delete(conn, made.id).await?;
    match ended {
        None => {}
        Some(None) => return Err(AppError::Conflict("error-stale")),
        Some(Some(ended)) => match made.until {
            Some(until) => store::close(conn, ended.id, until).await?,
            None => store::reopen(conn, ended.id).await?,
        },
    }
    Ok(made.clone())
}

/// Ends a person's employment: `last_day` is the last one they belong anywhere.
pub async fn leave(conn: &mut PgConnection, employee: EmployeeId, last_day: NaiveDate) -> Result<()> {
    let before = store::lock_person(conn, employee).await?.found()?;
    let rules = [("employees_dates", "left_on", "org-left-before-hired")];
    store::save_left(conn, employee, last_day).await.on_constraint(&rules)?;
    follow_leaving(conn, employee, before, Some(last_day)).await
}

/// Fits a person's memberships to a last day employed that was changed from `before` to `after`: what they belonged
/// to on the last day goes on when the leaving is put off or taken back, and nothing outlasts the new last day.
pub async fn follow_leaving(
    conn: &mut PgConnection,
    employee: EmployeeId,
    before: Option<NaiveDate>,
    after: Option<NaiveDate>,
) -> Result<()> {
    let put_off = before.filter(|before| after.is_none_or(|after| after > *before));
    let mut memberships = store::list(conn, employee).await?;
    if let Some(last) = memberships.iter_mut().find(|m| put_off.is_some() && m.until == put_off) {
        store::reopen(conn, last.id).await?;
        last.until = None;
    }
    let Some(last_day) = after else { return Ok(()) };
    for membership in memberships {
        if membership.from > last_day {
            store::delete(conn, membership.id).await?;
        } else if membership.until.is_none_or(|until| until > last_day) {
            store::close(conn, membership.id, last_day).await?;
        }
    }
    Ok(())
}

/// Puts right a membership that was entered wrongly. `None` when somebody else has changed it since `version`.
/// Faults as for [`join`].
pub async fn correct(conn: &mut PgConnection, corrected: &Membership, version: i64) -> Result<Option<()>> {
    let left = store::lock_person(conn, corrected.employee).await?.found()?;
    if left.is_some_and(|left| corrected.from > left) {
        return fault("from", "org-after-leaving");
    }
    let until = corrected.until.into_iter().chain(left).min();
    if until.is_some_and(|until| until < corrected.from) {
        return fault("until", "org-until-before-from");
    }
    store::save(conn, &Membership { until, ..corrected.clone() }, version).await.on_constraint(RULES)
}

/// Takes away a membership that never was.
pub async fn remove(conn: &mut PgConnection, id: MembershipId) -> Result<()> {
    Ok(store::delete(conn, id).await?)
}

fn before(day: NaiveDate) -> NaiveDate {
    day.checked_sub_days(Days::new(1)).unwrap_or(day)
}
