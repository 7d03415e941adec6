//! Columns made comparable: whatever the direction was, more is better in what comes out.

use super::matrix::{Matrix, Refusal};
use super::spec::{Criterion, Direction, Normalisation, Preference, Spec};
use super::{Method, Warning, WarningCode};

/// The criteria that count, normalised.
pub(super) struct Columns {
    pub rows: usize,
    pub columns: Vec<Column>,
    /// In the order of the criteria.
    pub warnings: Vec<Warning>,
}

/// One criterion of a weight above 0.
pub(super) struct Column {
    /// Its place in the spec.
    pub index: usize,
    pub field: String,
    pub weight: f64,
    pub preference: Preference,
    /// A number a row; more is better, unless `reciprocal`.
    pub values: Vec<f64>,
    /// How far the values were shifted by, in units of theirs: they are no more exact than numbers so much larger.
    pub shift: f64,
    /// The weighted product divides by this column: a cost without normalisation.
    pub reciprocal: bool,
}

impl Columns {
    /// Drops the criteria of weight 0, clips to declared bounds and normalises.
    pub fn new(method: Method, spec: &Spec, matrix: &Matrix) -> Result<Self, Refusal> {
        if matrix.columns().len() != spec.criteria.len() {
            return Err(Refusal::Width);
        }
        let normalisation = spec.normalisation.unwrap_or(method.own_normalisation());
        let mut out = Self { rows: matrix.rows(), columns: Vec::new(), warnings: Vec::new() };
        for (index, (criterion, numbers)) in spec.criteria.iter().zip(matrix.columns()).enumerate() {
            if !(0.0..=super::LARGEST).contains(&criterion.weight) {
                return Err(Refusal::Weights);
            }
            if criterion.weight == 0.0 {
                continue;
            }
            let mut values = numbers.clone();
            if let Some((lo, hi)) = criterion.bounds
                && values.iter().any(|x| *x < lo || *x > hi)
            {
                out.warn(WarningCode::OutOfBounds, &criterion.field);
                // Towards a target the value is clipped, not the number: who is farther off is never on a par.
                if normalisation != Normalisation::FixedTarget {
                    values.iter_mut().for_each(|x| *x = x.max(lo).min(hi));
                }
            }
            let reciprocal =
                method == Method::Wpm && normalisation == Normalisation::None && criterion.direction == Direction::Min;
            let mut shift = 0.0;
            if !reciprocal {
                match normalise(index, criterion, normalisation, &mut values)? {
                    Spread::Some { shift: by } => shift = by,
                    Spread::Constant => out.warn(WarningCode::ConstantCriterion, &criterion.field),
                }
            }
            if values.iter().any(|x| !x.is_finite()) {
                return Err(Refusal::Overflow);
            }
            let (field, preference) = (criterion.field.clone(), criterion.preference);
            out.columns.push(Column { index, field, weight: criterion.weight, preference, values, shift, reciprocal });
        }
        if out.columns.is_empty() {
            return Err(Refusal::Weights);
        }
        if !matches!(method, Method::Saw | Method::Wpm) {
            out.weights_sum_to_one();
        }
        Ok(out)
    }

    pub fn warn(&mut self, code: WarningCode, field: &str) {
        self.warnings.push(Warning { code, field: Some(field.to_owned()) });
    }

    pub fn warn_of_the_whole(&mut self, code: WarningCode) {
        self.warnings.push(Warning { code, field: None });
    }

    /// Divides the weights by their sum, by way of the largest so that tiny ones keep their digits.
    fn weights_sum_to_one(&mut self) {
        let largest = self.columns.iter().map(|c| c.weight).fold(0.0, f64::max);
        let sum: f64 = self.columns.iter().map(|c| c.weight / largest).sum();
        self.columns.iter_mut().for_each(|c| c.weight = c.weight / largest / sum);
    }
}

/// Whether a column tells rows apart.
enum Spread {
    /// It does; its values were shifted so far, in units of theirs.
    Some { shift: f64 },
    /// It does not, where the normalisation divides by its spread or its size: all values are now 0.
    Constant,
}

fn normalise(
    column: usize,
    criterion: &Criterion,
    normalisation: Normalisation,
    values: &mut [f64],
) -> Result<Spread, Refusal> {
    let cost = criterion.direction == Direction::Min;
    let low = values.iter().copied().fold(f64::INFINITY, f64::min);
    let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if values.is_empty() {
        return Ok(Spread::Some { shift: 0.0 });
    }
    let mut shift = 0.0;
    match normalisation {
        Normalisation::None if cost => values.iter_mut().for_each(|x| *x = 0.0 - *x),
        Normalisation::None => {}
        Normalisation::Minmax => {
            if low == high {
                return Ok(constant(values));
            }
            let range = high - low;
            shift = f64::max(low.abs(), high.abs()) / range;
            values.iter_mut().for_each(|x| *x = if cost { high - *x } else { *x - low } / range);
        }
        Normalisation::Max | Normalisation::Sum if cost => {
            if let Some(row) = values.iter().position(|x| *x <= 0.0) {
                return Err(Refusal::NotPositive { row, column });
            }
            values.iter_mut().for_each(|x| *x = low / *x);
            if normalisation == Normalisation::Sum {
                // (1/x) / Σ(1/x), multiplied through by the smallest x.
                divide(values, values.iter().sum());
            }
        }
        Normalisation::Max => {
            if low == 0.0 && high == 0.0 {
                return Ok(constant(values));
            }
            if high <= 0.0 {
                return Err(Refusal::NothingPositive { column });
            }
            divide(values, high);
        }
        Normalisation::Sum => {
            if let Some(row) = values.iter().position(|x| *x < 0.0) {
                return Err(Refusal::Negative { row, column });
            }
            if high == 0.0 {
                return Ok(constant(values));
            }
            divide(values, high);
            divide(values, values.iter().sum());
        }
        Normalisation::Vector => {
            let largest = f64::max(low.abs(), high.abs());
            if largest == 0.0 {
                return Ok(constant(values));
            }
            divide(values, largest);
            divide(values, values.iter().map(|x| x * x).sum::<f64>().sqrt());
            if cost {
                shift = 1.0;
                values.iter_mut().for_each(|x| *x = 1.0 - *x);
            }
        }
        Normalisation::FixedMinmax => {
            let (lo, hi) = criterion.bounds.unwrap_or((low, high));
            let range = hi - lo;
            if range <= 0.0 {
                return Ok(constant(values));
            }
            shift = f64::max(lo.abs(), hi.abs()) / range;
            values.iter_mut().for_each(|x| *x = (if cost { hi - *x } else { *x - lo } / range).clamp(0.0, 1.0));
        }
        Normalisation::FixedTarget => {
            let (lo, hi) = criterion.bounds.unwrap_or((low, high));
            let target = criterion.target.unwrap_or(if cost { lo } else { hi });
            let range = hi - lo;
            if range <= 0.0 {
                return Ok(constant(values));
            }
            shift = 1.0 + target.abs() / range;
            values.iter_mut().for_each(|x| *x = (1.0 - (*x - target).abs() / range).clamp(0.0, 1.0));
        }
    }
    Ok(Spread::Some { shift })
}

fn constant(values: &mut [f64]) -> Spread {
    values.fill(0.0);
    Spread::Constant
}

fn divide(values: &mut [f64], by: f64) {
    values.iter_mut().for_each(|x| *x /= by);
}
