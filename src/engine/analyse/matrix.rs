//! Rows × criteria of finite numbers, and why a method refuses them.

/// The largest magnitude of a number in a matrix or a spec. Nobody measures beyond it, and inside it no square
/// and no sum of a million squares leaves the range of an `f64`.
pub const LARGEST: f64 = 1e100;

/// A matrix of finite numbers, held by column.
#[derive(Clone, Debug, PartialEq)]
pub struct Matrix {
    rows: usize,
    columns: Vec<Vec<f64>>,
}

/// Why a method has no answer. Rows and columns count from 0; column j is the spec's criterion j.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// NaN or infinite.
    #[error("row {row}, column {column}: not a finite number")]
    NonFinite {
        /// The row.
        row: usize,
        /// The column.
        column: usize,
    },
    /// Beyond ±[`LARGEST`].
    #[error("row {row}, column {column}: beyond ±1e100")]
    TooLarge {
        /// The row.
        row: usize,
        /// The column.
        column: usize,
    },
    /// A row has more or fewer numbers than there are criteria.
    #[error("row {row} has another number of columns than there are criteria")]
    Ragged {
        /// The row.
        row: usize,
    },
    /// The matrix has another number of columns than the spec has criteria.
    #[error("the matrix has another number of columns than there are criteria")]
    Width,
    /// A number of a column that must be above 0: a cost under `max` or `sum`, which divide by it, or a cost of
    /// the weighted product without normalisation.
    #[error("row {row}, column {column}: must be above 0 for this normalisation")]
    NotPositive {
        /// The row.
        row: usize,
        /// The column.
        column: usize,
    },
    /// A negative number where shares or products are taken.
    #[error("row {row}, column {column}: must not be negative for this method")]
    Negative {
        /// The row.
        row: usize,
        /// The column.
        column: usize,
    },
    /// `max` divides by the largest number of the column, and none is above 0.
    #[error("column {column}: no number above 0 to divide by")]
    NothingPositive {
        /// The column.
        column: usize,
    },
    /// A value for second opinions is not from 0 to 1.
    #[error("row {row}, column {column}: not from 0 to 1")]
    NotAValue {
        /// The row.
        row: usize,
        /// The column.
        column: usize,
    },
    /// No weight is above 0, or one is negative, not finite or beyond [`LARGEST`].
    #[error("weights must be finite, not negative, and one of them above 0")]
    Weights,
    /// A score left the range of an `f64`.
    #[error("the numbers are too large or too small for this method")]
    Overflow,
}

impl Matrix {
    /// A matrix of rows, each with `columns` numbers.
    ///
    /// # Errors
    /// The first row that is ragged, or the first number, row by row, that is not finite or beyond [`LARGEST`].
    pub fn from_rows<R: AsRef<[f64]>>(rows: &[R], columns: usize) -> Result<Self, Refusal> {
        let mut held = vec![Vec::with_capacity(rows.len()); columns];
        for (row, cells) in rows.iter().map(AsRef::as_ref).enumerate() {
            if cells.len() != columns {
                return Err(Refusal::Ragged { row });
            }
            for (column, (held, x)) in held.iter_mut().zip(cells).enumerate() {
                if !x.is_finite() {
                    return Err(Refusal::NonFinite { row, column });
                }
                if x.abs() > LARGEST {
                    return Err(Refusal::TooLarge { row, column });
                }
                // Adding 0 turns −0 into 0, so equal numbers have equal bytes.
                held.push(x + 0.0);
            }
        }
        Ok(Self { rows: rows.len(), columns: held })
    }

    /// How many rows.
    pub const fn rows(&self) -> usize {
        self.rows
    }

    /// The columns, each with a number a row.
    pub fn columns(&self) -> &[Vec<f64>] {
        &self.columns
    }
}
