//! What is typed about a product, read into a valid draft.

use serde::Deserialize;

use super::{NewProduct, ProductRow};
use crate::kernel::money::{AmountError, Currency, Money};
use crate::kernel::number::parse_amount;
use crate::web::form::FormErrors;
use crate::web::i18n::Localiser;
use crate::web::stale::{self, Clash};

/// What the form about a product sends.
#[derive(Deserialize, Default, Clone)]
#[serde(deny_unknown_fields)]
pub struct ProductForm {
    pub(super) sku: String,
    pub(super) name: String,
    pub(super) category: String,
    pub(super) subcategory: String,
    pub(super) unit_cost: String,
    pub(super) list_price: String,
    pub(super) currency: String,
    #[serde(default)]
    pub(super) active: String,
    #[serde(default)]
    pub(super) version: i64,
}

impl ProductForm {
    /// The form as it stands for a product that exists.
    pub(super) fn of(product: &ProductRow) -> Self {
        let amount = |minor: i64| match Currency::parse(&product.currency) {
            Some(currency) => Money::new(minor, currency).to_decimal_string(),
            None => minor.to_string(),
        };
        Self {
            sku: product.sku.clone(),
            name: product.name.clone(),
            category: product.category.clone(),
            subcategory: product.subcategory.clone(),
            unit_cost: amount(product.unit_cost),
            list_price: amount(product.list_price),
            currency: product.currency.clone(),
            active: if product.active { "on" } else { "" }.to_owned(),
            version: product.version,
        }
    }

    /// Reads the fields, or notes their faults. An empty amount is nothing.
    pub(super) fn read(&self) -> Result<NewProduct<'_>, FormErrors> {
        let mut errors = FormErrors::default();
        for (field, value) in [("sku", &self.sku), ("name", &self.name), ("category", &self.category)] {
            match value.trim().chars().count() {
                0 => errors.add(field, "error-required"),
                1..=200 => {}
                _ => errors.add(field, "error-too-long"),
            }
        }
        let currency = Currency::parse(&self.currency.trim().to_uppercase()).ok_or("error-currency");
        let currency = errors.check("currency", currency);
        let amount = |errors: &mut FormErrors, field: &str, text: &str| match parse_amount(text, currency?) {
            Ok(minor) => Some(minor),
            Err(AmountError::Empty) => Some(0),
            Err(fault) => errors.check(field, Err(amount_message(fault))),
        };
        let list_price = amount(&mut errors, "list_price", &self.list_price);
        let unit_cost = amount(&mut errors, "unit_cost", &self.unit_cost);
        let draft =
            currency.zip(unit_cost.zip(list_price)).map(|(currency, (unit_cost, list_price))| NewProduct {
                sku: &self.sku,
                name: &self.name,
                category: &self.category,
                subcategory: &self.subcategory,
                unit_cost,
                list_price,
                currency,
                active: !self.active.is_empty(),
            });
        errors.or(draft)
    }

    /// Where the stored product differs from what was typed.
    pub(super) fn clashes(&self, l: Localiser, product: &ProductRow) -> Vec<Clash> {
        let stored = Self::of(product);
        let active = |form: &Self| l.t(if form.active.is_empty() { "no" } else { "yes" });
        stale::clashes(
            l,
            &[
                ("products-sku", &stored.sku, &self.sku),
                ("products-name", &stored.name, &self.name),
                ("products-category", &stored.category, &self.category),
                ("products-subcategory", &stored.subcategory, &self.subcategory),
                ("products-cost", &stored.unit_cost, &self.unit_cost),
                ("products-price", &stored.list_price, &self.list_price),
                ("field-currency", &stored.currency, &self.currency),
                ("products-active", &active(&stored), &active(self)),
            ],
        )
    }
}

/// Catalogue key of what is wrong with an amount.
fn amount_message(fault: AmountError) -> &'static str {
    match fault {
        AmountError::Empty => "error-required",
        AmountError::NotANumber => "products-amount-number",
        AmountError::TooManyDecimals => "products-amount-decimals",
        AmountError::TooLarge => "error-amount-too-large",
        AmountError::Negative => "products-amount-negative",
    }
}
