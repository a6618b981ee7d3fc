//! What the form of an answer sends.

use serde::Deserialize;

use super::flow::Answer;
use super::steps::Step;
use crate::goals::wording::Denomination;
use crate::web::form::FormErrors;

/// The longest reason.
const LONGEST: usize = 1_000;

/// Whether a reason is short enough.
pub(super) fn fits(reason: &str) -> bool {
    reason.trim().chars().count() <= LONGEST
}

/// An answer as typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct StepForm {
    /// The version that was looked at.
    pub version: i64,
    /// The amount.
    pub target: String,
    /// Why.
    pub reason: String,
}

impl StepForm {
    /// What it says, as far as `step` asks for it. Faults at `target` and `reason`.
    pub fn check(&self, step: Step, unit: Denomination) -> Result<Answer, FormErrors> {
        let mut errors = FormErrors::default();
        let target = step.names_amount().then(|| errors.check("target", unit.read(&self.target))).flatten();
        let reason = self.reason.trim();
        if step.needs_reason() && reason.is_empty() {
            errors.add("reason", "error-agreement-reason");
        }
        if !fits(reason) {
            errors.add("reason", "error-talk-long");
        }
        errors.or(Some(Answer { target, reason: reason.to_owned() }))
    }
}
