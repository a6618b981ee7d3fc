//! The list of holidays, with the forms that add to it.

use askama::Template;
use axum::response::{IntoResponse, Response};
use chrono::{Datelike, NaiveDate};

use super::calendar::{HolidayForm, PAGE};
use super::pages::crumbs;
use crate::error::Result;
use crate::org::company::{self, HolidayFilter, HolidayRow};
use crate::web::context::Ctx;
use crate::web::csv::{self, CsvDownload};
use crate::web::form::FormErrors;
use crate::web::list::{ListQuery, PER_PAGE, Paged};
use crate::web::page::Page;
use crate::web::shell::Shell;
use crate::web::ui::{Choice, FilterTag, Link, Pager};

const COLUMNS: [&str; 2] = ["-day", "name"];

#[derive(Template)]
#[template(path = "org/holidays.html")]
struct HolidaysPage {
    shell: Shell,
    crumbs: Vec<Link>,
    query: ListQuery,
    rows: Vec<HolidayRow>,
    pager: Pager,
    years: Vec<Choice>,
    tags: Vec<FilterTag>,
    /// Years whose Swedish holidays can be added at once.
    swedish: Vec<i32>,
    form: HolidayForm,
    errors: FormErrors,
}

impl HolidaysPage {
    async fn new(ctx: &Ctx, query: ListQuery, form: HolidayForm, errors: FormErrors) -> Result<Self> {
        let mut conn = ctx.app.read().await?;
        let rows = company::list_holidays(&mut conn, &filter(&query), (PER_PAGE, query.offset())).await?;
        let years = company::holiday_years(&mut conn).await?;
        let years: Vec<Choice> =
            years.into_iter().map(|year| Choice::new(year.to_string(), year.to_string())).collect();
        let tags = query.tags(ctx.l, &[("q", "search", &[]), ("year", "settings-year", &years)]);
        let total = rows.first().map_or(0, |row| row.total);
        let paged = Paged::new(rows, total, &query);
        let (pager, rows) = (paged.pager(&query), paged.rows);
        let swedish = (ctx.today.year()..ctx.today.year() + 3).collect();
        let (shell, crumbs) = (ctx.shell("settings"), crumbs(ctx, "settings-holidays"));
        Ok(Self { shell, crumbs, query, rows, pager, years, tags, swedish, form, errors })
    }

    fn columns(&self) -> &'static [&'static str] {
        &COLUMNS
    }

    fn day(&self, day: &NaiveDate) -> String {
        self.shell.l.date_year(*day)
    }

    fn weekday(&self, day: &NaiveDate) -> String {
        self.shell.l.weekday(*day)
    }
}

fn filter(query: &ListQuery) -> HolidayFilter {
    let (column, descending) = query.sort(&COLUMNS);
    let column = if column == "name" { "name" } else { "day" };
    HolidayFilter { words: query.search().to_owned(), year: query.parsed("year"), sort: (column, descending) }
}

/// `GET /admin/settings/holidays`
pub async fn index(ctx: Ctx, query: ListQuery) -> Result<Response> {
    let page = HolidaysPage::new(&ctx, query, HolidayForm::default(), FormErrors::default()).await?;
    Ok(Page::ok(page).into_response())
}

/// The list with the form that came back.
pub(super) async fn failed(ctx: &Ctx, form: HolidayForm, errors: FormErrors) -> Result<Response> {
    Ok(Page::invalid(HolidaysPage::new(ctx, ListQuery::parse(PAGE, ""), form, errors).await?).into_response())
}

/// `GET /admin/settings/holidays.csv`
pub async fn csv(ctx: Ctx, query: ListQuery) -> Result<Response> {
    let rows =
        company::list_holidays(&mut *ctx.app.read().await?, &filter(&query), (csv::ROWS_ASKED, 0)).await?;
    let heads = ["settings-day", "org-name"].map(|key| ctx.l.t(key));
    let mut file = CsvDownload::new("holidays", ctx.l, &heads)?;
    for row in rows {
        file.row(&[row.day.to_string(), row.name])?;
    }
    file.finish()
}
