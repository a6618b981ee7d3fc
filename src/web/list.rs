//! What every list shares: search, filters, sorting and pages, all of it in the query string, so that any view
//! can be bookmarked and sent.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use crate::kernel::period::Period;
use crate::web::i18n::Localiser;
use crate::web::ui::{Choice, FilterTag, Pager, SortLink};

/// Rows on a page.
pub const PER_PAGE: i64 = 50;

/// The query string of a list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListQuery {
    path: String,
    pairs: Vec<(String, String)>,
}

impl ListQuery {
    /// Reads a query string; empty values count as absent, and of a repeated key the first wins.
    pub fn parse(path: &str, query: &str) -> Self {
        let mut pairs: Vec<(String, String)> = Vec::new();
        for (key, value) in form_urlencoded::parse(query.as_bytes()) {
            let value = value.replace('\0', "").trim().to_owned();
            if !value.is_empty() && !pairs.iter().any(|(known, _)| *known == key) {
                pairs.push((key.into_owned(), value));
            }
        }
        Self { path: path.to_owned(), pairs }
    }

    /// The value of a filter, or nothing.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.pairs.iter().find_map(|(known, value)| (known == key).then_some(value.as_str()))
    }

    /// The value of a filter as text for a form field, empty when absent.
    pub fn text(&self, key: &str) -> &str {
        self.get(key).unwrap_or_default()
    }

    /// A filter read as another type; unreadable values count as absent.
    pub fn parsed<T: std::str::FromStr>(&self, key: &str) -> Option<T> {
        self.get(key)?.parse().ok()
    }

    /// The days between two that are given, both included; none where one is missing or they end before they begin.
    pub fn days(&self, from: &str, last: &str) -> Option<Period> {
        Period::from_inclusive(self.parsed(from)?, self.parsed(last)?)
    }

    /// The search words.
    pub fn search(&self) -> &str {
        self.text("q")
    }

    /// The page, from 1.
    pub fn page(&self) -> i64 {
        self.parsed("page").unwrap_or(1).clamp(1, 1_000_000)
    }

    /// Rows to skip.
    pub fn offset(&self) -> i64 {
        (self.page() - 1) * PER_PAGE
    }

    /// The sort column and whether it is descending: `?sort=-date`. The first of `columns` when absent or unknown; a
    /// minus before its name makes it descending then.
    pub fn sort<'a>(&self, columns: &[&'a str]) -> (&'a str, bool) {
        let asked = self.get("sort").unwrap_or_default();
        let (name, descending) = asked.strip_prefix('-').map_or((asked, false), |name| (name, true));
        match columns.iter().map(|column| column.trim_start_matches('-')).find(|column| *column == name) {
            Some(column) => (column, descending),
            None => columns.first().map_or(("", false), |first| match first.strip_prefix('-') {
                Some(name) => (name, true),
                None => (first, false),
            }),
        }
    }

    /// This view with one value changed; an empty value removes it. Leaving a page goes back to the first.
    pub fn with(&self, key: &str, value: &str) -> String {
        let kept = self.pairs.iter().filter(|(known, _)| known != key && (key == "page" || known != "page"));
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(kept);
        if !value.is_empty() {
            query.append_pair(key, value);
        }
        join(&self.path, &query.finish())
    }

    /// This view without a filter.
    pub fn without(&self, key: &str) -> String {
        self.with(key, "")
    }

    /// The head of a column: the link that sorts by it or turns the order around, and how it is sorted now.
    /// `columns` are the list's columns as given to [`ListQuery::sort`].
    pub fn sort_head(&self, column: &str, columns: &[&str]) -> SortLink {
        let (by, descending) = self.sort(columns);
        let sorted = (by == column).then_some(if descending { "descending" } else { "ascending" });
        let turned = if sorted == Some("ascending") { format!("-{column}") } else { column.to_owned() };
        SortLink { href: self.with("sort", &turned), sorted }
    }

    /// The same view under another path, for downloads.
    pub fn at(&self, path: &str) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(self.pairs.iter().filter(|(key, _)| key != "page"));
        join(path, &query.finish())
    }

    /// The filters that are on, each with the link without it; `filters` are `(parameter, label key, choices)`.
    pub fn tags(&self, l: Localiser, filters: &[(&str, &str, &[Choice])]) -> Vec<FilterTag> {
        let tag = |(parameter, label, choices): &(&str, &str, &[Choice])| {
            let value = self.get(parameter)?;
            let shown =
                choices.iter().find(|choice| choice.is(value)).map_or(value, |choice| choice.label.trim());
            Some(FilterTag { label: format!("{}: {shown}", l.t(label)), href: self.without(parameter) })
        };
        filters.iter().filter_map(tag).collect()
    }

    /// Whether one of `keys` narrows the list.
    pub fn narrowed_by(&self, keys: &[&str]) -> bool {
        keys.iter().any(|key| self.get(key).is_some())
    }

    /// The path without any query.
    pub fn path(&self) -> &str {
        &self.path
    }
}

fn join(path: &str, query: &str) -> String {
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}

impl<S: Sync> FromRequestParts<S> for ListQuery {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::parse(parts.uri.path(), parts.uri.query().unwrap_or_default()))
    }
}

/// One page of a list and how long the whole is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paged<T> {
    /// The rows of this page.
    pub rows: Vec<T>,
    /// Rows in the whole list.
    pub total: i64,
    /// This page, from 1.
    pub page: i64,
}

impl<T> Paged<T> {
    /// A page as asked for by `query`.
    pub fn new(rows: Vec<T>, total: i64, query: &ListQuery) -> Self {
        Self { rows, total, page: query.page() }
    }

    /// Number of the first row on this page, from 1.
    pub fn first(&self) -> i64 {
        (self.page - 1) * PER_PAGE + 1
    }

    /// Number of the last row on this page.
    pub fn last(&self) -> i64 {
        self.first() + i64::try_from(self.rows.len()).unwrap_or(0) - 1
    }

    /// The way through the pages, for the foot of the table.
    pub fn pager(&self, query: &ListQuery) -> Pager {
        Pager {
            first: self.first().min(self.total),
            last: self.last(),
            total: self.total,
            previous: (self.page > 1).then(|| query.with("page", &(self.page - 1).to_string())),
            next: (self.last() < self.total).then(|| query.with("page", &(self.page + 1).to_string())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_view_lives_in_its_address() {
        let view = ListQuery::parse("/deals", "q=brf+%C3%A4lven&page=3&sort=-date&customer=");
        assert_eq!(view.search(), "brf älven");
        assert_eq!(view.get("customer"), None);
        assert_eq!(view.offset(), 100);
        assert_eq!(view.sort(&["-date", "amount"]), ("date", true));
        assert_eq!(view.with("page", "4"), "/deals?q=brf+%C3%A4lven&sort=-date&page=4");
        assert_eq!(view.without("q"), "/deals?sort=-date");
        let columns = ["-date", "amount"];
        assert_eq!(view.sort_head("amount", &columns).href, "/deals?q=brf+%C3%A4lven&sort=amount");
        assert_eq!(view.sort_head("date", &columns).sorted, Some("descending"));
        let turned = ListQuery::parse("/deals", "sort=date");
        assert_eq!(turned.sort(&columns), ("date", false), "also the column that is descending by itself");
        assert_eq!(view.at("/deals.csv"), "/deals.csv?q=brf+%C3%A4lven&sort=-date");
    }

    #[test]
    fn an_unknown_column_sorts_by_the_first() {
        let view = ListQuery::parse("/deals", "sort=password");
        assert_eq!(view.sort(&["-date", "amount"]), ("date", true));
    }
}
