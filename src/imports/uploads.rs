//! Files that come by browser: kept in a private directory from the upload to the import, at most a day.
//!
//! A file is first checked by a dry run. When it has no faults, an administrator confirms, and the same file, which
//! nobody can have changed, is imported.

use std::fs;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use axum::extract::multipart::{Field, Multipart, MultipartError};
use axum::extract::{self};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use tokio::io::AsyncWriteExt;
use tokio::sync::watch;
use uuid::Uuid;

use super::load::Input;
use super::run::{Job, Order};
use super::{Kind, Progress, pages, store};
use crate::app::App;
use crate::error::{AppError, Found, Result};
use crate::sales::OWN_SOURCE;
use crate::web::context::Ctx;
use crate::web::form::FormErrors;

/// Files that were not imported by then are removed.
const KEPT_FOR: Duration = Duration::from_hours(24);
/// Longer names of files are cut.
const NAME_CHARS: usize = 120;

/// What the form sends.
#[derive(Default)]
pub(super) struct Upload {
    /// Code of the kind.
    pub kind: String,
    /// Name of the source.
    pub source: String,
    file: Option<(PathBuf, String)>,
}

/// `POST /admin/imports`: takes a file and begins its dry run.
pub async fn create(ctx: Ctx, form: Multipart) -> Result<Response> {
    let directory = directory(&ctx.app)?;
    let upload = receive(form, &directory).await?;
    let mut errors = FormErrors::default();
    let kind = errors.check("kind", Kind::from_code(&upload.kind).ok_or("import-error-kind"));
    if upload.source.is_empty() || upload.source == OWN_SOURCE || upload.source.chars().count() > 100 {
        errors.add("source", "import-error-source");
    }
    if upload.file.is_none() {
        errors.add("file", "import-error-file");
    }
    match (kind, &upload.file) {
        (Some(kind), Some((path, name))) if errors.is_empty() => {
            start(&ctx, path, Input::file(kind, path).named(name), &upload.source, true).await
        }
        (_, file) => {
            if let Some((path, _)) = file {
                discard(path);
            }
            Ok(pages::faulty(&ctx, &upload, errors))
        }
    }
}

/// `POST /admin/imports/{id}/run`: imports a file whose dry run found no faults.
pub async fn confirm(ctx: Ctx, extract::Path(id): extract::Path<i64>) -> Result<Response> {
    let checked = store::find(&mut *ctx.app.read().await?, id).await?.found()?;
    let kind = Kind::from_code(&checked.kind).filter(|_| checked.dry_run && checked.status == "done");
    let kind = kind.ok_or(AppError::Conflict("import-error-gone"))?;
    let directory = directory(&ctx.app)?;
    let path = fresh(&directory);
    // a second click finds the file gone
    fs::rename(of_import(&directory, id), &path).map_err(|_| AppError::Conflict("import-error-gone"))?;
    start(&ctx, &path, Input::file(kind, &path).named(&checked.file_name), &checked.source, false).await
}

/// Begins an import in the background and leads to the page that tells how far it has come.
async fn start(ctx: &Ctx, path: &Path, input: Input, source: &str, dry_run: bool) -> Result<Response> {
    let (kind, name) = (input.kind, input.name.clone());
    let order = Order {
        inputs: vec![input],
        source: source.to_owned(),
        file_name: name.clone(),
        dry_run,
        by: Some(ctx.actor.user),
    };
    let job = Job::announce(&ctx.app.db, &ctx.app.clock, order).await?;
    let id = job.id;
    let place = of_import(&directory(&ctx.app)?, id);
    fs::rename(path, &place).map_err(AppError::internal)?;
    let job = job.reading(vec![Input::file(kind, &place).named(name)]);
    tokio::spawn(async move {
        let (progress, _) = watch::channel(Progress::default());
        let clean = job.carry_out(&progress).await.is_ok_and(|report| report.faults.is_empty());
        if !(dry_run && clean) {
            discard(&place);
        }
    });
    Ok(Redirect::to(&format!("/admin/imports/{id}")).into_response())
}

/// Whether the file of a dry run is still there to be imported.
pub(super) fn is_kept(app: &App, id: i64) -> bool {
    directory(app).is_ok_and(|directory| of_import(&directory, id).is_file())
}

fn of_import(directory: &Path, id: i64) -> PathBuf {
    directory.join(format!("{id}.csv"))
}

fn fresh(directory: &Path) -> PathBuf {
    directory.join(format!("{}.part", Uuid::now_v7()))
}

/// The directory of uploads, which nobody else can enter.
fn directory(app: &App) -> Result<PathBuf> {
    let path = app.config.data_dir.join("uploads");
    // The data directory itself stays open to the account that the database runs as.
    fs::create_dir_all(&app.config.data_dir).map_err(AppError::internal)?;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(&path).map_err(AppError::internal)?;
    Ok(path)
}

fn discard(path: &Path) {
    if let Err(error) = fs::remove_file(path) {
        tracing::warn!(%error, "cannot remove an uploaded file");
    }
}

/// Removes files that nobody came back for.
fn sweep(directory: &Path) {
    let files = fs::read_dir(directory).into_iter().flatten().filter_map(std::result::Result::ok);
    for file in files {
        let age =
            file.metadata().and_then(|data| data.modified()).ok().and_then(|moment| moment.elapsed().ok());
        if age.is_some_and(|age| age > KEPT_FOR) {
            discard(&file.path());
        }
    }
}

/// Reads the form; the file goes to the disk as it comes.
async fn receive(mut form: Multipart, directory: &Path) -> Result<Upload> {
    sweep(directory);
    let mut upload = Upload::default();
    while let Some(field) = form.next_field().await.map_err(|error| refused(&error))? {
        let name = field.name().unwrap_or_default().to_owned();
        match name.as_str() {
            "kind" => upload.kind = short_text(field).await?,
            "source" => short_text(field).await?.trim().clone_into(&mut upload.source),
            "file" if upload.file.is_none() => upload.file = save(field, directory).await?,
            _ => return Err(AppError::BadRequest("error-form")),
        }
    }
    Ok(upload)
}

async fn short_text(mut field: Field<'_>) -> Result<String> {
    let mut bytes = Vec::new();
    while let Some(part) = field.chunk().await.map_err(|error| refused(&error))? {
        bytes.extend_from_slice(&part);
        if bytes.len() > 1024 {
            return Err(AppError::BadRequest("error-form"));
        }
    }
    let text = String::from_utf8(bytes).map_err(|_| AppError::BadRequest("error-form"))?;
    if text.contains('\0') { Err(AppError::BadRequest("error-nul")) } else { Ok(text) }
}

/// Where the file is and what it is called; nothing when the form was sent without one.
async fn save(mut field: Field<'_>, directory: &Path) -> Result<Option<(PathBuf, String)>> {
    let name = field.file_name().map(plain_name).unwrap_or_default();
    if name.is_empty() {
        return Ok(None);
    }
    let path = fresh(directory);
    let mut options = fs::OpenOptions::new();
    let file = options.write(true).create_new(true).mode(0o600).open(&path).map_err(AppError::internal)?;
    let mut file = tokio::fs::File::from_std(file);
    let written = async {
        while let Some(part) = field.chunk().await.map_err(|error| refused(&error))? {
            file.write_all(&part).await.map_err(AppError::internal)?;
        }
        file.flush().await.map_err(AppError::internal)
    };
    if let Err(error) = written.await {
        discard(&path);
        return Err(error);
    }
    Ok(Some((path, name)))
}

fn plain_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    last.chars().filter(|c| !c.is_control()).take(NAME_CHARS).collect()
}

fn refused(error: &MultipartError) -> AppError {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        AppError::TooLarge
    } else {
        AppError::BadRequest("error-form")
    }
}
