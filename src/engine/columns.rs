//! What can be raised in a table of plain columns.

use std::borrow::Cow;
use std::sync::Arc;

use super::cell::Cell;
use super::levels::{Lever, Open, Rise, TOP, Way, rises};
use super::plan::{Outcome, Plan, test};
use super::ranking::Ranking;
use super::snapshot::{RowNo, Snapshot};
use super::value;
use crate::domain::criteria::Reading;
use crate::domain::decimal::Decimal;

/// The actionable columns of a plain table: numbers that are all whole and 1–5, and that a preference
/// rises on. Each goes by the first such field: `X.min` if that is how the document reads the column X.
#[derive(Clone, Debug, Default)]
pub struct Columns(Vec<Plain>);

#[derive(Clone, Debug)]
struct Plain {
    field: Arc<str>,
    /// The snapshot's column of that field.
    column: usize,
    /// For levels 1–5, the rises open from there.
    rises: [Vec<Rise>; TOP as usize],
}

impl Ranking {
    /// Finds the actionable columns of a ranking over a plain table.
    ///
    /// `place` says which column of numbers a field reads: several may read one (`X`, `X.min`, `X.max`), and whoever
    /// raises it changes all of them. Nothing where a column holds ranges.
    pub fn actionable_columns(&self, place: impl Fn(&str) -> Option<usize>) -> Columns {
        let mut out: Vec<(usize, Plain)> = Vec::new();
        for preference in &self.plan.preferences {
            let Some(at) = place(&preference.field) else { continue };
            let function = &preference.function;
            let is_rising = function.reading() == Reading::Number && rises(|x| value::of_number(function, x));
            let is_known = out.iter().any(|(known, _)| *known == at);
            if is_rising && !is_known && all_levels(&self.snapshot, preference.column) {
                let is_read_by = |field: &str| place(field) == Some(at);
                out.push((at, Plain::new(&self.plan, &preference.field, preference.column, is_read_by)));
            }
        }
        Columns(out.into_iter().map(|(_, plain)| plain).collect())
    }
}

impl Columns {
    /// The raises open to a venture, from its answered levels.
    pub(super) fn open(&self, snapshot: &Snapshot, row: RowNo) -> Open<'_> {
        let mut levers = Vec::with_capacity(self.0.len());
        for plain in &self.0 {
            let Some(from) = level(snapshot.cell(row, plain.column)) else { continue };
            levers.push(Lever {
                field: plain.field.clone(),
                level: Decimal::whole(i64::from(from)),
                rises: Cow::Borrowed(&plain.rises[usize::from(from) - 1]),
                group: levers.len(),
            });
        }
        Open { groups: levers.iter().map(|_| None).collect(), levers }
    }
}

impl Plain {
    fn new(plan: &Plan, field: &Arc<str>, column: usize, is_read_by: impl Fn(&str) -> bool) -> Self {
        // What each level adds to the score's sum, and whether all filters on the column pass.
        let mut levels = [(0, true); TOP as usize];
        for (level, (worth, passes)) in (1..).zip(&mut levels) {
            // Every use of the column reads the raised level in its own way.
            for preference in plan.preferences.iter().filter(|p| is_read_by(&p.field)) {
                *worth += plan.worth(preference, &raised(level, preference.function.reading())).part.weighed();
            }
            for filter in plan.filters.iter().filter(|f| is_read_by(&f.field)) {
                let cell = raised(level, filter.condition.reading());
                *passes &= test(&filter.condition, &cell).outcome == Some(Outcome::Pass);
            }
        }
        let rises = std::array::from_fn(|from| {
            let above = (1..).zip(&levels).skip(from + 1).zip(1..).filter(|((_, (_, passes)), _)| *passes);
            let way = |worth, steps| Way { steps, fields: 1, gain: worth - levels[from].0, ..Way::NONE };
            above.map(|((to, (worth, _)), steps)| Rise { to, way: way(worth, steps) }).collect()
        });
        Self { field: field.clone(), column, rises }
    }
}

/// A level, read in one way.
fn raised(level: i64, reading: Reading) -> Cell {
    let number = Decimal::whole(level);
    match reading {
        Reading::Number => Cell::number(number),
        Reading::Text => Cell::text(&number.to_string()),
        Reading::Set => Cell::set([number.to_string().as_str()]),
        Reading::Range => Cell::Range(number, number),
    }
}

/// The level that a cell holds.
fn level(cell: &Cell) -> Option<u8> {
    match cell {
        Cell::Number(measured) => {
            measured.value.as_whole().and_then(|n| u8::try_from(n).ok()).filter(|n| (1..=TOP).contains(n))
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
