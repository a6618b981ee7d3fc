//! CSV downloads of lists: same filters as on screen, readable by spreadsheets in the reader's language.

use axum::http::header;
use axum::response::{IntoResponse, Response};

use crate::error::{AppError, Result};
use crate::kernel::lang::Lang;

/// A table on its way to a spreadsheet: UTF-8 with BOM, `;` for Swedish and `,` for English.
pub struct CsvDownload {
    file_name: String,
    writer: csv::Writer<Vec<u8>>,
}

impl CsvDownload {
    /// Opens a file named `name.csv` with its header line.
    pub fn new<S: AsRef<str>>(name: &str, lang: Lang, header: &[S]) -> Result<Self> {
        let delimiter = if lang == Lang::Sv { b';' } else { b',' };
        let mut buffer = Vec::with_capacity(64 * 1024);
        buffer.extend_from_slice("\u{feff}".as_bytes());
        let writer = csv::WriterBuilder::new().delimiter(delimiter).from_writer(buffer);
        let mut file = Self { file_name: format!("{name}.csv"), writer };
        file.row(header)?;
        Ok(file)
    }

    /// Adds a line. Text that a spreadsheet would take for a formula is made harmless.
    pub fn row<S: AsRef<str>>(&mut self, cells: &[S]) -> Result<()> {
        let cells = cells.iter().map(|cell| harmless(cell.as_ref()));
        self.writer.write_record(cells).map_err(AppError::internal)
    }

    /// The finished download.
    pub fn finish(self) -> Result<Response> {
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
    use super::harmless;

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
