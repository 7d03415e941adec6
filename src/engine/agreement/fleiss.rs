//! Fleiss' κ: nominal categories, the same number of raters for every unit (Fleiss 1971).

use super::{Coefficient, Unfit};

/// κ from counts: a row a unit, in it how many raters chose each category.
///
/// Undefined without units, with fewer than two raters, and where all chose one category.
///
/// # Errors
/// Ragged rows, or units with different numbers of raters.
pub fn fleiss_kappa<R: AsRef<[u64]>>(counts: &[R]) -> Result<Coefficient, Unfit> {
    let counts: Vec<&[u64]> = counts.iter().map(AsRef::as_ref).collect();
    let categories = counts.first().map_or(0, |row| row.len());
    let mut raters = None;
    for (unit, row) in counts.iter().enumerate() {
        if row.len() != categories {
            return Err(Unfit::Ragged { unit });
        }
        let mut sum: u64 = 0;
        for count in *row {
            sum = sum.checked_add(*count).ok_or(Unfit::TooMany)?;
        }
        if *raters.get_or_insert(sum) != sum {
            return Err(Unfit::UnequalRaters { unit });
        }
    }
    let raters = raters.unwrap_or(0);
    let (n, m) = (counts.len() as f64, raters as f64);
    // Disagreements, as agreements near 1 would lose their digits.
    let unequal = |row: &&[u64]| row.iter().map(|c| *c as f64 * (m - *c as f64)).sum::<f64>();
    let observed = counts.iter().map(unequal).sum::<f64>() / (n * m * (m - 1.0));
    let share = |j: usize| counts.iter().map(|row| row[j] as f64).sum::<f64>() / (n * m);
    let expected: f64 = (0..categories).map(share).map(|p| p * (1.0 - p)).sum();
    let defined = raters >= 2 && expected > 0.0;
    let value = defined.then(|| 1.0 - observed / expected).filter(|x| x.is_finite());
    Ok(Coefficient { value, units: counts.len(), raters: usize::try_from(raters).unwrap_or(usize::MAX) })
}
