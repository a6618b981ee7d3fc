//! What is done on the page of a meeting.

use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use chrono::NaiveDate;
use serde::Deserialize;
use sqlx::PgConnection;

use super::deciding;
use super::forms::{DecisionForm, NoteForm};
use super::meeting_page::{self, Typed};
use super::policy::{self, Part};
use super::{Hand, Review, ReviewId, find, flow, href};
use crate::error::{AppError, Result};
use crate::web::context::Ctx;
use crate::web::form::{Form, FormErrors};
use crate::web::page::Page;
use crate::web::toast::Notice;

/// A meeting in which the actor is at least `least`.
async fn permitted(conn: &mut PgConnection, ctx: &Ctx, id: ReviewId, least: Part) -> Result<(Review, Part)> {
    let (review, part) = find(conn, ctx, id).await?;
    if part >= least { Ok((review, part)) } else { Err(AppError::Forbidden) }
}

/// `POST /reviews/{id}/notes`: writes what was said about a section.
pub async fn write(ctx: Ctx, Path(id): Path<ReviewId>, Form(form): Form<NoteForm>) -> Result<Response> {
    let mut tx = ctx.app.begin().await?;
    let (review, part) = permitted(&mut tx, &ctx, id, Part::Member).await?;
    let (section, body) = match form.read() {
        Ok(read) => read,
        Err(errors) => {
            let typed = Typed { note: Some(form), errors, ..Typed::default() };
            let page = meeting_page::page(&mut tx, &ctx, &review, part, typed).await?;
            return Ok(Page::invalid(page).into_response());
        }
    };
    let saved = flow::note(&mut tx, &Hand::of(&ctx), &review, (section, form.version), body).await?;
    if saved.is_none() {
        let typed = Typed { note: Some(form), stale: true, ..Typed::default() };
        let page = meeting_page::page(&mut tx, &ctx, &review, part, typed).await?;
        return Ok(Page::conflict(page).into_response());
    }
    tx.commit().await?;
    let place = if section.is_empty() { "general" } else { section };
    Ok(Notice::new("review-toast-noted").redirect(&format!("{}#h-{place}", href(id))))
}

/// `POST /reviews/{id}/decisions`: one line, what, who and when.
pub async fn decide(ctx: Ctx, Path(id): Path<ReviewId>, Form(form): Form<DecisionForm>) -> Result<Response> {
    let mut tx = ctx.app.begin().await?;
    let (review, part) = permitted(&mut tx, &ctx, id, Part::Member).await?;
    let organisation = &ctx.company.organisation;
    let near = policy::members(organisation, &review.series, ctx.today);
    let wanted = match form.read(organisation, (ctx.today, ctx.today), &near) {
        Ok(wanted) => wanted,
        Err(errors) => {
            let typed = Typed { decision: Some(form), errors, ..Typed::default() };
            let page = meeting_page::page(&mut tx, &ctx, &review, part, typed).await?;
            return Ok(Page::invalid(page).into_response());
        }
    };
    let decision = deciding::decide(&mut tx, &Hand::of(&ctx), &review, &wanted).await?;
    tx.commit().await?;
    let undo = format!("{}/steps/undo", deciding::href(decision));
    let notice = Notice::new("decision-toast-made").undo(undo, &[("version", "1".to_owned())]);
    Ok(notice.redirect(&format!("{}#decide", href(id))))
}

/// Which state of the meeting was looked at.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VersionForm {
    pub(super) version: i64,
}

/// Another day.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DayForm {
    day: String,
    version: i64,
}

/// `POST /reviews/{id}/move`: puts a meeting that is to come on another day.
pub async fn put_off(ctx: Ctx, Path(id): Path<ReviewId>, Form(form): Form<DayForm>) -> Result<Response> {
    let mut tx = ctx.app.begin().await?;
    let (review, part) = permitted(&mut tx, &ctx, id, Part::Chair).await?;
    let moved = match day(&ctx, &review, &form.day) {
        Ok(to) => flow::put_off(&mut tx, &Hand::of(&ctx), (&review, form.version), to).await,
        Err(key) => Err(AppError::Invalid(FormErrors::one("day", key))),
    };
    match moved {
        Ok(()) => {
            tx.commit().await?;
            let fields = [("day", review.on.to_string()), ("version", (form.version + 1).to_string())];
            let undo = format!("{}/move", href(id));
            Ok(Notice::new("review-toast-moved").undo(undo, &fields).redirect(&href(id)))
        }
        Err(AppError::Invalid(errors)) => {
            drop(tx);
            let typed = Typed { day: Some(form.day), errors, ..Typed::default() };
            let mut conn = ctx.app.read().await?;
            let page = meeting_page::page(&mut conn, &ctx, &review, part, typed).await?;
            Ok(Page::invalid(page).into_response())
        }
        Err(other) => Err(other),
    }
}

/// A working day after the first that the meeting looks at.
fn day(ctx: &Ctx, review: &Review, typed: &str) -> Result<NaiveDate, &'static str> {
    let day: NaiveDate = typed.trim().parse().map_err(|_| "error-goal-date")?;
    if day <= review.covers_from {
        return Err("review-error-before");
    }
    if ctx.company.calendar.is_working_day(day) { Ok(day) } else { Err("review-error-free") }
}

/// `POST /reviews/{id}/hold`: the meeting is over; what it saw is kept and the next one is planned.
pub async fn hold(ctx: Ctx, Path(id): Path<ReviewId>, Form(form): Form<VersionForm>) -> Result<Response> {
    let mut tx = ctx.app.begin().await?;
    permitted(&mut tx, &ctx, id, Part::Chair).await?;
    flow::hold(&mut tx, &ctx.company, &Hand::of(&ctx), (id, form.version)).await?;
    tx.commit().await?;
    let undo = format!("{}/take-back", href(id));
    let fields = [("version", (form.version + 1).to_string())];
    Ok(Notice::new("review-toast-held").undo(undo, &fields).redirect(&href(id)))
}

/// `POST /reviews/{id}/take-back`: it is not over after all.
pub async fn take_back(
    ctx: Ctx,
    Path(id): Path<ReviewId>,
    Form(form): Form<VersionForm>,
) -> Result<Response> {
    let mut tx = ctx.app.begin().await?;
    let (review, _) = permitted(&mut tx, &ctx, id, Part::Chair).await?;
    flow::take_back(&mut tx, &Hand::of(&ctx), (&review, form.version)).await?;
    tx.commit().await?;
    Ok(Notice::new("review-toast-taken-back").redirect(&href(id)))
}
