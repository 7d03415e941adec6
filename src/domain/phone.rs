//! Phone numbers: one form for every spelling.

use super::intake::Secret;

/// A phone number in its international form. Personal: it prints itself nowhere.
#[derive(Clone, PartialEq, Eq)]
pub struct Phone(Secret);

impl Phone {
    /// Reads a number as people write it: `0812-3456-7890`, `+62 812 …`, or another country's with its `+`. `None` for what
    /// is no phone number.
    pub fn parse(text: &str) -> Option<Self> {
        let mut digits: String = text.chars().filter(|c| !matches!(c, ' ' | '-' | '(' | ')' | '.')).collect();
        let international = digits.strip_prefix('+').map(str::to_owned);
        let plus = international.is_some();
        digits = international.unwrap_or(digits);
        if !digits.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let full = match (plus, digits.strip_prefix('0')) {
            (true, None) => digits,
            (false, Some(rest)) => format!("62{rest}"),
            (false, None) if digits.starts_with("62") => digits,
            // A spreadsheet's number cell has lost the leading zero.
            (false, None) if digits.starts_with('8') => format!("62{digits}"),
            _ => return None,
        };
        // `+62 0812 …`: the zero of the country was left in.
        let full = match full.strip_prefix("620") {
            Some(rest) => format!("62{rest}"),
            None => full,
        };
        (9..=15).contains(&full.len()).then(|| Self(Secret::new(format!("+{full}"))))
    }

    /// `+6281234567890`. Each use is a place to look at.
    pub fn international(&self) -> &str {
        self.0.expose()
    }

    /// The same without the plus: `6281234567890`.
    pub fn digits(&self) -> &str {
        self.international().trim_start_matches('+')
    }

    /// What may stand in a line on a screen: `+62…890`.
    pub fn masked(&self) -> String {
        let all = self.international();
        format!("{}…{}", &all[..3], &all[all.len() - 3..])
    }
}

impl std::fmt::Debug for Phone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Phone(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phones_have_one_form() {
        let read = |text: &str| Phone::parse(text).map(|phone| phone.international().to_owned());
        for same in [
            "0812-3456-7890",
            "0812 3456 7890",
            "+62 812 3456 7890",
            "6281234567890",
            "81234567890",
            "+62 (0)812 3456 7890",
            "62081234567890",
        ] {
            assert_eq!(read(same).as_deref(), Some("+6281234567890"), "{same}");
        }
        assert_eq!(read("+65 6123 4567").as_deref(), Some("+6561234567"));
        for bad in ["", "12", "0812", "+0812345678", "abc", "0812x3456789", "12345678901", "+62 812 3456 7890 1234"] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_phone_hides_itself() {
        let phone = Phone::parse("0812 3456 7890").unwrap();
        assert_eq!((phone.digits(), phone.masked().as_str()), ("6281234567890", "+62…890"));
        assert_eq!(format!("{phone:?}"), "Phone(…)");
    }
}
