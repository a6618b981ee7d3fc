//! `/orders`: what is on its way to customers, and what was delivered.

use askama::Template;
use axum::response::{IntoResponse, Response};
use chrono::Days;
use sqlx::PgConnection;

use crate::customers;
use crate::error::Result;
use crate::kernel::id::{CustomerId, EmployeeId};
use crate::kernel::period::Period;
use crate::orders::list::{self, Filter, Row, View};
use crate::orders::{State, figures, list_store};
use crate::process::Named;
use crate::web::context::Ctx;
use crate::web::csv::{self, CsvDownload};
use crate::web::list::{ListQuery, PER_PAGE, Paged};
use crate::web::page::Page;
use crate::web::shell::Shell;
use crate::web::ui::{Choice, FilterTag, Link, Pager};

/// The columns of a view, the one that it is sorted by first: what is owed first, what was delivered or ordered last.
const fn columns(view: View) -> &'static [&'static str] {
    match view {
        View::Done => &["-due", "order", "customer", "person", "date"],
        View::All => &["-date", "due", "order", "customer", "person"],
        _ => &["due", "order", "customer", "person", "date"],
    }
}

/// So far back the views of everything look.
const LATELY: Days = Days::new(90);

#[derive(Template)]
#[template(path = "orders/index.html")]
struct IndexPage {
    shell: Shell,
    query: ListQuery,
    /// The day since which the list looks by itself; empty where it does not.
    lately: String,
    views: Vec<Link>,
    rows: Vec<RowView>,
    pager: Pager,
    tags: Vec<FilterTag>,
    states: Vec<Choice>,
    done: bool,
    view: View,
}

impl IndexPage {
    fn columns(&self) -> &'static [&'static str] {
        columns(self.view)
    }

    fn due_head(&self) -> String {
        self.shell.l.t(if self.done { "orders-delivered" } else { "orders-due" })
    }
}

/// An order as the list shows it.
struct RowView {
    href: String,
    order_no: String,
    customer: String,
    person: String,
    state: String,
    standing: String,
    tone: &'static str,
    due: String,
    answers: String,
    amount: String,
}

pub(super) fn view_of(query: &ListQuery, views: &[View]) -> View {
    let asked = query.text("view");
    views.iter().copied().find(|view| view.code() == asked).unwrap_or(views[0])
}

/// What the address asks for, among what the reader sees.
pub(super) fn filter(ctx: &Ctx, query: &ListQuery, view: View) -> Filter {
    Filter {
        view,
        state: query.get("state").and_then(State::from_code),
        owner: query.parsed("person").map(EmployeeId),
        customer: query.parsed("customer").map(CustomerId),
        product: query.parsed("product"),
        department: query.parsed("department"),
        segment: query.get("segment").map(str::to_owned),
        sold: query.get("sold").is_some(),
        days: query.days("from", "last"),
        words: query.search().to_owned(),
        ..Filter::of(ctx)
    }
}

/// The same for orders. A view of everything looks back some days by itself, unless something is looked for: it grows for ever.
fn of_orders(ctx: &Ctx, query: &ListQuery, view: View) -> Filter {
    let filter = filter(ctx, query, view);
    let all = matches!(view, View::Done | View::All) && !query.narrowed_by(&["q", "customer", "person"]);
    let lately = || all.then(|| Period { start: ctx.today - LATELY, end: ctx.today + Days::new(1) });
    Filter { days: filter.days.or_else(lately), ..filter }
}

/// Tabs of views, with counts where something should be done.
pub(super) fn tabs(ctx: &Ctx, path: &str, views: &[View], here: View, counts: &[(View, i64)]) -> Vec<Link> {
    let link = |view: &View| {
        let href = if *view == views[0] { path.to_owned() } else { format!("{path}?view={}", view.code()) };
        let link = Link::new(href, ctx.l.t(&format!("orders-view-{}", view.code()))).current(*view == here);
        match counts.iter().find(|(counted, count)| counted == view && *count > 0) {
            Some((_, count)) => link.count(*count),
            None => link,
        }
    };
    views.iter().map(link).collect()
}

fn row(ctx: &Ctx, row: Row) -> RowView {
    let standing = row.standing(&ctx.company.calendar, ctx.today);
    let currency = ctx.company.currency;
    let department = row.answering.and_then(|id| ctx.company.organisation.department(id));
    let handler = row.handler.and_then(|id| ctx.company.organisation.person(id));
    let answers = handler.map(|person| person.name.clone()).or(department.map(|it| it.name.clone()));
    RowView {
        href: format!("/orders/{}", row.id),
        state: ctx.l.t(&format!("orders-state-{}", row.state.code().replace('_', "-"))),
        standing: ctx.l.t(&format!("orders-standing-{}", standing.code())),
        tone: standing.tone(),
        due: row.delivered_on.or(row.due).map_or_else(String::new, |day| ctx.l.date_year(day)),
        answers: answers.filter(|_| row.delivered_on.is_none()).unwrap_or_default(),
        amount: row
            .value
            .map_or_else(String::new, |value| ctx.l.short_money(value, currency.code(), currency.exponent())),
        person: row.owner_name.unwrap_or_else(|| ctx.l.t("deals-house")),
        order_no: row.order_no,
        customer: row.customer,
    }
}

/// How many orders there are; what everybody delivered is counted already.
async fn total(conn: &mut PgConnection, ctx: &Ctx, filter: &Filter) -> Result<i64> {
    match filter.all_delivered(ctx) {
        Some(days) => Ok(figures::kept(conn, filter, days).await?.count),
        None => list_store::count_orders(conn, filter).await,
    }
}

async fn late(conn: &mut PgConnection, ctx: &Ctx) -> Result<i64> {
    list_store::count_orders(conn, &Filter { view: View::Late, ..Filter::of(ctx) }).await
}

/// `GET /orders?view=&q=&state=&customer=&person=&product=&from=&last=&sort=&page=`
pub async fn list(ctx: Ctx, query: ListQuery) -> Result<Response> {
    let mut conn = ctx.app.read().await?;
    let view = view_of(&query, &View::OF_ORDERS);
    let filter = of_orders(&ctx, &query, view);
    let total = total(&mut conn, &ctx, &filter).await?;
    let sort = query.sort(columns(view));
    let rows = list::rows(&mut conn, &ctx, &filter, sort, (PER_PAGE, query.offset())).await?;
    let paged = Paged::new(rows.into_iter().map(|it| row(&ctx, it)).collect(), total, &query);
    let states: Vec<Choice> = State::ALL
        .map(|state| {
            Choice::new(state.code(), ctx.l.t(&format!("orders-state-{}", state.code().replace('_', "-"))))
        })
        .into();
    let counts = [(View::Late, late(&mut conn, &ctx).await?)];
    let lately = filter.days.filter(|_| !query.narrowed_by(&["from", "last"]));
    let page = IndexPage {
        lately: lately.map_or_else(String::new, |days| ctx.l.date_year(days.start)),
        views: tabs(&ctx, "/orders", &View::OF_ORDERS, view, &counts),
        tags: tags(&mut conn, &ctx, &query, &states).await?,
        pager: paged.pager(&query),
        rows: paged.rows,
        states,
        done: view == View::Done,
        view,
        shell: ctx.shell("orders"),
        query,
    };
    Ok(Page::ok(page).into_response())
}

/// The filters that are on, with their names.
async fn tags(
    conn: &mut PgConnection,
    ctx: &Ctx,
    query: &ListQuery,
    states: &[Choice],
) -> Result<Vec<FilterTag>> {
    let named = Named::of(conn, ctx, query).await?;
    let customer = match query.parsed::<CustomerId>("customer") {
        Some(id) => customers::name(conn, id).await?.map(|name| Choice::new(id.to_string(), name)),
        None => None,
    };
    let customer: Vec<Choice> = customer.into_iter().collect();
    let filters: [(&str, &str, &[Choice]); 9] = [
        ("state", "orders-state", states),
        ("from", "goals-from", &[]),
        ("last", "goals-last", &[]),
        ("person", "deals-person", &named.person),
        ("department", "deals-department", &named.department),
        ("product", "deals-product", &named.product),
        ("customer", "deals-customer", &customer),
        ("segment", "customers-segment", &[]),
        ("sold", "orders-sold", &[Choice::new("seen", ctx.l.t("orders-sold-seen"))]),
    ];
    Ok(query.tags(ctx.l, &filters))
}

/// `GET /orders.csv`
pub async fn download(ctx: Ctx, query: ListQuery) -> Result<Response> {
    let view = view_of(&query, &View::OF_ORDERS);
    let filter = of_orders(&ctx, &query, view);
    let mut conn = ctx.app.read().await?;
    let rows = list::rows(&mut conn, &ctx, &filter, query.sort(columns(view)), (csv::ROWS_ASKED, 0)).await?;
    let header = [
        "source",
        "order_no",
        "customer",
        "salesperson",
        "ordered_on",
        "state",
        "standing",
        "owed_on",
        "promised_on",
        "delivered_on",
        "amount",
        "currency",
    ];
    let mut file = CsvDownload::new("orders", ctx.l, &header)?;
    let day = |day: Option<chrono::NaiveDate>| day.map_or_else(String::new, |day| day.to_string());
    let currency = ctx.company.currency;
    for row in rows {
        let standing = row.standing(&ctx.company.calendar, ctx.today).code();
        let amount = row.value.map(|value| ctx.l.decimal(value, currency.exponent()));
        file.row(&[
            row.source,
            row.order_no,
            row.customer,
            row.owner_name.unwrap_or_default(),
            row.ordered_on.to_string(),
            row.state.code().to_owned(),
            standing.to_owned(),
            day(row.due),
            day(row.promised_on),
            day(row.delivered_on),
            amount.clone().unwrap_or_default(),
            amount.map_or("", |_| currency.code()).to_owned(),
        ])?;
    }
    file.finish()
}
