//! `/goals/{id}/revise`: a new target with its reason, and what it does to the pace before it is saved.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use chrono::{Days, NaiveDate};
use serde::Deserialize;
use sqlx::PgConnection;

use super::wording::{self, Denomination};
use super::{Goal, GoalVersion, ReasonClass, RevisionDraft, changes, subjects};
use crate::attainment::service::{self, AsOf, GoalFigures};
use crate::attainment::view::{GoalCard, Measure, Reader};
use crate::error::{AppError, Found, Result};
use crate::kernel::id::GoalId;
use crate::kernel::period::Period;
use crate::market::{self, NoteId};
use crate::web::context::Ctx;
use crate::web::form::{Form, FormErrors};
use crate::web::list::ListQuery;
use crate::web::page::Page;
use crate::web::shell::Shell;
use crate::web::toast::Notice;
use crate::web::ui::Choice;

/// Notes about the market are offered as evidence for so long, and so many of them.
const NEWS_FOR: Days = Days::new(180);
const NOTES_OFFERED: i64 = 12;

/// What the form sends.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RevisionForm {
    target: String,
    class: String,
    reason: String,
    effective_on: String,
    /// Sent when it is for the days from then on only.
    from_here: bool,
    version: i64,
    /// Notes about the market that it rests on.
    evidence: Vec<NoteId>,
}

impl RevisionForm {
    fn check(&self, unit: Denomination) -> std::result::Result<RevisionDraft, FormErrors> {
        let mut errors = FormErrors::default();
        let target = errors.check("target", unit.read(&self.target));
        let class = errors.check("class", ReasonClass::from_code(&self.class).ok_or("error-required"));
        let effective = self.effective_on.parse::<NaiveDate>().map_err(|_| "error-goal-date");
        let effective_on = errors.check("effective_on", effective);
        if self.reason.trim().is_empty() {
            errors.add("reason", "error-required");
        }
        let draft = target.zip(class).zip(effective_on);
        errors.or(draft.map(|((target, class), effective_on)| RevisionDraft {
            target,
            effective_on,
            from_here: self.from_here,
            class,
            reason: self.reason.clone(),
            evidence: self.evidence.clone(),
        }))
    }
}

#[derive(Template)]
#[template(path = "goals/revise.html")]
struct RevisePage {
    shell: Shell,
    id: GoalId,
    card: GoalCard,
    current: String,
    currency: &'static str,
    form: RevisionForm,
    errors: FormErrors,
    classes: Vec<Choice>,
    effects: Vec<Effect>,
    /// Who changed it meanwhile, and to what.
    conflict: Option<String>,
    notes: Vec<Evidence>,
}

/// A note that the revision can rest on.
struct Evidence {
    id: NoteId,
    label: String,
    checked: bool,
}

/// A figure before and after.
struct Effect {
    label: String,
    before: String,
    after: String,
}

/// `GET /goals/{id}/revise?target=&effective_on=`: with a target, also what it does.
pub async fn show(ctx: Ctx, Path(id): Path<GoalId>, query: ListQuery) -> Result<Response> {
    let mut conn = ctx.app.read().await?;
    let goal = subjects::settable(&mut conn, &ctx, id).await?;
    let day = wording::effective_day(&goal.period, ctx.today).to_string();
    let (unit, asked) = (Denomination::of(&goal, &ctx.company), query.text("target").to_owned());
    let form = RevisionForm {
        target: unit.read(query.text("target")).map_or(asked, |target| unit.typed(ctx.l, target)),
        class: query.text("class").to_owned(),
        reason: query.text("reason").to_owned(),
        effective_on: query.get("effective_on").map_or(day, ToOwned::to_owned),
        from_here: query.get("from_here") == Some("true"),
        version: goal.version,
        evidence: Vec::new(),
    };
    Ok(Page::ok(page(&mut conn, &ctx, goal, form, FormErrors::default()).await?).into_response())
}

async fn page(
    conn: &mut PgConnection,
    ctx: &Ctx,
    goal: Goal,
    form: RevisionForm,
    errors: FormErrors,
) -> Result<RevisePage> {
    let (id, unit, at) = (goal.id, Denomination::of(&goal, &ctx.company), AsOf::now(ctx.today));
    let reader = Reader::of(ctx);
    let measure = Measure::of(reader, &goal);
    let current = measure.amount(goal.target());
    let after = revised(&goal, unit, &form, ctx);
    let before = service::figures(conn, &ctx.company, at, vec![goal]).await?.pop().found()?;
    // worked out by itself: what is not saved is not to be remembered
    let after = after.map(|goal| {
        let figures = service::evaluate(&ctx.company, at, &goal, before.reached);
        GoalFigures { goal: goal.into(), figures, range: None, reached: before.reached }
    });
    let effects = after.map(|after| effects(ctx, measure, &before, &after)).unwrap_or_default();
    let class =
        |class: ReasonClass| Choice::new(class.code(), ctx.l.t(&format!("goals-class-{}", class.code())));
    let notes = evidence(conn, ctx, &form).await?;
    Ok(RevisePage {
        notes,
        shell: ctx.shell("goals"),
        id,
        card: GoalCard::new(reader, &before),
        current,
        currency: unit.code(),
        form,
        errors,
        classes: ReasonClass::ALL.into_iter().map(class).collect(),
        effects,
        conflict: None,
    })
}

/// The latest notes about the market, to choose from.
async fn evidence(conn: &mut PgConnection, ctx: &Ctx, form: &RevisionForm) -> Result<Vec<Evidence>> {
    let from = ctx.today.checked_sub_days(NEWS_FOR).unwrap_or(ctx.today);
    let Some(days) = Period::from_inclusive(from, ctx.today) else { return Ok(Vec::new()) };
    let notes = market::within(conn, days, NOTES_OFFERED).await?;
    let offered = notes.into_iter().map(|note| Evidence {
        id: note.id,
        checked: form.evidence.contains(&note.id),
        label: format!("{} · {}", ctx.l.date(note.draft.happened_on), note.draft.title),
    });
    Ok(offered.collect())
}

/// The goal as it would be, when the form says enough.
fn revised(goal: &Goal, unit: Denomination, form: &RevisionForm, ctx: &Ctx) -> Option<Goal> {
    let target = unit.read(&form.target).ok()?;
    let effective_on = form.effective_on.parse().ok().filter(|day| goal.period.contains(*day))?;
    let mut after = goal.clone();
    after.versions.push(GoalVersion {
        number: i32::try_from(goal.versions.len()).ok()? + 1,
        target,
        effective_on,
        from_here: form.from_here,
        recorded_at: ctx.now,
        reason_class: None,
        reason: String::new(),
        proposed_by: None,
        approved_by: None,
    });
    (target != goal.target()).then_some(after)
}

fn effects(ctx: &Ctx, measure: Measure, before: &GoalFigures, after: &GoalFigures) -> Vec<Effect> {
    let of = |of: &GoalFigures| {
        let at = &of.figures;
        let per_day = at.needed_per_day.map_or_else(|| "–".to_owned(), |needed| measure.amount(needed));
        let percent = at.attainment.map_or_else(|| "–".to_owned(), |pct| ctx.l.pct(pct.whole()));
        [
            measure.amount(at.agreed),
            percent,
            measure.amount(at.expected),
            GoalCard::new(Reader::of(ctx), of).against_short,
            per_day,
        ]
    };
    let keys = ["chart-goal", "goals-attainment", "chart-pace-today", "goals-against-pace", "goals-needed"];
    let rows = keys.into_iter().zip(of(before)).zip(of(after));
    rows.map(|((key, before), after)| Effect { label: ctx.l.t(key), before, after }).collect()
}

/// `POST /goals/{id}/revise`
pub async fn save(ctx: Ctx, Path(id): Path<GoalId>, Form(form): Form<RevisionForm>) -> Result<Response> {
    let mut tx = ctx.app.begin().await?;
    let goal = subjects::settable(&mut tx, &ctx, id).await?;
    let draft = match form.check(Denomination::of(&goal, &ctx.company)) {
        Ok(draft) => draft,
        Err(errors) => {
            return Ok(Page::invalid(page(&mut tx, &ctx, goal, form, errors).await?).into_response());
        }
    };
    match changes::revise(&mut tx, &ctx, &goal, form.version, &draft).await {
        Ok(()) => {}
        Err(AppError::Invalid(errors)) => {
            return Ok(Page::invalid(page(&mut tx, &ctx, goal, form, errors).await?).into_response());
        }
        Err(AppError::Conflict("error-stale")) => {
            // or a crowd of these would hold every connection and wait for another
            tx.rollback().await?;
            return conflict(&ctx, id, form).await;
        }
        Err(other) => return Err(other),
    }
    tx.commit().await?;
    let notice = Notice::new("goals-toast-revised").with("name", goal.subject_name);
    Ok(notice.redirect(&format!("/goals/{id}")))
}

/// Shows what the other one saved beside what was typed; sending again is then a decision.
async fn conflict(ctx: &Ctx, id: GoalId, typed: RevisionForm) -> Result<Response> {
    let mut conn = ctx.app.read().await?;
    let goal = subjects::settable(&mut conn, ctx, id).await?;
    let measure = Measure::of(Reader::of(ctx), &goal);
    let theirs = goal.current().cloned().found()?;
    let name = theirs.proposed_by.unwrap_or_else(|| ctx.l.t("unknown"));
    let unit = Denomination::of(&goal, &ctx.company);
    let yours =
        unit.read(&typed.target).map_or_else(|_| typed.target.clone(), |target| measure.amount(target));
    let said = ctx.l.tr(
        "goals-conflict",
        &[
            ("name", name.into()),
            ("at", ctx.l.datetime(theirs.recorded_at, ctx.company.zone).into()),
            ("theirs", measure.amount(theirs.target).into()),
            ("yours", yours.into()),
        ],
    );
    let form = RevisionForm { version: goal.version, ..typed };
    let page = page(&mut conn, ctx, goal, form, FormErrors::default()).await?;
    Ok(Page::conflict(RevisePage { conflict: Some(said), ..page }).into_response())
}
