//! `/decisions`: what was decided, by whom it is to be done and when.

use askama::Template;
use axum::response::{IntoResponse, Response};

use super::decision_store::{self as store, Filter};
use super::list_page::views;
use super::say::{self, DecisionRow};
use super::steps::Outcome;
use super::{Seen, SeriesId, series_of};
use crate::error::Result;
use crate::kernel::id::EmployeeId;
use crate::web::context::Ctx;
use crate::web::csv::{self, CsvDownload};
use crate::web::list::{ListQuery, PER_PAGE, Paged};
use crate::web::page::Page;
use crate::web::shell::Shell;
use crate::web::ui::{Choice, FilterTag, Link, Pager};

const COLUMNS: [&str; 4] = ["due", "what", "owner", "meeting"];
/// The filter for what should have been done.
const OVERDUE: &str = "overdue";

#[derive(Template)]
#[template(path = "reviews/decisions.html")]
struct ListPage {
    shell: Shell,
    query: ListQuery,
    views: Vec<Link>,
    rows: Vec<DecisionRow>,
    pager: Pager,
    tags: Vec<FilterTag>,
    states: Vec<Choice>,
    whose: Vec<Choice>,
    meetings: Vec<Choice>,
}

impl ListPage {
    fn columns(&self) -> &'static [&'static str] {
        &COLUMNS
    }
}

fn filter(ctx: &Ctx, query: &ListQuery, seen: &Seen) -> Filter {
    let state = query.get("state");
    let mine = query.get("whose") == Some("mine");
    Filter {
        seen: seen.clone(),
        outcome: state.and_then(Outcome::from_code).filter(|outcome| Outcome::SHOWN.contains(outcome)),
        overdue_on: (state == Some(OVERDUE)).then_some(ctx.today),
        owner: mine.then(|| ctx.actor.employee.unwrap_or(EmployeeId(0))),
        meeting: query.parsed::<SeriesId>("meeting"),
        words: query.search().to_owned(),
        after: None,
    }
}

/// `GET /decisions?q=&state=&whose=&meeting=&sort=`
pub async fn index(ctx: Ctx, query: ListQuery) -> Result<Response> {
    let mut conn = ctx.app.read().await?;
    let seen = Seen::of(&mut conn, &ctx).await?;
    let filter = filter(&ctx, &query, &seen);
    let total = store::count(&mut conn, &filter).await?;
    let found = store::list(&mut conn, &filter, query.sort(&COLUMNS), (PER_PAGE, query.offset())).await?;
    let row = |decision| say::decision_row(&ctx, decision, seen.shows_meeting(decision.series));
    let paged = Paged::new(found.iter().map(row).collect(), total, &query);
    let codes = Outcome::SHOWN.map(Outcome::code).into_iter().chain([OVERDUE]);
    let states: Vec<Choice> =
        codes.map(|code| Choice::new(code, ctx.l.t(&format!("decision-state-{code}")))).collect();
    let whose = vec![Choice::new("mine", ctx.l.t("decision-mine"))];
    let meetings = series_of(&mut conn, &ctx).await?;
    let meetings: Vec<Choice> =
        meetings.into_iter().map(|(series, _)| Choice::new(series.id.to_string(), series.name)).collect();
    let page = ListPage {
        shell: ctx.shell("reviews"),
        views: views(&ctx, true),
        pager: paged.pager(&query),
        rows: paged.rows,
        tags: query.tags(
            ctx.l,
            &[
                ("state", "decision-state", &states),
                ("whose", "decision-who", &whose),
                ("meeting", "decision-meeting", &meetings),
            ],
        ),
        states,
        whose,
        meetings,
        query,
    };
    Ok(Page::ok(page).into_response())
}

/// `GET /decisions.csv`
pub async fn download(ctx: Ctx, query: ListQuery) -> Result<Response> {
    let mut conn = ctx.app.read().await?;
    let seen = Seen::of(&mut conn, &ctx).await?;
    let filter = filter(&ctx, &query, &seen);
    let found = store::list(&mut conn, &filter, query.sort(&COLUMNS), (csv::ROWS_ASKED, 0)).await?;
    let columns = ["due", "what", "owner", "state", "meeting", "day"];
    let header = columns.map(|column| ctx.l.t(&format!("decision-csv-{column}")));
    let mut file = CsvDownload::new("decisions", ctx.l, &header)?;
    for decision in &found {
        file.row(&[
            decision.due.to_string(),
            decision.what.clone(),
            decision.owner_name.clone(),
            say::state(&ctx, decision).0,
            decision.meeting.clone(),
            decision.on.to_string(),
        ])?;
    }
    file.finish()
}
