//! What could be raised: fields whose values are levels 1–5, and what each level would add to a score.

use std::sync::Arc;

use super::cell::Cell;
use super::plan::{Outcome, Plan, test};
use super::ranking::Placed;
use super::snapshot::{RowNo, Snapshot};
use super::value;
use crate::domain::criteria::Reading;
use crate::domain::decimal::Decimal;

/// The highest level.
pub(super) const TOP: usize = 5;

/// One level raised.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Change {
    /// The field.
    pub field: Arc<str>,
    /// Level now.
    pub from: u8,
    /// Level then.
    pub to: u8,
}

/// One way to raise the levels of a group of fields that act on a score together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Raise {
    /// Place of the field among all actionable ones, in document order, and its new level.
    pub to: Vec<(usize, u8)>,
    pub steps: usize,
    /// What the score's sum gains.
    pub gain: i128,
}

impl Raise {
    /// Whether a field is among those raised.
    pub fn raises(&self, field: usize) -> bool {
        self.to.iter().any(|(f, _)| *f == field)
    }
}

/// The raises open to one venture, in groups that add up: at most one raise is taken from each group.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Open {
    /// Field and level now, in document order.
    pub fields: Vec<(Arc<str>, u8)>,
    pub groups: Vec<Vec<Raise>>,
}

/// An actionable plain column.
#[derive(Clone, Debug)]
struct Plain {
    field: Arc<str>,
    column: usize,
    /// What a level adds to the score's sum, for levels 1–5.
    worth: [i128; TOP],
    /// Whether all filters on the field pass at a level.
    passes: [bool; TOP],
}

/// What is actionable in a table of plain columns: numbers that are all whole and 1–5, and that a
/// preference rises on.
#[derive(Clone, Debug, Default)]
pub(super) struct Levels(Vec<Plain>);

impl Levels {
    pub fn of_plain_columns(plan: &Plan, snapshot: &Snapshot) -> Self {
        let mut out: Vec<Plain> = Vec::new();
        for preference in &plan.preferences {
            let rises = preference.function.reading() == Reading::Number && rises(&preference.function);
            let known = out.iter().any(|plain| plain.field == preference.field);
            if rises && !known && all_levels(snapshot, preference.column) {
                out.push(Plain::new(plan, &preference.field, preference.column));
            }
        }
        Self(out)
    }

    /// The raises open to a venture, from its answered levels.
    pub fn open(&self, snapshot: &Snapshot, row: RowNo) -> Open {
        let mut open = Open::default();
        for plain in &self.0 {
            let Some(from) = level(snapshot.cell(row, plain.column)) else { continue };
            let at = open.fields.len();
            let group = (from + 1..=TOP).filter(|to| plain.passes[to - 1]).map(|to| Raise {
                to: vec![(at, to as u8)],
                steps: to - from,
                gain: plain.worth[to - 1] - plain.worth[from - 1],
            });
            open.groups.push(group.collect());
            open.fields.push((plain.field.clone(), from as u8));
        }
        open
    }
}

impl Plain {
    fn new(plan: &Plan, field: &Arc<str>, column: usize) -> Self {
        let mut out = Self { field: field.clone(), column, worth: [0; TOP], passes: [true; TOP] };
        for at in 0..TOP {
            // Every use of the field reads the raised level in its own way.
            for preference in plan.preferences.iter().filter(|p| p.field == *field) {
                out.worth[at] += plan.worth(preference, &raised(at + 1, preference.function.reading())).part.weighed();
            }
            for filter in plan.filters.iter().filter(|f| f.field == *field) {
                let cell = raised(at + 1, filter.condition.reading());
                let passes = test(&filter.condition, &cell).outcome == Some(Outcome::Pass);
                out.passes[at] &= passes;
            }
        }
        out
    }
}

/// A level, read in one way.
fn raised(level: usize, reading: Reading) -> Cell {
    let number = Decimal::whole(level as i64);
    match reading {
        Reading::Number => Cell::number(number),
        Reading::Text => Cell::text(&number.to_string()),
        Reading::Set => Cell::set([number.to_string().as_str()]),
        Reading::Range => Cell::Range(number, number),
    }
}

/// The level that a cell holds.
fn level(cell: &Cell) -> Option<usize> {
    match cell {
        Cell::Number(measured) => {
            measured.value.as_whole().and_then(|n| usize::try_from(n).ok()).filter(|n| (1..=TOP).contains(n))
        }
        _ => None,
    }
}

fn all_levels(snapshot: &Snapshot, column: usize) -> bool {
    let mut some = false;
    for cell in snapshot.chunks.iter().flat_map(|chunk| chunk.columns[column].live()) {
        match cell {
            Cell::Number(_) if level(cell).is_none() => return false,
            Cell::Number(_) => some = true,
            _ => {}
        }
    }
    some
}

/// Whether a function of numbers rises over the levels and never falls.
fn rises(function: &crate::domain::criteria::ValueFunction) -> bool {
    let values: Vec<_> = (1..=TOP as i64).map(|n| value::of_number(function, Decimal::whole(n))).collect();
    let order =
        |a: super::exact::Fraction, b: super::exact::Fraction| super::exact::compare(a.num, a.den, b.num, b.den);
    values.windows(2).all(|pair| order(pair[0], pair[1]).is_le()) && order(values[0], values[TOP - 1]).is_lt()
}

/// What a venture's sum of parts must gain to stand strictly above another score.
pub(super) fn needed(placed: &Placed, above: super::score::Score) -> i128 {
    let own = super::score::Part { num: placed.score.num, veto: placed.score.veto };
    above.threshold(placed.score.den) - own.weighed()
}
