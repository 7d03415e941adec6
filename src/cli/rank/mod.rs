//! `sedaya rank`: the engine on any table, without a database.

pub(super) mod print;
mod records;
pub(super) mod table;

use std::fs::File;
use std::io::{self, BufReader, Write};
use std::path::{Path, PathBuf};

use clap::{Args as ClapArgs, ValueEnum};
use serde_json::json;

use self::table::{Table, TableFault};
use super::Exit;
use crate::domain::criteria::{Criteria, Source};
use crate::domain::fault::Fault;
use crate::domain::text::Lang;
use crate::engine::{self, Options};

/// Rank the ventures of a CSV table by a criteria document, offline.
///
/// Every header of the table is a field of the document, and the document is the very one that the API
/// takes. So an idea can be tried on a spreadsheet, and anyone can check the engine against figures of
/// their own.
#[derive(Debug, ClapArgs)]
#[command(after_long_help = LONG_HELP)]
pub struct Args {
    /// Table of ventures: CSV, UTF-8, headers in row 1, one of them "id"
    #[arg(long, value_name = "FILE.csv")]
    pub ventures: PathBuf,
    /// Criteria document: JSON
    #[arg(long, value_name = "FILE.json")]
    pub criteria: PathBuf,
    /// What to print
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
    /// Add the explanation of each result to table and csv (json always has it)
    #[arg(long)]
    pub explain: bool,
    /// Language of messages and captions
    #[arg(long, value_enum, default_value_t, env = "SEDAYA_LANG")]
    pub lang: Language,
}

/// Output formats.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people: the list up to the document's limit
    #[default]
    Table,
    /// One object with every venture, fully explained
    Json,
    /// One row a ranked venture
    Csv,
}

/// Languages of the command line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Language {
    /// Bahasa Indonesia
    #[default]
    Id,
    /// English
    En,
}

impl From<Language> for Lang {
    fn from(language: Language) -> Self {
        match language {
            Language::Id => Self::Id,
            Language::En => Self::En,
        }
    }
}

const LONG_HELP: &str = r#"The table
  Comma separated, RFC 4180. An empty cell is "not answered", n/a "not applicable", ? "not assessed"
  (such a venture is pending). Write numbers as 1250000 or 12.5, sets as a;b;c, ranges as 1..5.
  X.min and X.max read the ends of a range column X.

      id,omzet,catatan_kas,sektor
      U01,12000000,3,KBLI2020:C10710
      U02,,5,KBLI2020:G47

The document
      {
        "filters": [{"field": "sektor", "op": "under", "value": ["KBLI2020:C"]}],
        "preferences": [
          {"field": "catatan_kas", "weight": 60, "value": {"kind": "linear", "from": 1, "to": 5}},
          {"field": "omzet", "weight": 40, "missing": "neutral",
           "value": {"kind": "log", "from": 1000000, "to": 100000000}}
        ],
        "seed": "2024-11", "limit": 10
      }
  Operators: is in not_in gte lte between overlaps under any_of all_of none_of
  Value functions: linear log points steps range target table overlap

Examples
  sedaya rank --ventures usaha.csv --criteria kriteria.json --explain
  sedaya rank --ventures usaha.csv --criteria kriteria.json --format json | jq '.results[0]'

Exit codes
  0 done   1 a file could not be read or written   2 wrong usage
  3 table or document refused; all faults are printed at once, with --format json on standard output as
    {"errors":[{"pointer"|"row","column","code","detail"}]}
"#;

/// Runs the command.
///
/// # Errors
/// When output cannot be written.
pub fn run(args: &Args, out: &mut dyn Write, log: &mut dyn Write) -> io::Result<Exit> {
    let unreadable = |log, file, error| unreadable("rank", log, file, error);
    let document = match std::fs::read(&args.criteria) {
        Ok(document) => document,
        Err(error) => return unreadable(log, &args.criteria, &error),
    };
    let table = match File::open(&args.ventures).and_then(|file| Table::open(BufReader::with_capacity(1 << 16, file))) {
        Ok(table) => table,
        Err(error) => return unreadable(log, &args.ventures, &error),
    };
    let criteria = source(document).and_then(|source| Criteria::parse(&source, &table));
    let rows = match table.read(criteria.as_ref().ok()) {
        Ok(rows) => rows,
        Err(error) => return unreadable(log, &args.ventures, &error),
    };
    let (criteria, rows) = match (criteria, rows) {
        (Ok(criteria), Ok(rows)) => (criteria, rows),
        (criteria, rows) => {
            let (document, table) = (criteria.err().unwrap_or_default(), rows.err().unwrap_or_default());
            let files = Files { document: &args.criteria, table: &args.ventures };
            let json = args.format == Format::Json;
            return files.refuse(&document, &table, json, args.lang.into(), out, log);
        }
    };
    let ranking = engine::rank(&rows.snapshot, &criteria, Options::default()).map_err(io::Error::other)?;
    let columns = ranking.actionable_columns(|field| rows.numbers(field));
    match args.format {
        Format::Json => print::json(&ranking, &criteria, &columns, out)?,
        Format::Csv => print::csv(&ranking, &criteria, &columns, args.explain, out)?,
        Format::Table => print::table(&ranking, &criteria, &columns, args.explain, args.lang.into(), out)?,
    }
    Ok(Exit::Done)
}

pub(super) fn unreadable(command: &str, log: &mut dyn Write, file: &Path, error: &io::Error) -> io::Result<Exit> {
    writeln!(log, "sedaya {command}: {}: {error}", file.display())?;
    Ok(Exit::Failed)
}

/// The bytes of a document as JSON.
pub(super) fn source(document: Vec<u8>) -> Result<Source, Vec<Fault>> {
    String::from_utf8(document).map_or_else(|_| Err(vec![not_utf8()]), |text| Source::read(&text))
}

fn not_utf8() -> Fault {
    use crate::domain::text::Text;
    let detail =
        Text::new("Bukan UTF-8. Simpan ulang berkas ini sebagai UTF-8.", "Not UTF-8. Save this file again as UTF-8.");
    Fault { pointer: String::new(), code: "not_utf8", detail }
}

/// What was read.
pub(super) struct Files<'a> {
    pub document: &'a Path,
    pub table: &'a Path,
}

impl Files<'_> {
    /// Tells all faults: as JSON on standard output for programs, else as lines for people.
    pub fn refuse(
        &self,
        document: &[Fault],
        table: &[TableFault],
        json: bool,
        lang: Lang,
        out: &mut dyn Write,
        log: &mut dyn Write,
    ) -> io::Result<Exit> {
        if json {
            let of_document =
                document.iter().map(|f| json!({"pointer": f.pointer, "code": f.code, "detail": f.detail.get(lang)}));
            let of_table = table
                .iter()
                .map(|f| json!({"row": f.row, "column": f.column, "code": f.code, "detail": f.detail.get(lang)}));
            let errors: Vec<_> = of_document.chain(of_table).collect();
            writeln!(out, "{}", json!({"errors": errors}))?;
            return Ok(Exit::Refused);
        }
        for fault in document {
            let (file, pointer) = (self.document.display(), &fault.pointer);
            writeln!(log, "{file}: {pointer}: {} [{}]", fault.detail.get(lang), fault.code)?;
        }
        let row = if lang == Lang::Id { "baris" } else { "row" };
        for fault in table {
            let file = self.table.display();
            let (n, column) = (fault.row, &fault.column);
            writeln!(log, "{file}: {row} {n}, {column:?}: {} [{}]", fault.detail.get(lang), fault.code)?;
        }
        Ok(Exit::Refused)
    }
}
