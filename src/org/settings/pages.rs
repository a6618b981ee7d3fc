//! The settings page.

use askama::Template;
use axum::response::{IntoResponse, Response};
use chrono::{NaiveDate, Weekday};
use serde_json::json;

use super::forms::SettingsForm;
use super::rate_list::rate_text;
use crate::audit::{self, Event};
use crate::error::{AppError, Result};
use crate::goals;
use crate::org::company::{self, ExchangeRate, Holiday};
use crate::web::context::Ctx;
use crate::web::form::{Form, FormErrors};
use crate::web::page::Page;
use crate::web::shell::Shell;
use crate::web::stale::{Clash, Saved};
use crate::web::toast::Notice;
use crate::web::ui::{Choice, Link};

#[derive(Template)]
#[template(path = "org/settings.html")]
struct SettingsPage {
    shell: Shell,
    form: SettingsForm,
    /// Whether amounts exist, so that the currency stays.
    locked: bool,
    months: Vec<Choice>,
    weekdays: Vec<(u32, String)>,
    /// When sales can count.
    bases: Vec<Choice>,
    /// The next holidays.
    holidays: Vec<Holiday>,
    /// The rates in force today.
    rates: Vec<ExchangeRate>,
    stale: bool,
    clashes: Vec<Clash>,
    errors: FormErrors,
}

/// Holidays and rates that the settings show of many; the rest is in lists of their own.
const SHOWN: usize = 4;

/// The way from the settings to a list of theirs.
pub(super) fn crumbs(ctx: &Ctx, here: &str) -> Vec<Link> {
    vec![Link::new("/admin/settings", ctx.l.t("nav-settings")), Link::new("", ctx.l.t(here))]
}

/// The rates in force on `day`, one of each currency; `rates` are by currency, latest first.
fn in_force(mut rates: Vec<ExchangeRate>, day: NaiveDate) -> Vec<ExchangeRate> {
    rates.retain(|rate| rate.valid_from <= day);
    rates.dedup_by(|later, earlier| later.currency == earlier.currency);
    rates
}

impl SettingsPage {
    async fn new(ctx: &Ctx, form: SettingsForm, errors: FormErrors) -> Result<Self> {
        let mut conn = ctx.app.read().await?;
        let month = |month: u32| Choice::new(month.to_string(), ctx.l.month_name(month));
        let monday = NaiveDate::from_isoywd_opt(2026, 1, Weekday::Mon).unwrap_or_default();
        let weekday = |(day, date): (u32, NaiveDate)| (day, ctx.l.weekday(date));
        let mut holidays = company::holidays(&mut conn).await?;
        holidays.retain(|holiday| holiday.day >= ctx.today);
        holidays.truncate(SHOWN);
        Ok(Self {
            shell: ctx.shell("settings"),
            form,
            locked: company::has_money(&mut conn).await?,
            months: (1..=12).map(month).collect(),
            bases: goals::bases(ctx.l),
            weekdays: (1..=7).zip(monday.iter_days()).map(weekday).collect(),
            holidays,
            rates: in_force(company::rates(&mut conn).await?, ctx.today),
            stale: false,
            clashes: Vec::new(),
            errors,
        })
    }

    fn day(&self, day: &NaiveDate) -> String {
        self.shell.l.date_year(*day)
    }

    fn weekday(&self, day: &NaiveDate) -> String {
        self.shell.l.weekday(*day)
    }

    fn rate(&self, rate: &ExchangeRate) -> String {
        rate_text(self.shell.l, rate.rate)
    }
}

/// `GET /admin/settings`
pub async fn show(ctx: Ctx) -> Result<Response> {
    let form = SettingsForm::of(&ctx.company);
    Ok(Page::ok(SettingsPage::new(&ctx, form, FormErrors::default()).await?).into_response())
}

/// `POST /admin/settings`
pub async fn update(ctx: Ctx, Form(form): Form<SettingsForm>) -> Result<Response> {
    match Saved::of(save(&ctx, &form).await)? {
        Saved::Done(()) => Ok(Notice::new("toast-saved").redirect("/admin/settings")),
        Saved::Stale => {
            let clashes = form.clashes(ctx.l, &ctx.company);
            let form = SettingsForm { version: ctx.company.version, ..form };
            let page = SettingsPage::new(&ctx, form, FormErrors::default()).await?;
            Ok(Page::conflict(SettingsPage { stale: true, clashes, ..page }).into_response())
        }
        Saved::Faulty(errors) => {
            Ok(Page::invalid(SettingsPage::new(&ctx, form, errors).await?).into_response())
        }
    }
}

async fn save(ctx: &Ctx, form: &SettingsForm) -> Result<Option<()>> {
    let mut tx = ctx.app.begin().await?;
    let locked = company::has_money(&mut tx).await?.then_some(ctx.company.currency);
    let draft = form.read(locked).map_err(AppError::Invalid)?;
    if company::save(&mut tx, &draft, form.version, ctx.now).await?.is_none() {
        return Ok(None);
    }
    let details = json!({
        "currency": draft.currency.code(), "time_zone": draft.zone.name(), "weekend": draft.weekend,
        "fiscal_start_month": draft.fiscal_start_month, "language": draft.lang.code(),
        "status": [draft.on_track_pct, draft.at_risk_pct, draft.exceeded_pct, draft.grace_pct],
        "leaderboard": draft.leaderboard, "basis": draft.basis,
    });
    let event = Event::new("settings.changed", "company", None).with(details);
    audit::record(&mut tx, Some(ctx.actor.user), ctx.now, event).await?;
    tx.commit().await?;
    Ok(Some(()))
}
