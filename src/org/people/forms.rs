//! What is typed about a person, read into a valid draft.

use chrono::NaiveDate;
use serde::Deserialize;

use super::{EmployeeView, NewEmployee};
use crate::auth::accounts;
use crate::kernel::id::DepartmentId;
use crate::org::forms::{iso, names, optional_day};
use crate::web::form::FormErrors;
use crate::web::i18n::Localiser;
use crate::web::stale::{self, Clash};

/// What the form about a person sends.
#[derive(Deserialize, Default, Clone)]
#[serde(deny_unknown_fields)]
pub struct PersonForm {
    pub(super) employee_no: String,
    pub(super) name: String,
    pub(super) email: String,
    pub(super) job_title: String,
    pub(super) hired_on: String,
    #[serde(default)]
    pub(super) left_on: String,
    /// Where a new person begins; empty when that comes later.
    #[serde(default)]
    pub(super) department: String,
    #[serde(default)]
    pub(super) version: i64,
}

/// What was typed, understood.
pub(super) struct PersonDraft {
    form: PersonForm,
    pub(super) hired_on: Option<NaiveDate>,
    left_on: Option<NaiveDate>,
    pub(super) department: Option<DepartmentId>,
}

impl PersonForm {
    /// The form as it stands for a person that exists.
    pub(super) fn of(person: &EmployeeView) -> Self {
        Self {
            employee_no: person.employee_no.clone(),
            name: person.name.clone(),
            email: person.email.clone().unwrap_or_default(),
            job_title: person.job_title.clone(),
            hired_on: iso(person.hired_on),
            left_on: iso(person.left_on),
            department: String::new(),
            version: person.version,
        }
    }

    /// Reads the fields, or notes their faults.
    pub(super) fn read(&self) -> Result<PersonDraft, FormErrors> {
        let mut errors = FormErrors::default();
        names(&mut errors, &[("employee_no", &self.employee_no), ("name", &self.name)]);
        if !self.email.trim().is_empty() && !accounts::is_email(&self.email) {
            errors.add("email", "error-email");
        }
        if self.job_title.chars().count() > 200 {
            errors.add("job_title", "error-too-long");
        }
        let hired_on = optional_day(&mut errors, "hired_on", &self.hired_on);
        let left_on = optional_day(&mut errors, "left_on", &self.left_on);
        let department = match self.department.as_str() {
            "" => None,
            id => errors.check("department", id.parse().map_err(|_| "error-required")),
        };
        errors.or(Some(PersonDraft { form: self.clone(), hired_on, left_on, department }))
    }

    /// Where the stored person differs from what was typed.
    pub(super) fn clashes(&self, l: Localiser, person: &EmployeeView) -> Vec<Clash> {
        let stored = Self::of(person);
        stale::clashes(
            l,
            &[
                ("org-number", &stored.employee_no, &self.employee_no),
                ("org-name", &stored.name, &self.name),
                ("org-email", &stored.email, &self.email),
                ("org-title", &stored.job_title, &self.job_title),
                ("org-hired", &stored.hired_on, &self.hired_on),
                ("org-left", &stored.left_on, &self.left_on),
            ],
        )
    }
}

impl PersonDraft {
    /// The person to store.
    pub(super) fn employee(&self) -> NewEmployee<'_> {
        let email = self.form.email.trim();
        NewEmployee {
            employee_no: &self.form.employee_no,
            name: &self.form.name,
            email: (!email.is_empty()).then_some(email),
            job_title: &self.form.job_title,
            hired_on: self.hired_on,
            left_on: self.left_on,
        }
    }
}
