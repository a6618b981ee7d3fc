//! The cells of a row, by our names of the columns.

use super::{FIELDS, Fault, Mapping, Table};

/// Where each of our columns stands in a file.
pub(super) struct Columns<'a> {
    places: Vec<(&'static str, &'a str, usize)>,
}

impl<'a> Columns<'a> {
    /// By the names that the mapping says.
    pub(super) fn of(table: &Table, mapping: &'a Mapping) -> Self {
        let place = |field: &'static str| {
            let column = mapping.column(field)?;
            Some((field, column, table.header.iter().position(|name| name == column)?))
        };
        Self { places: FIELDS.into_iter().filter_map(place).collect() }
    }

    /// Whether the file has the column.
    pub(super) fn has(&self, field: &str) -> bool {
        self.places.iter().any(|(known, ..)| *known == field)
    }
}

/// A row, and what is wrong with it so far.
pub(super) struct Cells<'a> {
    pub(super) line: u64,
    columns: &'a Columns<'a>,
    texts: &'a [String],
    pub(super) faults: Vec<Fault>,
}

impl<'a> Cells<'a> {
    pub(super) fn new(columns: &'a Columns<'a>, (line, texts): &'a (u64, Vec<String>)) -> Self {
        Self { line: *line, columns, texts, faults: Vec::new() }
    }

    /// What stands in a column; empty where the file has none.
    pub(super) fn get(&self, field: &str) -> &'a str {
        let place = self.columns.places.iter().find(|(known, ..)| *known == field);
        place.and_then(|(.., at)| self.texts.get(*at)).map_or("", |cell| cell.trim())
    }

    /// Notes what is wrong with a column.
    pub(super) fn fault(&mut self, field: &str, reason: &'static str) {
        let column = self.columns.places.iter().find(|(known, ..)| *known == field);
        let column = column.map_or(field, |(_, column, _)| column).to_owned();
        let value = self.get(field).to_owned();
        self.faults.push(Fault { line: self.line, column, value, reason });
    }

    /// Keeps what was read, or notes what is wrong.
    pub(super) fn check<T>(&mut self, field: &str, read: Result<T, &'static str>) -> Option<T> {
        read.map_err(|reason| self.fault(field, reason)).ok()
    }
}
