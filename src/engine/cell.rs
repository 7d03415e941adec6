//! One cell of a snapshot: an answer, or why there is none.

use std::sync::Arc;

use crate::domain::decimal::Decimal;

/// What a row holds for a field.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Cell {
    /// The owner did not say.
    NotAnswered,
    /// A rule says that the question does not apply.
    NotApplicable,
    /// Still to be assessed: the row is not ranked by a document that reads this cell.
    NotAssessed,
    /// A dimension with too little assessed to have a number; counts as not answered, and is flagged.
    Insufficient,
    /// A number.
    Number(Measured),
    /// One text. Booleans are `true` and `false`.
    Text(Arc<str>),
    /// A set of texts, sorted, each once.
    Set(Arc<[Arc<str>]>),
    /// From and to; from is not above to.
    Range(Decimal, Decimal),
}

/// A number, and what the assessors' numbers ranged over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Measured {
    /// The number that counts.
    pub value: Decimal,
    /// The lowest that an assessor gave.
    pub low: Decimal,
    /// The highest that an assessor gave.
    pub high: Decimal,
}

impl Cell {
    /// A number that nobody disputes.
    pub const fn number(value: Decimal) -> Self {
        Self::Number(Measured { value, low: value, high: value })
    }

    /// A text.
    pub fn text(text: &str) -> Self {
        Self::Text(text.into())
    }

    /// A set of texts.
    pub fn set<'a>(texts: impl IntoIterator<Item = &'a str>) -> Self {
        let mut texts: Vec<Arc<str>> = texts.into_iter().map(Arc::from).collect();
        texts.sort();
        texts.dedup();
        Self::Set(texts.into())
    }

    /// `true` or `false`.
    pub fn boolean(truth: bool) -> Self {
        Self::text(if truth { "true" } else { "false" })
    }
}
