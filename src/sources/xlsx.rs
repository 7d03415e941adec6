//! XLSX as a stream of rows.
//!
//! Read here and not by a workbook library: what is needed is the text of one sheet's cells, and a
//! library that serves everything trusts what the file says of itself (it reserves memory for a declared
//! count of texts, fills the rectangle between a cell at A1 and one at XFD1048576, copies a font for each
//! style). Here memory is bounded by the inflated parts, and rows come one by one.
//!
//! Formulas are not computed: the value that the spreadsheet stored is read. Of styles only one thing is
//! read: whether a number is shown as a percentage, since 30 % is stored as 0.3.

use std::collections::HashMap;
use std::io::{Cursor, Read};

use quick_xml::Reader;
use quick_xml::events::{BytesRef, BytesStart, Event};

use super::RawRow;
use super::fault::FileFault;
use super::package::{MAX_INFLATED, MAX_SMALL_PART, Package};
use crate::domain::intake::{Cell, Layout, MAX_CELL_CHARS, MAX_COLUMNS};

type Xml = Reader<Cursor<Vec<u8>>>;

/// The rows of the workbook's sheet of participants, its header first: the first visible sheet whose
/// first filled row names the participant's code, else the first visible sheet.
pub fn rows<R: Read>(mut file: R) -> Result<Rows, FileFault> {
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    let mut package = Package::open(bytes)?;
    let workbook = Workbook::read(&mut package)?;
    let mut strings = Strings::read(package.part(&workbook.beside("sharedStrings.xml"), MAX_INFLATED)?)?;
    let percents = percent_styles(package.part(&workbook.beside("styles.xml"), MAX_SMALL_PART)?)?;
    let mut first = None;
    for path in &workbook.sheets {
        let Some(text) = package.part(path, MAX_INFLATED)? else {
            return Err(FileFault::Broken(path.clone()));
        };
        let mut rows = Rows::new(text, strings, percents.clone());
        let header = loop {
            match rows.next() {
                Some(Ok((_, cells))) if cells.iter().all(|c| *c == Cell::Empty) => {}
                found => break found,
            }
        };
        if matches!(&header, Some(Ok((_, cells))) if Layout::is_header(cells)) {
            rows.again = header;
            return Ok(rows);
        }
        strings = std::mem::take(&mut rows.strings);
        if first.is_none() {
            rows.again = header;
            first = Some(rows);
        }
    }
    let mut rows = first.ok_or(FileFault::NoSheet)?;
    rows.strings = strings;
    Ok(rows)
}

/// Where the parts are.
struct Workbook {
    folder: String,
    /// Paths of visible sheets, in their order.
    sheets: Vec<String>,
}

impl Workbook {
    fn read(package: &mut Package) -> Result<Self, FileFault> {
        let path = relations(package, "_rels/.rels", "")?
            .into_values()
            .find(|(kind, _)| kind.ends_with("/officeDocument"))
            .map(|(_, target)| target)
            .ok_or_else(|| FileFault::Broken("_rels/.rels".into()))?;
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", &path));
        let targets = relations(package, &joined(folder, &format!("_rels/{name}.rels")), folder)?;
        let text = package.part(&path, MAX_SMALL_PART)?.ok_or(FileFault::NotXlsx("ZIP"))?;
        let mut xml = xml(text);
        let (mut buffer, mut sheets) = (Vec::new(), Vec::new());
        loop {
            match event(&mut xml, &mut buffer)? {
                Event::Start(e) if is(&e, "workbookPr") => {
                    if matches!(attribute(&e, "date1904")?.as_deref(), Some("1" | "true")) {
                        return Err(FileFault::Epoch1904);
                    }
                }
                Event::Start(e) if is(&e, "sheet") => {
                    let visible = !matches!(attribute(&e, "state")?.as_deref(), Some("hidden" | "veryHidden"));
                    let target = attribute(&e, "id")?.and_then(|id| targets.get(&id));
                    if let (true, Some((kind, path))) = (visible, target)
                        && kind.ends_with("/worksheet")
                    {
                        sheets.push(path.clone());
                    }
                }
                Event::Eof => break,
                _ => {}
            }
            buffer.clear();
        }
        Ok(Self { folder: folder.to_owned(), sheets })
    }

    fn beside(&self, name: &str) -> String {
        joined(&self.folder, name)
    }
}

/// A part's relations: id → (type, path of the target).
fn relations(package: &mut Package, part: &str, folder: &str) -> Result<HashMap<String, (String, String)>, FileFault> {
    let text = package.part(part, MAX_SMALL_PART)?.ok_or_else(|| FileFault::Broken(part.to_owned()))?;
    let mut xml = xml(text);
    let (mut buffer, mut out) = (Vec::new(), HashMap::new());
    loop {
        match event(&mut xml, &mut buffer)? {
            Event::Start(e) if is(&e, "Relationship") => {
                let (id, kind, target) = (attribute(&e, "Id")?, attribute(&e, "Type")?, attribute(&e, "Target")?);
                if let (Some(id), Some(kind), Some(target)) = (id, kind, target) {
                    out.insert(id, (kind, joined(folder, &target)));
                }
            }
            Event::Eof => return Ok(out),
            _ => {}
        }
        buffer.clear();
    }
}

/// The path of a target as seen from a folder.
fn joined(folder: &str, target: &str) -> String {
    let mut steps: Vec<&str> = match target.strip_prefix('/') {
        Some(_) => Vec::new(),
        None => folder.split('/').filter(|s| !s.is_empty()).collect(),
    };
    for step in target.split('/') {
        match step {
            "" | "." => {}
            ".." => {
                steps.pop();
            }
            step => steps.push(step),
        }
    }
    steps.join("/")
}

/// The texts that cells share, end to end in one string: a few bytes for each, however many there are.
#[derive(Default)]
struct Strings {
    text: String,
    ends: Vec<usize>,
}

impl Strings {
    fn read(part: Option<String>) -> Result<Self, FileFault> {
        let mut strings = Self::default();
        let Some(part) = part else { return Ok(strings) };
        let mut xml = xml(part);
        let mut buffer = Vec::new();
        loop {
            let open = match event(&mut xml, &mut buffer)? {
                Event::Start(e) => is(&e, "si"),
                Event::Eof => return Ok(strings),
                _ => false,
            };
            if open {
                let mut text = String::new();
                rich_text(&mut xml, "si", &mut text)?;
                strings.text.push_str(&text);
                strings.ends.push(strings.text.len());
            }
            buffer.clear();
        }
    }

    fn get(&self, at: usize) -> Option<&str> {
        let end = *self.ends.get(at)?;
        let start = if at == 0 { 0 } else { *self.ends.get(at - 1)? };
        self.text.get(start..end)
    }
}

/// For each cell style: whether it shows a percentage.
fn percent_styles(part: Option<String>) -> Result<Vec<bool>, FileFault> {
    let Some(part) = part else { return Ok(Vec::new()) };
    let mut xml = xml(part);
    let (mut buffer, mut formats, mut styles) = (Vec::new(), HashMap::new(), Vec::new());
    let mut in_cells = false;
    loop {
        match event(&mut xml, &mut buffer)? {
            Event::Start(e) if is(&e, "numFmt") => {
                if let (Some(id), Some(code)) = (attribute(&e, "numFmtId")?, attribute(&e, "formatCode")?) {
                    formats.insert(id, shows_percent(&code));
                }
            }
            Event::Start(e) if is(&e, "cellXfs") => in_cells = true,
            Event::End(e) if e.local_name().as_ref() == "cellXfs" => in_cells = false,
            Event::Start(e) if in_cells && is(&e, "xf") => {
                let id = attribute(&e, "numFmtId")?.unwrap_or_default();
                // 9 and 10 are the two built-in percentages.
                styles.push(formats.get(&id).copied().unwrap_or(id == "9" || id == "10"));
            }
            Event::Eof => return Ok(styles),
            _ => {}
        }
        buffer.clear();
    }
}

/// Whether a number format has a percent sign that is neither quoted nor escaped.
fn shows_percent(code: &str) -> bool {
    let (mut quoted, mut chars) = (false, code.chars());
    while let Some(c) = chars.next() {
        match c {
            '"' => quoted = !quoted,
            '\\' | '_' | '*' if !quoted => {
                chars.next();
            }
            '%' if !quoted => return true,
            _ => {}
        }
    }
    false
}

/// The rows of one sheet.
pub struct Rows {
    xml: Xml,
    buffer: Vec<u8>,
    strings: Strings,
    percents: Vec<bool>,
    /// The number of the row that was read last.
    row: u32,
    ended: bool,
    /// A row that was looked at and is still to be given.
    again: Option<RawRow>,
}

impl Rows {
    fn new(text: String, strings: Strings, percents: Vec<bool>) -> Self {
        Self { xml: xml(text), buffer: Vec::new(), strings, percents, row: 0, ended: false, again: None }
    }

    /// The next `row` element, or `None` behind the last.
    fn read_row(&mut self) -> Result<Option<Vec<Cell>>, FileFault> {
        loop {
            self.buffer.clear();
            match event(&mut self.xml, &mut self.buffer)? {
                Event::Start(e) if is(&e, "row") => {
                    self.row = match attribute(&e, "r")? {
                        Some(text) => text.parse().map_err(|_unfit| FileFault::Broken(format!("row {text}")))?,
                        None => self.row.saturating_add(1),
                    };
                    return self.read_cells().map(Some);
                }
                Event::End(e) if e.local_name().as_ref() == "sheetData" => return Ok(None),
                Event::Eof => return Ok(None),
                _ => {}
            }
        }
    }

    fn read_cells(&mut self) -> Result<Vec<Cell>, FileFault> {
        let (mut cells, mut column) = (Vec::new(), 0_usize);
        loop {
            self.buffer.clear();
            match event(&mut self.xml, &mut self.buffer)? {
                Event::Start(e) if is(&e, "c") => {
                    if let Some(place) = attribute(&e, "r")? {
                        column = column_of(&place).ok_or_else(|| FileFault::Broken(format!("cell {place}")))?;
                    }
                    let kind = attribute(&e, "t")?.unwrap_or_default();
                    let style: usize = attribute(&e, "s")?.and_then(|s| s.parse().ok()).unwrap_or(0);
                    let percent = self.percents.get(style).copied().unwrap_or(false);
                    let cell = self.read_cell(&kind, percent)?;
                    if cell != Cell::Empty {
                        if column >= MAX_COLUMNS {
                            return Err(FileFault::TooManyColumns);
                        }
                        if cells.len() <= column {
                            cells.resize(column + 1, Cell::Empty);
                        }
                        cells[column] = cell;
                    }
                    column = column.saturating_add(1);
                }
                Event::End(e) if e.local_name().as_ref() == "row" => return Ok(cells),
                Event::Eof => return Err(FileFault::Broken(format!("row {}", self.row))),
                _ => {}
            }
        }
    }

    /// The cell whose start tag was just read.
    fn read_cell(&mut self, kind: &str, percent: bool) -> Result<Cell, FileFault> {
        let (mut value, mut inline) = (None, None);
        loop {
            self.buffer.clear();
            match event(&mut self.xml, &mut self.buffer)? {
                Event::Start(e) if is(&e, "v") => {
                    let mut text = String::new();
                    plain_text(&mut self.xml, "v", &mut text)?;
                    value = Some(text);
                }
                Event::Start(e) if is(&e, "is") => {
                    let mut text = String::new();
                    rich_text(&mut self.xml, "is", &mut text)?;
                    inline = Some(text);
                }
                Event::Start(e) if is(&e, "f") => plain_text(&mut self.xml, "f", &mut String::new())?,
                Event::End(e) if e.local_name().as_ref() == "c" => break,
                Event::Eof => return Err(FileFault::Broken(format!("row {}", self.row))),
                _ => {}
            }
        }
        let bad = |what: &str| FileFault::Broken(format!("row {}: {what}", self.row));
        let Some(value) = value else {
            return Ok(inline.map_or(Cell::Empty, |text| Cell::text(&unescaped(&text))));
        };
        Ok(match kind {
            "s" => {
                let text = value.trim().parse().ok().and_then(|at| self.strings.get(at));
                Cell::text(&unescaped(text.ok_or_else(|| bad("shared string"))?))
            }
            "inlineStr" => Cell::text(&unescaped(&inline.unwrap_or_default())),
            "str" => Cell::text(&unescaped(&value)),
            "d" => Cell::text(&value),
            "b" => match value.trim() {
                "0" | "false" => Cell::Bool(false),
                "1" | "true" => Cell::Bool(true),
                _ => return Err(bad("boolean")),
            },
            "e" => Cell::Error(value.chars().take(20).collect()),
            _ if value.trim().is_empty() => Cell::Empty,
            _ => match value.trim().parse::<f64>() {
                Ok(value) if value.is_finite() => Cell::Number { value, percent },
                _ => return Err(bad("number")),
            },
        })
    }
}

impl Iterator for Rows {
    type Item = RawRow;

    fn next(&mut self) -> Option<RawRow> {
        if let Some(row) = self.again.take() {
            return Some(row);
        }
        if self.ended {
            return None;
        }
        match self.read_row() {
            Ok(Some(cells)) => Some(Ok((self.row, cells))),
            Ok(None) => {
                self.ended = true;
                None
            }
            Err(fault) => {
                self.ended = true;
                Some(Err((self.row.max(1), fault)))
            }
        }
    }
}

fn xml(text: String) -> Xml {
    let mut xml = Reader::from_reader(Cursor::new(text.into_bytes()));
    xml.config_mut().expand_empty_elements = true;
    xml
}

fn event<'b>(xml: &mut Xml, buffer: &'b mut Vec<u8>) -> Result<Event<'b>, FileFault> {
    xml.read_event_into(buffer).map_err(|e| FileFault::Broken(format!("XML: {e}")))
}

fn is(element: &BytesStart<'_>, name: &str) -> bool {
    element.local_name().as_ref() == name
}

/// An attribute by its name without prefix.
fn attribute(element: &BytesStart<'_>, name: &str) -> Result<Option<String>, FileFault> {
    let broken = |e: &dyn std::fmt::Display| FileFault::Broken(format!("XML: {e}"));
    for found in element.attributes().with_checks(false) {
        let found = found.map_err(|e| broken(&e))?;
        if found.key.local_name().as_ref() == name {
            let value = found.normalized_value(quick_xml::XmlVersion::default()).map_err(|e| broken(&e))?;
            return Ok(Some(value.into_owned()));
        }
    }
    Ok(None)
}

/// All text inside an element, up to its end tag, as far as a cell can hold it.
fn plain_text(xml: &mut Xml, element: &str, out: &mut String) -> Result<(), FileFault> {
    collect(xml, element, false, out)
}

/// The text of a `si` or `is`: its `t` parts without the reading aids (`rPh`) of Japanese.
fn rich_text(xml: &mut Xml, element: &str, out: &mut String) -> Result<(), FileFault> {
    collect(xml, element, true, out)
}

fn collect(xml: &mut Xml, element: &str, rich: bool, out: &mut String) -> Result<(), FileFault> {
    // One more than a cell can hold, times the longest UTF-8 form: enough to see that it is too long.
    let limit = (MAX_CELL_CHARS + 1) * 4;
    let (mut buffer, mut in_text, mut aside) = (Vec::new(), false, 0_u32);
    loop {
        buffer.clear();
        let found = event(xml, &mut buffer)?;
        let mut push = |text: &str| {
            if aside == 0 && (in_text || !rich) {
                let room = limit.saturating_sub(out.len());
                out.push_str(&text[..text.floor_char_boundary(room)]);
            }
        };
        match found {
            Event::Text(text) => push(&text.xml10_content()),
            Event::CData(text) => push(&text.xml10_content()),
            Event::GeneralRef(reference) => push(&resolved(&reference)?.to_string()),
            Event::Start(e) if is(&e, "rPh") => aside += 1,
            Event::Start(e) if is(&e, "t") => in_text = true,
            Event::End(e) => match e.local_name().as_ref() {
                "rPh" => aside = aside.saturating_sub(1),
                "t" => in_text = false,
                name if name == element => return Ok(()),
                _ => {}
            },
            Event::Eof => return Err(FileFault::Broken(element.to_owned())),
            _ => {}
        }
    }
}

/// A character reference or one of the five entities XML has of itself; no other is ever expanded.
fn resolved(reference: &BytesRef<'_>) -> Result<char, FileFault> {
    let broken = || FileFault::Broken(format!("XML: &{};", reference.as_ref().chars().take(20).collect::<String>()));
    match reference.resolve_char_ref() {
        Ok(Some(c)) => Ok(c),
        Ok(None) => match reference.as_ref() {
            "lt" => Ok('<'),
            "gt" => Ok('>'),
            "amp" => Ok('&'),
            "quot" => Ok('"'),
            "apos" => Ok('\''),
            _ => Err(broken()),
        },
        Err(_) => Err(broken()),
    }
}

/// `_x000D_` is how a workbook writes a character that XML cannot hold.
fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("_x") {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let code = from.get(2..6).filter(|_| from.as_bytes().get(6) == Some(&b'_'));
        let hex = code.filter(|h| h.bytes().all(|b| b.is_ascii_hexdigit()));
        match hex.and_then(|h| u32::from_str_radix(h, 16).ok()).and_then(char::from_u32) {
            Some(c) => {
                out.push(c);
                rest = &from[7..];
            }
            None => {
                out.push_str("_x");
                rest = &from[2..];
            }
        }
    }
    out.push_str(rest);
    out
}

/// The column of a place such as `AB12`, from 0.
fn column_of(place: &str) -> Option<usize> {
    let letters: Vec<u8> = place.bytes().take_while(u8::is_ascii_alphabetic).collect();
    if letters.is_empty() || letters.len() > 3 {
        return None;
    }
    let number = |n: usize, b: &u8| n * 26 + usize::from(b.to_ascii_uppercase() - b'A') + 1;
    letters.iter().fold(0, number).checked_sub(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_formats_and_escapes() {
        assert_eq!(column_of("A1"), Some(0));
        assert_eq!(column_of("AB12"), Some(27));
        assert_eq!(column_of("XFD1048576"), Some(16_383));
        assert_eq!(column_of("12"), None);
        assert_eq!(column_of("ABCD1"), None);
        assert!(shows_percent("0.0%") && shows_percent("[Red]0%;\\-0%"));
        assert!(!shows_percent("0\"%\"") && !shows_percent("0\\%") && !shows_percent("General"));
        assert_eq!(unescaped("a_x000D_b _x41 _xZZZZ_ _x"), "a\rb _x41 _xZZZZ_ _x");
        assert_eq!(joined("xl", "worksheets/sheet1.xml"), "xl/worksheets/sheet1.xml");
        assert_eq!(joined("xl", "/xl/a.xml"), "xl/a.xml");
        assert_eq!(joined("xl/x", "../a.xml"), "xl/a.xml");
    }
}
