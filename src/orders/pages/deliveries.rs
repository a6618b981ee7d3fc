//! `/deliveries`: lines that are due, late or at risk, and several of them confirmed at once.

use std::collections::BTreeSet;
use std::str::FromStr;

use askama::Template;
use axum::response::{IntoResponse, Response};
use chrono::NaiveDate;
use sqlx::PgConnection;

use super::index::{filter, tabs, view_of};
use crate::error::{AppError, Result};
use crate::kernel::id::{DealId, LineId};
use crate::kernel::period::Period;
use crate::orders::forms::{date, text};
use crate::orders::list::{Filter, LineRow, View};
use crate::orders::{Delivered, DeliveryId, Order, change, figures, lines_store, policy, store};
use crate::process::packed::Tally;
use crate::web::context::Ctx;
use crate::web::csv::{self, CsvDownload};
use crate::web::form::{Form, FormErrors};
use crate::web::list::{ListQuery, PER_PAGE, Paged};
use crate::web::page::Page;
use crate::web::shell::Shell;
use crate::web::toast::Notice;
use crate::web::ui::{FilterTag, Link, Pager};

/// The columns of a view, the one that it is sorted by first: what is owed first, what was delivered last.
const fn columns(view: View) -> &'static [&'static str] {
    match view {
        View::Done => &["-due", "order", "customer", "product"],
        _ => &["due", "order", "customer", "product"],
    }
}

/// The card says how promises were kept over so many days.
const LOOKED_BACK: chrono::Days = chrono::Days::new(90);

#[derive(Template)]
#[template(path = "orders/deliveries.html")]
struct DeliveriesPage {
    shell: Shell,
    query: ListQuery,
    views: Vec<Link>,
    facts: Vec<(String, String)>,
    rows: Vec<RowView>,
    pager: Pager,
    tags: Vec<FilterTag>,
    /// Whether the reader records deliveries.
    handles: bool,
    /// The day in the form under the list.
    day: String,
    errors: FormErrors,
    done: bool,
}

impl DeliveriesPage {
    fn columns(&self) -> &'static [&'static str] {
        columns(if self.done { View::Done } else { View::Waiting })
    }

    fn due_head(&self) -> String {
        self.shell.l.t(if self.done { "orders-delivered" } else { "orders-due" })
    }
}

/// A line as the list shows it.
struct RowView {
    /// Order and line, as the tick sends them.
    id: String,
    ticked: bool,
    href: String,
    order_no: String,
    customer: String,
    what: String,
    standing: String,
    tone: &'static str,
    due: String,
    days: String,
    answers: String,
}

fn row(ctx: &Ctx, row: LineRow, typed: &Typed) -> RowView {
    let standing = row.standing(&ctx.company.calendar, ctx.today);
    let department = row.answering.and_then(|id| ctx.company.organisation.department(id));
    let at = row.delivered_on.unwrap_or(ctx.today);
    let late = row.due.map_or(0, |due| (at - due).num_days());
    let pieces = if row.delivered_on.is_some() { row.quantity } else { row.open };
    RowView {
        id: format!("{}-{}", row.order, row.id),
        ticked: typed.lines.contains(&(row.order, row.id)),
        href: format!("/orders/{}", row.order),
        order_no: row.order_no,
        customer: row.customer,
        what: format!("{}\u{a0}× {}", ctx.l.number(pieces), row.product),
        standing: ctx.l.t(&format!("orders-standing-{}", standing.code())),
        tone: standing.tone(),
        due: row.delivered_on.or(row.due).map_or_else(String::new, |day| ctx.l.date_year(day)),
        days: if late > 0 { ctx.l.tr("orders-days-late", &[("n", late.into())]) } else { String::new() },
        answers: row.handler_name.or(department.map(|it| it.name.clone())).unwrap_or_default(),
    }
}

/// Figures above the list: late, due, at risk, and how promises were kept lately. One may be known.
async fn facts(
    conn: &mut PgConnection,
    ctx: &Ctx,
    known: Option<(View, i64)>,
) -> Result<(Vec<(View, i64)>, Vec<(String, String)>)> {
    let mut counts = Vec::new();
    for view in [View::Late, View::Due, View::AtRisk] {
        let count = match known.filter(|(known, _)| *known == view) {
            Some((_, count)) => count,
            None => lines_store::count_lines(conn, &Filter { view, ..Filter::of(ctx) }).await?,
        };
        counts.push((view, count));
    }
    let days = Period { start: ctx.today - LOOKED_BACK, end: ctx.today + chrono::Days::new(1) };
    let kept = figures::kept(conn, &Filter::of(ctx), days).await?;
    let mut shown: Vec<(String, String)> = counts
        .iter()
        .map(|(view, count)| (ctx.l.t(&format!("orders-view-{}", view.code())), ctx.l.number(*count)))
        .collect();
    shown.extend(said(ctx, &kept, "orders-on-time-lately"));
    Ok((counts, shown))
}

/// "On time, 90 days: 94.20%", "Lead time: 12 days".
pub(super) fn said(ctx: &Ctx, kept: &Tally, on_time: &str) -> Vec<(String, String)> {
    let share = kept.share().map_or_else(|| "–".to_owned(), |share| ctx.l.pct2(share.0));
    let lead = kept
        .lead()
        .map_or_else(|| "–".to_owned(), |days| ctx.l.tr("orders-days", &[("n", i64::from(days).into())]));
    vec![(ctx.l.t(on_time), share), (ctx.l.t("orders-lead-time"), lead)]
}

/// What was ticked and typed under the list, and what was wrong with it.
#[derive(Default)]
struct Typed {
    lines: Vec<(DealId, LineId)>,
    day: Option<String>,
    errors: FormErrors,
}

/// `GET /deliveries?view=&q=&product=&from=&last=&sort=&page=`
pub async fn list(ctx: Ctx, query: ListQuery) -> Result<Response> {
    Ok(Page::ok(page(&ctx, query, Typed::default()).await?).into_response())
}

async fn page(ctx: &Ctx, query: ListQuery, typed: Typed) -> Result<DeliveriesPage> {
    let mut conn = ctx.app.read().await?;
    let view = view_of(&query, &View::OF_LINES);
    let filter = filter(ctx, &query, view);
    let total = lines_store::count_lines(&mut conn, &filter).await?;
    let rows =
        lines_store::lines(&mut conn, &filter, query.sort(columns(view)), (PER_PAGE, query.offset())).await?;
    let paged = Paged::new(rows.into_iter().map(|it| row(ctx, it, &typed)).collect(), total, &query);
    let known = filter.is_whole_view(ctx).then_some((view, total));
    let (counts, facts) = facts(&mut conn, ctx, known).await?;
    Ok(DeliveriesPage {
        views: tabs(ctx, "/deliveries", &View::OF_LINES, view, &counts),
        facts,
        tags: query.tags(ctx.l, &[("from", "goals-from", &[]), ("last", "goals-last", &[])]),
        pager: paged.pager(&query),
        rows: paged.rows,
        handles: policy::handles_orders(&ctx.company.organisation, &ctx.actor) && view != View::Done,
        day: typed.day.unwrap_or_else(|| ctx.today.to_string()),
        errors: typed.errors,
        done: view == View::Done,
        shell: ctx.shell("deliveries"),
        query,
    })
}

/// `GET /deliveries.csv`: the columns that an import takes, and more.
pub async fn download(ctx: Ctx, query: ListQuery) -> Result<Response> {
    let view = view_of(&query, &View::OF_LINES);
    let mut conn = ctx.app.read().await?;
    let rows = lines_store::lines(
        &mut conn,
        &filter(&ctx, &query, view),
        query.sort(columns(view)),
        (csv::ROWS_ASKED, 0),
    )
    .await?;
    let header = [
        "order_no",
        "line_no",
        "product",
        "customer",
        "quantity",
        "open",
        "owed_on",
        "promised_on",
        "delivered_on",
        "standing",
    ];
    let mut file = CsvDownload::new("deliveries", ctx.l, &header)?;
    let day = |day: Option<NaiveDate>| day.map_or_else(String::new, |day| day.to_string());
    for row in rows {
        let standing = row.standing(&ctx.company.calendar, ctx.today).code().to_owned();
        file.row(&[
            row.order_no,
            row.line_no.to_string(),
            row.product,
            row.customer,
            row.quantity.to_string(),
            row.open.to_string(),
            day(row.due),
            day(row.promised_on),
            day(row.delivered_on),
            standing,
        ])?;
    }
    file.finish()
}

/// `POST /deliveries`: what is open of the ticked lines was delivered on a day. All of them or none.
pub async fn confirm(
    ctx: Ctx,
    query: ListQuery,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response> {
    let ticked: Vec<(DealId, LineId)> = pairs(&fields, "line");
    let back = query.at("/deliveries");
    if ticked.is_empty() {
        return Ok(Notice::new("orders-toast-none").redirect(&back));
    }
    let day = text(&fields, "delivered_on");
    let mut tx = ctx.app.begin().await?;
    let made = match date(day) {
        Ok(on) => confirm_all(&mut tx, &ctx, &ticked, on).await,
        Err(key) => Err(FormErrors::one("delivered_on", key).into()),
    };
    match made {
        Ok(made) => {
            tx.commit().await?;
            let undo: Vec<(&str, String)> =
                made.iter().map(|(order, delivery)| ("delivery", format!("{order}-{delivery}"))).collect();
            let notice = Notice::new("orders-toast-confirmed").with("n", ticked.len().to_string());
            Ok(notice.undo("/deliveries/take-back", &undo).redirect(&back))
        }
        Err(AppError::Invalid(errors)) => {
            drop(tx);
            let typed = Typed { lines: ticked, day: Some(day.to_owned()), errors };
            Ok(Page::invalid(page(&ctx, query, typed).await?).into_response())
        }
        Err(other) => Err(other),
    }
}

/// Ids of an order and of something of it, as `7-12`.
fn pairs<T: FromStr>(fields: &[(String, String)], name: &str) -> Vec<(DealId, T)> {
    let ids = |value: &str| {
        let (order, other) = value.split_once('-')?;
        Some((order.parse().ok()?, other.parse().ok()?))
    };
    fields.iter().filter(|(known, _)| known == name).filter_map(|(_, value)| ids(value)).collect()
}

/// The orders of some pairs, each once, locked in the order in which everybody locks them.
async fn lock<T>(conn: &mut PgConnection, pairs: &[(DealId, T)]) -> Result<BTreeSet<DealId>> {
    let orders: BTreeSet<DealId> = pairs.iter().map(|(order, _)| *order).collect();
    let ids: Vec<DealId> = orders.iter().copied().collect();
    store::lock(conn, &ids).await?;
    Ok(orders)
}

/// An order that the actor handles.
async fn handled(conn: &mut PgConnection, ctx: &Ctx, id: DealId) -> Result<Order> {
    let order = change::seen(conn, ctx, id, true).await?;
    if change::permits(ctx, &order).handle { Ok(order) } else { Err(AppError::Forbidden) }
}

async fn confirm_all(
    conn: &mut PgConnection,
    ctx: &Ctx,
    ticked: &[(DealId, LineId)],
    on: NaiveDate,
) -> Result<Vec<(DealId, DeliveryId)>> {
    let mut made = Vec::new();
    for id in lock(conn, ticked).await? {
        let order = handled(conn, ctx, id).await?;
        let wanted = order.lines.iter().filter(|line| line.open() > 0 && ticked.contains(&(id, line.id)));
        let lines: Vec<(LineId, i64)> = wanted.map(|line| (line.id, line.open())).collect();
        if lines.is_empty() {
            return Err(AppError::Conflict("error-stale"));
        }
        let delivered = Delivered { on, lines };
        let ids = match change::deliver(conn, ctx, &order, order.version, &delivered).await {
            Err(AppError::Invalid(errors)) => return Err(AppError::Invalid(naming(&errors, &order))),
            done => done?,
        };
        made.extend(ids.into_iter().map(|delivery| (id, delivery)));
    }
    Ok(made)
}

/// The faults of an order among several, at the form's one field and with the order's number.
fn naming(errors: &FormErrors, order: &Order) -> FormErrors {
    let mut named = FormErrors::default();
    for error in errors.iter() {
        let key = match error.key {
            "orders-error-before" => "orders-error-before-of",
            other => other,
        };
        named.add_with("delivered_on", key, vec![("order", order.order_no.clone())]);
    }
    named
}

/// `POST /deliveries/take-back`: takes deliveries away that were confirmed together. All of them or none.
pub async fn take_back(ctx: Ctx, Form(fields): Form<Vec<(String, String)>>) -> Result<Response> {
    let made: Vec<(DealId, DeliveryId)> = pairs(&fields, "delivery");
    let mut tx = ctx.app.begin().await?;
    lock(&mut tx, &made).await?;
    for (id, delivery) in &made {
        let order = handled(&mut tx, &ctx, *id).await?;
        change::undo_delivery(&mut tx, &ctx, &order, *delivery).await?;
    }
    tx.commit().await?;
    Ok(Notice::new("orders-toast-undelivered").redirect("/deliveries"))
}
