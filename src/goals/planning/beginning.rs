//! How a scenario begins: a whole, divided down to the people, kept with its first step.

use serde_json::json;
use sqlx::PgConnection;

use super::node::{Change, Part};
use super::planner::Planner;
use super::sheet::{self, Sheet};
use super::store::{self, Draft};
use super::tree::Action;
use super::{Method, ScenarioId, Scope, Settings, Start, history};
use crate::error::{AppError, Found, Result};
use crate::goals::Subject;
use crate::goals::wording::Denomination;
use crate::web::form::FormErrors;

/// Keeps a scenario with the targets it begins with.
pub(super) async fn save<'a>(
    conn: &mut PgConnection,
    by: impl Into<Planner<'a>>,
    draft: &Draft,
    changes: &[Change],
) -> Result<ScenarioId> {
    let by = by.into();
    let id = store::insert(conn, draft, by.actor.user, by.now).await?;
    let kind = draft.scope.kind;
    let details = json!({ "department": draft.scope.department, "metric": kind.metric, "period": kind.period,
        "start": draft.start.code() });
    history::note(conn, by, "plan.begun", id, details).await?;
    let mut scenario = sheet::find(conn, by, id, true).await?;
    history::record(conn, by, &mut scenario, ("begin", None), changes).await?;
    Ok(id)
}

/// The targets that a scenario begins with: the whole as it was said, or by what was reached, divided down to the people. Faults
/// at `whole`.
pub(super) async fn divided<'a>(
    conn: &mut PgConnection,
    by: impl Into<Planner<'a>>,
    draft: &Draft,
    (unit, whole): (Denomination, Option<i64>),
) -> Result<std::result::Result<Vec<Change>, FormErrors>> {
    let mut sheet = Sheet::with(conn, by, &draft.scope, &[], false).await?;
    let (before, tree, rule) = (sheet.tree.clone(), &mut sheet.tree, draft.settings.rule(unit));
    let top = tree.find(Part::Department(draft.scope.department)).found()?;
    tree.0[top].target = whole;
    if let Start::Divided(_) = draft.start {
        if whole.is_none() {
            // without a past there is nothing to begin with, which the table says
            let _without_past = tree.apply(Action::Raise, top, rule);
        }
        match tree.apply(Action::ShareDown, top, rule) {
            // a department without people is planned by itself
            Ok(()) | Err("error-plan-no-parts") => {}
            Err(key) => return Ok(Err(FormErrors::one("whole", key))),
        }
    }
    Ok(Ok(sheet.tree.changes_since(&before)))
}

/// Begins a scenario by what was reached and `percent` hundredths of a percent more, rounded to `step` whole units.
pub async fn begin(
    conn: &mut PgConnection,
    by: Planner<'_>,
    name: &str,
    scope: Scope,
    (method, percent, step): (Method, i64, i64),
) -> Result<ScenarioId> {
    let settings = Settings { method, percent, step };
    let start = Start::Divided(method);
    let draft = Draft { name: name.to_owned(), scope, settings, start, copied_from: None };
    let unit = Denomination { metric: scope.kind.metric, currency: by.company.currency };
    let changes = divided(conn, by, &draft, (unit, None)).await?.map_err(AppError::Invalid)?;
    save(conn, by, &draft, &changes).await
}

/// Gives parts of a scenario other targets, as one step; whoever is not in it, or not the planner's to set, is left out.
pub async fn retarget(
    conn: &mut PgConnection,
    by: Planner<'_>,
    id: ScenarioId,
    targets: &[(Subject, i64)],
) -> Result<()> {
    let mut scenario = sheet::find(conn, by, id, true).await?;
    scenario.open()?;
    let mut sheet = Sheet::load(conn, by, &scenario).await?;
    let place = |(subject, target): &(Subject, i64)| {
        let at = sheet.tree.find(Part::of(*subject)).filter(|at| sheet.tree.0[*at].may_set)?;
        Some((at, Some(*target)))
    };
    let typed: Vec<(usize, Option<i64>)> = targets.iter().filter_map(place).collect();
    let changes = sheet.enter(&typed);
    history::record(conn, by, &mut scenario, ("typed", None), &changes).await
}
