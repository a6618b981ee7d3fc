//! Small files of rows: all of them or none, every fault with its line, column, value and reason. For lists of some thousand
//! rows that a page takes at once; what is larger goes through [`crate::imports`].

use askama::Template;
use axum::extract::Multipart;
use axum::response::{IntoResponse, Response};

use crate::error::{AppError, Result};
use crate::web::context::Ctx;
use crate::web::form::{FieldError, FormErrors};
use crate::web::page::Page;
use crate::web::shell::Shell;
use crate::web::ui::Link;

/// No such file is larger.
const LARGEST: usize = 2 << 20;
/// Faults that are named before the rest is counted.
const NAMED: usize = 100;

/// What a file has to look like.
#[derive(Clone, Copy, Debug)]
pub struct Layout {
    /// The columns it may have.
    pub columns: &'static [&'static str],
    /// How many of them, from the first, it must have.
    pub needed: usize,
}

/// What is wrong with a file, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The line, 1 is the header.
    pub line: u64,
    /// Name of the column.
    pub column: String,
    /// What stands there.
    pub value: String,
    /// Why it cannot be taken, in the reader's language.
    pub reason: String,
}

/// The page that takes a file.
#[derive(Template)]
#[template(path = "web/upload.html")]
struct UploadPage {
    shell: Shell,
    back: Link,
    title: String,
    intro: String,
    action: String,
    hint: String,
    download: Option<Link>,
    columns: String,
    faults: Vec<Fault>,
    more: usize,
}

/// Whose page it is: the place in the navigation, the list it leads back to, and where it is sent.
#[derive(Clone, Debug)]
pub struct Frame {
    /// The id of the navigation item.
    pub here: &'static str,
    /// The list.
    pub back: Link,
    /// Keys of title and introduction.
    pub keys: (&'static str, &'static str),
    /// Where the form is sent.
    pub action: String,
    /// More about the columns; may be empty.
    pub hint: String,
    /// What is there now, as such a file.
    pub download: Option<Link>,
}

/// The form, and what was wrong with the file that was sent.
pub fn page(ctx: &Ctx, frame: Frame, layout: Layout, mut faults: Vec<Fault>) -> Response {
    let more = faults.len().saturating_sub(NAMED);
    faults.truncate(NAMED);
    let failed = !faults.is_empty();
    let page = UploadPage {
        shell: ctx.shell(frame.here),
        back: frame.back,
        title: ctx.l.t(frame.keys.0),
        intro: ctx.l.t(frame.keys.1),
        action: frame.action,
        hint: frame.hint,
        download: frame.download,
        columns: layout.columns.join(","),
        faults,
        more,
    };
    if failed { Page::invalid(page).into_response() } else { Page::ok(page).into_response() }
}

/// The file that was sent.
pub async fn receive(mut form: Multipart) -> Result<Vec<u8>> {
    let broken = |_| AppError::BadRequest("error-form");
    let mut bytes = Vec::new();
    while let Some(mut field) = form.next_field().await.map_err(broken)? {
        if field.name() != Some("file") {
            return Err(AppError::BadRequest("error-form"));
        }
        while let Some(chunk) = field.chunk().await.map_err(broken)? {
            if bytes.len() + chunk.len() > LARGEST {
                return Err(AppError::TooLarge);
            }
            bytes.extend_from_slice(&chunk);
        }
    }
    Ok(bytes)
}

/// A row's cell by the name of its column; empty when it has none.
pub type Cell<'a> = &'a dyn Fn(&str) -> String;

/// A row with its line and its cells, for faults that are found only when it is compared with what is there.
#[derive(Clone, Debug)]
pub struct Row<T> {
    /// The line of the file.
    pub line: u64,
    /// What was read.
    pub read: T,
    cells: Vec<(String, String)>,
}

impl<T> Row<T> {
    /// What is wrong with it, each with what stands in its column.
    pub fn faults(&self, ctx: &Ctx, errors: &FormErrors) -> Vec<Fault> {
        let cell = |column: &str| {
            let cell = self.cells.iter().find(|(name, _)| name == column);
            cell.map(|(_, text)| text.clone()).unwrap_or_default()
        };
        faults(ctx, self.line, errors, &cell)
    }
}

fn faults(ctx: &Ctx, line: u64, errors: &FormErrors, cell: Cell<'_>) -> Vec<Fault> {
    let fault = |error: &FieldError| Fault {
        line,
        column: error.field.clone(),
        value: cell(&error.field),
        reason: error.text(ctx.l),
    };
    errors.iter().map(fault).collect()
}

/// Every row as `row` reads it, or everything that is wrong.
pub fn read<T>(
    ctx: &Ctx,
    bytes: &[u8],
    layout: Layout,
    row: impl FnMut(Cell<'_>) -> std::result::Result<T, FormErrors>,
) -> std::result::Result<Vec<T>, Vec<Fault>> {
    let rows = read_rows(ctx, bytes, layout, row)?;
    Ok(rows.into_iter().map(|row| row.read).collect())
}

/// The same for rows that are compared with what is there.
pub fn read_rows<T>(
    ctx: &Ctx,
    bytes: &[u8],
    layout: Layout,
    mut row: impl FnMut(Cell<'_>) -> std::result::Result<T, FormErrors>,
) -> std::result::Result<Vec<Row<T>>, Vec<Fault>> {
    let plain = |line: u64, column: &str, key: &str| Fault {
        line,
        column: column.to_owned(),
        value: String::new(),
        reason: ctx.l.t(key),
    };
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    let text = std::str::from_utf8(bytes).map_err(|_| vec![plain(1, "", "error-upload-text")])?;
    // lines are counted by their last character, so one that ends with two would be counted late
    let text = &text.replace("\r\n", "\n");
    let first = text.lines().next().unwrap_or_default();
    let delimiter = if first.contains(';') { b';' } else { b',' };
    let mut lines =
        csv::ReaderBuilder::new().delimiter(delimiter).trim(csv::Trim::Headers).from_reader(text.as_bytes());
    let header = lines.headers().map_err(|_| vec![plain(1, "", "error-upload-line")])?.clone();
    let unknown = header.iter().filter(|name| !layout.columns.contains(name));
    let mut faults: Vec<Fault> = unknown.map(|name| plain(1, name, "error-upload-column")).collect();
    let missing = layout.columns.iter().take(layout.needed);
    let missing = missing.filter(|name| !header.iter().any(|there| there == **name));
    faults.extend(missing.map(|name| plain(1, name, "error-upload-missing")));
    if !faults.is_empty() {
        return Err(faults);
    }
    let mut rows = Vec::new();
    for record in lines.records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                faults.push(plain(error.position().map_or(0, csv::Position::line), "", "error-upload-line"));
                continue;
            }
        };
        let line = record.position().map_or(0, csv::Position::line);
        let cell = |name: &str| {
            let at = header.iter().position(|there| there == name);
            at.and_then(|at| record.get(at)).unwrap_or_default().to_owned()
        };
        match row(&cell) {
            Ok(read) => {
                let cells = header.iter().map(|column| (column.to_owned(), cell(column))).collect();
                rows.push(Row { line, read, cells });
            }
            Err(errors) => faults.extend(self::faults(ctx, line, &errors, &cell)),
        }
    }
    if faults.is_empty() { Ok(rows) } else { Err(faults) }
}
