//! The company: its name, money, calendar and the boundaries of a goal's status.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use sqlx::PgConnection;

use crate::attainment::engine::StatusRules;
use crate::error::{AppError, Result};
use crate::kernel::calendar::WorkingCalendar;
use crate::kernel::id::DepartmentId;
use crate::kernel::lang::Lang;
use crate::kernel::money::Currency;
use crate::kernel::period::FiscalCalendar;

/// The company as every figure needs it. Read anew with every request.
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
    /// Whether an administrator has chosen these settings.
    pub configured: bool,
    /// Version of the settings row.
    pub version: i64,
}

impl Company {
    /// The business date at `moment`.
    pub fn day_of(&self, moment: DateTime<Utc>) -> NaiveDate {
        moment.with_timezone(&self.zone).date_naive()
    }
}

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
    configured: bool,
    version: i64,
    holidays: Vec<NaiveDate>,
}

/// Loads the company.
pub async fn find(conn: &mut PgConnection) -> Result<Company> {
    let row = sqlx::query_as!(
        SettingsRow,
        r#"select d.name as "name?", d.id as "root?: DepartmentId", s.currency, s.time_zone, s.fiscal_start_month,
            s.weekend, s.language, s.on_track_pct, s.at_risk_pct, s.exceeded_pct, s.grace_pct,
            s.configured_at is not null as "configured!", s.version,
            array(select day from holidays order by day) as "holidays!: Vec<NaiveDate>"
        from settings s left join departments d on d.kind = 'company'"#
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
            configured: row.configured,
            version: row.version,
        })
    }
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
