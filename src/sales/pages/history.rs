//! The history of a deal in words: who did what, and what the ledger posted for it at that moment.

use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::kernel::basis::Basis;
use crate::kernel::money::Currency;
use crate::sales::credit::{CreditEvent, CreditKind};
use crate::sales::view::{EntryView, Happening};
use crate::web::context::Ctx;
use crate::web::i18n::Localiser;

/// One moment of a deal's history.
pub(super) struct Moment {
    /// What was done.
    pub(super) title: String,
    /// By whom and when.
    pub(super) meta: String,
    /// What the ledger posted.
    pub(super) postings: Vec<String>,
    at: DateTime<Utc>,
}

/// Everything that happened, latest first. Rows that were posted without anybody acting on the deal itself (an import, or
/// another deal that became the customer's first) stand on their own.
pub(super) fn moments(
    ctx: &Ctx,
    logged_at: DateTime<Utc>,
    happenings: &[Happening],
    entries: &[EntryView],
) -> Vec<Moment> {
    let l = ctx.l;
    let meta = |by: Option<&str>, at: DateTime<Utc>| {
        let by = by.map_or_else(|| l.t("deals-system"), str::to_owned);
        format!("{by} · {}", l.datetime(at, ctx.company.zone))
    };
    let mut moments: Vec<Moment> = happenings
        .iter()
        .map(|happening| Moment {
            title: title(l, happening),
            meta: meta(happening.by.as_deref(), happening.at),
            postings: postings(ctx, entries, happening.at),
            at: happening.at,
        })
        .collect();
    let mut posted: Vec<DateTime<Utc>> = entries.iter().map(|entry| entry.posted_at).collect();
    posted.dedup();
    for at in posted.into_iter().filter(|at| !happenings.iter().any(|happening| happening.at == *at)) {
        let rows = entries.iter().filter(|entry| entry.posted_at == at);
        moments.push(Moment {
            title: posted_title(l, &rows, at == logged_at),
            meta: meta(None, at),
            postings: postings(ctx, entries, at),
            at,
        });
    }
    moments.sort_by_key(|moment| std::cmp::Reverse(moment.at));
    moments
}

/// What rows that were posted without a recorded act stand for.
fn posted_title<'a>(
    l: Localiser,
    rows: &(impl Iterator<Item = &'a EntryView> + Clone),
    is_first: bool,
) -> String {
    let date_of =
        |event| rows.clone().find(|entry| entry.event == event).map(|entry| l.date_year(entry.date));
    let dated = [
        ("deals-history-cancelled", CreditEvent::Cancellation),
        ("deals-history-returned", CreditEvent::Return),
    ];
    let found = dated.into_iter().find_map(|(key, event)| Some((key, date_of(event)?)));
    match found {
        Some((key, day)) => l.tr(key, &[("day", day.into())]),
        None if is_first => l.t("deals-history-logged"),
        None => l.t("deals-history-posted"),
    }
}

fn title(l: Localiser, happening: &Happening) -> String {
    let day = || {
        let day = happening.details.get("on").and_then(Value::as_str).and_then(|day| day.parse().ok());
        day.map(|day: chrono::NaiveDate| l.date_year(day)).unwrap_or_default()
    };
    match happening.action.as_str() {
        "deal.logged" => l.t("deals-history-logged"),
        "deal.changed" => l.t("deals-history-changed"),
        "deal.cancelled" => l.tr("deals-history-cancelled", &[("day", day().into())]),
        "deal.reinstated" => l.t("deals-history-reinstated"),
        "deal.returned" => l.tr("deals-history-returned", &[("day", day().into())]),
        "deal.undone" => l.t("deals-history-undone"),
        "deal.redone" => l.t("deals-history-redone"),
        // "order.delivery-removed": what was done with the order
        other => l.t(&format!("audit-{}", other.replace('.', "-"))),
    }
}

/// "Reversed −168,000", "Posted 154,000": what counts for the company as booked, by kind of event.
fn postings(ctx: &Ctx, entries: &[EntryView], at: DateTime<Utc>) -> Vec<String> {
    let booked = |entry: &&EntryView| entry.basis == Basis::Booked && entry.kind != CreditKind::Overlay;
    let there = || entries.iter().filter(booked).filter(|entry| entry.posted_at == at);
    let kinds = [
        ("deals-posted-cancelled", CreditEvent::Cancellation),
        ("deals-posted-reversed", CreditEvent::Correction),
        ("deals-posted-sale", CreditEvent::Sale),
        ("deals-posted-returned", CreditEvent::Return),
    ];
    let lines = kinds.into_iter().filter_map(|(key, event)| {
        let mut rows = there().filter(|entry| entry.event == event).peekable();
        let date = rows.peek()?.date;
        let sum = rows.map(|entry| entry.revenue).sum();
        let amount = money(ctx.l, sum, ctx.company.currency);
        Some(ctx.l.tr(key, &[("amount", amount.into()), ("day", ctx.l.date_year(date).into())]))
    });
    lines.collect()
}

fn money(l: Localiser, minor: i64, currency: Currency) -> String {
    l.money(minor, currency.code(), currency.exponent())
}

/// A row of the ledger in words, for the table that explains every figure.
pub(super) struct LedgerRow {
    /// Its number.
    pub(super) id: String,
    /// The day it counts on.
    pub(super) date: String,
    /// Whose it is.
    pub(super) holder: String,
    /// Product and share.
    pub(super) what: String,
    /// Why it was posted, and which row it takes back.
    pub(super) why: String,
    /// Order intake.
    pub(super) revenue: String,
    /// Revenue less cost.
    pub(super) margin: String,
}

/// Every row of the ledger of a deal.
pub(super) fn ledger(ctx: &Ctx, entries: &[EntryView]) -> Vec<LedgerRow> {
    let l = ctx.l;
    let exponent = ctx.company.currency.exponent();
    let row = |entry: &EntryView| {
        let event = match entry.event {
            CreditEvent::Sale => "deals-event-sale",
            CreditEvent::Return => "deals-event-return",
            CreditEvent::Cancellation => "deals-event-cancellation",
            CreditEvent::Correction => "deals-event-correction",
        };
        let why = match entry.reverses {
            Some(id) => {
                l.tr("deals-event-reverses", &[("event", l.t(event).into()), ("id", id.to_string().into())])
            }
            None => l.t(event),
        };
        let why = match entry.basis {
            Basis::Booked => why,
            Basis::Delivered => l.tr(
                "attainment-metric-on",
                &[("metric", why.into()), ("basis", l.t("basis-delivered").into())],
            ),
        };
        let share = l.pct2(i64::from(entry.share_bp));
        let what = match entry.kind {
            CreditKind::Overlay => l.tr(
                "deals-share-overlay",
                &[("product", (&entry.product_name).into()), ("share", share.into())],
            ),
            _ if entry.share_bp == 10_000 => entry.product_name.clone(),
            _ => format!("{}, {share}", entry.product_name),
        };
        let what = match entry.origin {
            Some(day) => format!("{what} · {}", l.tr("explain-origin", &[("date", l.date_year(day).into())])),
            None => what,
        };
        LedgerRow {
            id: entry.id.to_string(),
            date: l.date_short_year(entry.date),
            holder: entry.name.clone().unwrap_or_else(|| l.t("deals-house")),
            what,
            why,
            revenue: l.decimal(entry.revenue, exponent),
            margin: l.decimal(entry.margin, exponent),
        }
    };
    entries.iter().map(row).collect()
}
