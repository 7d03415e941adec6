//! Swing weighting: points for moving a criterion from its worst to its best.

use super::{Unfit, sum_to_one};

/// Points divided by their sum (von Winterfeldt & Edwards 1986). The largest swing is customarily given 100.
///
/// # Errors
/// No points, points that are negative or not finite, or all 0.
pub fn swing(points: &[f64]) -> Result<Vec<f64>, Unfit> {
    if points.is_empty() {
        return Err(Unfit::Empty);
    }
    if let Some(at) = points.iter().position(|x| !super::usable(*x)) {
        return Err(Unfit::NonFinite { at });
    }
    if let Some(at) = points.iter().position(|x| *x < 0.0) {
        return Err(Unfit::Negative { at });
    }
    if points.iter().all(|x| *x == 0.0) {
        return Err(Unfit::AllZero);
    }
    Ok(sum_to_one(points.to_vec()))
}
