//! `/closing/{id}`: how every goal of a period ended, or would end now; what came late; and the next step.

use std::cmp::Reverse;
use std::collections::HashMap;

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use sqlx::PgConnection;

use super::pages::{Row, permit, row};
use super::policy::{self, Step};
use super::snapshot::{Final, finals};
use super::{Closing, ClosingId, State, store};
use crate::attainment::engine::Status;
use crate::attainment::view::{Measure, Reader, goal_name, period_name, state};
use crate::error::{Found, Result};
use crate::goals::{self, Goal, GoalFilter, Viewer};
use crate::kernel::basis::Basis;
use crate::kernel::id::GoalId;
use crate::notices;
use crate::web::context::Ctx;
use crate::web::csv::CsvDownload;
use crate::web::form::FormErrors;
use crate::web::list::{ListQuery, PER_PAGE, Paged};
use crate::web::page::Page;
use crate::web::shell::Shell;
use crate::web::ui::{self, FilterTag, Html, Pager};

#[derive(Template)]
#[template(path = "closing/show.html")]
struct ShowPage {
    shell: Shell,
    query: ListQuery,
    closing: Row,
    version: i64,
    goals: Vec<GoalRow>,
    tags: Vec<FilterTag>,
    pager: Pager,
    counts: Vec<(String, String)>,
    late: Vec<LateRow>,
    settled: bool,
    may: May,
    errors: FormErrors,
}

/// Which steps the reader may take.
#[derive(Clone, Copy, Debug, Default)]
struct May {
    close: bool,
    ask: bool,
    reopen: bool,
}

/// How a goal ended.
struct GoalRow {
    href: String,
    subject: String,
    what: String,
    period: String,
    target: String,
    actual: String,
    percent: String,
    badge: Html,
}

/// What came late.
struct LateRow {
    href: String,
    order_no: String,
    text: String,
    revenue: String,
}

/// `GET /closing/{id}?q=&sort=`
pub async fn show(ctx: Ctx, Path(id): Path<ClosingId>, query: ListQuery) -> Result<Response> {
    permit(&ctx)?;
    let mut conn = ctx.app.read().await?;
    let read = notices::seen(&mut conn, &ctx, &format!("/closing/{id}")).await?;
    let page = page(&mut conn, &ctx, id, query, FormErrors::default()).await?;
    let shell = page.shell.after_reading(read);
    Ok(Page::ok(ShowPage { shell, ..page }).into_response())
}

/// The page again, with what is missing.
pub(super) async fn with_faults(
    conn: &mut PgConnection,
    ctx: &Ctx,
    id: ClosingId,
    errors: FormErrors,
) -> Result<Response> {
    let query = ListQuery::parse(&format!("/closing/{id}"), "");
    Ok(Page::invalid(page(conn, ctx, id, query, errors).await?).into_response())
}

/// The final states of goals, as kept or as they would be kept now, each with its goal, by whose it is.
pub async fn ended(conn: &mut PgConnection, ctx: &Ctx, closing: &Closing) -> Result<Vec<(Final, Goal)>> {
    let rows = match closing.state {
        State::InReview => {
            let ids = store::unsettled(conn, &closing.period).await?;
            finals(conn, &ctx.company, ids, ctx.today).await?
        }
        _ => store::goals_of(conn, closing.id).await?,
    };
    let ids = Some(rows.iter().map(|row| row.goal).collect());
    let filter = GoalFilter { ids, ..GoalFilter::default() };
    let goals = goals::list(conn, Viewer::new(&ctx.actor, ctx.today), &filter).await?;
    let order: HashMap<GoalId, usize> = goals.iter().enumerate().map(|(at, goal)| (goal.id, at)).collect();
    let mut goals: HashMap<GoalId, Goal> = goals.into_iter().map(|goal| (goal.id, goal)).collect();
    let mut rows: Vec<(Final, Goal)> =
        rows.into_iter().filter_map(|row| goals.remove(&row.goal).map(|goal| (row, goal))).collect();
    // a first closing settles what ended long ago too: what this period is about comes first
    rows.sort_by_key(|(row, goal)| (Reverse(goal.period.end), order.get(&row.goal).copied()));
    Ok(rows)
}

async fn page(
    conn: &mut PgConnection,
    ctx: &Ctx,
    id: ClosingId,
    query: ListQuery,
    errors: FormErrors,
) -> Result<ShowPage> {
    let all = store::list(conn).await?;
    let closing = all.iter().find(|closing| closing.id == id).found()?;
    let mut ended = ended(conn, ctx, closing).await?;
    let counts = counts(ctx, &ended);
    let words = query.search().to_lowercase();
    ended.retain(|(_, goal)| goal.subject_name.to_lowercase().contains(&words));
    let total = i64::try_from(ended.len()).unwrap_or(i64::MAX);
    let offset = usize::try_from(query.offset()).unwrap_or_default();
    let shown = usize::try_from(PER_PAGE).unwrap_or_default();
    let goals = ended.iter().skip(offset).take(shown).map(|row| goal_row(ctx, row)).collect();
    let paged = Paged::new(goals, total, &query);
    let standing = all.iter().filter(|other| other.state == State::Closed);
    let is_last = standing.map(|other| other.period.end).max() == Some(closing.period.end);
    let may = |step| policy::after(closing, step, ctx.actor.user, is_last).is_some();
    let late = store::late(conn, &closing.period).await?;
    Ok(ShowPage {
        shell: ctx.shell("goals"),
        closing: row(ctx, closing),
        version: closing.version,
        tags: query.tags(ctx.l, &[]),
        pager: paged.pager(&query),
        goals: paged.rows,
        counts,
        late: late.into_iter().map(|late| late_row(ctx, late)).collect(),
        settled: closing.state != State::InReview,
        may: May { close: may(Step::Close), ask: may(Step::Ask), reopen: may(Step::Reopen) },
        errors,
        query,
    })
}

/// How many goals ended how.
fn counts(ctx: &Ctx, ended: &[(Final, Goal)]) -> Vec<(String, String)> {
    let of = |status| ended.iter().filter(|(row, _)| row.status == status).count();
    let states = [Status::Exceeded, Status::Met, Status::Missed, Status::NotApplicable];
    let counted = states.into_iter().map(|status| (status, of(status))).filter(|(_, count)| *count > 0);
    counted
        .map(|(status, count)| (ctx.l.t(&format!("status-{}", state(status))), count.to_string()))
        .collect()
}

fn goal_row(ctx: &Ctx, (row, goal): &(Final, Goal)) -> GoalRow {
    let measure = Measure::of(Reader::of(ctx), goal);
    GoalRow {
        href: format!("/goals/{}", goal.id),
        subject: goal.subject_name.clone(),
        what: goal_name(Reader::of(ctx), goal),
        period: period_name(ctx.l, ctx.company.fiscal, &goal.period),
        target: measure.amount(row.effective_target),
        actual: measure.amount(row.actual),
        percent: row.attainment.map_or_else(|| "–".to_owned(), |pct| ctx.l.pct2(pct.0)),
        badge: ui::status(ctx.l, state(row.status)),
    }
}

fn late_row(ctx: &Ctx, late: store::Late) -> LateRow {
    let values =
        [("origin", ctx.l.date_year(late.origin).into()), ("stands", ctx.l.date_year(late.stands_on).into())];
    let exponent = ctx.company.currency.exponent();
    LateRow {
        href: format!("/deals/{}", late.deal),
        order_no: late.order_no,
        text: match late.basis {
            Basis::Booked => ctx.l.tr("closing-late-row", &values),
            Basis::Delivered => ctx.l.tr("closing-late-delivered", &values),
        },
        revenue: ctx.l.decimal(late.revenue, exponent),
    }
}

/// `GET /closing/{id}/goals.csv`: every goal's final state, to the last unit.
pub async fn download(ctx: Ctx, Path(id): Path<ClosingId>) -> Result<Response> {
    permit(&ctx)?;
    let mut conn = ctx.app.read().await?;
    let closing = store::find(&mut conn, id).await?.found()?;
    let columns = ["kind", "number", "name", "metric", "category", "from", "to", "target"];
    let further = ["full", "original", "actual", "attainment", "status"];
    let header: Vec<String> = columns
        .iter()
        .map(|name| ctx.l.t(&format!("goals-csv-{name}")))
        .chain(further.iter().map(|name| ctx.l.t(&format!("closing-csv-{name}"))))
        .collect();
    let mut file = CsvDownload::new("closing", ctx.l, &header)?;
    for (row, goal) in ended(&mut conn, &ctx, &closing).await? {
        let measure = Measure::of(Reader::of(&ctx), &goal);
        file.row(&[
            ctx.l.t(&format!("goals-of-{}", goal.subject.kind())),
            goal.subject_ref.clone(),
            goal.subject_name.clone(),
            goal_name(Reader::of(&ctx), &goal),
            goal.category.as_ref().map(|(_, name)| name.clone()).unwrap_or_default(),
            goal.period.start.to_string(),
            goal.period.last_day().to_string(),
            measure.plain(row.effective_target),
            measure.plain(row.target),
            measure.plain(row.original_target),
            measure.plain(row.actual),
            row.attainment.map(|pct| measure.plain_pct(pct)).unwrap_or_default(),
            ctx.l.t(&format!("status-{}", state(row.status))),
        ])?;
    }
    file.finish()
}
