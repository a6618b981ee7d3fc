//! The company: its name, money, calendar and the boundaries of a goal's status.

use std::sync::{Arc, RwLock};

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use rust_decimal::Decimal;
use sqlx::PgConnection;

use super::{Organisation, calendar_store as lists, company_store as store, organisation};
use crate::attainment::books::Books;
use crate::attainment::engine::StatusRules;
use crate::error::{OnConstraint, Result};
use crate::kernel::basis::Basis;
use crate::kernel::calendar::WorkingCalendar;
use crate::kernel::id::DepartmentId;
use crate::kernel::lang::Lang;
use crate::kernel::money::Currency;
use crate::kernel::period::{FiscalCalendar, Period};

/// The company as every figure needs it. Every request checks whether it is still so.
#[derive(Clone, Debug)]
pub struct Company {
    /// Name of the root department; the product's name until there is one.
    pub name: String,
    /// The root department, once there is one.
    pub root: Option<DepartmentId>,
    /// The company's currency: every ledger row and money goal is in it.
    pub currency: Currency,
    /// Where its business dates begin and end (rule 2).
    pub zone: Tz,
    /// Fiscal periods (rule 3).
    pub fiscal: FiscalCalendar,
    /// Weekends and holidays.
    pub calendar: WorkingCalendar,
    /// Language of those who have not chosen one.
    pub lang: Lang,
    /// Boundaries of the computed status (rule 17).
    pub rules: StatusRules,
    /// The first day that is not closed; nothing while nothing is.
    pub open_from: Option<NaiveDate>,
    /// How what is closed was measured, earliest period first.
    pub closed: Vec<Closed>,
    /// Whether people are ranked in front of each other.
    pub leaderboard: bool,
    /// When sales count for goals, unless a goal says otherwise (rule 9).
    pub basis: Basis,
    /// Whether an administrator has chosen these settings.
    pub configured: bool,
    /// Version of the settings row.
    pub version: i64,
    /// Departments and people.
    pub organisation: Organisation,
    /// Figures that were worked out before and may still hold.
    pub books: Books,
    /// Counts every change to what is here, and to goals.
    pub revision: i64,
}

impl Company {
    /// The calendar and the boundaries by which goals of `period` are measured: once it is closed, those of its closing.
    pub fn measured_by(&self, period: &Period) -> (&WorkingCalendar, &StatusRules) {
        let closing = self.closed.iter().find(|closed| period.end <= closed.period.end);
        closing.map_or((&self.calendar, &self.rules), |closed| (&closed.calendar, &closed.rules))
    }

    /// Whether every day of `period` is closed.
    pub fn has_closed(&self, period: &Period) -> bool {
        self.open_from.is_some_and(|open| period.end <= open)
    }

    /// The business date at `moment`.
    pub fn day_of(&self, moment: DateTime<Utc>) -> NaiveDate {
        moment.with_timezone(&self.zone).date_naive()
    }
}

/// How a closed period was measured, whatever the settings have become.
#[derive(Clone, Debug)]
pub struct Closed {
    /// The period; everything before it is closed too.
    pub period: Period,
    /// Which days were worked.
    pub calendar: WorkingCalendar,
    /// Boundaries of the status.
    pub rules: StatusRules,
}

/// The company as a process remembers it, for as long as nobody changes it.
#[derive(Clone, Debug, Default)]
pub struct Remembered(Arc<RwLock<Option<Arc<Company>>>>);

impl Remembered {
    /// The company at `revision`, when that is what is remembered.
    pub fn at(&self, revision: i64) -> Option<Arc<Company>> {
        let company = self.0.read().ok()?.clone()?;
        (company.revision == revision).then_some(company)
    }

    /// The company as it is now, for those whose request has not said which revision that is.
    pub async fn present(&self, conn: &mut PgConnection) -> Result<Arc<Company>> {
        let revision = store::revision(conn).await?;
        match self.at(revision) {
            Some(company) => Ok(company),
            None => self.load(conn).await,
        }
    }

    /// Loads the company and remembers it.
    pub async fn load(&self, conn: &mut PgConnection) -> Result<Arc<Company>> {
        let mut company = find(conn).await?;
        let Ok(mut place) = self.0.write() else { return Ok(Arc::new(company)) };
        if let Some(before) = place.as_ref() {
            company.books = before.books.clone();
        }
        let company = Arc::new(company);
        *place = Some(Arc::clone(&company));
        Ok(company)
    }
}

/// Loads the company.
pub async fn find(conn: &mut PgConnection) -> Result<Company> {
    // the revision is read first: what is read afterwards is as new, or newer
    let company = store::find(conn).await?;
    let closed =
        if company.open_from.is_some() { store::list_closed(conn, &company).await? } else { Vec::new() };
    Ok(Company { organisation: organisation::load(conn).await?, closed, ..company })
}

/// The choices of the set-up page.
pub struct FirstSettings<'a> {
    /// The company's name.
    pub name: &'a str,
    /// ISO 4217 code.
    pub currency: &'a str,
    /// IANA name.
    pub time_zone: &'a str,
    /// `en` or `sv`.
    pub language: &'a str,
}

/// Makes the root department, unless an import has, and stores the first settings.
pub async fn set_up(conn: &mut PgConnection, choice: &FirstSettings<'_>, now: DateTime<Utc>) -> Result<()> {
    store::set_up(conn, choice, now).await
}

/// Valid settings on their way to being stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingsDraft {
    /// The company's name.
    pub name: String,
    /// Its currency.
    pub currency: Currency,
    /// Where its business dates begin and end.
    pub zone: Tz,
    /// First month of the fiscal year, 1 = January.
    pub fiscal_start_month: i16,
    /// ISO weekdays that are not worked, in order.
    pub weekend: Vec<i16>,
    /// Language of those who have not chosen one.
    pub lang: Lang,
    /// Share of the pace from which a goal is on track, in percent.
    pub on_track_pct: i16,
    /// Share of the pace from which a goal is at risk rather than behind, in percent.
    pub at_risk_pct: i16,
    /// Attainment from which a closed goal is exceeded, in percent.
    pub exceeded_pct: i16,
    /// Share of the period, at its start, in which no goal is behind, in percent.
    pub grace_pct: i16,
    /// Whether people are ranked in front of each other.
    pub leaderboard: bool,
    /// When sales count for new goals.
    pub basis: Basis,
}

/// Whether amounts exist in the company's currency, so that it cannot be changed any more.
pub async fn has_money(conn: &mut PgConnection) -> Result<bool> {
    store::has_money(conn).await
}

/// Stores `draft` over the settings of `version`; `None` when somebody else has changed them since.
pub async fn save(
    conn: &mut PgConnection,
    draft: &SettingsDraft,
    version: i64,
    now: DateTime<Utc>,
) -> Result<Option<()>> {
    store::save(conn, draft, version, now).await
}

/// A day on which nobody works.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holiday {
    /// The day.
    pub day: NaiveDate,
    /// What it is called.
    pub name: String,
}

/// Every holiday, earliest first.
pub async fn holidays(conn: &mut PgConnection) -> Result<Vec<Holiday>> {
    store::list_holidays(conn).await
}

/// Which holidays a list shows, and in what order.
#[derive(Clone, Debug)]
pub struct HolidayFilter {
    /// Part of the name.
    pub words: String,
    /// Only this year's.
    pub year: Option<i32>,
    /// Column, and whether descending.
    pub sort: (&'static str, bool),
}

/// A holiday in a list.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct HolidayRow {
    /// The day.
    pub day: NaiveDate,
    /// What it is called.
    pub name: String,
    /// Rows in the whole list.
    pub total: i64,
}

/// Holidays as `filter` asks; `page` is how many and after how many.
pub async fn list_holidays(
    conn: &mut PgConnection,
    filter: &HolidayFilter,
    page: (i64, i64),
) -> Result<Vec<HolidayRow>> {
    lists::list_holidays(conn, filter, page).await
}

/// The years that have holidays, latest first.
pub async fn holiday_years(conn: &mut PgConnection) -> Result<Vec<i32>> {
    lists::holiday_years(conn).await
}

/// Adds a holiday; answers whether the day was no holiday before.
pub async fn add_holiday(conn: &mut PgConnection, day: NaiveDate, name: &str) -> Result<bool> {
    store::insert_holiday(conn, &Holiday { day, name: name.to_owned() }).await
}

/// Adds those of `holidays` whose days are no holidays yet, and answers their days.
pub async fn add_holidays(conn: &mut PgConnection, holidays: &[Holiday]) -> Result<Vec<NaiveDate>> {
    let mut added = Vec::new();
    for holiday in holidays {
        if store::insert_holiday(conn, holiday).await? {
            added.push(holiday.day);
        }
    }
    Ok(added)
}

/// Removes a holiday and answers what it was.
pub async fn remove_holiday(conn: &mut PgConnection, day: NaiveDate) -> Result<Option<Holiday>> {
    store::delete_holiday(conn, day).await
}

/// What one unit of a currency is worth from a day on, in the company's currency (rule 4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExchangeRate {
    /// ISO 4217 code.
    pub currency: String,
    /// First day it holds, until the next one of the same currency.
    pub valid_from: NaiveDate,
    /// Units of the company's currency.
    pub rate: Decimal,
}

/// Every exchange rate, by currency, latest first.
pub async fn rates(conn: &mut PgConnection) -> Result<Vec<ExchangeRate>> {
    store::list_rates(conn).await
}

/// Which exchange rates a list shows, and in what order.
#[derive(Clone, Debug)]
pub struct RateFilter {
    /// Only this currency's.
    pub currency: Option<String>,
    /// Only those that begin in this year.
    pub year: Option<i32>,
    /// Column, and whether descending.
    pub sort: (&'static str, bool),
}

/// An exchange rate in a list.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct RateRow {
    /// ISO 4217 code.
    pub currency: String,
    /// First day it holds.
    pub valid_from: NaiveDate,
    /// Units of the company's currency.
    pub rate: Decimal,
    /// Rows in the whole list.
    pub total: i64,
}

/// Exchange rates as `filter` asks; `page` is how many and after how many.
pub async fn list_rates(
    conn: &mut PgConnection,
    filter: &RateFilter,
    page: (i64, i64),
) -> Result<Vec<RateRow>> {
    lists::list_rates(conn, filter, page).await
}

/// The currencies and the years that have exchange rates.
pub async fn rate_choices(conn: &mut PgConnection) -> Result<(Vec<String>, Vec<i32>)> {
    lists::rate_choices(conn).await
}

/// Adds an exchange rate. Rows that are posted already keep theirs. A fault at `valid_from` when that day has one.
pub async fn add_rate(
    conn: &mut PgConnection,
    currency: Currency,
    valid_from: NaiveDate,
    rate: Decimal,
) -> Result<()> {
    store::insert_rate(conn, currency, valid_from, rate).await.on_constraint(&[(
        "exchange_rates_pkey",
        "valid_from",
        "settings-rate-taken",
    )])
}

/// Removes an exchange rate and answers what it was.
pub async fn remove_rate(
    conn: &mut PgConnection,
    currency: Currency,
    valid_from: NaiveDate,
) -> Result<Option<Decimal>> {
    store::delete_rate(conn, currency, valid_from).await
}
