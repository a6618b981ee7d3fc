//! What a customer types.

use serde::Deserialize;

use super::{Area, Said};
use crate::service::follow_ups::score;
use crate::web::form::FormErrors;

const LONGEST: usize = 4_000;

/// What the customer's form sends.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AnswerForm {
    pub(super) score: String,
    pub(super) good: Vec<String>,
    pub(super) bad: Vec<String>,
    pub(super) words: String,
    pub(super) may_call: Option<String>,
    pub(super) lang: String,
}

impl AnswerForm {
    /// The form of what was said before.
    pub(super) fn of(said: &Said) -> Self {
        let codes = |areas: &[Area]| areas.iter().map(|area| area.code().to_owned()).collect();
        Self {
            score: said.score.to_string(),
            good: codes(&said.good),
            bad: codes(&said.bad),
            words: said.words.clone(),
            may_call: said.may_call.then(|| "on".to_owned()),
            lang: String::new(),
        }
    }

    /// What it says. Faults at its fields.
    pub(super) fn read(&self) -> Result<Said, FormErrors> {
        let mut errors = FormErrors::default();
        let score =
            errors.check("score", score(&self.score).ok().flatten().ok_or("service-error-choose-score"));
        if self.words.chars().count() > LONGEST {
            errors.add("words", "error-talk-long");
        }
        let areas = |codes: &[String]| {
            let named = |area: &Area| codes.iter().any(|code| code == area.code());
            Area::ALL.into_iter().filter(named).collect::<Vec<_>>()
        };
        let said = score.map(|score| Said {
            score,
            good: areas(&self.good),
            bad: areas(&self.bad),
            words: self.words.trim().to_owned(),
            may_call: self.may_call.is_some(),
        });
        errors.or(said)
    }
}
