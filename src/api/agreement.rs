//! An agreement as the API shows it.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::envelope::Amount;
use super::subject::{SubjectKind, SubjectRef};
use crate::attainment::Metric;
use crate::goals::agreements::steps::{Side, State, Step};
use crate::goals::agreements::{Agreement, AgreementId, Shown, Taken};
use crate::kernel::id::GoalId;
use crate::web::context::Ctx;

/// How an agreement stands.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AgreementState {
    /// Being prepared; the other side does not see it.
    Draft,
    /// An offer waits for the other side.
    Proposed,
    /// The other side wants another amount.
    Countered,
    /// Both want it.
    Agreed,
    /// Set without agreement.
    Imposed,
    /// Given up.
    Withdrawn,
    /// The period of its goal is closed.
    Closed,
}

impl From<Shown> for AgreementState {
    fn from(shown: Shown) -> Self {
        match shown {
            Shown::Standing(State::Draft) => Self::Draft,
            Shown::Standing(State::Proposed) => Self::Proposed,
            Shown::Standing(State::Countered) => Self::Countered,
            Shown::Standing(State::Agreed) => Self::Agreed,
            Shown::Standing(State::Imposed) => Self::Imposed,
            Shown::Standing(State::Withdrawn) => Self::Withdrawn,
            Shown::Closed => Self::Closed,
        }
    }
}

/// A goal that is being agreed on, or was.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AgreementItem {
    /// Its id.
    #[schema(value_type = i64, example = 17)]
    pub id: AgreementId,
    /// Whose goal it is about.
    pub subject: SubjectRef,
    /// What is counted.
    pub metric: Metric,
    /// Only products of this category; null when all products count.
    #[schema(example = json!(null))]
    pub category: Option<String>,
    /// First day that counts.
    pub from: NaiveDate,
    /// Last day that counts.
    pub to: NaiveDate,
    /// How it stands.
    pub state: AgreementState,
    /// The offer on the table.
    pub target: Amount,
    /// Which side began: `setter`, who sets goals, or `owner`, whose goal it is.
    #[schema(example = "setter")]
    pub begun_by: &'static str,
    /// Which side made the offer on the table.
    #[schema(example = "setter")]
    pub offered_by: &'static str,
    /// What the token's owner can do now, by the names that steps are sent with.
    #[schema(example = json!(["accept", "counter"]))]
    pub next_steps: Vec<&'static str>,
    /// The goal that came of it.
    #[schema(value_type = Option<i64>)]
    pub goal_id: Option<GoalId>,
    /// Who closed the period of that goal, and when.
    pub closed: Option<Done>,
    /// When the last step was taken.
    pub changed_at: DateTime<Utc>,
    /// Send it with a step; a step on an older version is refused.
    #[schema(minimum = 1)]
    pub version: i64,
    /// What was done, in order.
    pub steps: Vec<StepItem>,
}

/// Who did something, and when.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Done {
    /// Their name.
    #[schema(example = "Frida Dahl")]
    pub by: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// A step of an agreement.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StepItem {
    /// `draft`, `propose`, `change`, `counter`, `accept`, `impose`, `withdraw` or `reopen`.
    #[schema(example = "propose")]
    pub step: &'static str,
    /// For which side: `setter` or `owner`.
    #[schema(example = "setter")]
    pub side: &'static str,
    /// Name of who took it.
    #[schema(example = "Karin Lindqvist")]
    pub by: String,
    /// When.
    pub at: DateTime<Utc>,
    /// The offer after it.
    pub target: Amount,
    /// Why, in words; may be empty.
    #[schema(example = "Plus 5 percent for the new area")]
    pub message: String,
}

impl AgreementItem {
    /// The agreement with its steps. `side` is the reader's, if they are on one.
    pub fn new(ctx: &Ctx, agreement: Agreement, side: Option<Side>, steps: Vec<Taken>) -> Self {
        let (metric, currency) = (agreement.metric, agreement.currency.unwrap_or(ctx.company.currency));
        let amount = |value| Amount::of(metric, value, currency);
        let standing = agreement.standing;
        let step = |taken: Taken| StepItem {
            step: taken.step.code(),
            side: taken.side.code(),
            by: taken.name,
            at: taken.at,
            target: amount(taken.target),
            message: taken.reason,
        };
        Self {
            id: agreement.id,
            state: Shown::of(&agreement).into(),
            subject: SubjectRef {
                kind: SubjectKind::of(agreement.subject),
                r#ref: agreement.subject_ref,
                name: agreement.subject_name,
            },
            metric,
            category: agreement.category.map(|(_, name)| name),
            from: agreement.period.start,
            to: agreement.period.last_day(),
            target: amount(standing.target),
            begun_by: standing.begun_by.code(),
            offered_by: standing.offered_by.code(),
            next_steps: side
                .map_or_else(Vec::new, |side| standing.steps(side).into_iter().map(Step::code).collect()),
            goal_id: agreement.goal,
            closed: agreement.closed.map(|closed| Done { by: closed.by, at: closed.at }),
            changed_at: agreement.changed_at,
            version: agreement.version,
            steps: steps.into_iter().map(step).collect(),
        }
    }
}
