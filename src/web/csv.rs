//! CSV downloads of lists: same filters as on screen, readable by spreadsheets in the reader's language.

use axum::http::header;
use axum::response::{IntoResponse, Response};

use crate::error::{AppError, Result};
use crate::kernel::lang::Lang;
use crate::web::i18n::Localiser;

/// The most rows of a download: it is made in memory, and spreadsheets hold not many more.
const MOST_ROWS: i64 = 200_000;
/// How many rows a list asks for, so that a download can say that there are more.
pub const ROWS_ASKED: i64 = MOST_ROWS + 1;

/// A table on its way to a spreadsheet: UTF-8 with BOM, `;` for Swedish and `,` for English.
pub struct CsvDownload {
    file_name: String,
    l: Localiser,
    rows: i64,
    writer: csv::Writer<Vec<u8>>,
}

impl CsvDownload {
    /// Opens a file named `name.csv` with its header line.
    pub fn new<S: AsRef<str>>(name: &str, l: Localiser, header: &[S]) -> Result<Self> {
        let delimiter = if l.lang() == Lang::Sv { b';' } else { b',' };
        let mut buffer = Vec::with_capacity(64 * 1024);
        buffer.extend_from_slice("\u{feff}".as_bytes());
        // what says that there are more rows has one cell
        let writer = csv::WriterBuilder::new().delimiter(delimiter).flexible(true).from_writer(buffer);
        let mut file = Self { file_name: format!("{name}.csv"), l, rows: 0, writer };
        file.write(header)?;
        Ok(file)
    }

    /// Adds a line. Text that a spreadsheet would take for a formula is made harmless.
    /// Rows that it does not hold are left out, which its last line says.
    pub fn row<S: AsRef<str>>(&mut self, cells: &[S]) -> Result<()> {
        self.rows += 1;
        if self.rows <= MOST_ROWS { self.write(cells) } else { Ok(()) }
    }

    fn write<S: AsRef<str>>(&mut self, cells: &[S]) -> Result<()> {
        let cells = cells.iter().map(|cell| harmless(cell.as_ref()));
        self.writer.write_record(cells).map_err(AppError::internal)
    }

    /// The finished download.
    pub fn finish(mut self) -> Result<Response> {
        if self.rows > MOST_ROWS {
            self.write(&[self.l.tr("download-cut", &[("n", MOST_ROWS.into())])])?;
        }
        let bytes = self.writer.into_inner().map_err(AppError::internal)?;
        let disposition = format!("attachment; filename=\"{}\"", self.file_name);
        let headers = [
            (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
            (header::CONTENT_DISPOSITION, disposition),
        ];
        Ok((headers, bytes).into_response())
    }
}

/// Prefixes cells that begin like a formula with `'`; plain numbers keep their sign.
fn harmless(cell: &str) -> String {
    let risky = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
    if risky && !is_number(cell) { format!("'{cell}") } else { cell.to_owned() }
}

fn is_number(cell: &str) -> bool {
    let digits = cell.strip_prefix('-').unwrap_or(cell);
    !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | ','))
}

#[cfg(test)]
mod tests {
    use axum::body::to_bytes;

    use super::{CsvDownload, MOST_ROWS, harmless};
    use crate::kernel::lang::Lang;
    use crate::web::i18n::Localiser;

    async fn lines(rows: i64) -> Vec<String> {
        let mut file = CsvDownload::new("numbers", Localiser::new(Lang::En), &["number", "square"]).unwrap();
        (0..rows).for_each(|n| file.row(&[n.to_string(), (n * n).to_string()]).unwrap());
        let body = to_bytes(file.finish().unwrap().into_body(), usize::MAX).await.unwrap();
        String::from_utf8(body.to_vec()).unwrap().lines().map(str::to_owned).collect()
    }

    #[tokio::test]
    async fn what_does_not_fit_is_said_at_the_end() {
        let whole = lines(MOST_ROWS).await;
        let cut = lines(MOST_ROWS + 1).await;
        let (last, kept) = cut.split_last().unwrap();
        assert_eq!(kept, whole, "a heading and every row that it holds");
        assert!(last.contains("200,000 rows"), "{last}");
        assert!(!whole.last().unwrap().contains("rows"));
    }

    #[test]
    fn formulas_are_made_harmless_and_numbers_stay() {
        for formula in ["=1+1", "+1", "@SUM(A1)", "\tx", "-cmd|' /C calc'!A0", "-1+2"] {
            assert_eq!(harmless(formula), format!("'{formula}"));
        }
        for plain in ["-12.50", "-12,50", "Brf Älven", "", "12"] {
            assert_eq!(harmless(plain), plain);
        }
    }
}
