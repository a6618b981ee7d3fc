//! Why a row cannot be taken: line, column, value and reason, in words of the reader's language.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

use crate::web::i18n::{Localiser, Value};

/// So many faults are kept; the rest are counted.
pub const KEPT: usize = 100;
/// Longer values are cut in reports.
const SHOWN_CHARS: usize = 80;

/// One fault of one row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// Name of the file.
    pub file: String,
    /// Line in the file, the header being line 1; the first line of a row that spans several.
    pub line: i64,
    /// Name of the column.
    pub column: String,
    /// What stands there, cut when long.
    pub value: String,
    /// Key of the reason in the catalogues.
    pub reason: String,
    /// Values that the reason mentions.
    #[serde(default)]
    pub args: BTreeMap<String, String>,
}

impl Fault {
    /// A fault at `line` and `column`; the file is filled in by whoever reads it.
    pub fn new(line: u64, column: &str, value: &str, reason: &str) -> Self {
        Self {
            file: String::new(),
            line: i64::try_from(line).unwrap_or(i64::MAX),
            column: column.to_owned(),
            value: shown(value),
            reason: reason.to_owned(),
            args: BTreeMap::new(),
        }
    }

    /// Adds a value that the reason mentions.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.args.insert(name.to_owned(), value.into());
        self
    }

    /// The reason in the reader's language.
    pub fn reason_text(&self, l: Localiser) -> String {
        let args: Vec<(&str, Value)> =
            self.args.iter().map(|(name, value)| (name.as_str(), Value::from(value))).collect();
        l.tr(&self.reason, &args)
    }
}

/// What can be printed of a value: no control characters, and not more than a line.
fn shown(value: &str) -> String {
    let mut text: String = value
        .chars()
        .take(SHOWN_CHARS)
        .map(|c| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c })
        .collect();
    if value.chars().nth(SHOWN_CHARS).is_some() {
        text.push('…');
    }
    text
}

/// The first faults, and how many there are in all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Faults {
    /// At most [`KEPT`], by file and line.
    pub first: Vec<Fault>,
    /// All of them.
    pub count: u64,
}

impl Faults {
    /// Notes a fault.
    pub fn add(&mut self, fault: Fault) {
        self.count += 1;
        if self.first.len() < KEPT {
            self.first.push(fault);
        }
    }

    /// Whether there is none.
    pub const fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Adds the faults that another look at the same file found, in the order of its lines.
    pub fn merge(&mut self, other: Self) {
        self.count += other.count;
        self.first.extend(other.first);
        self.first.sort_by_key(|fault| fault.line);
        self.first.truncate(KEPT);
    }

    /// Adds the faults of the next file.
    pub fn append(&mut self, other: Self) {
        self.count += other.count;
        self.first.extend(other.first);
        self.first.truncate(KEPT);
    }

    /// The same faults, as of `file`.
    #[must_use]
    pub fn of_file(mut self, file: &str) -> Self {
        self.first.iter_mut().for_each(|fault| file.clone_into(&mut fault.file));
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hundred_faults_are_kept_in_the_order_of_lines() {
        let (mut early, mut late) = (Faults::default(), Faults::default());
        (0..90).for_each(|line| late.add(Fault::new(2 * line + 1, "sku", "x", "import-fault-required")));
        (0..90).for_each(|line| early.add(Fault::new(2 * line, "sku", "x", "import-fault-required")));
        late.merge(early);
        assert_eq!((late.count, late.first.len()), (180, KEPT));
        assert!(late.first.iter().map(|fault| fault.line).eq(0..100));
    }

    #[test]
    fn values_are_cut_and_harmless() {
        let fault = Fault::new(1, "name", &"a\0\n".repeat(60), "import-fault-nul");
        assert_eq!(fault.value.chars().count(), SHOWN_CHARS + 1);
        assert!(!fault.value.contains(char::is_control));
    }
}
