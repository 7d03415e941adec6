//! RFC 4180, strictly: records of cells from a stream, with what is malformed in each.
//!
//! The usual readers forgive stray quotes and pass over blank lines without counting them; a table that
//! decides over people should not be guessed at, and its row numbers must be those a spreadsheet shows.

use std::io::{self, BufRead};

/// Longest record read, so that a forgotten quote cannot take all memory.
const LONGEST: usize = 16 << 20;

/// Most cells of a record, so that nothing but commas cannot either; as many as a spreadsheet has columns.
const MOST: usize = 16_384;

/// What is malformed in a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Malformed {
    /// A quote inside a cell that does not begin with one.
    StrayQuote,
    /// Text after the closing quote of a cell.
    AfterQuote,
    /// The file ends inside a quoted cell.
    Unclosed,
    /// A carriage return outside quotes that no line feed follows.
    BareReturn,
    /// More than 16,384 cells.
    TooManyCells,
    /// More than 16 MiB: most likely a quote was forgotten.
    TooLong,
}

/// One record, reused from row to row.
#[derive(Debug, Default)]
pub struct Record {
    bytes: Vec<u8>,
    ends: Vec<usize>,
    /// Malformed cells, by their place.
    pub malformed: Vec<(usize, Malformed)>,
}

impl Record {
    /// Number of cells.
    pub const fn len(&self) -> usize {
        self.ends.len()
    }

    /// The bytes of a cell.
    pub fn cell(&self, at: usize) -> Option<&[u8]> {
        let end = *self.ends.get(at)?;
        let start = if at == 0 { 0 } else { self.ends[at - 1] };
        self.bytes.get(start..end)
    }

    /// Whether it was read to its end.
    pub fn is_whole(&self) -> bool {
        !self.malformed.iter().any(|(_, what)| matches!(what, Malformed::TooManyCells | Malformed::TooLong))
    }

    /// Whether the line was empty.
    fn is_blank(&self) -> bool {
        self.bytes.is_empty() && self.ends.len() == 1 && self.malformed.is_empty()
    }

    fn clear(&mut self) {
        self.bytes.clear();
        self.ends.clear();
        self.malformed.clear();
    }

    fn end_cell(&mut self) {
        self.ends.push(self.bytes.len());
    }

    fn note(&mut self, what: Malformed) {
        let at = self.ends.len();
        if self.malformed.last().is_none_or(|(cell, _)| *cell != at) {
            self.malformed.push((at, what));
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// At the beginning of a cell.
    Start,
    Plain,
    Quoted,
    /// After a quote inside a quoted cell: its end, or the first of two.
    Quote,
    /// After a carriage return outside quotes: half of a line's end.
    Return,
}

/// Reads records one by one.
pub struct Records<R> {
    input: R,
    row: u64,
    begun: bool,
    ended: bool,
}

impl<R: BufRead> Records<R> {
    /// Reads from a stream.
    pub const fn new(input: R) -> Self {
        Self { input, row: 0, begun: false, ended: false }
    }

    /// The number of the record read last, as spreadsheets count: the header is 1, blank lines count.
    pub const fn row(&self) -> u64 {
        self.row
    }

    /// Reads the next record that is not a blank line; whether there was one. In a table of one column
    /// (`keep_blank`) a blank line is a row with an empty cell.
    ///
    /// # Errors
    /// When the stream cannot be read.
    pub fn read(&mut self, record: &mut Record, keep_blank: bool) -> io::Result<bool> {
        while self.read_any(record)? {
            if keep_blank || !record.is_blank() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn read_any(&mut self, record: &mut Record) -> io::Result<bool> {
        record.clear();
        if self.ended {
            return Ok(false);
        }
        if !self.begun {
            self.begun = true;
            // A mark of three bytes can be cut only by a reader that gives less at first; files do not.
            if self.input.fill_buf()?.starts_with(b"\xef\xbb\xbf") {
                self.input.consume(3);
            }
        }
        let mut state = State::Start;
        let mut some = false;
        loop {
            let buffer = self.input.fill_buf()?;
            if buffer.is_empty() {
                self.ended = true;
                if !some {
                    return Ok(false);
                }
                match state {
                    State::Quoted => record.note(Malformed::Unclosed),
                    State::Return => record.note(Malformed::BareReturn),
                    State::Start | State::Plain | State::Quote => {}
                }
                record.end_cell();
                self.row += 1;
                return Ok(true);
            }
            some = true;
            let mut used = 0;
            let mut complete = false;
            for byte in buffer {
                used += 1;
                if state == State::Return && *byte != b'\n' {
                    record.note(Malformed::BareReturn);
                    record.bytes.push(b'\r');
                    state = State::Plain;
                }
                state = match (state, byte) {
                    (State::Quoted, b'"') => State::Quote,
                    (State::Quoted, _) => {
                        record.bytes.push(*byte);
                        State::Quoted
                    }
                    (_, b'\n') => {
                        complete = true;
                        break;
                    }
                    (_, b'\r') => State::Return,
                    (_, b',') => {
                        record.end_cell();
                        if record.ends.len() == MOST {
                            record.note(Malformed::TooManyCells);
                            self.ended = true;
                            complete = true;
                            break;
                        }
                        State::Start
                    }
                    (State::Start, b'"') => State::Quoted,
                    (State::Quote, b'"') => {
                        record.bytes.push(b'"');
                        State::Quoted
                    }
                    (State::Quote, _) => {
                        record.note(Malformed::AfterQuote);
                        record.bytes.push(*byte);
                        State::Plain
                    }
                    (State::Start | State::Plain | State::Return, _) => {
                        if *byte == b'"' {
                            record.note(Malformed::StrayQuote);
                        }
                        record.bytes.push(*byte);
                        State::Plain
                    }
                };
                if record.bytes.len() > LONGEST {
                    record.note(Malformed::TooLong);
                    self.ended = true;
                    complete = true;
                    break;
                }
            }
            self.input.consume(used);
            if complete {
                record.end_cell();
                self.row += 1;
                return Ok(true);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Read = (u64, Vec<String>, Vec<(usize, Malformed)>);

    fn read(text: &str) -> Vec<Read> {
        // A tiny buffer, so that every state crosses its edge.
        let mut records = Records::new(io::BufReader::with_capacity(3, text.as_bytes()));
        let mut record = Record::default();
        let mut out = Vec::new();
        while records.read(&mut record, false).unwrap() {
            let cells = (0..record.len()).map(|i| String::from_utf8_lossy(record.cell(i).unwrap()).into_owned());
            out.push((records.row(), cells.collect(), record.malformed.clone()));
        }
        out
    }

    fn row(row: u64, cells: &[&str]) -> Read {
        (row, cells.iter().map(|c| (*c).to_owned()).collect(), vec![])
    }

    #[test]
    fn records_and_quotes() {
        assert_eq!(
            read("\u{feff}a,b\r\n1,\"x,\"\"y\"\"\r\nz\"\r\n ,\"\"\n,"),
            [row(1, &["a", "b"]), row(2, &["1", "x,\"y\"\r\nz"]), row(3, &[" ", ""]), row(4, &["", ""])]
        );
        assert_eq!(read(""), []);
        assert_eq!(read("a"), [row(1, &["a"])]);
    }

    #[test]
    fn blank_lines_count_and_carry_nothing() {
        assert_eq!(read("a,b\n\n1,2\r\n\r\n\r\n"), [row(1, &["a", "b"]), row(3, &["1", "2"])]);
    }

    #[test]
    fn what_is_malformed() {
        let faults = |text: &str| read(text).into_iter().flat_map(|(_, _, m)| m).collect::<Vec<_>>();
        assert_eq!(faults("a\"b,c"), [(0, Malformed::StrayQuote)]);
        assert_eq!(faults("a,\"b\"c\"d\n"), [(1, Malformed::AfterQuote)]);
        assert_eq!(faults("a,\"b\n1,2"), [(1, Malformed::Unclosed)]);
        assert_eq!(faults(&format!("\"{}", "x".repeat(LONGEST + 10))), [(0, Malformed::TooLong)]);
    }

    #[test]
    fn a_carriage_return_ends_a_line_only_with_a_line_feed() {
        let faults = |text: &str| read(text).into_iter().flat_map(|(_, _, m)| m).collect::<Vec<_>>();
        for (text, at) in
            [("\"A\"\r,1\n", 0), ("a\rb,1\n", 0), ("a,b\r", 1), ("a,\r\r\n", 1), ("a,\"b\"\r", 1), ("\rb\n", 0)]
        {
            assert_eq!(faults(text), [(at, Malformed::BareReturn)], "{text:?}");
        }
        assert_eq!(read("a,\r\n\"b\rc\",\"\"\r\n"), [row(1, &["a", ""]), row(2, &["b\rc", ""])]);
    }

    #[test]
    fn a_record_has_so_many_cells_at_most() {
        let most = ",".repeat(MOST - 1);
        assert_eq!(read(&most), [row(1, &vec![""; MOST])]);
        let found = read(&format!("{}\n1,2\n", ",".repeat(10 * MOST)));
        assert_eq!(found.len(), 1, "the rest is not read");
        assert_eq!((found[0].1.len(), &found[0].2), (MOST + 1, &vec![(MOST, Malformed::TooManyCells)]));
    }
}
