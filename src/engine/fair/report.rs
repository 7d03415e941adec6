//! What a floor did: to every prefix, to exposure, to the ventures that moved, and at what price in score.

use super::super::exact::div_half_even;
use super::exposure::{GroupExposure, group_exposure};
use super::rerank::Reranked;
use crate::domain::decimal::{Decimal, UNITS};

/// A prefix of a list under a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Prefix {
    /// Its length; its last position, from 1.
    pub position: u32,
    /// Protected ventures in it.
    pub protected: u32,
    /// m(position).
    pub required: u32,
}

impl FloorReport {
    /// The largest lack of protected ventures in the first k places.
    pub fn lacking(&self) -> usize {
        let lack = self.prefixes.iter().map(|prefix| prefix.required.saturating_sub(prefix.protected)).max();
        lack.unwrap_or(0) as usize
    }

    /// The falls of the score at all positions together, in tenths of a point, rounded half to even; for falls in 10⁻⁹ of a
    /// point.
    pub fn price_tenths(&self) -> i64 {
        i64::try_from(div_half_even(self.sum_price, UNITS / 10)).unwrap_or(i64::MAX)
    }

    /// Mean fall of the score over the positions, on the scale of the falls.
    pub fn mean_price(&self) -> Decimal {
        let positions = i128::try_from(self.positions.max(1)).unwrap_or(i128::MAX);
        Decimal::from_units(div_half_even(self.sum_price, positions))
    }
}

impl Prefix {
    /// Whether it holds as many protected as required.
    pub const fn passes(&self) -> bool {
        self.protected >= self.required
    }
}

/// A venture whose place changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moved {
    /// Place in merit order, from 1.
    pub merit: u32,
    /// Place in the final order, from 1.
    pub position: u32,
    /// Whether it is of the group.
    pub protected: bool,
}

/// What a floor did to the first k positions.
#[derive(Clone, Debug, PartialEq)]
pub struct FloorReport {
    /// Protected ventures on the whole list.
    pub protected: usize,
    /// The first k prefixes, each with what it holds and must hold.
    pub prefixes: Vec<Prefix>,
    /// Ventures that stand elsewhere than by merit, in final order, whole list.
    pub moved: Vec<Moved>,
    /// Largest fall of the score at one of the first k positions against the merit order; 0 or more.
    pub max_price: i128,
    /// Sum of the falls at the first k positions; a position where the score rises counts 0. The mean price is this
    /// over [`Self::positions`]. (Signed falls over a whole list always add up to 0: it is the same list.)
    pub sum_price: i128,
    /// k, or the length of the list if that is less.
    pub positions: usize,
    /// The largest lack of protected ventures at any position; above 0 the table cannot be met.
    pub shortfall: usize,
    /// The first position whose prefix holds too few.
    pub first_short: Option<usize>,
    /// Exposure over the whole list by merit alone.
    pub exposure_by_merit: GroupExposure,
    /// Exposure over the whole list as it stands.
    pub exposure: GroupExposure,
}

/// The prefixes 1 to k of a list whose members are, in final order, protected or not.
pub fn prefixes(protected: impl Iterator<Item = bool>, k: usize, required: impl Fn(usize) -> usize) -> Vec<Prefix> {
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let prefixes = protected.take(k).zip(1usize..).scan(0u32, |held, (is, position)| {
        *held += u32::from(is);
        Some(Prefix { position: count(position), protected: *held, required: count(required(position)) })
    });
    prefixes.collect()
}

/// Reports a re-ranked list. `protected` is in merit order, `reranked` is what [`greedy`](super::greedy) made of
/// it with `required`. `fall(a, b)` is the score at merit place a less the score at merit place b (both from 0),
/// in the caller's units; it is asked for the first k positions.
pub fn report(
    protected: &[bool],
    reranked: &Reranked,
    required: impl Fn(usize) -> usize,
    k: usize,
    fall: impl Fn(u32, u32) -> i128,
) -> FloorReport {
    let is_protected = |place: u32| protected.get(place as usize).copied().unwrap_or(false);
    let in_order = || reranked.order.iter().map(|place| is_protected(*place));
    let moved = (0u32..).zip(&reranked.order).filter(|(at, place)| at != *place);
    let falls = (0u32..).zip(&reranked.order).take(k).map(|(at, place)| fall(at, *place).max(0));
    let (max_price, sum_price) = falls.fold((0, 0i128), |(max, sum), f| (f.max(max), sum.saturating_add(f)));
    FloorReport {
        protected: protected.iter().filter(|is| **is).count(),
        prefixes: prefixes(in_order(), k, required),
        moved: moved
            .map(|(at, place)| Moved { merit: place + 1, position: at + 1, protected: is_protected(*place) })
            .collect(),
        max_price,
        sum_price,
        positions: reranked.order.len().min(k),
        shortfall: reranked.shortfall,
        first_short: reranked.first_short,
        exposure_by_merit: group_exposure(protected.iter().copied()),
        exposure: group_exposure(in_order()),
    }
}
