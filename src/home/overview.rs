//! The parts of home beyond oneself: the team one answers for, the company, what is at risk.

use std::cmp::Reverse;

use sqlx::PgConnection;

use super::pages::Scene;
use crate::attainment::service::{self, AsOf, GoalFigures};
use crate::attainment::view::{self, GoalCard, Reader};
use crate::error::Result;
use crate::goals::Subject;
use crate::kernel::id::DepartmentId;
use crate::org::DepartmentKind;
use crate::team::pages::{self as team_pages, Branch, Summary, Team};
use crate::team::table::Row;
use crate::team::waiting::{self, Waiting};
use crate::web::list::ListQuery;

/// People or departments that a short list names.
const SHORT: usize = 5;

/// A department that the reader leads.
pub(super) struct Led {
    /// Its name.
    pub(super) name: String,
    /// Its page.
    pub(super) href: String,
    /// What its goal counts.
    pub(super) what: String,
    /// Goal, parts and states.
    pub(super) summary: Summary,
    /// Those behind, most urgent first.
    pub(super) behind: Vec<GoalCard>,
}

/// The company's goal, for those who read everything.
pub(super) struct Company {
    /// Its page.
    pub(super) href: String,
    /// Goal, parts and states; nothing where there are no goals yet.
    pub(super) summary: Option<Summary>,
    /// Whether the reader sets goals.
    pub(super) sets_goals: bool,
}

/// A goal that is behind.
pub(super) struct Risk {
    /// Whose it is.
    pub(super) name: String,
    /// The goal.
    pub(super) card: GoalCard,
}

/// A goal that is not the reader's own but theirs to see: their department's, the company's.
pub(super) struct Around {
    /// Whose it is.
    pub(super) name: String,
    /// The goal.
    pub(super) card: GoalCard,
}

/// Everything beyond oneself that the reader is shown.
#[derive(Default)]
pub(super) struct Overview {
    pub(super) led: Vec<Led>,
    pub(super) company: Option<Company>,
    pub(super) branches: Vec<Branch>,
    pub(super) what: String,
    pub(super) waiting: Option<Vec<Waiting>>,
    pub(super) risks: Vec<Risk>,
    pub(super) around: Vec<Around>,
}

/// Loads what the reader's role calls for.
pub(super) async fn load(conn: &mut PgConnection, scene: &Scene<'_>) -> Result<Overview> {
    let ctx = scene.ctx;
    let mut overview = Overview::default();
    if let Some(root) = ctx.company.root.filter(|_| ctx.actor.reads_everyone()) {
        add_company(conn, scene, root, &mut overview).await?;
    } else {
        for department in led_tops(scene) {
            add_led(conn, scene, department, &mut overview).await?;
        }
        overview.around = around(conn, scene).await?;
    }
    Ok(overview)
}

fn query(scene: &Scene<'_>, department: DepartmentId) -> ListQuery {
    ListQuery::parse(&format!("/team/{department}"), &format!("period={}", scene.kind.code()))
}

async fn add_company(
    conn: &mut PgConnection,
    scene: &Scene<'_>,
    root: DepartmentId,
    overview: &mut Overview,
) -> Result<()> {
    let (ctx, query) = (scene.ctx, query(scene, root));
    let href = query.with("", "");
    let sets_goals = crate::web::routes::Gate::Leader.admits(Some(&ctx.actor)).is_ok();
    let Some(team) = Team::load(conn, ctx, root, &query).await? else {
        overview.company = Some(Company { href, summary: None, sets_goals });
        return Ok(());
    };
    let reader = Reader::of(ctx);
    overview.what = team.choice.chosen.name(ctx.l);
    let summary = Some(team_pages::summary(conn, ctx, &team, &query).await?);
    overview.company = Some(Company { href, summary, sets_goals });
    overview.branches = team_pages::branches(reader, &team.board, root, &query);
    overview.waiting = sets_goals.then(|| waiting::list(ctx, &team.board, root, &team.rows));
    overview.risks = risks(reader, &team, root);
    Ok(())
}

/// Departments and people who are behind, furthest from their pace first.
fn risks(reader: Reader<'_>, team: &Team, root: DepartmentId) -> Vec<Risk> {
    let departments = team.board.departments_with_goals(root).into_iter();
    let mut goals: Vec<&GoalFigures> = departments
        .chain(team.rows.iter().filter_map(|row| row.goal.as_ref()))
        .filter(|g| is_behind(g))
        .collect();
    goals.sort_by_key(|goal| (view::urgency(goal.figures.status), goal.figures.pace));
    let risk =
        |goal: &GoalFigures| Risk { name: goal.goal.subject_name.clone(), card: GoalCard::new(reader, goal) };
    goals.into_iter().take(SHORT + 1).map(risk).collect()
}

fn is_behind(goal: &GoalFigures) -> bool {
    matches!(view::tone(goal.figures.status), "t-risk" | "t-off")
}

/// The departments led that do not stand below another one led.
fn led_tops(scene: &Scene<'_>) -> Vec<DepartmentId> {
    let (actor, organisation) = (&scene.ctx.actor, &scene.ctx.company.organisation);
    let below_led = |parent: Option<DepartmentId>| parent.is_some_and(|id| actor.leads_department(id));
    let tops = organisation.departments.iter();
    let tops = tops.filter(|d| actor.leads_department(d.id) && !below_led(d.parent));
    tops.map(|department| department.id).collect()
}

async fn add_led(
    conn: &mut PgConnection,
    scene: &Scene<'_>,
    department: DepartmentId,
    overview: &mut Overview,
) -> Result<()> {
    let (ctx, query) = (scene.ctx, query(scene, department));
    let href = query.with("", "");
    let waiting = overview.waiting.get_or_insert_default();
    let Some(team) = Team::load(conn, ctx, department, &query).await? else {
        let found = ctx.company.organisation.department(department);
        let selling = found.filter(|department| department.kind == DepartmentKind::Sales);
        waiting.extend(selling.map(|department| no_goals(scene, &department.name)));
        return Ok(());
    };
    waiting.extend(waiting::list(ctx, &team.board, department, &team.rows));
    let name = team.board.department(department).map_or_else(String::new, |d| d.name.clone());
    overview.led.push(Led {
        name,
        href,
        what: team.choice.chosen.name(ctx.l),
        summary: team_pages::summary(conn, ctx, &team, &query).await?,
        behind: behind(Reader::of(ctx), &team.rows),
    });
    Ok(())
}

fn no_goals(scene: &Scene<'_>, name: &str) -> Waiting {
    Waiting {
        icon: "target",
        href: "/goals/new".to_owned(),
        title: scene.ctx.l.tr("home-no-goals", &[("name", name.into())]),
        text: scene.ctx.l.t("team-empty-text"),
    }
}

fn behind(reader: Reader<'_>, rows: &[Row]) -> Vec<GoalCard> {
    let mut goals: Vec<&GoalFigures> =
        rows.iter().filter_map(|row| row.goal.as_ref()).filter(|g| is_behind(g)).collect();
    goals.sort_by_key(|goal| {
        (view::urgency(goal.figures.status), goal.figures.pace, Reverse(goal.figures.effective_target))
    });
    goals.into_iter().take(SHORT).map(|goal| GoalCard::new(reader, goal)).collect()
}

/// The goals of one's own department and of the company.
async fn around(conn: &mut PgConnection, scene: &Scene<'_>) -> Result<Vec<Around>> {
    let ctx = scene.ctx;
    let own = ctx.actor.department.as_ref().map(|(id, _)| *id).filter(|id| !ctx.actor.leads_department(*id));
    let mut goals = scene.goals_of_period();
    goals.retain(|goal| match goal.subject {
        Subject::Department(id) => Some(id) == own,
        Subject::Company(_) => true,
        Subject::Person(_) => false,
    });
    goals.sort_by(view::by_weight);
    // the weightiest goal of each
    let mut seen = Vec::new();
    goals.retain(|goal| {
        !seen.contains(&goal.subject) && {
            seen.push(goal.subject);
            true
        }
    });
    goals.sort_by_key(|goal| matches!(goal.subject, Subject::Company(_)));
    let figures = service::figures(conn, &ctx.company, AsOf::now(ctx.today), goals).await?;
    let reader = Reader::of(ctx);
    let around = figures
        .iter()
        .map(|goal| Around { name: goal.goal.subject_name.clone(), card: GoalCard::new(reader, goal) });
    Ok(around.collect())
}
