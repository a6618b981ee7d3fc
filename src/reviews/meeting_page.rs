//! `/reviews/{id}`: a meeting. What the data says, what was said, what was decided.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use sqlx::PgConnection;

use super::forms::{DecisionForm, NoteForm};
use super::policy::{self, Part};
use super::say::{self, DecisionRow, LineView};
use super::steps::{State, Step};
use super::store::{self, Note};
use super::{Review, ReviewId, agenda, decision_store, find, flow};
use crate::error::Result;
use crate::kernel::id::EmployeeId;
use crate::web::context::Ctx;
use crate::web::form::FormErrors;
use crate::web::page::Page;
use crate::web::shell::Shell;
use crate::web::ui::Choice;

#[derive(Template)]
#[template(path = "reviews/show.html")]
pub(super) struct MeetingPage {
    shell: Shell,
    review: Head,
    sections: Vec<Topic>,
    /// The note about the meeting in general.
    general: NoteView,
    /// Whether lines are left out that are not for the reader to see.
    hidden: bool,
    decisions: Vec<DecisionRow>,
    form: DecisionForm,
    day: String,
    errors: FormErrors,
    /// Names to choose from.
    people: Vec<String>,
    topics: Vec<Choice>,
    may: May,
    history: Vec<String>,
    stale: bool,
}

/// What stands above the agenda.
struct Head {
    id: ReviewId,
    name: String,
    series: String,
    day: String,
    covers: String,
    before: String,
    department: String,
    leaders: String,
    members: String,
    held: bool,
    version: i64,
}

/// A section with what was said about it.
struct Topic {
    key: String,
    question: String,
    lines: Vec<LineView>,
    note: NoteView,
}

/// A note, and what is typed into its form.
#[derive(Default)]
struct NoteView {
    text: String,
    /// "Karin Lindqvist, 18 November at 11:00".
    by: String,
    typed: String,
    version: i64,
    error: Option<String>,
    open: bool,
}

/// What the reader may do.
#[expect(clippy::struct_excessive_bools, reason = "each is a button")]
struct May {
    write: bool,
    chair: bool,
    hold: bool,
    take_back: bool,
}

/// What comes back to its form.
#[derive(Default)]
pub(super) struct Typed {
    pub(super) note: Option<NoteForm>,
    pub(super) decision: Option<DecisionForm>,
    pub(super) day: Option<String>,
    pub(super) errors: FormErrors,
    pub(super) stale: bool,
}

/// `GET /reviews/{id}`
pub async fn show(ctx: Ctx, Path(id): Path<ReviewId>) -> Result<Response> {
    let mut conn = ctx.app.read().await?;
    let (review, part) = find(&mut conn, &ctx, id).await?;
    Ok(Page::ok(page(&mut conn, &ctx, &review, part, Typed::default()).await?).into_response())
}

/// The page of a meeting, with what was typed and its faults.
pub(super) async fn page(
    conn: &mut PgConnection,
    ctx: &Ctx,
    review: &Review,
    part: Part,
    typed: Typed,
) -> Result<MeetingPage> {
    let agenda = match &review.agenda {
        Some(seen) => seen.clone(),
        None => agenda::build(conn, &ctx.company, review, ctx.today).await?,
    };
    let (sections, hidden) = say::sections(ctx, &agenda);
    let notes = store::list_notes(conn, review.id).await?;
    let note = |key: &str| note_view(ctx, &notes, key, &typed);
    let shown = sections.into_iter().map(|section| Topic {
        note: note(&section.key),
        key: section.key,
        question: section.question,
        lines: section.lines,
    });
    let shown = shown.filter(|topic| {
        topic.key == "decisions" || !topic.lines.is_empty() || !topic.note.text.is_empty() || topic.note.open
    });
    let sections: Vec<Topic> = shown.collect();
    let decisions = decision_store::of_review(conn, review.id).await?;
    let members = policy::members(&ctx.company.organisation, &review.series, ctx.today);
    Ok(MeetingPage {
        shell: ctx.shell("reviews"),
        review: head(ctx, review, &agenda),
        general: note(""),
        hidden: hidden > 0,
        decisions: decisions.iter().map(|decision| say::decision_row(ctx, decision, true)).collect(),
        topics: sections.iter().map(|topic| Choice::new(topic.key.clone(), topic.question.clone())).collect(),
        sections,
        people: members.into_iter().map(|(_, name)| name).collect(),
        may: may(conn, ctx, review, part).await?,
        history: history(conn, ctx, review.id).await?,
        form: typed
            .decision
            .unwrap_or_else(|| DecisionForm { when: next_day(ctx, review), ..DecisionForm::default() }),
        day: typed.day.unwrap_or_else(|| review.on.to_string()),
        stale: typed.stale,
        errors: typed.errors,
    })
}

/// What is decided is usually due at the next meeting.
fn next_day(ctx: &Ctx, review: &Review) -> String {
    let next =
        review.series.rhythm.next(review.on.max(review.rhythm_day).max(ctx.today), &ctx.company.calendar);
    next.map(|day| day.to_string()).unwrap_or_default()
}

fn head(ctx: &Ctx, review: &Review, agenda: &super::Agenda) -> Head {
    let organisation = &ctx.company.organisation;
    let department = organisation.department(review.series.department);
    let names = |people: Vec<(EmployeeId, String)>| {
        let names: Vec<String> = people.into_iter().map(|(_, name)| name).collect();
        names.join(", ")
    };
    let members = if review.state == State::Held {
        let name = |id: &EmployeeId| organisation.person(*id).map(|person| (*id, person.name.clone()));
        review.invited.iter().filter_map(name).collect()
    } else {
        policy::members(organisation, &review.series, ctx.today)
    };
    let span =
        |period: &Option<_>| period.as_ref().map(|period| say::span(ctx.l, period)).unwrap_or_default();
    Head {
        id: review.id,
        name: review.series.name.clone(),
        series: format!("/reviews/series/{}", review.series.id),
        day: ctx.l.date_long(review.on),
        covers: span(&agenda.period),
        before: span(&agenda.before),
        department: department.map(|department| department.name.clone()).unwrap_or_default(),
        leaders: names(policy::leaders(organisation, &review.series, ctx.today)),
        members: names(members),
        held: review.state == State::Held,
        version: review.version,
    }
}

fn note_view(ctx: &Ctx, notes: &[Note], section: &str, typed: &Typed) -> NoteView {
    let stored = notes.iter().find(|note| note.section == section);
    let mut view = stored.map_or_else(NoteView::default, |note| NoteView {
        text: note.body.clone(),
        by: format!("{}, {}", note.name, ctx.l.datetime(note.at, ctx.company.zone)),
        typed: note.body.clone(),
        version: note.version,
        ..NoteView::default()
    });
    if let Some(form) = typed.note.as_ref().filter(|form| form.section == section) {
        view.typed.clone_from(&form.body);
        view.error = typed.errors.of(&ctx.l, "body");
        view.open = true;
    }
    view
}

async fn may(conn: &mut PgConnection, ctx: &Ctx, review: &Review, part: Part) -> Result<May> {
    let chair = part == Part::Chair;
    let held = review.state == State::Held;
    Ok(May {
        write: part >= Part::Member,
        chair: chair && !held,
        hold: chair && !held && review.on <= ctx.today,
        take_back: chair && held && flow::can_take_back(conn, review).await?,
    })
}

async fn history(conn: &mut PgConnection, ctx: &Ctx, id: ReviewId) -> Result<Vec<String>> {
    let steps = store::list_steps(conn, id).await?;
    let said = steps.into_iter().map(|taken| {
        let key = match taken.step {
            Step::Plan => "review-step-plan",
            Step::Move => "review-step-move",
            Step::Hold => "review-step-hold",
            Step::Correct => "review-step-correct",
            Step::TakeBack => "review-step-take-back",
        };
        let section = match taken.section.as_str() {
            "" => ctx.l.t("review-general"),
            key => say::question(ctx.l, key),
        };
        ctx.l.tr(
            key,
            &[
                ("name", taken.name.into()),
                ("at", ctx.l.datetime(taken.at, ctx.company.zone).into()),
                ("day", ctx.l.date_year(taken.on).into()),
                ("section", section.into()),
            ],
        )
    });
    Ok(said.collect())
}
