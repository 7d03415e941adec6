//! One column's flows: sums of preferences over all pairs, from its sorted distinct values.

use super::super::spec::Preference;
use super::super::two_term::TwoTerm;
use super::gauss;

/// A column's flows as a table over its distinct values, ascending.
pub(super) struct Flows {
    /// Σ of the preferences over the smaller values.
    pub above: Vec<f64>,
    /// Σ of the preferences of the larger values over this one.
    pub below: Vec<f64>,
    /// Which distinct value each row has.
    pub value_of_row: Vec<u32>,
}

impl Flows {
    /// The flows of a column of finite numbers, more being better: O(n log n) to sort, then O(distinct values)
    /// (the Gaussian: see [`gauss`]). The numbers were shifted by `shift` when they were normalised; see
    /// [`farther_than`].
    pub fn of(column: &[f64], preference: Preference, shift: f64) -> Self {
        let mut sorted: Vec<(f64, u32)> = column.iter().copied().zip(0..).collect();
        sorted.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
        let mut values: Vec<f64> = Vec::new();
        let mut counts: Vec<f64> = Vec::new();
        let mut value_of_row = vec![0; column.len()];
        for (x, row) in sorted {
            match counts.last_mut() {
                Some(count) if values.last() == Some(&x) => *count += 1.0,
                _ => {
                    values.push(x);
                    counts.push(1.0);
                }
            }
            value_of_row[row as usize] = values.len() as u32 - 1;
        }
        let (above, below) = match preference {
            Preference::Gaussian { s } => gauss::sums(&values, &counts, s),
            _ => {
                let above = over_smaller(&values, &counts, preference, shift);
                // The same from the other end, on the mirrored column.
                let mirrored: Vec<f64> = values.iter().rev().map(|x| -x).collect();
                counts.reverse();
                let mut below = over_smaller(&mirrored, &counts, preference, shift);
                below.reverse();
                (above, below)
            }
        };
        Self { above, below, value_of_row }
    }
}

/// For each of the ascending `values` u, Σ count(y) · P(u − y) over the smaller values y.
fn over_smaller(values: &[f64], counts: &[f64], preference: Preference, shift: f64) -> Vec<f64> {
    let farther_than = |distance| farther_than(values, counts, distance, shift);
    match preference {
        Preference::Usual => farther_than(0.0),
        Preference::UShape { q } => farther_than(q),
        Preference::Level { q, p } => {
            let (half, full) = (farther_than(q), farther_than(p));
            half.into_iter().zip(full).map(|(half, full)| f64::midpoint(half, full)).collect()
        }
        Preference::VShape { p } => ramp(values, counts, 0.0, p),
        Preference::Linear { q, p } if q < p => ramp(values, counts, q, p),
        Preference::Linear { q, .. } => farther_than(q),
        Preference::Gaussian { s } => gauss::sums(values, counts, s).0,
    }
}

/// What a difference of two values may be off by, in proportion to the largest number that it came from: eight units
/// in the last place, for the rounding of both numbers when they were read and normalised, of the distance, and of the
/// difference itself.
const ROUNDING: f64 = 8.0 * f64::EPSILON;

/// How many lie farther than `distance` below each value.
///
/// Here a preference jumps, so a lead of just the distance must not become a larger one by rounding: 0.8 − 0.7 is no
/// more than 0.1, although the `f64`s say so. A lead counts as farther when it is so by more than the rounding of the
/// numbers that it came from, which may have been larger than these by `shift`. Two values that differ at all differ
/// by more than 0.
fn farther_than(values: &[f64], counts: &[f64], distance: f64, shift: f64) -> Vec<f64> {
    let rounding = |u: f64, y: f64| {
        if distance == 0.0 { 0.0 } else { ROUNDING * (f64::max(u.abs(), y.abs()).max(distance) + shift) }
    };
    let mut left = values.iter().zip(counts).peekable();
    let mut passed = 0.0;
    let step = |u: &f64| {
        while let Some((_, count)) = left.next_if(|(y, _)| u - **y > distance + rounding(*u, **y)) {
            passed += count;
        }
        passed
    };
    values.iter().map(step).collect()
}

/// Σ of (d − q)/(p − q) over the values d below with q < d ≤ p, and 1 for those farther.
///
/// The values between the thresholds are a window that slides: when u grows by g, each of its distances grows
/// by g. The sum of distances is held in two terms and starts anew whenever the window is empty, so its error
/// stays far below that of adding the pairs one by one, wherever the column lies.
fn ramp(values: &[f64], counts: &[f64], q: f64, p: f64) -> Vec<f64> {
    let mut out = Vec::with_capacity(values.len());
    // The window is first..next; `passed` counts what is before it.
    let (mut first, mut next) = (0, 0);
    let (mut passed, mut inside) = (0.0, 0.0);
    let mut excess = TwoTerm::default();
    let mut before = None;
    let beyond_q = |u: f64, y: f64| TwoTerm::difference(u, y).minus(TwoTerm { high: q, low: 0.0 });
    for u in values.iter().copied() {
        if let Some(before) = before.replace(u) {
            excess = excess.plus(TwoTerm::difference(u, before).times(inside));
        }
        while first < next && u - values[first] > p {
            excess = excess.minus(beyond_q(u, values[first]).times(counts[first]));
            inside -= counts[first];
            passed += counts[first];
            first += 1;
        }
        if first == next {
            excess = TwoTerm::default();
        }
        while next < values.len() && u - values[next] > q {
            if u - values[next] > p {
                passed += counts[next];
                first = next + 1;
            } else {
                excess = excess.plus(beyond_q(u, values[next]).times(counts[next]));
                inside += counts[next];
            }
            next += 1;
        }
        out.push(passed + (excess.high / (p - q)).clamp(0.0, inside));
    }
    out
}
