//! How targets are read and written, and how the coverage of a goal is said.

use chrono::NaiveDate;

use super::Goal;
use crate::attainment::Metric;
use crate::attainment::coverage::{Coverage, Covered};
use crate::attainment::view::{Measure, metric_key};
use crate::kernel::basis::Basis;
use crate::kernel::money::{AmountError, Currency, Money};
use crate::kernel::number::{parse_amount, parse_count};
use crate::kernel::period::Period;
use crate::kernel::ratio::Pct;
use crate::org::Company;
use crate::web::charts;
use crate::web::i18n::Localiser;
use crate::web::ui::Choice;

/// What a target is counted in, and so how fields hold it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Denomination {
    /// What is counted.
    pub metric: Metric,
    /// Of money metrics.
    pub currency: Currency,
}

impl Denomination {
    /// What the targets of a goal are counted in.
    pub fn of(goal: &Goal, company: &Company) -> Self {
        Self { metric: goal.metric, currency: goal.currency.unwrap_or(company.currency) }
    }

    /// One whole: a krona, or a thing.
    pub fn one(self) -> i64 {
        10_i64.pow(self.exponent().min(6))
    }

    /// Decimals of its unit.
    fn exponent(self) -> u32 {
        if self.metric.is_money() { self.currency.exponent() } else { self.metric.decimals() }
    }

    /// As a field or a program takes it: "1450000".
    pub fn plain(self, value: i64) -> String {
        let exact = match self.exponent() {
            0 => return value.to_string(),
            2 if !self.metric.is_money() => Pct(value).to_string_2(),
            _ => Money::new(value, self.currency).to_decimal_string(),
        };
        match exact.split_once('.') {
            Some((whole, _)) if value % self.one() == 0 => whole.to_owned(),
            _ => exact,
        }
    }

    /// As a field or a table shows it to people: "1,450,000", with decimals only where there are any.
    pub fn typed(self, l: Localiser, value: i64) -> String {
        match self.exponent() {
            // a comma before three digits would be read back as decimals
            3 if self.metric.is_money() => self.plain(value),
            _ if value % self.one() == 0 => l.number(value / self.one()),
            exponent => l.decimal(value, exponent),
        }
    }

    /// Reads a target as people write it; the key of a message when it is none.
    pub fn read(self, text: &str) -> Result<i64, &'static str> {
        let read = match self.metric.decimals() {
            _ if self.metric.is_money() => parse_amount(text, self.currency),
            0 => parse_count(text),
            _ => hundredths(text),
        };
        read.map_err(|error| match error {
            AmountError::Empty => "error-required",
            AmountError::NotANumber => "error-goal-number",
            AmountError::TooManyDecimals if self.exponent() > 0 => "error-goal-decimals",
            AmountError::TooManyDecimals => "error-goal-whole",
            AmountError::TooLarge => "error-amount-too-large",
            AmountError::Negative => "error-goal-negative",
        })
    }

    /// The currency's code, or nothing for counts.
    pub fn code(self) -> &'static str {
        if self.metric.is_money() { self.currency.code() } else { "" }
    }
}

/// Percent or points: "95", "95,5 %", "4.25".
fn hundredths(text: &str) -> Result<i64, AmountError> {
    let plain = text.trim().trim_end_matches('%').trim_end();
    // read like an amount of a currency with two decimals
    Currency::parse("EUR").map_or(Err(AmountError::NotANumber), |two| parse_amount(plain, two))
}

/// The metrics that are counted in sales, as choices.
pub fn sales_metrics(l: Localiser) -> Vec<Choice> {
    Metric::SALES.into_iter().map(|metric| Choice::new(metric.code(), l.t(metric_key(metric)))).collect()
}

/// Every metric as a choice.
pub fn metrics(l: Localiser) -> Vec<Choice> {
    Metric::ALL.into_iter().map(|metric| Choice::new(metric.code(), l.t(metric_key(metric)))).collect()
}

/// The coverage check of a goal, drawn and in words.
#[derive(Clone, Debug)]
pub struct CoverageView {
    /// The bar.
    pub chart: charts::Coverage,
    /// "41.0M of 42.0M · 1.0M not assigned".
    pub words: String,
    /// Colour class of the words.
    pub class: &'static str,
}

/// Draws and says whether `parts` add up to `target`.
pub fn coverage(l: Localiser, measure: Measure, target: i64, parts: Vec<i64>) -> CoverageView {
    let chart = charts::Coverage { parts, target, label: String::new() };
    let (assigned, key, class, rest) = {
        let assigned = chart.assigned();
        match (Coverage { parent: target, parts: assigned }).state() {
            Covered::Unassigned(lack) => (assigned, "goals-cover-lack", "t-off", lack),
            Covered::Exact => (assigned, "goals-cover-exact", "t-mute", 0),
            Covered::Buffer(more) => (assigned, "goals-cover-buffer", "t-on", more),
        }
    };
    let say = |value| measure.short(value).into();
    let values = [("parts", say(assigned)), ("whole", say(target)), ("rest", say(rest))];
    let words = l.tr(key, &values);
    CoverageView { chart: charts::Coverage { label: words.clone(), ..chart }, words, class }
}

/// The day a revision takes effect unless another is chosen: today, held inside the period.
pub fn effective_day(period: &Period, today: NaiveDate) -> NaiveDate {
    today.clamp(period.start, period.last_day())
}

/// The bases that a goal can be on, as choices.
pub fn bases(l: Localiser) -> Vec<Choice> {
    Basis::ALL.map(|basis| Choice::new(basis.code(), l.t(&format!("basis-choice-{}", basis.code())))).into()
}

/// Reads a chosen basis; nothing where it was left to the company.
pub fn read_basis(text: &str) -> std::result::Result<Option<Basis>, &'static str> {
    match text {
        "" => Ok(None),
        code => Basis::from_code(code).map(Some).ok_or("error-required"),
    }
}
