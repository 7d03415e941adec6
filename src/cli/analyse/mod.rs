//! `sedaya analyse`: other methods of the multi-criteria literature on any table, without a database.

mod print;

use std::fs::File;
use std::io::{self, BufReader, Write};
use std::path::PathBuf;

use clap::Args as ClapArgs;
use clap::builder::{PossibleValuesParser, TypedValueParser as _};

use super::rank::table::{Numbers, Table, TableFault};
use super::rank::{Files, Language, source, unreadable};
use super::{Exit, Format};
use crate::domain::criteria::Source;
use crate::domain::fault::Fault;
use crate::domain::field::Vocabulary;
use crate::domain::text::{Text, Words};
use crate::engine::analyse::{Matrix, Method, Refusal, Spec, analyse};

/// Rank a CSV table by another method, offline, to compare: weighted sum or product, TOPSIS, VIKOR, PROMETHEE II.
///
/// An analysis beside the published ranking, never instead of it: TOPSIS, VIKOR and PROMETHEE II compare rows with
/// each other, so a row more can change the order of the rest. Lists are ranked by a criteria document alone.
#[derive(Debug, ClapArgs)]
#[command(after_long_help = LONG_HELP)]
pub struct Args {
    /// How to rank
    #[arg(long, value_name = "METHOD", value_parser = methods())]
    pub method: Method,
    /// Table of ventures: CSV, UTF-8, headers in row 1, one of them "id"
    #[arg(long, value_name = "FILE.csv")]
    pub ventures: PathBuf,
    /// What is compared, and how: JSON
    #[arg(long, value_name = "FILE.json")]
    pub spec: PathBuf,
    /// How to print
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
    /// Language of messages and captions
    #[arg(long, value_enum, default_value_t, env = "SEDAYA_LANG")]
    pub lang: Language,
}

fn methods() -> impl clap::builder::TypedValueParser<Value = Method> {
    PossibleValuesParser::new(Method::ALL.iter().map(|method| method.as_str()))
        .try_map(|name| Method::parse(&name).ok_or("unknown"))
}

const LONG_HELP: &str = r#"The table
  As for "sedaya rank", but every column that the spec names holds a number in each row.

      id,omzet,catatan_kas,jarak
      U01,12000000,3,4.5
      U02,8000000,5,12

The spec
      {
        "criteria": [
          {"field": "omzet", "weight": 60, "direction": "max"},
          {"field": "jarak", "weight": 40, "direction": "min", "bounds": [0, 20],
           "preference": {"kind": "linear", "q": 1, "p": 5}}
        ],
        "normalisation": "minmax", "v": 0.5, "floor": 0.01
      }
  normalisation: none max minmax sum vector fixed_minmax fixed_target; if left out, vector for topsis and
    none for the others. fixed_minmax and fixed_target need "bounds" ([lowest, highest]) of each criterion,
    fixed_target also its "target".
  preference, of promethee2: usual, ushape (q), vshape (p), level (q, p), linear (q, p), gaussian (s). A lead
    exceeds q or p if it does by more than the rounding of its numbers: 0.8 leads 0.7 by 0.1 and no more.
  v: VIKOR's weight of the majority, 0 to 1. floor: wpm lifts smaller values to it.
  saw and wpm take the weights as they are; the others divide them by their sum.

What is printed with --format json
  {"scores": […], "ranking": […], "warnings": [{"code", "field"}]}, each list in the order of the rows;
  topsis adds d_plus and d_minus; vikor s, r, compromise (rows from 0), acceptable_advantage and
  acceptable_stability; promethee2 phi_plus and phi_minus. Less is better for vikor's scores (Q).
  ranking: 1, 2, 2, 4. Scores within 1e-10 tie (from 100000 up, where a double no longer holds ten decimals,
  within four units in its last place); scores of wpm tie within 1e-10 of the larger one, since products have
  no scale of their own: many small factors bring all of them next to 0, and they differ all the same.
  Warnings: constant_criterion (all rows alike, so it contributes nothing), out_of_bounds (clipped), degenerate
  (undefined here: 0.5 in topsis, a term less in vikor).

Example
  sedaya analyse --method topsis --ventures usaha.csv --spec spek.json

Exit codes
  0 done   1 a file could not be read or written   2 wrong usage
  3 table or spec refused; all faults are printed at once, with --format json on standard output as
    {"errors":[{"pointer"|"row","column","code","detail"}]}
"#;

/// Runs the command.
///
/// # Errors
/// When output cannot be written.
pub fn run(args: &Args, out: &mut dyn Write, log: &mut dyn Write) -> io::Result<Exit> {
    let unreadable = |log, file, error| unreadable("analyse", log, file, error);
    let document = match std::fs::read(&args.spec) {
        Ok(document) => document,
        Err(error) => return unreadable(log, &args.spec, &error),
    };
    let table = match File::open(&args.ventures).and_then(|file| Table::open(BufReader::with_capacity(1 << 16, file))) {
        Ok(table) => table,
        Err(error) => return unreadable(log, &args.ventures, &error),
    };
    let spec = source(document).and_then(|source| parse(&source, &table));
    let fields: Vec<&str> = spec.iter().flat_map(|spec| &spec.criteria).map(|c| c.field.as_str()).collect();
    let numbers = match table.numbers(&fields) {
        Ok(numbers) => numbers,
        Err(error) => return unreadable(log, &args.ventures, &error),
    };
    let (json, lang) = (args.format == Format::Json, args.lang.into());
    let files = Files { document: &args.spec, table: &args.ventures };
    let (spec, numbers) = match (spec, numbers) {
        (Ok(spec), Ok(numbers)) => (spec, numbers),
        (spec, numbers) => {
            let (document, table) = (spec.err().unwrap_or_default(), numbers.err().unwrap_or_default());
            return files.refuse(&document, &table, json, lang, out, log);
        }
    };
    let matrix = Matrix::from_rows(&numbers.cells, spec.criteria.len());
    let analysis = match matrix.and_then(|matrix| analyse(args.method, &spec, &matrix)) {
        Ok(analysis) => analysis,
        Err(refusal) => {
            let (document, table) = told(refusal, &numbers);
            return files.refuse(&document, &table, json, lang, out, log);
        }
    };
    match args.format {
        Format::Json => print::json(&analysis, out)?,
        Format::Table => print::table(&analysis, &numbers.ids, lang, out)?,
    }
    Ok(Exit::Done)
}

/// The spec, with all of its faults at once: those of its writing, its members, and fields that are no columns.
fn parse(source: &Source, columns: &dyn Vocabulary) -> Result<Spec, Vec<Fault>> {
    let (spec, found) = match Spec::parse(&source.value) {
        Ok(spec) => (Some(spec), Vec::new()),
        Err(found) => (None, found),
    };
    let mut faults = source.all_faults(found);
    // Of what was written as fields, even if something else is wrong with the spec.
    for (i, criterion) in source.value["criteria"].as_array().into_iter().flatten().enumerate() {
        if let Some(field) = criterion["field"].as_str().filter(|field| columns.describe(field).is_none()) {
            let detail = Text::new(
                format!("Tidak ada kolom {field:?}. Periksa ejaannya."),
                format!("There is no column {field:?}. Check the spelling."),
            );
            faults.push(Fault { pointer: format!("/criteria/{i}/field"), code: "unknown_field", detail });
        }
    }
    spec.filter(|_| faults.is_empty()).ok_or(faults)
}

/// Why a method has no answer, as a fault of the spec or of the table.
fn told(refusal: Refusal, numbers: &Numbers) -> (Vec<Fault>, Vec<TableFault>) {
    let cell = |row: usize, column: usize, code, words: Words| {
        let fault = TableFault {
            row: numbers.rows.get(row).copied().unwrap_or_default(),
            column: numbers.headers.get(column).cloned().unwrap_or_default(),
            code,
            detail: words.into(),
        };
        (Vec::new(), vec![fault])
    };
    let document =
        |pointer: String, code, words: Words| (vec![Fault { pointer, code, detail: words.into() }], Vec::new());
    match refusal {
        Refusal::NotPositive { row, column } => cell(
            row,
            column,
            "not_positive",
            Words::new(
                "Dengan normalisasi ini dan arah \"min\" angka harus di atas 0. Pilih \"minmax\" atau perbaiki angkanya.",
                "With this normalisation and direction \"min\" numbers must be above 0. Choose \"minmax\", or mend the number.",
            ),
        ),
        Refusal::Negative { row, column } => cell(
            row,
            column,
            "negative",
            Words::new(
                "Metode atau normalisasi ini tidak menerima angka negatif. Pilih \"minmax\" atau perbaiki angkanya.",
                "This method or normalisation takes no negative numbers. Choose \"minmax\", or mend the number.",
            ),
        ),
        Refusal::NonFinite { row, column } | Refusal::TooLarge { row, column } | Refusal::NotAValue { row, column } => {
            cell(row, column, "number_out_of_range", Words::new("Di luar ±10^100.", "Beyond ±10^100."))
        }
        Refusal::NothingPositive { column } => document(
            format!("/criteria/{column}/field"),
            "nothing_positive",
            Words::new(
                "Tidak ada angka di atas 0 di kolom ini, padahal \"max\" membagi dengan yang terbesar. Pilih \"minmax\".",
                "No number of this column is above 0, and \"max\" divides by the largest. Choose \"minmax\".",
            ),
        ),
        Refusal::Ragged { .. } | Refusal::Width | Refusal::Weights | Refusal::Overflow => document(
            String::new(),
            "overflow",
            Words::new(
                "Angka atau bobot terlalu besar atau terlalu kecil untuk metode ini. Pakai satuan lain.",
                "Numbers or weights are too large or too small for this method. Use other units.",
            ),
        ),
    }
}
