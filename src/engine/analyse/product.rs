//! The weighted product: Π v^w, as exp(Σ w·ln v).

use super::matrix::Refusal;
use super::normalise::Columns;

/// The weighted products, weights as given; values below the floor are lifted to it.
///
/// A value of 0 makes the product 0: a veto, whatever else the row has. A column that is divided by (a cost
/// without normalisation) must be above 0.
pub(super) fn scores(columns: &Columns, floor: Option<f64>) -> Result<Vec<f64>, Refusal> {
    let mut logs = vec![0.0; columns.rows];
    for column in &columns.columns {
        let exponent = if column.reciprocal { -column.weight } else { column.weight };
        for (row, (log, v)) in logs.iter_mut().zip(&column.values).enumerate() {
            let v = floor.map_or(*v, |floor| v.max(floor));
            if v < 0.0 {
                return Err(Refusal::Negative { row, column: column.index });
            }
            if v == 0.0 && column.reciprocal {
                return Err(Refusal::NotPositive { row, column: column.index });
            }
            // −∞ stays −∞ in the sum, as every other term is finite, and exp makes it 0.
            *log += if v == 0.0 { f64::NEG_INFINITY } else { exponent * libm::log(v) };
        }
    }
    Ok(logs.into_iter().map(libm::exp).collect())
}
