//! `/goals/new`: a goal for a person, a department or the company; set, or proposed to the one whose goal it is
//! (`agreements::new_page`).

use askama::Template;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use sqlx::PgConnection;

use super::wording::{self, Denomination};
use super::{GoalDraft, GoalFilter, Subject, Viewer, changes, list, periods, policy, subjects};
use crate::attainment::Metric;
use crate::attainment::service::{self, Span};
use crate::attainment::view::{Kind, Measure, Reader, period_name};
use crate::error::{AppError, Result};
use crate::kernel::basis::Basis;
use crate::kernel::period::{Period, PeriodKind};
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
    /// When a sale counts; the company's choice while it is empty.
    basis: String,
    /// Why, for the one it is proposed to.
    pub(super) reason: String,
    /// `draft` where it is not proposed yet.
    #[serde(rename = "as")]
    pub(super) how: String,
}

impl GoalForm {
    /// The form as an address fills it in.
    pub(super) fn of(query: &ListQuery, ctx: &Ctx) -> Self {
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
            basis: query.get("basis").unwrap_or(ctx.company.basis.code()).to_owned(),
            reason: text("reason"),
            how: String::new(),
        }
    }

    /// A goal between free dates, as files and programs say it.
    pub(super) fn dated(metric: &str, category: &str, (from, last): (&str, &str), target: &str) -> Self {
        Self {
            metric: metric.trim().to_owned(),
            category: category.to_owned(),
            period: FREE.to_owned(),
            from: from.trim().to_owned(),
            last: last.trim().to_owned(),
            target: target.to_owned(),
            ..Self::default()
        }
    }

    /// The same for the person of that employee number.
    #[must_use]
    pub(super) fn for_subject(self, subject: String) -> Self {
        Self { subject, ..self }
    }

    /// The same for the next period, unless the address names one: that is what is still open to be agreed on.
    #[must_use]
    pub(super) fn for_next_period(self, query: &ListQuery, ctx: &Ctx) -> Self {
        let fiscal = ctx.company.fiscal;
        if query.get("period").is_some() {
            return self;
        }
        let next = fiscal.next(PeriodKind::Quarter, &periods::current(fiscal, ctx.today));
        Self { period: periods::code(&next), ..self }
    }

    /// Whose goal it is meant to be, as typed.
    pub(super) fn subject(&self) -> &str {
        &self.subject
    }

    fn kind(&self) -> Option<Kind> {
        let metric = Metric::from_code(&self.metric)?;
        Some(Kind { metric, category: self.category.parse().ok(), period: self.chosen_period().ok()? })
    }

    fn chosen_period(&self) -> std::result::Result<Period, (&'static str, &'static str)> {
        if self.period != FREE {
            return periods::parse(&self.period).ok_or(("period", "error-required"));
        }
        let day = |text: &str, field| text.parse().map_err(|_| (field, "error-goal-date"));
        let (from, last) = (day(&self.from, "from")?, day(&self.last, "last")?);
        Period::from_inclusive(from, last).ok_or(("last", "error-goal-order"))
    }

    /// The goal for `subject`, once that is known.
    pub(super) fn check(
        &self,
        ctx: &Ctx,
        errors: &mut FormErrors,
        subject: Option<Subject>,
    ) -> Option<GoalDraft> {
        let metric = errors.check("metric", Metric::from_code(&self.metric).ok_or("error-required"));
        let category = if self.category.is_empty() { Ok(None) } else { self.category.parse().map(Some) };
        let category = errors.check("category", category.map_err(|_| "error-goal-category"));
        if category.flatten().is_some() && metric.is_some_and(|metric| !metric.is_of_sales()) {
            errors.add("category", "error-goal-no-category");
        }
        let period = self.chosen_period().map_err(|(field, key)| errors.add(field, key)).ok();
        let unit = Denomination { metric: metric.unwrap_or(Metric::Revenue), currency: ctx.company.currency };
        let target = errors.check("target", unit.read(&self.target));
        let basis = errors.check("basis", wording::read_basis(&self.basis)).flatten();
        let (subject, metric, category) = (subject?, metric?, category?);
        Some(GoalDraft { subject, metric, category, period: period?, target: target?, basis })
    }
}

#[derive(Template)]
#[template(path = "goals/new.html")]
pub(super) struct NewPage {
    shell: Shell,
    form: GoalForm,
    errors: FormErrors,
    metrics: Vec<Choice>,
    categories: Vec<Choice>,
    periods: Vec<Choice>,
    bases: Vec<Choice>,
    currency: &'static str,
    before: Option<Earlier>,
    /// Whether the reader sets goals, and not only proposes their own.
    sets_goals: bool,
}

/// How the period before went, to set the goal by.
pub(super) struct Earlier {
    /// Its name.
    pub(super) period: String,
    /// Its goal, if there was one.
    pub(super) target: Option<String>,
    /// What came of it.
    pub(super) actual: String,
    /// As a share of the goal.
    pub(super) percent: Option<String>,
    /// The same period of the year before, and what came of it.
    pub(super) a_year_ago: Option<(String, String)>,
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

/// The page with what was typed.
pub(super) async fn page(ctx: Ctx, form: GoalForm, errors: FormErrors) -> Result<NewPage> {
    let mut conn = ctx.app.read().await?;
    let viewer = Viewer::new(&ctx.actor, ctx.today);
    let subject = subjects::resolve(&mut conn, viewer, &form.subject).await?.ok();
    let before = match subject {
        Some(candidate) => match form.kind() {
            Some(kind) => {
                let basis = Basis::from_code(&form.basis).unwrap_or(ctx.company.basis);
                before(&mut conn, &ctx, candidate.subject, (kind, basis)).await?
            }
            None => None,
        },
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
        bases: wording::bases(ctx.l),
        currency: ctx.company.currency.code(),
        before,
        sets_goals: policy::sets_goals(&ctx.actor),
        form,
        errors,
    })
}

/// The period before of the same subject and metric: its goal, if there was one, and what came of it.
pub(super) async fn before(
    conn: &mut PgConnection,
    ctx: &Ctx,
    subject: Subject,
    (kind, basis): (Kind, Basis),
) -> Result<Option<Earlier>> {
    let Kind { metric, category, period } = kind;
    let Some(last) = periods::previous(ctx.company.fiscal, &period) else { return Ok(None) };
    let filter = GoalFilter {
        subjects: Some(vec![subject]),
        metric: Some(metric),
        category: Some(category),
        period: Some(last),
        ..GoalFilter::default()
    };
    let goal = list(conn, Viewer::new(&ctx.actor, ctx.today), &filter).await?.pop();
    let span = |period| Span { subject, category, period, basis };
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
    let checked = form.check(&ctx, &mut errors, whose.as_ref().map(|candidate| candidate.subject));
    let (candidate, draft) = match errors.or(whose.zip(checked)) {
        Ok(valid) => valid,
        Err(errors) => return Ok(Page::invalid(page(ctx, form, errors).await?).into_response()),
    };
    let set = changes::set(&mut tx, &ctx, &draft, &form.reason).await;
    let id = match set {
        Ok(id) => id,
        Err(AppError::Invalid(errors)) => {
            drop(tx);
            return Ok(Page::invalid(page(ctx, form, errors).await?).into_response());
        }
        Err(other) => return Err(other),
    };
    tx.commit().await?;
    Ok(Notice::new("goals-toast-set")
        .with("name", candidate.name)
        .undo(format!("/goals/{id}/remove"), &[("version", "1".to_owned())])
        .redirect(&format!("/goals/{id}")))
}
