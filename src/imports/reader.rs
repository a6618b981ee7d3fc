//! Reading a CSV file as a stream: header, rows and their faults. Memory stays the same whatever the size of the
//! file, of a row or of a cell. Blocking; runs on a thread of its own.

use std::cell::Cell as Shared;
use std::collections::{BTreeSet, HashMap};
use std::io::{self, Read};
use std::rc::Rc;

use csv::{ByteRecord, ReaderBuilder};
use tokio::sync::mpsc::Sender;

use super::cell::{self, RowContext};
use super::columns::{Cell, Column, METRIC};
use super::fault::{Fault, Faults};
use crate::attainment::Metric;
use crate::kernel::money::Currency;

/// A file of more rows is to be divided.
const MAX_ROWS: u64 = 50_000_000;
/// A row of more bytes cannot be one: thirteen cells of the greatest length are shorter.
const MAX_ROW_BYTES: u64 = 1 << 20;
/// Encoded rows are handed over in parts of about this size.
const CHUNK_BYTES: usize = 256 * 1024;

/// Encoded rows on their way to the database.
pub(super) struct Chunk {
    /// Lines for COPY.
    pub data: Vec<u8>,
    /// Rows read so far.
    pub rows: u64,
    /// Bytes read so far.
    pub bytes: u64,
}

/// What the rows were like.
#[derive(Default)]
pub(super) struct Reading {
    /// Rows read.
    pub rows: u64,
    /// Rows that could not be read.
    pub faults: Faults,
    /// Currencies that occur.
    pub currencies: BTreeSet<Currency>,
}

/// Reads `input` to its end and sends its rows to `sink`; a sink that is gone ends the reading.
pub(super) fn read(input: impl Read, columns: &'static [Column], sink: &Sender<Chunk>) -> Reading {
    let row_start = Rc::new(Shared::new(0));
    let guarded = Guarded { input, given: 0, row_start: Rc::clone(&row_start) };
    let mut csv =
        ReaderBuilder::new().has_headers(false).flexible(true).buffer_capacity(1 << 16).from_reader(guarded);
    let mut sheet = Sheet { columns, positions: Vec::new(), width: 0, reading: Reading::default() };
    let mut record = ByteRecord::new();
    let mut data = Vec::with_capacity(CHUNK_BYTES + CHUNK_BYTES / 8);
    loop {
        row_start.set(csv.position().byte());
        match csv.read_byte_record(&mut record) {
            Ok(true) => {}
            Ok(false) => break,
            Err(error) => {
                sheet.break_off(csv.position().line(), &error);
                break;
            }
        }
        if !sheet.take(&record, &mut data) {
            break;
        }
        if data.len() >= CHUNK_BYTES && !hand_over(&mut data, &sheet, csv.position().byte(), sink) {
            break;
        }
    }
    hand_over(&mut data, &sheet, csv.position().byte(), sink);
    sheet.finish()
}

fn hand_over(data: &mut Vec<u8>, sheet: &Sheet, bytes: u64, sink: &Sender<Chunk>) -> bool {
    let rows = sheet.reading.rows;
    let full = std::mem::replace(data, Vec::with_capacity(CHUNK_BYTES + CHUNK_BYTES / 8));
    sink.blocking_send(Chunk { data: full, rows, bytes }).is_ok()
}

/// Ends a file in which a row never ends, before it fills the memory.
struct Guarded<R> {
    input: R,
    given: u64,
    row_start: Rc<Shared<u64>>,
}

impl<R: Read> Read for Guarded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.given.saturating_sub(self.row_start.get()) > MAX_ROW_BYTES {
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, "row too long"));
        }
        let count = self.input.read(buffer)?;
        self.given += u64::try_from(count).unwrap_or(u64::MAX);
        Ok(count)
    }
}

struct Sheet {
    columns: &'static [Column],
    /// Where each column stands in the file.
    positions: Vec<Option<usize>>,
    width: usize,
    reading: Reading,
}

impl Sheet {
    /// Takes the header or a row; false when there is no use in reading on.
    fn take(&mut self, record: &ByteRecord, data: &mut Vec<u8>) -> bool {
        if self.width == 0 {
            self.header(record);
            return self.reading.faults.is_empty();
        }
        self.reading.rows += 1;
        let line = record.position().map_or(0, csv::Position::line);
        if self.reading.rows > MAX_ROWS {
            self.reading.faults.add(Fault::new(line, "", "", "import-fault-too-many-rows"));
            return false;
        }
        self.row(record, line, data);
        true
    }

    fn header(&mut self, record: &ByteRecord) {
        self.width = record.len().max(1);
        let mut places: HashMap<String, usize> = HashMap::new();
        for (place, name) in record.iter().enumerate() {
            let name = String::from_utf8_lossy(name);
            let name = name.trim_start_matches('\u{feff}').trim();
            let reason = if !self.columns.iter().any(|column| column.name == name) {
                "import-fault-unknown-column"
            } else if places.insert(name.to_owned(), place).is_some() {
                "import-fault-repeated-column"
            } else {
                continue;
            };
            self.reading.faults.add(Fault::new(1, name, "", reason).with("column", name));
        }
        for column in self.columns {
            let place = places.get(column.name).copied();
            if place.is_none() && !column.optional {
                let fault = Fault::new(1, column.name, "", "import-fault-missing-column");
                self.reading.faults.add(fault.with("column", column.name));
            }
            self.positions.push(place);
        }
    }

    /// Encodes a row; a faulty one is not handed over.
    fn row(&mut self, record: &ByteRecord, line: u64, data: &mut Vec<u8>) {
        if record.len() != self.width {
            let fault = Fault::new(line, "", "", "import-fault-width");
            let fault =
                fault.with("found", record.len().to_string()).with("expected", self.width.to_string());
            return self.reading.faults.add(fault);
        }
        let (start, faults_before) = (data.len(), self.reading.faults.count);
        let context = self.context(record);
        data.extend_from_slice(line.to_string().as_bytes());
        for (column, place) in self.columns.iter().zip(&self.positions) {
            data.push(b'\t');
            let bytes = place.and_then(|place| record.get(place)).unwrap_or_default();
            let encoded = match std::str::from_utf8(bytes) {
                Ok(text) => cell::encode(column, text.trim(), context, data),
                Err(_) => Err("import-fault-utf8"),
            };
            if let Err(reason) = encoded {
                let value = String::from_utf8_lossy(&bytes[..bytes.len().min(512)]);
                self.reading.faults.add(with_choices(Fault::new(line, column.name, &value, reason), column));
            }
        }
        data.push(b'\n');
        if self.reading.faults.count > faults_before {
            data.truncate(start);
        }
    }

    /// What the row's currency and metric say about its amounts.
    fn context(&mut self, record: &ByteRecord) -> RowContext {
        let text = |place: Option<usize>| {
            place
                .and_then(|place| record.get(place))
                .and_then(|cell| std::str::from_utf8(cell).ok())
                .map(str::trim)
        };
        let mut context = RowContext::default();
        for (column, place) in self.columns.iter().zip(&self.positions) {
            if column.cell == Cell::Currency {
                context.currency = text(*place).and_then(Currency::parse);
            } else if let (METRIC, Cell::Choice(metrics)) = (column.name, column.cell) {
                let metric = text(*place).filter(|metric| metrics.contains(metric));
                let code = metric.map(|code| if code == "gross_margin" { "margin" } else { code });
                context.metric = code.and_then(Metric::from_code);
            }
        }
        self.reading.currencies.extend(context.currency);
        context
    }

    fn break_off(&mut self, line: u64, error: &csv::Error) {
        let too_long =
            matches!(error.kind(), csv::ErrorKind::Io(cause) if cause.kind() == io::ErrorKind::FileTooLarge);
        let reason = if too_long { "import-fault-row-too-long" } else { "import-fault-unreadable" };
        self.reading.faults.add(Fault::new(line, "", "", reason));
    }

    fn finish(mut self) -> Reading {
        if self.width == 0 && self.reading.faults.is_empty() {
            self.header(&ByteRecord::new());
        }
        self.reading
    }
}

/// Names the words there are to choose from.
fn with_choices(fault: Fault, column: &Column) -> Fault {
    match column.cell {
        Cell::Choice(words) => fault.with("choices", words.join(", ")),
        _ => fault,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::imports::Kind;
    use tokio::sync::mpsc;

    fn read_all(text: &[u8]) -> (String, Reading) {
        let (sink, mut rows) = mpsc::channel(1000);
        let reading = read(text, Kind::Customers.columns(), &sink);
        let mut data = String::new();
        while let Ok(chunk) = rows.try_recv() {
            data.push_str(std::str::from_utf8(&chunk.data).unwrap());
        }
        (data, reading)
    }

    #[test]
    fn columns_are_found_by_name_behind_a_byte_order_mark() {
        let (data, reading) =
            read_all("\u{feff}region,name,customer_no,segment\nNorth,\"Å, B\",7,\n".as_bytes());
        assert_eq!(data, "2\t7\tÅ, B\t\tNorth\n");
        assert!(reading.faults.is_empty());
    }

    #[test]
    fn every_fault_of_the_header_is_named() {
        let (_, reading) = read_all(b"customer_no,name,name,colour\n1,a,b,c\n");
        let told: Vec<_> =
            reading.faults.first.iter().map(|f| (f.column.as_str(), f.reason.as_str())).collect();
        let expected = [
            ("name", "import-fault-repeated-column"),
            ("colour", "import-fault-unknown-column"),
            ("segment", "import-fault-missing-column"),
            ("region", "import-fault-missing-column"),
        ];
        assert_eq!(told, expected);
        assert_eq!(read_all(b"").1.faults.count, 4, "an empty file has no columns");
    }

    #[test]
    fn faults_carry_the_line_also_after_cells_of_several_lines() {
        let (data, reading) =
            read_all(b"customer_no,name,segment,region\n1,\"a\nb\",,\n2,,,\n3,c\n4,\xff,,\n5,d,,\n");
        let told: Vec<_> = reading.faults.first.iter().map(|f| (f.line, f.reason.as_str())).collect();
        assert_eq!(told, [(4, "import-fault-required"), (5, "import-fault-width"), (6, "import-fault-utf8")]);
        assert_eq!(data, "2\t1\ta\\nb\t\t\n7\t5\td\t\t\n");
    }

    #[test]
    fn a_row_that_never_ends_is_broken_off() {
        struct Endless(u64);
        impl Read for Endless {
            fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
                assert!(self.0 < 4 * MAX_ROW_BYTES, "reading should have stopped");
                buffer.fill(b'x');
                self.0 += buffer.len() as u64;
                Ok(buffer.len())
            }
        }
        let head = &b"customer_no,name,segment,region\n1,\""[..];
        let (sink, _rows) = mpsc::channel(10);
        let reading = read(head.chain(Endless(0)), Kind::Customers.columns(), &sink);
        assert_eq!(reading.faults.first[0].reason, "import-fault-row-too-long");
        assert_eq!(reading.faults.first[0].line, 2);
    }
}
