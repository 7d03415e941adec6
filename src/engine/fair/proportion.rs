//! Shares, probabilities and significance levels as exact fractions of at most nine decimals.

/// Units of 10⁻⁹ in one.
const UNITS: u64 = 1_000_000_000;

/// A number from 0 to 1 with at most nine decimals, in lowest terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proportion {
    num: u64,
    den: u64,
}

/// A number below 0 or above 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not between 0 and 1")]
pub struct NotAProportion;

impl Default for Proportion {
    /// Nought.
    fn default() -> Self {
        Self { num: 0, den: 1 }
    }
}

impl Proportion {
    /// From units of 10⁻⁹: 300,000,000 is 0.3.
    ///
    /// # Errors
    /// [`NotAProportion`] below 0 or above 1.
    pub fn from_units(units: i128) -> Result<Self, NotAProportion> {
        let num = u64::try_from(units).ok().filter(|n| *n <= UNITS).ok_or(NotAProportion)?;
        let divisor = gcd(num, UNITS);
        Ok(Self { num: num / divisor, den: UNITS / divisor })
    }

    /// The numerator, in lowest terms.
    pub const fn num(self) -> u64 {
        self.num
    }

    /// The denominator, in lowest terms: 1 to 10⁹.
    pub const fn den(self) -> u64 {
        self.den
    }

    /// Whether it is neither 0 nor 1.
    pub const fn is_open(self) -> bool {
        self.num > 0 && self.num < self.den
    }

    /// The nearest double; both terms are whole numbers that a double holds, so the division rounds once.
    #[allow(clippy::cast_precision_loss)]
    pub const fn to_f64(self) -> f64 {
        self.num as f64 / self.den as f64
    }

    /// What is missing to 1.
    #[must_use]
    pub const fn complement(self) -> Self {
        Self { num: self.den - self.num, den: self.den }
    }

    /// ⌊self · n⌋, so that 0.29 · 100 is 29.
    pub fn floor_of(self, n: usize) -> usize {
        // At most n, and the product of two numbers below 2⁶⁴ stays below 2¹²⁸.
        usize::try_from(u128::from(self.num) * (n as u128) / u128::from(self.den)).unwrap_or(n)
    }
}

/// The greatest common divisor; `b` is above 0.
const fn gcd(mut a: u64, mut b: u64) -> u64 {
    while a > 0 {
        (a, b) = (b % a, a);
    }
    b
}
