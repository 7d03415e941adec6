//! From a criteria document and a snapshot's schema to look-up tables: what each distinct cell of a
//! column means to each filter and each preference.

use std::borrow::Cow;
use std::sync::Arc;

use super::cell::Cell;
use super::exact::Fraction;
use super::score::{Part, logarithm};
use super::snapshot::{Chunk, Column};
use super::value;
use crate::domain::criteria::{
    Condition, Criteria, Method, Missing, OnUnknown, Reading, Role, Test, ValueFunction, lies_under,
};
use crate::domain::decimal::{Decimal, UNITS};

/// The snapshot has no column for a use of a field. The document was read against another vocabulary
/// than the snapshot was built from.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the snapshot has no column {field:?} read as {reading:?}")]
pub struct NoColumn {
    /// The field.
    pub field: String,
    /// How the document reads it.
    pub reading: Reading,
}

crate::codes! {
    /// What a filter says of a cell.
    Outcome {
        /// It holds.
        Pass = "pass",
        /// It does not hold.
        Fail = "fail",
        /// Not answered or not applicable.
        Unknown = "unknown",
    }
}

/// Why a cell has no value, or that it has one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Known,
    NotAnswered,
    NotApplicable,
    NotAssessed,
}

/// What one distinct cell means to one preference.
#[derive(Clone, Copy, Debug)]
pub(super) struct Worth {
    pub state: State,
    /// The value that counts; nothing when the preference drops out.
    pub value: Option<Fraction>,
    /// What it adds to the score, when there is a value.
    pub part: Part,
    /// What it adds at the least and at the most, with answers and assessors' ranges open.
    pub low: Part,
    pub high: Part,
    /// Its policy excludes the venture.
    pub excludes: bool,
    pub out_of_bounds: bool,
    pub insufficient: bool,
}

/// What one distinct cell means to one filter or group: nothing when it is not assessed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tested {
    pub outcome: Option<Outcome>,
    pub insufficient: bool,
}

/// A preference of weight above 0, ready to be evaluated.
#[derive(Clone, Debug)]
pub(super) struct Weighed {
    pub field: Arc<str>,
    pub column: usize,
    /// Scaled by 10⁶ and divided by the greatest common divisor of all.
    pub weight: i128,
    /// Of the document, normalised to 1.
    pub shown_weight: Decimal,
    pub missing: Missing,
    pub function: ValueFunction,
}

/// A filter, ready to be evaluated.
#[derive(Clone, Debug)]
pub(super) struct Sieve {
    pub field: Arc<str>,
    pub column: usize,
    pub condition: Condition,
    pub on_unknown: OnUnknown,
}

impl Sieve {
    /// Whether it keeps a venture out when it says this.
    pub fn stops(&self, outcome: Outcome) -> bool {
        match outcome {
            Outcome::Pass => false,
            Outcome::Fail => true,
            Outcome::Unknown => self.on_unknown == OnUnknown::Exclude,
        }
    }
}

/// A document, ready to be evaluated over snapshots of one schema.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    pub method: Method,
    pub preferences: Vec<Weighed>,
    pub filters: Vec<Sieve>,
    pub group: Option<(usize, Condition)>,
    pub min_coverage: Decimal,
}

/// A plan's tables for one chunk, by code.
#[derive(Clone, Debug)]
pub(super) struct Tables {
    pub preferences: Vec<Vec<Worth>>,
    pub filters: Vec<Vec<Tested>>,
    pub group: Option<Vec<Tested>>,
}

impl Plan {
    pub fn new(criteria: &Criteria, schema: &[Column]) -> Result<Self, NoColumn> {
        let scaled: Vec<i128> = criteria.preferences.iter().map(|p| p.weight.units() / (UNITS / 1_000_000)).collect();
        let divisor = scaled.iter().copied().fold(0, gcd).max(1);
        let shown = criteria.normalised_weights();
        let mut preferences = Vec::new();
        for (index, preference) in criteria.preferences.iter().enumerate().filter(|(i, _)| scaled[*i] > 0) {
            preferences.push(Weighed {
                field: preference.field.as_str().into(),
                column: column(schema, &preference.field, preference.value.reading())?,
                weight: scaled[index] / divisor,
                shown_weight: shown[index],
                missing: criteria.missing_of(preference),
                function: preference.value.clone(),
            });
        }
        let tested = |test: &Test| column(schema, &test.field, test.condition.reading());
        let mut filters = Vec::new();
        for filter in &criteria.filters {
            filters.push(Sieve {
                field: filter.test.field.as_str().into(),
                column: tested(&filter.test)?,
                condition: filter.test.condition.clone(),
                on_unknown: filter.on_unknown,
            });
        }
        let group = match &criteria.representation {
            Some(r) => Some((tested(&r.group)?, r.group.condition.clone())),
            None => None,
        };
        Ok(Self { method: criteria.method, preferences, filters, group, min_coverage: criteria.min_coverage })
    }

    pub fn tables(&self, chunk: &Chunk) -> Tables {
        let distinct = |column: usize| chunk.columns[column].distinct.iter();
        let tested =
            |column: usize, condition: &Condition| distinct(column).map(|c| test(condition, c)).collect::<Vec<_>>();
        Tables {
            preferences: self
                .preferences
                .iter()
                .map(|p| distinct(p.column).map(|cell| self.worth(p, cell)).collect())
                .collect(),
            filters: self.filters.iter().map(|f| tested(f.column, &f.condition)).collect(),
            group: self.group.as_ref().map(|(column, condition)| tested(*column, condition)),
        }
    }

    /// What a cell means to a preference.
    pub fn worth(&self, preference: &Weighed, cell: &Cell) -> Worth {
        let insufficient = *cell == Cell::Insufficient;
        let nothing = Worth {
            state: State::NotApplicable,
            value: None,
            part: Part::default(),
            low: Part::default(),
            high: Part::default(),
            excludes: false,
            out_of_bounds: false,
            insufficient,
        };
        let function = &preference.function;
        let part = |v: Fraction| self.part_of(preference, v);
        let (value, low, high, out_of_bounds) = match cell {
            Cell::NotApplicable => return nothing,
            Cell::NotAssessed => return Worth { state: State::NotAssessed, ..nothing },
            Cell::NotAnswered | Cell::Insufficient => {
                let value = match preference.missing {
                    Missing::Pessimistic => Some(Fraction::ZERO),
                    Missing::Neutral => Some(Fraction::HALF),
                    Missing::Optimistic => Some(Fraction::ONE),
                    Missing::Renormalise | Missing::Exclude => None,
                };
                return Worth {
                    state: State::NotAnswered,
                    value,
                    part: value.map(part).unwrap_or_default(),
                    low: part(Fraction::ZERO),
                    high: part(Fraction::ONE),
                    excludes: preference.missing == Missing::Exclude,
                    ..nothing
                };
            }
            Cell::Number(measured) if function.reading() == Reading::Number => {
                let (low, high) = value::over(function, *measured);
                let out = value::out_of_bounds(function, measured.value);
                (value::of_number(function, measured.value), low, high, out)
            }
            cell => {
                let v = match function.reading() {
                    Reading::Set => value::of_set(function, set_of(cell)),
                    _ => text_of(cell).map_or(Fraction::ZERO, |text| value::of_text(function, &text)),
                };
                (v, v, v, false)
            }
        };
        Worth {
            state: State::Known,
            value: Some(value),
            part: part(value),
            low: part(low),
            high: part(high),
            out_of_bounds,
            ..nothing
        }
    }

    /// What a value of a preference adds to a score.
    pub fn part_of(&self, preference: &Weighed, v: Fraction) -> Part {
        let weight = preference.weight;
        match self.method {
            Method::Additive => Part { num: v.times(weight * UNITS), veto: false },
            Method::Geometric { floor } if floor == Decimal::ZERO && v.num == 0 => Part { num: 0, veto: true },
            Method::Geometric { floor } => Part { num: weight * logarithm(v.to_f64(), floor), veto: false },
        }
    }
}

/// The columns of a schema that a document reads, in their order: nothing else of a row can change what comes out.
///
/// # Errors
/// [`NoColumn`] when the schema has no column for a use of a field.
pub fn columns_read(criteria: &Criteria, schema: &[Column]) -> Result<Vec<usize>, NoColumn> {
    let read = criteria.fields().filter(|used| used.role != Role::Dropped);
    let mut columns = read.map(|used| column(schema, used.field, used.reading)).collect::<Result<Vec<_>, _>>()?;
    columns.sort_unstable();
    columns.dedup();
    Ok(columns)
}

/// What a cell means to a condition.
pub(super) fn test(condition: &Condition, cell: &Cell) -> Tested {
    let outcome = match cell {
        Cell::NotAssessed => None,
        Cell::NotAnswered | Cell::NotApplicable | Cell::Insufficient => Some(Outcome::Unknown),
        _ if holds(condition, cell) => Some(Outcome::Pass),
        _ => Some(Outcome::Fail),
    };
    Tested { outcome, insufficient: *cell == Cell::Insufficient }
}

fn holds(condition: &Condition, cell: &Cell) -> bool {
    let number = |f: &dyn Fn(Decimal) -> bool| matches!(cell, Cell::Number(m) if f(m.value));
    let text = |f: &dyn Fn(&str) -> bool| text_of(cell).is_some_and(|text| f(&text));
    let holds = |wanted: &String| set_of(cell).iter().any(|held| **held == **wanted);
    match condition {
        Condition::Gte(limit) => number(&|x| x >= *limit),
        Condition::Lte(limit) => number(&|x| x <= *limit),
        Condition::Between(from, to) => number(&|x| *from <= x && x <= *to),
        Condition::Overlaps(from, to) => matches!(cell, Cell::Range(low, high) if low <= to && from <= high),
        Condition::Is(wanted) => text(&|t| t == wanted),
        Condition::In(wanted) => text(&|t| wanted.iter().any(|w| w == t)),
        Condition::NotIn(wanted) => text(&|t| !wanted.iter().any(|w| w == t)),
        Condition::Under(wanted) => text(&|t| wanted.iter().any(|w| lies_under(t, w))),
        Condition::AnyOf(wanted) => wanted.iter().any(holds),
        Condition::AllOf(wanted) => wanted.iter().all(holds),
        Condition::NoneOf(wanted) => !wanted.iter().any(holds),
    }
}

/// A cell in a place for a text: a number is its JSON text.
fn text_of(cell: &Cell) -> Option<Cow<'_, str>> {
    match cell {
        Cell::Text(text) => Some(Cow::Borrowed(text)),
        Cell::Number(measured) => Some(Cow::Owned(measured.value.to_string())),
        _ => None,
    }
}

fn set_of(cell: &Cell) -> &[Arc<str>] {
    match cell {
        Cell::Set(set) => set,
        _ => &[],
    }
}

/// The column for a use of a field. A number serves where a text is read.
fn column(schema: &[Column], field: &str, reading: Reading) -> Result<usize, NoColumn> {
    let find = |reading| schema.iter().position(|c| c.reading == reading && c.field == field);
    find(reading)
        .or_else(|| if reading == Reading::Text { find(Reading::Number) } else { None })
        .ok_or_else(|| NoColumn { field: field.to_owned(), reading })
}

const fn gcd(a: i128, b: i128) -> i128 {
    let (mut a, mut b) = (a, b);
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}
