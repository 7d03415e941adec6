//! CSV as a stream of rows, numbered as a spreadsheet would number them.
//!
//! RFC 4180, comma or semicolon, `\n` or `\r\n`. The splitting is done here and not by a library because
//! people look an error up by the row their spreadsheet shows: blank lines count, line breaks inside
//! quotation marks do not, and a row's size is bounded while it is read, so that a lost quotation mark
//! cannot pull the rest of the file into memory.

use std::io::{BufRead, Read};

use super::RawRow;
use super::fault::FileFault;
use crate::domain::intake::{Cell, MAX_COLUMNS};

/// The largest row.
const MAX_ROW_BYTES: usize = 1024 * 1024;

/// The rows of a CSV file, its header first.
pub fn rows<R: BufRead + Send + 'static>(mut input: R) -> Result<Rows<R>, FileFault> {
    if input.fill_buf()?.starts_with(b"\xef\xbb\xbf") {
        input.consume(3);
    }
    Ok(Rows { input, delimiter: None, row: 0, line: Vec::new(), ended: false })
}

/// Splits the stream.
pub struct Rows<R> {
    input: R,
    /// Known after the first line that is not blank.
    delimiter: Option<u8>,
    row: u32,
    line: Vec<u8>,
    ended: bool,
}

/// Where in a cell the splitter stands.
#[derive(PartialEq)]
enum At {
    Start,
    Bare,
    Quoted,
    /// Behind a quotation mark in a quoted cell: its end, or the first half of a doubled one.
    Quote,
}

impl<R: BufRead> Rows<R> {
    /// The next physical line, its end included; empty at the end of the file.
    fn read_line(&mut self, room: usize) -> Result<bool, FileFault> {
        self.line.clear();
        let limit = u64::try_from(room).unwrap_or(u64::MAX).saturating_add(1);
        let read = self.input.by_ref().take(limit).read_until(b'\n', &mut self.line)?;
        if read > room { Err(FileFault::RowTooLong) } else { Ok(read > 0) }
    }

    fn record(&mut self) -> Result<Option<Vec<Cell>>, FileFault> {
        let (mut cells, mut cell, mut at, mut size) = (Vec::new(), Vec::new(), At::Start, 0);
        loop {
            if !self.read_line(MAX_ROW_BYTES - size)? {
                return match at {
                    At::Quoted => Err(FileFault::OpenQuote),
                    // The first line of a record is not there: the file has ended.
                    _ => Ok(None),
                };
            }
            size += self.line.len();
            let (text, ended) = match self.line.strip_suffix(b"\n") {
                Some(line) => (line, true),
                None => (&*self.line, false),
            };
            let bare_text = text.strip_suffix(b"\r").unwrap_or(text);
            let delimiter = match self.delimiter {
                Some(delimiter) => delimiter,
                None if bare_text.trim_ascii().is_empty() => b',',
                None => *self.delimiter.insert(delimiter_of(bare_text)),
            };
            // Inside quotation marks a carriage return belongs to the cell; behind them it ends the line.
            for &byte in text {
                at = match (at, byte) {
                    (At::Start, b'"') => At::Quoted,
                    (At::Quoted, b'"') => At::Quote,
                    (At::Quote, b'"') => {
                        cell.push(b'"');
                        At::Quoted
                    }
                    (At::Quoted, _) => {
                        cell.push(byte);
                        At::Quoted
                    }
                    (At::Start | At::Bare | At::Quote, _) if byte == delimiter => {
                        cells.push(as_cell(&cell));
                        cell.clear();
                        if cells.len() > MAX_COLUMNS {
                            return Err(FileFault::TooManyColumns);
                        }
                        At::Start
                    }
                    (At::Start | At::Bare | At::Quote, _) => {
                        cell.push(byte);
                        At::Bare
                    }
                };
            }
            if at != At::Quoted {
                if at == At::Bare && cell.last() == Some(&b'\r') {
                    cell.pop();
                }
                cells.push(as_cell(&cell));
                return Ok(Some(cells));
            }
            if ended {
                cell.push(b'\n');
            }
        }
    }
}

impl<R: BufRead> Iterator for Rows<R> {
    type Item = RawRow;

    fn next(&mut self) -> Option<RawRow> {
        if self.ended {
            return None;
        }
        self.row = self.row.saturating_add(1);
        match self.record() {
            Ok(Some(cells)) => Some(Ok((self.row, cells))),
            Ok(None) => {
                self.ended = true;
                None
            }
            Err(fault) => {
                self.ended = true;
                Some(Err((self.row, fault)))
            }
        }
    }
}

/// An apostrophe before `=`, `+`, `-` or `@` is how [`super::template`] keeps a spreadsheet from taking a
/// text for a formula; it is no part of the text.
fn as_cell(bytes: &[u8]) -> Cell {
    let bytes = match bytes {
        [b'\'', rest @ ..] if matches!(rest.first(), Some(b'=' | b'+' | b'-' | b'@')) => rest,
        _ => bytes,
    };
    std::str::from_utf8(bytes).map_or(Cell::NotUtf8, Cell::text)
}

/// Whichever of comma and semicolon is more frequent outside quotation marks. A spreadsheet with
/// Indonesian settings writes semicolons, since the comma is in its numbers.
fn delimiter_of(line: &[u8]) -> u8 {
    let (mut quoted, mut commas, mut semicolons) = (false, 0, 0);
    for byte in line {
        match byte {
            b'"' => quoted = !quoted,
            b',' if !quoted => commas += 1,
            b';' if !quoted => semicolons += 1,
            _ => {}
        }
    }
    if semicolons > commas { b';' } else { b',' }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> Vec<RawRow> {
        rows(Cursor::new(text.as_bytes().to_vec())).unwrap().collect()
    }
    fn texts(text: &str) -> Vec<(u32, Vec<String>)> {
        let shown = |cells: Vec<Cell>| {
            cells.into_iter().map(|c| if let Cell::Text(t) = c { t } else { String::new() }).collect()
        };
        read(text).into_iter().map(|r| r.map(|(n, cells)| (n, shown(cells))).unwrap()).collect()
    }
    fn row(n: u32, cells: &[&str]) -> (u32, Vec<String>) {
        (n, cells.iter().map(|c| (*c).to_owned()).collect())
    }

    #[test]
    fn rows_are_numbered_as_in_a_spreadsheet() {
        let same = [
            "\u{feff}a,b\n\n\"x\ny\",2\n\"say \"\"hi\"\"\",\n",
            "a,b\r\n\r\n\"x\ny\",2\r\n\"say \"\"hi\"\"\",",
            "a;b\n\n\"x\ny\";2\n\"say \"\"hi\"\"\";\n",
        ];
        for text in same {
            assert_eq!(
                texts(text),
                [row(1, &["a", "b"]), row(2, &[""]), row(3, &["x\ny", "2"]), row(4, &["say \"hi\"", ""])],
                "{text}"
            );
        }
        assert_eq!(texts("\"a;b\",c,d\n1;2,3,4"), [row(1, &["a;b", "c", "d"]), row(2, &["1;2", "3", "4"])]);
        assert_eq!(texts("a,5\" pipa\nb,2"), [row(1, &["a", "5\" pipa"]), row(2, &["b", "2"])]);
        assert_eq!(texts(""), []);
    }

    #[test]
    fn what_cannot_be_split_says_where() {
        assert_eq!(read("a,b\n1,\"open\n2,3\n").pop(), Some(Err((2, FileFault::OpenQuote))));
        let long = format!("a,b\n1,\"{}", "x\n".repeat(MAX_ROW_BYTES));
        assert_eq!(read(&long).pop(), Some(Err((2, FileFault::RowTooLong))));
        assert_eq!(read(&",".repeat(600)), [Err((1, FileFault::TooManyColumns))]);
        let bytes = rows(Cursor::new(b"a,b\n\xff,2\n".to_vec())).unwrap().last().unwrap().unwrap();
        assert_eq!(bytes.1[0], Cell::NotUtf8);
    }

    proptest! {
        #[test]
        fn splits_what_a_csv_writer_wrote(
            table in proptest::collection::vec(proptest::collection::vec("[a-c;, \"\r\n]{0,6}", 3), 1..6)
        ) {
            let mut writer = ::csv::WriterBuilder::new().quote_style(::csv::QuoteStyle::Always).from_writer(Vec::new());
            writer.write_record(["h", "i", "j"]).unwrap();
            for record in &table {
                writer.write_record(record).unwrap();
            }
            let text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
            let got = texts(&text);
            prop_assert_eq!(got.len(), table.len() + 1);
            for (n, record) in table.iter().enumerate() {
                let blanks = |t: &String| if t.trim().is_empty() { String::new() } else { t.clone() };
                let wanted: Vec<String> = record.iter().map(blanks).collect();
                prop_assert_eq!(&got[n + 1].1, &wanted);
            }
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = rows(Cursor::new(bytes)).unwrap().count();
        }
    }
}
