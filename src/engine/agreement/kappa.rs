//! Cohen's κ for two raters, weighted or not (Cohen 1960, 1968).

use super::{Coefficient, Unfit};

/// How bad it is that one rater says i and the other j; 0 for i = j.
#[derive(Clone, Debug, PartialEq)]
pub enum Disagreement {
    /// 1: plain κ.
    Unweighted,
    /// |i − j|.
    Linear,
    /// (i − j)².
    Quadratic,
    /// A row a category of the first rater, in it one a category of the second.
    Declared(Vec<Vec<f64>>),
}

/// κ = 1 − observed / expected disagreement, from a table of counts: a row a category of the first rater, in it
/// one a category of the second. List every category of the scale, used or not: i and j are places in it.
///
/// Undefined where the raters cannot disagree by chance: no units, or both used one category only.
///
/// # Errors
/// A table that is not square, or declared disagreements that do not fit it.
pub fn cohen_kappa<R: AsRef<[u64]>>(table: &[R], disagreement: &Disagreement) -> Result<Coefficient, Unfit> {
    let table: Vec<&[u64]> = table.iter().map(AsRef::as_ref).collect();
    if let Some(unit) = table.iter().position(|row| row.len() != table.len()) {
        return Err(Unfit::Ragged { unit });
    }
    let places: Vec<f64> = (0..table.len()).map(|i| i as f64).collect();
    kappa(&table, &places, disagreement)
}

/// κ of pairs of ratings on an interval scale: distances between ratings weigh, so a level that nobody used
/// still lies between its neighbours. For [`Disagreement::Declared`] the categories are the distinct ratings,
/// ascending.
///
/// # Errors
/// Ratings that are not finite, or declared disagreements that do not fit.
pub fn kappa_of_pairs(pairs: &[(f64, f64)], disagreement: &Disagreement) -> Result<Coefficient, Unfit> {
    let mut places: Vec<f64> = Vec::with_capacity(2 * pairs.len());
    for (unit, (a, b)) in pairs.iter().enumerate() {
        for (rater, x) in [*a, *b].into_iter().enumerate() {
            if !x.is_finite() || x.abs() > 1e100 {
                return Err(Unfit::NonFinite { unit, rater });
            }
            places.push(x + 0.0);
        }
    }
    places.sort_unstable_by(f64::total_cmp);
    places.dedup();
    let place = |x: f64| places.partition_point(|y| *y < x);
    let mut table = vec![vec![0_u64; places.len()]; places.len()];
    for (a, b) in pairs {
        table[place(*a)][place(*b)] += 1;
    }
    let table: Vec<&[u64]> = table.iter().map(Vec::as_slice).collect();
    kappa(&table, &places, disagreement)
}

fn kappa(table: &[&[u64]], places: &[f64], disagreement: &Disagreement) -> Result<Coefficient, Unfit> {
    let size = table.len();
    if let Disagreement::Declared(declared) = disagreement {
        let good = |(i, row): (usize, &Vec<f64>)| {
            row.len() == size && row.iter().enumerate().all(|(j, x)| (0.0..=1e100).contains(x) && (i != j || *x == 0.0))
        };
        if declared.len() != size || !declared.iter().enumerate().all(good) {
            return Err(Unfit::Disagreements);
        }
    }
    let mut units: u64 = 0;
    for count in table.iter().flat_map(|row| row.iter()) {
        units = units.checked_add(*count).ok_or(Unfit::TooMany)?;
    }
    let range = match (places.first(), places.last()) {
        (Some(first), Some(last)) if last > first => last - first,
        _ => 1.0,
    };
    let weight = |i: usize, j: usize| {
        let apart = (places[i] - places[j]).abs() / range;
        match disagreement {
            Disagreement::Unweighted => f64::from(u8::from(i != j)),
            Disagreement::Linear => apart,
            Disagreement::Quadratic => apart * apart,
            Disagreement::Declared(declared) => declared[i][j],
        }
    };
    let all = units as f64;
    let first: Vec<f64> = table.iter().map(|row| row.iter().map(|n| *n as f64).sum()).collect();
    let second: Vec<f64> = (0..size).map(|j| table.iter().map(|row| row[j] as f64).sum()).collect();
    let (mut observed, mut expected) = (0.0, 0.0);
    for i in 0..size {
        for j in 0..size {
            observed += weight(i, j) * (table[i][j] as f64 / all);
            expected += weight(i, j) * (first[i] / all) * (second[j] / all);
        }
    }
    let value = (units > 0 && expected > 0.0).then(|| 1.0 - observed / expected).filter(|x| x.is_finite());
    Ok(Coefficient { value, units: usize::try_from(units).unwrap_or(usize::MAX), raters: 2 })
}
