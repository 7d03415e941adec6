//! A page of a list as a table, for those who ask for one in `Accept`: CSV, or a workbook.
//!
//! The columns are the members of the items, nested ones as `card.code`; a list of texts stands in one cell, joined by
//! `; `. Cells that a spreadsheet would take for a formula are spelled as text.

use std::collections::BTreeMap;
use std::fmt;

use actix_web::HttpRequest;
use actix_web::http::header::{ACCEPT, Accept, Header as _};
use rust_xlsxwriter::{Workbook, XlsxError};
use serde_json::Value;

use super::codes::Code;
use super::problem::{Problem, Result};

/// How an answer is spelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// As the document describes it.
    Json,
    /// RFC 4180, UTF-8.
    Csv,
    /// A workbook with one sheet.
    Xlsx,
}

impl Form {
    /// The media type.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Csv => "text/csv; charset=utf-8",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }

    /// What distinguishes its tag and its file.
    pub const fn suffix(self) -> Option<&'static str> {
        match self {
            Self::Json => None,
            Self::Csv => Some("csv"),
            Self::Xlsx => Some("xlsx"),
        }
    }

    fn essence(self) -> &'static str {
        self.media_type().split(';').next().unwrap_or_default()
    }

    /// The form that the caller likes best among those that there are; the first of them where the caller does not mind.
    ///
    /// # Errors
    /// `not_acceptable`.
    pub fn wanted(request: &HttpRequest, offered: &[Self]) -> Result<Self> {
        let first = offered.first().copied().unwrap_or(Self::Json);
        // What cannot be read is no wish.
        let Ok(accept) = Accept::parse(request) else { return Ok(first) };
        if !request.headers().contains_key(ACCEPT) || accept.is_empty() {
            return Ok(first);
        }
        // The most exact range decides about a form (RFC 9110 §12.5.1).
        let liking = |form: &Self| {
            let essence = form.essence();
            let kind = essence.split('/').next().unwrap_or_default();
            let by_exactness = [essence.to_owned(), format!("{kind}/*"), "*/*".to_owned()];
            let quality =
                |range: &String| accept.iter().find(|item| item.item.essence_str() == range).map(|item| item.quality);
            by_exactness.iter().find_map(quality).filter(|quality| quality.to_string() != "0")
        };
        let mut best = None;
        for form in offered {
            if let Some(quality) = liking(form)
                && best.is_none_or(|(_, so_far)| quality > so_far)
            {
                best = Some((*form, quality));
            }
        }
        best.map(|(form, _)| form).ok_or_else(|| Problem::new(Code::NotAcceptable))
    }

    /// The items of a page in this form.
    ///
    /// # Errors
    /// A fault of ours.
    pub fn spell(self, page: &Value) -> Result<Vec<u8>> {
        let table = Table::of(page["items"].as_array().map(Vec::as_slice).unwrap_or_default());
        match self {
            Self::Json => serde_json::to_vec(page).map_err(Problem::internal),
            Self::Csv => table.csv().map_err(Problem::internal),
            Self::Xlsx => table.xlsx().map_err(Problem::internal),
        }
    }
}

/// One cell.
#[derive(Clone, Debug, PartialEq)]
enum Cell {
    Number(f64),
    Text(String),
}

impl fmt::Display for Cell {
    /// As a CSV cell. What a spreadsheet would take for a formula begins with an apostrophe (OWASP, CSV injection).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => write!(f, "{number}"),
            Self::Text(text) if text.starts_with(['=', '+', '-', '@', '\t', '\r']) => write!(f, "'{text}"),
            Self::Text(text) => f.write_str(text),
        }
    }
}

/// Rows under named columns.
struct Table {
    columns: Vec<String>,
    rows: Vec<BTreeMap<String, Cell>>,
}

impl Table {
    fn of(items: &[Value]) -> Self {
        let mut columns = Vec::new();
        let rows = items.iter().map(|item| {
            let mut row = BTreeMap::new();
            flatten("", item, &mut columns, &mut row);
            row
        });
        Self { rows: rows.collect(), columns }
    }

    fn csv(&self) -> std::result::Result<Vec<u8>, csv::Error> {
        let mut out = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
        out.write_record(&self.columns)?;
        for row in &self.rows {
            let cell = |column| row.get(column).map(ToString::to_string).unwrap_or_default();
            out.write_record(self.columns.iter().map(cell))?;
        }
        out.into_inner().map_err(|e| e.into_error().into())
    }

    fn xlsx(&self) -> std::result::Result<Vec<u8>, XlsxError> {
        let mut book = Workbook::new();
        let sheet = book.add_worksheet();
        for (at, name) in (0..).zip(&self.columns) {
            sheet.write_string(0, at, name)?;
            for (line, row) in (1..).zip(&self.rows) {
                match row.get(name) {
                    Some(Cell::Number(number)) => sheet.write_number(line, at, *number)?,
                    // Typed as text, it is no formula whatever it begins with.
                    Some(Cell::Text(text)) => sheet.write_string(line, at, text)?,
                    None => continue,
                };
            }
        }
        book.save_to_buffer()
    }
}

/// Adds what a value holds to a row, and the columns that it needs to the others.
fn flatten(name: &str, value: &Value, columns: &mut Vec<String>, row: &mut BTreeMap<String, Cell>) {
    let cell = match value {
        Value::Object(members) => {
            for (member, value) in members {
                let name = if name.is_empty() { member.clone() } else { format!("{name}.{member}") };
                flatten(&name, value, columns, row);
            }
            return;
        }
        Value::Null => None,
        Value::Number(number) => number.as_f64().map(Cell::Number),
        Value::String(text) => Some(Cell::Text(text.clone())),
        Value::Bool(truth) => Some(Cell::Text(truth.to_string())),
        Value::Array(values) => Some(Cell::Text(values.iter().map(one).collect::<Vec<_>>().join("; "))),
    };
    if !columns.iter().any(|column| column == name) {
        columns.push(name.to_owned());
    }
    if let Some(cell) = cell {
        row.insert(name.to_owned(), cell);
    }
}

/// An element of a list in one cell: a text as it is, what has a code by its code, the rest as JSON.
fn one(value: &Value) -> String {
    match (value, value["code"].as_str()) {
        (Value::String(text), _) => text.clone(),
        (_, Some(code)) => code.to_owned(),
        _ => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;
    use serde_json::json;

    const ALL: [Form; 3] = [Form::Json, Form::Csv, Form::Xlsx];

    #[test]
    fn the_best_liked_form_is_taken() {
        let wanted = |accept: &str, offered: &[Form]| {
            let request = TestRequest::default().insert_header(("accept", accept)).to_http_request();
            Form::wanted(&request, offered).map_err(|p| p.code())
        };
        assert_eq!(Form::wanted(&TestRequest::default().to_http_request(), &ALL).unwrap(), Form::Json);
        for (accept, form) in [
            ("*/*", Form::Json),
            ("text/csv", Form::Csv),
            ("text/*", Form::Csv),
            ("application/json;q=0.5, text/csv", Form::Csv),
            ("text/csv;q=0.4, */*;q=0.5", Form::Json),
            ("application/json;q=0, */*", Form::Csv),
            ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", Form::Xlsx),
            ("text/html, application/xhtml+xml, */*;q=0.8", Form::Json),
            (";;;", Form::Json),
        ] {
            assert_eq!(wanted(accept, &ALL), Ok(form), "{accept}");
        }
        assert_eq!(wanted("text/csv", &[Form::Json]), Err(Code::NotAcceptable));
        assert_eq!(wanted("image/png", &ALL), Err(Code::NotAcceptable));
        assert_eq!(wanted("*/*;q=0", &ALL), Err(Code::NotAcceptable));
    }

    #[test]
    fn members_become_columns_and_formulas_text() {
        let page = json!({"items": [
            {"id": "a", "card": {"code": "=1+1", "score": -2.5}, "kinds": [{"code": "grant"}, "qardh"], "note": null},
            {"id": "b,\"c\"", "card": {"code": "x", "score": null}, "kinds": [], "more": true},
        ]});
        let csv = String::from_utf8(Form::Csv.spell(&page).unwrap()).unwrap();
        assert_eq!(
            csv,
            "card.code,card.score,id,kinds,note,more\r\n'=1+1,-2.5,a,grant; qardh,,\r\nx,,\"b,\"\"c\"\"\",,,true\r\n"
        );
        for dangerous in ["=a", "+a", "-a", "@a", "\ta", "\ra"] {
            assert!(Cell::Text(dangerous.into()).to_string().starts_with('\''), "{dangerous:?}");
        }
    }
}
