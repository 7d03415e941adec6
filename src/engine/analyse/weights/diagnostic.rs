//! Weights that the data would give by themselves: diagnostics, never anybody's values.

use super::super::spec::Direction;
use super::{Unfit, sum_to_one};

/// Shannon entropy weights (Hwang & Yoon 1981; Zeleny 1982) of rows of numbers that are not negative: the more
/// evenly a column is spread over the rows, the less it weighs. A column of equal numbers weighs 0.
///
/// # Errors
/// Fewer than two rows, ragged rows, negative or not finite numbers, a column of zeros, or no column that tells
/// rows apart. `at` counts the cells row by row.
pub fn entropy<R: AsRef<[f64]>>(rows: &[R]) -> Result<Vec<f64>, Unfit> {
    let columns = columns(rows)?;
    let n = rows.len() as f64;
    let mut divergences = Vec::with_capacity(columns.len());
    for (j, column) in columns.iter().enumerate() {
        if let Some(row) = column.iter().position(|x| *x < 0.0) {
            return Err(Unfit::Negative { at: row * columns.len() + j });
        }
        let (low, high) = ends(column);
        if high == 0.0 {
            return Err(Unfit::AllZero);
        }
        let sum: f64 = column.iter().map(|x| x / high).sum();
        // 1 − entropy/ln n = (1/n) Σ t·ln t − t + 1 over ln n, with t = n·p: no term is negative, so a column that
        // is almost even keeps its digits.
        let term = |x: &f64| {
            let excess = n * (x / high / sum) - 1.0;
            if excess <= -1.0 { 1.0 } else { ((1.0 + excess) * libm::log1p(excess) - excess).max(0.0) }
        };
        let divergence = column.iter().map(term).sum::<f64>() / n;
        divergences.push(if low == high { 0.0 } else { divergence });
    }
    if divergences.iter().all(|d| *d <= 0.0) {
        return Err(Unfit::NoSpread);
    }
    Ok(sum_to_one(divergences))
}

/// CRITIC weights (Diakoulaki, Mavrotas & Papayannakis 1995): the spread of a min-max normalised column times
/// how little it says what the others say, Σ(1 − r). A column of equal numbers weighs 0 and counts with none.
///
/// # Errors
/// Fewer than two rows, ragged rows, another number of directions, numbers that are not finite, or no column that
/// tells something of its own.
pub fn critic<R: AsRef<[f64]>>(rows: &[R], directions: &[Direction]) -> Result<Vec<f64>, Unfit> {
    let columns = columns(rows)?;
    if columns.len() != directions.len() {
        return Err(Unfit::Ragged);
    }
    // Normalised and less their means; nothing for a constant column.
    let centred: Vec<Option<Vec<f64>>> = columns.iter().zip(directions).map(|(c, d)| centred(c, *d)).collect();
    let product = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(x, y)| x * y).sum::<f64>();
    let weights: Vec<f64> = centred
        .iter()
        .map(|column| {
            let Some(column) = column else { return 0.0 };
            let spread = product(column, column).sqrt();
            let conflict = |other: &Vec<f64>| {
                let r = product(column, other) / (spread * product(other, other).sqrt());
                // Columns that say the same differ by rounding only.
                if 1.0 - r < 1e-12 { 0.0 } else { (1.0 - r).min(2.0) }
            };
            spread * centred.iter().flatten().map(conflict).sum::<f64>()
        })
        .collect();
    if weights.iter().all(|w| *w <= 0.0) {
        return Err(Unfit::NoSpread);
    }
    Ok(sum_to_one(weights))
}

fn columns<R: AsRef<[f64]>>(rows: &[R]) -> Result<Vec<Vec<f64>>, Unfit> {
    let width = rows.first().map_or(0, |row| row.as_ref().len());
    if width == 0 {
        return Err(Unfit::Empty);
    }
    if rows.len() < 2 {
        return Err(Unfit::NoSpread);
    }
    let mut columns = vec![Vec::with_capacity(rows.len()); width];
    for (i, row) in rows.iter().map(AsRef::as_ref).enumerate() {
        if row.len() != width {
            return Err(Unfit::Ragged);
        }
        for (j, (column, x)) in columns.iter_mut().zip(row).enumerate() {
            if !super::usable(*x) {
                return Err(Unfit::NonFinite { at: i * width + j });
            }
            column.push(*x);
        }
    }
    Ok(columns)
}

fn ends(column: &[f64]) -> (f64, f64) {
    let low = column.iter().copied().fold(f64::INFINITY, f64::min);
    (low, column.iter().copied().fold(f64::NEG_INFINITY, f64::max))
}

fn centred(column: &[f64], direction: Direction) -> Option<Vec<f64>> {
    let (low, high) = ends(column);
    if low == high {
        return None;
    }
    let value = |x: &f64| match direction {
        Direction::Max => (x - low) / (high - low),
        Direction::Min => (high - x) / (high - low),
    };
    let mean = column.iter().map(value).sum::<f64>() / column.len() as f64;
    Some(column.iter().map(|x| value(x) - mean).collect())
}
