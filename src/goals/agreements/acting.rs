//! What the reader of a request does: proposing and answering, whichever way it comes, by a page, a file or a program.

use sqlx::PgConnection;

use super::flow::{self, Hand};
use super::forms::{self, StepForm};
use super::steps::Step;
use super::{Agreement, AgreementId, wording};
use crate::error::{AppError, Result};
use crate::goals::new_page::GoalForm;
use crate::goals::{GoalDraft, Subject};
use crate::kernel::id::CategoryId;
use crate::web::context::Ctx;
use crate::web::form::FormErrors;

/// A goal to propose as files and programs say it: texts, each with the faults of its own field.
#[derive(Clone, Debug, Default)]
pub struct Raw {
    /// The metric's code.
    pub metric: String,
    /// Only products of this category.
    pub category: Option<CategoryId>,
    /// The first day.
    pub from: String,
    /// The last day.
    pub last: String,
    /// The amount, as people write it.
    pub target: String,
}

impl Raw {
    /// The draft about a goal of `subject`. Faults at `metric`, `category`, `from`, `last` and `target`.
    pub fn read(&self, ctx: &Ctx, subject: Subject) -> std::result::Result<GoalDraft, FormErrors> {
        let mut errors = FormErrors::default();
        let category = self.category.map(|id| id.to_string()).unwrap_or_default();
        let form = GoalForm::dated(&self.metric, &category, (&self.from, &self.last), &self.target);
        let checked = form.check(ctx, &mut errors, Some(subject));
        errors.or(checked)
    }
}

/// The hand of the reader in agreements about goals of `subject`. Fault at `subject`: they are on neither side.
pub(super) fn hand(ctx: &Ctx, subject: Subject) -> std::result::Result<Hand, FormErrors> {
    let side = super::side_of(&ctx.company.organisation, &ctx.actor, subject, ctx.today);
    let hand = |side| Hand { user: ctx.actor.user, name: ctx.actor.name.clone(), side, at: ctx.now };
    side.map(hand).ok_or_else(|| FormErrors::one("subject", "error-goal-not-yours"))
}

/// Begins an agreement for the reader's side, with [`Step::Draft`] or [`Step::Propose`]. Faults: as [`flow::begin`], at
/// `subject` where they are on neither side, at `reason` where it is too long.
pub async fn propose(
    conn: &mut PgConnection,
    ctx: &Ctx,
    draft: &GoalDraft,
    step: Step,
    reason: &str,
) -> Result<AgreementId> {
    let hand = hand(ctx, draft.subject).map_err(AppError::Invalid)?;
    if !forms::fits(reason) {
        return Err(AppError::Invalid(FormErrors::one("reason", "error-talk-long")));
    }
    flow::begin(conn, &ctx.company, &hand, draft, step, reason).await
}

/// Takes a step for the reader's side. Not found where they know nothing of it, forbidden where they only read or the step is
/// not theirs, a conflict when the version is stale; faults at `target` and `reason`.
pub async fn answer(
    conn: &mut PgConnection,
    ctx: &Ctx,
    agreement: &Agreement,
    step: Step,
    form: &StepForm,
) -> Result<Agreement> {
    let side = agreement.seen_by(ctx)?.ok_or(AppError::Forbidden)?;
    let answer = form.check(step, wording::unit(&ctx.company, agreement)).map_err(AppError::Invalid)?;
    let hand = Hand { user: ctx.actor.user, name: ctx.actor.name.clone(), side, at: ctx.now };
    flow::take(conn, &ctx.company, &hand, agreement, form.version, step, &answer).await
}
