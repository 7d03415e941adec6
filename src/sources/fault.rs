//! Why a file cannot be read at all, in words that say what to do.

use crate::domain::intake::{MAX_COLUMNS, RowError};
use crate::domain::text::{Text, Words};

/// A fault of the file itself.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.detail().en)]
pub enum FileFault {
    /// Nothing in it.
    Empty,
    /// Beyond the upload limit.
    TooLarge,
    /// Neither CSV nor XLSX.
    NotASheet,
    /// An `.xls` of before 2007, or an XLSX under a password: both are the same kind of container.
    OldExcelOrPassword,
    /// A zip, but no XLSX: with what it seems to be.
    NotXlsx(&'static str),
    /// Text in another encoding.
    NotUtf8,
    /// Too many files inside the XLSX.
    TooManyParts,
    /// The XLSX is larger inflated than is ever read.
    InflatesTooLarge,
    /// The XLSX is damaged: with where.
    Broken(String),
    /// More columns than a sheet may have.
    TooManyColumns,
    /// The workbook counts days from 1904.
    Epoch1904,
    /// The workbook has no visible sheet.
    NoSheet,
    /// A row beyond one mebibyte.
    RowTooLong,
    /// A quotation mark that is not closed.
    OpenQuote,
    /// The file cannot be read from disk.
    Io(String),
}

impl From<std::io::Error> for FileFault {
    fn from(error: std::io::Error) -> Self {
        Self::Io(error.to_string())
    }
}

impl FileFault {
    /// The kind, for programs.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Empty => "file_empty",
            Self::TooLarge => "file_too_large",
            Self::NotASheet | Self::NotXlsx(_) => "file_not_a_sheet",
            Self::OldExcelOrPassword => "file_old_excel_or_password",
            Self::NotUtf8 => "file_not_utf8",
            Self::TooManyParts => "file_too_many_parts",
            Self::InflatesTooLarge => "file_inflates_too_large",
            Self::Broken(_) => "file_broken",
            Self::TooManyColumns => "file_too_many_columns",
            Self::Epoch1904 => "file_epoch_1904",
            Self::NoSheet => "file_no_sheet",
            Self::RowTooLong => "file_row_too_long",
            Self::OpenQuote => "file_open_quote",
            Self::Io(_) => "file_unreadable",
        }
    }

    /// What is wrong and what to do.
    pub fn detail(&self) -> Text {
        let words = match self {
            Self::Empty => Words::new("Berkas ini kosong.", "The file is empty."),
            Self::TooLarge => Words::new(
                "Berkas lebih besar dari 32 MiB. Bagi menjadi beberapa berkas.",
                "The file is larger than 32 MiB. Split it.",
            ),
            Self::NotASheet => Words::new(
                "Ini bukan CSV atau XLSX. Simpan lembar kerja sebagai XLSX atau “CSV UTF-8”.",
                "This is neither CSV nor XLSX. Save the sheet as XLSX or “CSV UTF-8”.",
            ),
            Self::OldExcelOrPassword => Words::new(
                "Berkas ini .xls lama atau XLSX berkata sandi. Buka, hapus kata sandinya, lalu simpan sebagai XLSX.",
                "This is an old .xls, or an XLSX under a password. Open it, remove the password, save it as XLSX.",
            ),
            Self::NotXlsx(what) => {
                return Text::new(
                    format!("Berkas ini {what}, bukan XLSX. Simpan lembar kerja sebagai XLSX."),
                    format!("This file is {what}, not XLSX. Save the sheet as XLSX."),
                );
            }
            Self::NotUtf8 => Words::new(
                "Berkas ini bukan UTF-8. Simpan sebagai “CSV UTF-8” atau XLSX.",
                "The file is not UTF-8. Save it as “CSV UTF-8” or XLSX.",
            ),
            Self::TooManyParts => Words::new(
                "XLSX ini berisi terlalu banyak bagian. Salin datanya ke templat yang baru.",
                "This XLSX has too many parts. Copy the data into a fresh template.",
            ),
            Self::InflatesTooLarge => Words::new(
                "XLSX ini lebih dari 20 MB bila dibuka. Salin datanya saja ke templat yang baru, atau bagi berkasnya.",
                "This XLSX is over 20 MB when opened. Copy only its data into a fresh template, or split it.",
            ),
            Self::Broken(at) => {
                return Text::new(
                    format!("XLSX ini rusak ({at}). Buka dan simpan ulang."),
                    format!("This XLSX is damaged ({at}). Open it and save it again."),
                );
            }
            Self::TooManyColumns => {
                return Text::new(
                    format!("Lebih dari {MAX_COLUMNS} kolom. Pakai templat."),
                    format!("More than {MAX_COLUMNS} columns. Use the template."),
                );
            }
            Self::Epoch1904 => Words::new(
                "Buku kerja ini memakai sistem tanggal 1904. Matikan pilihan itu di Excel lalu simpan ulang.",
                "This workbook counts dates from 1904. Switch that option off in Excel and save it again.",
            ),
            Self::NoSheet => {
                Words::new("Buku kerja ini tidak punya lembar yang terlihat.", "This workbook has no visible sheet.")
            }
            Self::RowTooLong => Words::new(
                "Satu baris lebih dari 1 MiB. Periksa tanda kutip di baris ini.",
                "A row is over 1 MiB. Check the quotation marks of this row.",
            ),
            Self::OpenQuote => {
                Words::new("Tanda kutip di baris ini tidak ditutup.", "A quotation mark in this row is not closed.")
            }
            Self::Io(why) => {
                return Text::new(
                    format!("Berkas tidak dapat dibaca: {why}."),
                    format!("The file cannot be read: {why}."),
                );
            }
        };
        words.into()
    }

    /// The fault as an error of a row, where it was met while reading.
    pub fn at(&self, row: u32) -> RowError {
        RowError { row, column: String::new(), value: String::new(), code: self.code().into(), detail: self.detail() }
    }
}

/// Why a sheet cannot be opened.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpenFault {
    /// The file itself.
    #[error(transparent)]
    File(#[from] FileFault),
    /// The header row: every fault of it.
    #[error("the header row has {} faults", .0.len())]
    Header(Vec<RowError>),
}

impl OpenFault {
    /// As errors of rows, for one list of all errors of an import; a fault of the file is of row 1.
    pub fn into_row_errors(self) -> Vec<RowError> {
        match self {
            Self::File(fault) => vec![fault.at(1)],
            Self::Header(errors) => errors,
        }
    }
}
