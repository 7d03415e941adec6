//! TOPSIS: closeness to the best of every column and distance from the worst (Hwang & Yoon 1981).

use super::normalise::Columns;
use super::{Extras, WarningCode};

/// Closeness d⁻ / (d⁺ + d⁻) by Euclidean distance over the weighted columns. Where both distances are 0 (all
/// rows alike, or one row) it is 0.5, with a warning.
pub(super) fn scores(columns: &mut Columns) -> (Vec<f64>, Extras) {
    let mut gaps = Vec::new();
    for column in &columns.columns {
        let best = column.values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let worst = column.values.iter().copied().fold(f64::INFINITY, f64::min);
        gaps.push((column, best, worst));
    }
    // Squares of small gaps would vanish: distances are taken in units of the largest weighted range.
    let unit = gaps.iter().map(|(c, best, worst)| c.weight * (best - worst)).fold(0.0, f64::max);
    let (mut d_plus, mut d_minus) = (vec![0.0; columns.rows], vec![0.0; columns.rows]);
    if unit > 0.0 {
        for (column, best, worst) in gaps {
            for ((plus, minus), v) in d_plus.iter_mut().zip(&mut d_minus).zip(&column.values) {
                let (above, below) = (column.weight * (best - v) / unit, column.weight * (v - worst) / unit);
                *plus += above * above;
                *minus += below * below;
            }
        }
    }
    let mut degenerate = false;
    let scores = d_plus.iter_mut().zip(&mut d_minus).map(|(plus, minus)| {
        (*plus, *minus) = (plus.sqrt(), minus.sqrt());
        let sum = *plus + *minus;
        let closeness = if sum > 0.0 { *minus / sum } else { 0.5 };
        degenerate |= sum <= 0.0;
        (*plus, *minus) = (*plus * unit, *minus * unit);
        closeness
    });
    let scores = scores.collect();
    if degenerate {
        columns.warn_of_the_whole(WarningCode::Degenerate);
    }
    (scores, Extras::Topsis { d_plus, d_minus })
}
