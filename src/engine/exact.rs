//! Exact fractions and their one rounding: half to even. Products that leave 128 bits go through 256.

use ethnum::U256;

pub use crate::domain::fixed::div_half_even;

/// A fraction from 0 to 1; the denominator is above 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fraction {
    /// 0 to `den`.
    pub num: i128,
    /// Above 0.
    pub den: i128,
}

impl Fraction {
    /// Nought.
    pub const ZERO: Self = Self { num: 0, den: 1 };
    /// One.
    pub const ONE: Self = Self { num: 1, den: 1 };
    /// A half.
    pub const HALF: Self = Self { num: 1, den: 2 };

    /// `num / den` clipped to 0–1. `den` must not be 0 and may be negative.
    pub const fn clipped(num: i128, den: i128) -> Self {
        let (num, den) = if den < 0 { (-num, -den) } else { (num, den) };
        if num <= 0 {
            Self::ZERO
        } else if num >= den {
            Self::ONE
        } else {
            Self { num, den }
        }
    }

    /// `factor · self`, rounded half to even. `factor` is not negative.
    pub fn times(self, factor: i128) -> i128 {
        match self.num.checked_mul(factor) {
            Some(product) => div_half_even(product, self.den),
            None => wide_half_even(wide(self.num) * wide(factor), wide(self.den)),
        }
    }

    /// The nearest double.
    pub fn to_f64(self) -> f64 {
        nearest_f64(self.num, self.den)
    }
}

fn wide(n: i128) -> U256 {
    U256::from(n.unsigned_abs())
}

fn wide_half_even(num: U256, den: U256) -> i128 {
    let (floor, rest) = (num / den, num % den);
    let above = den - rest;
    let odd = floor & U256::ONE == U256::ONE;
    let rounded = if rest > above || (rest == above && odd) { floor + U256::ONE } else { floor };
    // A value times a weight: far inside 128 bits again.
    i128::try_from(rounded).unwrap_or(i128::MAX)
}

/// How `a / b` compares with `c / d`; `b` and `d` above 0.
pub fn compare(a: i128, b: i128, c: i128, d: i128) -> std::cmp::Ordering {
    match (a.checked_mul(d), c.checked_mul(b)) {
        (Some(left), Some(right)) => left.cmp(&right),
        _ => match (a < 0, c < 0) {
            (true, false) => std::cmp::Ordering::Less,
            (false, true) => std::cmp::Ordering::Greater,
            (negative, _) => {
                let magnitudes = (wide(a) * wide(d)).cmp(&(wide(c) * wide(b)));
                if negative { magnitudes.reverse() } else { magnitudes }
            }
        },
    }
}

/// ⌊a · b / d⌋; `b` not negative, `d` above 0.
pub fn multiply_divide_floor(a: i128, b: i128, d: i128) -> i128 {
    if let Some(product) = a.checked_mul(b) {
        return product.div_euclid(d);
    }
    let (product, d) = (wide(a) * wide(b), wide(d));
    let (quotient, rest) = (product / d, product % d);
    let magnitude = i128::try_from(quotient).unwrap_or(i128::MAX);
    match (a < 0, rest == U256::ZERO) {
        (false, _) => magnitude,
        (true, true) => -magnitude,
        (true, false) => -magnitude - 1,
    }
}

/// The double nearest to `num / den` (ties to even); `den` above 0.
#[allow(clippy::cast_precision_loss)]
pub fn nearest_f64(num: i128, den: i128) -> f64 {
    const EXACT: u128 = 1 << 53;
    if num.unsigned_abs() <= EXACT && den.unsigned_abs() <= EXACT {
        return num as f64 / den as f64;
    }
    if num == 0 {
        return 0.0;
    }
    // Scale so that the quotient has 64 bits or more, and let its last bit remember the rest: then the one
    // rounding of the cast is the rounding of the exact quotient.
    let (top, bottom) = (wide(num), wide(den));
    let shift = (66 + top.leading_zeros()).saturating_sub(bottom.leading_zeros());
    let top = top << shift;
    let (quotient, rest) = (top / bottom, top % bottom);
    let sticky = u128::from(rest != U256::ZERO);
    let bits = u128::try_from(quotient).unwrap_or(u128::MAX) | sticky;
    let power = -shift.cast_signed();
    let magnitude = libm::ldexp(bits as f64, power);
    if num < 0 { -magnitude } else { magnitude }
}

/// A finite double in units of 10⁻⁹, its exact value rounded half to even.
pub fn units_of_f64(x: f64) -> i128 {
    const UNITS: i128 = 1_000_000_000;
    let bits = x.abs().to_bits();
    let (exponent, fraction) = (i32::try_from(bits >> 52).unwrap_or(0), i128::from(bits & ((1 << 52) - 1)));
    let (mantissa, power) = if exponent == 0 { (fraction, -1074) } else { (fraction | (1 << 52), exponent - 1075) };
    // 53 bits times 30 bits leave 44 for a positive power; our numbers are below 2⁴⁰.
    let product = mantissa * UNITS;
    let magnitude = match power {
        0.. => product.checked_shl(power.unsigned_abs()).unwrap_or(i128::MAX),
        -126..0 => div_half_even(product, 1i128 << power.unsigned_abs()),
        _ => 0,
    };
    if x < 0.0 { -magnitude } else { magnitude }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_products() {
        let third = Fraction { num: 10i128.pow(33), den: 3 * 10i128.pow(33) };
        assert_eq!(third.times(10i128.pow(21)), 333_333_333_333_333_333_333);
        let half = Fraction { num: 10i128.pow(33), den: 2 * 10i128.pow(33) };
        assert_eq!(half.times(10i128.pow(21) + 1), 500_000_000_000_000_000_000);
        assert_eq!(half.times(10i128.pow(21) + 3), 500_000_000_000_000_000_002);
        let a = 10i128.pow(30);
        assert_eq!(
            multiply_divide_floor(a, 10i128.pow(12), 3 * 10i128.pow(10)),
            33_333_333_333_333_333_333_333_333_333_333
        );
        assert_eq!(
            multiply_divide_floor(-a, 10i128.pow(12), 3 * 10i128.pow(10)),
            -33_333_333_333_333_333_333_333_333_333_334
        );
        assert_eq!(multiply_divide_floor(-7, 1, 2), -4);
    }

    #[test]
    fn comparison_beyond_128_bits() {
        use std::cmp::Ordering::{Equal, Greater, Less};
        let big = 10i128.pow(30);
        assert_eq!(compare(big, big - 1, big + 1, big), Greater);
        assert_eq!(compare(-big, big - 1, -big - 1, big), Less);
        assert_eq!(compare(big, 3 * big, 2 * big, 6 * big), Equal);
        assert_eq!(compare(-big, big, big, big), Less);
        assert_eq!(compare(big, big, -big, big), Greater);
    }

    #[test]
    fn doubles() {
        for (num, den) in [(1i128, 3i128), (2, 3), (1, 1), (-20_723_265_836, 1_000_000_000), (7, 10)] {
            let expected = num as f64 / den as f64;
            assert_eq!(nearest_f64(num, den), expected);
            let scale = 10i128.pow(20);
            assert_eq!(nearest_f64(num * scale, den * scale), expected, "{num}/{den}");
        }
        assert_eq!(nearest_f64((1 << 60) + 1, 1), 2f64.powi(60));
        assert_eq!(nearest_f64(1, 10i128.pow(24)), 1e-24);
        assert_eq!(units_of_f64(0.5), 500_000_000);
        assert_eq!(units_of_f64(-0.25), -250_000_000);
        assert_eq!(units_of_f64(100.0), 100_000_000_000);
        assert_eq!(units_of_f64(1e-30), 0);
        assert_eq!(units_of_f64(5e-10), 1, "the double is a little above one half");
    }
}
