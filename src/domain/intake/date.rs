//! Days as people in Indonesia write them: day, month, year.

use chrono::{Datelike, Days, NaiveDate};

use super::cell::Cell;
use super::fault::RowFault;

const MONTHS: [&[&str]; 12] = [
    &["januari", "january", "jan"],
    &["februari", "february", "feb", "pebruari"],
    &["maret", "march", "mar"],
    &["april", "apr"],
    &["mei", "may"],
    &["juni", "june", "jun"],
    &["juli", "july", "jul"],
    &["agustus", "august", "agu", "agt", "aug"],
    &["september", "sep", "sept"],
    &["oktober", "october", "okt", "oct"],
    &["november", "nov", "nopember"],
    &["desember", "december", "des", "dec"],
];

/// Spreadsheet day numbers taken as dates: 1910 to 2199. Smaller ones look like a bare year.
const SERIALS: std::ops::RangeInclusive<u64> = 3_654..=109_574;

/// Reads `14/11/2024` (also with `-`, `.` or spaces; always day first), `2024-11-14`, `14 November 2024`
/// in either language, and a spreadsheet's day number (readers shift those of the 1904 epoch).
///
/// # Errors
/// Not a date, or a year outside 1900–2199.
pub fn date(cell: &Cell) -> Result<NaiveDate, RowFault> {
    let found = match cell {
        Cell::Number { value, percent: false } if value.is_finite() && *value >= 0.0 && *value < 200_000.0 => {
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // Just bounded.
            serial(value.trunc() as u64)
        }
        Cell::Text(text) => written(text.trim()),
        _ => None,
    };
    found.filter(|d| (1900..2200).contains(&d.year())).ok_or(RowFault::NotADate)
}

fn serial(days: u64) -> Option<NaiveDate> {
    if !SERIALS.contains(&days) {
        return None;
    }
    NaiveDate::from_ymd_opt(1899, 12, 30)?.checked_add_days(Days::new(days))
}

fn written(text: &str) -> Option<NaiveDate> {
    if text.len() > 40 {
        return None;
    }
    if text.bytes().all(|b| b.is_ascii_digit()) {
        return serial(text.parse().ok()?);
    }
    let parts: Vec<&str> = text.split(['/', '-', '.', ' ']).filter(|p| !p.is_empty()).collect();
    let [a, b, c] = parts[..] else { return None };
    let (day, month, year) = if a.len() == 4 { (c, b, a) } else { (a, b, c) };
    let digits = |s: &str, max: usize| {
        (s.len() <= max && s.bytes().all(|b| b.is_ascii_digit())).then(|| s.parse::<u32>().ok()).flatten()
    };
    let month = digits(month, 2).or_else(|| {
        let word = month.to_lowercase();
        (1..).zip(MONTHS).find(|(_, names)| names.contains(&word.as_str())).map(|(n, _)| n)
    })?;
    if year.len() != 4 {
        return None;
    }
    NaiveDate::from_ymd_opt(i32::try_from(digits(year, 4)?).ok()?, month, digits(day, 2)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_day_first() {
        let wanted = NaiveDate::from_ymd_opt(2024, 11, 14);
        let same =
            ["14/11/2024", "14-11-2024", "14.11.2024", "2024-11-14", "14 November 2024", "14 nopember 2024", "45610"];
        for text in same {
            assert_eq!(date(&Cell::text(text)).ok(), wanted, "{text}");
        }
        assert_eq!(date(&Cell::Number { value: 45610.75, percent: false }).ok(), wanted);
        assert_eq!(date(&Cell::text("03/04/2024")).ok(), NaiveDate::from_ymd_opt(2024, 4, 3));
        for bad in ["11/14/2024", "14/11/24", "1975", "31/02/2024", "kemarin", "14/11", "+4/11/2024", "2024-11-14T00"] {
            assert_eq!(date(&Cell::text(bad)), Err(RowFault::NotADate), "{bad}");
        }
        assert_eq!(date(&Cell::Number { value: f64::INFINITY, percent: false }), Err(RowFault::NotADate));
    }
}
