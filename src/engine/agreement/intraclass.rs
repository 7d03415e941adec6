//! Intraclass correlations (Shrout & Fleiss 1979, Psychological Bulletin 86: 420–428).

use serde::Serialize;

use super::{Unfit, width};

/// The six intraclass correlations; nothing where one is undefined.
///
/// The project reports `icc2_1` and `icc2_k`: raters are a sample of those who might have judged, and their
/// level counts (absolute agreement).
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Intraclass {
    /// ICC(1,1): one rater, each unit judged by others.
    pub icc1_1: Option<f64>,
    /// ICC(2,1): one rater, raters a random sample.
    pub icc2_1: Option<f64>,
    /// ICC(3,1): one rater, these raters and no others.
    pub icc3_1: Option<f64>,
    /// ICC(1,k): the mean of the raters.
    pub icc1_k: Option<f64>,
    /// ICC(2,k): the mean of the raters, raters a random sample.
    pub icc2_k: Option<f64>,
    /// ICC(3,k): the mean of the raters, these and no others.
    pub icc3_k: Option<f64>,
    /// Units that all raters judged; the others are left out.
    pub units: usize,
    /// Raters.
    pub raters: usize,
}

/// Intraclass correlations over the units that all raters judged: a row a unit, in it a place a rater.
///
/// Undefined with fewer than two units or raters, and where all ratings are the same.
///
/// # Errors
/// Ragged units, ratings that are not finite.
pub fn intraclass<R: AsRef<[Option<f64>]>>(units: &[R]) -> Result<Intraclass, Unfit> {
    let raters = width(units)?;
    let rows: Vec<Vec<f64>> = units.iter().filter_map(|unit| unit.as_ref().iter().copied().collect()).collect();
    let mut out = Intraclass { units: rows.len(), raters, ..Intraclass::default() };
    if rows.len() < 2 || raters < 2 {
        return Ok(out);
    }
    let squares = MeanSquares::of(&rows, raters);
    let (n, k) = (rows.len() as f64, raters as f64);
    let MeanSquares { units: between, raters: judges, rest, within } = squares;
    let size = between + judges + rest + within;
    // A variance that is nothing but rounding is no denominator, and neither is a negative estimate of one.
    let ratio = |above: f64, below: f64| (below > 1e-12 * size).then(|| above / below).filter(|x| x.is_finite());
    out.icc1_1 = ratio(between - within, between + (k - 1.0) * within);
    out.icc2_1 = ratio(between - rest, between + (k - 1.0) * rest + k * (judges - rest) / n);
    out.icc3_1 = ratio(between - rest, between + (k - 1.0) * rest);
    out.icc1_k = ratio(between - within, between);
    out.icc2_k = ratio(between - rest, between + (judges - rest) / n);
    out.icc3_k = ratio(between - rest, between);
    Ok(out)
}

/// Mean squares of the two-way table.
struct MeanSquares {
    /// Between units.
    units: f64,
    /// Between raters.
    raters: f64,
    /// What units and raters do not explain.
    rest: f64,
    /// Within units, raters not told apart.
    within: f64,
}

impl MeanSquares {
    fn of(rows: &[Vec<f64>], raters: usize) -> Self {
        let (n, k) = (rows.len() as f64, raters as f64);
        // From one rating, so that ratings that are all the same give exactly 0.
        let origin = rows.first().and_then(|row| row.first()).copied().unwrap_or_default();
        let mean_of_row = |row: &Vec<f64>| row.iter().map(|x| x - origin).sum::<f64>() / k;
        let row_means: Vec<f64> = rows.iter().map(mean_of_row).collect();
        let mut rater_means = vec![0.0; raters];
        for row in rows {
            rater_means.iter_mut().zip(row).for_each(|(mean, x)| *mean += (x - origin) / n);
        }
        let grand = row_means.iter().sum::<f64>() / n;
        let spread = |means: &[f64]| means.iter().map(|m| (m - grand) * (m - grand)).sum::<f64>();
        let (mut rest, mut within) = (0.0, 0.0);
        for (row, row_mean) in rows.iter().zip(&row_means) {
            for (x, rater_mean) in row.iter().zip(&rater_means) {
                let x = x - origin;
                rest += (x - row_mean - rater_mean + grand) * (x - row_mean - rater_mean + grand);
                within += (x - row_mean) * (x - row_mean);
            }
        }
        Self {
            units: k * spread(&row_means) / (n - 1.0),
            raters: n * spread(&rater_means) / (k - 1.0),
            rest: rest / ((n - 1.0) * (k - 1.0)),
            within: within / (n * (k - 1.0)),
        }
    }
}
