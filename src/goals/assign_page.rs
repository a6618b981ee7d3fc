//! `/goals/{id}/assign`: closing the gap between a goal and its parts, by a new goal, by sharing it among the parts,
//! or by another target for the whole. Nothing is adjusted by itself (rule 16).

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use sqlx::PgConnection;

use super::structure::{self, Structure};
use super::wording::{self, CoverageView, Denomination};
use super::{
    Goal, GoalFilter, ReasonClass, RevisionDraft, Subject, Viewer, allocation, changes, find, list, periods,
    policy, subjects,
};
use crate::attainment::coverage::{Coverage, Covered};
use crate::attainment::view::{Kind, Measure, Reader, goal_name, period_name};
use crate::error::{AppError, Result};
use crate::kernel::id::GoalId;
use crate::web::context::Ctx;
use crate::web::form::{Form, FormErrors};
use crate::web::page::Page;
use crate::web::shell::Shell;
use crate::web::toast::Notice;

#[derive(Template)]
#[template(path = "goals/assign.html")]
struct AssignPage {
    shell: Shell,
    id: GoalId,
    title: String,
    lead: String,
    cover: CoverageView,
    lacks: bool,
    missing: Vec<(String, String)>,
    new_href: String,
    rows: Vec<Row>,
    may_share: bool,
    reason: String,
    errors: FormErrors,
    lower_href: String,
    lower_to: String,
}

/// A part with what it has and what is proposed.
struct Row {
    id: GoalId,
    version: i64,
    name: String,
    now: String,
    proposed: String,
    difference: String,
    target: String,
}

/// A goal of a department with the goals of its parts.
struct Shared {
    goal: Goal,
    parts: Vec<Goal>,
    structure: Structure,
}

impl Shared {
    async fn load(conn: &mut PgConnection, ctx: &Ctx, id: GoalId) -> Result<Self> {
        let viewer = Viewer::new(&ctx.actor, ctx.today);
        let goal = find(conn, viewer, id).await?;
        let department = goal.subject.department().ok_or(AppError::NotFound)?;
        if !policy::may_plan(&ctx.actor, department) {
            return Err(AppError::Forbidden);
        }
        let structure = structure::of(&ctx.company.organisation, viewer, &goal.period);
        let kind = Kind::of(&goal);
        let filter = GoalFilter {
            subjects: Some(structure.parts(department)),
            metric: Some(kind.metric),
            category: Some(kind.category),
            period: Some(kind.period),
            ..GoalFilter::default()
        };
        Ok(Self { parts: list(conn, viewer, &filter).await?, goal, structure })
    }

    fn targets(&self) -> Vec<i64> {
        self.parts.iter().map(Goal::target).collect()
    }

    /// What each part would have if the whole were shared in proportion to what the parts have now.
    fn proposal(&self, unit: Denomination) -> Vec<i64> {
        let step = allocation::round_step(self.goal.target(), unit.one());
        allocation::apportion(self.goal.target(), &self.targets(), step)
    }

    /// Those directly below who have no goal of this kind.
    fn missing(&self) -> Vec<Subject> {
        let parts = self.goal.subject.department().map(|id| self.structure.parts(id)).unwrap_or_default();
        parts.into_iter().filter(|part| !self.parts.iter().any(|goal| goal.subject == *part)).collect()
    }
}

/// `GET /goals/{id}/assign`
pub async fn show(ctx: Ctx, Path(id): Path<GoalId>) -> Result<Response> {
    let shared = Shared::load(&mut *ctx.app.read().await?, &ctx, id).await?;
    Ok(Page::ok(page(&ctx, &shared, String::new(), FormErrors::default())).into_response())
}

fn page(ctx: &Ctx, shared: &Shared, reason: String, errors: FormErrors) -> AssignPage {
    let (l, goal) = (ctx.l, &shared.goal);
    let (measure, unit) = (Measure::of(Reader::of(ctx), goal), Denomination::of(goal, &ctx.company));
    let targets = shared.targets();
    let sum = targets.iter().fold(0_i64, |sum, part| sum.saturating_add(*part));
    let (lead, lack) = match (Coverage { parent: goal.target(), parts: sum }).state() {
        Covered::Unassigned(lack) => {
            (l.tr("goals-assign-lack", &[("amount", measure.amount(lack).into())]), lack)
        }
        Covered::Buffer(more) => (l.tr("goals-assign-buffer", &[("amount", measure.amount(more).into())]), 0),
        Covered::Exact => (l.t("goals-assign-exact"), 0),
    };
    let proposal = shared.proposal(unit);
    let rows = shared.parts.iter().zip(&proposal).map(|(part, target)| Row {
        id: part.id,
        version: part.version,
        name: part.subject_name.clone(),
        now: measure.amount(part.target()),
        proposed: measure.amount(*target),
        difference: measure.signed(target.saturating_sub(part.target())),
        target: unit.plain(*target),
    });
    AssignPage {
        shell: ctx.shell("goals"),
        id: goal.id,
        title: format!(
            "{} {}, {}",
            goal_name(Reader::of(ctx), goal),
            period_name(l, ctx.company.fiscal, &goal.period),
            goal.subject_name
        ),
        lead,
        cover: wording::coverage(l, measure, goal.target(), targets.clone()),
        lacks: lack > 0,
        missing: missing(ctx, shared, unit, lack),
        new_href: new_href(goal, unit, lack, ""),
        may_share: !targets.is_empty() && proposal != targets,
        rows: rows.collect(),
        reason,
        errors,
        lower_href: format!("/goals/{}/revise?target={}", goal.id, unit.plain(sum)),
        lower_to: measure.amount(sum),
    }
}

fn missing(ctx: &Ctx, shared: &Shared, unit: Denomination, lack: i64) -> Vec<(String, String)> {
    let may = |subject: &Subject| match subject {
        Subject::Person(id) => {
            let member = shared.structure.members.iter().find(|member| member.id == *id);
            member.is_some_and(|member| !member.lead) && Some(*id) != ctx.actor.employee
        }
        _ => true,
    };
    let link = |subject: Subject| {
        let key = match subject {
            Subject::Person(id) => format!("person={id}&"),
            Subject::Department(id) | Subject::Company(id) => format!("department={id}&"),
        };
        (shared.structure.name(subject).to_owned(), new_href(&shared.goal, unit, lack, &key))
    };
    shared.missing().into_iter().filter(may).map(link).collect()
}

fn new_href(goal: &Goal, unit: Denomination, lack: i64, whose: &str) -> String {
    let category = goal.category.as_ref().map(|(id, _)| format!("&category={id}")).unwrap_or_default();
    let (metric, period) = (goal.metric.code(), periods::code(&goal.period));
    let target = if lack > 0 { format!("&target={}", unit.plain(lack)) } else { String::new() };
    let basis = goal.terms.basis.code();
    format!("/goals/new?{whose}metric={metric}&period={period}&basis={basis}{category}{target}")
}

/// `POST /goals/{id}/assign`: the proposal as it was shown, as a revision of every part that changes.
pub async fn save(
    ctx: Ctx,
    Path(id): Path<GoalId>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response> {
    let mut tx = ctx.app.begin().await?;
    let shared = Shared::load(&mut tx, &ctx, id).await?;
    let field = |name: &str| fields.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    let reason = field("reason").unwrap_or_default().trim().to_owned();
    if reason.is_empty() {
        let errors = FormErrors::one("reason", "error-required");
        return Ok(Page::invalid(page(&ctx, &shared, reason, errors)).into_response());
    }
    let unit = Denomination::of(&shared.goal, &ctx.company);
    let mut changed = 0_usize;
    for part in &shared.parts {
        let (target, version) =
            (field(&format!("target-{}", part.id)), field(&format!("version-{}", part.id)));
        let (Some(target), Some(version)) = (target, version) else { continue };
        let target = unit.read(target).map_err(AppError::BadRequest)?;
        let version = version.parse().map_err(|_| AppError::BadRequest("error-form"))?;
        if target != part.target() {
            share(&mut tx, &ctx, part, version, target, &reason).await?;
            changed += 1;
        }
    }
    tx.commit().await?;
    let back = format!("/goals/{id}");
    Ok(Notice::new("goals-toast-shared").with("n", changed.to_string()).redirect(&back))
}

async fn share(
    conn: &mut PgConnection,
    ctx: &Ctx,
    part: &Goal,
    version: i64,
    target: i64,
    reason: &str,
) -> Result<()> {
    let viewer = Viewer::new(&ctx.actor, ctx.today);
    if !subjects::may_set(conn, &ctx.actor, viewer, part.subject).await? {
        return Err(AppError::Forbidden);
    }
    let draft = RevisionDraft {
        target,
        effective_on: wording::effective_day(&part.period, ctx.today),
        from_here: false,
        class: ReasonClass::Organisation,
        reason: reason.to_owned(),
        evidence: Vec::new(),
    };
    changes::revise(conn, ctx, part, version, &draft).await
}
