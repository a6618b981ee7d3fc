//! What the table of a scenario sends: targets by field, how shares are worked out, and what is to be done.

use std::collections::HashMap;

use super::Settings;
use super::methods::Method;
use super::node::{Node, Part};
use super::sheet::Sheet;
use super::tree::Action;
use crate::goals::wording::Denomination;
use crate::kernel::money::Currency;
use crate::kernel::number::parse_signed_amount;
use crate::web::form::FormErrors;
use crate::web::i18n::Localiser;

/// Whole units that shares are rounded to.
pub(super) const STEPS: [i64; 6] = [1, 10, 100, 1_000, 10_000, 100_000];

/// Longest name of a scenario.
const LONGEST: usize = 120;

/// The name of a scenario; faults at `name`.
pub(super) fn name(typed: &str, errors: &mut FormErrors) -> Option<String> {
    let name = typed.trim();
    let fits = if name.is_empty() {
        Err("error-required")
    } else if name.chars().count() > LONGEST {
        Err("error-plan-name")
    } else {
        Ok(name.to_owned())
    };
    errors.check("name", fits)
}

/// Fields as they came, by name.
#[derive(Clone, Debug, Default)]
pub(super) struct Typed(HashMap<String, String>);

/// A form that is in order.
pub(super) struct Input {
    /// Where a target stands that was typed, and what it is.
    pub targets: Vec<(usize, Option<i64>)>,
    /// How shares are worked out.
    pub settings: Settings,
    /// What is to be done, and where.
    pub action: Option<(Action, usize)>,
}

impl Typed {
    /// The fields of a form.
    pub fn new(fields: Vec<(String, String)>) -> Self {
        Self(fields.into_iter().collect())
    }

    /// The text of a field; empty when it was not sent.
    pub fn get(&self, field: &str) -> &str {
        self.0.get(field).map_or("", String::as_str)
    }

    /// What was typed for somebody; nothing when there was no field.
    pub fn target(&self, part: Part) -> Option<&str> {
        self.0.get(&format!("t-{}", part.key())).map(|text| text.trim())
    }

    /// The version of the scenario that the form was shown with.
    pub fn version(&self) -> Option<i64> {
        self.get("version").parse().ok()
    }

    /// Reads targets, settings and what is to be done. Targets that the reader may not set are not looked at.
    pub fn read(&self, sheet: &Sheet, unit: Denomination) -> Result<Input, FormErrors> {
        let mut errors = FormErrors::default();
        let mut targets = Vec::new();
        for (at, node) in sheet.tree.0.iter().enumerate().filter(|(_, node)| node.may_set) {
            let Some(text) = self.target(node.part()) else { continue };
            let read = if text.is_empty() { Ok(None) } else { unit.read(text).map(Some) };
            let read = errors.check(&format!("t-{}", node.part().key()), read);
            targets.extend(read.map(|target| (at, target)));
        }
        let settings = settings(self, &mut errors);
        let action = errors.check("act", self.action(sheet));
        errors.or(settings.zip(action)).map(|(settings, action)| Input { targets, settings, action })
    }

    /// `act` is `share:department-3`.
    fn action(&self, sheet: &Sheet) -> Result<Option<(Action, usize)>, &'static str> {
        let Some((action, key)) = self.get("act").split_once(':') else { return Ok(None) };
        let action = Action::from_code(action).ok_or("error-required")?;
        let at = Part::read(key).and_then(|part| sheet.tree.find(part)).ok_or("error-plan-nobody")?;
        Ok(Some((action, at)))
    }

    /// The tree's targets with whatever readable was typed over them.
    pub fn over(&self, sheet: &mut Sheet, unit: Denomination) {
        let readable = |node: &Node| match self.target(node.part())? {
            "" => Some(None),
            text => unit.read(text).ok().map(Some),
        };
        for node in sheet.tree.0.iter_mut().filter(|node| node.may_set) {
            if let Some(target) = readable(node) {
                node.target = target;
            }
        }
    }
}

/// Method, percentage and step as forms send them.
pub(super) fn settings(typed: &Typed, errors: &mut FormErrors) -> Option<Settings> {
    let method = errors.check("method", Method::from_code(typed.get("method")).ok_or("error-required"));
    let percent = errors.check("percent", percent(typed.get("percent")));
    let step = typed.get("step").parse().ok().filter(|step| *step > 0 && *step <= 1_000_000_000);
    let step = errors.check("step", step.ok_or("error-required"));
    Some(Settings { method: method?, percent: percent?, step: step? })
}

/// Hundredths of a percent; none typed is none.
fn percent(text: &str) -> Result<i64, &'static str> {
    let text = text.trim().trim_end_matches(['%', ' ', '\u{a0}']);
    if text.is_empty() {
        return Ok(0);
    }
    // two decimals, like those of a currency with cents
    let read = Currency::parse("EUR").and_then(|euro| parse_signed_amount(text, euro).ok());
    read.filter(|read| (-10_000..=100_000).contains(read)).ok_or("error-plan-percent")
}

/// A percentage as its field holds it.
pub(super) fn percent_text(l: Localiser, percent: i64) -> String {
    if percent % 100 == 0 { (percent / 100).to_string() } else { l.decimal(percent, 2) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentages_are_read_as_they_are_written() {
        for (text, expected) in [("5", 500), ("2,5 %", 250), ("-2.25", -225), ("", 0), ("1000 %", 100_000)] {
            assert_eq!(percent(text), Ok(expected), "{text}");
        }
        for text in ["plenty", "1001", "-101"] {
            assert_eq!(percent(text), Err("error-plan-percent"), "{text}");
        }
    }
}
