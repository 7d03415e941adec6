//! Roots of quadratics with whole coefficients, kept exact: where two scores cross.

use std::cmp::Ordering;

use num_bigint::{BigInt, Sign};
use num_traits::{ToPrimitive, Zero};

/// The number (p + √d) ÷ q, with d not negative and q above or below 0. Fractions have d = 0.
#[derive(Clone, Debug)]
pub struct Root {
    p: BigInt,
    d: BigInt,
    q: BigInt,
}

impl Root {
    /// The fraction `num / den`; `den` not 0.
    pub fn fraction(num: impl Into<BigInt>, den: impl Into<BigInt>) -> Self {
        Self { p: num.into(), d: BigInt::zero(), q: den.into() }
    }

    /// The smallest s ≥ `from` = x/y (y above 0) from which c₀ + c₁s + c₂s² is above 0, at once or just after; nothing
    /// if it never is.
    pub fn first_above(c: &[BigInt; 3], from: (&BigInt, &BigInt)) -> Option<Self> {
        let (x, y) = from;
        let [c0, c1, c2] = c;
        // Value and slope at x/y, both times positive powers of y.
        let at = c0 * y * y + c1 * x * y + c2 * x * x;
        let slope: BigInt = c1 * y + c2 * x * 2;
        let here = || Some(Self::fraction(x.clone(), y.clone()));
        match (at.sign(), slope.sign(), c2.sign()) {
            (Sign::Plus, _, _) | (Sign::NoSign, Sign::Plus, _) | (Sign::NoSign, Sign::NoSign, Sign::Plus) => here(),
            // From 0 or below, level or falling, and never bending upwards.
            (_, Sign::NoSign | Sign::Minus, Sign::NoSign | Sign::Minus) => None,
            (_, _, Sign::NoSign) => Some(Self::fraction(-c0, c1.clone())),
            (_, _, bend) => {
                // Bending upwards the larger root, downwards the smaller: both are (−c₁ + √d) ÷ 2c₂. A parabola that
                // only touches 0 from below is never above it.
                let d: BigInt = c1 * c1 - c0 * c2 * 4;
                let rises = bend == Sign::Plus || d.sign() == Sign::Plus;
                rises.then(|| Self { p: -c1, d, q: c2 * 2 })
            }
        }
    }

    /// Where c₀ + c₁s + c₂s² is 0, ascending, each with whether the sign changes there; nothing if that is everywhere.
    pub fn all(c: &[BigInt; 3]) -> Vec<(Self, bool)> {
        let [c0, c1, c2] = c;
        if c2.is_zero() {
            return if c1.is_zero() { Vec::new() } else { vec![(Self::fraction(-c0, c1.clone()), true)] };
        }
        let d: BigInt = c1 * c1 - c0 * c2 * 4;
        match d.sign() {
            Sign::Minus => Vec::new(),
            Sign::NoSign => vec![(Self::fraction(-c1, c2 * 2), false)],
            Sign::Plus => {
                // (−c₁ ± √d) ÷ 2c₂.
                let plus = Self { p: -c1, d: d.clone(), q: c2 * 2 };
                let minus = Self { p: c1.clone(), d, q: c2 * -2 };
                if c2.sign() == Sign::Plus {
                    vec![(minus, true), (plus, true)]
                } else {
                    vec![(plus, true), (minus, true)]
                }
            }
        }
    }

    /// The number as a double, with a relative error of a few units in the last place.
    pub fn to_f64(&self) -> f64 {
        let float = |n: &BigInt| n.to_f64().unwrap_or(f64::MAX);
        let (p, root, q) = (float(&self.p), float(&self.d).sqrt(), float(&self.q));
        if self.p.sign() == Sign::Minus && self.d.sign() == Sign::Plus {
            // (p + √d) = (d − p²) ÷ (√d − p), without cancellation.
            return float(&(&self.d - &self.p * &self.p)) / (root - p) / q;
        }
        (p + root) / q
    }
}

impl PartialEq for Root {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}
impl Eq for Root {}
impl PartialOrd for Root {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Root {
    fn cmp(&self, other: &Self) -> Ordering {
        // (p₁ + √d₁)/q₁ − (p₂ + √d₂)/q₂, times q₁q₂, is x + q₂√d₁ − q₁√d₂.
        let x = &self.p * &other.q - &other.p * &self.q;
        let sign = if self.d.is_zero() && other.d.is_zero() {
            x.sign()
        } else {
            sign_of_three(&x, &other.q, &self.d, &-&self.q, &other.d)
        };
        let order = match sign {
            Sign::Minus => Ordering::Less,
            Sign::NoSign => Ordering::Equal,
            Sign::Plus => Ordering::Greater,
        };
        if self.q.sign() == other.q.sign() { order } else { order.reverse() }
    }
}

/// The sign of x + y√a.
fn sign_of_two(x: &BigInt, y: &BigInt, a: &BigInt) -> Sign {
    let root = if a.is_zero() { Sign::NoSign } else { y.sign() };
    match (x.sign(), root) {
        (Sign::NoSign, sign) | (sign, Sign::NoSign) => sign,
        (sign, other) if sign == other => sign,
        (sign, other) => match (x * x).cmp(&(y * y * a)) {
            Ordering::Greater => sign,
            Ordering::Equal => Sign::NoSign,
            Ordering::Less => other,
        },
    }
}

/// The sign of x + y√a + z√b.
fn sign_of_three(x: &BigInt, y: &BigInt, a: &BigInt, z: &BigInt, b: &BigInt) -> Sign {
    let first = sign_of_two(x, y, a);
    let last = if b.is_zero() { Sign::NoSign } else { z.sign() };
    match (first, last) {
        (Sign::NoSign, sign) | (sign, Sign::NoSign) => sign,
        (sign, other) if sign == other => sign,
        (sign, other) => {
            // Opposite signs: the greater square wins. (x + y√a)² − z²b = (x² + y²a − z²b) + 2xy√a.
            match sign_of_two(&(x * x + y * y * a - z * z * b), &(x * y * 2), a) {
                Sign::Plus => sign,
                Sign::NoSign => Sign::NoSign,
                Sign::Minus => other,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn first(c: [i64; 3], x: i64, y: i64) -> Option<Root> {
        Root::first_above(&c.map(BigInt::from), (&x.into(), &y.into()))
    }

    proptest! {
        #[test]
        fn first_above_by_looking(c in [-30..30i64, -30..30i64, -30..30i64], x in 1..12i64, y in 1..6i64) {
            let value = |s: f64| c[0] as f64 + s * (c[1] as f64 + s * c[2] as f64);
            let from = x as f64 / y as f64;
            let root = first(c, x, y);
            let end = root.as_ref().map_or(200.0, Root::to_f64);
            prop_assert!(end >= from - 1e-12);
            for i in 0..if end > from + 1e-12 { 1000 } else { 0 } {
                let s = from + (end - from) * f64::from(i) / 1000.0;
                prop_assert!(value(s) <= 1e-9 * (1.0 + s * s), "{s}");
            }
            if root.is_some() {
                // Two roots of such coefficients are not nearer than this, unless they are one.
                prop_assert!(value(end + 1e-4) > 0.0, "{end}");
            }
        }

        #[test]
        fn order_is_that_of_the_numbers(
            a in [-30..30i64, -30..30i64, -30..30i64],
            b in [-30..30i64, -30..30i64, -30..30i64],
        ) {
            if let (Some(one), Some(other)) = (first(a, 1, 1), first(b, 1, 1)) {
                let (x, y) = (one.to_f64(), other.to_f64());
                if (x - y).abs() > 1e-9 * x.max(y) {
                    prop_assert_eq!(Some(one.cmp(&other)), x.partial_cmp(&y));
                }
                prop_assert_eq!(one.cmp(&other), other.cmp(&one).reverse());
            }
            if let (Some(one), Some(same)) = (first(a, 1, 1), first(a.map(|n| n * 7), 1, 1)) {
                prop_assert_eq!(one.cmp(&same), Ordering::Equal);
            }
        }
    }
}
