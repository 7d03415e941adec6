//! Sums of the Gaussian preference over a sorted column, without comparing all pairs.
//!
//! Few distinct values are compared pair by pair. With many, the kernel is separated (the one-dimensional fast
//! Gauss transform of Greengard & Strain 1991, one-sided): in units of s, with a and b measured from the middle
//! of a box,
//!
//! ```text
//! exp(−(a − b)²/2) = exp(−a²/2) · Σₖ aᵏ · [exp(−b²/2) bᵏ / k!]
//! ```
//!
//! so a box 2s wide is known by the [`TERMS`] sums of its brackets. What this does to φ of a column of n distinct
//! values, at most: 1.1 · 10⁻¹⁴ for breaking the series off (|b| ≤ 1 bounds its terms by e^(−½) (k/e)^(k/2) / k!);
//! e⁻³² ≈ 1.3 · 10⁻¹⁴ for boxes five or more away, which lie 8s off or farther and count as full preferences; and
//! 2(n + 100) · 2⁻⁵³ for the rounding of the sums, 2.3 · 10⁻¹¹ at 100,000. Measured against compensated sums over
//! all pairs of 30,000 distinct values: below 2 · 10⁻¹⁴. The tie rule of scores is 10⁻¹⁰.

use super::super::two_term::TwoTerm;

/// Terms of the series.
const TERMS: usize = 26;
/// Boxes on either side that are near enough to count.
const NEAR: u64 = 4;
/// Most distinct values that are compared pair by pair.
const FEW: usize = 128;

type Moments = [f64; TERMS];

/// For each of the ascending `values` u: Σ count(y) · (1 − exp(−(u − y)²/2s²)) over the smaller y, and over the
/// larger y.
pub(super) fn sums(values: &[f64], counts: &[f64], s: f64) -> (Vec<f64>, Vec<f64>) {
    if values.len() <= FEW { pair_by_pair(values, counts, s) } else { by_boxes(values, counts, s) }
}

fn pair_by_pair(values: &[f64], counts: &[f64], s: f64) -> (Vec<f64>, Vec<f64>) {
    let (mut above, mut below) = (vec![0.0; values.len()], vec![0.0; values.len()]);
    for i in 0..values.len() {
        for j in 0..i {
            let z = (values[i] - values[j]) / s;
            let preference = -libm::expm1(-0.5 * z * z);
            above[i] += counts[j] * preference;
            below[j] += counts[i] * preference;
        }
    }
    (above, below)
}

/// A stretch of the column, 2s wide.
struct Cell {
    /// Values without a gap of 8s between neighbours share a chain; chains do not see each other.
    chain: usize,
    /// Its number in the chain, from 0.
    number: u64,
    /// Its values.
    values: std::ops::Range<usize>,
    moments: Moments,
}

/// One value as its cell sees it.
#[derive(Clone, Copy)]
struct Point {
    /// Distance from the middle of the cell in units of s, −1 to 1.
    a: f64,
    /// exp(−a²/2).
    bell: f64,
}

fn by_boxes(values: &[f64], counts: &[f64], s: f64) -> (Vec<f64>, Vec<f64>) {
    let (cells, points) = cells_of(values, counts, s);
    let total: f64 = counts.iter().sum();
    let (mut above, mut below) = (Vec::with_capacity(values.len()), Vec::with_capacity(values.len()));
    let mut smaller = 0.0;
    for (at, cell) in cells.iter().enumerate() {
        let near = |other: &&Cell| other.chain == cell.chain && other.number.abs_diff(cell.number) <= NEAR;
        let left = || cells[..at].iter().rev().take_while(near);
        let right = || cells[at + 1..].iter().take_while(near);
        // What of the cell lies to the left of the point at hand, and to its right.
        let (mut before, mut after) = ([0.0; TERMS], cell.moments);
        for i in cell.values.clone() {
            let point = points[i];
            let own = moments_of(point, counts[i]);
            after.iter_mut().zip(own).for_each(|(sum, m)| *sum -= m);
            let alike_left = near_sum(point, cell, left()) + point.bell * series(&before, point.a);
            let alike_right = near_sum(point, cell, right()) + point.bell * series(&after, point.a);
            before.iter_mut().zip(own).for_each(|(sum, m)| *sum += m);
            let larger = total - smaller - counts[i];
            above.push((smaller - alike_left).clamp(0.0, smaller));
            below.push((larger - alike_right).clamp(0.0, larger));
            smaller += counts[i];
        }
    }
    (above, below)
}

/// Cuts the column into cells and gives every value its place in its own.
fn cells_of(values: &[f64], counts: &[f64], s: f64) -> (Vec<Cell>, Vec<Point>) {
    let mut cells: Vec<Cell> = Vec::new();
    let mut points = Vec::with_capacity(values.len());
    let (mut chain, mut start, mut previous) = (0, f64::NEG_INFINITY, f64::NEG_INFINITY);
    for (i, (u, count)) in values.iter().copied().zip(counts).enumerate() {
        if (u - previous) / s >= 8.0 {
            (chain, start) = (chain + 1, u);
        }
        previous = u;
        // A chain is at most 8s long for each of its values, so its cells can be numbered.
        let number = ((u - start) / (2.0 * s)) as u64;
        // Twice as many digits, as s may be tiny against the column.
        let from_start = TwoTerm::difference(u, start);
        let a = from_start.minus(TwoTerm::product(2.0 * number as f64 + 1.0, s)).high / s;
        let point = Point { a, bell: libm::exp(-0.5 * a * a) };
        let own = moments_of(point, *count);
        points.push(point);
        match cells.last_mut() {
            Some(cell) if cell.chain == chain && cell.number == number => {
                cell.values.end = i + 1;
                cell.moments.iter_mut().zip(own).for_each(|(sum, m)| *sum += m);
            }
            _ => cells.push(Cell { chain, number, values: i..i + 1, moments: own }),
        }
    }
    (cells, points)
}

/// count · exp(−b²/2) bᵏ / k! for every k.
fn moments_of(point: Point, count: f64) -> Moments {
    let mut term = count * point.bell;
    let mut out = [0.0; TERMS];
    for (slot, inverse) in out.iter_mut().zip(INVERSES) {
        *slot = term;
        term *= point.a * inverse;
    }
    out
}

/// 1/(k + 1).
const INVERSES: Moments = {
    let mut out = [0.0; TERMS];
    let mut k = 0;
    while k < TERMS {
        out[k] = 1.0 / (k + 1) as f64;
        k += 1;
    }
    out
};

/// Σ of the kernel between a point of `cell` and all values of other cells.
fn near_sum<'a>(point: Point, cell: &Cell, others: impl Iterator<Item = &'a Cell>) -> f64 {
    let mut sum = 0.0;
    for other in others {
        let offset = 2.0 * (cell.number as f64 - other.number as f64);
        let a = point.a + offset;
        sum += libm::exp(-0.5 * a * a) * series(&other.moments, a);
    }
    sum
}

/// Σ mₖ aᵏ.
fn series(moments: &Moments, a: f64) -> f64 {
    moments.iter().rev().fold(0.0, |sum, m| sum * a + m)
}
