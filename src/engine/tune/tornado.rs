//! Tornado: one venture's score and rank when each weight in turn is a little smaller and a little larger.
//!
//! Scores and order are exact, by [`super::line`]. Between the two ends a score only rises or only falls, so the ends
//! are its range; a rank may be better or worse in between, and [`super::span`] finds where. Ranks are by merit. Coverage follows the weights, and weights 0 and 1 are limits: no preference is dropped there.

use std::sync::Arc;

use num_bigint::{BigInt, Sign};
use num_integer::Integer;
use serde::Serialize;

use super::line::{Cover, Line, Present};
use super::root::Root;
use super::span::above;
use crate::domain::criteria::Method;
use crate::domain::decimal::{Decimal, UNITS};
use crate::engine::exact::{compare, div_half_even};
use crate::engine::ranking::Ranking;
use crate::engine::score::{Score, shown};
use crate::engine::snapshot::RowNo;

/// Why there is no tornado.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unmoved {
    /// One preference has all the weight.
    #[error("one preference has all the weight, so no weight can move")]
    SoleWeight,
    /// The venture has no place in the ranking.
    #[error("the venture is not eligible")]
    NotEligible,
    /// The step is not above 0 and at most 1.
    #[error("the step is not above 0 and at most 1")]
    Step,
}

/// What one weight does to the venture.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Bar {
    /// The preference's field.
    pub field: Arc<str>,
    /// Its present weight, normalised to 1.
    pub weight: Decimal,
    /// With the weight smaller by the step, but not below 0.
    pub low: Tip,
    /// With the weight larger by the step, but not above 1.
    pub high: Tip,
    /// Its best rank with any weight from the one end to the other, the present one included, wherever it is ranked.
    pub best_rank: usize,
    /// Its worst.
    pub worst_rank: usize,
    /// Its least and its greatest score there, on 0–100.
    pub scores: [Decimal; 2],
}

/// A venture now, and with each weight a little smaller and a little larger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Tornado {
    /// By merit, with the weights as they are.
    pub rank: u32,
    /// On 0–100, with the weights as they are.
    pub score: Decimal,
    /// In document order.
    pub bars: Vec<Bar>,
}

/// The venture at one end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Tip {
    /// The weight there, rounded half to even to nine decimals.
    pub weight: Decimal,
    /// The score on 0–100; nothing when the venture is not covered enough to be ranked there.
    pub score: Option<Decimal>,
    /// 1 + the number of ventures with a higher score; nothing when it is not ranked there.
    pub rank: Option<usize>,
}

/// The tornado of an eligible venture, for weights normalised to 1 that move by `step`.
///
/// # Errors
/// [`Unmoved`].
pub fn tornado(ranking: &Ranking, venture: RowNo, step: Decimal) -> Result<Tornado, Unmoved> {
    let preferences = &ranking.plan.preferences;
    if preferences.len() < 2 {
        return Err(Unmoved::SoleWeight);
    }
    if step <= Decimal::ZERO || step > Decimal::ONE {
        return Err(Unmoved::Step);
    }
    let placed = ranking.merit().iter().find(|placed| placed.row == venture).ok_or(Unmoved::NotEligible)?;
    let (own, score) = (Present::placed(placed), ranking.shown(placed.score));
    let others = ranking.merit().iter().filter(|placed| placed.row != venture);
    let others = others.map(|placed| (placed.row, Present::placed(placed)));
    let uncovered = ranking.excluded().iter().filter(|left| left.stopped_by == 0 && !left.covered);
    let uncovered = uncovered.filter_map(|left| Some((left.row, Present::left(ranking, left.row, left.score?))));
    let others: Vec<(RowNo, Present)> = others.chain(uncovered).collect();
    let total: i128 = preferences.iter().map(|preference| preference.weight).sum();
    let bars = preferences.iter().enumerate().map(|(moving, preference)| {
        let own = own.line(ranking, venture, moving);
        let lines: Vec<_> = others.iter().map(|(row, present)| present.line(ranking, *row, moving)).collect();
        // The weight is t ÷ whole, and s = x ÷ y.
        let whole = total * UNITS;
        let weight = |by: i128| (preference.weight * UNITS + by * total).clamp(0, whole);
        let point = |by: i128| {
            let t = weight(by);
            Point { x: t * (total - preference.weight), y: (whole - t) * preference.weight }
        };
        let tip = |by: i128| {
            let (t, at) = (weight(by), point(by));
            let ranked = at.covers(own.1);
            let rank = || 1 + lines.iter().filter(|other| at.covers(other.1) && at.is_above(&other.0, &own.0)).count();
            Tip {
                weight: Decimal::from_units(div_half_even(t, total)),
                score: ranked.then(|| at.shown(&own.0, ranking.plan.method)),
                rank: ranked.then(rank),
            }
        };
        let (low, high) = (tip(-step.units()), tip(step.units()));
        // s at the ends; a weight that falls is another's that rises.
        let (down, up) = (point(-step.units()), point(step.units()));
        let root = |x: i128, y: i128| (y != 0).then(|| Root::fraction(x, y));
        let mirrored = |(line, [fixed, moving]): (Line, Cover)| (line.mirrored(), [moving, fixed]);
        let falling: Vec<_> = lines.iter().copied().map(mirrored).collect();
        let own_falling = mirrored(own);
        let ranks = above((&own.0, own.1), &lines, root(up.x, up.y).as_ref()).and(above(
            (&own_falling.0, own_falling.1),
            &falling,
            root(down.y, down.x).as_ref(),
        ));
        let tips = || [low.rank, high.rank].into_iter().flatten();
        // Where it is not ranked at an end, the last it has is where its cover is just enough.
        let bound = Point { x: own.1[0].abs(), y: own.1[1].abs() };
        let last = |tip: &Tip| tip.score.unwrap_or_else(|| bound.shown(&own.0, ranking.plan.method));
        let scores = [last(&low), last(&high)];
        Bar {
            field: preference.field.clone(),
            weight: preference.shown_weight,
            low,
            high,
            best_rank: tips().fold(1 + ranks.least, usize::min),
            worst_rank: tips().fold(1 + ranks.most, usize::max),
            scores: [scores.into_iter().fold(score, Decimal::min), scores.into_iter().fold(score, Decimal::max)],
        }
    });
    Ok(Tornado { rank: placed.rank, score, bars: bars.collect() })
}

/// s = x ÷ y, from 0 to ∞.
#[derive(Clone, Copy, Debug)]
struct Point {
    x: i128,
    y: i128,
}

impl Point {
    fn covers(self, [fixed, moving]: Cover) -> bool {
        match (self.x, self.y) {
            (0, _) => fixed > 0 || (fixed == 0 && moving >= 0),
            (_, 0) => moving > 0 || (moving == 0 && fixed >= 0),
            (x, y) => compare(fixed, x, -moving, y).is_ge(),
        }
    }

    /// A score here as a fraction; at an end where no weight is left, its limit.
    fn score(self, line: &Line) -> (BigInt, BigInt) {
        let mix = |[fixed, moving]: [i128; 2]| BigInt::from(fixed) * self.y + BigInt::from(moving) * self.x;
        let den = mix(line.den);
        if den.sign() == Sign::NoSign {
            let side = usize::from(line.den[0] == 0);
            return (line.num[side].into(), line.den[side].into());
        }
        (mix(line.num), den)
    }

    fn is_above(self, one: &Line, other: &Line) -> bool {
        #[allow(clippy::cast_precision_loss)]
        let s = if self.y == 0 { f64::INFINITY } else { self.x as f64 / self.y as f64 };
        let (a, b) = (one.rough().at(s), other.rough().at(s));
        if (a - b).abs() > 1e-12 * (a.abs() + b.abs()) {
            return a > b;
        }
        let ((num, den), (other_num, other_den)) = (self.score(one), self.score(other));
        num * other_den > other_num * den
    }

    /// A score here as shown.
    fn shown(self, line: &Line, method: Method) -> Decimal {
        let (num, den) = self.score(line);
        if line.is_veto() {
            return Decimal::ZERO;
        }
        // Down to what the one rounding to nine decimals can hold; of weights with very many digits only bits far
        // behind those that are shown are lost.
        let divisor = num.gcd(&den);
        let (num, den) = (num / &divisor, den / &divisor);
        let excess = num.bits().max(den.bits()).saturating_sub(84);
        let narrow = |n: BigInt| i128::try_from(n >> excess).unwrap_or(i128::MAX);
        shown(method, Score { num: narrow(num), den: narrow(den).max(1), veto: false })
    }
}
