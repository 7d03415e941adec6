//! From values back to cells: prefilled templates and messages are written as people write.

use super::attributes::{Part, Value};
use super::cell::Cell;
use super::choice::{self, Choice};
use super::column::{Column, Kind};
use super::indicator::RatingPart;
use super::layout::{Layout, Target};
use super::row::ParsedRow;
use crate::domain::assessment::Answer;
use crate::domain::life::AssessmentKind;

/// A value without its column: codes as codes.
pub(super) fn cell_text(value: &Value) -> String {
    match value {
        Value::Text(text) => text.clone(),
        Value::Secret(secret) => secret.expose().to_owned(),
        Value::Money(amount) => amount.to_string(),
        Value::Decimal(value) => decimal_text(*value),
        Value::YesNo(yes) => if *yes { "ya" } else { "tidak" }.to_owned(),
        Value::Day(day) => day.format("%d/%m/%Y").to_string(),
        Value::Codes(codes) => codes.join("; "),
        Value::Goals(goals) => goals.iter().map(u8::to_string).collect::<Vec<_>>().join("; "),
    }
}

/// Ten-thousandths with a decimal comma, in a form that [`super::number::decimal`] does not find
/// ambiguous: three decimals get a fourth.
fn decimal_text(value: i64) -> String {
    let (whole, part) = (value / 10_000, value % 10_000);
    let digits = format!("{part:04}");
    match digits.trim_end_matches('0') {
        "" => whole.to_string(),
        three if three.len() == 3 => format!("{whole},{digits}"),
        short => format!("{whole},{short}"),
    }
}

/// Choices are written in words.
fn in_words(choices: &'static [Choice], value: &Value) -> String {
    let word = |code: &str| choices.iter().find(|c| c.code == code).map_or(code.to_owned(), |c| c.label.id.to_owned());
    match value {
        Value::Codes(codes) if codes.is_empty() => word("none"),
        Value::Codes(codes) => codes.iter().map(|code| word(code)).collect::<Vec<_>>().join("; "),
        other => cell_text(other),
    }
}

fn written(column: &Column, value: &Value) -> Cell {
    let text = match column.kind {
        Kind::One(choices) | Kind::Several(choices) => in_words(choices, value),
        // An empty set has no numbers to write; an empty cell would say "not answered".
        Kind::Goals if matches!(value, Value::Goals(goals) if goals.is_empty()) => return Cell::Empty,
        Kind::Money => match value {
            // Amounts go as numbers: far below 2^53, so exact.
            #[allow(clippy::cast_precision_loss)]
            Value::Money(amount) => return Cell::Number { value: *amount as f64, percent: false },
            other => cell_text(other),
        },
        _ => cell_text(value),
    };
    Cell::text(&text)
}

impl Layout {
    /// The cells of a row, in this layout's columns: what [`Layout::read`] turns into the same row again.
    /// Identity numbers and birth dates are not known any more, so their columns stay empty.
    pub fn write(&self, row: &ParsedRow) -> Vec<Cell> {
        self.columns
            .iter()
            .map(|column| match column {
                None => Cell::Empty,
                Some((_, Target::Column(column))) => attribute(column, row),
                Some((_, Target::Rating(at, part))) => self.rating(*at, *part, row),
            })
            .collect()
    }

    fn rating(&self, at: usize, part: RatingPart, row: &ParsedRow) -> Cell {
        let code = &self.book.rubric.indicator(at).code;
        let Some(rating) = row.assessment.as_ref().and_then(|a| a.ratings.get(code)) else { return Cell::Empty };
        match part {
            RatingPart::Answer => match rating.answer {
                Answer::Value(value) => Cell::text(&decimal_text(value.0)),
                Answer::NotApplicable => word("not_applicable"),
                Answer::NotAssessed => word("not_assessed"),
                Answer::NotAnswered => word("not_answered"),
            },
            RatingPart::Evidence if matches!(rating.answer, Answer::Value(_)) => {
                Cell::text(&u8::from(rating.evidence).to_string())
            }
            RatingPart::Evidence => Cell::Empty,
            RatingPart::Note => rating.note.as_deref().map_or(Cell::Empty, Cell::text),
        }
    }
}

fn word(code: &str) -> Cell {
    choice::UNRATED.iter().find(|c| c.code == code).map_or(Cell::Empty, |c| Cell::text(c.label.id))
}

fn attribute(column: &'static Column, row: &ParsedRow) -> Cell {
    let assessment = row.assessment.as_ref();
    let value = match column.part {
        Part::Participant(get, _) => get(&row.participant),
        Part::Venture(get, _) => row.venture.as_ref().and_then(get),
        Part::Consent(get, _) => get(&row.consents),
        Part::ParticipantCode => Some(Value::Text(row.participant.reference.clone())),
        Part::VentureCode => row.venture.as_ref().map(|v| Value::Text(v.reference.clone())),
        Part::AssessorCode => assessment.map(|a| Value::Text(a.assessor_ref.clone())),
        Part::AssessorName => assessment.and_then(|a| a.assessor_name.clone()).map(Value::Secret),
        Part::AssessedOn => assessment.and_then(|a| a.assessed_on).map(Value::Day),
        Part::AssessmentKind => {
            assessment.filter(|a| a.kind != AssessmentKind::Baseline).map(|a| Value::Codes(vec![a.kind.as_str()]))
        }
        Part::Nik | Part::BirthDate => None,
    };
    value.map_or(Cell::Empty, |value| written(column, &value))
}
