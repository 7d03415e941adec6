//! Competition ranks of `f64` scores.

/// How near two scores may be and still tie: 1e-10, of a score as it is or in proportion.
const NEAR: f64 = 1e-10;

/// What the sums of a method may be off by, in proportion: four units in the last place. Two scores that nearer
/// arithmetic would find equal can come out as different as that, and an `f64` cannot tell them apart.
const ROUNDING: f64 = 4.0 * f64::EPSILON;

/// Whether two scores tie: within 1e-10, or, from 10⁵ up, within the rounding of an `f64`, which no longer holds ten
/// decimals there.
pub fn ties(a: f64, b: f64) -> bool {
    (a - b).abs() <= f64::max(NEAR, ROUNDING * f64::max(a.abs(), b.abs()))
}

/// Whether two products tie: within 1e-10 of the larger one. Products have no scale of their own: with small factors all
/// of them lie within 1e-10 of 0, however much they differ.
pub fn products_tie(a: f64, b: f64) -> bool {
    (a - b).abs() <= NEAR * f64::max(a.abs(), b.abs())
}

/// Competition ranks (1, 2, 2, 4) in row order, of scores that tie as [`ties`] says.
///
/// A tie is measured from the best score of its group, so a long run of scores, each a hair below the one
/// before it, cannot become one tie. NaN has no place in `scores`; should one come, it is ranked, not feared.
pub fn competition_ranks(scores: &[f64], lower_is_better: bool) -> Vec<usize> {
    ranks(scores, lower_is_better, ties)
}

/// The same, of scores that tie as `tie` says.
pub(super) fn ranks(scores: &[f64], lower_is_better: bool, tie: fn(f64, f64) -> bool) -> Vec<usize> {
    let mut order: Vec<usize> = (0..scores.len()).collect();
    let score = |row: usize| if lower_is_better { -scores[row] } else { scores[row] };
    order.sort_by(|a, b| score(*b).total_cmp(&score(*a)));
    let mut ranks = vec![0; scores.len()];
    let mut leader = (f64::INFINITY, 1);
    for (row, place) in order.into_iter().zip(1..) {
        if place == 1 || !tie(score(row), leader.0) {
            leader = (score(row), place);
        }
        ranks[row] = leader.1;
    }
    ranks
}
