//! Sums held in two `f64`s, about 32 decimal digits (Dekker 1971; Knuth, TAOCP 2, 4.2.2).

/// An unevaluated sum `high + low`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct TwoTerm {
    pub high: f64,
    pub low: f64,
}

impl TwoTerm {
    /// a + b, exactly.
    pub fn sum(a: f64, b: f64) -> Self {
        let high = a + b;
        let part = high - a;
        Self { high, low: (a - (high - part)) + (b - part) }
    }

    /// a − b, exactly.
    pub fn difference(a: f64, b: f64) -> Self {
        Self::sum(a, -b)
    }

    /// a · b, exactly but for underflow.
    pub fn product(a: f64, b: f64) -> Self {
        let high = a * b;
        Self { high, low: a.mul_add(b, -high) }
    }

    /// `self` + `other`, to 2⁻¹⁰⁴ of the larger.
    pub fn plus(self, other: Self) -> Self {
        let high = Self::sum(self.high, other.high);
        let low = Self::sum(self.low, other.low);
        let high = Self::sum(high.high, high.low + low.high);
        Self::sum(high.high, high.low + low.low)
    }

    /// `self` − `other`.
    pub fn minus(self, other: Self) -> Self {
        self.plus(Self { high: -other.high, low: -other.low })
    }

    /// `self` · `factor`.
    pub fn times(self, factor: f64) -> Self {
        let high = Self::product(self.high, factor);
        Self::sum(high.high, high.low + self.low * factor)
    }
}
