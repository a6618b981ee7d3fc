//! Holidays: one by one, or a year of Swedish ones at once.

use axum::response::Response;
use chrono::{Datelike, NaiveDate};
use serde::Deserialize;
use serde_json::json;
use sqlx::PgConnection;

use super::holiday_list::failed;
use super::swedish;
use crate::audit::{self, Event};
use crate::error::{AppError, Found, Result};
use crate::org::company::{self, Holiday};
use crate::org::forms::{day, names};
use crate::web::context::Ctx;
use crate::web::form::{Form, FormErrors};
use crate::web::toast::Notice;

/// The list of holidays.
pub(super) const PAGE: &str = "/admin/settings/holidays";

/// What the form of a holiday sends.
#[derive(Deserialize, Default, Clone)]
#[serde(deny_unknown_fields)]
pub struct HolidayForm {
    pub(super) day: String,
    pub(super) holiday: String,
}

impl HolidayForm {
    fn read(&self) -> Result<Holiday, FormErrors> {
        let mut errors = FormErrors::default();
        let day = day(&mut errors, "day", &self.day);
        names(&mut errors, &[("holiday", &self.holiday)]);
        errors.or(day.map(|day| Holiday { day, name: self.holiday.trim().to_owned() }))
    }
}

async fn record(conn: &mut PgConnection, ctx: &Ctx, action: &'static str, days: &[NaiveDate]) -> Result<()> {
    let event = Event::new(action, "company", None).with(json!({ "days": days }));
    audit::record(conn, Some(ctx.actor.user), ctx.now, event).await
}

/// `POST /admin/settings/holidays`
pub async fn add(ctx: Ctx, Form(form): Form<HolidayForm>) -> Result<Response> {
    let holiday = match form.read() {
        Ok(holiday) => holiday,
        Err(errors) => return failed(&ctx, form, errors).await,
    };
    let mut tx = ctx.app.begin().await?;
    if !company::add_holiday(&mut tx, holiday.day, &holiday.name).await? {
        let errors = FormErrors::one("day", "settings-holiday-taken");
        return failed(&ctx, form, errors).await;
    }
    record(&mut tx, &ctx, "holiday.added", &[holiday.day]).await?;
    tx.commit().await?;
    Ok(Notice::new("settings-toast-holiday-added")
        .with("name", holiday.name)
        .undo("/admin/settings/holidays/remove", &[("day", holiday.day.to_string())])
        .redirect(PAGE))
}

/// One day, or several with commas between.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DaysForm {
    day: String,
}

/// `POST /admin/settings/holidays/remove`
pub async fn remove(ctx: Ctx, Form(form): Form<DaysForm>) -> Result<Response> {
    let days: Result<Vec<NaiveDate>, _> = form.day.split(',').map(str::parse).collect();
    let days = days.map_err(|_| AppError::BadRequest("error-form"))?;
    let mut tx = ctx.app.begin().await?;
    let mut gone = Vec::new();
    for day in &days {
        gone.extend(company::remove_holiday(&mut tx, *day).await?);
    }
    let first = gone.first().cloned().found()?;
    record(&mut tx, &ctx, "holiday.removed", &days).await?;
    tx.commit().await?;
    if gone.len() > 1 {
        return Ok(Notice::new("settings-toast-holidays-removed")
            .with("n", gone.len().to_string())
            .redirect(PAGE));
    }
    let fields = [("day", first.day.to_string()), ("holiday", first.name.clone())];
    Ok(Notice::new("settings-toast-holiday-removed")
        .with("name", first.name)
        .undo("/admin/settings/holidays", &fields)
        .redirect(PAGE))
}

/// A year.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct YearForm {
    year: i32,
}

/// `POST /admin/settings/holidays/swedish`: those of a year that are not there yet.
pub async fn add_swedish(ctx: Ctx, Form(form): Form<YearForm>) -> Result<Response> {
    if (form.year - ctx.today.year()).abs() > 20 {
        return Err(AppError::BadRequest("error-form"));
    }
    let mut tx = ctx.app.begin().await?;
    let added = company::add_holidays(&mut tx, &swedish::holidays(form.year)).await?;
    let year = form.year.to_string();
    if added.is_empty() {
        return Ok(Notice::new("settings-toast-holidays-there").with("year", year).redirect(PAGE));
    }
    record(&mut tx, &ctx, "holiday.added", &added).await?;
    tx.commit().await?;
    let days: Vec<String> = added.iter().map(ToString::to_string).collect();
    Ok(Notice::new("settings-toast-holidays-added")
        .with("n", added.len().to_string())
        .with("year", year)
        .undo("/admin/settings/holidays/remove", &[("day", days.join(","))])
        .redirect(PAGE))
}
