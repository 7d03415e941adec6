//! From a row of cells to a checked row, or to every fault of it at once.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::attributes::{Part, Value};
use super::cell::{Cell, clean, folded, folds_to};
use super::choice::{self, find, listed};
use super::column::{Column, Kind};
use super::date::date;
use super::fault::{RowError, RowFault};
use super::indicator::RatingPart;
use super::layout::{Codebook, Layout, Target};
use super::number::{decimal, money};
use super::row::{
    AgeBand, ParsedRow, ParticipantAttributes, RowAssessment, RowConsents, RowSecrets, VentureAttributes,
};
use super::secret::{Nik, Secret};
use crate::domain::assessment::{Answer, Evidence, Rating, Ratings, check};
use crate::domain::fixed::TenThousandths;
use crate::domain::life::AssessmentKind;
use crate::domain::phone::Phone;
use crate::domain::region::Region;
use crate::domain::rubric::{Facts, Indicator, Scale, Unit};
use crate::domain::sector::{Sector, SectorFault};

/// The longest note of an assessor.
const MAX_NOTE: usize = 500;

/// What one row fills while it is read.
#[derive(Default)]
struct Draft<'a> {
    participant: ParticipantAttributes,
    venture: VentureAttributes,
    venture_filled: bool,
    consents: RowConsents,
    nik: Option<Nik>,
    birth: Option<NaiveDate>,
    assessor_ref: Option<String>,
    assessor_name: Option<Secret>,
    assessed_on: Option<NaiveDate>,
    kind: Option<AssessmentKind>,
    ratings: BTreeMap<usize, DraftRating<'a>>,
    rated: bool,
}

/// One indicator's three cells.
#[derive(Default)]
struct DraftRating<'a> {
    answer: Option<Answer>,
    /// The header of the answer's column.
    header: &'a str,
    evidence: Option<Evidence>,
    evidence_header: &'a str,
    note: Option<String>,
    /// One of its cells is faulty: no second complaint about what it would have said.
    faulty: bool,
}

impl Layout {
    /// Reads one row; `None` where every cell is blank. `row` counts from 1 as in the sheet.
    ///
    /// # Errors
    /// Every fault of the row.
    pub fn read(&self, row: u32, cells: &[Cell]) -> Result<Option<RowSecrets>, Vec<RowError>> {
        if cells.iter().all(|c| *c == Cell::Empty) {
            return Ok(None);
        }
        let mut draft = Draft::default();
        let mut errors = Vec::new();
        // One complaint a row is enough about columns without a header.
        let mut nameless = false;
        for (at, cell) in cells.iter().enumerate() {
            match self.columns.get(at) {
                Some(Some((header, target))) => {
                    if let Err(fault) = draft.take(header, target, cell, &self.book) {
                        let personal =
                            matches!(target, Target::Column(c) if c.kind.is_personal() || c.key == "birth_date");
                        let shown = if personal { String::new() } else { cell.shown() };
                        errors.push(fault.at(row, header, &shown));
                    }
                }
                _ if *cell == Cell::Empty || nameless => {}
                _ => {
                    nameless = true;
                    errors.push(RowFault::NoHeader.at(row, &letters(at), ""));
                }
            }
        }
        let ratings = self.check(row, &mut draft, &mut errors);
        if errors.is_empty() { Ok(Some(finish(row, draft, ratings))) } else { Err(errors) }
    }

    /// The rules that hold between cells. Gives the ratings, without those that are faulty.
    fn check(&self, row: u32, draft: &mut Draft<'_>, errors: &mut Vec<RowError>) -> Ratings {
        // A code that is missing is one fault, unless its cell had another.
        let mut missing = |fault: RowFault, key: &str| {
            let column = self.spelling(key);
            if errors.iter().all(|e| e.column != column) {
                errors.push(fault.at(row, &column, ""));
            }
        };
        if draft.participant.reference.is_empty() {
            missing(RowFault::Required, "participant_ref");
        }
        if draft.venture.reference.is_empty() {
            if draft.venture_filled {
                missing(RowFault::VentureCodeMissing, "venture_ref");
            } else if draft.rated {
                missing(RowFault::AssessmentWithoutVenture, "venture_ref");
            }
        }
        if draft.rated && draft.assessor_ref.is_none() {
            missing(RowFault::AssessorMissing, "assessor_ref");
        }
        if let (Some(min), Some(max)) = (draft.venture.need_min, draft.venture.need_max)
            && min > max
        {
            errors.push(RowFault::RangeReversed.at(row, &self.spelling("funding_need_min"), &min.for_people()));
        }
        if let Some(birth) = draft.birth {
            let band = AgeBand::on(birth, self.book.day);
            if birth > self.book.day {
                errors.push(RowFault::ImpossibleDate.at(row, &self.spelling("birth_date"), ""));
            } else if draft.participant.age_band.is_some_and(|written| written != band) {
                errors.push(RowFault::AgeDisagrees.at(row, &self.spelling("age_band"), ""));
            }
            draft.participant.age_band = Some(band);
        }
        if let Some(day) = draft.consents.given_on.filter(|day| *day > self.book.today) {
            errors.push(RowFault::ConsentInFuture.at(row, &self.spelling("consent_date"), &day.to_string()));
        }
        for rating in draft.ratings.values().filter(|r| !r.faulty) {
            if rating.evidence.is_some() && !matches!(rating.answer, Some(Answer::Value(_))) {
                errors.push(RowFault::EvidenceWithoutRating.at(row, rating.evidence_header, ""));
            }
        }
        // What the venture is may stand in another row: here only rules that hold whatever it is.
        let ratings = self.ratings(draft);
        for fault in check(&self.book.rubric, &Facts::default(), &ratings) {
            let header = self.book.rubric.find(&fault.indicator).and_then(|at| draft.ratings.get(&at));
            let header = header.map_or_else(|| fault.indicator.clone(), |r| r.header.to_owned());
            errors.push(RowFault::Rating(fault).at(row, &header, ""));
        }
        ratings
    }

    /// The ratings by code. What was not assessed has no entry, unless there is a note on why.
    fn ratings(&self, draft: &Draft<'_>) -> Ratings {
        let mut ratings = Ratings::new();
        for (at, draft) in draft.ratings.iter().filter(|(_, rating)| !rating.faulty) {
            let answer = draft.answer.unwrap_or(Answer::NotAssessed);
            if answer == Answer::NotAssessed && draft.note.is_none() {
                continue;
            }
            // Evidence is of a value; beside anything else it is a fault of its own.
            let evidence = draft.evidence.filter(|_| matches!(answer, Answer::Value(_))).unwrap_or_default();
            let code = self.book.rubric.indicator(*at).code.clone();
            ratings.insert(code, Rating { answer, evidence, note: draft.note.clone() });
        }
        ratings
    }
}

fn finish(row: u32, draft: Draft<'_>, ratings: Ratings) -> RowSecrets {
    let assessment = draft.assessor_ref.filter(|_| draft.rated).map(|assessor_ref| RowAssessment {
        assessor_ref,
        assessor_name: draft.assessor_name,
        assessed_on: draft.assessed_on,
        kind: draft.kind.unwrap_or(AssessmentKind::Baseline),
        ratings,
    });
    let venture = (!draft.venture.reference.is_empty()).then_some(draft.venture);
    let parsed = ParsedRow { row, participant: draft.participant, venture, consents: draft.consents, assessment };
    RowSecrets { row: parsed, nik: draft.nik }
}

impl<'a> Draft<'a> {
    /// Reads one cell into its place.
    fn take(&mut self, header: &'a str, target: &Target, cell: &Cell, book: &Codebook) -> Result<(), RowFault> {
        match cell {
            Cell::Error(_) => return Err(RowFault::CellError),
            Cell::TooLong => return Err(RowFault::TooLong(super::cell::MAX_CELL_CHARS)),
            Cell::NotUtf8 => return Err(RowFault::NotUtf8),
            _ => {}
        }
        match *target {
            Target::Column(column) => {
                if cell.is_blank() || unanswered(cell) {
                    return Ok(());
                }
                self.venture_filled |= matches!(column.part, Part::Venture(..));
                if matches!(column.part, Part::Consent(..)) && refused(cell) {
                    return Ok(());
                }
                let value = read_value(column, cell, book)?;
                self.put(column, value)
            }
            Target::Rating(at, part) => {
                if cell.is_blank() {
                    return Ok(());
                }
                self.rated = true;
                let rating = self.ratings.entry(at).or_default();
                match part {
                    RatingPart::Answer => rating.header = header,
                    RatingPart::Evidence => rating.evidence_header = header,
                    RatingPart::Note if rating.header.is_empty() => rating.header = header,
                    RatingPart::Note => {}
                }
                let read = rating.take(book.rubric.indicator(at), part, cell);
                rating.faulty |= read.is_err();
                read
            }
        }
    }

    fn put(&mut self, column: &Column, value: Value) -> Result<(), RowFault> {
        match (column.part, value) {
            (Part::Participant(_, put), value) => put(&mut self.participant, value),
            (Part::Venture(_, put), value) => put(&mut self.venture, value),
            (Part::Consent(_, put), value) => put(&mut self.consents, value),
            (Part::ParticipantCode, Value::Text(code)) => self.participant.reference = code,
            (Part::VentureCode, Value::Text(code)) => self.venture.reference = code,
            (Part::AssessorCode, Value::Text(code)) => self.assessor_ref = Some(code),
            (Part::AssessorName, Value::Secret(name)) => self.assessor_name = Some(name),
            (Part::AssessedOn, Value::Day(day)) => self.assessed_on = Some(day),
            (Part::BirthDate, Value::Day(day)) => self.birth = Some(day),
            (Part::AssessmentKind, Value::Codes(codes)) => {
                self.kind = codes.first().and_then(|code| AssessmentKind::parse(code));
            }
            (Part::Nik, Value::Secret(digits)) => {
                self.nik = Some(Nik::parse(digits.expose()).ok_or(RowFault::BadNik)?);
            }
            _ => {}
        }
        Ok(())
    }
}

impl DraftRating<'_> {
    fn take(&mut self, indicator: &Indicator, part: RatingPart, cell: &Cell) -> Result<(), RowFault> {
        match part {
            RatingPart::Answer => self.answer = Some(answer(indicator, cell)?),
            RatingPart::Evidence => {
                let level = find(choice::EVIDENCE, &cell.shown());
                let level = level.ok_or_else(|| RowFault::UnknownChoice(listed(choice::EVIDENCE)))?;
                self.evidence = level.code.parse::<u8>().ok().and_then(|level| Evidence::try_from(level).ok());
            }
            RatingPart::Note => self.note = Some(text(cell, MAX_NOTE)?),
        }
        Ok(())
    }
}

/// A rating: a value, or one of the words that stand in its place.
fn answer(indicator: &Indicator, cell: &Cell) -> Result<Answer, RowFault> {
    if let Cell::Text(text) = cell {
        let word = match text.trim() {
            "?" => Some("not_assessed"),
            digits if digits.starts_with(|c: char| c.is_ascii_digit()) => None,
            text => find(choice::UNRATED, text).map(|c| c.code),
        };
        match word {
            Some("not_applicable") => return Ok(Answer::NotApplicable),
            Some("not_assessed") => return Ok(Answer::NotAssessed),
            Some(_) => return Ok(Answer::NotAnswered),
            None => {}
        }
    }
    let value = match &indicator.scale {
        Scale::Numeric { unit, max, .. } => decimal(cell, max.0, *unit == Unit::Percent)?,
        Scale::Ordinal { .. } => match decimal(cell, TenThousandths::whole(5).0, false) {
            Ok(value) if value >= TenThousandths::ONE.0 && value % TenThousandths::ONE.0 == 0 => value,
            _ => return Err(RowFault::NotOneToFive),
        },
    };
    Ok(Answer::Value(TenThousandths(value)))
}

/// Reads a cell that is not blank by the kind of its column.
fn read_value(column: &Column, cell: &Cell, book: &Codebook) -> Result<Value, RowFault> {
    Ok(match column.kind {
        Kind::Text(max) => Value::Text(text(cell, max)?),
        Kind::Personal(max) => Value::Secret(Secret::new(text(cell, max)?)),
        Kind::Reference => {
            if matches!(column.part, Part::Consent(..)) && find(choice::YES_NO, &cell.shown()).is_some() {
                return Err(RowFault::ConsentNeedsReference);
            }
            Value::Text(reference(cell)?)
        }
        Kind::PaperNumber => Value::Secret(Secret::new(number_text(cell, 40)?)),
        Kind::Nik => Value::Secret(Secret::new(number_text(cell, 40)?.replace([' ', '.', '-'], ""))),
        Kind::Phone => {
            let phone = Phone::parse(&number_text(cell, 40)?).ok_or(RowFault::BadPhone)?;
            Value::Secret(Secret::new(phone.international()))
        }
        Kind::Email => {
            let text = text(cell, 254)?;
            let good = text.split_once('@').is_some_and(|(name, host)| {
                !name.is_empty()
                    && host.contains('.')
                    && !host.contains('@')
                    && !host.starts_with('.')
                    && !host.ends_with('.')
            });
            if !good || text.contains(' ') {
                return Err(RowFault::BadEmail);
            }
            Value::Secret(Secret::new(text))
        }
        Kind::Day => Value::Day(date(cell)?),
        Kind::Money => Value::Money(money(cell)?),
        Kind::Decimal { max, percent } => Value::Decimal(decimal(cell, max * TenThousandths::ONE.0, percent)?),
        Kind::YesNo => match cell {
            Cell::Bool(yes) => Value::YesNo(*yes),
            _ => {
                let choice = find(choice::YES_NO, &cell.shown());
                Value::YesNo(choice.ok_or_else(|| RowFault::UnknownChoice(listed(choice::YES_NO)))?.code == "true")
            }
        },
        Kind::One(choices) => {
            let choice = find(choices, &cell.shown()).ok_or_else(|| RowFault::UnknownChoice(listed(choices)))?;
            // A registry's scheme is a code of a sheet and a plain text of the profile.
            if column.key == "registry_scheme" {
                Value::Text(choice.code.to_owned())
            } else {
                Value::Codes(vec![choice.code])
            }
        }
        Kind::Several(choices) => {
            let picked = several(cell, |part| find(choices, part).map(|c| c.code), || listed(choices))?;
            if picked.len() > 1 && picked.contains(&"none") {
                return Err(RowFault::NoneAndMore);
            }
            // In the order of the list, so that the same set is the same value however it was written.
            Value::Codes(choices.iter().map(|c| c.code).filter(|code| picked.contains(code)).collect())
        }
        Kind::Goals => {
            let goal = |part: &str| {
                part.trim_start_matches(['S', 'D', 'G', 's', ' ']).parse().ok().filter(|n| (1..=17).contains(n))
            };
            let mut goals = several(cell, goal, || "1–17".to_owned())?;
            goals.sort_unstable();
            Value::Goals(goals)
        }
        Kind::Sector => Value::Text(sector(&cell.shown()).map_err(RowFault::Sector)?),
        Kind::Region => Value::Text(region(&cell.shown(), book)?),
    })
}

/// A list in one cell. (The choice `none` is the empty set where the attribute has no such code.)
fn several<T: PartialEq + 'static>(
    cell: &Cell,
    read: impl Fn(&str) -> Option<T>,
    choices: impl Fn() -> String,
) -> Result<Vec<T>, RowFault> {
    let shown = cell.shown();
    let mut out = Vec::new();
    for part in shown.split([';', ',', '\n']).map(str::trim).filter(|part| !part.is_empty()) {
        let value = read(part).ok_or_else(|| RowFault::UnknownChoice(choices()))?;
        if out.contains(&value) {
            return Err(RowFault::RepeatedChoice);
        }
        out.push(value);
    }
    Ok(out)
}

/// A text for storing.
fn text(cell: &Cell, max: usize) -> Result<String, RowFault> {
    let text = clean(&cell.shown()).ok_or(RowFault::ControlCharacters)?;
    if text.chars().count() > max { Err(RowFault::TooLong(max)) } else { Ok(text) }
}

/// A number that is a name, such as a phone's: text, or a number cell small enough to be exact.
/// Spreadsheets keep fifteen digits; what is longer has been rounded.
fn number_text(cell: &Cell, max: usize) -> Result<String, RowFault> {
    match cell {
        Cell::Number { value, .. } if !(value.fract() == 0.0 && (0.0..1e15).contains(value)) => {
            Err(RowFault::NumberLostDigits)
        }
        _ => text(cell, max),
    }
}

/// A code given by the programme.
fn reference(cell: &Cell) -> Result<String, RowFault> {
    let text = number_text(cell, 64)?;
    let good = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '/' | '-');
    if holds_nik(&text) {
        return Err(RowFault::NikAsCode);
    }
    if text.chars().all(good) { Ok(text) } else { Err(RowFault::BadReference) }
}

/// Whether a code is, or has in it, an identity number: sixteen digits, however they are grouped.
fn holds_nik(code: &str) -> bool {
    let joined: String = code.chars().filter(|c| c.is_alphanumeric()).collect();
    [code, &joined].iter().any(|text| text.split(|c: char| !c.is_ascii_digit()).any(|run| Nik::parse(run).is_some()))
}

/// `KBLI2020:I56101` from what people write: spaces, a missing colon and small letters are fine.
fn sector(text: &str) -> Result<String, SectorFault> {
    let upper: String = text.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_uppercase).collect();
    let spelled = match upper.get(..8) {
        Some(scheme) if upper.as_bytes().get(8).is_some_and(u8::is_ascii_alphabetic) => {
            format!("{scheme}:{}", &upper[8..])
        }
        _ => upper,
    };
    spelled.parse::<Sector>().map(|sector| sector.to_string())
}

/// A Kemendagri code from a code or a name.
fn region(text: &str, book: &Codebook) -> Result<String, RowFault> {
    let is_code = text.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    if is_code {
        let region: Region = text.parse().map_err(RowFault::Region)?;
        // Of Jakarta every kecamatan is known; other provinces are taken at their word.
        let known = book.regions.iter().any(|(code, _)| code == text) || text.len() > 8;
        return if known || !text.starts_with("31") { Ok(region.to_string()) } else { Err(RowFault::UnknownRegion) };
    }
    let lower = text.to_lowercase();
    let bare =
        ["kecamatan ", "kec. ", "kec ", "kota administrasi ", "kota "].iter().find_map(|p| lower.strip_prefix(p));
    let wanted = folded(bare.unwrap_or(&lower));
    let mut found = book.regions.iter().filter(|(_, name)| folds_to(name, &wanted));
    match (found.next(), found.next()) {
        (Some((code, _)), None) => Ok(code.clone()),
        _ => Err(RowFault::UnknownRegion),
    }
}

/// Words by which people leave an attribute open.
fn unanswered(cell: &Cell) -> bool {
    let Cell::Text(text) = cell else { return false };
    // Each of these words has a w and few letters, and almost no other cell does: most need no comparing.
    let likely = text.len() <= 24 && text.bytes().any(|b| b.eq_ignore_ascii_case(&b'w'));
    text == "?" || (likely && find(choice::UNRATED, text).is_some_and(|c| c.code == "not_answered"))
}

/// A consent that was not given.
fn refused(cell: &Cell) -> bool {
    let no = find(choice::YES_NO, &cell.shown()).is_some_and(|c| c.code == "false");
    no || matches!(folded(&cell.shown()).as_str(), "tidaksetuju" | "menolak" | "refused")
}

/// The letters of a spreadsheet's column: 0 is A, 26 is AA.
fn letters(mut at: usize) -> String {
    let mut out = String::new();
    loop {
        out.insert(0, char::from(b'A' + u8::try_from(at % 26).unwrap_or(0)));
        if at < 26 {
            return out;
        }
        at = at / 26 - 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_for_not_answered_is_known_at_a_glance() {
        for choice in choice::UNRATED {
            for word in [choice.code, choice.label.id, choice.label.en].iter().chain(choice.aliases) {
                assert_eq!(unanswered(&Cell::text(word)), choice.code == "not_answered", "{word}");
            }
        }
        assert!(unanswered(&Cell::text("TIDAK DIJAWAB")) && unanswered(&Cell::text("?")));
        assert!(!unanswered(&Cell::text("warung")));
    }

    #[test]
    fn an_identity_number_is_no_code() {
        for code in ["3175010185010001", "3175.0101.8501.0001", "NIK-317501/018501-0001", "SDY_3175010185010001/2"] {
            assert_eq!(reference(&Cell::text(code)), Err(RowFault::NikAsCode), "{code}");
        }
        for code in ["SDY-001", "317501018501000", "31750101850100012", "F-2024/11/14-0001"] {
            assert!(reference(&Cell::text(code)).is_ok(), "{code}");
        }
    }

    #[test]
    fn columns_have_letters() {
        assert_eq!([0, 25, 26, 701, 702].map(letters), ["A", "Z", "AA", "ZZ", "AAA"]);
    }
}
