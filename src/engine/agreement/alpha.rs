//! Krippendorff's α: any number of raters, answers may be missing, any scale (Krippendorff 2011, *Computing
//! Krippendorff's Alpha-Reliability*).

use super::{Coefficient, Unfit, width};

/// What differences between ratings mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    /// Names: equal or not.
    Nominal,
    /// An order: how many ratings lie between two.
    Ordinal,
    /// Differences.
    Interval,
    /// Differences in proportion to the sum; 0 is the natural zero, nothing lies below.
    Ratio,
}

/// α = 1 − observed / expected disagreement, over the units that at least two raters judged.
///
/// `units` has a row a unit and in it a place a rater. Undefined where no two answers can be compared or all
/// answers are the same.
///
/// # Errors
/// Ragged units, ratings that are not finite, negative ones on a ratio scale.
pub fn krippendorff_alpha<R: AsRef<[Option<f64>]>>(units: &[R], scale: Scale) -> Result<Coefficient, Unfit> {
    let width = width(units)?;
    if scale == Scale::Ratio {
        for (unit, ratings) in units.iter().map(AsRef::as_ref).enumerate() {
            if let Some(rater) = ratings.iter().position(|x| x.is_some_and(|x| x < 0.0)) {
                return Err(Unfit::Negative { unit, rater });
            }
        }
    }
    let mut seen = vec![false; width];
    let mut comparable: Vec<Vec<f64>> = Vec::new();
    for ratings in units.iter().map(AsRef::as_ref) {
        // Adding 0 turns −0 into 0.
        let given: Vec<f64> = ratings.iter().flatten().map(|x| x + 0.0).collect();
        if given.len() >= 2 {
            seen.iter_mut().zip(ratings).for_each(|(seen, x)| *seen |= x.is_some());
            comparable.push(given);
        }
    }
    let value = alpha(&mut comparable, scale).filter(|x| x.is_finite());
    Ok(Coefficient { value, units: comparable.len(), raters: seen.into_iter().filter(|seen| *seen).count() })
}

fn alpha(units: &mut [Vec<f64>], scale: Scale) -> Option<f64> {
    let mut all: Vec<f64> = units.iter().flatten().copied().collect();
    all.sort_unstable_by(f64::total_cmp);
    if all.first() == all.last() {
        return None;
    }
    if scale == Scale::Ordinal {
        // The ordinal distance of two values is that of their mid-ranks among all ratings.
        let mid_rank = |x: f64| {
            let (below, to) = (all.partition_point(|y| *y < x), all.partition_point(|y| *y <= x));
            f64::midpoint(below as f64, to as f64)
        };
        units.iter_mut().flatten().for_each(|x| *x = mid_rank(*x));
        all = all.iter().map(|x| mid_rank(*x)).collect();
    }
    let disagreement: fn(&mut [f64]) -> f64 = match scale {
        Scale::Nominal => unequal_pairs,
        Scale::Ordinal | Scale::Interval => squared_differences,
        Scale::Ratio => squared_ratios,
    };
    let ratings = all.len() as f64;
    let observed: f64 = units.iter_mut().map(|unit| disagreement(unit) / (unit.len() as f64 - 1.0)).sum();
    let expected = disagreement(&mut all) / (ratings - 1.0);
    (expected > 0.0).then(|| 1.0 - observed / expected)
}

/// How many ordered pairs are unequal.
fn unequal_pairs(ratings: &mut [f64]) -> f64 {
    ratings.sort_unstable_by(f64::total_cmp);
    let size = ratings.len() as f64;
    ratings.chunk_by(|a, b| a == b).map(|same| same.len() as f64 * (size - same.len() as f64)).sum()
}

/// Σ (x − y)² over all ordered pairs: 2m Σ(x − mean)².
fn squared_differences(ratings: &mut [f64]) -> f64 {
    let size = ratings.len() as f64;
    // From the first rating, so that equal ratings give exactly 0.
    let first = ratings.first().copied().unwrap_or_default();
    let mean = ratings.iter().map(|x| x - first).sum::<f64>() / size;
    2.0 * size * ratings.iter().map(|x| x - first - mean).map(|d| d * d).sum::<f64>()
}

/// Σ ((x − y)/(x + y))² over all ordered pairs, from every two distinct values.
fn squared_ratios(ratings: &mut [f64]) -> f64 {
    ratings.sort_unstable_by(f64::total_cmp);
    let distinct: Vec<(f64, f64)> =
        ratings.chunk_by(|a, b| a == b).filter_map(|same| Some((*same.first()?, same.len() as f64))).collect();
    let mut sum = 0.0;
    for (i, (x, many)) in distinct.iter().enumerate() {
        for (y, others) in distinct.iter().take(i) {
            let ratio = (x - y) / (x + y);
            sum += 2.0 * many * others * ratio * ratio;
        }
    }
    sum
}
