//! What an investor is told of points that no card shows.
//!
//! The points of one preference over a hidden field would give its value away to within a rounding. So the points of all
//! hidden preferences are one sum, shared out among them by weight: what the investor reads depends on that sum only, and
//! still adds up to the score.

use super::line::{Contribution, Told};
use crate::domain::decimal::UNITS;
use crate::engine::allot;

/// The engine's points are in units of which so many make a tenth.
const TENTH: i128 = UNITS / 10;

/// Points of preferences as an investor may know them.
#[derive(Clone, Debug, PartialEq)]
pub struct SharedPoints {
    /// In tenths, in document order; they add up to the score.
    pub tenths: Vec<i64>,
    /// How much of the points that the hidden preferences could give was reached, 0–1; none when none of them counts.
    pub reached: Option<f64>,
}

impl SharedPoints {
    /// Shares the points of the hidden preferences of a line.
    pub fn of(told: &Told, is_hidden: impl Fn(&str) -> bool) -> Self {
        let all = &told.result.contributions;
        let hidden: Vec<bool> = all.iter().map(|c| is_hidden(&c.field)).collect();
        let Some(first) = hidden.iter().position(|is| *is) else {
            return Self { tenths: told.points_tenths.clone(), reached: None };
        };
        let of = |wanted: bool| all.iter().zip(&hidden).filter(move |(_, is)| **is == wanted).map(|(c, _)| c);
        let weight = |c: &Contribution| if c.counts() { c.weight.units() } else { 0 };
        // The sum stands where the first of them does, so that the rounding of the others does not tell them apart.
        let sum: i128 = of(true).map(|c| c.points.units()).sum();
        let parts: Vec<i128> = all
            .iter()
            .zip(&hidden)
            .enumerate()
            .map(|(at, (c, is))| match is {
                false => c.points.units(),
                true if at == first => sum,
                true => 0,
            })
            .collect();
        let mut tenths = allot(&parts, TENTH, told.score_tenths.into());
        let weights: Vec<i128> = of(true).map(weight).collect();
        let counting: i128 = weights.iter().sum();
        let pool = tenths[first];
        let shares: Vec<i128> = weights.iter().map(|weight| weight * pool).collect();
        let mut shares = allot(&shares, counting.max(1), pool).into_iter();
        for (at, _) in hidden.iter().enumerate().filter(|(_, is)| **is) {
            tenths[at] = shares.next().unwrap_or(0);
        }
        let everything: i128 = all.iter().map(weight).sum();
        Self {
            tenths: tenths.into_iter().map(|n| i64::try_from(n).unwrap_or(i64::MAX)).collect(),
            reached: (counting > 0).then(|| ratio(sum * everything, 100 * UNITS * counting)),
        }
    }
}

#[allow(clippy::cast_precision_loss, reason = "for a band of thirds")]
fn ratio(part: i128, whole: i128) -> f64 {
    part as f64 / whole as f64
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    /// A line of these preferences: weight, points in 10⁻⁹, and whether its field is hidden and counts.
    fn told(preferences: &[(u32, i64, bool, bool)]) -> Told {
        let all: u32 = preferences.iter().map(|(weight, ..)| weight).sum();
        let score: i64 = preferences.iter().map(|(_, points, ..)| points).sum();
        #[allow(clippy::cast_precision_loss)]
        let decimal = |units: i64| units as f64 / 1e9;
        let contribution = |(weight, points, hidden, counts): &(u32, i64, bool, bool)| {
            json!({
                "field": if *hidden { "hidden" } else { "card" },
                "weight": decimal(i64::from(*weight) * 1_000_000_000 / i64::from(all)),
                "raw": 1, "value": counts.then_some(0.5), "points": decimal(*points),
            })
        };
        let result = json!({
            "rank": 1, "tie_size": 1, "interval": [0, 100], "filters": [], "flags": [],
            "contributions": preferences.iter().map(contribution).collect::<Vec<_>>(),
        });
        // What stands in tenths for staff is rounded by itself; with nothing hidden it is what everybody reads.
        let parts: Vec<i128> = preferences.iter().map(|(_, points, ..)| i128::from(*points)).collect();
        let total = crate::domain::fixed::div_half_even(score.into(), TENTH);
        let tenths: Vec<i64> = allot(&parts, TENTH, total).into_iter().map(|n| i64::try_from(n).unwrap()).collect();
        let kept = json!({"result": result, "score_tenths": i64::try_from(total).unwrap(), "points_tenths": tenths});
        serde_json::from_value(kept).unwrap()
    }

    fn shared(told: &Told) -> SharedPoints {
        SharedPoints::of(told, |field| field == "hidden")
    }

    #[test]
    fn shared_by_weight() {
        let point = 1_000_000_000;
        let line = told(&[(40, 30 * point, false, true), (20, 0, true, true), (40, 36 * point, true, true)]);
        assert_eq!(shared(&line), SharedPoints { tenths: vec![300, 120, 240], reached: Some(0.6) });
        // What drops out has no share, and what is on the card is as it was.
        let line = told(&[(40, 30 * point, false, true), (20, 0, true, false), (40, 36 * point, true, true)]);
        assert_eq!(shared(&line).tenths, [300, 0, 360]);
        let line = told(&[(50, 0, true, false), (50, 70 * point, false, true)]);
        assert_eq!(shared(&line), SharedPoints { tenths: vec![0, 700], reached: None });
        let open = told(&[(50, 50 * point / 3, false, true), (50, 50 * point / 7, false, true)]);
        assert_eq!(shared(&open), SharedPoints { tenths: open.points_tenths.clone(), reached: None });
    }

    fn preferences() -> impl Strategy<Value = Vec<(u32, i64, bool, bool)>> {
        let one = (1u32..100, 0i64..1_500_000_000, any::<bool>(), prop::bool::weighted(0.9));
        prop::collection::vec(one, 1..12).prop_map(|mut all| {
            for (_, points, _, counts) in &mut all {
                if !*counts {
                    *points = 0;
                }
            }
            all
        })
    }

    proptest! {
        #[test]
        fn only_the_hidden_sum_is_told(all in preferences(), cuts in prop::collection::vec(0u32..1_000, 12)) {
            let line = told(&all);
            let said = shared(&line);
            prop_assert_eq!(said.tenths.iter().sum::<i64>(), line.score_tenths);
            prop_assert!(said.tenths.iter().all(|n| *n >= 0));
            // The same hidden sum, cut otherwise.
            let is = |one: &(u32, i64, bool, bool)| one.2 && one.3;
            let mut left: i64 = all.iter().filter(|one| is(one)).map(|one| one.1).sum();
            let last = all.iter().rposition(is);
            let other: Vec<_> = all.iter().zip(&cuts).enumerate().map(|(at, (one, cut))| {
                if !is(one) {
                    return *one;
                }
                let points = if Some(at) == last { left } else { left * i64::from(*cut) / 1_000 };
                left -= points;
                (one.0, points, one.2, one.3)
            }).collect();
            let other = told(&other);
            prop_assert_eq!(other.score_tenths, line.score_tenths);
            prop_assert_eq!(shared(&other), said);
        }
    }
}
