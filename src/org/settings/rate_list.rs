//! The list of exchange rates, with the form that adds to it.

use askama::Template;
use axum::response::{IntoResponse, Response};
use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::pages::crumbs;
use super::rates::{PAGE, RateForm};
use crate::error::Result;
use crate::kernel::lang::Lang;
use crate::org::company::{self, RateFilter, RateRow};
use crate::web::context::Ctx;
use crate::web::csv::{self, CsvDownload};
use crate::web::form::FormErrors;
use crate::web::i18n::Localiser;
use crate::web::list::{ListQuery, PER_PAGE, Paged};
use crate::web::page::Page;
use crate::web::shell::Shell;
use crate::web::ui::{Choice, FilterTag, Link, Pager};

const COLUMNS: [&str; 3] = ["-from", "currency", "rate"];

#[derive(Template)]
#[template(path = "org/rates.html")]
struct RatesPage {
    shell: Shell,
    crumbs: Vec<Link>,
    query: ListQuery,
    rows: Vec<RateRow>,
    pager: Pager,
    currencies: Vec<Choice>,
    years: Vec<Choice>,
    tags: Vec<FilterTag>,
    /// The company's own currency.
    own: &'static str,
    form: RateForm,
    errors: FormErrors,
}

impl RatesPage {
    async fn new(ctx: &Ctx, query: ListQuery, form: RateForm, errors: FormErrors) -> Result<Self> {
        let mut conn = ctx.app.read().await?;
        let rows = company::list_rates(&mut conn, &filter(&query), (PER_PAGE, query.offset())).await?;
        let (currencies, years) = company::rate_choices(&mut conn).await?;
        let choice = |value: String| Choice::new(value.clone(), value);
        let currencies: Vec<Choice> = currencies.into_iter().map(choice).collect();
        let years: Vec<Choice> = years.into_iter().map(|year| choice(year.to_string())).collect();
        let filters: [(&str, &str, &[Choice]); 2] =
            [("currency", "field-currency", &currencies), ("year", "settings-year", &years)];
        let tags = query.tags(ctx.l, &filters);
        let total = rows.first().map_or(0, |row| row.total);
        let paged = Paged::new(rows, total, &query);
        let (pager, rows) = (paged.pager(&query), paged.rows);
        let (shell, crumbs) = (ctx.shell("settings"), crumbs(ctx, "settings-rates"));
        let own = ctx.company.currency.code();
        Ok(Self { shell, crumbs, query, rows, pager, currencies, years, tags, own, form, errors })
    }

    fn columns(&self) -> &'static [&'static str] {
        &COLUMNS
    }

    fn day(&self, day: &NaiveDate) -> String {
        self.shell.l.date_year(*day)
    }

    fn rate(&self, rate: &Decimal) -> String {
        rate_text(self.shell.l, *rate)
    }
}

/// A rate with the decimals it has.
pub(super) fn rate_text(l: Localiser, rate: Decimal) -> String {
    let number = rate.normalize().to_string();
    if l.lang() == Lang::Sv { number.replace('.', ",") } else { number }
}

fn filter(query: &ListQuery) -> RateFilter {
    let (column, descending) = query.sort(&COLUMNS);
    let column = ["currency", "rate"].into_iter().find(|known| *known == column).unwrap_or("from");
    RateFilter {
        currency: query.get("currency").map(str::to_owned),
        year: query.parsed("year"),
        sort: (column, descending),
    }
}

/// `GET /admin/settings/rates`
pub async fn index(ctx: Ctx, query: ListQuery) -> Result<Response> {
    let page = RatesPage::new(&ctx, query, RateForm::default(), FormErrors::default()).await?;
    Ok(Page::ok(page).into_response())
}

/// The list with the form that came back.
pub(super) async fn failed(ctx: &Ctx, form: RateForm, errors: FormErrors) -> Result<Response> {
    Ok(Page::invalid(RatesPage::new(ctx, ListQuery::parse(PAGE, ""), form, errors).await?).into_response())
}

/// `GET /admin/settings/rates.csv`
pub async fn csv(ctx: Ctx, query: ListQuery) -> Result<Response> {
    let rows =
        company::list_rates(&mut *ctx.app.read().await?, &filter(&query), (csv::ROWS_ASKED, 0)).await?;
    let heads = ["field-currency", "settings-valid-from", "settings-rate"].map(|key| ctx.l.t(key));
    let mut file = CsvDownload::new("exchange-rates", ctx.l, &heads)?;
    for row in rows {
        file.row(&[row.currency, row.valid_from.to_string(), row.rate.normalize().to_string()])?;
    }
    file.finish()
}
