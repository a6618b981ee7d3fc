//! Exchange rates. A new one holds for what is booked from now on; rows in the ledger keep theirs (rule 4).

use axum::response::Response;
use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::json;

use super::rate_list::failed;
use crate::audit::{self, Event};
use crate::error::{AppError, Found, Result};
use crate::kernel::money::Currency;
use crate::org::company;
use crate::org::forms::day;
use crate::web::context::Ctx;
use crate::web::form::{Form, FormErrors};
use crate::web::toast::Notice;

/// The list of exchange rates.
pub(super) const PAGE: &str = "/admin/settings/rates";

/// What the form of a rate sends.
#[derive(Deserialize, Default, Clone)]
#[serde(deny_unknown_fields)]
pub struct RateForm {
    pub(super) rate_currency: String,
    pub(super) valid_from: String,
    pub(super) rate: String,
}

impl RateForm {
    fn read(&self, own: Currency) -> Result<(Currency, NaiveDate, Decimal), FormErrors> {
        let mut errors = FormErrors::default();
        let currency = Currency::parse(&self.rate_currency.trim().to_uppercase()).ok_or("error-currency");
        let currency = currency.and_then(|c| if c == own { Err("settings-rate-own") } else { Ok(c) });
        let currency = errors.check("rate_currency", currency);
        let valid_from = day(&mut errors, "valid_from", &self.valid_from);
        let rate = self.rate.trim().replace(',', ".").parse::<Decimal>().ok();
        let sound =
            |rate: &Decimal| *rate > Decimal::ZERO && *rate < Decimal::from(10_000_000) && rate.scale() <= 10;
        let rate = errors.check("rate", rate.filter(sound).ok_or("settings-rate-invalid"));
        errors.or(currency.zip(valid_from).zip(rate).map(|((currency, day), rate)| (currency, day, rate)))
    }
}

/// `POST /admin/settings/rates`
pub async fn add(ctx: Ctx, Form(form): Form<RateForm>) -> Result<Response> {
    let added = match form.read(ctx.company.currency) {
        Ok((currency, from, rate)) => store(&ctx, currency, from, rate).await.map(|()| (currency, from)),
        Err(errors) => Err(AppError::Invalid(errors)),
    };
    match added {
        Ok((currency, from)) => {
            let fields = [("rate_currency", currency.code().to_owned()), ("valid_from", from.to_string())];
            Ok(Notice::new("settings-toast-rate-added")
                .with("currency", currency.code())
                .undo("/admin/settings/rates/remove", &fields)
                .redirect(PAGE))
        }
        Err(AppError::Invalid(errors)) => failed(&ctx, form, errors).await,
        Err(other) => Err(other),
    }
}

async fn store(ctx: &Ctx, currency: Currency, from: NaiveDate, rate: Decimal) -> Result<()> {
    let mut tx = ctx.app.begin().await?;
    company::add_rate(&mut tx, currency, from, rate).await?;
    let details = json!({ "currency": currency.code(), "valid_from": from, "rate": rate });
    let event = Event::new("rate.added", "company", None).with(details);
    audit::record(&mut tx, Some(ctx.actor.user), ctx.now, event).await?;
    Ok(tx.commit().await?)
}

/// Which rate.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RemoveRateForm {
    rate_currency: String,
    valid_from: NaiveDate,
}

/// `POST /admin/settings/rates/remove`
pub async fn remove(ctx: Ctx, Form(form): Form<RemoveRateForm>) -> Result<Response> {
    let currency = Currency::parse(&form.rate_currency).found()?;
    let mut tx = ctx.app.begin().await?;
    let rate = company::remove_rate(&mut tx, currency, form.valid_from).await?.found()?;
    let details = json!({ "currency": currency.code(), "valid_from": form.valid_from, "rate": rate });
    let event = Event::new("rate.removed", "company", None).with(details);
    audit::record(&mut tx, Some(ctx.actor.user), ctx.now, event).await?;
    tx.commit().await?;
    let fields = [
        ("rate_currency", currency.code().to_owned()),
        ("valid_from", form.valid_from.to_string()),
        ("rate", rate.normalize().to_string()),
    ];
    Ok(Notice::new("settings-toast-rate-removed")
        .with("currency", currency.code())
        .undo("/admin/settings/rates", &fields)
        .redirect(PAGE))
}
