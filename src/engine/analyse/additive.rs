//! Simple additive weighting: Σ w·v.

use super::normalise::Columns;

/// The weighted sums, weights as given.
pub(super) fn scores(columns: &Columns) -> Vec<f64> {
    let mut scores = vec![0.0; columns.rows];
    for column in &columns.columns {
        for (score, v) in scores.iter_mut().zip(&column.values) {
            *score += column.weight * v;
        }
    }
    scores
}
