//! Scores as exact fractions: what is summed, how two compare, and the one figure that is shown.

use std::cmp::Ordering;

use super::exact::{compare, div_half_even, nearest_f64, units_of_f64};
use crate::domain::criteria::Method;
use crate::domain::decimal::{Decimal, UNITS};

/// What one preference adds to a score, in 10⁻⁹ of a weight unit: weight × value (additive), or weight ×
/// ln value (geometric).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Part {
    pub num: i128,
    /// Geometric with floor 0: a value of 0 makes the product 0.
    pub veto: bool,
}

/// A veto as a number, for sums that a search maximises: below every sum of parts (64 weights of 10¹²
/// times a logarithm of 6 · 10¹⁰ stay under 2⁸²), and 64 of them still fit.
const VETO: i128 = -(1 << 100);

impl Part {
    /// As one number; sums of such numbers order as scores do.
    pub const fn weighed(self) -> i128 {
        if self.veto { VETO } else { self.num }
    }
}

/// An exact score: the fraction `num / den` of 10⁻⁹ units, or a veto, which is last.
#[derive(Clone, Copy, Debug)]
pub struct Score {
    pub(super) num: i128,
    pub(super) den: i128,
    pub(super) veto: bool,
}

impl Score {
    /// Whether a value of 0 made a product 0.
    pub const fn is_veto(self) -> bool {
        self.veto
    }

    /// The sum that another score of denominator `den` must exceed to be above this one.
    pub(super) fn threshold(self, den: i128) -> i128 {
        if self.veto { VETO / 2 } else { super::exact::multiply_divide_floor(self.num, den, self.den) }
    }
}

impl Ord for Score {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self.veto, other.veto) {
            (false, false) => compare(self.num, self.den, other.num, other.den),
            (a, b) => b.cmp(&a),
        }
    }
}
impl PartialOrd for Score {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl PartialEq for Score {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}
impl Eq for Score {}

/// A score on 0–100 as shown: nine decimals, rounded half to even.
pub(super) fn shown(method: Method, score: Score) -> Decimal {
    Decimal::from_units(scaled(method, score, UNITS))
}

/// A score on 0–100 in units of which `scale` make one, rounded half to even.
pub(super) fn scaled(method: Method, score: Score, scale: i128) -> i128 {
    match method {
        Method::Additive => div_half_even(100 * score.num * scale, score.den * UNITS),
        Method::Geometric { .. } => {
            let units = units_of_f64(geometric(score));
            if scale == UNITS { units } else { div_half_even(units * scale, UNITS) }
        }
    }
}

/// `above − below` on 0–100 as shown, not below 0: the exact difference, rounded once.
pub(super) fn shown_gap(method: Method, above: Score, below: Score) -> Decimal {
    if above <= below {
        return Decimal::ZERO;
    }
    match method {
        Method::Additive => {
            // 100 · (a/b − c/d): through the difference of the shown ones only if it leaves 128 bits.
            let cross = above.num.checked_mul(below.den).zip(below.num.checked_mul(above.den));
            let exact = cross.and_then(|(a, b)| (a - b).checked_mul(100)).zip(above.den.checked_mul(below.den));
            match exact {
                Some((num, den)) => Decimal::from_units(div_half_even(num, den)),
                None => Decimal::from_units(shown(method, above).units() - shown(method, below).units()),
            }
        }
        Method::Geometric { .. } => Decimal::from_units(units_of_f64(geometric(above) - geometric(below))),
    }
}

/// 100 · exp(Σ w·l ÷ Σ w), by `libm`.
fn geometric(score: Score) -> f64 {
    if score.veto { 0.0 } else { 100.0 * libm::exp(nearest_f64(score.num, score.den * UNITS)) }
}

/// Shares `total` units out: part i gets ⌊`nums[i]` / `den`⌋, and what is left of `total` goes by largest
/// remainder, ties to the earlier part. `total` must be the sum of the fractions, rounded.
pub fn allot(nums: &[i128], den: i128, total: i128) -> Vec<i128> {
    let mut out: Vec<i128> = nums.iter().map(|n| n / den).collect();
    let left = total - out.iter().sum::<i128>();
    if left > 0 {
        let rests = nums.iter().zip(&out).map(|(n, whole)| n - whole * den);
        let mut by_rest: Vec<(std::cmp::Reverse<i128>, usize)> = rests.map(std::cmp::Reverse).zip(0..).collect();
        by_rest.sort_unstable();
        for (_, i) in by_rest.into_iter().take(usize::try_from(left).unwrap_or(usize::MAX)) {
            out[i] += 1;
        }
    }
    out
}

/// ln(max(v, floor)), by `libm`, in 10⁻⁹ rounded half to even.
pub(super) fn logarithm(v: f64, floor: Decimal) -> i128 {
    units_of_f64(libm::log(v.max(floor.to_f64())))
}
