//! What a goal's page says of the agreement: who has acknowledged the target, and how it came about.

use sqlx::PgConnection;

use super::acknowledgements::{self, Acknowledgement};
use super::agreements::{self, steps::State};
use super::{Goal, GoalVersion};
use crate::error::Result;
use crate::web::context::Ctx;

/// Names told before the rest is counted.
const NAMED: usize = 4;

/// Whether both sides know the present target.
pub(super) struct Accord {
    /// `on` when everybody asked has acknowledged, else `risk`.
    pub(super) state: &'static str,
    /// "Acknowledged by both", "4 of 7 have acknowledged".
    pub(super) title: String,
    /// Who and when, and who has not.
    pub(super) text: String,
    /// Whether the reader is asked.
    pub(super) mine: bool,
}

/// Who has acknowledged the present version, and who has not.
pub(super) async fn of(conn: &mut PgConnection, ctx: &Ctx, goal: &Goal) -> Result<Accord> {
    let mut asked = acknowledgements::of_goal(conn, goal.id).await?;
    let latest = goal.current().map_or(1, |version| version.number);
    let mine = asked.iter().any(|one| one.user == ctx.actor.user && one.at.is_none());
    asked.retain(|one| one.number == latest);
    let (known, open): (Vec<_>, Vec<_>) = asked.iter().partition(|one| one.at.is_some());
    let named = |one: &&&Acknowledgement| {
        let at = one.at.map(|at| ctx.l.datetime(at, ctx.company.zone)).unwrap_or_default();
        format!("{} {at}", one.name)
    };
    let said = known.iter().rev().take(NAMED).map(|one| named(&one)).collect::<Vec<_>>().join(" · ");
    let missing = open.iter().take(NAMED).map(|one| one.name.clone()).collect::<Vec<_>>().join(", ");
    let more = open.len().saturating_sub(NAMED);
    let missing = match (open.len(), more) {
        (0, _) => String::new(),
        (_, 0) => ctx.l.tr("goals-not-acknowledged", &[("names", missing.into())]),
        (_, more) => {
            ctx.l.tr("goals-not-acknowledged-more", &[("names", missing.into()), ("n", more.into())])
        }
    };
    let (done, all) = (known.len(), asked.len());
    let title = match (done, all) {
        (_, 0) => String::new(),
        (2, 2) => ctx.l.t("goals-acknowledged-both"),
        (done, all) if done == all => ctx.l.tr("goals-acknowledged-all", &[("n", all.into())]),
        (done, all) => ctx.l.tr("goals-acknowledged-some", &[("n", done.into()), ("all", all.into())]),
    };
    let text = [said, missing].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(". ");
    Ok(Accord { state: if done == all { "on" } else { "risk" }, title, text, mine })
}

/// "Agreed by Karin and Elias", "Imposed by Karin", "Set without discussion"; nothing for revisions and imports.
pub(super) fn how(ctx: &Ctx, version: &GoalVersion, agreed: Option<&agreements::Agreement>) -> String {
    let (Some(proposer), Some(approver)) = (&version.proposed_by, &version.approved_by) else {
        return String::new();
    };
    if version.reason_class.is_some() {
        return String::new();
    }
    let key = match agreed.map(|agreement| agreement.standing.state) {
        Some(State::Agreed) => "goals-how-agreed",
        Some(State::Imposed) => "goals-how-imposed",
        _ => "goals-how-set",
    };
    ctx.l.tr(key, &[("proposer", proposer.into()), ("approver", approver.into())])
}
