//! Query strings: exactly the parameters that are documented, each checked, every fault named.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use chrono::NaiveDate;
use utoipa::IntoParams;

use super::cursor;
use crate::error::AppError;
use crate::web::form::FormErrors;

/// Rows of a page when nothing is said.
const DEFAULT_LIMIT: i64 = 100;
/// Most rows of a page.
const MAX_LIMIT: i64 = 500;
/// Longest text of a filter.
const MAX_TEXT: usize = 200;

/// Where a page begins and how long it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Paging {
    /// Rows with a higher id.
    pub after: i64,
    /// Rows of the page.
    pub limit: i64,
}

impl Paging {
    /// How many rows to ask the database for: one more, which tells whether there is a next page.
    pub const fn rows(self) -> i64 {
        self.limit + 1
    }

    /// Rows of the page.
    pub fn len(self) -> usize {
        usize::try_from(self.limit).unwrap_or_default()
    }
}

/// A query string that is being read.
pub struct Params {
    pairs: Vec<(String, String)>,
    errors: FormErrors,
}

impl Params {
    /// Takes in a query string; notes parameters that are not `known`, come twice or hold a NUL.
    pub fn new(query: &str, known: &[String]) -> Self {
        let mut params = Self { pairs: Vec::new(), errors: FormErrors::default() };
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            if !known.iter().any(|known| *known == name) {
                params.errors.add(name, "api-unknown-parameter");
            } else if params.raw(&name).is_some() {
                params.errors.add(name, "api-repeated-parameter");
            } else if value.contains('\0') {
                params.errors.add(name, "error-nul");
            } else if value.chars().count() > MAX_TEXT {
                params.errors.add(name, "api-text-length");
            } else {
                params.pairs.push((name.into_owned(), value.into_owned()));
            }
        }
        params
    }

    fn raw(&self, name: &str) -> Option<&str> {
        self.pairs.iter().find_map(|(known, value)| (known == name).then_some(value.as_str()))
    }

    /// Text as it is.
    pub fn text(&self, name: &str) -> Option<String> {
        self.raw(name).map(str::to_owned)
    }

    /// A value that `read` understands; the fault `key` otherwise.
    pub fn read<T>(&mut self, name: &str, read: impl Fn(&str) -> Option<T>, key: &'static str) -> Option<T> {
        let value = read(self.raw(name)?);
        if value.is_none() {
            self.errors.add(name, key);
        }
        value
    }

    /// A date.
    pub fn date(&mut self, name: &str) -> Option<NaiveDate> {
        self.read(name, parse_date, "api-date")
    }

    /// Notes that a parameter is missing.
    pub fn require<T>(&mut self, name: &str, value: Option<T>) -> Option<T> {
        if value.is_none() && !self.errors.has(name) {
            self.errors.add(name, "api-required");
        }
        value
    }

    /// `limit` and `cursor`.
    pub fn paging(&mut self) -> Paging {
        let in_range = |text: &str| text.parse().ok().filter(|limit| (1..=MAX_LIMIT).contains(limit));
        let limit = self.read("limit", in_range, "api-limit").unwrap_or(DEFAULT_LIMIT);
        let after = self.read("cursor", cursor::decode, "api-cursor").unwrap_or(0);
        Paging { after, limit }
    }

    fn finish<T>(self, value: Option<T>) -> Result<T, AppError> {
        self.errors.or(value).map_err(AppError::Invalid)
    }
}

/// A calendar date as `YYYY-MM-DD`, from year 1 to 9999.
pub fn parse_date(text: &str) -> Option<NaiveDate> {
    let shaped = text.len() == 10
        && text
            .bytes()
            .enumerate()
            .all(|(i, b)| if matches!(i, 4 | 7) { b == b'-' } else { b.is_ascii_digit() });
    let date: NaiveDate = if shaped { text.parse().ok()? } else { return None };
    (date >= NaiveDate::from_ymd_opt(1, 1, 1)?).then_some(date)
}

/// The documented query of a route, read from [`Params`]: what is documented is what is accepted.
pub trait Read: IntoParams + Sized {
    /// Reads the parameters; `None` only after a fault was noted.
    fn read(params: &mut Params) -> Option<Self>;
}

/// The query string of a request; 422 with every fault otherwise.
pub struct Query<T>(pub T);

impl<T: Read, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, AppError> {
        let known: Vec<String> = T::into_params(|| None).into_iter().map(|param| param.name).collect();
        let mut params = Params::new(parts.uri.query().unwrap_or_default(), &known);
        let value = T::read(&mut params);
        params.finish(value).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_strictly() {
        assert_eq!(parse_date("2028-02-29"), NaiveDate::from_ymd_opt(2028, 2, 29));
        for text in ["2027-02-29", "0000-01-01", "2026-1-01", "+026-01-01", "2026-01-01T", "", "20260101"] {
            assert_eq!(parse_date(text), None, "{text}");
        }
    }

    #[test]
    fn every_fault_is_named() {
        let known = ["limit".to_owned(), "cursor".to_owned(), "from".to_owned()];
        let mut params = Params::new("limit=0&cursor=x&from=soon&colour=red&limit=1", &known);
        params.paging();
        params.date("from");
        let Err(AppError::Invalid(errors)) = params.finish(Some(())) else { panic!("it was accepted") };
        let fields: Vec<&str> = errors.iter().map(|fault| fault.field.as_str()).collect();
        assert_eq!(fields, ["colour", "limit", "limit", "cursor", "from"]);
    }
}
