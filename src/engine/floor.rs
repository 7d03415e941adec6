//! Representation floors: the merit order, re-ranked so that every prefix holds enough of a group.

use super::ranking::Placed;
use super::score::{Score, shown_gap};
use crate::domain::criteria::Method;
use crate::domain::decimal::{Decimal, UNITS};

/// What a floor did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FloorReport {
    /// Eligible ventures of the group.
    pub protected: usize,
    /// Ventures whose position differs from their place in merit order.
    pub moved: usize,
    /// Largest fall of the score at one position against the merit order, on 0–100.
    pub max_price: Decimal,
    /// Mean fall of the score over all positions, on 0–100.
    pub mean_price: Decimal,
    /// How many protected ventures the last prefix lacks; above 0 the floor cannot be kept to the end.
    pub shortfall: usize,
}

/// Positions i = 1, 2, …: where fewer than m(i) protected stand so far the best protected comes next,
/// else the best of both. `merit` is in merit order; gives places in it, in final order.
pub(super) fn greedy(merit: &[Placed], required: impl Fn(usize) -> usize) -> (Vec<u32>, usize) {
    let place = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    let (mut protected, mut others): (Vec<_>, Vec<_>) = (0..merit.len()).partition(|at| merit[*at].protected);
    // Taken from the end.
    protected.reverse();
    others.reverse();
    let (mut order, mut counted) = (Vec::with_capacity(merit.len()), 0);
    for position in 1..=merit.len() {
        let short = counted < required(position);
        let protected_is_next = match (protected.last(), others.last()) {
            (Some(p), Some(o)) => short || p < o,
            (Some(_), None) => true,
            (None, _) => false,
        };
        let next = if protected_is_next { protected.pop() } else { others.pop() };
        counted += usize::from(protected_is_next);
        order.extend(next.map(place));
    }
    (order, required(merit.len()).saturating_sub(counted))
}

/// ⌊share · i⌋ over scaled integers, so that 0.29 · 100 is 29.
pub(super) fn required(share: Decimal, position: usize) -> usize {
    usize::try_from(share.units() * position as i128 / UNITS).unwrap_or(usize::MAX)
}

/// Re-ranks under a declared share.
pub(super) fn share(merit: &[Placed], min: Decimal, method: Method) -> (Vec<u32>, FloorReport) {
    let (order, shortfall) = greedy(merit, |position| required(min, position));
    let scores = |at: usize| -> (Score, Score) { (merit[at].score, merit[order[at] as usize].score) };
    let prices = (0..merit.len()).map(|at| {
        let (by_merit, by_floor) = scores(at);
        shown_gap(method, by_merit, by_floor)
    });
    let (max_price, sum) = prices.fold((Decimal::ZERO, 0), |(max, sum), price| (max.max(price), sum + price.units()));
    let mean = super::exact::div_half_even(sum, merit.len().max(1) as i128);
    let report = FloorReport {
        protected: merit.iter().filter(|placed| placed.protected).count(),
        moved: order.iter().enumerate().filter(|(at, place)| *at != **place as usize).count(),
        max_price,
        mean_price: Decimal::from_units(mean),
        shortfall,
    };
    (order, report)
}
