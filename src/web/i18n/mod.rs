//! Words in the reader's language, from the message catalogues in `locales/`.
//!
//! `Localiser::new(Lang::Sv).tr("period-working-days-left", &[("n", 3.into())])` is "3 arbetsdagar kvar".

mod dates;
mod numbers;

use std::collections::HashMap;

use fluent_templates::fluent_bundle::FluentValue;
use fluent_templates::{LanguageIdentifier, langid, static_loader};

use crate::kernel::lang::Lang;
use crate::kernel::money::Currency;

static_loader! {
    static CATALOGUES = {
        locales: "./locales",
        fallback_language: "en",
        customise: |bundle| {
            bundle.set_use_isolating(false);
            let swedish = bundle.locales.first() == Some(&langid!("sv"));
            bundle.set_formatter(Some(if swedish { group_sv } else { group_en }));
        },
    };
}

fn group_en<M>(value: &FluentValue, _memo: &M) -> Option<String> {
    grouped(Localiser::new(Lang::En), value)
}

fn group_sv<M>(value: &FluentValue, _memo: &M) -> Option<String> {
    grouped(Localiser::new(Lang::Sv), value)
}

/// Counts in messages carry thousands separators like all other numbers.
fn grouped(l: Localiser, value: &FluentValue) -> Option<String> {
    let FluentValue::Number(number) = value else {
        return None;
    };
    number.as_string().parse().ok().map(|count: i64| l.number(count))
}

/// Speaks one language: messages, numbers, money and dates. Cheap to copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Localiser {
    lang: Lang,
    /// The company's currency, for amounts beside which none stands.
    currency: Option<Currency>,
}

/// A value put into a message. Whole numbers choose the plural and are printed with the language's thousands
/// separators; a year or an id is passed as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// A count.
    Number(i64),
    /// Anything already formatted.
    Text(String),
}

/// A value or a reference to it: templates pass the fields of a struct by reference.
pub trait ByValue<T> {
    /// The value itself.
    fn value(self) -> T;
}

impl<T> ByValue<T> for T {
    fn value(self) -> T {
        self
    }
}

impl<T: Copy> ByValue<T> for &T {
    fn value(self) -> T {
        *self
    }
}

impl<T: Copy> ByValue<T> for &&T {
    fn value(self) -> T {
        **self
    }
}

impl Localiser {
    /// The localiser of `lang`.
    pub const fn new(lang: Lang) -> Self {
        Self { lang, currency: None }
    }

    /// The same for a company that counts in `currency`.
    #[must_use]
    pub const fn of_company(self, currency: Currency) -> Self {
        Self { currency: Some(currency), ..self }
    }

    /// The language spoken.
    pub const fn lang(self) -> Lang {
        self.lang
    }

    /// The language's code, for `<html lang>`.
    pub const fn code(self) -> &'static str {
        self.lang.code()
    }

    /// The message `key`, or the key in brackets where there is none or where it needs values.
    pub fn t(self, key: &str) -> String {
        self.tr(key, &[])
    }

    /// The message `key` with `values` put in.
    pub fn tr(self, key: &str, values: &[(&str, Value)]) -> String {
        let values: HashMap<&str, FluentValue> =
            values.iter().map(|(name, value)| (*name, Self::printed(value))).collect();
        let values = (!values.is_empty()).then_some(&values);
        CATALOGUES
            .lookup_single_language(self.identifier(), key, values)
            .unwrap_or_else(|_| format!("[{key}]"))
    }

    fn identifier(self) -> &'static LanguageIdentifier {
        static EN: LanguageIdentifier = langid!("en");
        static SV: LanguageIdentifier = langid!("sv");
        match self.lang {
            Lang::En => &EN,
            Lang::Sv => &SV,
        }
    }

    fn printed(value: &Value) -> FluentValue<'_> {
        match value {
            Value::Number(number) => FluentValue::from(*number),
            Value::Text(text) => FluentValue::from(text.as_str()),
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<&String> for Value {
    fn from(text: &String) -> Self {
        Self::Text(text.clone())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<&i64> for Value {
    fn from(number: &i64) -> Self {
        Self::Number(*number)
    }
}

impl From<i32> for Value {
    fn from(number: i32) -> Self {
        Self::Number(number.into())
    }
}

impl From<u32> for Value {
    fn from(number: u32) -> Self {
        Self::Number(number.into())
    }
}

impl From<usize> for Value {
    fn from(number: usize) -> Self {
        Self::Number(i64::try_from(number).unwrap_or(i64::MAX))
    }
}
