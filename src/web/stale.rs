//! Two people change the same thing: the one who comes second sees what is stored beside what they typed, and
//! nothing of either is lost.

use crate::error::{AppError, Result};
use crate::web::form::FormErrors;
use crate::web::i18n::Localiser;

/// How saving a form went.
pub enum Saved<T = ()> {
    /// It is stored.
    Done(T),
    /// Somebody else has changed it since the form was shown.
    Stale,
    /// The store found faults in it.
    Faulty(FormErrors),
}

impl<T> Saved<T> {
    /// Reads the outcome of a guarded update: `None` is stale, faults at fields are faults, all else is an error.
    pub fn of(outcome: Result<Option<T>>) -> Result<Self> {
        match outcome {
            Ok(Some(value)) => Ok(Self::Done(value)),
            Ok(None) => Ok(Self::Stale),
            Err(AppError::Invalid(errors)) => Ok(Self::Faulty(errors)),
            Err(other) => Err(other),
        }
    }
}

/// A field in which the stored value differs from the typed one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clash {
    /// The field's label.
    pub label: String,
    /// What is stored now.
    pub stored: String,
    /// What was typed.
    pub typed: String,
}

/// The fields that differ, of `(label key, stored, typed)`.
pub fn clashes(l: Localiser, fields: &[(&str, &str, &str)]) -> Vec<Clash> {
    let differing = fields.iter().filter(|(_, stored, typed)| stored.trim() != typed.trim());
    let clash = |(label, stored, typed): &(&str, &str, &str)| Clash {
        label: l.t(label),
        stored: (*stored).to_owned(),
        typed: (*typed).to_owned(),
    };
    differing.map(clash).collect()
}
