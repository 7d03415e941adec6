//! The indicators' columns: three each, named by the indicator's code. `MGT1` (or `MGT1 Pencatatan
//! keuangan`, or `MGT1 nilai`) is the rating, `MGT1 bukti` its evidence, `MGT1 catatan` its note.

use crate::domain::rubric::Indicator;

/// One of an indicator's three columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RatingPart {
    /// The rating.
    Answer,
    /// 0 to 3.
    Evidence,
    /// Words.
    Note,
}

impl RatingPart {
    /// The three, in the order of the template.
    pub const ALL: [Self; 3] = [Self::Answer, Self::Evidence, Self::Note];

    /// The header of the template.
    pub fn header(self, indicator: &Indicator) -> String {
        match self {
            Self::Answer => format!("{} {}", indicator.code, indicator.label.id),
            Self::Evidence => format!("{} bukti", indicator.code),
            Self::Note => format!("{} catatan", indicator.code),
        }
    }

    /// Every header that is understood, the template's first.
    pub fn headers(self, indicator: &Indicator) -> Vec<String> {
        let words: &[&str] = match self {
            Self::Answer => &["", "nilai", "rating", &indicator.label.en],
            Self::Evidence => &["evidence"],
            Self::Note => &["note"],
        };
        std::iter::once(self.header(indicator)).chain(words.iter().map(|w| format!("{} {w}", indicator.code))).collect()
    }
}
