//! Representation floors: the merit order, re-ranked so that every prefix holds enough of a group.

use super::fair::{self, FloorReport, MAX_POSITIONS, Proportion, Table, adjusted};
use super::ranking::Placed;
use super::score::shown_gap;
use crate::domain::criteria::{FloorRule, Method};

/// A rule, for a list of a certain length.
pub(super) enum Floor {
    /// Of the whole list.
    Share(Proportion),
    /// Of the places up to the cut-off.
    Fair(Table),
}

impl Floor {
    /// The floor for a list of `eligible` ventures that is cut off after k.
    pub fn of(rule: FloorRule, k: usize, eligible: usize) -> Self {
        // What a document says was checked when it was read: the shares are shares, and the positions are few.
        let share = |units| Proportion::from_units(units).unwrap_or_default();
        match rule {
            FloorRule::Share(min) => Self::Share(share(min.units())),
            FloorRule::Fair { p, alpha } => {
                let positions = u32::try_from(k.min(eligible)).unwrap_or(MAX_POSITIONS).min(MAX_POSITIONS);
                let made = adjusted(positions, share(p.units()), share(alpha.units()));
                Self::Fair(made.map_or_else(|_unreachable| Table::default(), |made| made.table))
            }
        }
    }

    /// How many of the first places are the group's at least.
    pub fn required(&self, position: usize) -> usize {
        match self {
            Self::Share(min) => min.floor_of(position),
            Self::Fair(table) => table.required(position),
        }
    }
}

/// Re-ranks under a floor: places in merit order, in final order, and what that did to the first k.
pub(super) fn rerank(merit: &[Placed], floor: &Floor, k: usize, method: Method) -> (Vec<u32>, FloorReport) {
    let protected: Vec<bool> = merit.iter().map(|placed| placed.protected).collect();
    let reranked = fair::greedy(protected.iter().copied(), |position| floor.required(position));
    let fall = |by_merit: u32, placed: u32| match (merit.get(by_merit as usize), merit.get(placed as usize)) {
        (Some(a), Some(b)) => shown_gap(method, a.score, b.score).units(),
        _ => 0,
    };
    let report = fair::report(&protected, &reranked, |position| floor.required(position), k, fall);
    (reranked.order, report)
}
