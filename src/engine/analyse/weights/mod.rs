//! Where weights come from: people's judgements, and two figures that only describe the data.
//!
//! ```text
//! points       swing                     order     rank-order centroid, rank sum, rank reciprocal
//! pairwise     AHP                       best_worst
//! diagnostic   entropy, CRITIC: what the data would say if nobody had values. Never used to rank.
//! ```

mod best_worst;
mod diagnostic;
mod order;
mod pairwise;
mod points;

pub use best_worst::{BestWorst, best_and_worst, best_worst};
pub use diagnostic::{critic, entropy};
pub use order::{rank_order_centroid, rank_reciprocal, rank_sum};
pub use pairwise::{Ahp, RECIPROCAL_TOLERANCE, ahp, random_index};
pub use points::swing;

/// Why there are no weights. Places count from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// Nothing was given.
    #[error("nothing to weigh")]
    Empty,
    /// A number is NaN, infinite or beyond ±1e100.
    #[error("number {at}: not finite, or beyond ±1e100")]
    NonFinite {
        /// Its place.
        at: usize,
    },
    /// A number is negative.
    #[error("number {at}: negative")]
    Negative {
        /// Its place.
        at: usize,
    },
    /// All numbers are 0.
    #[error("all are 0")]
    AllZero,
    /// Lists or rows are of different lengths.
    #[error("lists of different lengths")]
    Ragged,
    /// A comparison is not above 0 (or is too far from 1 to be a judgement: beyond 1e-6 to 1e6).
    #[error("comparison ({row}, {column}): must be from 1e-6 to 1e6")]
    NotAComparison {
        /// Its row.
        row: usize,
        /// Its column.
        column: usize,
    },
    /// A comparison and its reverse are not each other's reciprocals.
    #[error("comparison ({row}, {column}) is not the reciprocal of ({column}, {row})")]
    NotReciprocal {
        /// Its row.
        row: usize,
        /// Its column.
        column: usize,
    },
    /// A best-worst comparison is not from 1 to 1e6.
    #[error("comparison {at}: must be from 1 to 1e6")]
    BelowOne {
        /// Its place.
        at: usize,
    },
    /// The best compared with itself, or the worst with itself, is not 1.
    #[error("the best compared with itself, and the worst with itself, is 1")]
    SelfComparison,
    /// The best over the worst is not the same number in both lists.
    #[error("best over worst differs between the two lists")]
    TwoAnswers,
    /// The columns do not tell rows apart, so the figure is undefined.
    #[error("the rows are all alike")]
    NoSpread,
    /// The linear programme was not solved.
    #[error("the linear programme was not solved")]
    NotSolved,
}

/// Weights that add up to 1 as whole hundredths that add up to 100: by largest remainder, ties to the earlier.
pub fn hundredths(weights: &[f64]) -> Vec<u32> {
    // In 10⁻⁹ of a hundredth, so that rounding in the last digit decides nothing.
    const ONE: i64 = 1_000_000_000;
    let fine: Vec<i64> = weights.iter().map(|w| (w * 1e11).round() as i64).collect();
    let mut out: Vec<i64> = fine.iter().map(|x| x / ONE).collect();
    let mut by_rest: Vec<usize> = (0..fine.len()).collect();
    by_rest.sort_by_key(|i| std::cmp::Reverse(fine[*i] % ONE));
    let left = usize::try_from(100 - out.iter().sum::<i64>()).unwrap_or(0);
    by_rest.into_iter().take(left).for_each(|i| out[i] += 1);
    out.into_iter().map(|n| u32::try_from(n).unwrap_or(0)).collect()
}

/// Divides by the sum, by way of the largest so that nothing overflows.
fn sum_to_one(mut weights: Vec<f64>) -> Vec<f64> {
    let largest = weights.iter().copied().fold(0.0, f64::max);
    weights.iter_mut().for_each(|w| *w /= largest);
    let sum: f64 = weights.iter().sum();
    weights.iter_mut().for_each(|w| *w /= sum);
    weights
}

/// Whether a number can be reckoned with.
fn usable(x: f64) -> bool {
    x.is_finite() && x.abs() <= super::LARGEST
}
