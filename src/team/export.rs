//! The people of a team as a spreadsheet, with the filters of the page.

use axum::extract::Path;
use axum::response::Response;

use super::pages::{Team, permitted};
use super::table::{self, Row};
use crate::attainment::view::{Measure, Reader, state};
use crate::error::{AppError, Result};
use crate::kernel::id::DepartmentId;
use crate::web::context::Ctx;
use crate::web::csv::CsvDownload;
use crate::web::list::ListQuery;

/// `GET /team/{id}/people.csv`: amounts to the last unit, dates as ISO.
pub async fn people(ctx: Ctx, Path(id): Path<DepartmentId>, query: ListQuery) -> Result<Response> {
    let mut conn = ctx.app.read().await?;
    permitted(&ctx, id)?;
    let team = Team::load(&mut conn, &ctx, id, &query).await?.ok_or(AppError::NotFound)?;
    let columns =
        ["number", "person", "goal", "actual", "attainment", "expected", "against", "likely", "status"];
    let header: Vec<String> = columns.iter().map(|name| ctx.l.t(&format!("team-csv-{name}"))).collect();
    let mut file = CsvDownload::new("team", ctx.l, &header)?;
    let measure = Measure::new(Reader::of(&ctx), team.choice.chosen.kind.metric);
    for row in table::select(team.rows, &query, ctx.today) {
        file.row(&cells(&ctx, measure, &row))?;
    }
    file.finish()
}

fn cells(ctx: &Ctx, measure: Measure, row: &Row) -> [String; 9] {
    let at = row.goal.as_ref().map(|goal| &goal.figures);
    let figure = |value: Option<i64>| value.map(|value| measure.plain(value)).unwrap_or_default();
    [
        row.member.employee_no.clone(),
        row.member.name.clone(),
        figure(at.map(|at| at.effective_target)),
        figure(Some(row.actual)),
        at.and_then(|at| at.attainment).map(|pct| measure.plain_pct(pct)).unwrap_or_default(),
        figure(at.map(|at| at.expected)),
        figure(at.map(|at| at.against_pace)),
        figure(row.likely()),
        at.map_or_else(|| ctx.l.t("team-no-goal"), |at| ctx.l.t(&format!("status-{}", state(at.status)))),
    ]
}
