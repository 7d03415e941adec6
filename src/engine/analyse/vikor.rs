//! VIKOR: a compromise between the majority's gain and the worst regret (Opricovic & Tzeng 2004).

use super::normalise::Columns;
use super::rank::ties;
use super::{Extras, WarningCode};

/// Spread of S or R, in proportion to the largest, up to which it is rounding and no spread. What tells rows apart may
/// weigh very little beside a criterion in which all are alike, so no spread is small by itself.
const NO_SPREAD: f64 = 1e-12;

/// Q = v·(S − S*)/(S⁻ − S*) + (1 − v)·(R − R*)/(R⁻ − R*); the smallest is best.
///
/// A constant column has no regret and warns. A constant S or R drops its term, the other keeping its factor,
/// and warns; with both constant Q is 0 for all.
pub(super) fn scores(columns: &mut Columns, v: f64) -> (Vec<f64>, Extras) {
    let (mut s, mut r) = (vec![0.0; columns.rows], vec![0.0; columns.rows]);
    let mut constant = Vec::new();
    for column in &columns.columns {
        let best = column.values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let worst = column.values.iter().copied().fold(f64::INFINITY, f64::min);
        if best == worst {
            constant.push(column.field.clone());
            continue;
        }
        for ((s, r), x) in s.iter_mut().zip(&mut r).zip(&column.values) {
            let regret = column.weight * ((best - x) / (best - worst));
            *s += regret;
            *r = f64::max(*r, regret);
        }
    }
    for field in constant {
        // A normalisation may have said so already.
        let said = columns
            .warnings
            .iter()
            .any(|w| w.code == WarningCode::ConstantCriterion && w.field.as_deref() == Some(field.as_str()));
        if !said {
            columns.warn(WarningCode::ConstantCriterion, &field);
        }
    }
    let (from_s, from_r) = (scaled(&s), scaled(&r));
    if columns.rows > 0 && (from_s.is_none() || from_r.is_none()) {
        columns.warn_of_the_whole(WarningCode::Degenerate);
    }
    let term =
        |factor: f64, scaled: &Option<Vec<f64>>, row: usize| scaled.as_ref().map_or(0.0, |scaled| factor * scaled[row]);
    let q: Vec<f64> = (0..columns.rows).map(|row| term(v, &from_s, row) + term(1.0 - v, &from_r, row)).collect();
    let (compromise, acceptable_advantage, acceptable_stability) = compromise(&q, &s, &r);
    (q, Extras::Vikor { s, r, compromise, acceptable_advantage, acceptable_stability })
}

/// From 0 at the smallest to 1 at the largest; nothing where there is no spread.
fn scaled(regrets: &[f64]) -> Option<Vec<f64>> {
    let low = regrets.iter().copied().fold(f64::INFINITY, f64::min);
    let high = regrets.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    (high - low > NO_SPREAD * high).then(|| regrets.iter().map(|x| (x - low) / (high - low)).collect())
}

/// The compromise set, and whether the best has an acceptable advantage and is stable.
///
/// With the advantage and the stability it is the best alone; without the stability the second joins (all that
/// tie as the second); without the advantage all that are less than 1/(rows − 1) behind in Q. Rows that tie as
/// the best stay together: none of them has an advantage over the others, and all must be stable.
fn compromise(q: &[f64], s: &[f64], r: &[f64]) -> (Vec<usize>, bool, bool) {
    let Some(best) = (0..q.len()).min_by(|a, b| q[*a].total_cmp(&q[*b])) else {
        return (Vec::new(), true, true);
    };
    // In proportion to the largest, as their spread is.
    let least = |regrets: &[f64]| {
        let low = regrets.iter().copied().fold(f64::INFINITY, f64::min);
        let high = regrets.iter().copied().fold(0.0, f64::max);
        move |x: f64| high == 0.0 || ties(x / high, low / high)
    };
    let (is_least_s, is_least_r) = (least(s), least(r));
    let stable = (0..q.len()).filter(|row| ties(q[*row], q[best])).all(|row| is_least_s(s[row]) || is_least_r(r[row]));
    let second = (0..q.len()).filter(|row| *row != best).map(|row| q[row]).fold(f64::INFINITY, f64::min);
    if second == f64::INFINITY {
        return (vec![best], true, stable);
    }
    let needed = 1.0 / (q.len() - 1) as f64;
    let ahead = |other: f64| other - q[best] >= needed || ties(other - q[best], needed);
    let advantage = ahead(second);
    let rows = (0..q.len()).filter(|row| {
        let together = *row == best || ties(q[*row], q[best]);
        together || if advantage { !stable && ties(q[*row], second) } else { !ahead(q[*row]) }
    });
    (rows.collect(), advantage, stable)
}
