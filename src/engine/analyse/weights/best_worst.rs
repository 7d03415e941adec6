//! The best-worst method, linear model (Rezaei 2016, Omega 64: 126–130).

use microlp::{ComparisonOp, LinearExpr, OptimizationDirection, Problem, Variable};
use serde::Serialize;

use super::{Unfit, sum_to_one};

/// Weights, and how consistent the comparisons are.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct BestWorst {
    /// The weights, adding up to 1.
    pub weights: Vec<f64>,
    /// ξ, the largest deviation from a comparison: in the linear model itself the measure of consistency, 0 if
    /// the comparisons are fully consistent.
    pub ksi: f64,
    /// Input-based consistency ratio: the largest `|a_Bj · a_jW − a_BW|` over `a_BW² − a_BW`, 0 if fully
    /// consistent (Liang, Brunelli & Rezaei 2020, Omega 96). Where best and worst are on a par it is 0 if all are, and else
    /// beyond all bounds: nothing can lie above the best or below the worst.
    pub consistency_ratio: f64,
}

/// Which criterion two lists of comparisons take for the best, and which for the worst: the one whose own
/// comparison is 1. Where several are on a par the best is the most above the worst, and the other way round;
/// then the first. Nothing if the lists name none.
pub fn best_and_worst(best_to_others: &[f64], others_to_worst: &[f64]) -> Option<(usize, usize)> {
    let pick = |own: &[f64], other: &[f64]| {
        let mut found: Option<(usize, f64)> = None;
        for (at, (own, other)) in own.iter().zip(other).enumerate() {
            if *own == 1.0 && found.is_none_or(|(_, most)| most < *other) {
                found = Some((at, *other));
            }
        }
        found.map(|(at, _)| at)
    };
    Some((pick(best_to_others, others_to_worst)?, pick(others_to_worst, best_to_others)?))
}

/// Weights that minimise ξ = the largest of `|w_B − a_Bj · w_j|` and `|w_j − a_jW · w_W|`, with Σw = 1.
///
/// `best_to_others` says how many times the best matters as much as each (customarily 1 to 9), `others_to_worst`
/// how many times each matters as much as the worst; see [`best_and_worst`] for `best` and `worst`.
///
/// # Errors
/// Lists that do not fit each other, or comparisons outside 1 to 1e6.
pub fn best_worst(
    best: usize,
    worst: usize,
    best_to_others: &[f64],
    others_to_worst: &[f64],
) -> Result<BestWorst, Unfit> {
    let n = best_to_others.len();
    if n == 0 {
        return Err(Unfit::Empty);
    }
    if others_to_worst.len() != n || best >= n || worst >= n {
        return Err(Unfit::Ragged);
    }
    for list in [best_to_others, others_to_worst] {
        if let Some(at) = list.iter().position(|x| !(1.0..=1e6).contains(x)) {
            return Err(Unfit::BelowOne { at });
        }
    }
    if best_to_others[best] != 1.0 || others_to_worst[worst] != 1.0 {
        return Err(Unfit::SelfComparison);
    }
    let best_over_worst = best_to_others[worst];
    if best_over_worst != others_to_worst[best] {
        return Err(Unfit::TwoAnswers);
    }
    let weights = solved(best, worst, best_to_others, others_to_worst)?;
    let off = best_to_others.iter().zip(others_to_worst).map(|(b, w)| (b * w - best_over_worst).abs());
    let scale = best_over_worst * best_over_worst - best_over_worst;
    let off = off.fold(0.0, f64::max);
    let consistency_ratio = if off > 0.0 { off / scale } else { 0.0 };
    let deviation = |j: usize| {
        let from_best = (weights[best] - best_to_others[j] * weights[j]).abs();
        f64::max(from_best, (weights[j] - others_to_worst[j] * weights[worst]).abs())
    };
    let ksi = (0..n).map(deviation).fold(0.0, f64::max);
    Ok(BestWorst { weights, ksi, consistency_ratio })
}

fn solved(best: usize, worst: usize, best_to: &[f64], to_worst: &[f64]) -> Result<Vec<f64>, Unfit> {
    let mut problem = Problem::new(OptimizationDirection::Minimize);
    let ksi = problem.add_var(1.0, (0.0, f64::INFINITY));
    let weights: Vec<Variable> = best_to.iter().map(|_| problem.add_var(0.0, (0.0, f64::INFINITY))).collect();
    let mut within = |of: Variable, times: f64, other: Variable| {
        if of == other {
            return;
        }
        for sign in [1.0, -1.0] {
            let terms = [(of, sign), (other, -sign * times), (ksi, -1.0)];
            problem.add_constraint(terms.into_iter().collect::<LinearExpr>(), ComparisonOp::Le, 0.0);
        }
    };
    for (j, of) in weights.iter().enumerate() {
        within(weights[best], best_to[j], *of);
        within(*of, to_worst[j], weights[worst]);
    }
    let ones: LinearExpr = weights.iter().map(|w| (*w, 1.0)).collect();
    problem.add_constraint(ones, ComparisonOp::Eq, 1.0);
    let solution = problem.solve().ok().and_then(|outcome| outcome.into_solution().ok()).ok_or(Unfit::NotSolved)?;
    let weights: Vec<f64> = weights.iter().map(|w| solution.var_value(*w).max(0.0)).collect();
    if weights.iter().any(|w| !w.is_finite()) || weights.iter().all(|w| *w == 0.0) {
        return Err(Unfit::NotSolved);
    }
    Ok(sum_to_one(weights))
}
