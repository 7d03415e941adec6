//! The engine, through the command that runs it on any table.

mod assessed;
mod doors;
mod fair;
mod golden;
mod meetings;
mod naive;
mod oracle;
mod places;
mod properties;
mod random;
mod vectors;

use std::io::Write as _;

use sedaya::cli::Exit;
use sedaya::cli::rank::{self, Args, Format, Language};
use serde_json::Value;

use self::oracle::Table;

/// What `sedaya rank` did.
pub struct Ran {
    pub exit: Exit,
    pub out: String,
    pub log: String,
}

impl Ran {
    /// Standard output as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|e| panic!("{e}: {} {}", self.out, self.log))
    }

    /// Pointer or row and column of each fault, with its code.
    pub fn faults(&self) -> Vec<(String, String)> {
        assert_eq!(self.exit, Exit::Refused, "{} {}", self.out, self.log);
        let place = |e: &Value| match e.get("pointer") {
            Some(pointer) => pointer.as_str().unwrap().to_owned(),
            None => format!("{}:{}", e["row"], e["column"].as_str().unwrap()),
        };
        let errors = self.json()["errors"].as_array().unwrap().clone();
        for error in &errors {
            assert!(!error["detail"].as_str().unwrap().is_empty());
        }
        errors.iter().map(|e| (place(e), e["code"].as_str().unwrap().to_owned())).collect()
    }
}

/// Runs `sedaya rank` on the bytes of a table and a document.
pub fn run(table: &[u8], document: &[u8], format: Format, explain: bool) -> Ran {
    let file = |bytes: &[u8]| {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(bytes).unwrap();
        file
    };
    let (table, document) = (file(table), file(document));
    let args = Args {
        ventures: table.path().to_owned(),
        criteria: document.path().to_owned(),
        format,
        explain,
        lang: Language::En,
    };
    let (mut out, mut log) = (Vec::new(), Vec::new());
    let exit = rank::run(&args, &mut out, &mut log).unwrap();
    Ran { exit, out: String::from_utf8(out).unwrap(), log: String::from_utf8(log).unwrap() }
}

/// Ranks and gives the JSON object.
pub fn ranked(table: &Table, document: &Value) -> Value {
    let ran = run(csv(table).as_bytes(), document.to_string().as_bytes(), Format::Json, false);
    assert_eq!(ran.exit, Exit::Done, "{} {document}", ran.out);
    ran.json()
}

/// A table as CSV.
pub fn csv(table: &Table) -> String {
    let line = |cells: &[String]| {
        let quoted: Vec<String> =
            cells
                .iter()
                .map(|c| {
                    if c.contains([',', '"', '\n', '\r']) {
                        format!("\"{}\"", c.replace('"', "\"\""))
                    } else {
                        c.clone()
                    }
                })
                .collect();
        quoted.join(",") + "\r\n"
    };
    line(&table.headers) + &table.rows.iter().map(|row| line(row)).collect::<String>()
}

/// A table from columns that are written down in a test.
pub fn table(headers: &[&str], rows: &[&[&str]]) -> Table {
    let owned = |cells: &[&str]| cells.iter().map(|c| (*c).to_owned()).collect::<Vec<_>>();
    Table { headers: owned(headers), rows: rows.iter().map(|row| owned(row)).collect() }
}
