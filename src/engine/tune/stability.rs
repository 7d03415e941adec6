//! How far each weight may move before the set of the top k changes: exact stability intervals.
//!
//! The scores are those of [`super::line`]: at the present weight they are the published ones, rounded contributions
//! included, so the set at the present weight is the published one. The rules:
//! - A set holds while no venture outside it *strictly* exceeds, by score, one inside that it could replace. Where the
//!   two are level the lottery decides, so an end itself belongs to the interval up to the lottery. A tie at the
//!   published cut-off that any movement breaks against the set makes that end the present weight.
//! - The list is the final one. Under a representation floor the set is the best a of the protected and the best k − a
//!   of the others, with a the greater of what the floor wants and what merit gives; an unprotected venture replaces a
//!   protected one only when a is above what the floor wants.
//! - Coverage follows the weights: a venture that falls below `min_coverage` leaves the set, and one that reaches it
//!   may enter.
//! - t = 0 and t = 1 are limits: no preference is dropped there, as a document with weight 0 would drop it.

use std::sync::Arc;

use num_bigint::BigInt;
use serde::Serialize;

use super::crossing::{Change, Earliest, Runner, duels};
use super::line::Present;
use super::root::Root;
use crate::domain::decimal::{Decimal, UNITS};
use crate::engine::plan::Outcome;
use crate::engine::ranking::Ranking;
use crate::engine::snapshot::RowNo;

/// One preference has all the weight: nothing is left to scale.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("one preference has all the weight, so no weight can move")]
pub struct SoleWeight;

/// Around the present weight of one preference, where the top k are the same ventures.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Stability {
    /// The preference's field.
    pub field: Arc<str>,
    /// Its present weight, normalised to 1.
    pub weight: Decimal,
    /// Where the set changes when the weight falls; 0 without a cause when it never does.
    pub low: End,
    /// Where the set changes when the weight rises; 1 without a cause when it never does.
    pub high: End,
}

/// One end of an interval.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct End {
    /// The weight there, of 1: nine decimals, the exact one rounded half to even.
    pub at: Decimal,
    /// What changes the set; nothing when nothing does.
    pub cause: Option<Cause>,
}

/// What changes the set at an end. Of several changes at one end this is one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Cause {
    /// A venture outside passes one inside.
    Passes {
        /// The one outside.
        enters: Arc<str>,
        /// The one inside.
        leaves: Arc<str>,
    },
    /// A venture outside becomes covered enough to be ranked, and is above one inside or finds room.
    Covered {
        /// The one outside.
        enters: Arc<str>,
        /// The one inside; nothing when there is room.
        leaves: Option<Arc<str>>,
    },
    /// A venture inside is no longer covered enough to be ranked.
    Uncovered {
        /// The one inside; the next in order enters.
        leaves: Arc<str>,
    },
}

/// The stability interval of every preference of weight above 0, in document order, for the ranking's top k.
///
/// # Errors
/// [`SoleWeight`] when there is only one such preference.
pub fn stability(ranking: &Ranking) -> Result<Vec<Stability>, SoleWeight> {
    let preferences = &ranking.plan.preferences;
    if preferences.len() < 2 {
        return Err(SoleWeight);
    }
    let field = Field::new(ranking);
    let total: i128 = preferences.iter().map(|preference| preference.weight).sum();
    let of = |moving: usize| {
        let (weight, shown) = (preferences[moving].weight, preferences[moving].shown_weight);
        let (inside, outside) = field.lines(moving);
        let rise = field.first_change(&inside, &outside);
        let high = field.end(rise, |root| weight_at(root, weight, total - weight), Decimal::ONE);
        let mirrored = |lines: Vec<Runner>| lines.into_iter().map(Runner::mirrored).collect::<Vec<_>>();
        let (inside, outside) = (mirrored(inside), mirrored(outside));
        let fall = field.first_change(&inside, &outside);
        // 1/s is to the others' weight what s is to this one's.
        let low = |root: &Root| Decimal::from_units(UNITS - weight_at(root, total - weight, weight).units());
        let low = field.end(fall, low, Decimal::ZERO);
        Stability {
            field: preferences[moving].field.clone(),
            weight: shown,
            // The present weight is shown with the others' remainders; it lies inside all the same.
            low: End { at: low.at.min(shown), ..low },
            high: End { at: high.at.max(shown), ..high },
        }
    };
    Ok((0..preferences.len()).map(of).collect())
}

/// s·w ÷ (s·w + r) at a root s, to nine decimals, half to even.
fn weight_at(s: &Root, w: i128, r: i128) -> Decimal {
    // The largest h with h/2U ≤ t, by halves of a unit: t ≥ h/2U where s ≥ h·r ÷ ((2U − h)·w).
    let (mut low, mut high) = (0, 2 * UNITS);
    let versus = |h: i128| s.cmp(&Root::fraction(BigInt::from(h) * r, BigInt::from(2 * UNITS - h) * w));
    while high - low > 1 {
        let middle = low.midpoint(high);
        if versus(middle).is_ge() { low = middle } else { high = middle }
    }
    let (whole, half) = (low / 2, low % 2 == 1);
    let up = half && (whole % 2 == 1 || versus(low).is_gt());
    Decimal::from_units(whole + i128::from(up))
}

/// A venture inside or outside, whatever the weight in question.
struct Entrant {
    row: RowNo,
    /// Place in the final order, or behind all who have one.
    order: usize,
    protected: bool,
    present: Present,
}

/// Who is inside and who is outside, whatever the weight in question.
struct Field<'a> {
    ranking: &'a Ranking,
    inside: Vec<Entrant>,
    outside: Vec<Entrant>,
    /// The set has fewer than k.
    has_room: bool,
    /// The set has fewer protected than the floor wants.
    lacks_protected: bool,
    /// The set has no more protected than the floor wants: only another protected one may replace one.
    holds_protected: bool,
}

impl<'a> Field<'a> {
    fn new(ranking: &'a Ranking) -> Self {
        let k = ranking.k();
        let placed = ranking.placed().enumerate();
        let placed = placed.map(|(order, p)| {
            let present = Present::placed(p);
            Entrant { row: p.row, order, protected: p.protected, present }
        });
        let mut inside: Vec<Entrant> = placed.collect();
        let mut outside = inside.split_off(k.min(inside.len()));
        let uncovered = ranking.excluded().iter().filter(|left| left.stopped_by == 0 && !left.covered);
        let uncovered = uncovered.filter_map(|left| Some((left.row, left.score?)));
        outside.extend((ranking.merit().len()..).zip(uncovered).map(|(order, (row, score))| {
            let present = Present::left(ranking, row, score);
            Entrant { row, order, protected: is_protected(ranking, row), present }
        }));
        let wanted = ranking.wanted.unwrap_or(0);
        let protected = inside.iter().filter(|entrant| entrant.protected).count();
        Self {
            ranking,
            has_room: inside.len() < k,
            lacks_protected: protected < wanted,
            holds_protected: ranking.wanted.is_some() && protected <= wanted,
            inside,
            outside,
        }
    }

    /// The runners when one weight moves.
    fn lines(&self, moving: usize) -> (Vec<Runner>, Vec<Runner>) {
        let runner = |entrant: &Entrant| {
            let (line, cover) = entrant.present.line(self.ranking, entrant.row, moving);
            let Entrant { row, order, protected, .. } = *entrant;
            Runner { line, rough: line.rough(), cover, order, row, protected }
        };
        let inside = self.inside.iter().map(runner).collect();
        let outside = self.outside.iter().map(runner);
        (inside, outside.filter(|r| r.is_covered() || r.cover[0] > 0 || r.cover[1] > 0).collect())
    }

    fn end(&self, change: Option<Change<'_>>, at: impl Fn(&Root) -> Decimal, open: Decimal) -> End {
        let Some(change) = change else { return End { at: open, cause: None } };
        let id = |runner: &Runner| self.ranking.id(runner.row).clone();
        let cause = match (change.enters.map(id), change.leaves.map(id)) {
            (Some(enters), leaves) if change.by_cover => Some(Cause::Covered { enters, leaves }),
            (Some(enters), Some(leaves)) => Some(Cause::Passes { enters, leaves }),
            (None, Some(leaves)) => Some(Cause::Uncovered { leaves }),
            (_, None) => None,
        };
        End { at: at(&change.at), cause }
    }

    /// The first change of the set as s rises from 1.
    fn first_change<'r>(&self, inside: &'r [Runner], outside: &'r [Runner]) -> Option<Change<'r>> {
        let mut earliest = Earliest::default();
        for runner in inside {
            if let Some((x, y)) = runner.covered_until() {
                let change = Change { at: Root::fraction(x, y), leaves: Some(runner), enters: None, by_cover: true };
                earliest.offer(change);
            }
        }
        for runner in outside.iter().filter(|r| self.has_room || (self.lacks_protected && r.protected)) {
            if let Some((x, y)) = runner.covered_from() {
                let change = Change { at: Root::fraction(x, y), leaves: None, enters: Some(runner), by_cover: true };
                earliest.offer(change);
            }
        }
        if self.holds_protected {
            let of = |side: &'r [Runner], protected: bool| side.iter().filter(move |r| r.protected == protected);
            duels(inside.iter().collect(), of(outside, true).collect(), &mut earliest);
            duels(of(inside, false).collect(), of(outside, false).collect(), &mut earliest);
        } else {
            duels(inside.iter().collect(), outside.iter().collect(), &mut earliest);
        }
        earliest.0
    }
}

fn is_protected(ranking: &Ranking, row: RowNo) -> bool {
    let group = ranking.plan.group.as_ref().zip(ranking.tables[row.chunk()].group.as_ref());
    group.is_some_and(|((column, _), table)| {
        let code = ranking.snapshot().chunks[row.chunk()].columns[*column].codes[row.offset()];
        table[usize::from(code)].outcome == Some(Outcome::Pass)
    })
}
