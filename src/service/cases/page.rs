//! `/cases/{id}`: one case, what was promised, its steps and what is said about it.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use super::forms::StepForm;
use super::list_page::{state_name, time};
use super::steps::Step;
use super::talk::{self, CommentForm};
use super::{Case, CaseId, find, store, take};
use crate::error::{AppError, Found, Result};
use crate::kernel::id::CustomerId;
use crate::notices;
use crate::service::{Hand, scope};
use crate::talks::Talk;
use crate::web::context::Ctx;
use crate::web::form::{Form, FormErrors};
use crate::web::page::Page;
use crate::web::shell::Shell;
use crate::web::toast::Notice;
use crate::web::ui::{Choice, Link};

#[derive(Template)]
#[template(path = "service/case.html")]
struct CasePage {
    shell: Shell,
    id: CaseId,
    customer: CustomerId,
    customer_name: String,
    title: String,
    description: String,
    state: String,
    tone: &'static str,
    overdue: bool,
    promised: Vec<(String, String)>,
    facts: Vec<(String, String)>,
    deal: Option<Link>,
    /// Steps that say something, and those that are only taken.
    saying: Vec<&'static str>,
    plain: Vec<&'static str>,
    assigns: bool,
    undoable: bool,
    departments: Vec<Choice>,
    form: StepForm,
    errors: FormErrors,
    talk: Talk,
}

impl CasePage {
    fn crumbs(&self) -> Vec<Link> {
        let title = self.shell.l.t("nav-cases");
        vec![Link::new("/cases", title), Link::new("", self.title.clone())]
    }

    fn step(&self, code: &str) -> String {
        self.shell.l.t(&format!("service-case-do-{code}"))
    }
}

fn promised(ctx: &Ctx, case: &Case) -> Vec<(String, String)> {
    let standing = &case.standing;
    let at = |moment: DateTime<Utc>| ctx.l.datetime(moment, ctx.company.zone);
    let line = |due: DateTime<Utc>, done: Option<DateTime<Utc>>, minutes: Option<i64>| match done.zip(minutes)
    {
        None => ctx.l.tr("service-by", &[("at", at(due).into())]),
        Some((done, minutes)) => {
            let key = if done <= due { "service-kept" } else { "service-missed" };
            ctx.l.tr(
                key,
                &[("at", at(done).into()), ("time", time(ctx, minutes).into()), ("due", at(due).into())],
            )
        }
    };
    vec![
        (
            ctx.l.t("service-first-reply"),
            line(standing.reply_due, standing.replied_at, standing.reply_minutes),
        ),
        (ctx.l.t("service-solution"), line(standing.solve_due, standing.solved_at, standing.solve_minutes)),
    ]
}

fn facts(ctx: &Ctx, case: &Case) -> Vec<(String, String)> {
    let l = ctx.l;
    let opened = l.datetime(case.standing.opened_at, ctx.company.zone);
    let opener = case.opened_by.clone().unwrap_or_else(|| l.t("service-by-customer"));
    let mut facts = vec![
        (l.t("service-category"), case.category.name(l)),
        (l.t("service-severity"), case.severity.name(l)),
        (l.t("service-owner"), case.owner_name.clone().unwrap_or_else(|| "–".to_owned())),
        (l.t("service-department"), case.department_name.clone()),
        (l.t("service-opened"), format!("{opened} · {opener}")),
        (l.t("service-channel"), case.channel.name(l)),
    ];
    facts.extend(case.product.clone().map(|product| (l.t("deals-product"), product)));
    facts
}

/// The page of a case; with faults when one of its forms comes back.
pub(super) async fn answer(
    conn: &mut PgConnection,
    ctx: &Ctx,
    case: &Case,
    form: Option<StepForm>,
    comment: CommentForm,
    errors: FormErrors,
) -> Result<Response> {
    let failed = !errors.is_empty();
    let page = page(conn, ctx, case, form, comment, errors).await?;
    Ok(if failed { Page::invalid(page) } else { Page::ok(page) }.into_response())
}

async fn page(
    conn: &mut PgConnection,
    ctx: &Ctx,
    case: &Case,
    form: Option<StepForm>,
    comment: CommentForm,
    errors: FormErrors,
) -> Result<CasePage> {
    let (standing, writes) = (&case.standing, case.is_written_by(ctx));
    let steps = if writes { standing.steps() } else { Vec::new() };
    let codes = |saying: bool| {
        let fits = |step: &&Step| step.needs_words() == saying && **step != Step::Assign;
        steps.iter().filter(fits).map(|step| step.code()).collect::<Vec<_>>()
    };
    let departments = ctx.company.organisation.departments.iter();
    let taken = store::steps(conn, case.id).await?;
    Ok(CasePage {
        shell: ctx.shell("cases"),
        id: case.id,
        customer: case.customer,
        customer_name: case.customer_name.clone(),
        title: case.title.clone(),
        description: case.description.clone(),
        state: state_name(ctx, standing.state),
        tone: standing.state.tone(),
        overdue: standing.is_overdue(ctx.now),
        promised: promised(ctx, case),
        facts: facts(ctx, case),
        deal: case
            .deal
            .zip(case.order_no.as_deref())
            .map(|(id, number)| scope::order_link(ctx, id, case.seller, number)),
        saying: codes(true),
        plain: codes(false),
        assigns: steps.contains(&Step::Assign),
        undoable: writes && taken.iter().any(|step| !step.undone),
        departments: departments.map(|one| Choice::new(one.id.to_string(), one.name.clone())).collect(),
        form: form.unwrap_or_else(|| StepForm {
            version: case.version,
            owner: case.owner_name.clone().unwrap_or_default(),
            department: standing.department.to_string(),
            ..StepForm::default()
        }),
        talk: talk::of(conn, ctx, case, comment, &errors).await?,
        errors,
    })
}

/// `GET /cases/{id}`
pub async fn show(ctx: Ctx, Path(id): Path<CaseId>) -> Result<Response> {
    let mut conn = ctx.app.read().await?;
    let case = find(&mut conn, &ctx, id).await?;
    let read = notices::seen(&mut conn, &ctx, &format!("/cases/{id}")).await?;
    let talk = notices::seen(&mut conn, &ctx, &format!("/cases/{id}#talk")).await?;
    let page = page(&mut conn, &ctx, &case, None, CommentForm::default(), FormErrors::default()).await?;
    let shell = page.shell.after_reading(read + talk);
    Ok(Page::ok(CasePage { shell, ..page }).into_response())
}

/// `POST /cases/{id}/steps/{step}`
pub async fn step(
    ctx: Ctx,
    Path((id, step)): Path<(CaseId, String)>,
    Form(form): Form<StepForm>,
) -> Result<Response> {
    let step = Step::from_code(&step).found()?;
    let mut tx = ctx.app.begin().await?;
    let case = find(&mut tx, &ctx, id).await?;
    if !case.is_written_by(&ctx) {
        return Err(AppError::Forbidden);
    }
    let said = match form.read(&ctx, step, &case) {
        Ok(said) => said,
        Err(errors) => {
            return answer(&mut tx, &ctx, &case, Some(form), CommentForm::default(), errors).await;
        }
    };
    let version = form.version;
    take(&mut tx, &Hand::of(&ctx), &case, version, step, &said).await?;
    tx.commit().await?;
    let notice = Notice::new(&format!("service-case-toast-{}", step.code()));
    let undo = (step != Step::Back).then(|| format!("/cases/{id}/steps/back"));
    let notice = match undo {
        Some(undo) => notice.undo(undo, &[("version", (version + 1).to_string())]),
        None => notice,
    };
    Ok(notice.redirect(&format!("/cases/{id}")))
}
