//! Scores as functions of one weight.
//!
//! Let weight j be `w` of 1 now and `t` in question, the others scaled by (1 − t) ÷ (1 − w). With
//! s = t(1 − w) ÷ ((1 − t)w) weight j counts s times and the others once, up to a factor that no score feels. So a
//! score is (a + s·p) ÷ (d + s·e): p is what preference j contributes now, a what the others do, e and d the weights
//! that count. All four are whole numbers, s = 1 is the present, t = 0 and 1 are s = 0 and ∞. Without answers that drop out
//! d + s·e is the same for all ventures, and the scores are the lines in t of the text books.

use num_bigint::BigInt;

use crate::domain::decimal::UNITS;
use crate::engine::plan::State;
use crate::engine::ranking::{Placed, Ranking};
use crate::engine::score::Score;
use crate::engine::snapshot::RowNo;

/// A score (num₀ + s·num₁) ÷ (den₀ + s·den₁); the denominator is above 0 for every s above 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Line {
    /// The denominator first: lines of one denominator are compared as lines.
    pub den: [i128; 2],
    pub num: [i128; 2],
}

/// Where a line's venture is covered well enough to be ranked: where g₀ + s·g₁ ≥ 0.
pub type Cover = [i128; 2];

impl Line {
    /// Whether it is a veto's.
    pub fn is_veto(self) -> bool {
        self.num == self.den.map(|weight| weight * VETO)
    }

    /// The line of 1/s.
    pub const fn mirrored(self) -> Self {
        let ([d, e], [a, p]) = (self.den, self.num);
        Self { den: [e, d], num: [p, a] }
    }

    /// The coefficients, in s, of the numerator of `self − other`: its sign says who is above.
    pub fn lead(&self, other: &Self) -> [BigInt; 3] {
        let product = |a: i128, b: i128| BigInt::from(a) * b;
        let term = |i: usize, j: usize| product(self.num[i], other.den[j]) - product(other.num[i], self.den[j]);
        [term(0, 0), term(0, 1) + term(1, 0), term(1, 1)]
    }

    /// For quick tests, with a relative error of a few units in the last place: all parts of a sum have one sign.
    #[allow(clippy::cast_precision_loss)]
    pub fn rough(&self) -> Rough {
        Rough { num: self.num.map(|n| n as f64), den: self.den.map(|n| n as f64) }
    }
}

/// A line in doubles.
#[derive(Clone, Copy, Debug)]
pub struct Rough {
    num: [f64; 2],
    den: [f64; 2],
}

impl Rough {
    /// The score at s from 0 to ∞, at the ends the limit.
    pub fn at(&self, s: f64) -> f64 {
        let [d, e] = self.den;
        if (s.is_infinite() && e > 0.0) || d == 0.0 {
            self.num[1] / e
        } else if s.is_infinite() || e == 0.0 {
            self.num[0] / d
        } else {
            (self.num[0] + s * self.num[1]) / (d + s * e)
        }
    }

    /// Whether this score certainly is not above another's anywhere in 1 ≤ s ≤ `to`.
    pub fn stays_below(&self, other: &Self, to: f64) -> bool {
        let term = |i: usize, j: usize| (self.num[i] * other.den[j], other.num[i] * self.den[j]);
        let ((a, b), (c, d), (e, f), (g, h)) = (term(0, 0), term(0, 1), term(1, 0), term(1, 1));
        let (c0, c1, c2) = (a - b, (c - d) + (e - f), g - h);
        // With x = s ÷ (1 + s) it is c₀(1 − x)² + c₁x(1 − x) + c₂x², over ½ ≤ x ≤ end.
        let (k1, k2) = (c1 - 2.0 * c0, (c0 - c1) + c2);
        let at = |x: f64| c0 + x * (k1 + x * k2);
        let end = if to.is_infinite() { 1.0 } else { to / (1.0 + to) };
        let top = -k1 / (2.0 * k2);
        let highest = if k2 < 0.0 && top > 0.5 && top < end { at(top) } else { at(0.5).max(at(end)) };
        let size = [a, b, c, d, e, f, g, h].iter().map(|n| n.abs()).sum::<f64>();
        highest < -1e-13 * size
    }
}

/// A veto as a score: below every logarithm of a value, and the same under all weights.
const VETO: i128 = -1_000 * UNITS;

/// What a row's preferences come to under the present weights.
#[derive(Clone, Copy, Debug)]
pub struct Present {
    num: i128,
    den: i128,
    known: i128,
    applicable: i128,
    is_vetoed: bool,
}

impl Present {
    /// Of a venture that has a place.
    pub const fn placed(placed: &Placed) -> Self {
        let (score, known, applicable) = (placed.score, placed.known, placed.applicable);
        Self { num: score.num, den: score.den, known, applicable, is_vetoed: score.veto }
    }

    /// Of a venture that has a score and no place.
    pub fn left(ranking: &Ranking, row: RowNo, score: Score) -> Self {
        let (mut known, mut applicable) = (0, 0);
        for (preference, worth) in ranking.plan.preferences.iter().zip(ranking.worths(row)) {
            let (is_known, is_applicable) = counts(worth.state);
            known += is_known * preference.weight;
            applicable += is_applicable * preference.weight;
        }
        Self { num: score.num, den: score.den, known, applicable, is_vetoed: score.veto }
    }

    /// The line of the row when the weight of one preference moves, and its cover.
    pub fn line(&self, ranking: &Ranking, row: RowNo, moving: usize) -> (Line, Cover) {
        let preference = &ranking.plan.preferences[moving];
        let code = ranking.snapshot().chunks[row.chunk()].columns[preference.column].codes[row.offset()];
        let worth = &ranking.tables[row.chunk()].preferences[moving][usize::from(code)];
        let (weight, (is_known, is_applicable)) = (preference.weight, counts(worth.state));
        let split = |whole: i128, part: i128| [whole - part, part];
        let den = split(self.den, if worth.value.is_some() { weight } else { 0 });
        let num = if self.is_vetoed { den.map(|weight| weight * VETO) } else { split(self.num, worth.part.num) };
        let known = split(self.known, is_known * weight);
        let applicable = split(self.applicable, is_applicable * weight);
        let least = ranking.plan.min_coverage.units();
        (Line { den, num }, [0, 1].map(|side| known[side] * UNITS - applicable[side] * least))
    }
}

/// Whether a cell counts as known, and as applicable.
const fn counts(state: State) -> (i128, i128) {
    match state {
        State::Known => (1, 1),
        State::NotAnswered => (0, 1),
        State::NotApplicable | State::NotAssessed => (0, 0),
    }
}
