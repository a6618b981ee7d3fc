//! What waits for whoever answers for a department: facts that ask for a decision, never an opinion.

use chrono::Days;

use super::board::Board;
use super::table::Row;
use crate::attainment::coverage::Covered;
use crate::attainment::service::GoalFigures;
use crate::attainment::view::{Measure, Reader};
use crate::kernel::id::DepartmentId;
use crate::web::context::Ctx;

/// For how long a revision is news.
const NEWS_FOR: Days = Days::new(14);
/// Names that are told before "and others".
const NAMED: usize = 3;

/// One thing that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// The icon's name.
    pub icon: &'static str,
    /// Where it is dealt with.
    pub href: String,
    /// What it is.
    pub title: String,
    /// Why it matters.
    pub text: String,
}

/// What waits in a department: parts that do not add up, people without a goal, goals revised lately.
pub fn list(ctx: &Ctx, board: &Board, department: DepartmentId, rows: &[Row]) -> Vec<Waiting> {
    let mut waiting: Vec<Waiting> = board
        .departments_with_goals(department)
        .into_iter()
        .filter_map(|goal| lacking(ctx, board, goal))
        .collect();
    waiting.extend(without_goal(ctx, department, rows));
    let news = board.departments_with_goals(department).into_iter();
    waiting.extend(news.chain(board.people_with_goals(department)).filter_map(|goal| revised(ctx, goal)));
    waiting
}

/// A goal of which some is on nobody.
fn lacking(ctx: &Ctx, board: &Board, goal: &GoalFigures) -> Option<Waiting> {
    let coverage = board.coverage(goal.goal.subject.department()?)?;
    let Covered::Unassigned(lack) = coverage.state() else { return None };
    let measure = Measure::of(Reader::of(ctx), &goal.goal);
    let values =
        [("department", goal.goal.subject_name.clone().into()), ("amount", measure.amount(lack).into())];
    let parts =
        [("parts", measure.amount(coverage.parts).into()), ("goal", measure.said(coverage.parent).into())];
    Some(Waiting {
        icon: "split",
        href: format!("/goals/{}", goal.goal.id),
        title: ctx.l.tr("team-waiting-gap", &values),
        text: ctx.l.tr("team-waiting-gap-text", &parts),
    })
}

fn without_goal(ctx: &Ctx, department: DepartmentId, rows: &[Row]) -> Option<Waiting> {
    let lacking = |row: &&Row| row.goal.is_none() && !row.member.leads && row.member.gone_on.is_none();
    let people: Vec<&Row> = rows.iter().filter(lacking).collect();
    let first = people.first()?;
    let names: Vec<&str> = people.iter().take(NAMED).map(|row| row.member.name.as_str()).collect();
    let others = people.len().saturating_sub(NAMED);
    let title = match people.len() {
        1 => ctx.l.tr("team-waiting-nogoal-one", &[("name", first.member.name.clone().into())]),
        count => ctx.l.tr("team-waiting-nogoal", &[("n", count.into())]),
    };
    let text = match (people.len(), others) {
        (1, _) => ctx.l.t("team-waiting-nogoal-text"),
        (_, 0) => names.join(", "),
        _ => ctx.l.tr("team-waiting-names", &[("names", names.join(", ").into()), ("n", others.into())]),
    };
    Some(Waiting { icon: "target", href: format!("/team/{department}?status=none"), title, text })
}

fn revised(ctx: &Ctx, goal: &GoalFigures) -> Option<Waiting> {
    let [.., before, latest] = goal.goal.versions.as_slice() else { return None };
    let news_from = ctx.now.checked_sub_days(NEWS_FOR)?;
    (latest.recorded_at >= news_from).then(|| {
        let measure = Measure::of(Reader::of(ctx), &goal.goal);
        let key = if latest.target > before.target { "team-waiting-raised" } else { "team-waiting-lowered" };
        let values = [
            ("name", goal.goal.subject_name.clone().into()),
            ("from", measure.said(before.target).into()),
            ("to", measure.said(latest.target).into()),
        ];
        let date = ctx.l.date_short(ctx.company.day_of(latest.recorded_at));
        Waiting {
            icon: "pencil",
            href: format!("/goals/{}", goal.goal.id),
            title: ctx.l.tr(key, &values),
            text: format!("{date} · {}", latest.reason),
        }
    })
}
