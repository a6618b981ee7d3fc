//! Imports in the browser: what was imported, a new one, how far it has come, what it did or why it did nothing.

use askama::Template;
use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse, Response};

use super::Kind;
use super::store::{self, Filter, ImportRow};
use super::uploads::{self, Upload};
use super::views::{FaultView, ImportView, KindHelp, Stage, help, kinds};
use crate::error::{AppError, Found, Result};
use crate::web::context::Ctx;
use crate::web::csv::CsvDownload;
use crate::web::form::FormErrors;
use crate::web::list::{ListQuery, PER_PAGE, Paged};
use crate::web::page::Page;
use crate::web::shell::Shell;
use crate::web::ui::{Choice, FilterTag, Link, Pager};

const COLUMNS: [&str; 6] = ["-started", "file", "kind", "added", "changed", "status"];
/// Rows of a download at most.
const DOWNLOAD_ROWS: i64 = 10_000;

#[derive(Template)]
#[template(path = "imports/index.html")]
struct IndexPage {
    shell: Shell,
    query: ListQuery,
    imports: Vec<ImportView>,
    pager: Pager,
    kinds: Vec<Choice>,
    statuses: Vec<Choice>,
    filters: Vec<FilterTag>,
    download: String,
}

impl IndexPage {
    fn columns(&self) -> &'static [&'static str] {
        &COLUMNS
    }
}

async fn rows(ctx: &Ctx, query: &ListQuery, limit: i64, offset: i64) -> Result<Vec<ImportRow>> {
    let filter = Filter {
        search: query.search(),
        kind: query.get("kind"),
        status: query.get("status"),
        id: None,
        sort: query.sort(&COLUMNS),
    };
    store::list(&mut *ctx.app.read().await?, &filter, limit, offset).await
}

/// `GET /admin/imports`
pub async fn index(ctx: Ctx, query: ListQuery) -> Result<Response> {
    let l = ctx.l;
    let rows = rows(&ctx, &query, PER_PAGE, query.offset()).await?;
    let imports: Vec<_> = rows.iter().map(|row| ImportView::new(&ctx, row)).collect();
    let total = rows.first().map_or(0, |row| row.total);
    let statuses = Stage::STORED.map(|status| Choice::new(status, l.t(&format!("import-status-{status}"))));
    let pager = Paged::new(imports, total, &query);
    let page = IndexPage {
        shell: ctx.shell("imports"),
        pager: pager.pager(&query),
        imports: pager.rows,
        filters: filters(&ctx, &query),
        kinds: kinds(l),
        statuses: statuses.into(),
        download: query.at("/admin/imports.csv"),
        query,
    };
    Ok(Page::ok(page).into_response())
}

fn filters(ctx: &Ctx, query: &ListQuery) -> Vec<FilterTag> {
    let labelled = |key: &str, name: &str, word: &dyn Fn(&str) -> String| {
        let value = query.get(key)?;
        Some(FilterTag { label: format!("{}: {}", ctx.l.t(name), word(value)), href: query.without(key) })
    };
    let word = |prefix: &'static str| move |code: &str| ctx.l.t(&format!("{prefix}-{code}"));
    let tags = [
        labelled("q", "search", &str::to_owned),
        labelled("kind", "import-kind", &word("import-kind")),
        labelled("status", "import-status", &word("import-status")),
    ];
    tags.into_iter().flatten().collect()
}

/// `GET /admin/imports.csv`: the list with the same filters.
pub async fn download(ctx: Ctx, query: ListQuery) -> Result<Response> {
    let l = ctx.l;
    let heads =
        ["started", "kind", "file", "source", "by", "status", "added", "changed", "unchanged", "faults"];
    let heads = heads.map(|head| l.t(&format!("import-{head}")));
    let mut file = CsvDownload::new("imports", l, &heads)?;
    for row in rows(&ctx, &query, DOWNLOAD_ROWS, 0).await? {
        let view = ImportView::new(&ctx, &row);
        let counts =
            [view.added, view.changed, view.unchanged, view.fault_count].map(|count| count.to_string());
        let words = [view.started, view.kind, view.file_name, view.source, view.by, l.t(view.stage.key())];
        file.row(&words.into_iter().chain(counts).collect::<Vec<_>>())?;
    }
    file.finish()
}

#[derive(Template)]
#[template(path = "imports/new.html")]
struct NewPage {
    shell: Shell,
    crumbs: Vec<Link>,
    kind: String,
    source: String,
    kinds: Vec<Choice>,
    help: Vec<KindHelp>,
    errors: FormErrors,
}

impl NewPage {
    fn of(ctx: &Ctx, kind: &str, source: &str, errors: FormErrors) -> Self {
        Self {
            shell: ctx.shell("imports"),
            crumbs: crumbs(ctx, ctx.l.t("import-new")),
            kind: kind.to_owned(),
            source: source.to_owned(),
            kinds: kinds(ctx.l),
            help: help(ctx.l),
            errors,
        }
    }
}

fn crumbs(ctx: &Ctx, here: String) -> Vec<Link> {
    vec![Link::new("/admin/imports", ctx.l.t("imports-title")), Link::new("", here)]
}

/// `GET /admin/imports/new`
pub async fn new(ctx: Ctx, query: ListQuery) -> Result<Response> {
    Ok(Page::ok(NewPage::of(&ctx, query.text("kind"), "import", FormErrors::default())).into_response())
}

/// The form with its faults; a browser does not send a file twice, so it has to be chosen again.
pub(super) fn faulty(ctx: &Ctx, upload: &Upload, errors: FormErrors) -> Response {
    Page::invalid(NewPage::of(ctx, &upload.kind, &upload.source, errors)).into_response()
}

#[derive(Template)]
#[template(path = "imports/show.html")]
struct ShowPage {
    shell: Shell,
    crumbs: Vec<Link>,
    import: ImportView,
    faults: Vec<FaultView>,
    /// Whether the checked file is still there.
    kept: bool,
}

impl ShowPage {
    fn facts(&self) -> Vec<(String, String)> {
        let (l, import) = (self.shell.l, &self.import);
        let counts = [
            ("import-added", import.added),
            ("import-changed", import.changed),
            ("import-unchanged", import.unchanged),
        ];
        counts.map(|(key, count)| (l.t(key), l.number(count))).into()
    }

    fn is_running(&self) -> bool {
        self.import.stage == Stage::Running
    }
}

/// `GET /admin/imports/{id}`
pub async fn show(ctx: Ctx, Path(id): Path<i64>) -> Result<Response> {
    let row = store::find(&mut *ctx.app.read().await?, id).await?.found()?;
    let import = ImportView::new(&ctx, &row);
    let page = ShowPage {
        shell: ctx.shell("imports"),
        crumbs: crumbs(&ctx, row.file_name.clone()),
        faults: row.faults().iter().map(|fault| FaultView::new(ctx.l, fault)).collect(),
        kept: import.stage == Stage::Checked && uploads::is_kept(&ctx.app, id),
        import,
    };
    Ok(Page::ok(page).into_response())
}

/// `GET /admin/imports/template/{kind}`: an empty file with its header.
pub async fn template(_: Ctx, Path(kind): Path<String>) -> Result<Response> {
    let kind = Kind::from_code(kind.trim_end_matches(".csv")).ok_or(AppError::NotFound)?;
    let names: Vec<&str> = kind.columns().iter().map(|column| column.name).collect();
    let disposition = format!("attachment; filename=\"{}.csv\"", kind.code());
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, disposition.as_str()),
    ];
    Ok((headers, format!("{}\r\n", names.join(","))).into_response())
}
