//! Weights from an order alone, for people who can say what matters more but not by how much.
//!
//! Each gives n weights that add up to 1, the most important criterion first; none for n = 0.

use super::sum_to_one;

/// Rank-order centroid: wᵢ = (1/n) Σₖ₌ᵢⁿ 1/k, the middle of all weights in that order (Barron & Barrett 1996).
pub fn rank_order_centroid(n: usize) -> Vec<f64> {
    let mut sum = 0.0;
    // From the smallest term up, so that the sums lose nothing.
    let mut weights: Vec<f64> = (1..=n)
        .rev()
        .map(|k| {
            sum += 1.0 / k as f64;
            sum / n as f64
        })
        .collect();
    weights.reverse();
    weights
}

/// Rank sum: wᵢ = 2(n + 1 − i) / (n(n + 1)) (Stillwell, Seaver & Edwards 1981).
pub fn rank_sum(n: usize) -> Vec<f64> {
    let whole = n as f64 * (n as f64 + 1.0);
    (1..=n).map(|i| 2.0 * (n + 1 - i) as f64 / whole).collect()
}

/// Rank reciprocal: wᵢ ∝ 1/i (Stillwell, Seaver & Edwards 1981).
pub fn rank_reciprocal(n: usize) -> Vec<f64> {
    sum_to_one((1..=n).map(|i| 1.0 / i as f64).collect())
}
