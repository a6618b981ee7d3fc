//! Tells of what is overdue: the owner on the day after it was due, those above the owner two working days later. What has become
//! overdue together is told in one notice, and nothing twice.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{Days, NaiveDate};
use sqlx::PgConnection;
use tokio_util::sync::CancellationToken;

use super::{next, store};
use crate::app::App;
use crate::auth::accounts;
use crate::error::Result;
use crate::goals::{self, Subject};
use crate::kernel::id::EmployeeId;
use crate::kernel::period::Period;
use crate::notices::{self, Telling, Value};
use crate::orders;
use crate::process::Action;
use crate::process::action::Whose;
use crate::web::context::Ctx;

/// Between two rounds; a day begins in every time zone within one.
const PAUSE: Duration = Duration::from_mins(15);
/// After so many working days without it being done, those above are told.
const PATIENCE: i64 = 2;
/// Steps that a notice names.
const NAMED: usize = 3;

/// Looks for what is overdue until `shutdown`.
pub async fn keep_reminding(app: App, shutdown: CancellationToken) {
    loop {
        match shutdown.run_until_cancelled(remind(&app)).await {
            Some(Err(error)) => tracing::warn!(%error, "overdue steps could not be told; trying again"),
            Some(Ok(())) => {}
            None => return,
        }
        if shutdown.run_until_cancelled(tokio::time::sleep(PAUSE)).await.is_none() {
            return;
        }
    }
}

/// One round: orders that have become late count as late, and everybody is told of what is newly overdue.
pub async fn remind(app: &App) -> Result<()> {
    settle_late(app).await?;
    let mut tx = app.begin().await?;
    let ctx = Ctx::system(app, &mut tx).await?;
    let organisation = &ctx.company.organisation;
    let everybody = Whose {
        people: organisation.people.iter().map(|person| person.id).collect(),
        departments: organisation.departments.iter().map(|department| department.id).collect(),
        overdue: Some(ctx.today),
    };
    let actions = next(&mut tx, &ctx, &everybody).await?;
    let overdue: Vec<(&Action, NaiveDate)> = actions
        .iter()
        .filter_map(|action| Some((action, action.due.filter(|due| *due < ctx.today)?)))
        .collect();
    tell(&mut tx, &ctx, &overdue, 1).await?;
    let waited = |due: NaiveDate| {
        let days = Period::new(due + Days::new(1), ctx.today);
        days.map_or(0, |days| ctx.company.calendar.working_days(&days)) >= PATIENCE
    };
    let long: Vec<_> = overdue.into_iter().filter(|(_, due)| waited(*due)).collect();
    tell(&mut tx, &ctx, &long, 2).await?;
    tx.commit().await?;
    Ok(())
}

/// By itself: counting what is late holds up whoever counts anything else until it is done.
async fn settle_late(app: &App) -> Result<()> {
    let mut tx = app.begin().await?;
    let ctx = Ctx::system(app, &mut tx).await?;
    orders::settle_late(&mut tx, &ctx.company, ctx.now).await?;
    tx.commit().await?;
    Ok(())
}

/// Those who answer for a step: its owner, or who leads its department, or the nearest one above.
fn owners(ctx: &Ctx, action: &Action) -> Vec<EmployeeId> {
    let organisation = &ctx.company.organisation;
    let here = |owner: &EmployeeId| {
        organisation.person(*owner).is_some_and(|person| person.stay_on(ctx.today).is_some())
    };
    match (action.owner.filter(here), action.department) {
        (Some(owner), _) => vec![owner],
        (None, Some(department)) => organisation.leads(department, ctx.today),
        (None, None) => Vec::new(),
    }
}

/// Those who are told at a level: the owners, or those above each of them.
fn told(ctx: &Ctx, action: &Action, level: i16) -> Vec<(EmployeeId, EmployeeId)> {
    let owners = owners(ctx, action).into_iter();
    if level == 1 {
        return owners.map(|owner| (owner, owner)).collect();
    }
    let above = |owner: EmployeeId| {
        let above = goals::setters(&ctx.company.organisation, Subject::Person(owner), ctx.today);
        above.into_iter().map(move |above| (above, owner))
    };
    owners.flat_map(above).collect()
}

async fn tell(
    conn: &mut PgConnection,
    ctx: &Ctx,
    overdue: &[(&Action, NaiveDate)],
    level: i16,
) -> Result<()> {
    if overdue.is_empty() {
        return Ok(());
    }
    let new = store::note(conn, overdue, level, ctx.now).await?;
    let mut by_pair: BTreeMap<(EmployeeId, EmployeeId), Vec<&Action>> = BTreeMap::new();
    for (action, _) in overdue {
        if new.iter().any(|(kind, id)| kind == action.kind && *id == action.id) {
            for pair in told(ctx, action, level) {
                by_pair.entry(pair).or_default().push(action);
            }
        }
    }
    for ((whom, owner), actions) in by_pair {
        tell_one(conn, ctx, (whom, owner), &actions).await?;
    }
    Ok(())
}

async fn tell_one(
    conn: &mut PgConnection,
    ctx: &Ctx,
    (whom, owner): (EmployeeId, EmployeeId),
    actions: &[&Action],
) -> Result<()> {
    let to: Vec<_> =
        accounts::of_people(conn, &[whom]).await?.into_iter().map(|holder| holder.user).collect();
    let name = ctx.company.organisation.person(owner).map_or("", |person| person.name.as_str());
    let count = i64::try_from(actions.len()).unwrap_or(i64::MAX);
    let names: Vec<&str> = actions.iter().take(NAMED).map(|action| action.text.as_str()).collect();
    let telling = Telling {
        message: if whom == owner { "notice-overdue" } else { "notice-overdue-of" },
        values: vec![("n", Value::Count { count }), ("name", Value::text(name))],
        quote: names.join(" · "),
        href: list_of(actions, whom == owner).to_owned(),
    };
    notices::tell(conn, &to, None, &telling, ctx.now).await
}

/// The list that has the steps: one's own, those of the department that somebody leads, or those of the people one leads.
fn list_of(actions: &[&Action], own: bool) -> &'static str {
    match own {
        true if actions.iter().all(|action| action.owner.is_none()) => "/actions?view=department",
        true => "/actions",
        false => "/actions?view=people",
    }
}
