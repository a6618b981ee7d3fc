//! `/goals/new`: a goal for a person, a department or the company.

use askama::Template;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::json;
use sqlx::PgConnection;

use super::subjects::{self, Candidate};
use super::wording::{self, Denomination};
use super::{GoalDraft, GoalFilter, Viewer, list, periods, set};
use crate::attainment::Metric;
use crate::attainment::service::{self, Span};
use crate::attainment::view::{Measure, Reader, period_name};
use crate::audit::{self, Event};
use crate::error::{AppError, Result};
use crate::kernel::id::CategoryId;
use crate::kernel::period::Period;
use crate::kernel::ratio::Pct;
use crate::products;
use crate::web::context::Ctx;
use crate::web::form::{Form, FormErrors};
use crate::web::list::ListQuery;
use crate::web::page::Page;
use crate::web::shell::Shell;
use crate::web::toast::Notice;
use crate::web::ui::Choice;

/// The choice of free dates instead of a period of the calendar.
const FREE: &str = "free";

/// What the form sends.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct GoalForm {
    subject: String,
    metric: String,
    category: String,
    period: String,
    from: String,
    last: String,
    target: String,
}

impl GoalForm {
    fn of(query: &ListQuery, ctx: &Ctx) -> Self {
        let text = |key: &str| query.text(key).to_owned();
        let current = || periods::code(&periods::current(ctx.company.fiscal, ctx.today));
        Self {
            subject: text("subject"),
            metric: query.get("metric").unwrap_or(Metric::Revenue.code()).to_owned(),
            category: text("category"),
            period: query.get("period").map_or_else(current, ToOwned::to_owned),
            from: text("from"),
            last: text("last"),
            target: text("target"),
        }
    }

    fn chosen_period(&self) -> std::result::Result<Period, (&'static str, &'static str)> {
        if self.period != FREE {
            return periods::parse(&self.period).ok_or(("period", "error-required"));
        }
        let day = |text: &str, field| text.parse().map_err(|_| (field, "error-goal-date"));
        let (from, last) = (day(&self.from, "from")?, day(&self.last, "last")?);
        Period::from_inclusive(from, last).ok_or(("last", "error-goal-order"))
    }

    /// Everything but whose goal it is.
    fn check(&self, ctx: &Ctx, errors: &mut FormErrors) -> Option<(Metric, Option<CategoryId>, Period, i64)> {
        let metric = errors.check("metric", Metric::from_code(&self.metric).ok_or("error-required"));
        let category = if self.category.is_empty() { Ok(None) } else { self.category.parse().map(Some) };
        let category = errors.check("category", category.map_err(|_| "error-goal-category"));
        let period = self.chosen_period().map_err(|(field, key)| errors.add(field, key)).ok();
        let unit = Denomination { metric: metric.unwrap_or(Metric::Revenue), currency: ctx.company.currency };
        let target = errors.check("target", unit.read(&self.target));
        Some((metric?, category?, period?, target?))
    }
}

#[derive(Template)]
#[template(path = "goals/new.html")]
struct NewPage {
    shell: Shell,
    form: GoalForm,
    errors: FormErrors,
    metrics: Vec<Choice>,
    categories: Vec<Choice>,
    periods: Vec<Choice>,
    currency: &'static str,
    before: Option<Earlier>,
}

/// How the period before went, to set the goal by.
struct Earlier {
    period: String,
    target: Option<String>,
    actual: String,
    percent: Option<String>,
    a_year_ago: Option<(String, String)>,
}

/// `GET /goals/new?person=|department=|subject=&metric=&period=&target=`
pub async fn show(ctx: Ctx, query: ListQuery) -> Result<Response> {
    let mut form = GoalForm::of(&query, &ctx);
    let viewer = Viewer::new(&ctx.actor, ctx.today);
    let asked = subjects::by_id(&mut *ctx.app.read().await?, viewer, &query).await?;
    if let Some(candidate) = asked {
        form.subject = candidate.written();
    }
    let metric = Metric::from_code(&form.metric).unwrap_or(Metric::Revenue);
    let unit = Denomination { metric, currency: ctx.company.currency };
    if let Ok(target) = unit.read(&form.target) {
        form.target = unit.typed(ctx.l, target);
    }
    Ok(Page::ok(page(ctx, form, FormErrors::default()).await?).into_response())
}

async fn page(ctx: Ctx, form: GoalForm, errors: FormErrors) -> Result<NewPage> {
    let mut conn = ctx.app.read().await?;
    let viewer = Viewer::new(&ctx.actor, ctx.today);
    let subject = subjects::resolve(&mut conn, viewer, &form.subject).await?.ok();
    let before = match subject {
        Some(candidate) => before(&mut conn, &ctx, &form, &candidate).await?,
        None => None,
    };
    let categories = products::categories(&mut conn).await?;
    let categories = categories.into_iter().map(|(id, name)| Choice::new(id.to_string(), name)).collect();
    let fiscal = ctx.company.fiscal;
    let asked = periods::parse(&form.period);
    let mut choices = periods::choices(ctx.l, fiscal, &periods::around(fiscal, ctx.today), asked.as_ref());
    choices.push(Choice::new(FREE, ctx.l.t("goals-free-dates")));
    Ok(NewPage {
        shell: ctx.shell("goals"),
        metrics: wording::metrics(ctx.l),
        categories,
        periods: choices,
        currency: ctx.company.currency.code(),
        before,
        form,
        errors,
    })
}

/// The period before of the same subject and metric: its goal, if there was one, and what came of it.
async fn before(
    conn: &mut PgConnection,
    ctx: &Ctx,
    form: &GoalForm,
    candidate: &Candidate,
) -> Result<Option<Earlier>> {
    let (Some(metric), Ok(period)) = (Metric::from_code(&form.metric), form.chosen_period()) else {
        return Ok(None);
    };
    let Some(last) = periods::previous(ctx.company.fiscal, &period) else { return Ok(None) };
    let category = form.category.parse::<CategoryId>().ok();
    let filter = GoalFilter {
        subjects: Some(vec![candidate.subject]),
        metric: Some(metric),
        category: Some(category),
        period: Some(last),
        ..GoalFilter::default()
    };
    let goal = list(conn, Viewer::new(&ctx.actor, ctx.today), &filter).await?.pop();
    let span = |period| Span { subject: candidate.subject, category, period };
    let year_ago = periods::year_before(&period);
    let spans: Vec<Span> = std::iter::once(last).chain(year_ago).map(span).collect();
    let totals = service::totals(conn, &spans).await?;
    let actual = totals.first().map_or(0, |totals| totals.of(metric));
    let (measure, name) =
        (Measure::new(Reader::of(ctx), metric), |p: &Period| period_name(ctx.l, ctx.company.fiscal, p));
    let percent = goal.as_ref().and_then(|goal| Pct::of(actual, goal.target()));
    Ok(Some(Earlier {
        period: name(&last),
        target: goal.map(|goal| measure.amount(goal.target())),
        actual: measure.amount(actual),
        percent: percent.map(|pct| ctx.l.pct(pct.whole())),
        a_year_ago: year_ago.zip(totals.get(1)).map(|(p, t)| (name(&p), measure.amount(t.of(metric)))),
    }))
}

/// `POST /goals/new`
pub async fn create(ctx: Ctx, Form(form): Form<GoalForm>) -> Result<Response> {
    let mut tx = ctx.app.begin().await?;
    let viewer = Viewer::new(&ctx.actor, ctx.today);
    let mut errors = FormErrors::default();
    let whose = errors.check("subject", subjects::resolve(&mut tx, viewer, &form.subject).await?);
    if let Some(candidate) = &whose
        && !subjects::may_set(&mut tx, &ctx.actor, viewer, candidate.subject).await?
    {
        errors.add("subject", "error-goal-not-yours");
    }
    let checked = form.check(&ctx, &mut errors);
    let (candidate, (metric, category, period, target)) = match errors.or(whose.zip(checked)) {
        Ok(valid) => valid,
        Err(errors) => return Ok(Page::invalid(page(ctx, form, errors).await?).into_response()),
    };
    let draft = GoalDraft { subject: candidate.subject, metric, category, period, target };
    let set = set(&mut tx, &draft, ctx.company.currency, Some(ctx.actor.user), ctx.now).await;
    let id = match set {
        Ok(id) => id,
        Err(AppError::Invalid(errors)) => {
            drop(tx);
            return Ok(Page::invalid(page(ctx, form, errors).await?).into_response());
        }
        Err(other) => return Err(other),
    };
    let details =
        json!({ "subject": candidate.reference, "metric": metric, "target": target, "period": period });
    let event = Event::new("goal.set", "goal", id.0).with(details);
    audit::record(&mut tx, Some(ctx.actor.user), ctx.now, event).await?;
    tx.commit().await?;
    Ok(Notice::new("goals-toast-set")
        .with("name", candidate.name)
        .undo(format!("/goals/{id}/remove"), &[("version", "1".to_owned())])
        .redirect(&format!("/goals/{id}")))
}
