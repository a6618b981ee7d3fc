//! `/pipeline/import`: send a file, say what its columns and names mean, see what came of it.

use askama::Template;
use axum::extract::{Multipart, Path};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::names::{Kind, Names};
use super::store::{self, Upload};
use super::{Checked, FIELDS, Mapping, Origin, Outcome, Table, Unknown, read};
use crate::error::{AppError, Found, Result};
use crate::pipeline::form_page::stamp;
use crate::pipeline::{State, policy};
use crate::sales::policy::Reach;
use crate::web::context::Ctx;
use crate::web::form::{Form, FormErrors};
use crate::web::page::Page;
use crate::web::shell::Shell;
use crate::web::ui::{Choice, Link};

/// No such file is larger.
const LARGEST: usize = 16 << 20;
/// Faults that are named before the rest is counted.
const NAMED: usize = 100;

fn crumbs(ctx: &Ctx) -> Vec<Link> {
    vec![Link::new("/pipeline/list", ctx.l.t("nav-pipeline")), Link::new("", ctx.l.t("pipeline-import"))]
}

/// Step 1.
#[derive(Template)]
#[template(path = "pipeline/import_file.html")]
struct FilePage {
    shell: Shell,
    crumbs: Vec<Link>,
    columns: String,
    source: String,
    errors: FormErrors,
}

fn file_page(ctx: &Ctx, source: String, errors: FormErrors) -> Response {
    let failed = !errors.is_empty();
    let shell = ctx.shell("pipeline");
    let page = FilePage { shell, crumbs: crumbs(ctx), columns: FIELDS.join(","), source, errors };
    if failed { Page::invalid(page).into_response() } else { Page::ok(page).into_response() }
}

/// `GET /pipeline/import`
pub async fn show(ctx: Ctx) -> Response {
    file_page(&ctx, "crm".to_owned(), FormErrors::default())
}

/// What was sent: source, name of the file, and the file.
async fn receive(mut form: Multipart) -> Result<(String, String, Vec<u8>)> {
    let broken = |_| AppError::BadRequest("error-form");
    let (mut source, mut name, mut bytes) = (String::new(), String::new(), Vec::new());
    while let Some(mut field) = form.next_field().await.map_err(broken)? {
        let is_file = field.name() == Some("file");
        if !is_file && field.name() != Some("source") {
            return Err(AppError::BadRequest("error-form"));
        }
        if is_file {
            name = field.file_name().unwrap_or_default().chars().take(200).collect();
        }
        let mut content = Vec::new();
        while let Some(chunk) = field.chunk().await.map_err(broken)? {
            if content.len() + chunk.len() > LARGEST {
                return Err(AppError::TooLarge);
            }
            content.extend_from_slice(&chunk);
        }
        if is_file {
            bytes = content;
        } else {
            source = String::from_utf8(content).map_err(|_| AppError::BadRequest("error-form"))?;
        }
    }
    Ok((source.trim().to_owned(), name, bytes))
}

/// `POST /pipeline/import`
pub async fn upload(ctx: Ctx, form: Multipart) -> Result<Response> {
    let (source, name, bytes) = receive(form).await?;
    let mut errors = FormErrors::default();
    errors.check("source", super::check_source(&source));
    if bytes.is_empty() {
        errors.add("file", "error-required");
    } else {
        errors.check("file", Table::read(&bytes).map_err(|(_, reason)| reason));
    }
    if !errors.is_empty() {
        return Ok(file_page(&ctx, source, errors));
    }
    let reach = policy::reach(&ctx);
    let origin = Origin { source: &source, reach: &reach, stamp: stamp(&ctx) };
    let mut tx = ctx.app.begin().await?;
    let id = store::insert_upload(&mut tx, (&name, &bytes), ctx.actor.user, origin).await?;
    tx.commit().await?;
    Ok(Redirect::to(&format!("/pipeline/import/{id}")).into_response())
}

/// One of our columns, and which of the file's it is.
struct ColumnRow {
    field: &'static str,
    label: String,
    column: String,
}

/// A name to be explained.
struct NameRow {
    field: &'static str,
    kind: String,
    name: String,
    count: i64,
    lines: String,
    likely: String,
}

/// A fault in words.
struct FaultRow {
    line: u64,
    column: String,
    value: String,
    reason: String,
}

/// Choices of one kind.
struct Offer {
    field: &'static str,
    choices: Vec<Choice>,
}

/// Step 2.
#[derive(Template)]
#[template(path = "pipeline/import_map.html")]
struct MapPage {
    shell: Shell,
    crumbs: Vec<Link>,
    id: i64,
    file: String,
    source: String,
    rows: i64,
    columns: Vec<ColumnRow>,
    header: Vec<Choice>,
    names: Vec<NameRow>,
    said: Vec<(&'static str, String, String)>,
    offers: Vec<Offer>,
    faults: Vec<FaultRow>,
    more: usize,
}

impl MapPage {
    fn choices(&self, field: &str) -> &[Choice] {
        self.offers.iter().find(|offer| offer.field == field).map_or(&[], |offer| offer.choices.as_slice())
    }

    fn is_clean(&self) -> bool {
        self.names.is_empty() && self.faults.is_empty()
    }
}

/// Step 3.
#[derive(Template)]
#[template(path = "pipeline/import_done.html")]
struct DonePage {
    shell: Shell,
    crumbs: Vec<Link>,
    file: String,
    rows: Vec<(String, String, String)>,
    known: i64,
}

/// A file that waits, understood by a mapping.
struct Looked {
    id: i64,
    upload: Upload,
    table: Table,
    mapping: Mapping,
    names: Names,
    checked: Checked,
}

impl Looked {
    fn origin<'a>(&'a self, ctx: &Ctx, reach: &'a Reach) -> Origin<'a> {
        Origin { source: &self.upload.source, reach, stamp: stamp(ctx) }
    }
}

/// Reads a file that waits; by what the form says, or by what is remembered and guessed.
async fn look(ctx: &Ctx, id: i64, upload: Upload, said: Option<Mapping>) -> Result<Looked> {
    let mut conn = ctx.app.read().await?;
    let content = upload.content.as_deref().unwrap_or_default();
    let table = Table::read(content).map_err(|(_, reason)| AppError::BadRequest(reason))?;
    let mapping = match said {
        Some(said) => said.guessed(&table.header),
        None => super::mapping_for(&mut conn, &upload.source, &table).await?,
    };
    let names = Names::load(&mut conn, &ctx.company).await?;
    let reach = policy::reach(ctx);
    let origin = Origin { source: &upload.source, reach: &reach, stamp: stamp(ctx) };
    let checked = read::read(&table, &mapping, &names, &ctx.company, origin);
    Ok(Looked { id, upload, table, mapping, names, checked })
}

fn name_row(ctx: &Ctx, one: &Unknown) -> NameRow {
    let lines: Vec<String> = one.lines.iter().map(ToString::to_string).collect();
    NameRow {
        field: one.kind.field(),
        kind: ctx.l.t(&format!("pipeline-column-{}", one.kind.field())),
        name: one.name.clone(),
        count: one.count,
        lines: lines.join(", "),
        likely: one.likely.clone().unwrap_or_default(),
    }
}

fn map_page(ctx: &Ctx, looked: &Looked, failed: bool) -> Response {
    let column = |field: &'static str| ColumnRow {
        field,
        label: ctx.l.t(&format!("pipeline-column-{}", field.replace('_', "-"))),
        column: looked.mapping.column(field).unwrap_or_default().to_owned(),
    };
    let said = Kind::ALL.into_iter().flat_map(|kind| {
        let names = looked.mapping.names.get(kind.field()).cloned().unwrap_or_default();
        names.into_iter().map(move |(theirs, ours)| (kind.field(), theirs, ours))
    });
    let unknown = &looked.checked.unknown;
    let said = said.filter(|(field, theirs, _)| {
        !unknown.iter().any(|one| one.kind.field() == *field && one.name == *theirs)
    });
    let faults = looked.checked.faults.iter().take(NAMED).map(|fault| FaultRow {
        line: fault.line,
        column: fault.column.clone(),
        value: fault.value.clone(),
        reason: ctx.l.t(fault.reason),
    });
    let offer = |kind: Kind| Offer { field: kind.field(), choices: looked.names.choices(kind, ctx.l) };
    let page = MapPage {
        shell: ctx.shell("pipeline"),
        crumbs: crumbs(ctx),
        id: looked.id,
        file: looked.upload.file_name.clone(),
        source: looked.upload.source.clone(),
        rows: i64::try_from(looked.table.rows.len()).unwrap_or(i64::MAX),
        columns: FIELDS.into_iter().map(column).collect(),
        header: looked.table.header.iter().map(|name| Choice::new(name, name)).collect(),
        names: unknown.iter().map(|one| name_row(ctx, one)).collect(),
        said: said.collect(),
        offers: Kind::ALL.map(offer).into(),
        faults: faults.collect(),
        more: looked.checked.faults.len().saturating_sub(NAMED),
    };
    if failed { Page::invalid(page).into_response() } else { Page::ok(page).into_response() }
}

fn done_page(ctx: &Ctx, upload: &Upload, outcome: &Outcome) -> Response {
    let own = ctx.company.currency;
    let row = |state: State| {
        let (count, sum) = outcome.added.get(state.code()).copied()?;
        let amount = ctx.l.money_exact(sum, own.code(), own.exponent());
        Some((ctx.l.t(state.label()), ctx.l.number(count), amount))
    };
    let rows = State::ALL.into_iter().filter_map(row).collect();
    let (shell, crumbs, file) = (ctx.shell("pipeline"), crumbs(ctx), upload.file_name.clone());
    Page::ok(DonePage { shell, crumbs, file, rows, known: outcome.known }).into_response()
}

/// `GET /pipeline/import/{id}`: what to say about the file, or what came of it.
pub async fn map(ctx: Ctx, Path(id): Path<i64>) -> Result<Response> {
    let upload = store::find_upload(&mut *ctx.app.read().await?, id, ctx.actor.user).await?.found()?;
    if let Some(outcome) = &upload.result {
        return Ok(done_page(&ctx, &upload, outcome));
    }
    let looked = look(&ctx, id, upload, None).await?;
    Ok(map_page(&ctx, &looked, false))
}

/// What columns and names are said to be; lists that belong together by place.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MapForm {
    field: Vec<String>,
    column: Vec<String>,
    kind: Vec<String>,
    theirs: Vec<String>,
    ours: Vec<String>,
    check: Option<String>,
}

impl MapForm {
    fn mapping(self) -> Mapping {
        let known = |field: &String| FIELDS.contains(&field.as_str());
        let columns = self.field.into_iter().zip(self.column).filter(|(field, _)| known(field)).collect();
        let mut mapping = Mapping { columns, ..Mapping::default() };
        for ((kind, theirs), ours) in self.kind.into_iter().zip(self.theirs).zip(self.ours) {
            if Kind::from_field(&kind).is_some() && !ours.is_empty() {
                mapping.names.entry(kind).or_default().insert(theirs, ours);
            }
        }
        mapping
    }
}

/// `POST /pipeline/import/{id}`: keeps what was said, and takes the file when nothing is wrong any more.
pub async fn run(ctx: Ctx, Path(id): Path<i64>, Form(form): Form<MapForm>) -> Result<Response> {
    let upload = store::find_upload(&mut *ctx.app.read().await?, id, ctx.actor.user).await?.found()?;
    let here = format!("/pipeline/import/{id}");
    if upload.result.is_some() {
        return Ok(Redirect::to(&here).into_response());
    }
    let only_check = form.check.is_some();
    let mut looked = look(&ctx, id, upload, Some(form.mapping())).await?;
    let reach = policy::reach(&ctx);
    let mut tx = ctx.app.begin().await?;
    super::remember(&mut tx, &looked.mapping, looked.origin(&ctx, &reach)).await?;
    if only_check || !looked.checked.is_clean() {
        tx.commit().await?;
        let failed = !only_check;
        return Ok(map_page(&ctx, &looked, failed));
    }
    let checked = std::mem::take(&mut looked.checked);
    let outcome = super::write(&mut tx, &ctx.company, checked, looked.origin(&ctx, &reach)).await?;
    store::finish_upload(&mut tx, id, &outcome).await?;
    tx.commit().await?;
    Ok(Redirect::to(&here).into_response())
}
