//! What is typed about the market, read into a note.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::Deserialize;

use super::{Kind, Note, NoteDraft};
use crate::web::form::FormErrors;
use crate::web::i18n::Localiser;
use crate::web::stale::{self, Clash};

/// The longest title, and the longest of the other texts.
const LONGEST: (usize, usize) = (160, 4_000);

/// A note as typed, or as a line of a file has it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct NoteForm {
    pub(super) kind: String,
    pub(super) date: String,
    pub(super) title: String,
    pub(super) about: String,
    pub(super) value: String,
    pub(super) unit: String,
    pub(super) text: String,
    pub(super) source: String,
    pub(super) version: i64,
}

impl NoteForm {
    /// The form of a note that is there.
    pub(super) fn of(l: Localiser, note: &Note) -> Self {
        let draft = note.draft.clone();
        let value = draft.value.map(|value| value.to_string()).unwrap_or_default();
        let comma = l.lang() == crate::kernel::lang::Lang::Sv;
        Self {
            kind: draft.kind.code().to_owned(),
            date: draft.happened_on.to_string(),
            title: draft.title,
            about: draft.about,
            value: if comma { value.replace('.', ",") } else { value },
            unit: draft.unit,
            text: draft.body,
            source: draft.source,
            version: note.version,
        }
    }

    /// Where the stored note differs from what was typed.
    pub(super) fn clashes(&self, l: Localiser, note: &Note) -> Vec<Clash> {
        let stored = Self::of(l, note);
        stale::clashes(
            l,
            &[
                ("market-what", &stored.title, &self.title),
                ("chart-date", &stored.date, &self.date),
                ("market-about", &stored.about, &self.about),
                ("market-value", &stored.value, &self.value),
                ("market-unit", &stored.unit, &self.unit),
                ("market-text", &stored.text, &self.text),
                ("market-source", &stored.source, &self.source),
            ],
        )
    }

    /// What it says. Faults at its fields.
    pub(super) fn read(&self) -> Result<NoteDraft, FormErrors> {
        let mut errors = FormErrors::default();
        let kind = errors.check("kind", Kind::from_code(self.kind.trim()).ok_or("error-market-kind"));
        let day = errors.check("date", self.date.trim().parse::<NaiveDate>().map_err(|_| "error-goal-date"));
        let title = errors.check("title", text(&self.title, LONGEST.0));
        if self.title.trim().is_empty() {
            errors.add("title", "error-required");
        }
        let value = errors.check("value", number(&self.value));
        let about = errors.check("about", text(&self.about, LONGEST.0));
        let unit = errors.check("unit", text(&self.unit, LONGEST.0));
        let body = errors.check("text", text(&self.text, LONGEST.1));
        let source = errors.check("source", text(&self.source, LONGEST.1));
        let draft = || {
            Some(NoteDraft {
                kind: kind?,
                happened_on: day?,
                title: title?,
                about: about?,
                value: value?,
                unit: unit?,
                body: body?,
                source: source?,
            })
        };
        let draft = draft();
        errors.or(draft)
    }
}

fn text(typed: &str, longest: usize) -> Result<String, &'static str> {
    let typed = typed.trim();
    if typed.chars().count() > longest { Err("error-talk-long") } else { Ok(typed.to_owned()) }
}

/// A number with a decimal point or comma, or nothing.
fn number(typed: &str) -> Result<Option<Decimal>, &'static str> {
    let plain: String = typed.chars().filter(|c| !c.is_whitespace() && *c != '\u{a0}').collect();
    if plain.is_empty() {
        return Ok(None);
    }
    plain.replace(',', ".").parse().map(Some).map_err(|_| "error-market-number")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_with_point_or_comma() {
        assert_eq!(number("142,50"), Ok(Some(Decimal::new(14250, 2))));
        assert_eq!(number(" -0.4 "), Ok(Some(Decimal::new(-4, 1))));
        assert_eq!(number(""), Ok(None));
        assert_eq!(number("a lot"), Err("error-market-number"));
    }
}
