//! The world's files to domain values.
//!
//! A workshop sheet comes as CSV or XLSX. [`Sheet::open`] looks at the first bytes, reads the header and
//! is then an iterator over the rows, each one checked or with every fault it has:
//!
//! ```text
//! let sheet = Sheet::open(file, codebook)?;
//! for row in sheet {
//!     match row { Ok(row) => …, Err(faults) => … }
//! }
//! ```
//!
//! CSV is read as a stream, one row in memory. XLSX is measured before it is parsed (`xlsx`).

mod csv;
mod fault;
mod package;
pub mod template;
pub mod workshop;
mod xlsx;

use std::io::{BufReader, Cursor, Read, Seek, SeekFrom};

pub use fault::{FileFault, OpenFault};

use crate::domain::intake::{Cell, Codebook, Layout, RowError, RowFault, RowSecrets};

/// The largest file that is opened.
pub const MAX_FILE_BYTES: u64 = 32 * 1024 * 1024;

/// A kind of file that is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Comma or semicolon separated, UTF-8.
    Csv,
    /// Office Open XML workbook.
    Xlsx,
}

/// Tells a file by its first bytes (a few hundred are enough), never by its name.
///
/// # Errors
/// What the file is instead, if it is neither.
pub fn detect(head: &[u8]) -> Result<Format, FileFault> {
    let head = &head[..head.len().min(1024)];
    match head {
        [] => Err(FileFault::Empty),
        [b'P', b'K', 3, 4, ..] => Ok(Format::Xlsx),
        [0xd0, 0xcf, 0x11, 0xe0, ..] => Err(FileFault::OldExcelOrPassword),
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => Err(FileFault::NotUtf8),
        _ if head.contains(&0) || head.starts_with(b"%PDF") => Err(FileFault::NotASheet),
        _ if head.trim_ascii_start().starts_with(b"<") => Err(FileFault::NotASheet),
        _ => Ok(Format::Csv),
    }
}

/// A row of cells with its number in the sheet, or why no further row can be read.
type RawRow = Result<(u32, Vec<Cell>), (u32, FileFault)>;

/// An opened workshop sheet: its header is read and understood, its rows come one by one.
pub struct Sheet {
    layout: Layout,
    format: Format,
    rows: Box<dyn Iterator<Item = RawRow> + Send>,
    broken: bool,
}

impl Sheet {
    /// Opens a file of either kind.
    ///
    /// # Errors
    /// The file is none of the two, broken, too large or encrypted; or every fault of its header row.
    pub fn open<R: Read + Seek + Send + 'static>(mut file: R, book: Codebook) -> Result<Self, OpenFault> {
        if file.seek(SeekFrom::End(0)).map_err(FileFault::from)? > MAX_FILE_BYTES {
            return Err(FileFault::TooLarge.into());
        }
        file.rewind().map_err(FileFault::from)?;
        let mut head = Vec::new();
        file.by_ref().take(1024).read_to_end(&mut head).map_err(FileFault::from)?;
        file.rewind().map_err(FileFault::from)?;
        let format = detect(&head)?;
        let mut rows: Box<dyn Iterator<Item = RawRow> + Send> = match format {
            Format::Csv => Box::new(csv::rows(BufReader::new(file))?),
            Format::Xlsx => Box::new(xlsx::rows(file)?),
        };
        let (row, header) = loop {
            match rows.next() {
                None => return Err(FileFault::Empty.into()),
                Some(Err((_, fault))) => return Err(fault.into()),
                Some(Ok((_, cells))) if cells.iter().all(|c| *c == Cell::Empty) => {}
                Some(Ok(header)) => break header,
            }
        };
        let layout = Layout::of(row, &header, book).map_err(OpenFault::Header)?;
        Ok(Self { layout, format, rows, broken: false })
    }

    /// Opens a file that is in memory.
    ///
    /// # Errors
    /// As [`Sheet::open`].
    pub fn from_bytes(bytes: Vec<u8>, book: Codebook) -> Result<Self, OpenFault> {
        Self::open(Cursor::new(bytes), book)
    }

    /// What the columns mean.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// Which kind of file it is.
    pub fn format(&self) -> Format {
        self.format
    }
}

impl Iterator for Sheet {
    type Item = Result<RowSecrets, Vec<RowError>>;

    /// The next row that is not blank. After a fault of the file itself there is none.
    fn next(&mut self) -> Option<Self::Item> {
        while !self.broken {
            let (row, cells) = match self.rows.next()? {
                Ok(row) => row,
                Err((row, fault)) => {
                    self.broken = true;
                    return Some(Err(vec![fault.at(row)]));
                }
            };
            // A spreadsheet leaves out empty cells at the end of a row; a CSV row that does so has lost
            // or gained a separator, and every cell after that would be read as something else.
            let wanted = self.layout.width();
            if self.format == Format::Csv && cells.len() != wanted && cells.iter().any(|c| *c != Cell::Empty) {
                let fault = RowFault::CellCount { found: cells.len(), wanted };
                return Some(Err(vec![fault.at(row, "", "")]));
            }
            match self.layout.read(row, &cells) {
                Ok(None) => {}
                Ok(Some(row)) => return Some(Ok(row)),
                Err(faults) => return Some(Err(faults)),
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_told_by_its_bytes() {
        assert_eq!(detect(b"Kode peserta,Nama"), Ok(Format::Csv));
        assert_eq!(detect(b"\xef\xbb\xbfKode peserta"), Ok(Format::Csv));
        assert_eq!(detect(b"PK\x03\x04rest"), Ok(Format::Xlsx));
        assert_eq!(detect(b""), Err(FileFault::Empty));
        assert_eq!(detect(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), Err(FileFault::OldExcelOrPassword));
        assert_eq!(detect(b"\xff\xfeK\0o\0"), Err(FileFault::NotUtf8));
        assert_eq!(detect(b"  <html><table>"), Err(FileFault::NotASheet));
        assert_eq!(detect(b"%PDF-1.7"), Err(FileFault::NotASheet));
        assert_eq!(detect(b"\x89PNG\r\n\x1a\n\0\0"), Err(FileFault::NotASheet));
    }
}
