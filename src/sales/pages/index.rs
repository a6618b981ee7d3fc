//! The list of deals: filters, sums that equal the ledger, and the way to one deal.

use askama::Template;
use axum::response::{IntoResponse, Response};
use chrono::NaiveDate;
use sqlx::PgConnection;

use super::desk;
use super::show;
use crate::attainment::Metric;
use crate::attainment::view::metric_key;
use crate::error::Result;
use crate::kernel::basis::Basis;
use crate::kernel::period::{Period, PeriodKind};
use crate::products;
use crate::sales::credit::CreditEvent;
use crate::sales::list::{self, DealRow, Filter, Holder, SORTS, Sums};
use crate::sales::{DealStatus, list_store};
use crate::web::context::Ctx;
use crate::web::i18n::ByValue;
use crate::web::list::{ListQuery, Paged};
use crate::web::page::Page;
use crate::web::shell::Shell;
use crate::web::ui::{Choice, FilterTag, Link, Pager, SortLink};

/// The filters that are chosen from lists or typed.
const FILTERS: [&str; 12] = [
    "q",
    "person",
    "department",
    "product",
    "category",
    "customer",
    "status",
    "from",
    "to",
    "basis",
    "metric",
    "event",
];

#[derive(Template)]
#[template(path = "deals/index.html")]
struct ListPage {
    shell: Shell,
    query: ListQuery,
    page: Paged<DealRow>,
    sums: Sums,
    pager: Pager,
    presets: Vec<Link>,
    span: String,
    tags: Vec<FilterTag>,
    clear: String,
    options: Options,
    today: NaiveDate,
    currency: String,
    exponent: u32,
    decimals: bool,
    csv: String,
}

/// What the filters offer.
struct Options {
    people: Vec<Choice>,
    departments: Vec<Choice>,
    categories: Vec<Choice>,
    products: Vec<Choice>,
    statuses: Vec<Choice>,
    bases: Vec<Choice>,
}

impl ListPage {
    /// With decimals where any amount on the page has them, so that the columns line up.
    fn amount(&self, minor: impl ByValue<i64>) -> String {
        let minor = minor.value();
        if self.decimals {
            self.shell.l.decimal(minor, self.exponent)
        } else {
            show::amount(self.shell.l, minor, self.exponent)
        }
    }

    fn head(&self, column: &str) -> SortLink {
        self.query.sort_head(column, &SORTS)
    }
}

/// `GET /deals`
pub async fn list(ctx: Ctx, query: ListQuery) -> Result<Response> {
    let mut conn = ctx.app.read().await?;
    let viewer = desk::viewer(&ctx);
    let filter = read(&ctx, &query);
    let (page, sums) = list::page(&mut conn, viewer, &filter, &query).await?;
    let options = options(&mut conn, &ctx).await?;
    let page = ListPage {
        shell: ctx.shell("deals"),
        presets: presets(&ctx, &query),
        span: filter.from.zip(filter.until).map_or_else(String::new, |(from, until)| ctx.l.span(from, until)),
        tags: tags(&mut conn, &ctx, &query, &options).await?,
        clear: query.path().to_owned(),
        pager: page.pager(&query),
        decimals: has_decimals(&page, &sums, ctx.company.currency.exponent()),
        csv: query.at("/deals.csv"),
        options,
        page,
        sums,
        today: ctx.today,
        currency: ctx.company.currency.to_string(),
        exponent: ctx.company.currency.exponent(),
        query,
    };
    Ok(Page::ok(page).into_response())
}

fn has_decimals(page: &Paged<DealRow>, sums: &Sums, exponent: u32) -> bool {
    let whole = 10_i64.checked_pow(exponent).unwrap_or(1);
    let totals = page.rows.iter().map(|row| row.totals).chain([sums.totals]);
    totals.into_iter().any(|totals| totals.revenue % whole != 0 || totals.margin % whole != 0)
}

/// The filter of an address. Without dates, a search or a customer it is this quarter.
pub(super) fn read(ctx: &Ctx, query: &ListQuery) -> Filter {
    let holder = match (query.parsed("person"), query.parsed("department")) {
        (Some(person), _) => Holder::Person(person),
        (None, Some(department)) => Holder::Department(department),
        (None, None) => Holder::Anybody,
    };
    let (from, until) = dates(ctx, query);
    Filter {
        basis: query.get("basis").and_then(Basis::from_code).unwrap_or_default(),
        holder,
        category: query.parsed("category"),
        product: query.parsed("product"),
        customer: query.parsed("customer"),
        status: query.get("status").and_then(DealStatus::from_code),
        words: query.search().to_owned(),
        from,
        until,
        metric: query.get("metric").and_then(Metric::from_code).filter(|metric| metric.is_of_sales()),
        event: query.get("event").and_then(CreditEvent::from_code),
        deals: None,
    }
}

fn dates(ctx: &Ctx, query: &ListQuery) -> (Option<NaiveDate>, Option<NaiveDate>) {
    if query.narrowed_by(&["from", "to"]) {
        return (query.parsed("from"), query.parsed("to"));
    }
    match preset(query).and_then(PeriodKind::from_code) {
        Some(kind) => {
            let Period { start, end } = ctx.company.fiscal.containing(kind, ctx.today);
            (Some(start), end.pred_opt())
        }
        None => (None, None),
    }
}

/// The date preset that is on: asked for, or this quarter where nothing else narrows the list.
fn preset(query: &ListQuery) -> Option<&str> {
    let narrowed = query.narrowed_by(&["from", "to", "q", "customer"]);
    query.get("period").or(if narrowed { None } else { Some("quarter") })
}

fn presets(ctx: &Ctx, query: &ListQuery) -> Vec<Link> {
    let on = if query.narrowed_by(&["from", "to"]) { "" } else { preset(query).unwrap_or("all") };
    let kinds = [
        ("month", "deals-this-month"),
        ("quarter", "deals-this-quarter"),
        ("year", "deals-this-year"),
        ("all", "deals-all-time"),
    ];
    let base = ListQuery::parse(query.path(), &bare(query));
    kinds.map(|(kind, key)| Link::new(base.with("period", kind), ctx.l.t(key)).current(kind == on)).into()
}

/// The query without dates and page.
fn bare(query: &ListQuery) -> String {
    let without = ListQuery::parse(query.path(), address_query(&query.without("from")));
    address_query(&without.without("to")).to_owned()
}

fn address_query(address: &str) -> &str {
    address.split_once('?').map_or("", |(_, query)| query)
}

async fn options(conn: &mut PgConnection, ctx: &Ctx) -> Result<Options> {
    let viewer = desk::viewer(ctx);
    let organisation = &ctx.company.organisation;
    let visible = organisation.visible_people(viewer);
    let mut people: Vec<Choice> = Vec::new();
    let mut homes = Vec::new();
    for person in organisation.people_on(ctx.today).filter(|person| visible.contains(&person.id)) {
        homes.push(person.department);
        people.push(Choice::new(person.id.to_string(), person.name));
    }
    let seen = |id| viewer.everyone || ctx.actor.leads_department(id);
    let departments = organisation.departments.iter().filter(|home| seen(home.id));
    let choice = |status: DealStatus| Choice::new(status.code(), ctx.l.t(status.label()));
    let categories = products::categories(conn).await?;
    let products = products::list_active(conn).await?;
    Ok(Options {
        people: if visible.len() > 1 { people } else { Vec::new() },
        departments: departments.map(|home| Choice::new(home.id.to_string(), home.name.clone())).collect(),
        categories: categories.into_iter().map(|(id, name)| Choice::new(id.to_string(), name)).collect(),
        products: products.into_iter().map(|it| Choice::new(it.id.to_string(), it.name)).collect(),
        statuses: [DealStatus::Booked, DealStatus::Cancelled, DealStatus::Undone].map(choice).into(),
        bases: vec![Choice::new(Basis::Delivered.code(), ctx.l.t("basis-choice-delivered"))],
    })
}

/// The filters that are on, with their names.
async fn tags(
    conn: &mut PgConnection,
    ctx: &Ctx,
    query: &ListQuery,
    options: &Options,
) -> Result<Vec<FilterTag>> {
    let mut tags = Vec::new();
    for key in FILTERS {
        let Some(value) = query.get(key) else { continue };
        let choices = match key {
            "person" => &options.people,
            "department" => &options.departments,
            "product" => &options.products,
            "category" => &options.categories,
            "status" => &options.statuses,
            "basis" => &options.bases,
            _ => &Vec::new(),
        };
        let named = choices.iter().find(|choice| choice.is(value)).map(|choice| choice.label.clone());
        let date = value.parse::<NaiveDate>().ok().map(|day| ctx.l.date_short_year(day));
        let label = match key {
            "customer" => list_store::customer_name(conn, query.parsed("customer")).await?,
            "from" => date.map(|day| ctx.l.tr("deals-from-day", &[("day", day.into())])),
            "to" => date.map(|day| ctx.l.tr("deals-to-day", &[("day", day.into())])),
            "metric" => Metric::from_code(value).map(|metric| ctx.l.t(metric_key(metric))),
            "event" => {
                CreditEvent::from_code(value).map(|event| ctx.l.t(&format!("deals-event-{}", event.code())))
            }
            _ => named,
        };
        let label = label.unwrap_or_else(|| value.to_owned());
        tags.push(FilterTag { label, href: query.without(key) });
    }
    Ok(tags)
}
