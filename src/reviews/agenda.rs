//! What a meeting looks at: sections of a few lines, made from the data.
//!
//! A source is a small file below: it answers one question with lines of keys and values, for everybody who may come; whose
//! figures a line tells stands at the line, and who may not see those does not get the line ([`Eyes`]). To add a source, write
//! `agenda/<name>.rs` with `lines(conn, on)`, name its key in [`KEYS`], ask it in [`build`], and write its question
//! (`review-ask-…`) and its lines (`review-line-…`) into the catalogues.

mod came_back;
mod customers;
mod decisions;
mod facts;
mod goals;
mod market;
mod process;
mod sales;
mod unseen;

use std::collections::{BTreeMap, HashSet};

use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;

use super::{Review, Series};
use crate::attainment::service::AsOf;
use crate::error::Result;
use crate::goals::Subject;
use crate::kernel::basis::Basis;
use crate::kernel::id::{DepartmentId, EmployeeId};
use crate::kernel::money::Currency;
use crate::kernel::period::Period;
use crate::notices::Value;
use crate::org::{Company, Organisation, Viewer};
use crate::web::charts::Unit;

/// The sections in the order they stand: what was decided always first.
pub const KEYS: [&str; 11] = [
    "decisions",
    "goals",
    "sales",
    "funnel",
    "customers",
    "promises",
    "back",
    "cases",
    "facts",
    "unseen",
    "market",
];

/// What a meeting saw.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agenda {
    /// The days it looked at.
    pub period: Option<Period>,
    /// As many days before those.
    pub before: Option<Period>,
    /// What there was to say.
    pub sections: Vec<Section>,
}

/// A question and what the data answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    /// One of [`KEYS`].
    pub key: String,
    /// A handful.
    pub lines: Vec<Line>,
}

/// One line of an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Key of the words, without `review-line-`.
    pub text: String,
    /// What the words mention.
    pub values: BTreeMap<String, Value>,
    /// The figure.
    pub value: Option<Figure>,
    /// The same figure the time before.
    pub before: Option<Figure>,
    /// Where the rows are.
    pub href: String,
    /// How it stands, as [`crate::web::ui::status`] names states; empty for no judgement.
    pub tone: String,
    /// Whose figures it tells.
    pub about: About,
}

/// Whose figures a line tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum About {
    /// Nobody's in particular: for all who know of the meeting.
    Meeting,
    /// A person's.
    Person(EmployeeId),
    /// A department's as a whole.
    Department(DepartmentId),
}

/// A figure with its unit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "unit", rename_all = "snake_case")]
pub enum Figure {
    /// Minor units of a currency.
    Money {
        /// The amount.
        value: i64,
        /// ISO 4217.
        currency: String,
    },
    /// How many.
    Count {
        /// The number.
        value: i64,
    },
    /// Hundredths of a percent.
    Percent {
        /// The ratio.
        value: i64,
    },
    /// Hundredths of a point.
    Points {
        /// The score.
        value: i64,
    },
    /// Minutes.
    Minutes {
        /// The time.
        value: i64,
    },
}

impl Figure {
    /// Money of the company.
    pub fn money(value: i64, currency: Currency) -> Self {
        Self::Money { value, currency: currency.code().to_owned() }
    }

    /// The bare number.
    pub const fn value(&self) -> i64 {
        match self {
            Self::Money { value, .. }
            | Self::Count { value }
            | Self::Percent { value }
            | Self::Points { value }
            | Self::Minutes { value } => *value,
        }
    }

    /// How it is written, with the currency's decimals.
    pub fn unit(&self) -> Unit {
        match self {
            Self::Money { currency, .. } => {
                Unit::Money { exponent: Currency::parse(currency).map_or(2, Currency::exponent) }
            }
            Self::Count { .. } => Unit::Count,
            Self::Percent { .. } => Unit::Percent,
            Self::Points { .. } => Unit::Points,
            Self::Minutes { .. } => Unit::Minutes,
        }
    }
}

impl Line {
    /// A line of words alone, for all who know of the meeting.
    pub fn new(text: &str, href: impl Into<String>) -> Self {
        Self {
            text: text.to_owned(),
            values: BTreeMap::new(),
            value: None,
            before: None,
            href: href.into(),
            tone: String::new(),
            about: About::Meeting,
        }
    }

    /// The same, mentioning a value.
    #[must_use]
    pub fn with(mut self, name: &str, value: Value) -> Self {
        self.values.insert(name.to_owned(), value);
        self
    }

    /// The same with its figure now and the time before.
    #[must_use]
    pub fn figure(self, value: Option<Figure>, before: Option<Figure>) -> Self {
        Self { value, before, ..self }
    }

    /// The same with how it stands.
    #[must_use]
    pub fn tone(self, tone: &str) -> Self {
        Self { tone: tone.to_owned(), ..self }
    }

    /// The same, about somebody's figures.
    #[must_use]
    pub fn about(self, about: About) -> Self {
        Self { about, ..self }
    }
}

/// Whose figures a reader sees.
pub struct Eyes {
    people: HashSet<EmployeeId>,
    departments: HashSet<DepartmentId>,
}

impl Eyes {
    /// Of a viewer.
    pub fn of(organisation: &Organisation, viewer: Viewer) -> Self {
        Self {
            people: organisation.visible_people(viewer),
            departments: organisation.visible_departments(viewer),
        }
    }

    /// Whether a line is for them.
    pub fn see(&self, about: About) -> bool {
        match about {
            About::Meeting => true,
            About::Person(id) => self.people.contains(&id),
            About::Department(id) => self.departments.contains(&id),
        }
    }
}

/// What an agenda is made for.
struct On<'a> {
    company: &'a Company,
    series: &'a Series,
    review: &'a Review,
    period: Period,
    before: Period,
    /// Figures of goals: at the end of the days looked at, and of those before.
    at: AsOf,
    at_before: AsOf,
    today: NaiveDate,
}

impl<'a> On<'a> {
    fn new(company: &'a Company, review: &'a Review, today: NaiveDate) -> Self {
        let from = review.covers_from;
        let tomorrow = today + Days::new(1);
        // so far, while the meeting is to come
        let end = review.on.min(tomorrow).max(from + Days::new(1));
        let period = Period { start: from, end };
        let before = Period { start: from - Days::new(period.days().unsigned_abs()), end: from };
        let last = period.last_day();
        let at = if last < today { AsOf::end_of(last) } else { AsOf::now(today) };
        let at_before = AsOf::end_of(before.last_day());
        Self { company, series: &review.series, review, period, before, at, at_before, today }
    }

    /// Whose totals the meeting is about.
    fn subject(&self) -> Subject {
        let department = self.series.department;
        if self.is_company() { Subject::Company(department) } else { Subject::Department(department) }
    }

    fn is_company(&self) -> bool {
        self.company.root == Some(self.series.department)
    }

    /// The department with everything below it.
    fn inside(&self) -> HashSet<DepartmentId> {
        self.company.organisation.with_below([self.series.department])
    }

    /// Whose totals they are, for lines.
    fn about(&self) -> About {
        About::Department(self.series.department)
    }

    /// Deals of the days looked at, by what they count.
    fn deals(&self, basis: Basis, what: &str) -> String {
        let basis = basis.code();
        let days = self.days(("from", "to"));
        format!("/deals?basis={basis}&{days}{}{what}", self.department())
    }

    /// "&department=7", where the meeting is not the whole company's.
    fn department(&self) -> String {
        if self.is_company() { String::new() } else { format!("&department={}", self.series.department) }
    }

    /// The days looked at, as an address names them.
    fn days(&self, (from, last): (&str, &str)) -> String {
        format!("{from}={}&{last}={}", self.period.start, self.period.last_day())
    }

    #[expect(clippy::unnecessary_wraps, reason = "lines take figures that may be missing")]
    fn money(&self, value: i64) -> Option<Figure> {
        Some(Figure::money(value, self.company.currency))
    }
}

/// A count as a figure.
#[expect(clippy::unnecessary_wraps, reason = "lines take figures that may be missing")]
const fn count(value: i64) -> Option<Figure> {
    Some(Figure::Count { value })
}

/// Makes the agenda of a meeting from the data as it is, with everybody's figures: what a reader may see of it is for the
/// one who shows it to say.
pub(super) async fn build(
    conn: &mut PgConnection,
    company: &Company,
    review: &Review,
    today: NaiveDate,
) -> Result<Agenda> {
    let on = On::new(company, review, today);
    let mut sections = Vec::new();
    for key in KEYS {
        let lines = match key {
            "decisions" => decisions::lines(conn, &on).await?,
            "goals" => goals::lines(conn, &on).await?,
            "sales" => sales::lines(conn, &on).await?,
            "funnel" => process::funnel(conn, &on).await?,
            "customers" => customers::lines(conn, &on).await?,
            "promises" => process::promises(conn, &on).await?,
            "cases" => process::cases(conn, &on).await?,
            "back" => came_back::lines(conn, &on).await?,
            "facts" => facts::lines(conn, &on).await?,
            "unseen" => unseen::lines(conn, &on).await?,
            _ => market::lines(conn, &on).await?,
        };
        sections.push(Section { key: key.to_owned(), lines });
    }
    Ok(Agenda { period: Some(on.period), before: Some(on.before), sections })
}
