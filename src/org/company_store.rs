//! SQL of the company's settings, holidays and exchange rates.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use sqlx::PgConnection;

use super::company::{Closed, Company, ExchangeRate, FirstSettings, Holiday, SettingsDraft};
use crate::attainment::books::Books;
use crate::attainment::engine::StatusRules;
use crate::error::{AppError, Result};
use crate::kernel::basis::Basis;
use crate::kernel::calendar::WorkingCalendar;
use crate::kernel::id::DepartmentId;
use crate::kernel::lang::Lang;
use crate::kernel::money::Currency;
use crate::kernel::period::{FiscalCalendar, Period};

struct SettingsRow {
    name: Option<String>,
    root: Option<DepartmentId>,
    currency: String,
    time_zone: String,
    fiscal_start_month: i16,
    weekend: Vec<i16>,
    language: String,
    on_track_pct: i16,
    at_risk_pct: i16,
    exceeded_pct: i16,
    grace_pct: i16,
    open_from: Option<NaiveDate>,
    leaderboard: bool,
    basis: Basis,
    configured: bool,
    version: i64,
    revision: i64,
    holidays: Vec<NaiveDate>,
}

pub(super) async fn revision(conn: &mut PgConnection) -> Result<i64> {
    Ok(sqlx::query_scalar!("select revision from company_revision").fetch_one(conn).await?)
}

pub(super) async fn find(conn: &mut PgConnection) -> Result<Company> {
    let row = sqlx::query_as!(
        SettingsRow,
        r#"select d.name as "name?", d.id as "root?: DepartmentId", s.currency, s.time_zone, s.fiscal_start_month,
            s.weekend, s.language, s.on_track_pct, s.at_risk_pct, s.exceeded_pct, s.grace_pct, s.leaderboard,
            s.basis as "basis: Basis", b.open_from,
            s.configured_at is not null as "configured!", s.version,
            r.revision,
            array(select day from holidays order by day) as "holidays!: Vec<NaiveDate>"
        from settings s cross join company_revision r cross join closed_books b left join departments d on d.kind = 'company'"#
    )
    .fetch_one(conn)
    .await?;
    Company::try_from(row)
}

impl TryFrom<SettingsRow> for Company {
    type Error = AppError;

    fn try_from(row: SettingsRow) -> Result<Self> {
        let unsigned = |value: i16| u32::from(value.unsigned_abs());
        Ok(Self {
            name: row.name.unwrap_or_else(|| "Pacemark".to_owned()),
            root: row.root,
            currency: Currency::parse(&row.currency).ok_or_else(|| AppError::internal("unknown currency"))?,
            zone: row.time_zone.parse().map_err(AppError::internal)?,
            fiscal: FiscalCalendar { start_month: unsigned(row.fiscal_start_month) },
            calendar: WorkingCalendar {
                weekend: row.weekend.into_iter().map(unsigned).collect(),
                holidays: row.holidays.into_iter().collect::<BTreeSet<_>>(),
            },
            lang: Lang::from_code(&row.language).unwrap_or_default(),
            rules: StatusRules {
                on_track_pct: row.on_track_pct.into(),
                at_risk_pct: row.at_risk_pct.into(),
                exceeded_pct: row.exceeded_pct.into(),
                grace_pct: row.grace_pct.into(),
            },
            open_from: row.open_from,
            closed: Vec::new(),
            leaderboard: row.leaderboard,
            basis: row.basis,
            configured: row.configured,
            version: row.version,
            organisation: super::Organisation::default(),
            books: Books::default(),
            revision: row.revision,
        })
    }
}

/// The standing closings, earliest first.
pub(super) async fn list_closed(conn: &mut PgConnection, company: &Company) -> Result<Vec<Closed>> {
    let rows = sqlx::query!(
        r#"select lower(period) as "from!", upper(period) as "end!", exceeded_pct as "exceeded_pct!",
            weekend as "weekend!"
        from closings where state = 'closed' order by lower(period)"#
    );
    let closed = |from, end, exceeded: i16, weekend: Vec<i16>| {
        let weekend = weekend.into_iter().map(|day| u32::from(day.unsigned_abs())).collect();
        Some(Closed {
            period: Period::new(from, end)?,
            calendar: WorkingCalendar { weekend, ..company.calendar.clone() },
            rules: StatusRules { exceeded_pct: exceeded.into(), ..company.rules },
        })
    };
    let rows = rows.fetch_all(conn).await?.into_iter();
    Ok(rows.filter_map(|row| closed(row.from, row.end, row.exceeded_pct, row.weekend)).collect())
}

pub(super) async fn set_up(
    conn: &mut PgConnection,
    choice: &FirstSettings<'_>,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "insert into departments (code, name, kind) values ('COMPANY', $1, 'company')
        on conflict (kind) where kind = 'company' do update set name = excluded.name",
        choice.name
    )
    .execute(&mut *conn)
    .await?;
    let language = Lang::from_code(choice.language).unwrap_or_default().code();
    sqlx::query!(
        "update settings set currency = $1, time_zone = $2, language = $3, configured_at = $4, version = version + 1",
        choice.currency,
        choice.time_zone,
        language,
        now
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Whether rows exist whose amounts are in the company's currency.
pub(super) async fn has_money(conn: &mut PgConnection) -> Result<bool> {
    Ok(sqlx::query_scalar!(
        r#"select exists (select from credit_entries) or exists (select from goals where currency is not null) as "any!""#
    )
    .fetch_one(conn)
    .await?)
}

/// `None` when the settings have another version than `version`.
pub(super) async fn save(
    conn: &mut PgConnection,
    draft: &SettingsDraft,
    version: i64,
    now: DateTime<Utc>,
) -> Result<Option<()>> {
    let saved = sqlx::query!(
        "update settings set currency = $1, time_zone = $2, fiscal_start_month = $3, weekend = $4, language = $5,
            on_track_pct = $6, at_risk_pct = $7, exceeded_pct = $8, grace_pct = $9, leaderboard = $12, basis = $13,
            configured_at = coalesce(configured_at, $10), version = version + 1
        where version = $11",
        draft.currency.code(),
        draft.zone.name(),
        draft.fiscal_start_month,
        &draft.weekend,
        draft.lang.code(),
        draft.on_track_pct,
        draft.at_risk_pct,
        draft.exceeded_pct,
        draft.grace_pct,
        now,
        version,
        draft.leaderboard,
        draft.basis.number()
    )
    .execute(&mut *conn)
    .await?;
    if saved.rows_affected() == 0 {
        return Ok(None);
    }
    sqlx::query!(
        "insert into departments (code, name, kind) values ('COMPANY', $1, 'company')
        on conflict (kind) where kind = 'company' do update set name = excluded.name, version = departments.version + 1
        where departments.name <> excluded.name",
        draft.name
    )
    .execute(conn)
    .await?;
    Ok(Some(()))
}

pub(super) async fn list_holidays(conn: &mut PgConnection) -> Result<Vec<Holiday>> {
    Ok(sqlx::query_as!(Holiday, "select day, name from holidays order by day").fetch_all(conn).await?)
}

/// Whether the day was free for it: a day has one holiday.
pub(super) async fn insert_holiday(conn: &mut PgConnection, holiday: &Holiday) -> Result<bool> {
    let done = sqlx::query!(
        "insert into holidays (day, name) values ($1, $2) on conflict (day) do nothing",
        holiday.day,
        holiday.name
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

pub(super) async fn delete_holiday(conn: &mut PgConnection, day: NaiveDate) -> Result<Option<Holiday>> {
    Ok(sqlx::query_as!(Holiday, "delete from holidays where day = $1 returning day, name", day)
        .fetch_optional(conn)
        .await?)
}

pub(super) async fn list_rates(conn: &mut PgConnection) -> Result<Vec<ExchangeRate>> {
    Ok(sqlx::query_as!(
        ExchangeRate,
        "select currency, valid_from, rate from exchange_rates order by currency, valid_from desc"
    )
    .fetch_all(conn)
    .await?)
}

pub(super) async fn insert_rate(
    conn: &mut PgConnection,
    currency: Currency,
    valid_from: NaiveDate,
    rate: Decimal,
) -> std::result::Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into exchange_rates (currency, valid_from, rate) values ($1, $2, $3)",
        currency.code(),
        valid_from,
        rate
    )
    .execute(conn)
    .await
    .map(drop)
}

pub(super) async fn delete_rate(
    conn: &mut PgConnection,
    currency: Currency,
    valid_from: NaiveDate,
) -> Result<Option<Decimal>> {
    Ok(sqlx::query_scalar!(
        "delete from exchange_rates where currency = $1 and valid_from = $2 returning rate",
        currency.code(),
        valid_from
    )
    .fetch_optional(conn)
    .await?)
}
