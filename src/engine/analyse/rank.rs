//! Competition ranks of `f64` scores.

/// Whether two scores tie: within 1e-10, or within 1e-14 of their size where an `f64` no longer holds ten
/// decimals (from 10⁴ up).
pub fn ties(a: f64, b: f64) -> bool {
    (a - b).abs() <= f64::max(1e-10, 1e-14 * f64::max(a.abs(), b.abs()))
}

/// Competition ranks (1, 2, 2, 4) in row order.
///
/// A tie is measured from the best score of its group, so a long run of scores, each a hair below the one
/// before it, cannot become one tie. NaN has no place in `scores`; should one come, it is ranked, not feared.
pub fn competition_ranks(scores: &[f64], lower_is_better: bool) -> Vec<usize> {
    let mut order: Vec<usize> = (0..scores.len()).collect();
    let score = |row: usize| if lower_is_better { -scores[row] } else { scores[row] };
    order.sort_by(|a, b| score(*b).total_cmp(&score(*a)));
    let mut ranks = vec![0; scores.len()];
    let mut leader = (f64::INFINITY, 1);
    for (row, place) in order.into_iter().zip(1..) {
        if place == 1 || !ties(score(row), leader.0) {
            leader = (score(row), place);
        }
        ranks[row] = leader.1;
    }
    ranks
}
