//! How far two rankings agree.

use serde::Serialize;

use crate::engine::tune::tau_b;

/// Agreement of two rankings.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Agreement {
    /// The one.
    pub a: String,
    /// The other.
    pub b: String,
    /// Kendall's τ-b; see [`kendall_tau_b`].
    pub kendall_tau_b: Option<f64>,
    /// Spearman's ρ; see [`spearman_rho`].
    pub spearman_rho: Option<f64>,
    /// Share of the top k in common; see [`top_k_overlap`].
    pub top_k_overlap: Option<f64>,
}

/// Every two of the named rankings, in their order: competition ranks of the same rows in the same order.
pub fn agreement_table(rankings: &[(&str, &[usize])], k: usize) -> Vec<Agreement> {
    let mut table = Vec::new();
    for (i, (a, ranks_a)) in rankings.iter().enumerate() {
        for (b, ranks_b) in rankings.iter().skip(i + 1) {
            table.push(Agreement {
                a: (*a).to_owned(),
                b: (*b).to_owned(),
                kendall_tau_b: kendall_tau_b(ranks_a, ranks_b),
                spearman_rho: spearman_rho(ranks_a, ranks_b),
                top_k_overlap: top_k_overlap(ranks_a, ranks_b, k),
            });
        }
    }
    table
}

/// Kendall's τ-b of two lists of ranks, as [`tau_b`] has it. Nothing for lists of different lengths.
pub fn kendall_tau_b(a: &[usize], b: &[usize]) -> Option<f64> {
    let narrow = |rank: &usize| u32::try_from(*rank).unwrap_or(u32::MAX);
    if a.len() == b.len() { tau_b(a.iter().map(narrow).zip(b.iter().map(narrow))) } else { None }
}

/// Spearman's ρ of two lists of ranks, −1 to 1: Pearson's correlation of mid-ranks. Nothing where it is
/// undefined: fewer than two rows, or all rows tied in one of them; nor for lists of different lengths.
pub fn spearman_rho(a: &[usize], b: &[usize]) -> Option<f64> {
    if a.len() != b.len() {
        return None;
    }
    let (a, b) = (centred_mid_ranks(a), centred_mid_ranks(b));
    let sum = |x: &[f64], y: &[f64]| x.iter().zip(y).map(|(x, y)| x * y).sum::<f64>();
    let (of_a, of_b) = (sum(&a, &a), sum(&b, &b));
    (of_a > 0.0 && of_b > 0.0).then(|| (sum(&a, &b) / (of_a * of_b).sqrt()).clamp(-1.0, 1.0))
}

/// The share of the top k that two rankings have in common, 0 to 1. All rows of rank k or better are a top k,
/// so a tie at the cut-off makes it larger; the larger of the two counts as the whole. Nothing without rows,
/// for k = 0, and for lists of different lengths.
pub fn top_k_overlap(a: &[usize], b: &[usize], k: usize) -> Option<f64> {
    if a.len() != b.len() {
        return None;
    }
    let size = |ranks: &[usize]| ranks.iter().filter(|rank| **rank <= k).count();
    let both = a.iter().zip(b).filter(|(a, b)| **a <= k && **b <= k).count();
    let whole = size(a).max(size(b));
    (whole > 0).then(|| both as f64 / whole as f64)
}

/// Ranks as mid-ranks less their mean: rows that tie share the mean of their places.
fn centred_mid_ranks(ranks: &[usize]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..ranks.len()).collect();
    order.sort_unstable_by_key(|row| ranks[*row]);
    let middle = (ranks.len() as f64 + 1.0) / 2.0;
    let mut out = vec![0.0; ranks.len()];
    let mut place = 0.0;
    for tie in order.chunk_by(|a, b| ranks[*a] == ranks[*b]) {
        let size = tie.len() as f64;
        tie.iter().for_each(|row| out[*row] = place + f64::midpoint(size, 1.0) - middle);
        place += size;
    }
    out
}
