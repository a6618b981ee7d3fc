//! What the demo company has settled and what it plans: its first quarter closed, and two scenarios for the next one.

use chrono::Days;
use sqlx::PgConnection;

use super::accounts;
use super::people::{COMPANY, email_of};
use super::staff::Staff;
use super::timeline::{THOUSAND, Timeline};
use crate::attainment::Metric;
use crate::attainment::rollup;
use crate::attainment::view::Kind;
use crate::auth::{Actor, Role};
use crate::closing::{self, Closer};
use crate::error::{AppError, Result};
use crate::goals::Subject;
use crate::goals::planning::{self, Method, Planner, Scope};
use crate::notices;

const FINANCE: &str = "Birgitta Ahl";
const EXECUTIVE: &str = "Anders Falk";

/// Closes the first quarter of the history a few days after it ended. Whoever was told of it has read it long ago.
pub(super) async fn close(conn: &mut PgConnection, timeline: &Timeline<'_>, staff: &Staff) -> Result<()> {
    let Some(first) = timeline.quarters().into_iter().find(|quarter| quarter.end <= timeline.today) else {
        return Ok(());
    };
    rollup::fold(conn).await?;
    let today = (first.end + Days::new(6)).min(timeline.today);
    let now = timeline.moment(today, 15 * 60);
    let user = accounts::of(staff, FINANCE)?;
    let by = Closer { company: timeline.company, user, name: FINANCE, now, today };
    closing::close(conn, by, &first).await?;
    for user in staff.users.values() {
        notices::all_read(conn, *user, now + chrono::TimeDelta::hours(18)).await?;
    }
    Ok(())
}

/// Plans the next quarter twice: by last year, and by the present quarter with more on Elias.
pub(super) async fn plan(conn: &mut PgConnection, timeline: &Timeline<'_>, staff: &Staff) -> Result<()> {
    let (_, employee) = staff.named(EXECUTIVE).ok_or(AppError::NotFound)?;
    let actor = Actor {
        user: accounts::of(staff, EXECUTIVE)?,
        employee: Some(employee),
        name: EXECUTIVE.to_owned(),
        email: email_of(EXECUTIVE),
        role: Role::Executive,
        led: std::collections::HashSet::new(),
        department: None,
        lang: None,
        theme: None,
        shortcuts: true,
        unread: 0,
    };
    // with everybody who has been employed since the company was set up
    let company = crate::org::company::find(conn).await?;
    let (now, today) = (timeline.now - chrono::TimeDelta::hours(30), timeline.today);
    let by = Planner { company: &company, actor: &actor, now, today };
    let department = staff.department(COMPANY).ok_or(AppError::NotFound)?;
    let period = timeline.next_quarter(&timeline.quarter);
    let kind = Kind { metric: Metric::Revenue, category: None, period };
    let scope = Scope { department, kind, basis: company.basis };
    planning::begin(conn, by, "Last year and 5 %", scope, (Method::LastYear, 5_00, 1_000)).await?;
    let more = planning::begin(conn, by, "More from the North", scope, (Method::LastPeriod, 3_00, 1_000));
    let more = more.await?;
    let (_, elias) = staff.named("Elias Sandberg").ok_or(AppError::NotFound)?;
    let targets = [(Subject::Person(elias), 1_850 * THOUSAND)];
    planning::retarget(conn, by, more, &targets).await
}
