//! One result, explained: what each preference gave, what each filter said, and what would change the
//! place. Serialises in the shape that `sedaya rank --format json` and the API print.

use std::sync::Arc;

use serde::{Serialize, Serializer};

use super::cell::Cell;
use super::changes;
use super::levels::{Change, Goal, Movable, Open};
use super::plan::{Outcome, State, Worth};
use super::ranking::{Flag, Flags, Left, Placed, Ranking};
use super::score::{allot, scaled, shown_gap};
use super::snapshot::RowNo;
use crate::domain::criteria::{COVERAGE, Condition, Method};
use crate::domain::decimal::{Decimal, UNITS};

/// A cell as it was answered, or nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Raw {
    /// Not answered, not applicable.
    None,
    /// A number.
    Number(Decimal),
    /// A text.
    Text(Arc<str>),
    /// A set.
    Set(Arc<[Arc<str>]>),
    /// From and to.
    Range([Decimal; 2]),
}

impl From<&Cell> for Raw {
    fn from(cell: &Cell) -> Self {
        match cell {
            Cell::NotAnswered | Cell::NotApplicable | Cell::NotAssessed | Cell::Insufficient => Self::None,
            Cell::Number(measured) => Self::Number(measured.value),
            Cell::Text(text) => Self::Text(text.clone()),
            Cell::Set(set) => Self::Set(set.clone()),
            Cell::Range(from, to) => Self::Range([*from, *to]),
        }
    }
}

/// What one preference gave.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Contribution {
    /// Its field.
    pub field: Arc<str>,
    /// Its weight in the document, normalised to 1.
    pub weight: Decimal,
    /// The answer.
    pub raw: Raw,
    /// The answer's value, 0–1, or its policy's; nothing when the preference drops out.
    pub value: Option<Decimal>,
    /// Its points of the score; all add up to the score exactly.
    pub points: Decimal,
}

/// What one filter said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FilterResult {
    /// Its field; `coverage` for the document's own.
    pub field: Arc<str>,
    /// What it said.
    pub result: Outcome,
    /// Whether it keeps the venture out. Of one that does not know, the document says so.
    #[serde(skip)]
    pub stops: bool,
    /// The answer it tested.
    #[serde(skip)]
    pub raw: Raw,
    /// What it wanted; nothing for coverage and for policies.
    #[serde(skip)]
    pub wanted: Option<Condition>,
    /// How far a number or a range falls short of the limit, when it does.
    #[serde(skip)]
    pub shortfall: Option<Decimal>,
}

/// One eligible venture, explained.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Explained {
    /// The venture.
    pub id: Arc<str>,
    /// By merit.
    pub rank: u32,
    /// In the final order.
    pub position: u32,
    /// How many share the score.
    pub tie_size: u32,
    /// 0–100.
    pub score: Decimal,
    /// The score with everything unknown at its worst, and at its best.
    pub interval: [Decimal; 2],
    /// Known weight ÷ applicable weight.
    pub coverage: Decimal,
    /// In document order.
    pub contributions: Vec<Contribution>,
    /// In document order; coverage last.
    pub filters: Vec<FilterResult>,
    /// What to know beside the score.
    #[serde(serialize_with = "flag_list")]
    pub flags: Flags,
    /// Points that would draw level with the k-th best of the others; nothing if there are fewer.
    pub gap_to_cutoff: Option<Decimal>,
    /// The fewest-step rises of one field that pass the cut-off.
    pub changes: Vec<Change>,
    /// The fewest-step rise of several fields together that passes it.
    pub combination: Option<Vec<Change>>,
}

fn flag_list<S: Serializer>(flags: &Flags, s: S) -> Result<S::Ok, S::Error> {
    s.collect_seq(flags.iter().map(Flag::as_str))
}

/// One venture that a filter or a policy keeps out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Excluded {
    /// The venture.
    pub id: Arc<str>,
    /// All filters, then the preferences whose missing answer keeps it out, then coverage.
    pub filters: Vec<FilterResult>,
    /// 1 + the number of eligible ventures with a higher score; nothing if it has no score.
    pub rank_without_filters: Option<usize>,
}

impl Ranking {
    /// Whether anything could put an eligible venture above the cut-off, so that its explanation reads what is movable.
    pub fn is_below_cutoff(&self, placed: &Placed) -> bool {
        self.cutoff_for(placed).is_some_and(|cutoff| placed.score <= cutoff)
    }

    /// So many ways are looked at to raise one venture: those below the cut-off share what a ranking may cost. The same for each of
    /// them and whoever else is explained, so that each explanation stays the same on every page.
    pub(super) fn looks(&self) -> usize {
        Goal::LOOKS / self.merit().len().saturating_sub(self.k()).max(1)
    }

    /// Explains one eligible venture of this ranking, with the changes of what is movable that would put it
    /// above the cut-off.
    pub fn explain(&self, placed: &Placed, movable: Movable<'_>) -> Explained {
        let cutoff = self.cutoff_for(placed);
        let (mut changes, mut combination) = (Vec::new(), None);
        if let Some(cutoff) = cutoff.filter(|cutoff| placed.score <= *cutoff) {
            let (open, coupled) = match movable {
                Movable::Nothing => (Open::default(), None),
                Movable::Columns(columns) => (columns.open(&self.snapshot, placed.row), None),
                Movable::Indicators(rubric, outcome) => self.open_indicators(placed.row, rubric, outcome),
            };
            let parts = self.worths(placed.row).map(|worth| worth.part);
            let goal = Goal::above(cutoff, placed.score, parts, coupled).within(self.looks());
            if goal.within_reach((0..open.groups.len()).map(|group| open.bound(group))) {
                changes = changes::single(&open, &goal);
                combination = changes::combination(&open, &goal);
            }
        }
        Explained {
            id: self.id(placed.row).clone(),
            rank: placed.rank,
            position: placed.position,
            tie_size: placed.tie_size,
            score: self.shown(placed.score),
            interval: self.interval(placed).into(),
            coverage: self.coverage(placed),
            contributions: self.contributions(placed),
            filters: self.filters(placed.row, self.plan.min_coverage > Decimal::ZERO, true),
            flags: placed.flags,
            gap_to_cutoff: cutoff.map(|cutoff| shown_gap(self.plan.method, cutoff, placed.score)),
            changes,
            combination,
        }
    }

    /// Explains one venture that is kept out.
    pub fn explain_excluded(&self, left: &Left) -> Excluded {
        let mut filters = self.filters(left.row, false, left.covered);
        if left.score.is_none() {
            filters.extend(self.unknown_preferences(left.row));
        }
        filters.extend(self.coverage_filter(self.plan.min_coverage > Decimal::ZERO, left.covered));
        Excluded {
            id: self.id(left.row).clone(),
            filters,
            rank_without_filters: left.score.map(|score| self.rank_of(score)),
        }
    }

    /// A venture's score and points in units of which `scale` make one (10 for one decimal), allotted by
    /// largest remainder so that they add up exactly.
    pub fn points(&self, placed: &Placed, scale: i128) -> (i128, Vec<i128>) {
        let total = scaled(self.plan.method, placed.score, scale);
        let points = match self.plan.method {
            Method::Additive => {
                let parts: Vec<i128> = self.worths(placed.row).map(|w| 100 * scale * w.part.num).collect();
                allot(&parts, placed.score.den * UNITS, total)
            }
            Method::Geometric { floor } => {
                let worths = || self.plan.preferences.iter().zip(self.worths(placed.row));
                let weights: Vec<i128> = worths().map(|(p, w)| if w.value.is_some() { p.weight } else { 0 }).collect();
                let above: Vec<i128> = if floor == Decimal::ZERO {
                    Vec::new()
                } else {
                    // A part is w·l, so w·(l − ln floor) is the part less w·ln floor.
                    let least = super::score::logarithm(0.0, floor);
                    weights.iter().zip(worths()).map(|(weight, (_, worth))| worth.part.num - weight * least).collect()
                };
                let shares = if above.iter().any(|n| *n > 0) { above } else { weights };
                let sum: i128 = shares.iter().sum();
                let parts: Vec<i128> = shares.iter().map(|share| share * total).collect();
                allot(&parts, sum.max(1), total)
            }
        };
        (total, points)
    }

    pub(super) fn worths(&self, row: RowNo) -> impl Iterator<Item = &Worth> {
        let (chunk, tables) = (&self.snapshot.chunks[row.chunk()], &self.tables[row.chunk()]);
        self.plan
            .preferences
            .iter()
            .zip(&tables.preferences)
            .map(move |(preference, table)| &table[usize::from(chunk.columns[preference.column].codes[row.offset()])])
    }

    /// What each preference gave an eligible venture, in document order.
    pub fn contributions(&self, placed: &Placed) -> Vec<Contribution> {
        let (_, points) = self.points(placed, UNITS);
        let told = self.plan.preferences.iter().zip(self.worths(placed.row)).zip(points);
        told.map(|((preference, worth), points)| Contribution {
            field: preference.field.clone(),
            weight: preference.shown_weight,
            raw: self.snapshot.cell(placed.row, preference.column).into(),
            value: worth.value.map(|v| Decimal::from_units(v.times(UNITS))),
            points: Decimal::from_units(points),
        })
        .collect()
    }

    fn filters(&self, row: RowNo, with_coverage: bool, covered: bool) -> Vec<FilterResult> {
        let (chunk, tables) = (&self.snapshot.chunks[row.chunk()], &self.tables[row.chunk()]);
        let filters = self.plan.filters.iter().zip(&tables.filters).filter_map(|(filter, table)| {
            let column = &chunk.columns[filter.column];
            let cell = column.cell(row.offset());
            // A filter on a cell that is not assessed makes the row pending, so there always is a result.
            let result = table[usize::from(column.codes[row.offset()])].outcome?;
            Some(FilterResult {
                field: filter.field.clone(),
                result,
                stops: filter.stops(result),
                raw: cell.into(),
                wanted: Some(filter.condition.clone()),
                shortfall: if result == Outcome::Fail { shortfall(&filter.condition, cell) } else { None },
            })
        });
        filters.chain(self.coverage_filter(with_coverage, covered)).collect()
    }

    fn coverage_filter(&self, wanted: bool, covered: bool) -> Option<FilterResult> {
        wanted.then(|| FilterResult {
            field: COVERAGE.into(),
            result: if covered { Outcome::Pass } else { Outcome::Fail },
            stops: !covered,
            raw: Raw::None,
            wanted: None,
            shortfall: None,
        })
    }

    /// The preferences whose missing answer leaves a row without a score: those whose policy excludes,
    /// or else, when no weight is left, all of them.
    fn unknown_preferences(&self, row: RowNo) -> Vec<FilterResult> {
        let of_policy = self.worths(row).any(|worth| worth.excludes);
        let told = self.plan.preferences.iter().zip(self.worths(row));
        told.filter(|(_, worth)| worth.state != State::Known && (worth.excludes || !of_policy))
            .map(|(preference, _)| FilterResult {
                field: preference.field.clone(),
                result: Outcome::Unknown,
                stops: true,
                raw: Raw::None,
                wanted: None,
                shortfall: None,
            })
            .collect()
    }
}

/// How far a number or a range is from what a condition wants.
fn shortfall(condition: &Condition, cell: &Cell) -> Option<Decimal> {
    let (from, to) = match condition {
        Condition::Gte(from) => (Some(*from), None),
        Condition::Lte(to) => (None, Some(*to)),
        Condition::Between(from, to) | Condition::Overlaps(from, to) => (Some(*from), Some(*to)),
        _ => return None,
    };
    let (low, high) = match cell {
        Cell::Number(measured) => (measured.value, measured.value),
        Cell::Range(low, high) => (*low, *high),
        _ => return None,
    };
    let below = from.map(|from| from.units() - high.units());
    let above = to.map(|to| low.units() - to.units());
    below.into_iter().chain(above).max().filter(|short| *short > 0).map(Decimal::from_units)
}
