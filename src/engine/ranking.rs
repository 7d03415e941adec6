//! The front door: a snapshot, a document and a seed to an order.

use std::sync::Arc;

use super::exact::div_half_even;
use super::fair::FloorReport;
use super::floor::{self, Floor};
use super::plan::{NoColumn, Outcome, Plan, State, Tables};
use super::score::{Score, shown};
use super::snapshot::{RowNo, Snapshot};
use crate::domain::criteria::Criteria;
use crate::domain::decimal::{Decimal, UNITS};

/// What a ranking may vary beside the document.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options<'a> {
    /// Seed of the lottery; the document's own if none.
    pub seed: Option<&'a str>,
    /// The k of the cut-off; the document's own limit if none.
    pub k: Option<u32>,
    /// Ranks these rows only; all if none.
    pub only: Option<&'a [RowNo]>,
}

crate::codes! {
    /// Something a reader of a result should know beside its score.
    Flag {
        /// A number lay outside the bounds a value function declares and was clipped.
        OutOfBounds = "out_of_bounds",
        /// A filter did not know, and let the venture in.
        UnknownIncluded = "unknown_included",
        /// On a par with a neighbour: their intervals overlap.
        Setara = "setara",
        /// A value of 0 made the product 0.
        Veto = "veto",
        /// A dimension had too little assessed to have a number.
        Insufficient = "insufficient",
        /// The assessors' adjudication is open; their median counts meanwhile.
        OpenAdjudication = "open_adjudication",
    }
}

/// A set of [`Flag`]s.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flags(u8);

impl Flags {
    /// Raises a flag.
    pub const fn raise(&mut self, flag: Flag) {
        self.0 |= 1 << flag as u8;
    }
    /// Whether a flag is raised.
    pub const fn has(self, flag: Flag) -> bool {
        self.0 & (1 << flag as u8) != 0
    }
    /// The raised flags, in their fixed order.
    pub fn iter(self) -> impl Iterator<Item = Flag> {
        Flag::ALL.iter().copied().filter(move |flag| self.has(*flag))
    }
}

/// What a row is worth, before it is compared with others.
#[derive(Clone, Copy, Debug)]
pub(super) struct Evaluated {
    /// Nothing when no weight is left or a policy excludes the venture.
    pub score: Option<Score>,
    pub low: Score,
    pub high: Score,
    pub known: i128,
    pub applicable: i128,
    pub flags: Flags,
    /// Filters that keep the venture out, by their place in the document.
    pub stopped_by: u64,
    /// Whether the document's `min_coverage` is reached.
    pub covered: bool,
    pub protected: bool,
}

impl Evaluated {
    const fn eligible(&self) -> bool {
        self.stopped_by == 0 && self.covered && self.score.is_some()
    }
}

/// An eligible venture in its place.
#[derive(Clone, Copy, Debug)]
pub struct Placed {
    /// Which row.
    pub row: RowNo,
    /// By merit: 1 + the number of ventures with a higher score.
    pub rank: u32,
    /// Place in the final order, from 1; differs from the merit order only under a floor.
    pub position: u32,
    /// How many share the score.
    pub tie_size: u32,
    /// The exact score.
    pub score: Score,
    pub(super) low: Score,
    pub(super) high: Score,
    pub(super) known: i128,
    pub(super) applicable: i128,
    /// What to know beside the score.
    pub flags: Flags,
    /// Of the group that a representation rule protects.
    pub protected: bool,
}

/// A venture that a filter or a policy keeps out.
#[derive(Clone, Copy, Debug)]
pub struct Left {
    /// Which row.
    pub row: RowNo,
    /// The score it would have; nothing when no weight is left or a policy excludes it.
    pub score: Option<Score>,
    /// How many filters keep it out, coverage and policies included.
    pub reasons: u32,
    pub(super) stopped_by: u64,
    pub(super) covered: bool,
}

/// All rows of a snapshot under one document: each is a result, excluded or pending.
#[derive(Clone, Debug)]
pub struct Ranking {
    pub(super) snapshot: Snapshot,
    pub(super) plan: Plan,
    pub(super) tables: Vec<Tables>,
    /// Eligible ventures in merit order.
    merit: Vec<Placed>,
    /// Places in `merit`, in final order.
    order: Vec<u32>,
    excluded: Vec<Left>,
    pending: Vec<RowNo>,
    k: usize,
    floor: Option<FloorReport>,
    /// How many of the group a floor wants among the first k.
    pub(super) wanted: Option<usize>,
    /// The seed of the lottery.
    pub(super) seed: Arc<str>,
}

/// Ranks the rows of a snapshot under a document.
///
/// # Errors
/// [`NoColumn`] when the snapshot was built without a column that the document reads.
pub fn rank(snapshot: &Snapshot, criteria: &Criteria, options: Options<'_>) -> Result<Ranking, NoColumn> {
    let plan = Plan::new(criteria, snapshot.schema())?;
    let tables: Vec<Tables> = snapshot.chunks.iter().map(|chunk| plan.tables(chunk)).collect();
    let (mut merit, mut excluded, mut pending) = (Vec::new(), Vec::new(), Vec::new());
    let mut one = |row: RowNo| match evaluate(&plan, &tables[row.chunk()], snapshot, row) {
        None => pending.push(row),
        Some(e) => match e.score.filter(|_| e.eligible()) {
            Some(score) => merit.push(Placed {
                row,
                rank: 0,
                position: 0,
                tie_size: 0,
                score,
                low: e.low,
                high: e.high,
                known: e.known,
                applicable: e.applicable,
                flags: e.flags,
                protected: e.protected,
            }),
            None => excluded.push(Left {
                row,
                score: e.score,
                reasons: e.stopped_by.count_ones() + u32::from(!e.covered) + u32::from(e.score.is_none()),
                stopped_by: e.stopped_by,
                covered: e.covered,
            }),
        },
    };
    match options.only {
        Some(rows) => rows.iter().copied().for_each(&mut one),
        None => snapshot.rows().for_each(&mut one),
    }
    let seed: Arc<str> = options.seed.unwrap_or(&criteria.seed).into();
    place(&mut merit, snapshot, &seed);
    mark_on_a_par(&mut merit);
    let k = options.k.unwrap_or(criteria.limit) as usize;
    let (order, floor, wanted) = match &criteria.representation {
        Some(rule) => {
            let floor = Floor::of(rule.rule, k, merit.len());
            let (order, report) = floor::rerank(&merit, &floor, k, plan.method);
            (order, Some(report), Some(floor.required(k)))
        }
        None => ((0..u32::try_from(merit.len()).unwrap_or(u32::MAX)).collect(), None, None),
    };
    for (position, at) in (1..).zip(&order) {
        merit[*at as usize].position = position;
    }
    // Lists without an order of merit are read by id.
    excluded.sort_unstable_by(|a, b| snapshot.id(a.row).cmp(snapshot.id(b.row)));
    pending.sort_unstable_by(|a, b| snapshot.id(*a).cmp(snapshot.id(*b)));
    Ok(Ranking { snapshot: snapshot.clone(), plan, tables, merit, order, excluded, pending, k, floor, wanted, seed })
}

/// The place of a venture inside a tie: ventures stand in ascending order of these bytes, BLAKE3 of the
/// seed, a zero byte, and the id as printed.
pub fn lottery(seed: &str, id: &str) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new();
    hasher.update(seed.as_bytes()).update(&[0]).update(id.as_bytes());
    *hasher.finalize().as_bytes()
}

/// What one row is worth; nothing when it is pending.
pub(super) fn evaluate(plan: &Plan, tables: &Tables, snapshot: &Snapshot, row: RowNo) -> Option<Evaluated> {
    let (chunk, offset) = (&snapshot.chunks[row.chunk()], row.offset());
    if chunk.pending[offset] {
        return None;
    }
    let code = |column: usize| usize::from(chunk.columns[column].codes[offset]);
    let mut flags = Flags::default();
    if chunk.open_adjudication[offset] {
        flags.raise(Flag::OpenAdjudication);
    }
    let mut stopped_by = 0;
    for (i, (filter, table)) in plan.filters.iter().zip(&tables.filters).enumerate() {
        let tested = table[code(filter.column)];
        if tested.insufficient {
            flags.raise(Flag::Insufficient);
        }
        let outcome = tested.outcome?;
        if filter.stops(outcome) {
            stopped_by |= 1 << i;
        } else if outcome == Outcome::Unknown {
            flags.raise(Flag::UnknownIncluded);
        }
    }
    // A group that is not known protects nobody and keeps nobody waiting, not even where it is still to be assessed.
    let protected = match (&plan.group, &tables.group) {
        (Some((column, _)), Some(table)) => table[code(*column)].outcome == Some(Outcome::Pass),
        _ => false,
    };
    let zero = |den| Score { num: 0, den, veto: false };
    let (mut score, mut low, mut high) = (zero(0), zero(0), zero(0));
    let (mut known, mut applicable, mut excludes) = (0, 0, false);
    for (preference, table) in plan.preferences.iter().zip(&tables.preferences) {
        let worth = &table[code(preference.column)];
        match worth.state {
            State::NotAssessed => return None,
            State::NotApplicable => continue,
            State::Known => known += preference.weight,
            State::NotAnswered => {}
        }
        applicable += preference.weight;
        if worth.value.is_some() {
            score.den += preference.weight;
        }
        for (sum, part) in [(&mut score, worth.part), (&mut low, worth.low), (&mut high, worth.high)] {
            sum.num += part.num;
            sum.veto |= part.veto;
        }
        excludes |= worth.excludes;
        if worth.out_of_bounds {
            flags.raise(Flag::OutOfBounds);
        }
        if worth.insufficient {
            flags.raise(Flag::Insufficient);
        }
    }
    (low.den, high.den) = (applicable, applicable);
    if score.veto {
        flags.raise(Flag::Veto);
    }
    let covered = known * UNITS >= plan.min_coverage.units() * applicable
        && (applicable > 0 || plan.min_coverage == Decimal::ZERO);
    let score = (score.den > 0 && !excludes).then_some(score);
    Some(Evaluated { score, low, high, known, applicable, flags, stopped_by, covered, protected })
}

/// Orders by score and, inside a tie, by lottery; fills ranks and tie sizes.
fn place(merit: &mut [Placed], snapshot: &Snapshot, seed: &str) {
    merit.sort_unstable_by_key(|placed| std::cmp::Reverse(placed.score));
    let mut rank = 1;
    for tie in merit.chunk_by_mut(|a, b| a.score == b.score) {
        let size = u32::try_from(tie.len()).unwrap_or(u32::MAX);
        if size > 1 {
            tie.sort_by_cached_key(|placed| {
                let id = snapshot.id(placed.row).clone();
                (lottery(seed, &id), id)
            });
        }
        for placed in tie {
            (placed.rank, placed.tie_size) = (rank, size);
        }
        rank += size;
    }
}

/// Flags neighbours in merit order whose intervals share a point.
fn mark_on_a_par(merit: &mut [Placed]) {
    for at in 1..merit.len() {
        let (above, below) = (&merit[at - 1], &merit[at]);
        if above.low <= below.high && below.low <= above.high {
            merit[at - 1].flags.raise(Flag::Setara);
            merit[at].flags.raise(Flag::Setara);
        }
    }
}

impl Ranking {
    /// The snapshot that was ranked.
    pub const fn snapshot(&self) -> &Snapshot {
        &self.snapshot
    }

    /// The k of the cut-off.
    pub const fn k(&self) -> usize {
        self.k
    }

    /// Eligible ventures in merit order.
    pub fn merit(&self) -> &[Placed] {
        &self.merit
    }

    /// Eligible ventures in final order; position i stands at i − 1.
    pub fn placed(&self) -> impl ExactSizeIterator<Item = &Placed> {
        self.order.iter().map(|at| &self.merit[*at as usize])
    }

    /// The venture at a position, from 1.
    pub fn at(&self, position: usize) -> Option<&Placed> {
        let at = self.order.get(position.checked_sub(1)?)?;
        self.merit.get(*at as usize)
    }

    /// Ventures that a filter or a policy keeps out, by id.
    pub fn excluded(&self) -> &[Left] {
        &self.excluded
    }

    /// Ventures kept out by exactly one filter.
    pub fn near_misses(&self) -> impl Iterator<Item = &Left> {
        self.excluded.iter().filter(|left| left.reasons == 1)
    }

    /// Ventures that are still to be assessed, by id.
    pub fn pending(&self) -> &[RowNo] {
        &self.pending
    }

    /// What a declared floor did to the order.
    pub const fn floor(&self) -> Option<&FloorReport> {
        self.floor.as_ref()
    }

    /// The id of a row.
    pub fn id(&self, row: RowNo) -> &Arc<str> {
        self.snapshot.id(row)
    }

    /// Score on 0–100 as shown.
    pub fn shown(&self, score: Score) -> Decimal {
        shown(self.plan.method, score)
    }

    /// The k-th best score, or nothing if fewer are eligible.
    pub fn cutoff(&self) -> Option<Score> {
        self.merit.get(self.k.checked_sub(1)?).map(|placed| placed.score)
    }

    /// The k-th best score among the others of one eligible venture.
    pub(super) fn cutoff_for(&self, placed: &Placed) -> Option<Score> {
        // Whoever is at least as good as the k-th has one more before it among all than among the others.
        let own_counts = self.cutoff().is_some_and(|cutoff| placed.score >= cutoff);
        self.merit.get(if own_counts { self.k } else { self.k.checked_sub(1)? }).map(|placed| placed.score)
    }

    /// 1 + the number of eligible ventures with a higher score.
    pub fn rank_of(&self, score: Score) -> usize {
        1 + self.merit.partition_point(|placed| placed.score > score)
    }

    /// The score with everything unknown at its worst, and at its best, on 0–100.
    pub fn interval(&self, placed: &Placed) -> (Decimal, Decimal) {
        (self.shown(placed.low), self.shown(placed.high))
    }

    /// Known weight ÷ applicable weight: nine decimals, rounded half to even.
    pub fn coverage(&self, placed: &Placed) -> Decimal {
        Decimal::from_units(div_half_even(placed.known * UNITS, placed.applicable))
    }
}
