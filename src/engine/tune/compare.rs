//! What-if: two documents over one snapshot, and what the second does to the list of the first.

use std::collections::HashMap;
use std::sync::Arc;

use serde::Serialize;

use super::kendall::tau_b;
use crate::domain::decimal::{Decimal, UNITS};
use crate::engine::plan::Outcome;
use crate::engine::ranking::{Left, Placed, Ranking};
use crate::engine::snapshot::{RowNo, Snapshot};

/// The two rankings are of different snapshots, so their rows cannot be told to be the same ventures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the two rankings are not of one snapshot")]
pub struct OtherSnapshot;

/// What a second document does to the list of a first.
///
/// A list's top k are its first k positions, with the k of its own document.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Comparison {
    /// In the new top k and not in the old; by new position.
    pub entered: Vec<Moved>,
    /// In the old top k and not in the new; by old position.
    pub left: Vec<Moved>,
    /// In both at different positions; by new position.
    pub moved: Vec<Moved>,
    /// How many ventures are in both.
    pub overlap: usize,
    /// `overlap` ÷ the longer of the two lists; nothing when both are empty.
    pub overlap_share: Option<f64>,
    /// How many ventures are eligible under both documents.
    pub eligible_in_both: usize,
    /// Kendall's τ-b of the ranks of those, equal ranks being ties; nothing when it is not defined.
    pub tau_b: Option<f64>,
}

/// One venture in both lists.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Moved {
    /// The venture.
    pub id: Arc<str>,
    /// Where it stood.
    pub old: Standing,
    /// Where it stands.
    pub new: Standing,
    /// The contributions that changed; empty unless it is eligible under both documents. The new points less the old
    /// ones add up to the new score less the old one, as shown.
    pub contributions: Vec<Shift>,
}

/// Where a venture stands under one document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "standing", rename_all = "snake_case")]
pub enum Standing {
    /// It has a place.
    Placed {
        /// By merit.
        rank: u32,
        /// In the final order.
        position: u32,
        /// On 0–100.
        score: Decimal,
    },
    /// Filters or policies keep it out.
    Excluded {
        /// Their fields, in document order.
        by: Vec<Arc<str>>,
    },
    /// Still to be assessed.
    Pending,
    /// Not among the rows that were ranked.
    Absent,
}

/// A contribution that changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Shift {
    /// Its field. When a document uses a field twice, the first use is compared with the first use, and so on.
    pub field: Arc<str>,
    /// Its points of the old score; nothing when the old document has no such preference.
    pub old: Option<Decimal>,
    /// Its points of the new score; nothing when the new document has no such preference.
    pub new: Option<Decimal>,
}

/// Compares the rankings of two documents over one snapshot.
///
/// # Errors
/// [`OtherSnapshot`] when they are not of one snapshot.
pub fn compare(old: &Ranking, new: &Ranking) -> Result<Comparison, OtherSnapshot> {
    if !is_one_snapshot(old.snapshot(), new.snapshot()) {
        return Err(OtherSnapshot);
    }
    let (old_places, new_places) = (places(old), places(new));
    let told = |row: RowNo| {
        let (before, after) = (old_places.get(&row).copied(), new_places.get(&row).copied());
        Moved {
            id: old.id(row).clone(),
            old: standing(old, row, before),
            new: standing(new, row, after),
            contributions: before.zip(after).map(|(b, a)| shifts((old, b), (new, a))).unwrap_or_default(),
        }
    };
    let position = |places: &HashMap<RowNo, &Placed>, k: usize, row: RowNo| {
        places.get(&row).map(|placed| placed.position).filter(|at| *at as usize <= k)
    };
    let was = |row| position(&old_places, old.k(), row);
    let is = |row| position(&new_places, new.k(), row);
    let (old_top, new_top) = (old.placed().take(old.k()), new.placed().take(new.k()));
    let longest = old_top.len().max(new_top.len());
    let (mut entered, mut moved, mut overlap) = (Vec::new(), Vec::new(), 0);
    for placed in new_top {
        match was(placed.row) {
            None => entered.push(told(placed.row)),
            Some(position) => {
                overlap += 1;
                if position != placed.position {
                    moved.push(told(placed.row));
                }
            }
        }
    }
    let left = old_top.filter(|placed| is(placed.row).is_none()).map(|placed| told(placed.row)).collect();
    let ranks = old.merit().iter().filter_map(|placed| Some((placed.rank, new_places.get(&placed.row)?.rank)));
    let ranks: Vec<(u32, u32)> = ranks.collect();
    #[allow(clippy::cast_precision_loss)]
    let overlap_share = (longest > 0).then(|| overlap as f64 / longest as f64);
    Ok(Comparison { entered, left, moved, overlap, overlap_share, eligible_in_both: ranks.len(), tau_b: tau_b(ranks) })
}

fn is_one_snapshot(a: &Snapshot, b: &Snapshot) -> bool {
    // Chunks are never changed in place, so the same chunks are the same rows.
    a.schema() == b.schema()
        && a.chunks.len() == b.chunks.len()
        && a.chunks.iter().zip(&b.chunks).all(|(a, b)| Arc::ptr_eq(a, b))
}

fn places(ranking: &Ranking) -> HashMap<RowNo, &Placed> {
    ranking.merit().iter().map(|placed| (placed.row, placed)).collect()
}

fn standing(ranking: &Ranking, row: RowNo, placed: Option<&Placed>) -> Standing {
    if let Some(placed) = placed {
        let score = ranking.shown(placed.score);
        return Standing::Placed { rank: placed.rank, position: placed.position, score };
    }
    let id = ranking.id(row);
    let excluded = ranking.excluded();
    if let Some(left) =
        excluded.binary_search_by(|left| ranking.id(left.row).cmp(id)).ok().and_then(|at| excluded.get(at))
    {
        return Standing::Excluded { by: kept_out_by(ranking, left) };
    }
    match ranking.pending().binary_search_by(|pending| ranking.id(*pending).cmp(id)) {
        Ok(_) => Standing::Pending,
        Err(_) => Standing::Absent,
    }
}

/// The fields of the filters that keep a venture out, then of the policies, then coverage.
fn kept_out_by(ranking: &Ranking, left: &Left) -> Vec<Arc<str>> {
    let filters = &ranking.plan.filters;
    let stops = filters.iter().enumerate().filter(|(at, _)| left.stopped_by & (1 << at) != 0);
    // A filter that let an unknown in says "unknown" too, so filters are told by the ranking's own record.
    let others = ranking.explain_excluded(left).filters.into_iter().skip(filters.len());
    let others = others.filter(|result| result.result != Outcome::Pass).map(|result| result.field);
    stops.map(|(_, filter)| filter.field.clone()).chain(others).collect()
}

/// The points of each preference, by its field and which of the field's uses it is.
fn points(ranking: &Ranking, placed: &Placed) -> Vec<((Arc<str>, usize), Decimal)> {
    let (_, points) = ranking.points(placed, UNITS);
    let fields: Vec<Arc<str>> = ranking.plan.preferences.iter().map(|preference| preference.field.clone()).collect();
    let use_of = |at: usize| fields[..at].iter().filter(|field| **field == fields[at]).count();
    points.into_iter().enumerate().map(|(at, p)| ((fields[at].clone(), use_of(at)), Decimal::from_units(p))).collect()
}

/// The contributions that differ: in the new document's order, then those that only the old one has.
fn shifts(old: (&Ranking, &Placed), new: (&Ranking, &Placed)) -> Vec<Shift> {
    let (old, new) = (points(old.0, old.1), points(new.0, new.1));
    let find = |points: &[((Arc<str>, usize), Decimal)], key: &(Arc<str>, usize)| {
        points.iter().find(|(other, _)| other == key).map(|(_, points)| *points)
    };
    let kept = new.iter().map(|(key, points)| (key, find(&old, key), Some(*points)));
    let gone = old.iter().filter(|(key, _)| find(&new, key).is_none()).map(|(key, points)| (key, Some(*points), None));
    kept.chain(gone)
        .filter(|(_, old, new)| old.unwrap_or_default() != new.unwrap_or_default())
        .map(|((field, _), old, new)| Shift { field: field.clone(), old, new })
        .collect()
}
