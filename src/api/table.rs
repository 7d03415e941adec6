//! A page of a list as a table, for those who ask for one in `Accept`: CSV, or a workbook.
//!
//! The columns are those of the document, nested ones as `card.code`; a list stands in one cell, joined by `; `. Cells that a
//! spreadsheet would take for a formula are spelled as text.

use std::fmt;

use actix_web::HttpRequest;
use actix_web::http::header::{ACCEPT, Accept, Header as _};
use rust_xlsxwriter::{Workbook, XlsxError};
use serde_json::Value;

use super::codes::Code;
use super::columns::Column;
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

    /// The items of a page in this form, under these columns.
    ///
    /// # Errors
    /// A fault of ours.
    pub(crate) fn spell(self, page: &Value, columns: &[Column]) -> Result<Vec<u8>> {
        let table = Table { columns, rows: page["items"].as_array().map(Vec::as_slice).unwrap_or_default() };
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

impl Cell {
    /// The cell of a value; none for nothing.
    fn of(value: &Value) -> Option<Self> {
        match value {
            Value::Null => None,
            Value::Number(number) => number.as_f64().map(Self::Number),
            Value::Array(elements) => {
                Some(Self::Text(elements.iter().map(|one| words(one, ", ")).collect::<Vec<_>>().join("; ")))
            }
            Value::Object(_) => Some(Self::Text(words(value, "; "))),
            other => Some(Self::Text(words(other, ""))),
        }
    }
}

/// A value as people read it: what has a code or a field begins with it, and says the rest without its label. `joint` stands
/// between the parts.
fn words(value: &Value, joint: &str) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(elements) => elements.iter().map(|one| words(one, " ")).collect::<Vec<_>>().join(joint),
        Value::Object(members) => {
            let (by, called) =
                ["code", "field"].into_iter().find_map(|by| Some((by, members.get(by)?.as_str()?))).unwrap_or_default();
            let rest = members
                .iter()
                .filter(|(name, value)| !value.is_null() && *name != by && (called.is_empty() || *name != "label"));
            let part = |(name, value): (&String, &Value)| match value {
                Value::Object(_) => format!("{name} ({})", words(value, ", ")),
                value => format!("{name} {}", words(value, " ")),
            };
            let rest: Vec<_> = rest.map(part).collect();
            match (called, rest.is_empty()) {
                ("", _) => rest.join(joint),
                (called, true) => called.to_owned(),
                (called, false) => format!("{called}: {}", rest.join(", ")),
            }
        }
        other => other.to_string(),
    }
}

/// Rows under named columns.
struct Table<'a> {
    columns: &'a [Column],
    rows: &'a [Value],
}

impl Table<'_> {
    fn csv(&self) -> std::result::Result<Vec<u8>, csv::Error> {
        let mut out = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
        out.write_record(self.columns.iter().map(|column| &column.name))?;
        for row in self.rows {
            let cell = |column: &Column| Cell::of(column.value(row)).map(|cell| cell.to_string()).unwrap_or_default();
            out.write_record(self.columns.iter().map(cell))?;
        }
        out.into_inner().map_err(|e| e.into_error().into())
    }

    fn xlsx(&self) -> std::result::Result<Vec<u8>, XlsxError> {
        let mut book = Workbook::new();
        let sheet = book.add_worksheet();
        for (at, column) in (0..).zip(self.columns) {
            sheet.write_string(0, at, &column.name)?;
            for (line, row) in (1..).zip(self.rows) {
                match Cell::of(column.value(row)) {
                    Some(Cell::Number(number)) => sheet.write_number(line, at, number)?,
                    // Typed as text, it is no formula whatever it begins with.
                    Some(Cell::Text(text)) => sheet.write_string(line, at, text)?,
                    None => continue,
                };
            }
        }
        book.save_to_buffer()
    }
}

#[cfg(test)]
mod tests {
    use super::super::columns::tests::columns;
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
    fn the_columns_are_the_documents_and_formulas_text() {
        let list = json!({"type": "array", "items": {}});
        let card = json!({"type": "object", "properties": {"code": {"type": "string"}, "score": {"type": "number"}}});
        let item = json!({"type": "object", "properties": {
            "card": {"oneOf": [card, {"type": "null"}]}, "id": {"type": "string"}, "kinds": list, "note": {"type": "string"},
        }});
        let columns = columns(&item, &json!({}));
        let csv =
            |items: Value| String::from_utf8(Form::Csv.spell(&json!({ "items": items }), &columns).unwrap()).unwrap();
        // Who lays pages below each other finds the same under each other, on an empty one too.
        assert_eq!(csv(json!([])), "card.code,card.score,id,kinds,note\r\n");
        assert_eq!(
            csv(json!([
                {"id": "a", "card": {"code": "=1+1", "score": -2.5}, "kinds": [{"code": "grant"}, "qardh"], "note": null},
                {"id": "b,\"c\"", "card": null, "kinds": [], "more": true},
            ])),
            "card.code,card.score,id,kinds,note\r\n'=1+1,-2.5,a,grant; qardh,\r\n,,\"b,\"\"c\"\"\",,\r\n"
        );
        for dangerous in ["=a", "+a", "-a", "@a", "\ta", "\ra"] {
            assert!(Cell::Text(dangerous.into()).to_string().starts_with('\''), "{dangerous:?}");
        }
    }

    #[test]
    fn a_list_is_a_cell_that_people_read() {
        let cell = |value: Value| Cell::of(&value).map(|cell| cell.to_string()).unwrap_or_default();
        let given = json!([
            {"field": "dimension.MGT", "label": "Keuangan", "points": 56.2, "band": null, "answered": true},
            {"field": "kota", "label": "Kota", "points": 30, "band": "tinggi", "answered": false},
        ]);
        assert_eq!(
            cell(given),
            "dimension.MGT: answered true, points 56.2; kota: answered false, band tinggi, points 30"
        );
        assert_eq!(
            cell(json!([{"code": "grant", "label": "Hibah"}, {"code": "qardh", "label": "Qardh"}])),
            "grant; qardh"
        );
        assert_eq!(cell(json!([{"person": "Bu Ani", "phone": "+62800"}])), "person Bu Ani, phone +62800");
        assert_eq!(cell(json!({"ENT1": {"state": "value", "value": 3}})), "ENT1 (state value, value 3)");
        assert_eq!(cell(json!([40.5, 60])), "40.5; 60");
        assert_eq!(cell(json!([])), "");
        assert_eq!(cell(json!(true)), "true");
    }
}
