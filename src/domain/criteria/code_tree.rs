//! Codes in a hierarchy: which code lies under which.

/// Schemes in which every level of the code is a boundary, although nothing separates the levels.
const KBLI: [&str; 2] = ["KBLI2020:", "KBLI2025:"];

/// Whether `code` equals `wanted` or lies below it: the next character is `.`, `:` or `/`, or `wanted`
/// is a level of a KBLI scheme (`KBLI2020:C10` holds `KBLI2020:C10710`).
pub fn lies_under(code: &str, wanted: &str) -> bool {
    match code.strip_prefix(wanted) {
        None => false,
        Some(rest) => {
            rest.is_empty()
                || rest.starts_with(['.', ':', '/'])
                || (kbli_rest(wanted).is_some_and(is_kbli_level) && rest.starts_with(|c: char| c.is_ascii_digit()))
        }
    }
}

/// Whether a text can be asked for with [`lies_under`]: outside the KBLI schemes any text, inside them a
/// level. `KBLI2020:C1` is half a division and no level.
pub fn is_level(wanted: &str) -> bool {
    kbli_rest(wanted).is_none_or(is_kbli_level)
}

fn kbli_rest(text: &str) -> Option<&str> {
    KBLI.iter().find_map(|scheme| text.strip_prefix(scheme))
}

/// A section's letter, alone or with the 2, 3, 4 or 5 digits of division, group, class, subclass.
fn is_kbli_level(rest: &str) -> bool {
    match rest.as_bytes() {
        [letter, digits @ ..] => {
            letter.is_ascii_uppercase() && matches!(digits.len(), 0 | 2..=5) && digits.iter().all(u8::is_ascii_digit)
        }
        [] => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boundaries() {
        for (code, wanted, expected) in [
            ("31.75", "31.75", true),
            ("31.75.10", "31.75", true),
            ("31.75.10", "31", true),
            ("31.750", "31.75", false),
            ("3175", "31", false),
            ("31.75", "31.75.10", false),
            ("a/b", "a", true),
            ("a:b", "a", true),
            ("a-b", "a", false),
            ("KBLI2020:C10710", "KBLI2020:C10", true),
            ("KBLI2020:C10710", "KBLI2020:C", true),
            ("KBLI2020:C10710", "KBLI2020:C1071", true),
            ("KBLI2020:C10710", "KBLI2020:C107", true),
            ("KBLI2020:C10710", "KBLI2020:C10710", true),
            ("KBLI2020:C10710", "KBLI2020", true),
            ("KBLI2020:C10710", "KBLI2025:C10", false),
            ("KBLI2020:C11", "KBLI2020:C10", false),
            ("C10710", "C10", false),
            ("KBLI2020:C10.x", "KBLI2020:C10", true),
        ] {
            assert_eq!(lies_under(code, wanted), expected, "{code} under {wanted}");
        }
    }

    #[test]
    fn levels() {
        for level in
            ["KBLI2020:C", "KBLI2020:C10", "KBLI2025:I561", "KBLI2025:I5610", "KBLI2020:C10710", "C1", "", "31"]
        {
            assert!(is_level(level), "{level}");
        }
        for level in ["KBLI2020:", "KBLI2020:C1", "KBLI2020:10", "KBLI2020:c10", "KBLI2025:C107100", "KBLI2020:C10x"] {
            assert!(!is_level(level), "{level}");
        }
    }
}
