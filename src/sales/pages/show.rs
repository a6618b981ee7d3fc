//! One deal: what was sold, who shares it, which goals it counts in, and what has happened to it.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use sqlx::PgConnection;

use super::desk;
use super::history::{self, LedgerRow, Moment};
use crate::attainment::view::Reader;
use crate::error::Result;
use crate::kernel::basis::Basis;
use crate::kernel::id::{DealId, OpportunityId};
use crate::pipeline;
use crate::sales::ReturnCause;
use crate::sales::credit::CreditKind;
use crate::sales::effect::{self, GoalEffect};
use crate::sales::policy::Permits;
use crate::sales::view::EntryView;
use crate::sales::view::{self, DealView};
use crate::service::{self, Part};
use crate::web::context::Ctx;
use crate::web::form::FormErrors;
use crate::web::i18n::{ByValue, Localiser};
use crate::web::page::Page;
use crate::web::shell::Shell;
use crate::web::ui::{Choice, Link};

/// What was typed in one of the forms below the deal, when it comes back with faults.
#[derive(Clone, Debug, Default)]
pub(super) struct Typed {
    /// `cancel` or `return`.
    pub(super) form: &'static str,
    /// The day.
    pub(super) on: String,
    /// Why.
    pub(super) reason: String,
    /// The cause chosen.
    pub(super) cause: String,
    /// Id of the line.
    pub(super) line: String,
    /// Pieces.
    pub(super) quantity: String,
    /// What is taken off the price.
    pub(super) amount: String,
    /// What is wrong.
    pub(super) errors: FormErrors,
}

#[derive(Template)]
#[template(path = "deals/show.html")]
struct DealPage {
    shell: Shell,
    deal: DealView,
    permits: Permits,
    effects: Vec<GoalEffect>,
    moments: Vec<Moment>,
    ledger: Vec<LedgerRow>,
    returnable: Vec<Choice>,
    causes: Vec<Choice>,
    typed: Typed,
    service: Part,
    today: String,
    logged: String,
    company_currency: String,
    counts_money: String,
    /// The open deal that it came of.
    opportunity: Option<OpportunityId>,
}

impl DealPage {
    fn money(&self, minor: i64) -> String {
        self.shell.l.money(minor, self.deal.currency.code(), self.deal.currency.exponent())
    }

    fn amount(&self, minor: impl ByValue<i64>) -> String {
        amount(self.shell.l, minor.value(), self.deal.currency.exponent())
    }

    /// How far the order has come to the customer.
    fn order_state(&self) -> String {
        self.shell.l.t(&format!("orders-state-{}", self.deal.order_state.replace('_', "-")))
    }

    fn crumbs(&self) -> Vec<Link> {
        vec![Link::new("/deals", self.shell.l.t("nav-deals")), Link::new("", self.deal.order_no.as_str())]
    }
}

/// An amount without its currency, with decimals only where there are any: "154,000".
pub(super) fn amount(l: Localiser, minor: i64, exponent: u32) -> String {
    match 10_i64.checked_pow(exponent) {
        Some(whole) if minor % whole == 0 => l.number(minor / whole),
        _ => l.decimal(minor, exponent),
    }
}

/// `GET /deals/{id}`
pub async fn show(ctx: Ctx, Path(id): Path<DealId>) -> Result<Response> {
    let mut conn = ctx.app.read().await?;
    let deal = view::find(&mut conn, desk::viewer(&ctx), id).await?;
    answer(&mut conn, &ctx, deal, Typed::default()).await
}

/// The page of a deal; with faults when one of its forms comes back.
pub(super) async fn answer(
    conn: &mut PgConnection,
    ctx: &Ctx,
    deal: DealView,
    typed: Typed,
) -> Result<Response> {
    let viewer = desk::viewer(ctx);
    let reach = desk::reach(ctx);
    let entries = view::entries(conn, deal.id).await?;
    let happenings = view::happenings(conn, deal.id).await?;
    let booked = |entry: &&EntryView| entry.basis == Basis::Booked && entry.kind != CreditKind::Overlay;
    let standing: i64 = entries.iter().filter(booked).map(|entry| entry.revenue).sum();
    let currency = ctx.company.currency;
    let failed = !typed.errors.is_empty();
    let page = DealPage {
        shell: ctx.shell("deals"),
        permits: Permits::of(&ctx.actor, &reach, &deal.standing(), ctx.now),
        opportunity: pipeline::of_deal(conn, &pipeline::policy::scope(ctx), deal.id).await?,
        effects: effect::on_goals(conn, Reader::of(ctx), viewer, deal.ordered_on, &entries).await?,
        moments: history::moments(ctx, deal.logged_at, &happenings, &entries),
        ledger: history::ledger(ctx, &entries),
        returnable: returnable(&deal),
        causes: ReturnCause::ALL.map(|cause| Choice::new(cause.code(), ctx.l.t(&cause.label()))).into(),
        typed,
        service: service::part_of_deal(conn, ctx, deal.id).await?,
        today: ctx.today.to_string(),
        logged: ctx.l.datetime(deal.logged_at, ctx.company.zone),
        company_currency: currency.to_string(),
        counts_money: ctx.l.money(standing, currency.code(), currency.exponent()),
        deal,
    };
    Ok(if failed { Page::invalid(page) } else { Page::ok(page) }.into_response())
}

/// Lines of which something can still come back.
fn returnable(deal: &DealView) -> Vec<Choice> {
    let lines = deal.lines.iter().filter(|line| line.returned_quantity < line.quantity);
    lines.map(|line| Choice::new(line.id.to_string(), &line.product_name)).collect()
}
