//! From the header row to what each column means.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::NaiveDate;

use super::cell::{Cell, folded};
use super::column::{COLUMNS, Column};
use super::fault::{RowError, RowFault};
use super::indicator::RatingPart;
use super::quote::quoted;
use crate::domain::rubric::Rubric;

/// The columns a sheet may have at most: twice what a filled template has, room for a longer rubric.
pub const MAX_COLUMNS: usize = 500;
/// Similar names are looked for this often; a header row in another language would only be slow.
const SUGGESTIONS: usize = 30;

/// What reading a sheet needs to know beside the sheet.
#[derive(Clone, Debug)]
pub struct Codebook {
    /// The rubric whose indicators are rated.
    pub rubric: Arc<Rubric>,
    /// Region codes (`31.75.10`) and names, wider regions included.
    pub regions: Vec<(String, String)>,
    /// The day ages are counted on: the cohort's first.
    pub day: NaiveDate,
    /// The day on which the sheet is read, in Jakarta: no consent is younger.
    pub today: NaiveDate,
}

/// What a column of a file means.
#[derive(Clone, Copy, Debug)]
pub enum Target {
    /// A column of the table.
    Column(&'static Column),
    /// A part of an indicator, by its place in the rubric.
    Rating(usize, RatingPart),
}

/// The meaning of every column of one file.
#[derive(Clone, Debug)]
pub struct Layout {
    pub(super) book: Codebook,
    /// By column of the file; none under an empty header.
    pub(super) columns: Vec<Option<(String, Target)>>,
}

/// Every header that is understood, folded, with its meaning and the template's spelling.
fn vocabulary(book: &Codebook) -> HashMap<String, (Target, String)> {
    let mut known = HashMap::new();
    for column in COLUMNS {
        for name in [column.header, column.key].iter().chain(column.aliases) {
            known.entry(folded(name)).or_insert_with(|| (Target::Column(column), column.header.to_owned()));
        }
    }
    for (at, indicator) in book.rubric.indicators().enumerate() {
        for part in RatingPart::ALL {
            for name in part.headers(indicator) {
                known.entry(folded(&name)).or_insert_with(|| (Target::Rating(at, part), part.header(indicator)));
            }
        }
    }
    known
}

/// The template's spelling of the known header that is most like this one, if any is like it at all.
fn closest(known: &HashMap<String, (Target, String)>, wanted: &str) -> Option<String> {
    if wanted.chars().count() > 60 {
        return None;
    }
    let score = |name: &str| strsim::normalized_damerau_levenshtein(name, wanted);
    known
        .iter()
        .map(|(name, (_, header))| (score(name), header))
        .filter(|(score, _)| *score >= 0.5)
        .max_by(|a, b| a.0.total_cmp(&b.0).then_with(|| b.1.cmp(a.1)))
        .map(|(_, header)| header.clone())
}

impl Layout {
    /// The layout of the template: every column, in the order of the table, the indicators' last.
    pub fn template(book: Codebook) -> Self {
        let attributes = COLUMNS.iter().map(|column| Some((column.header.to_owned(), Target::Column(column))));
        let parts =
            |(at, indicator)| RatingPart::ALL.map(|part| Some((part.header(indicator), Target::Rating(at, part))));
        let columns = attributes.chain(book.rubric.indicators().enumerate().flat_map(parts)).collect();
        Self { book, columns }
    }

    /// The columns that have a header: its text and its meaning.
    pub fn columns(&self) -> impl Iterator<Item = (&str, Target)> {
        self.columns.iter().flatten().map(|(header, target)| (header.as_str(), *target))
    }

    /// Reads the header row.
    ///
    /// # Errors
    /// Every unknown, repeated and missing header at once.
    pub fn of(row: u32, header: &[Cell], book: Codebook) -> Result<Self, Vec<RowError>> {
        let known = vocabulary(&book);
        let mut columns: Vec<Option<(String, Target)>> = Vec::new();
        let mut seen: HashMap<String, String> = HashMap::new();
        let (mut errors, mut suggestions) = (Vec::new(), SUGGESTIONS);
        for cell in header {
            let text = cell.shown();
            if text.is_empty() && *cell == Cell::Empty {
                columns.push(None);
                continue;
            }
            let wanted = folded(&text);
            columns.push(match known.get(&wanted) {
                None => {
                    let close = (suggestions > 0).then(|| closest(&known, &wanted)).flatten();
                    suggestions = suggestions.saturating_sub(1);
                    // It may be no header at all but the first row of the data.
                    let shown = quoted(&text);
                    errors.push(RowFault::UnknownHeader(close).at(row, &shown, &shown));
                    None
                }
                Some((target, spelling)) => {
                    if let Some(first) = seen.insert(spelling.clone(), text.clone()) {
                        errors.push(RowFault::DuplicateHeader(first).at(row, &text, &text));
                    }
                    Some((text, *target))
                }
            });
        }
        for key in ["participant_ref", "participant_name"] {
            let found = columns.iter().flatten().any(|(_, t)| matches!(t, Target::Column(c) if c.key == key));
            if let (false, Some(column)) = (found, super::column::by_key(key)) {
                errors.push(RowFault::MissingHeader.at(row, column.header, ""));
            }
        }
        if errors.is_empty() { Ok(Self { book, columns }) } else { Err(errors) }
    }

    /// Whether a row looks like the header of a workshop sheet: it names the participant's code.
    pub fn is_header(cells: &[Cell]) -> bool {
        let Some(column) = super::column::by_key("participant_ref") else { return false };
        let names: Vec<String> =
            [column.header, column.key].iter().chain(column.aliases).map(|name| folded(name)).collect();
        cells.iter().any(|cell| names.contains(&folded(&cell.shown())))
    }

    /// How many columns the file has.
    pub fn width(&self) -> usize {
        self.columns.len()
    }

    /// What reading needs to know beside the sheet.
    pub fn book(&self) -> &Codebook {
        &self.book
    }

    /// The header of a column of the table as this file spells it.
    pub(super) fn spelling(&self, key: &str) -> String {
        let here = self.columns.iter().flatten().find(|(_, t)| matches!(t, Target::Column(c) if c.key == key));
        match here {
            Some((text, _)) => text.clone(),
            None => super::column::by_key(key).map_or(key, |c| c.header).to_owned(),
        }
    }
}
