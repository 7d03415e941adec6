//! How far assessors agree: coefficients over units (ventures) that raters (assessors) judged.
//!
//! ```text
//! alpha        Krippendorff's α, answers may be missing       intraclass   ICC, two-way, complete units
//! kappa        Cohen's κ for two raters, weighted or not       fleiss       Fleiss' κ from counts
//! ```
//!
//! A coefficient is nothing where it is undefined (no two answers to compare, or no variation to compare them
//! with), and never NaN. Whether enough was judged for a figure to be shown is asked apart: [`enough`].

mod alpha;
mod fleiss;
mod intraclass;
mod kappa;

use serde::Serialize;

pub use alpha::{Scale, krippendorff_alpha};
pub use fleiss::fleiss_kappa;
pub use intraclass::{Intraclass, intraclass};
pub use kappa::{Disagreement, cohen_kappa, kappa_of_pairs};

/// Fewest raters of a figure that is shown.
pub const LEAST_RATERS: usize = 2;
/// Fewest units of a figure that is shown.
pub const LEAST_UNITS: usize = 10;

/// A coefficient, and what it rests on.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Coefficient {
    /// At most 1, which is perfect agreement; 0 is what chance gives. Nothing where it is undefined.
    pub value: Option<f64>,
    /// Units that count: with answers of at least two raters, or of all where the coefficient needs all.
    pub units: usize,
    /// Raters who judged at least one of them.
    pub raters: usize,
}

/// Why there is no coefficient. Units, raters and categories count from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// A rating is NaN, infinite or beyond ±1e100.
    #[error("unit {unit}, rater {rater}: not finite, or beyond ±1e100")]
    NonFinite {
        /// The unit.
        unit: usize,
        /// The rater.
        rater: usize,
    },
    /// A rating below 0, where ratios are taken.
    #[error("unit {unit}, rater {rater}: negative on a ratio scale")]
    Negative {
        /// The unit.
        unit: usize,
        /// The rater.
        rater: usize,
    },
    /// A unit has another number of places than the others, or a table is not square.
    #[error("unit {unit}: another number of places than the others")]
    Ragged {
        /// The unit, or the row of a table.
        unit: usize,
    },
    /// Disagreements are negative, not finite, not 0 on the diagonal, or not as many as the table's cells.
    #[error("disagreements must be finite, not negative, 0 on the diagonal, and one for each cell")]
    Disagreements,
    /// Counts too large to add up.
    #[error("too many ratings to count")]
    TooMany,
    /// Units were judged by different numbers of raters, where the coefficient needs the same for all.
    #[error("unit {unit}: another number of raters than the first")]
    UnequalRaters {
        /// The unit.
        unit: usize,
    },
    /// Fewer than [`LEAST_RATERS`].
    #[error("fewer than two raters")]
    TooFewRaters,
    /// Fewer than [`LEAST_UNITS`].
    #[error("fewer than ten units")]
    TooFewUnits,
}

/// Whether a coefficient rests on enough to be shown.
///
/// # Errors
/// Fewer than [`LEAST_RATERS`] raters or [`LEAST_UNITS`] units.
pub fn enough(units: usize, raters: usize) -> Result<(), Unfit> {
    match (raters >= LEAST_RATERS, units >= LEAST_UNITS) {
        (false, _) => Err(Unfit::TooFewRaters),
        (true, false) => Err(Unfit::TooFewUnits),
        (true, true) => Ok(()),
    }
}

/// The number of raters of a grid of finite ratings: a row a unit, a place a rater.
fn width<R: AsRef<[Option<f64>]>>(units: &[R]) -> Result<usize, Unfit> {
    let width = units.first().map_or(0, |unit| unit.as_ref().len());
    for (unit, ratings) in units.iter().map(AsRef::as_ref).enumerate() {
        if ratings.len() != width {
            return Err(Unfit::Ragged { unit });
        }
        let bad = |x: &Option<f64>| x.is_some_and(|x| !x.is_finite() || x.abs() > 1e100);
        if let Some(rater) = ratings.iter().position(bad) {
            return Err(Unfit::NonFinite { unit, rater });
        }
    }
    Ok(width)
}
