//! The binomial distribution function F(j; i, p): how likely i coin tosses give at most j protected.
//!
//! Doubles come first. Every figure is a sum of products of numbers that are not negative, nothing is ever
//! subtracted, so its relative error is at most a few units in the last place for every position; [`slack`]
//! bounds it. Rows follow one another by F's own recurrence and need neither logarithms nor factorials: mass
//! that underflows is below 10⁻³⁰⁰ and may be lost. Whoever compares figures closer than the slack asks for
//! [`Exact`] fractions. So decisions do not hang on rounding: for p = α = 1/2, half of all positions meet
//! F = α exactly.

use std::cmp::Ordering;

use num_bigint::BigUint;

use super::proportion::Proportion;

/// How far, relatively, two figures over `positions` must lie apart before their doubles say which is larger.
///
/// A step multiplies by a rounded constant and adds: three roundings of 2⁻⁵³. The sum over counts adds one for
/// each. Eight for each position cover both figures that are compared.
pub(super) fn slack(positions: usize) -> f64 {
    let positions = f64::from(u32::try_from(positions).unwrap_or(u32::MAX));
    8.0 * (positions + 2.0) * (f64::EPSILON / 2.0)
}

/// How doubles compare, if they are far enough apart to tell. None is negative.
pub(super) fn compare_loosely(a: f64, b: f64, slack: f64) -> Option<Ordering> {
    ((a - b).abs() > slack * a.max(b)).then(|| a.total_cmp(&b))
}

/// A fraction; the denominator is above 0.
#[derive(Clone, Debug)]
pub(super) struct Exact {
    pub num: BigUint,
    pub den: BigUint,
}

impl Exact {
    pub fn of(p: Proportion) -> Self {
        Self { num: p.num().into(), den: p.den().into() }
    }

    pub fn compare(&self, other: &Self) -> Ordering {
        (&self.num * &other.den).cmp(&(&other.num * &self.den))
    }
}

/// F(`count`; `position`, `p`) exactly.
pub(super) fn exact_cdf(p: Proportion, position: u32, count: u32) -> Exact {
    let (a, c) = (p.num(), p.complement().num());
    // Σ C(i,l) aˡ c^(i−l) over l ≤ j, by Horner in c, then the common factor c^(i−j).
    let count = count.min(position);
    let (mut sum, mut coefficient, mut power) = (BigUint::ZERO, BigUint::from(1u32), BigUint::from(1u32));
    for l in 0..=count {
        sum = sum * c + &coefficient * &power;
        coefficient = coefficient * (position - l) / (l + 1);
        power *= a;
    }
    Exact { num: sum * BigUint::from(c).pow(position - count), den: BigUint::from(p.den()).pow(position) }
}

/// The rows of the distribution, position after position.
pub(super) struct Rows {
    p: f64,
    q: f64,
    position: u32,
    /// P(exactly j) for j = 0 to `position`.
    mass: Vec<f64>,
}

impl Rows {
    /// Before the first toss.
    pub fn new(p: Proportion) -> Self {
        Self { p: p.to_f64(), q: p.complement().to_f64(), position: 0, mass: vec![1.0] }
    }

    /// Tosses once more; gives the position.
    pub fn toss(&mut self) -> u32 {
        self.position += 1;
        self.mass.push(0.0);
        for j in (1..self.mass.len()).rev() {
            self.mass[j] = self.q * self.mass[j] + self.p * self.mass[j - 1];
        }
        self.mass[0] *= self.q;
        self.position
    }

    /// F(0), F(1), … F(position) = 1, but for rounding.
    pub fn cdf(&self) -> impl Iterator<Item = f64> + '_ {
        self.mass.iter().scan(0.0, |sum, mass| {
            *sum += mass;
            Some(*sum)
        })
    }
}
