//! What is typed about a customer, read into a valid draft.

use serde::Deserialize;

use super::{CustomerRow, NewCustomer};
use crate::web::form::FormErrors;
use crate::web::i18n::Localiser;
use crate::web::stale::{self, Clash};

/// What the form about a customer sends.
#[derive(Deserialize, Default, Clone)]
#[serde(deny_unknown_fields)]
pub struct CustomerForm {
    pub(super) name: String,
    pub(super) customer_no: String,
    pub(super) segment: String,
    pub(super) region: String,
    #[serde(default)]
    pub(super) version: i64,
}

impl CustomerForm {
    /// The form as it stands for a customer that exists.
    pub(super) fn of(customer: &CustomerRow) -> Self {
        Self {
            name: customer.name.clone(),
            customer_no: customer.customer_no.clone(),
            segment: customer.segment.clone(),
            region: customer.region.clone(),
            version: customer.version,
        }
    }

    /// Reads the fields, or notes their faults.
    pub(super) fn read(&self) -> Result<NewCustomer<'_>, FormErrors> {
        let mut errors = FormErrors::default();
        if self.name.trim().is_empty() {
            errors.add("name", "error-required");
        }
        let fields = [
            ("name", &self.name),
            ("customer_no", &self.customer_no),
            ("segment", &self.segment),
            ("region", &self.region),
        ];
        for (field, value) in fields {
            if value.chars().count() > 200 {
                errors.add(field, "error-too-long");
            }
        }
        errors.or(Some(NewCustomer {
            customer_no: Some(&self.customer_no),
            name: &self.name,
            segment: &self.segment,
            region: &self.region,
        }))
    }

    /// Where the stored customer differs from what was typed.
    pub(super) fn clashes(&self, l: Localiser, customer: &CustomerRow) -> Vec<Clash> {
        let stored = Self::of(customer);
        stale::clashes(
            l,
            &[
                ("customers-name", &stored.name, &self.name),
                ("customers-number", &stored.customer_no, &self.customer_no),
                ("customers-segment", &stored.segment, &self.segment),
                ("customers-region", &stored.region, &self.region),
            ],
        )
    }
}
