//! The deals that count for a goal: the latest on its page, all of them as a file.

use axum::extract::Path;
use axum::response::Response;

use super::{Goal, Subject, Viewer, find, wording};
use crate::attainment::view::metric_key;
use crate::error::Result;
use crate::kernel::basis::Basis;
use crate::kernel::id::GoalId;
use crate::sales;
use crate::web::context::Ctx;
use crate::web::csv::CsvDownload;
use crate::web::list::ListQuery;

/// A deal that counts.
pub(super) struct Deal {
    pub(super) href: String,
    pub(super) customer: String,
    pub(super) what: String,
    pub(super) date: String,
    pub(super) value: String,
}

/// The list of deals with the goal's own filters.
pub(super) fn deals_href(goal: &Goal) -> String {
    let whose = match goal.subject {
        Subject::Person(id) => format!("person={id}&"),
        Subject::Department(id) => format!("department={id}&"),
        Subject::Company(_) => String::new(),
    };
    let category = goal.category.as_ref().map(|(id, _)| format!("&category={id}")).unwrap_or_default();
    let basis = match goal.terms.basis {
        Basis::Booked => "",
        Basis::Delivered => "&basis=delivered",
    };
    format!("/deals?{whose}from={}&to={}{category}{basis}", goal.period.start, goal.period.last_day())
}

/// What the amounts are.
pub(super) fn value_label(ctx: &Ctx, goal: &Goal) -> String {
    let what = ctx.l.t(metric_key(goal.metric));
    goal.currency.map_or_else(|| what.clone(), |currency| format!("{what}, {currency}"))
}

/// Deals as the page lists them.
pub(super) fn deals_shown(ctx: &Ctx, goal: &Goal, deals: Vec<sales::Contribution>) -> Vec<Deal> {
    let unit = wording::Denomination::of(goal, &ctx.company);
    let deal = |counted: sales::Contribution| Deal {
        href: format!("/deals/{}", counted.deal.id),
        date: counted.deal.date(&ctx.l, &ctx.today),
        what: counted.deal.what(&ctx.l),
        customer: counted.deal.customer_name,
        value: unit.typed(ctx.l, counted.amount),
    };
    deals.into_iter().map(deal).collect()
}

/// `GET /goals/{id}/deals.csv`: every deal that counts and that the reader may see.
pub async fn download(ctx: Ctx, Path(id): Path<GoalId>) -> Result<Response> {
    let mut conn = ctx.app.read().await?;
    let viewer = Viewer::new(&ctx.actor, ctx.today);
    let goal = find(&mut conn, viewer, id).await?;
    let unit = wording::Denomination::of(&goal, &ctx.company);
    let header = ["deal", "date", "customer", "product", "amount", "currency"];
    let mut file =
        CsvDownload::new("deals", ctx.l, &header.map(|name| ctx.l.t(&format!("goals-csv-{name}"))))?;
    let mut page = 1_i64;
    loop {
        let query = ListQuery::parse("", &format!("page={page}"));
        let deals = sales::contributions(&mut conn, viewer, &goal.span(), goal.metric, &query).await?;
        let is_last = deals.last() >= deals.total || deals.rows.is_empty();
        for counted in deals.rows {
            let (deal, amount) = (counted.deal, unit.plain(counted.amount));
            let what = deal.what(&ctx.l);
            file.row(&[
                deal.order_no,
                deal.ordered_on.to_string(),
                deal.customer_name,
                what,
                amount,
                unit.code().to_owned(),
            ])?;
        }
        if is_last {
            return file.finish();
        }
        page += 1;
    }
}
