//! Numbers as people in Indonesia write them: `1.250.000`, `12,5`, `Rp 5.000.000,-`, `2,5 juta`.
//!
//! One separator followed by exactly three digits can be read two ways. Money has no decimals, so there
//! `1.250` is 1250; a decimal written so is refused, as nobody can know whether it is 1250 or 1.25.

use super::cell::Cell;
use super::fault::RowFault;

/// Amounts stay below the limit of criteria documents (10¹⁵).
const MONEY_LIMIT: i128 = 1_000_000_000_000_000;
/// Ten-thousandths in one.
const ONE: i128 = 10_000;

/// Digits of a number, taken apart.
struct Digits {
    integer: String,
    fraction: String,
    /// One separator and three digits behind it: `integer` and `fraction` may be one number.
    ambiguous: bool,
}

/// Takes a number apart. Groups have three digits; the last of two kinds of separators is the decimal one.
fn digits(text: &str) -> Result<Digits, RowFault> {
    if let Some(rest) = text.strip_prefix(['-', '−']) {
        let number = rest.starts_with(|c: char| c.is_ascii_digit());
        return Err(if number { RowFault::OutOfRange } else { RowFault::NotANumber });
    }
    let ok = |b: u8| b.is_ascii_digit() || matches!(b, b'.' | b',' | b' ');
    let edges = |s: &str| s.as_bytes().first().zip(s.as_bytes().last()).map(|(a, b)| (*a, *b));
    match edges(text) {
        Some((a, b)) if a.is_ascii_digit() && b.is_ascii_digit() && text.bytes().all(ok) && text.len() <= 40 => {}
        _ => return Err(RowFault::NotANumber),
    }
    let last = text.rfind(['.', ',']);
    let (dots, commas) = (text.matches('.').count(), text.matches(',').count());
    // The decimal separator, if there is one: the last of two kinds, or a single one.
    let cut = match (dots, commas, last) {
        (1, 0, at) | (0, 1, at) => at,
        (d, c, at) if d > 0 && c > 0 => at,
        _ => None,
    };
    let (head, fraction) = cut.map_or((text, ""), |at| (&text[..at], &text[at + 1..]));
    if fraction.contains(|c: char| !c.is_ascii_digit()) {
        return Err(RowFault::NotANumber);
    }
    let groups: Vec<&str> = head.split(['.', ',', ' ']).collect();
    let mut separators = head.chars().filter(|c| !c.is_ascii_digit());
    let first = separators.next();
    let one_kind = separators.all(|c| Some(c) == first);
    let grouped = groups.len() > 1;
    if grouped && !(one_kind && (1..=3).contains(&groups[0].len()) && groups[1..].iter().all(|g| g.len() == 3)) {
        return Err(RowFault::NotANumber);
    }
    // `1.250.000,5` used two kinds; `1.250` used one, and so did `0.125`, which no thousands group starts.
    let ambiguous = cut.is_some() && !grouped && fraction.len() == 3 && head.len() <= 3 && !head.starts_with('0');
    Ok(Digits { integer: groups.concat(), fraction: fraction.to_owned(), ambiguous })
}

fn integer(digits: &str) -> Result<i128, RowFault> {
    digits.parse().map_err(|_unfit| RowFault::OutOfRange)
}

/// `integer.fraction × scale`, which must be a whole number.
fn scaled(integer_digits: &str, fraction: &str, scale: i128) -> Result<Option<i128>, RowFault> {
    let fraction = fraction.trim_end_matches('0');
    if fraction.len() > 18 {
        return Ok(None);
    }
    let unit = 10_i128.pow(u32::try_from(fraction.len()).map_err(|_unfit| RowFault::NotANumber)?);
    let part = if fraction.is_empty() { 0 } else { integer(fraction)? };
    let whole = integer(integer_digits)?.checked_mul(scale).ok_or(RowFault::OutOfRange)?;
    Ok((part * scale % unit == 0).then(|| whole + part * scale / unit))
}

/// A number as a spreadsheet stores it, by its shortest decimal form.
fn stored(value: f64) -> Result<Digits, RowFault> {
    if !(0.0..=1e18).contains(&value) {
        return Err(RowFault::OutOfRange);
    }
    let text = value.to_string();
    let (integer, fraction) = text.split_once('.').unwrap_or((&text, ""));
    Ok(Digits { integer: integer.to_owned(), fraction: fraction.to_owned(), ambiguous: false })
}

/// Whole rupiah.
///
/// # Errors
/// Not a number, negative or too large, or not whole.
pub fn money(cell: &Cell) -> Result<i64, RowFault> {
    let (digits, scale) = match cell {
        Cell::Number { value, percent: false } => (stored(*value)?, 1),
        Cell::Text(text) => {
            let lower = text.replace('\u{a0}', " ").trim().to_lowercase();
            let bare = lower.strip_prefix("rp").or_else(|| lower.strip_prefix("idr")).unwrap_or(&lower);
            let bare = bare.trim_start_matches('.').trim();
            let bare = bare.strip_suffix(",-").or_else(|| bare.strip_suffix(",--")).unwrap_or(bare);
            let words = [
                ("miliar", 1_000_000_000),
                ("milyar", 1_000_000_000),
                ("juta", 1_000_000),
                ("jt", 1_000_000),
                ("ribu", 1_000),
                ("rb", 1_000),
            ];
            match words.into_iter().find_map(|(word, scale)| bare.strip_suffix(word).map(|rest| (rest, scale))) {
                Some((rest, scale)) => {
                    let digits = digits(rest.trim())?;
                    if digits.ambiguous {
                        return Err(RowFault::AmbiguousNumber);
                    }
                    (digits, scale)
                }
                None => {
                    let mut digits = digits(bare)?;
                    if digits.ambiguous {
                        digits.integer.push_str(&digits.fraction);
                        digits.fraction.clear();
                    }
                    (digits, 1)
                }
            }
        }
        _ => return Err(RowFault::NotANumber),
    };
    match scaled(&digits.integer, &digits.fraction, scale)? {
        None => Err(RowFault::NotWholeRupiah),
        Some(amount) if amount < MONEY_LIMIT => i64::try_from(amount).map_err(|_unfit| RowFault::OutOfRange),
        Some(_) => Err(RowFault::OutOfRange),
    }
}

/// A few digits and nothing else, which most cells are, in ten-thousandths. There is one way to read them.
fn plain(cell: &Cell) -> Option<i64> {
    let Cell::Text(text) = cell else { return None };
    let digits = (1..=9).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| text.bytes().fold(0, |value, b| value * 10 + i64::from(b - b'0')) * 10_000)
}

/// A decimal in ten-thousandths, from 0 to `max` of them. In a column of percents `30%` is 30, a cell
/// that a spreadsheet shows as `30%` is 30 too, and a plain number between 0 and 1 is refused: it may
/// be a share or a percentage.
///
/// # Errors
/// Not a number, ambiguous, more than four decimals, or out of range.
pub fn decimal(cell: &Cell, max: i64, percent_column: bool) -> Result<i64, RowFault> {
    if let Some(value) = plain(cell) {
        return if value > max { Err(RowFault::OutOfRange) } else { Ok(value) };
    }
    let (digits, scale, sure) = match cell {
        Cell::Number { value, percent: true } if percent_column => (stored(*value)?, ONE * 100, true),
        Cell::Number { value, percent: false } => (stored(*value)?, ONE, false),
        Cell::Text(text) => {
            let text = text.replace('\u{a0}', " ");
            let text = text.trim();
            let bare = if percent_column { text.strip_suffix('%').map(str::trim_end) } else { None };
            (digits(bare.unwrap_or(text))?, ONE, bare.is_some())
        }
        _ => return Err(RowFault::NotANumber),
    };
    if digits.ambiguous {
        return Err(RowFault::AmbiguousNumber);
    }
    let value = scaled(&digits.integer, &digits.fraction, scale)?.ok_or(RowFault::TooManyDecimals)?;
    if percent_column && !sure && 0 < value && value < ONE {
        return Err(RowFault::ShareOrPercent);
    }
    if value > i128::from(max) {
        return Err(RowFault::OutOfRange);
    }
    i64::try_from(value).map_err(|_unfit| RowFault::OutOfRange)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(text: &str) -> Cell {
        Cell::text(text)
    }
    fn number(value: f64) -> Cell {
        Cell::Number { value, percent: false }
    }

    #[test]
    fn money_is_read_as_people_write_it() {
        let same = [
            "5000000",
            "5.000.000",
            "5,000,000",
            "5 000 000",
            "Rp 5.000.000",
            "Rp5.000.000,-",
            "Rp. 5.000.000,00",
            "IDR 5,000,000.00",
            "5 juta",
            "5,0 jt",
            "5000rb",
            "5.000.000,00",
        ];
        for text in same {
            assert_eq!(money(&of(text)), Ok(5_000_000), "{text}");
        }
        assert_eq!(money(&of("1.250")), Ok(1250));
        assert_eq!(money(&of("1,250")), Ok(1250));
        assert_eq!(money(&of("2,5 juta")), Ok(2_500_000));
        assert_eq!(money(&of("0")), Ok(0));
        assert_eq!(money(&number(1_250_000.0)), Ok(1_250_000));
        for (text, fault) in [
            ("1.250 juta", RowFault::AmbiguousNumber),
            ("12,5", RowFault::NotWholeRupiah),
            ("0,125", RowFault::NotWholeRupiah),
            ("1.25", RowFault::NotWholeRupiah),
            ("5.000.00", RowFault::NotANumber),
            ("1.2500.000", RowFault::NotANumber),
            ("5.000,000.000", RowFault::NotANumber),
            ("1.000,000.000,00", RowFault::NotANumber),
            ("-5.000", RowFault::OutOfRange),
            ("lima juta", RowFault::NotANumber),
            ("1000000000000000", RowFault::OutOfRange),
            ("9999999999999999999999999999999999999999", RowFault::OutOfRange),
            ("5e6", RowFault::NotANumber),
            ("", RowFault::NotANumber),
            ("1.", RowFault::NotANumber),
            ("-", RowFault::NotANumber),
            ("juta", RowFault::NotANumber),
        ] {
            assert_eq!(money(&Cell::Text(text.into())), Err(fault), "{text}");
        }
        assert_eq!(money(&number(0.5)), Err(RowFault::NotWholeRupiah));
        assert_eq!(money(&number(f64::NAN)), Err(RowFault::OutOfRange));
    }

    #[test]
    fn decimals_are_read_and_ambiguous_ones_refused() {
        for (text, value) in [
            ("12,5", 125_000),
            ("12.5", 125_000),
            ("12.50", 125_000),
            ("3", 30_000),
            ("0,125", 1_250),
            ("1.250,5", 12_505_000),
            ("1,250.5", 12_505_000),
            ("1.250.000", 12_500_000_000),
            ("1234.567", 12_345_670),
        ] {
            assert_eq!(decimal(&of(text), 100_000_000_000, false), Ok(value), "{text}");
        }
        for (text, fault) in [
            ("1.250", RowFault::AmbiguousNumber),
            ("1,250", RowFault::AmbiguousNumber),
            ("12.500", RowFault::AmbiguousNumber),
            ("0,00001", RowFault::TooManyDecimals),
            ("101", RowFault::OutOfRange),
            ("30%", RowFault::NotANumber),
        ] {
            assert_eq!(decimal(&of(text), 1_000_000, false), Err(fault), "{text}");
        }
        assert_eq!(decimal(&number(1.25), 1_000_000, false), Ok(12_500));
        assert_eq!(decimal(&number(1.125), 1_000_000, false), Ok(11_250));
    }

    proptest! {
        #[test]
        fn digits_alone_are_read_as_any_number(n in 0_i64..1_000_000_000, percent: bool) {
            let max = 300_000 * 10_000;
            let want = if n * 10_000 > max { Err(RowFault::OutOfRange) } else { Ok(n * 10_000) };
            // A comma takes the long way.
            for text in [n.to_string(), format!("0{n}"), format!("{n},0"), format!(" {n}")] {
                prop_assert_eq!(decimal(&of(&text), max, percent), want.clone(), "{}", text);
            }
        }
    }

    #[test]
    fn percents_are_not_shares() {
        assert_eq!(decimal(&of("30%"), 1_000_000, true), Ok(300_000));
        assert_eq!(decimal(&of("12,5 %"), 1_000_000, true), Ok(125_000));
        assert_eq!(decimal(&Cell::Number { value: 0.3, percent: true }, 1_000_000, true), Ok(300_000));
        assert_eq!(decimal(&number(0.3), 1_000_000, true), Err(RowFault::ShareOrPercent));
        assert_eq!(decimal(&of("0,3"), 1_000_000, true), Err(RowFault::ShareOrPercent));
        assert_eq!(decimal(&of("0,3%"), 1_000_000, true), Ok(3_000));
        assert_eq!(decimal(&of("0"), 1_000_000, true), Ok(0));
        assert_eq!(decimal(&Cell::Number { value: 0.3, percent: true }, 1_000_000, false), Err(RowFault::NotANumber));
    }
}
