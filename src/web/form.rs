//! Forms: faults at fields, and an extractor that accepts exactly the fields an action knows.

use axum::extract::{FromRequest, Request};
use serde::de::DeserializeOwned;

use crate::error::{AppError, Result};
use crate::web::i18n::{Localiser, Value};
use crate::web::ui::Problem;

/// No form of ours is longer: a goal table of 500 people is some 60 KB.
const FORM_LIMIT: usize = 1 << 20;

/// One fault: where, and which message with which values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// The field's name in the form or the JSON body.
    pub field: String,
    /// Key of the message in the catalogues.
    pub key: &'static str,
    /// Values the message mentions.
    pub args: Vec<(&'static str, String)>,
}

/// The faults of one form, in the order of the form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FormErrors(Vec<FieldError>);

impl FormErrors {
    /// A single fault.
    pub fn one(field: &str, key: &'static str) -> Self {
        let mut errors = Self::default();
        errors.add(field, key);
        errors
    }

    /// Notes a fault at `field`.
    pub fn add(&mut self, field: impl Into<String>, key: &'static str) {
        self.add_with(field, key, Vec::new());
    }

    /// Notes a fault whose message mentions values.
    pub fn add_with(
        &mut self,
        field: impl Into<String>,
        key: &'static str,
        args: Vec<(&'static str, String)>,
    ) {
        self.0.push(FieldError { field: field.into(), key, args });
    }

    /// Keeps the value of `outcome`, or notes its message key at `field`.
    pub fn check<T>(&mut self, field: &str, outcome: std::result::Result<T, &'static str>) -> Option<T> {
        outcome.map_err(|key| self.add(field, key)).ok()
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many faults there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// All faults.
    pub fn iter(&self) -> impl Iterator<Item = &FieldError> {
        self.0.iter()
    }

    /// Whether `field` has a fault.
    pub fn has(&self, field: &str) -> bool {
        self.0.iter().any(|error| error.field == field)
    }

    /// The message at `field`, if it has a fault. For templates.
    pub fn of(&self, l: &Localiser, field: &str) -> Option<String> {
        self.0.iter().find(|error| error.field == field).map(|error| error.text(*l))
    }

    /// Every fault, for the summary on top of a form.
    pub fn problems(&self, l: &Localiser) -> Vec<Problem> {
        self.0.iter().map(|error| Problem { field: error.field.clone(), message: error.text(*l) }).collect()
    }

    /// `value` when there are no faults, else the faults.
    pub fn or<T>(self, value: Option<T>) -> std::result::Result<T, Self> {
        match value {
            Some(value) if self.is_empty() => Ok(value),
            _ => Err(self),
        }
    }
}

impl FieldError {
    /// The message in the reader's language.
    pub fn text(&self, l: Localiser) -> String {
        let args: Vec<(&str, Value)> =
            self.args.iter().map(|(name, value)| (*name, Value::from(value.clone()))).collect();
        l.tr(self.key, &args)
    }
}

/// A url-encoded form. Unknown fields are refused where the struct denies them; a NUL is refused everywhere,
/// because PostgreSQL text cannot hold it.
pub struct Form<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Form<T> {
    type Rejection = AppError;

    async fn from_request(request: Request, state: &S) -> Result<Self> {
        let (parts, body) = request.into_parts();
        let bytes =
            axum::body::to_bytes(body, FORM_LIMIT).await.map_err(|_| AppError::BadRequest("error-form"))?;
        if bytes.contains(&0) || bytes.windows(3).any(|part| part == b"%00") {
            return Err(AppError::BadRequest("error-nul"));
        }
        let request = Request::from_parts(parts, axum::body::Body::from(bytes));
        let form = axum_extra::extract::Form::<T>::from_request(request, state).await;
        form.map(|form| Self(form.0)).map_err(|_| AppError::BadRequest("error-form"))
    }
}
