//! A CSV file as it is, before anything of it is understood.

/// A file's header and rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// Names of the columns.
    pub header: Vec<String>,
    /// Each row with its line, 1 is the header.
    pub rows: Vec<(u64, Vec<String>)>,
}

impl Table {
    /// Reads a file in UTF-8, with commas or semicolons. The line and the key of what is wrong otherwise.
    pub fn read(bytes: &[u8]) -> Result<Self, (u64, &'static str)> {
        let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
        let text = std::str::from_utf8(bytes).map_err(|_| (1, "error-upload-text"))?;
        if text.contains('\0') {
            return Err((1, "error-nul"));
        }
        // the reader counts a line too few where lines end in two characters
        let text = text.replace("\r\n", "\n");
        let first = text.lines().next().unwrap_or_default();
        let delimiter = if first.matches(';').count() > first.matches(',').count() { b';' } else { b',' };
        let mut reader =
            csv::ReaderBuilder::new().delimiter(delimiter).trim(csv::Trim::All).from_reader(text.as_bytes());
        let header = reader.headers().map_err(|_| (1, "error-upload-line"))?;
        let header: Vec<String> = header.iter().map(str::to_owned).collect();
        let mut rows = Vec::new();
        for record in reader.records() {
            let record = record
                .map_err(|error| (error.position().map_or(0, csv::Position::line), "error-upload-line"))?;
            let line = record.position().map_or(0, csv::Position::line);
            rows.push((line, record.iter().map(str::to_owned).collect()));
        }
        Ok(Self { header, rows })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_counted_however_they_end() {
        for end in ["\n", "\r\n"] {
            let file = ["a;b", "1;\"x", "y\"", "2; z "].join(end);
            let table = Table::read(file.as_bytes()).unwrap();
            assert_eq!(table.header, ["a", "b"]);
            let lines: Vec<(u64, &str)> =
                table.rows.iter().map(|(line, row)| (*line, row[1].as_str())).collect();
            assert_eq!(lines, [(2, "x\ny"), (4, "z")]);
        }
        assert_eq!(Table::read(b"\xff"), Err((1, "error-upload-text")));
    }
}
