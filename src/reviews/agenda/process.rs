//! What the process tells: how open deals were decided, how promises were kept, which cases came.

use sqlx::PgConnection;

use super::{Figure, Line, On, count};
use crate::error::Result;
use crate::kernel::id::EmployeeId;
use crate::kernel::ratio::Pct;
use crate::process::serves;
use crate::{orders, pipeline, service};

fn share(part: i64, whole: i64) -> Option<Figure> {
    Pct::of(part, whole).map(|share| Figure::Percent { value: share.0 })
}

impl On<'_> {
    /// Whose deals the meeting is about: everybody's where it is the company's, else those of the department's people.
    fn sellers(&self) -> Option<Vec<EmployeeId>> {
        if self.is_company() {
            return None;
        }
        let (inside, organisation) = (self.inside(), &self.company.organisation);
        let there = organisation.people_on(self.today).filter(|person| inside.contains(&person.department));
        Some(there.map(|person| person.id).collect())
    }

    /// Whose orders and cases it is about, which have no amounts: all of them also where the department makes, delivers or answers.
    fn whose(&self) -> Option<Vec<EmployeeId>> {
        let serving = serves(&self.company.organisation, self.series.department);
        self.sellers().filter(|_| !serving)
    }
}

/// What was won and lost of the open deals.
pub(super) async fn funnel(conn: &mut PgConnection, on: &On<'_>) -> Result<Vec<Line>> {
    let whose = on.sellers();
    let now = pipeline::decided(conn, whose.as_deref(), &on.period).await?;
    let before = pipeline::decided(conn, whose.as_deref(), &on.before).await?;
    if now.opened + now.won + now.lost + before.opened + before.won + before.lost == 0 {
        return Ok(Vec::new());
    }
    let list =
        |state: &str, days| format!("/pipeline/list?state={state}&{}{}", on.days(days), on.department());
    let line = |text: &str, href: String| Line::new(text, href).about(on.about());
    let closed = |state| list(state, ("closed_from", "closed_to"));
    let days = |days: Option<i32>| days.map(|days| Figure::Count { value: days.into() });
    Ok(vec![
        line("funnel-opened", list("all", ("opened_from", "opened_to")))
            .figure(count(now.opened), count(before.opened)),
        line("funnel-won", closed("won")).figure(on.money(now.won_amount), on.money(before.won_amount)),
        line("funnel-lost", closed("lost")).figure(on.money(now.lost_amount), on.money(before.lost_amount)),
        line("funnel-rate", closed("all"))
            .figure(share(now.won, now.won + now.lost), share(before.won, before.won + before.lost)),
        line("funnel-cycle", closed("won")).figure(days(now.cycle), days(before.cycle)),
    ])
}

/// How promises of delivery were kept.
pub(super) async fn promises(conn: &mut PgConnection, on: &On<'_>) -> Result<Vec<Line>> {
    let whose = on.whose();
    let now = orders::in_days(conn, whose.as_deref(), &on.period, on.today).await?;
    let before = orders::in_days(conn, whose.as_deref(), &on.before, on.today).await?;
    if now.delivered + now.moved + now.late + before.delivered + before.moved == 0 {
        return Ok(Vec::new());
    }
    let line = |text: &str, href: &str| Line::new(text, href).about(on.about());
    let days = on.days(("from", "last"));
    // whoever serves is shown all orders, of whatever department's people
    let department = if whose.is_some() { on.department() } else { String::new() };
    let delivered = format!("/orders?view=done&{days}{department}");
    let figures = format!("/deliveries/figures?{days}");
    Ok(vec![
        line("promises-delivered", &delivered).figure(count(now.delivered), count(before.delivered)),
        line("promises-kept", &delivered)
            .figure(share(now.on_time, now.owed), share(before.on_time, before.owed)),
        line("promises-moved", &figures).figure(count(now.moved), count(before.moved)),
        line("promises-late", "/deliveries?view=late").figure(count(now.late), None),
    ])
}

/// Which cases came, and how soon they were answered.
pub(super) async fn cases(conn: &mut PgConnection, on: &On<'_>) -> Result<Vec<Line>> {
    let whose = on.whose();
    let zone = on.company.zone;
    let now = service::cases_in_days(conn, whose.as_deref(), &on.period, zone).await?;
    let before = service::cases_in_days(conn, whose.as_deref(), &on.before, zone).await?;
    if now.opened + now.solved + before.opened + before.solved == 0 {
        return Ok(Vec::new());
    }
    let opened = format!("/cases?state=all&{}", on.days(("from", "last")));
    let line = |text: &str| Line::new(text, opened.clone()).about(on.about());
    Ok(vec![
        line("cases-opened").figure(count(now.opened), count(before.opened)),
        line("cases-solved").figure(count(now.solved), count(before.solved)),
        line("cases-in-time").figure(share(now.in_time, now.replied), share(before.in_time, before.replied)),
    ])
}
