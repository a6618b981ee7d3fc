//! What the columns and the names of a source mean here.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::likeness::{likeness, plain};
use super::{FIELDS, Kind};

/// So alike a column must be to be guessed.
const ENOUGH: usize = 75;

/// Columns and names of a source.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Mapping {
    /// By our field: the file's column; empty where it has none.
    pub columns: BTreeMap<String, String>,
    /// By our field and the file's name: what it is here, as the value of a choice.
    pub names: BTreeMap<String, BTreeMap<String, String>>,
}

impl Mapping {
    /// The file's column of a field.
    pub fn column(&self, field: &str) -> Option<&str> {
        self.columns.get(field).map(String::as_str).filter(|column| !column.is_empty())
    }

    /// What a name of the file is said to be.
    pub fn meaning(&self, kind: Kind, name: &str) -> Option<&str> {
        self.names.get(kind.field())?.get(name).map(String::as_str)
    }

    /// The same, with fields of which nothing is said guessed from a header, and columns that it does not have left out.
    pub(super) fn guessed(mut self, header: &[String]) -> Self {
        self.columns.retain(|_, column| column.is_empty() || header.contains(column));
        for field in FIELDS {
            if !self.columns.contains_key(field) {
                let column = guess(field, header, &self.columns);
                self.columns.insert(field.to_owned(), column.unwrap_or_default());
            }
        }
        self
    }
}

/// Other names of a field that files use.
fn also(field: &str) -> &'static [&'static str] {
    match field {
        "opportunity_no" => &["opportunity_id", "opportunity", "deal_id", "id"],
        "employee" => &["employee_no", "sales_agent", "salesperson", "owner", "seller", "rep"],
        "customer" => &["customer_no", "account", "account_name", "company", "client"],
        "product" => &["product_name", "sku"],
        "stage" => &["deal_stage", "sales_stage", "pipeline_stage"],
        "state" => &["status"],
        "opened_on" => &["engage_date", "created", "created_on", "created_date", "open_date"],
        "closed_on" => &["close_date", "closed", "closed_date"],
        "expected_on" => &["expected_close", "expected_close_date", "expected_date"],
        "amount" => &["close_value", "value", "deal_value", "revenue"],
        "technique" => &["sales_technique", "method"],
        "lost_to" => &["competitor"],
        "note" => &["notes", "comment", "description"],
        _ => &[],
    }
}

/// The column that is most alike, and is no other field's.
fn guess(field: &str, header: &[String], taken: &BTreeMap<String, String>) -> Option<String> {
    let names = || std::iter::once(field).chain(also(field).iter().copied());
    let free = header.iter().filter(|column| !taken.values().any(|other| other == *column));
    let exact = |column: &str| FIELDS.iter().any(|other| *other != field && plain(other) == plain(column));
    let alike = |column: &str| names().map(|name| likeness(name, column)).max().unwrap_or(0);
    let free = free.filter(|column| !exact(column)).map(|column| (alike(column), column));
    let best = free.filter(|(alike, _)| *alike >= ENOUGH).max_by_key(|(alike, _)| *alike);
    best.map(|(_, column)| column.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guessed(header: &str) -> Vec<(String, String)> {
        let header: Vec<String> = header.split(',').map(str::to_owned).collect();
        let mapping = Mapping::default().guessed(&header);
        mapping.columns.into_iter().filter(|(_, column)| !column.is_empty()).collect()
    }

    #[test]
    fn columns_of_another_system_are_guessed() {
        let found = guessed(
            "opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value",
        );
        let pair = |(ours, theirs): (&str, &str)| (ours.to_owned(), theirs.to_owned());
        let wanted = [
            ("amount", "close_value"),
            ("closed_on", "close_date"),
            ("customer", "account"),
            ("employee", "sales_agent"),
            ("opened_on", "engage_date"),
            ("opportunity_no", "opportunity_id"),
            ("product", "product"),
            ("stage", "deal_stage"),
        ];
        assert_eq!(found, wanted.map(pair));
    }

    #[test]
    fn our_own_columns_are_themselves() {
        let found = guessed(&FIELDS.join(","));
        assert!(found.iter().all(|(ours, theirs)| ours == theirs) && found.len() == FIELDS.len());
    }
}
