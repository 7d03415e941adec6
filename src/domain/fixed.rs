//! Fixed-point decimals with four digits after the point, and the one rounding rule: half to even.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A decimal with at most four digits after the point, as stored: ten-thousandths. A score of 81.25
/// on 0–100 is 812 500; a confidence of 0.5 is 5 000. Prints as a decimal: `81.25`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TenThousandths(pub i64);

/// The text is not a decimal with at most four digits after the point.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a decimal with at most four digits after the point")]
pub struct NotFourDecimals;

impl TenThousandths {
    /// One.
    pub const ONE: Self = Self(10_000);
    /// A hundred: the top of every score.
    pub const HUNDRED: Self = Self(1_000_000);

    /// A whole number.
    pub const fn whole(n: i32) -> Self {
        Self(n as i64 * 10_000)
    }
    /// The whole number it is, if it is one.
    pub const fn as_whole(self) -> Option<i64> {
        if self.0 % 10_000 == 0 { Some(self.0 / 10_000) } else { None }
    }
    /// Tenths, rounded half to even: what people read, and what a card prints.
    pub fn tenths(self) -> i64 {
        // A thousandth of an i64 fits an i64.
        i64::try_from(div_half_even(i128::from(self.0), 1_000)).unwrap_or(0)
    }
    /// The fraction `numerator / denominator`, rounded once, half to even, to ten-thousandths.
    /// `None` when the denominator is not positive or the result does not fit.
    pub fn ratio(numerator: i128, denominator: i128) -> Option<Self> {
        if denominator <= 0 {
            return None;
        }
        let rounded = div_half_even(numerator.checked_mul(10_000)?, denominator);
        i64::try_from(rounded).ok().map(Self)
    }
}

/// `n / d` rounded half to even. `d` must be positive.
pub const fn div_half_even(n: i128, d: i128) -> i128 {
    debug_assert!(d > 0);
    let (q, r) = (n.div_euclid(d), n.rem_euclid(d));
    // r and d − r are compared instead of 2r and d, so that nothing overflows.
    let rest = d - r;
    if r > rest || (r == rest && q % 2 != 0) { q + 1 } else { q }
}

impl fmt::Display for TenThousandths {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (sign, digits) = (if self.0 < 0 { "-" } else { "" }, self.0.unsigned_abs());
        let (whole, part) = (digits / 10_000, digits % 10_000);
        if part == 0 {
            return write!(f, "{sign}{whole}");
        }
        let part = format!("{part:04}");
        write!(f, "{sign}{whole}.{}", part.trim_end_matches('0'))
    }
}

impl FromStr for TenThousandths {
    type Err = NotFourDecimals;
    /// Reads `12`, `-0.5`, `3.1400`; no exponent, no sign `+`, no bare point.
    fn from_str(text: &str) -> Result<Self, NotFourDecimals> {
        let (negative, digits) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
        let (whole, part) = digits.split_once('.').map_or((digits, None), |(w, p)| (w, Some(p)));
        let all_digits = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit());
        if !all_digits(whole) || !part.is_none_or(all_digits) {
            return Err(NotFourDecimals);
        }
        let part = part.unwrap_or("").trim_end_matches('0');
        if part.len() > 4 {
            return Err(NotFourDecimals);
        }
        let value = format!("{}{whole}{part:0<4}", if negative { "-" } else { "" });
        value.parse().map(Self).map_err(|_out_of_range| NotFourDecimals)
    }
}

/// Serde of a [`TenThousandths`] as a plain JSON number, for documents that people write: `12.5`.
/// A number is read by its shortest decimal form; one with more than four decimals is refused.
pub mod number {
    use std::fmt;

    use serde::de::{Error, Visitor};
    use serde::{Deserializer, Serializer};

    use super::TenThousandths;

    /// Writes a JSON number.
    ///
    /// # Errors
    /// The serializer's own.
    pub fn serialize<S: Serializer>(value: &TenThousandths, s: S) -> Result<S::Ok, S::Error> {
        match value.as_whole() {
            Some(whole) => s.serialize_i64(whole),
            // The nearest double of a four-decimal number prints as that number again: the quotient
            // is correctly rounded and JSON writes the shortest form that reads back.
            #[allow(clippy::cast_precision_loss)]
            None => s.serialize_f64(value.0 as f64 / 10_000.0),
        }
    }

    /// Reads a JSON number.
    ///
    /// # Errors
    /// Not a number, more than four decimals, or out of range.
    pub fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<TenThousandths, D::Error> {
        d.deserialize_any(Number)
    }

    struct Number;
    impl Visitor<'_> for Number {
        type Value = TenThousandths;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a number with at most four decimals")
        }
        fn visit_i64<E: Error>(self, v: i64) -> Result<TenThousandths, E> {
            v.checked_mul(10_000).map(TenThousandths).ok_or_else(|| E::custom("the number is too large"))
        }
        fn visit_u64<E: Error>(self, v: u64) -> Result<TenThousandths, E> {
            i64::try_from(v).map_err(E::custom).and_then(|v| self.visit_i64(v))
        }
        fn visit_f64<E: Error>(self, v: f64) -> Result<TenThousandths, E> {
            v.to_string().parse().map_err(E::custom)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn halves_go_to_the_even_neighbour() {
        for (n, d, want) in
            [(5, 2, 2), (7, 2, 4), (-5, 2, -2), (-7, 2, -4), (8, 3, 3), (7, 3, 2), (-8, 3, -3), (1, 2, 0), (0, 9, 0)]
        {
            assert_eq!(div_half_even(n, d), want, "{n}/{d}");
        }
        assert_eq!(TenThousandths::ratio(2, 3), Some(TenThousandths(6667)));
        assert_eq!(TenThousandths::ratio(1, 20_000), Some(TenThousandths(0)));
        assert_eq!(TenThousandths::ratio(3, 20_000), Some(TenThousandths(2)));
        assert_eq!(TenThousandths::ratio(1, 0), None);
    }

    #[test]
    fn people_read_tenths() {
        for (units, tenths) in
            [(583_123, 583), (580_500, 580), (581_500, 582), (581_501, 582), (1_000_000, 1_000), (0, 0)]
        {
            assert_eq!(TenThousandths(units).tenths(), tenths, "{units}");
        }
    }

    #[test]
    fn one_form_of_a_decimal() {
        for (text, value) in [("0", 0), ("12", 120_000), ("-0.5", -5000), ("3.1400", 31_400), ("0.0001", 1)] {
            assert_eq!(text.parse(), Ok(TenThousandths(value)), "{text}");
        }
        for bad in ["", "-", ".5", "5.", "+1", "1e3", "0.00001", "1,5", "1.2.3", "9999999999999999", "--1", "0.-1"] {
            assert_eq!(bad.parse::<TenThousandths>(), Err(NotFourDecimals), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn text_and_json_read_back(v in -900_000_000_000_i64..900_000_000_000) {
            #[derive(Serialize, Deserialize)]
            struct Holder(#[serde(with = "number")] TenThousandths);
            let value = TenThousandths(v);
            prop_assert_eq!(value.to_string().parse::<TenThousandths>(), Ok(value));
            let json = serde_json::to_string(&Holder(value)).unwrap();
            prop_assert_eq!(&json, &format!("{value}"), "JSON writes the decimal itself");
            prop_assert_eq!(serde_json::from_str::<Holder>(&json).unwrap().0, value);
        }
    }
}
