//! What-if: two documents over one snapshot, and what the second does to the list of the first.

use std::collections::HashMap;
use std::sync::Arc;

use serde::Serialize;

use super::kendall::tau_b;
use crate::domain::decimal::{Decimal, UNITS};
use crate::engine::exact::div_half_even;
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
    /// What made the difference; empty where a standing tells it: filtered out, pending or absent on one side.
    pub reasons: Vec<Reason>,
}

/// Why a venture that has a place under both documents is elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum Reason {
    /// The list has another length.
    Length {
        /// Before.
        old: usize,
        /// Now.
        new: usize,
    },
    /// A representation floor, or the want of one, puts it elsewhere than its merit does.
    Floor,
    /// The lottery among equal scores.
    Lottery,
    /// Its points moved otherwise than those of the ventures compared.
    Points {
        /// By field, how many more than the mean it gained.
        leads: Vec<Lead>,
    },
    /// Its points moved as the others' did, or not at all, and others passed it.
    Others {
        /// Ventures with a place under both, on another side of it than before, the way of its own move.
        passed: usize,
        /// Ventures above it now that had no place before, or above it before that have none now.
        displaced: usize,
    },
}

/// What a venture gained by one preference, against the mean of the ventures eligible under both documents.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Lead {
    /// The preference's field.
    pub field: Arc<str>,
    /// Points, rounded half to even to nine decimals.
    pub points: Decimal,
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
    let why = Why { old: (old, &old_places), new: (new, &new_places), mean: mean(old, new, &new_places) };
    let told = |row: RowNo| {
        let (before, after) = (old_places.get(&row).copied(), new_places.get(&row).copied());
        let shifts = before.zip(after).map(|(b, a)| all_shifts((old, b.1), (new, a.1))).unwrap_or_default();
        Moved {
            id: old.id(row).clone(),
            old: standing(old, row, before.map(|b| b.1)),
            new: standing(new, row, after.map(|a| a.1)),
            reasons: before.zip(after).map(|(b, a)| why.reasons(b, a, &shifts)).unwrap_or_default(),
            contributions: shifts
                .into_iter()
                .filter(|(_, shift)| shift.old.unwrap_or_default() != shift.new.unwrap_or_default())
                .map(|(_, shift)| shift)
                .collect(),
        }
    };
    let position = |places: &Places<'_>, k: usize, row: RowNo| {
        places.get(&row).map(|(_, placed)| placed.position).filter(|at| *at as usize <= k)
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
    let ranks = old.merit().iter().filter_map(|placed| Some((placed.rank, new_places.get(&placed.row)?.1.rank)));
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

/// The eligible ventures, each with its place in the order of merit.
type Places<'a> = HashMap<RowNo, (usize, &'a Placed)>;

fn places(ranking: &Ranking) -> Places<'_> {
    ranking.merit().iter().enumerate().map(|(at, placed)| (placed.row, (at, placed))).collect()
}

/// What tells why ventures moved.
struct Why<'a> {
    old: (&'a Ranking, &'a Places<'a>),
    new: (&'a Ranking, &'a Places<'a>),
    /// For each preference, by how much the points of the ventures eligible under both moved on the mean.
    mean: HashMap<Key, i128>,
}

impl Why<'_> {
    fn reasons(&self, before: (usize, &Placed), after: (usize, &Placed), shifts: &[(Key, Shift)]) -> Vec<Reason> {
        let (old_k, new_k) = (self.old.0.k(), self.new.0.k());
        let ((old_merit, old), (new_merit, new)) = (before, after);
        let (was, is) = (old.position as usize, new.position as usize);
        let mut reasons = Vec::new();
        // Either place is on the one list and not on the other, so its own move is not what decides.
        if old_k != new_k && ((was <= old_k) != (was <= new_k) || (is <= old_k) != (is <= new_k)) {
            reasons.push(Reason::Length { old: old_k, new: new_k });
        }
        let way = is.cmp(&was);
        if way.is_eq() {
            return reasons;
        }
        // A floor puts it elsewhere than its merit does; one of the two, or both, moved it this way.
        if (is + old_merit).cmp(&(was + new_merit)) == way {
            reasons.push(Reason::Floor);
        }
        if new_merit.cmp(&old_merit) != way {
            return reasons;
        }
        if old.rank == new.rank {
            reasons.push(Reason::Lottery);
            return reasons;
        }
        let leads = self.leads(shifts);
        let lead: i128 = leads.iter().map(|lead| lead.points.units()).sum();
        // What rounds to nothing tells nothing, and what points the other way is not the reason.
        if lead.abs() >= UNITS / 20 && (lead > 0) == way.is_lt() {
            reasons.push(Reason::Points { leads });
        } else {
            reasons.push(self.others(old_merit, new_merit));
        }
        reasons
    }

    fn leads(&self, shifts: &[(Key, Shift)]) -> Vec<Lead> {
        let lead = |(key, shift): &(Key, Shift)| {
            let own = shift.new.unwrap_or_default().units() - shift.old.unwrap_or_default().units();
            Lead { field: key.0.clone(), points: Decimal::from_units(own - self.mean.get(key).copied().unwrap_or(0)) }
        };
        shifts.iter().map(lead).filter(|lead| lead.points != Decimal::ZERO).collect()
    }

    fn others(&self, old_merit: usize, new_merit: usize) -> Reason {
        // Above it on the side on which more stand, and where these stand on the other side.
        let (above, there, at) = if new_merit > old_merit {
            (&self.new.0.merit()[..new_merit], self.old.1, old_merit)
        } else {
            (&self.old.0.merit()[..old_merit], self.new.1, new_merit)
        };
        let count = |is: fn(Option<&(usize, &Placed)>, usize) -> bool| {
            above.iter().filter(|placed| is(there.get(&placed.row), at)).count()
        };
        Reason::Others {
            passed: count(|place, at| place.is_some_and(|(merit, _)| *merit > at)),
            displaced: count(|place, _| place.is_none()),
        }
    }
}

/// The mean shift of each preference over the ventures eligible under both documents, in 10⁻⁹ points.
fn mean(old: &Ranking, new: &Ranking, new_places: &Places<'_>) -> HashMap<Key, i128> {
    let (mut sums, mut count) = (HashMap::new(), 0);
    for before in old.merit() {
        let Some((_, after)) = new_places.get(&before.row) else { continue };
        count += 1;
        for (key, shift) in all_shifts((old, before), (new, after)) {
            *sums.entry(key).or_insert(0) +=
                shift.new.unwrap_or_default().units() - shift.old.unwrap_or_default().units();
        }
    }
    sums.values_mut().for_each(|sum| *sum = div_half_even(*sum, count));
    sums
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

/// A preference: its field and which of the field's uses it is.
type Key = (Arc<str>, usize);

/// The points of each preference.
fn points(ranking: &Ranking, placed: &Placed) -> Vec<(Key, Decimal)> {
    let (_, points) = ranking.points(placed, UNITS);
    let fields: Vec<Arc<str>> = ranking.plan.preferences.iter().map(|preference| preference.field.clone()).collect();
    let use_of = |at: usize| fields[..at].iter().filter(|field| **field == fields[at]).count();
    points.into_iter().enumerate().map(|(at, p)| ((fields[at].clone(), use_of(at)), Decimal::from_units(p))).collect()
}

/// All contributions under both: in the new document's order, then those that only the old one has.
fn all_shifts(old: (&Ranking, &Placed), new: (&Ranking, &Placed)) -> Vec<(Key, Shift)> {
    let (old, new) = (points(old.0, old.1), points(new.0, new.1));
    let find =
        |points: &[(Key, Decimal)], key: &Key| points.iter().find(|(other, _)| other == key).map(|(_, points)| *points);
    let kept = new.iter().map(|(key, points)| (key, find(&old, key), Some(*points)));
    let gone = old.iter().filter(|(key, _)| find(&new, key).is_none()).map(|(key, points)| (key, Some(*points), None));
    kept.chain(gone).map(|(key, old, new)| (key.clone(), Shift { field: key.0.clone(), old, new })).collect()
}
