//! Exact decimals of criteria documents and tables: whole 10⁻⁹ units in an `i128`, never a float.
//!
//! A number is read by its *shortest decimal form*: the shortest text that names the same double. So a
//! table, a JSON document and a database that carried the same number read the same decimal, and digits
//! that no double can hold do not look like information.

use std::fmt;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::fixed::div_half_even;

/// Units in one.
pub const UNITS: i128 = 1_000_000_000;
/// Largest magnitude read: 10¹⁵, in units.
const LARGEST: i128 = 1_000_000_000_000_000 * UNITS;
/// Significant digits that every double keeps.
const DIGITS: u32 = 15;

/// An exact decimal with at most nine digits after the point.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Decimal(i128);

/// Why a text or a JSON number is not a decimal of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// Not a number in JSON's grammar.
    NotANumber,
    /// Not a number, infinite, or too large for a double.
    NonFinite,
    /// More than 15 significant digits.
    Digits,
    /// More than nine digits after the point.
    Decimals,
    /// Beyond ±10¹⁵.
    Range,
}

impl Decimal {
    /// Nought.
    pub const ZERO: Self = Self(0);
    /// One.
    pub const ONE: Self = Self(UNITS);

    /// From units of 10⁻⁹.
    pub const fn from_units(units: i128) -> Self {
        Self(units)
    }

    /// From a whole number.
    pub const fn whole(n: i64) -> Self {
        Self(n as i128 * UNITS)
    }

    /// Units of 10⁻⁹.
    pub const fn units(self) -> i128 {
        self.0
    }

    /// The whole number it is, if it is one.
    pub fn as_whole(self) -> Option<i64> {
        if self.0 % UNITS == 0 { i64::try_from(self.0 / UNITS).ok() } else { None }
    }

    /// How many digits stand after the point in the shortest form.
    pub fn decimals(self) -> u32 {
        let mut fraction = self.0.unsigned_abs() % UNITS.unsigned_abs();
        let mut digits = if fraction == 0 { 0 } else { 9 };
        while fraction > 0 && fraction.is_multiple_of(10) {
            fraction /= 10;
            digits -= 1;
        }
        digits
    }

    /// Reads a text in the grammar of JSON numbers: no sign `+`, no leading zeros, no blanks.
    ///
    /// # Errors
    /// [`Refused`], by the limits of this module.
    pub fn parse(text: &str) -> Result<Self, Refused> {
        match Scanned::read(text) {
            // Below every double the shortest form is 0, as a double says.
            Some(scanned) if scanned.exact && scanned.exponent > -300 => scanned.value(),
            Some(_) => Self::from_f64(text.parse().map_err(|_odd: std::num::ParseFloatError| Refused::NotANumber)?),
            None if names_no_finite_number(text) => Err(Refused::NonFinite),
            None => Err(Refused::NotANumber),
        }
    }

    /// Reads a JSON number.
    ///
    /// # Errors
    /// [`Refused`], by the limits of this module.
    pub fn from_json(number: &serde_json::Number) -> Result<Self, Refused> {
        match (number.as_i64(), number.as_u64(), number.as_f64()) {
            (Some(n), ..) => Self::parse(&n.to_string()),
            (_, Some(n), _) => Self::parse(&n.to_string()),
            (_, _, Some(x)) => Self::from_f64(x),
            _ => Err(Refused::NonFinite),
        }
    }

    fn from_f64(x: f64) -> Result<Self, Refused> {
        if !x.is_finite() {
            return Err(Refused::NonFinite);
        }
        // `{:e}` prints the shortest digits that name this double.
        match Scanned::read(&format!("{x:e}")) {
            Some(scanned) if scanned.exact => scanned.value(),
            Some(_) => Err(Refused::Digits),
            None => Err(Refused::NotANumber),
        }
    }

    /// With this many digits after the point (at most nine), rounded half to even.
    pub fn rounded(self, digits: u32) -> Self {
        let unit = 10i128.pow(9u32.saturating_sub(digits));
        Self(div_half_even(self.0, unit) * unit)
    }

    /// The nearest double.
    #[allow(clippy::cast_precision_loss)]
    pub fn to_f64(self) -> f64 {
        const EXACT: u128 = 1 << 53;
        if self.0.unsigned_abs() < EXACT {
            // Both are exact in a double, so the quotient is rounded once.
            self.0 as f64 / UNITS as f64
        } else {
            self.plain().parse().unwrap_or(f64::NAN)
        }
    }

    /// All digits, without an exponent: `0.0000001`.
    fn plain(self) -> String {
        let (whole, fraction) =
            (self.0.unsigned_abs() / UNITS.unsigned_abs(), self.0.unsigned_abs() % UNITS.unsigned_abs());
        let sign = if self.0 < 0 { "-" } else { "" };
        if fraction == 0 {
            return format!("{sign}{whole}");
        }
        let digits = format!("{fraction:09}");
        format!("{sign}{whole}.{}", digits.trim_end_matches('0'))
    }

    /// Exactly nine digits after the point: `81.250000000`.
    pub fn padded(self) -> String {
        let magnitude = self.0.unsigned_abs();
        let sign = if self.0 < 0 { "-" } else { "" };
        format!("{sign}{}.{:09}", magnitude / UNITS.unsigned_abs(), magnitude % UNITS.unsigned_abs())
    }
}

/// As RFC 8785 prints a number: `81.25`, and below 10⁻⁶ with an exponent, `1.5e-7`.
impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let magnitude = self.0.unsigned_abs();
        if magnitude == 0 || magnitude >= 1000 {
            return f.write_str(&self.plain());
        }
        let digits = magnitude.to_string();
        let exponent = 10 - digits.len();
        let digits = digits.trim_end_matches('0');
        let (first, rest) = digits.split_at(1);
        let sign = if self.0 < 0 { "-" } else { "" };
        let point = if rest.is_empty() { "" } else { "." };
        write!(f, "{sign}{first}{point}{rest}e-{exponent}")
    }
}

/// A JSON number. Written through the canonicaliser it has the form of RFC 8785.
impl Serialize for Decimal {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        match self.as_whole() {
            Some(n) => s.serialize_i64(n),
            None => s.serialize_f64(self.to_f64()),
        }
    }
}

impl<'de> Deserialize<'de> for Decimal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = serde_json::Number::deserialize(deserializer)?;
        Self::from_json(&number).map_err(|refused| D::Error::custom(format!("{number} is no decimal: {refused:?}")))
    }
}

/// `NaN`, `-Infinity`, `inf` and the like: what other tools print when they have no number.
pub fn names_no_finite_number(text: &str) -> bool {
    text.parse::<f64>().is_ok_and(|x| !x.is_finite())
}

/// A number as digits: ±mantissa · 10^exponent, the mantissa without trailing zeros.
struct Scanned {
    negative: bool,
    mantissa: u64,
    digits: u32,
    exponent: i64,
    /// The mantissa holds all digits (at most [`DIGITS`]).
    exact: bool,
}

impl Scanned {
    /// Reads JSON's grammar, or nothing.
    fn read(text: &str) -> Option<Self> {
        let (negative, rest) = match text.strip_prefix('-') {
            Some(rest) => (true, rest.as_bytes()),
            None => (false, text.as_bytes()),
        };
        let mut out = Self { negative, mantissa: 0, digits: 0, exponent: 0, exact: true };
        let mut zeros = 0;
        let whole = out.take_digits(rest, &mut zeros);
        if whole == 0 || (whole > 1 && rest[0] == b'0') {
            return None;
        }
        let mut rest = &rest[whole..];
        if let Some(after) = rest.strip_prefix(b".") {
            let fraction = out.take_digits(after, &mut zeros);
            if fraction == 0 {
                return None;
            }
            out.exponent -= i64::try_from(fraction).ok()?;
            rest = &after[fraction..];
        }
        out.exponent += i64::from(zeros);
        if let [b'e' | b'E', after @ ..] = rest {
            let (down, after) = match after {
                [b'-', after @ ..] => (true, after),
                [b'+', after @ ..] => (false, after),
                _ => (false, after),
            };
            if after.is_empty() || !after.iter().all(u8::is_ascii_digit) {
                return None;
            }
            let power = after.iter().fold(0i64, |n, d| (n * 10 + i64::from(d - b'0')).min(1_000_000));
            out.exponent += if down { -power } else { power };
            rest = &[];
        }
        rest.is_empty().then_some(out)
    }

    /// Adds leading digits of `bytes` to the mantissa; trailing zeros wait in `zeros` until a digit follows.
    fn take_digits(&mut self, bytes: &[u8], zeros: &mut u32) -> usize {
        let count = bytes.iter().take_while(|b| b.is_ascii_digit()).count();
        for digit in &bytes[..count] {
            match digit - b'0' {
                // Zeros before the first digit carry nothing.
                0 if self.digits == 0 => {}
                0 => *zeros += 1,
                digit => {
                    self.digits = self.digits.saturating_add(*zeros + 1);
                    if self.digits > DIGITS {
                        self.exact = false;
                    } else {
                        self.mantissa = self.mantissa * 10u64.pow(*zeros + 1) + u64::from(digit);
                    }
                    *zeros = 0;
                }
            }
        }
        count
    }

    fn value(&self) -> Result<Decimal, Refused> {
        if self.digits == 0 {
            return Ok(Decimal::ZERO);
        }
        let above_point = i64::from(self.digits) + self.exponent;
        if above_point > 309 {
            return Err(Refused::NonFinite);
        }
        if above_point > 16 {
            return Err(Refused::Range);
        }
        let power = u32::try_from(self.exponent + 9).map_err(|_negative| Refused::Decimals)?;
        let units = i128::from(self.mantissa) * 10i128.pow(power);
        if units > LARGEST {
            return Err(Refused::Range);
        }
        Ok(Decimal(if self.negative { -units } else { units }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<String, Refused> {
        Decimal::parse(text).map(|d| d.to_string())
    }

    #[test]
    fn the_grammar_is_that_of_json() {
        for (text, printed) in [
            ("0", "0"),
            ("-0", "0"),
            ("-0.0e5", "0"),
            ("12", "12"),
            ("81.250", "81.25"),
            ("-1.5e3", "-1500"),
            ("15E-1", "1.5"),
            ("1e+2", "100"),
            ("1000000000000000", "1000000000000000"),
            ("-1e15", "-1000000000000000"),
            ("0.000000001", "1e-9"),
            ("0.00000015", "1.5e-7"),
            ("0.000001", "0.000001"),
            ("123456789012345", "123456789012345"),
            ("999999.999999999", "999999.999999999"),
            ("100.000000000000000000000", "100"),
            // The shortest form of the double is 0.1.
            ("0.1000000000000000055511151231257827", "0.1"),
            ("1e-400", "0"),
        ] {
            assert_eq!(read(text).as_deref(), Ok(printed), "{text}");
        }
        for text in
            ["", "+1", "01", "-01", ".5", "1.", "1e", "1e+", "0x1", " 1", "1 ", "1,5", "1_0", "-", "--1", "1.e2"]
        {
            assert_eq!(read(text), Err(Refused::NotANumber), "{text}");
        }
        for text in ["NaN", "nan", "inf", "-inf", "Infinity", "-Infinity", "1e400", "-1e999999999999"] {
            assert_eq!(read(text), Err(Refused::NonFinite), "{text}");
        }
    }

    #[test]
    fn limits() {
        assert_eq!(read("1000000000000001"), Err(Refused::Digits));
        assert_eq!(read("0.30000000000000004"), Err(Refused::Digits));
        assert_eq!(read("1234567.8901234567"), Err(Refused::Digits));
        assert_eq!(read("0.0000000001"), Err(Refused::Decimals));
        assert_eq!(read("1.0000000001"), Err(Refused::Decimals));
        assert_eq!(read("1100000000000000"), Err(Refused::Range));
        assert_eq!(read("-1e16"), Err(Refused::Range));
        assert_eq!(read("1e300"), Err(Refused::Range));
    }

    #[test]
    fn json_numbers_and_texts_agree() {
        for text in ["0.1", "1e5", "-2.5", "5000000", "1e15", "0.000000001", "31.75"] {
            let number: serde_json::Number = serde_json::from_str(text).unwrap();
            assert_eq!(Decimal::from_json(&number), Decimal::parse(text), "{text}");
        }
        let long: serde_json::Number = serde_json::from_str("12345678901234567890").unwrap();
        assert_eq!(Decimal::from_json(&long), Err(Refused::Digits));
    }

    #[test]
    fn forms() {
        let d = Decimal::parse("81.25").unwrap();
        assert_eq!(d.padded(), "81.250000000");
        assert_eq!(serde_json::to_string(&d).unwrap(), "81.25");
        assert_eq!(serde_json::to_string(&Decimal::whole(3)).unwrap(), "3");
        assert_eq!(d.rounded(1).to_string(), "81.2");
        assert_eq!(Decimal::parse("-0.35").unwrap().rounded(1).to_string(), "-0.4");
        assert_eq!(d.decimals(), 2);
        assert_eq!(Decimal::parse("0.000001").unwrap().decimals(), 6);
        assert_eq!(Decimal::whole(7).decimals(), 0);
        assert_eq!(Decimal::parse("999999999999999").unwrap().to_f64(), 999_999_999_999_999.0);
        assert_eq!(Decimal::parse("123456.123456789").unwrap().to_f64(), 123_456.123_456_789);
    }
}
