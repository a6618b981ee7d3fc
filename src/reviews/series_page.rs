//! `/reviews/series/…`: the form of a standing meeting.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use chrono::{Days, Weekday};
use sqlx::PgConnection;

use super::forms::SeriesForm;
use super::meeting_posts::VersionForm;
use super::policy::{self, Part};
use super::{Hand, Series, SeriesId, flow, store};
use crate::error::{AppError, Found, Result};
use crate::web::context::Ctx;
use crate::web::form::{Form, FormErrors};
use crate::web::list::ListQuery;
use crate::web::page::Page;
use crate::web::shell::Shell;
use crate::web::stale::Clash;
use crate::web::toast::Notice;
use crate::web::ui::Choice;

#[derive(Template)]
#[template(path = "reviews/series.html")]
struct SeriesPage {
    shell: Shell,
    id: Option<SeriesId>,
    ended: bool,
    may_change: bool,
    form: SeriesForm,
    errors: FormErrors,
    departments: Vec<Choice>,
    rhythms: Vec<Choice>,
    weekdays: Vec<Choice>,
    /// Who takes part now.
    members: String,
    people: Vec<String>,
    clashes: Vec<Clash>,
    stale: bool,
}

impl SeriesPage {
    fn title(&self) -> String {
        self.shell.l.t(if self.id.is_some() { "review-series" } else { "review-new" })
    }

    fn action(&self) -> String {
        self.id.map_or_else(|| "/reviews/series/new".to_owned(), |id| format!("/reviews/series/{id}"))
    }
}

fn page(ctx: &Ctx, series: Option<&Series>, form: SeriesForm, errors: FormErrors) -> SeriesPage {
    let organisation = &ctx.company.organisation;
    let offered = organisation.departments.iter().filter(|department| {
        policy::may_make(&ctx.actor, department.id)
            || series.is_some_and(|series| series.department == department.id)
    });
    let members = series.map(|series| policy::members(organisation, series, ctx.today)).unwrap_or_default();
    let members: Vec<String> = members.into_iter().map(|(_, name)| name).collect();
    let may_change = series.is_none_or(|series| policy::may_make(&ctx.actor, series.department));
    let rhythms = ["weekly", "workday", "monthday"];
    SeriesPage {
        shell: ctx.shell("reviews"),
        id: series.map(|series| series.id),
        ended: series.is_some_and(|series| series.ended),
        may_change,
        departments: offered
            .map(|department| Choice::new(department.id.to_string(), &department.name))
            .collect(),
        rhythms: rhythms.map(|code| Choice::new(code, ctx.l.t(&format!("review-rhythm-{code}")))).into(),
        weekdays: weekdays(ctx),
        members: members.join(", "),
        people: organisation
            .people_on(ctx.today)
            .map(|person| person.name)
            .filter(|_| may_change)
            .take(500)
            .collect(),
        form,
        errors,
        clashes: Vec::new(),
        stale: false,
    }
}

/// The weekdays on which people work.
fn weekdays(ctx: &Ctx) -> Vec<Choice> {
    let monday = ctx.today.week(Weekday::Mon).first_day();
    let working = (1_u32..=7).filter(|day| !ctx.company.calendar.weekend.contains(day));
    let named = working.map(|day| {
        let date = monday + Days::new(u64::from(day) - 1);
        Choice::new(day.to_string(), ctx.l.weekday(date))
    });
    named.collect()
}

/// `GET /reviews/series/new?department=`
pub async fn new(ctx: Ctx, query: ListQuery) -> Response {
    let home = ctx.actor.department.as_ref().map(|(id, _)| id.to_string()).unwrap_or_default();
    let form = SeriesForm {
        department: query.get("department").map_or(home, str::to_owned),
        rhythm: "workday".to_owned(),
        weekday: "1".to_owned(),
        workday: "3".to_owned(),
        monthday: "15".to_owned(),
        ..SeriesForm::default()
    };
    Page::ok(page(&ctx, None, form, FormErrors::default())).into_response()
}

/// `POST /reviews/series/new`
pub async fn create(ctx: Ctx, Form(form): Form<SeriesForm>) -> Result<Response> {
    let draft = match form.read(&ctx.actor, &ctx.company, ctx.today) {
        Ok(draft) => draft,
        Err(errors) => return Ok(Page::invalid(page(&ctx, None, form, errors)).into_response()),
    };
    let mut tx = ctx.app.begin().await?;
    let id = flow::make(&mut tx, &ctx.company, &Hand::of(&ctx), &draft).await?;
    let first = store::planned(&mut tx, id).await?;
    tx.commit().await?;
    let undo = format!("/reviews/series/{id}/end");
    let notice = Notice::new("review-toast-made").undo(undo, &[("version", "1".to_owned())]);
    Ok(notice.redirect(&first.map_or_else(|| "/reviews".to_owned(), |first| super::href(first.id))))
}

/// A series that the reader knows of.
async fn seen(conn: &mut PgConnection, ctx: &Ctx, id: SeriesId) -> Result<Series> {
    let series = store::find_series(conn, id).await?.found()?;
    let part: Option<Part> = policy::part(&ctx.actor, &ctx.company.organisation, &series, ctx.today);
    part.map(|_| series).found()
}

async fn permitted(conn: &mut PgConnection, ctx: &Ctx, id: SeriesId) -> Result<Series> {
    let series = seen(conn, ctx, id).await?;
    if policy::may_make(&ctx.actor, series.department) { Ok(series) } else { Err(AppError::Forbidden) }
}

/// `GET /reviews/series/{id}`: to read, and to change for those who make meetings of the department.
pub async fn edit(ctx: Ctx, Path(id): Path<SeriesId>) -> Result<Response> {
    let series = seen(&mut *ctx.app.read().await?, &ctx, id).await?;
    let form = SeriesForm::of(&ctx.company, &series);
    Ok(Page::ok(page(&ctx, Some(&series), form, FormErrors::default())).into_response())
}

/// `POST /reviews/series/{id}`
pub async fn save(ctx: Ctx, Path(id): Path<SeriesId>, Form(form): Form<SeriesForm>) -> Result<Response> {
    let mut tx = ctx.app.begin().await?;
    let series = permitted(&mut tx, &ctx, id).await?;
    let draft = match form.read(&ctx.actor, &ctx.company, ctx.today) {
        Ok(draft) => draft,
        Err(errors) => return Ok(Page::invalid(page(&ctx, Some(&series), form, errors)).into_response()),
    };
    let saved = flow::change(&mut tx, &ctx.company, &Hand::of(&ctx), (&series, form.version), &draft).await?;
    if saved.is_none() {
        let clashes = form.clashes(ctx.l, &ctx.company, &series);
        let form = SeriesForm { version: series.version, ..form };
        let page = page(&ctx, Some(&series), form, FormErrors::default());
        return Ok(Page::conflict(SeriesPage { stale: true, clashes, ..page }).into_response());
    }
    tx.commit().await?;
    Ok(Notice::new("toast-saved").redirect(&format!("/reviews/series/{id}")))
}

async fn turn(ctx: &Ctx, id: SeriesId, version: i64, ends: bool) -> Result<()> {
    let mut tx = ctx.app.begin().await?;
    let series = permitted(&mut tx, ctx, id).await?;
    flow::end(&mut tx, &ctx.company, &Hand::of(ctx), (&series, version), ends).await?;
    tx.commit().await?;
    Ok(())
}

/// `POST /reviews/series/{id}/end`: no more meetings.
pub async fn end(ctx: Ctx, Path(id): Path<SeriesId>, Form(form): Form<VersionForm>) -> Result<Response> {
    turn(&ctx, id, form.version, true).await?;
    let undo = format!("/reviews/series/{id}/resume");
    let fields = [("version", (form.version + 1).to_string())];
    Ok(Notice::new("review-toast-ended").undo(undo, &fields).redirect("/reviews"))
}

/// `POST /reviews/series/{id}/resume`: meetings go on.
pub async fn resume(ctx: Ctx, Path(id): Path<SeriesId>, Form(form): Form<VersionForm>) -> Result<Response> {
    turn(&ctx, id, form.version, false).await?;
    Ok(Notice::new("review-toast-resumed").redirect(&format!("/reviews/series/{id}")))
}
