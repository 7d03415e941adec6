//! The analytic hierarchy process: weights from comparing every two criteria (Saaty 1980).

use serde::Serialize;

use super::{Unfit, sum_to_one};

/// How far the product of a comparison and its reverse may be from 1: ⅓ may be written as 0.333 and 1/7
/// as 0.143.
pub const RECIPROCAL_TOLERANCE: f64 = 0.005;

/// Random consistency indexes by the number of criteria, from 1: the mean CI of random reciprocal matrices.
/// T. L. Saaty, *The Analytic Hierarchy Process*, McGraw-Hill 1980.
const RANDOM_INDEX: [f64; 15] =
    [0.0, 0.0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49, 1.51, 1.48, 1.56, 1.57, 1.59];

/// Weights, and how consistent the comparisons are.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Ahp {
    /// The principal eigenvector, adding up to 1.
    pub weights: Vec<f64>,
    /// Geometric means of the rows, adding up to 1: the same if the comparisons are consistent.
    pub weights_geometric_mean: Vec<f64>,
    /// The principal eigenvalue, at least n.
    pub lambda_max: f64,
    /// Consistency index (λmax − n)/(n − 1); 0 for one criterion.
    pub ci: f64,
    /// Consistency ratio CI/RI: up to 0.1 is customarily consistent enough. 0 for one or two criteria, which
    /// cannot contradict each other; nothing above 15, where there is no published index.
    pub cr: Option<f64>,
}

/// Saaty's random index for n criteria; nothing for 0 and above 15.
pub fn random_index(n: usize) -> Option<f64> {
    n.checked_sub(1).and_then(|at| RANDOM_INDEX.get(at)).copied()
}

/// Weights by the principal eigenvector of a matrix of comparisons: entry (i, j) says how many times criterion i
/// matters as much as criterion j.
///
/// The matrix is positive, so it has exactly one positive eigenvector (Perron), and squaring the matrix again and
/// again reaches it in a few steps, without cancellation, as there is nothing to subtract: no eigensolver for
/// general matrices is worth its weight here.
///
/// # Errors
/// No criteria, a matrix that is not square, entries outside 1e-6 to 1e6, or entries that are not each other's
/// reciprocals (within [`RECIPROCAL_TOLERANCE`]).
pub fn ahp<R: AsRef<[f64]>>(comparisons: &[R]) -> Result<Ahp, Unfit> {
    let matrix: Vec<&[f64]> = comparisons.iter().map(AsRef::as_ref).collect();
    let n = matrix.len();
    check(&matrix)?;
    let weights = principal_eigenvector(&matrix);
    // Σ(Aw) = λ Σw, and Σw = 1.
    let lambda_max = multiplied(&matrix, &weights).iter().sum::<f64>().max(n as f64);
    let ci = if n < 2 { 0.0 } else { (lambda_max - n as f64) / (n as f64 - 1.0) };
    let cr = if n < 3 { Some(0.0) } else { random_index(n).map(|index| ci / index) };
    let means = matrix.iter().map(|row| libm::exp(row.iter().map(|x| libm::log(*x)).sum::<f64>() / n as f64));
    let weights_geometric_mean = sum_to_one(means.collect());
    Ok(Ahp { weights, weights_geometric_mean, lambda_max, ci, cr })
}

fn check(matrix: &[&[f64]]) -> Result<(), Unfit> {
    if matrix.is_empty() {
        return Err(Unfit::Empty);
    }
    if matrix.iter().any(|row| row.len() != matrix.len()) {
        return Err(Unfit::Ragged);
    }
    for (row, cells) in matrix.iter().enumerate() {
        if let Some(column) = cells.iter().position(|x| !(1e-6..=1e6).contains(x)) {
            return Err(Unfit::NotAComparison { row, column });
        }
    }
    for (row, cells) in matrix.iter().enumerate() {
        for (column, x) in cells.iter().enumerate().take(row + 1) {
            if (x * matrix[column][row] - 1.0).abs() > RECIPROCAL_TOLERANCE {
                return Err(Unfit::NotReciprocal { row, column });
            }
        }
    }
    Ok(())
}

fn principal_eigenvector(matrix: &[&[f64]]) -> Vec<f64> {
    let n = matrix.len();
    let mut power: Vec<Vec<f64>> = matrix.iter().map(|row| row.to_vec()).collect();
    let mut weights = sum_to_one(power.iter().map(|row| row.iter().sum()).collect());
    for _ in 0..64 {
        let mut square = vec![vec![0.0; n]; n];
        for (out, row) in square.iter_mut().zip(&power) {
            for (x, factors) in row.iter().zip(&power) {
                out.iter_mut().zip(factors).for_each(|(out, y)| *out += x * y);
            }
        }
        let largest = square.iter().flatten().copied().fold(0.0, f64::max);
        square.iter_mut().flatten().for_each(|x| *x /= largest);
        power = square;
        let next = sum_to_one(power.iter().map(|row| row.iter().sum()).collect());
        let moved = weights.iter().zip(&next).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        weights = next;
        if moved < 1e-14 {
            break;
        }
    }
    // Squaring doubles what rounding did before; multiplying by the matrix itself takes it away again.
    for _ in 0..32 {
        weights = sum_to_one(multiplied(matrix, &weights));
    }
    weights
}

fn multiplied(matrix: &[&[f64]], vector: &[f64]) -> Vec<f64> {
    matrix.iter().map(|row| row.iter().zip(vector).map(|(x, w)| x * w).sum()).collect()
}
