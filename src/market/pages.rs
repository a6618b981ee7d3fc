//! `/market`: the timeline, and the form that writes into it.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use serde_json::json;
use sqlx::PgConnection;

use super::forms::NoteForm;
use super::{Filter, Kind, Note, NoteId, may_change, store};
use crate::audit::{self, Event};
use crate::error::{AppError, Found, OnConstraint, Result};
use crate::kernel::period::Period;
use crate::web::context::Ctx;
use crate::web::csv::{self, CsvDownload};
use crate::web::form::{Form, FormErrors};
use crate::web::list::{ListQuery, PER_PAGE, Paged};
use crate::web::page::Page;
use crate::web::routes::Gate;
use crate::web::shell::Shell;
use crate::web::stale::{Clash, Saved};
use crate::web::toast::Notice;
use crate::web::ui::{Choice, FilterTag, Pager};

const COLUMNS: [&str; 2] = ["-date", "title"];

#[derive(Template)]
#[template(path = "market/index.html")]
struct IndexPage {
    shell: Shell,
    query: ListQuery,
    rows: Vec<Row>,
    pager: Pager,
    tags: Vec<FilterTag>,
    kinds: Vec<Choice>,
    imports: bool,
}

impl IndexPage {
    fn columns(&self) -> &'static [&'static str] {
        &COLUMNS
    }
}

/// A note as the timeline shows it.
struct Row {
    href: String,
    date: String,
    kind: String,
    title: String,
    about: String,
    figure: String,
    text: String,
    source: String,
}

fn filter(query: &ListQuery, slice: (i64, i64)) -> Filter {
    let (column, descending) = query.sort(&COLUMNS);
    let days = match (query.parsed("from"), query.parsed("last")) {
        (Some(from), Some(last)) => Period::from_inclusive(from, last),
        _ => None,
    };
    Filter {
        words: query.search().to_owned(),
        kind: query.get("kind").and_then(Kind::from_code),
        days,
        by_title: column == "title",
        descending,
        slice,
    }
}

fn row(ctx: &Ctx, note: Note) -> Row {
    Row {
        href: format!("/market/{}", note.id),
        date: ctx.l.date_year(note.draft.happened_on),
        kind: note.draft.kind.name(ctx.l),
        figure: note.figure(ctx.l),
        title: note.draft.title,
        about: note.draft.about,
        text: note.draft.body,
        source: note.draft.source,
    }
}

fn kinds(ctx: &Ctx) -> Vec<Choice> {
    Kind::ALL.into_iter().map(|kind| Choice::new(kind.code(), kind.name(ctx.l))).collect()
}

/// `GET /market?q=&kind=&from=&last=&sort=`
pub async fn index(ctx: Ctx, query: ListQuery) -> Result<Response> {
    let slice = (PER_PAGE, query.offset());
    let (notes, total) = store::list(&mut *ctx.app.read().await?, &filter(&query, slice)).await?;
    let rows = notes.into_iter().map(|note| row(&ctx, note)).collect();
    let paged = Paged::new(rows, total, &query);
    let kinds = kinds(&ctx);
    let page = IndexPage {
        shell: ctx.shell("market"),
        tags: query.tags(
            ctx.l,
            &[("kind", "market-kind", &kinds), ("from", "goals-from", &[]), ("last", "goals-last", &[])],
        ),
        pager: paged.pager(&query),
        rows: paged.rows,
        kinds,
        imports: Gate::Leader.admits(Some(&ctx.actor)).is_ok(),
        query,
    };
    Ok(Page::ok(page).into_response())
}

/// `GET /market.csv`: the columns that an import takes.
pub async fn download(ctx: Ctx, query: ListQuery) -> Result<Response> {
    let (notes, _) = store::list(&mut *ctx.app.read().await?, &filter(&query, (csv::ROWS_ASKED, 0))).await?;
    let header = ["kind", "date", "title", "about", "value", "unit", "text", "source"];
    let mut file = CsvDownload::new("market", ctx.l, &header)?;
    for note in &notes {
        let form = NoteForm::of(ctx.l, note);
        file.row(&[
            form.kind,
            form.date,
            form.title,
            form.about,
            form.value,
            form.unit,
            form.text,
            form.source,
        ])?;
    }
    file.finish()
}

#[derive(Template)]
#[template(path = "market/form.html")]
struct FormPage {
    shell: Shell,
    id: Option<NoteId>,
    form: NoteForm,
    errors: FormErrors,
    kinds: Vec<Choice>,
    may_change: bool,
    by: String,
    stale: bool,
    clashes: Vec<Clash>,
}

impl FormPage {
    fn title(&self) -> String {
        self.shell.l.t(if self.id.is_some() { "market-edit" } else { "market-new" })
    }

    fn action(&self) -> String {
        self.id.map_or_else(|| "/market".to_owned(), |id| format!("/market/{id}"))
    }
}

fn page(ctx: &Ctx, note: Option<&Note>, form: NoteForm, errors: FormErrors) -> FormPage {
    FormPage {
        shell: ctx.shell("market"),
        id: note.map(|note| note.id),
        form,
        errors,
        kinds: kinds(ctx),
        may_change: note.is_none_or(|note| may_change(&ctx.actor, note)),
        by: note.and_then(|note| note.name.clone()).unwrap_or_default(),
        stale: false,
        clashes: Vec::new(),
    }
}

/// `GET /market/new`
pub async fn new(ctx: Ctx) -> Response {
    let form = NoteForm {
        kind: Kind::Competitor.code().to_owned(),
        date: ctx.today.to_string(),
        ..NoteForm::default()
    };
    Page::ok(page(&ctx, None, form, FormErrors::default())).into_response()
}

/// `POST /market`
pub async fn create(ctx: Ctx, Form(form): Form<NoteForm>) -> Result<Response> {
    let draft = match form.read() {
        Ok(draft) => draft,
        Err(errors) => return Ok(Page::invalid(page(&ctx, None, form, errors)).into_response()),
    };
    let mut tx = ctx.app.begin().await?;
    let Some(id) = store::insert(&mut tx, &draft, Some(ctx.actor.user), ctx.now).await? else {
        let errors = FormErrors::one("title", "error-market-there");
        return Ok(Page::invalid(page(&ctx, None, form, errors)).into_response());
    };
    record(&mut tx, &ctx, "market.noted", id).await?;
    tx.commit().await?;
    let undo = format!("/market/{id}/remove");
    Ok(Notice::new("market-toast-noted").undo(undo, &[]).redirect("/market"))
}

async fn record(conn: &mut PgConnection, ctx: &Ctx, action: &'static str, id: NoteId) -> Result<()> {
    let event = Event::new(action, "market", id.0).with(json!({}));
    audit::record(conn, Some(ctx.actor.user), ctx.now, event).await
}

/// `GET /market/{id}`: to read, and to change for those who may.
pub async fn edit(ctx: Ctx, Path(id): Path<NoteId>) -> Result<Response> {
    let note = store::find(&mut *ctx.app.read().await?, id, false).await?.found()?;
    let form = NoteForm::of(ctx.l, &note);
    Ok(Page::ok(page(&ctx, Some(&note), form, FormErrors::default())).into_response())
}

async fn permitted(conn: &mut PgConnection, ctx: &Ctx, id: NoteId, removed: bool) -> Result<Note> {
    let note = store::find(conn, id, removed).await?.found()?;
    if may_change(&ctx.actor, &note) { Ok(note) } else { Err(AppError::Forbidden) }
}

/// `POST /market/{id}`
pub async fn save(ctx: Ctx, Path(id): Path<NoteId>, Form(form): Form<NoteForm>) -> Result<Response> {
    let mut tx = ctx.app.begin().await?;
    let note = permitted(&mut tx, &ctx, id, false).await?;
    let draft = match form.read() {
        Ok(draft) => draft,
        Err(errors) => return Ok(Page::invalid(page(&ctx, Some(&note), form, errors)).into_response()),
    };
    let saved = store::update(&mut tx, id, &draft, form.version).await;
    match Saved::of(saved.on_constraint(&[("market_notes_once", "title", "error-market-there")]))? {
        Saved::Done(()) => {
            record(&mut tx, &ctx, "market.changed", id).await?;
            tx.commit().await?;
            Ok(Notice::new("toast-saved").redirect("/market"))
        }
        Saved::Stale => {
            let clashes = form.clashes(ctx.l, &note);
            let form = NoteForm { version: note.version, ..form };
            let page = page(&ctx, Some(&note), form, FormErrors::default());
            Ok(Page::conflict(FormPage { stale: true, clashes, ..page }).into_response())
        }
        Saved::Faulty(errors) => Ok(Page::invalid(page(&ctx, Some(&note), form, errors)).into_response()),
    }
}

/// `POST /market/{id}/remove`
pub async fn remove(ctx: Ctx, Path(id): Path<NoteId>) -> Result<Response> {
    let mut tx = ctx.app.begin().await?;
    permitted(&mut tx, &ctx, id, false).await?;
    store::save_removed(&mut tx, id, Some(ctx.now)).await?;
    record(&mut tx, &ctx, "market.removed", id).await?;
    tx.commit().await?;
    let undo = format!("/market/{id}/restore");
    Ok(Notice::new("market-toast-removed").undo(undo, &[]).redirect("/market"))
}

/// `POST /market/{id}/restore`
pub async fn restore(ctx: Ctx, Path(id): Path<NoteId>) -> Result<Response> {
    let mut tx = ctx.app.begin().await?;
    permitted(&mut tx, &ctx, id, true).await?;
    let back = store::save_removed(&mut tx, id, None).await;
    back.on_constraint(&[("market_notes_once", "title", "error-market-there")]).map_err(
        |error| match error {
            AppError::Invalid(_) => AppError::Conflict("error-market-there"),
            other => other,
        },
    )?;
    record(&mut tx, &ctx, "market.restored", id).await?;
    tx.commit().await?;
    Ok(Notice::new("market-toast-restored").redirect("/market"))
}
