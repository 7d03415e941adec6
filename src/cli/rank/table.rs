//! A table of ventures from CSV: every header is a field, and the document decides how each is read.

use std::collections::{BTreeSet, HashMap};
use std::io::{self, BufRead};

use super::records::{Malformed, Record, Records};
use crate::domain::criteria::{Criteria, Reading, Role};
use crate::domain::decimal::{Decimal, Refused, names_no_finite_number};
use crate::domain::field::{FieldType, Op, Vocabulary};
use crate::domain::text::{Text, Words};
use crate::engine::analyse::LARGEST;
use crate::engine::{Cell, Column, Row, Snapshot};

/// The column that names the ventures.
const ID: &str = "id";
/// Faults told one by one; a table with more is of another kind than the one meant.
const MOST_FAULTS: usize = 10_000;

/// One fault of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableFault {
    /// As spreadsheets count: the header is row 1.
    pub row: u64,
    /// The header's text.
    pub column: String,
    /// What, for programs.
    pub code: &'static str,
    /// What and how to mend it, for people.
    pub detail: Text,
}

/// Faults as they are found, up to a limit.
#[derive(Debug, Default)]
struct Faults {
    told: Vec<TableFault>,
    untold: usize,
}

impl Faults {
    fn add(&mut self, row: u64, column: &str, code: &'static str, detail: impl Into<Text>) {
        if self.told.len() < MOST_FAULTS {
            self.told.push(TableFault { row, column: column.to_owned(), code, detail: detail.into() });
        } else {
            self.untold += 1;
        }
    }

    const fn is_empty(&self) -> bool {
        self.told.is_empty()
    }

    fn finish(mut self, row: u64) -> Vec<TableFault> {
        if self.untold > 0 {
            let n = self.untold;
            self.told.push(TableFault {
                row,
                column: String::new(),
                code: "too_many_faults",
                detail: Text::new(
                    format!("Masih ada {n} kesalahan lain. Perbaiki yang di atas dahulu."),
                    format!("There are {n} more faults. Mend those above first."),
                ),
            });
        }
        self.told
    }
}

/// The rows in which ids stand.
type Ids = HashMap<Box<str>, u64>;

/// Columns of numbers, row by row.
#[derive(Debug, Default)]
pub struct Numbers {
    /// The header of each column.
    pub headers: Vec<String>,
    /// The id of each row.
    pub ids: Vec<String>,
    /// Its number, as spreadsheets count.
    pub rows: Vec<u64>,
    /// Its numbers, all finite, none beyond ±10¹⁰⁰.
    pub cells: Vec<Vec<f64>>,
}

/// The rows of a table, as a document reads them.
#[derive(Debug)]
pub struct Rows {
    /// To be ranked.
    pub snapshot: Snapshot,
    places: HashMap<String, usize>,
    /// The columns of which an end was read of a range.
    ranges: BTreeSet<usize>,
}

impl Rows {
    /// The column that a field reads, unless there are ranges in it. `X`, `X.min` and `X.max` read the same.
    pub fn numbers(&self, field: &str) -> Option<usize> {
        place(&self.places, field).map(|(at, _)| at).filter(|at| !self.ranges.contains(at))
    }
}

/// A table whose header has been read.
pub struct Table<R> {
    records: Records<R>,
    headers: Vec<String>,
    places: HashMap<String, usize>,
    faults: Faults,
}

impl<R: BufRead> Table<R> {
    /// Reads the header.
    ///
    /// # Errors
    /// When the stream cannot be read. What is wrong with the header is told by [`Table::read`].
    pub fn open(input: R) -> io::Result<Self> {
        let mut records = Records::new(input);
        let mut record = Record::default();
        let mut faults = Faults::default();
        let (mut headers, mut places) = (Vec::new(), HashMap::new());
        records.read(&mut record, false)?;
        for at in 0..record.len() {
            let bytes = record.cell(at).unwrap_or_default();
            let header = String::from_utf8_lossy(bytes).into_owned();
            if std::str::from_utf8(bytes).is_err() {
                faults.add(1, &header, "not_utf8", NOT_UTF8);
            }
            // A header that was not read to its end is none: what it lacks or repeats is beside the point.
            if record.is_whole() && places.contains_key(&header) {
                faults.add(
                    1,
                    &header,
                    "duplicate_header",
                    Text::new(
                        format!("Judul kolom {header:?} muncul dua kali. Ubah atau hapus salah satu."),
                        format!("The header {header:?} stands twice. Rename or remove one."),
                    ),
                );
            }
            places.entry(header.clone()).or_insert(at);
            headers.push(header);
        }
        malformed(&record, 1, &headers, &mut faults);
        if record.is_whole() && !places.contains_key(ID) {
            faults.add(
                1,
                ID,
                "missing_id_column",
                Words::new(
                    "Tidak ada kolom \"id\". Baris pertama harus berisi judul kolom, satu di antaranya \"id\".",
                    "There is no column \"id\". The first row must hold the headers, \"id\" among them.",
                ),
            );
        }
        Ok(Self { records, headers, places, faults })
    }

    /// Reads all rows: the columns that a document reads, or, without one, nothing but what is wrong with
    /// the table as such.
    ///
    /// # Errors
    /// The outer error when the stream cannot be read; the inner one holds all faults of the table.
    pub fn read(mut self, criteria: Option<&Criteria>) -> io::Result<Result<Rows, Vec<TableFault>>> {
        let uses = criteria.map(|criteria| self.uses(criteria)).unwrap_or_default();
        let schema: Vec<Column> = uses.iter().map(|u| u.column.clone()).collect();
        let mut snapshot = Snapshot::new(schema);
        let (mut record, mut ids, mut ranges) = (Record::default(), Ids::new(), BTreeSet::new());
        while self.next(&mut record, &mut ids)? {
            let row = self.records.row();
            let mut cells = Vec::with_capacity(uses.len());
            for used in &uses {
                let text = text(&record, used.at);
                if used.end.is_some() && text.contains(BETWEEN) {
                    ranges.insert(used.at);
                }
                match used.cell(text) {
                    Ok(cell) => cells.push(cell),
                    Err(refused) => self.refuse(used, row, refused),
                }
            }
            if let (Some(at), true) = (self.places.get(ID), self.faults.is_empty()) {
                let id = text(&record, *at).to_owned();
                let row = Row { id, pending: false, open_adjudication: false, cells };
                snapshot.put(row).map_err(io::Error::other)?;
            } else {
                // A table at fault is not ranked: only its faults are still wanted.
                snapshot = Snapshot::new(Vec::new());
            }
        }
        let row = self.records.row();
        let rows = Rows { snapshot, places: self.places, ranges };
        Ok(if self.faults.is_empty() { Ok(rows) } else { Err(self.faults.finish(row)) })
    }

    /// Reads all rows, of each the numbers of these fields; one that is no column of the table gives none.
    ///
    /// # Errors
    /// The outer error when the stream cannot be read; the inner one holds all faults of the table.
    pub fn numbers(mut self, fields: &[&str]) -> io::Result<Result<Numbers, Vec<TableFault>>> {
        let places: Vec<_> = fields.iter().filter_map(|field| place(&self.places, field)).collect();
        let mut numbers =
            Numbers { headers: places.iter().map(|(at, _)| self.headers[*at].clone()).collect(), ..Numbers::default() };
        let (mut record, mut ids) = (Record::default(), Ids::new());
        while self.next(&mut record, &mut ids)? {
            let row = self.records.row();
            let mut cells = Vec::with_capacity(places.len());
            for (i, (at, end)) in places.iter().enumerate() {
                match number(text(&record, *at), *end) {
                    Ok(number) => cells.push(number),
                    // A column that is used twice is told of once.
                    Err(_) if places[..i].contains(&(*at, *end)) => {}
                    Err((code, words)) => self.faults.add(row, &self.headers[*at], code, words),
                }
            }
            if let (Some(at), true) = (self.places.get(ID), self.faults.is_empty()) {
                numbers.ids.push(text(&record, *at).to_owned());
                numbers.rows.push(row);
                numbers.cells.push(cells);
            }
        }
        let row = self.records.row();
        Ok(if self.faults.is_empty() { Ok(numbers) } else { Err(self.faults.finish(row)) })
    }

    /// Reads the next row of as many cells as the header has, and notes what is wrong with it and with those
    /// passed over; whether there was one.
    fn next(&mut self, record: &mut Record, ids: &mut Ids) -> io::Result<bool> {
        while self.records.read(record, self.headers.len() == 1)? {
            let row = self.records.row();
            malformed(record, row, &self.headers, &mut self.faults);
            if record.len() != self.headers.len() {
                if record.is_whole() {
                    self.wrong_width(record, row);
                }
                continue;
            }
            for (at, header) in self.headers.iter().enumerate() {
                let bytes = record.cell(at).unwrap_or_default();
                if !bytes.is_ascii() && std::str::from_utf8(bytes).is_err() {
                    self.faults.add(row, header, "not_utf8", NOT_UTF8);
                }
            }
            if let Some(id) = self.places.get(ID).and_then(|at| valid(record, *at)) {
                self.id(id, row, ids);
            }
            return Ok(true);
        }
        Ok(false)
    }

    /// Each use of a field for itself: a field read as number and as text is two columns.
    fn uses(&self, criteria: &Criteria) -> Vec<Use> {
        let mut out: Vec<Use> = Vec::new();
        for field in criteria.fields().filter(|f| f.role != Role::Dropped) {
            let column = Column { field: field.field.to_owned(), reading: field.reading };
            if out.iter().any(|u| u.column == column) {
                continue;
            }
            if let Some((at, end)) = place(&self.places, field.field) {
                out.push(Use { column, at, end });
            }
        }
        out
    }

    fn id(&mut self, id: &str, row: u64, ids: &mut Ids) {
        if matches!(id, "" | NOT_APPLICABLE | NOT_ASSESSED) {
            let words = Words::new(
                "Baris ini tidak punya id. Isi id yang unik.",
                "This row has no id. Give it one of its own.",
            );
            self.faults.add(row, ID, "missing_id", words);
        } else if let Some(first) = ids.get(id) {
            let detail = Text::new(
                format!("Id {id:?} sudah dipakai baris {first}. Setiap usaha satu baris dengan id sendiri."),
                format!("The id {id:?} already stands in row {first}. Each venture has one row and its own id."),
            );
            self.faults.add(row, ID, "duplicate_id", detail);
        } else {
            ids.insert(id.into(), row);
        }
    }

    fn wrong_width(&mut self, record: &Record, row: u64) {
        let (have, want) = (record.len(), self.headers.len());
        // The first column without a cell; of surplus cells, the last column.
        let column = self.headers.get(have).or(self.headers.last()).cloned().unwrap_or_default();
        let detail = Text::new(
            format!("Baris ini punya {have} sel, seharusnya {want}. Periksa koma dan tanda kutip."),
            format!("This row has {have} cells, not {want}. Check commas and quotes."),
        );
        self.faults.add(row, &column, "wrong_number_of_cells", detail);
    }

    fn refuse(&mut self, used: &Use, row: u64, refused: CellRefused) {
        let header = &self.headers[used.at];
        match refused {
            CellRefused::Number(refused) => self.faults.add(row, header, refused.code(), refused.words()),
            CellRefused::Range => self.faults.add(row, header, "not_a_range", NOT_A_RANGE),
        }
    }
}

/// Every header is a field, and of a range also its ends; every operator and value function may read it.
impl<R> Vocabulary for Table<R> {
    fn describe(&self, field: &str) -> Option<(FieldType, &'static [Op])> {
        place(&self.places, field).map(|_| (FieldType::Code, Op::ALL))
    }

    fn plain(&self) -> bool {
        true
    }
}

/// Between the ends of a range.
const BETWEEN: &str = "..";
const NOT_APPLICABLE: &str = "n/a";
const NOT_ASSESSED: &str = "?";
const NOT_A_RANGE: Words = Words::new(
    "Bukan rentang. Tulis seperti 5000000..20000000, dari yang kecil ke yang besar, atau satu angka.",
    "Not a range. Write it as 5000000..20000000, the smaller first, or as one number.",
);
const NOT_UTF8: Words =
    Words::new("Bukan UTF-8. Simpan ulang sebagai \"CSV UTF-8\".", "Not UTF-8. Save it again as \"CSV UTF-8\".");

/// Which end of a range is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Min,
    Max,
}

/// The place of a field's column, and the end if it is `.min` or `.max` of a range column.
fn place(places: &HashMap<String, usize>, field: &str) -> Option<(usize, Option<End>)> {
    if let Some(at) = places.get(field) {
        return Some((*at, None));
    }
    let ends = [(".min", End::Min), (".max", End::Max)];
    ends.into_iter().find_map(|(suffix, end)| Some((*places.get(field.strip_suffix(suffix)?)?, Some(end))))
}

/// A column of the table, read in one way.
struct Use {
    column: Column,
    at: usize,
    end: Option<End>,
}

/// Why a cell cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum CellRefused {
    Number(Refused),
    Range,
}

impl Use {
    fn cell(&self, text: &str) -> Result<Cell, CellRefused> {
        match text {
            "" => return Ok(Cell::NotAnswered),
            NOT_APPLICABLE => return Ok(Cell::NotApplicable),
            NOT_ASSESSED => return Ok(Cell::NotAssessed),
            _ => {}
        }
        if let Some(end) = self.end {
            let (from, to) = range(text)?;
            let number = if end == End::Min { from } else { to };
            return Ok(match self.column.reading {
                Reading::Number => Cell::number(number),
                Reading::Text => Cell::text(&number.to_string()),
                Reading::Set => Cell::set([number.to_string().as_str()]),
                Reading::Range => Cell::Range(number, number),
            });
        }
        Ok(match self.column.reading {
            Reading::Number => Cell::number(Decimal::parse(text).map_err(CellRefused::Number)?),
            Reading::Text => Cell::text(text),
            Reading::Set => Cell::set(text.split(';')),
            Reading::Range => {
                let (from, to) = range(text)?;
                Cell::Range(from, to)
            }
        })
    }
}

/// The text of a cell, if it is UTF-8.
fn valid(record: &Record, at: usize) -> Option<&str> {
    record.cell(at).and_then(|bytes| std::str::from_utf8(bytes).ok())
}

/// The text of a cell. What is not UTF-8 has been told; it is read on as a cell without an answer.
fn text(record: &Record, at: usize) -> &str {
    valid(record, at).unwrap_or_default()
}

/// A cell as a number in JSON's grammar with as many digits as a double has, or what is wrong with it.
fn number(text: &str, end: Option<End>) -> Result<f64, (&'static str, Words)> {
    if matches!(text, "" | NOT_APPLICABLE | NOT_ASSESSED) {
        let words = Words::new(
            "Tidak ada angka di sini. Metode ini perlu angka di setiap sel: isi, atau hapus baris ini.",
            "There is no number here. The methods need one in every cell: fill it in, or remove this row.",
        );
        return Err(("missing_value", words));
    }
    let Some(end) = end else { return plain_number(text) };
    let (from, to) = text.split_once(BETWEEN).unwrap_or((text, text));
    let (from, to) = (plain_number(from)?, plain_number(to)?);
    match end {
        _ if from > to => Err(("not_a_range", NOT_A_RANGE)),
        End::Min => Ok(from),
        End::Max => Ok(to),
    }
}

fn plain_number(text: &str) -> Result<f64, (&'static str, Words)> {
    let refused = |refused: Refused| Err((refused.code(), refused.words()));
    // A reader of JSON passes over blanks; cells are not trimmed.
    let bare =
        text.starts_with(|c: char| c == '-' || c.is_ascii_digit()) && text.ends_with(|c: char| c.is_ascii_digit());
    let read = if bare { serde_json::from_str::<f64>(text).ok() } else { None };
    match read {
        Some(x) if x.abs() > LARGEST => {
            let words = Words::new("Di luar ±10^100. Periksa satuannya.", "Beyond ±10^100. Check its unit.");
            Err((Refused::Range.code(), words))
        }
        Some(x) => Ok(x),
        None if names_no_finite_number(text) => refused(Refused::NonFinite),
        None => refused(Refused::NotANumber),
    }
}

/// `a..b`, or a number x as x..x.
fn range(text: &str) -> Result<(Decimal, Decimal), CellRefused> {
    let number = |text| {
        Decimal::parse(text).map_err(|refused| match refused {
            Refused::NotANumber => CellRefused::Range,
            refused => CellRefused::Number(refused),
        })
    };
    let (from, to) = text.split_once(BETWEEN).unwrap_or((text, text));
    let (from, to) = (number(from)?, number(to)?);
    if from > to { Err(CellRefused::Range) } else { Ok((from, to)) }
}

fn malformed(record: &Record, row: u64, headers: &[String], faults: &mut Faults) {
    for (at, what) in &record.malformed {
        let column = headers.get(*at).or(headers.last()).map_or("", String::as_str);
        let (code, words) = match what {
            Malformed::StrayQuote => (
                "stray_quote",
                Words::new(
                    "Tanda kutip di tengah sel. Apit seluruh sel dengan tanda kutip dan gandakan yang di dalam.",
                    "A quote inside a cell. Put the whole cell in quotes and double the one inside.",
                ),
            ),
            Malformed::AfterQuote => (
                "text_after_quote",
                Words::new("Ada teks sesudah tanda kutip penutup.", "There is text after the closing quote."),
            ),
            Malformed::Unclosed => (
                "unclosed_quote",
                Words::new(
                    "Tanda kutip tidak ditutup sampai akhir berkas.",
                    "A quote is not closed before the file ends.",
                ),
            ),
            Malformed::BareReturn => (
                "bare_carriage_return",
                Words::new(
                    "Ada tanda CR tanpa LF sesudahnya. Simpan ulang sebagai CSV dengan akhir baris LF atau CRLF.",
                    "A carriage return without a line feed after it. Save it again as CSV with line ends LF or CRLF.",
                ),
            ),
            Malformed::TooManyCells => (
                "too_many_cells",
                Words::new(
                    "Baris lebih dari 16384 sel: mungkin ini berkas lain. Sisanya tidak dibaca.",
                    "A row of more than 16384 cells: perhaps this is another kind of file. The rest was not read.",
                ),
            ),
            Malformed::TooLong => (
                "row_too_long",
                Words::new(
                    "Baris lebih dari 16 MiB: mungkin ada tanda kutip yang tidak ditutup. Sisanya tidak dibaca.",
                    "A row of more than 16 MiB: perhaps a quote is not closed. The rest was not read.",
                ),
            ),
        };
        faults.add(row, column, code, words);
    }
}
