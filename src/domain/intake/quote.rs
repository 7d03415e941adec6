//! What a message may repeat of a cell: nothing that reaches or identifies somebody, whatever column it was written into.

/// The longest quotation.
const MOST_CHARS: usize = 100;
/// A number of so many digits may be a phone's or a person's.
const PERSONAL_DIGITS: usize = 9;

/// A cell as a message quotes it, cut to 100 characters: of one that holds an e-mail address nothing is said, and the digits of
/// long numbers are masked however they are grouped.
pub fn quoted(cell: &str) -> String {
    if cell.contains(['@', '＠']) {
        return "•••@•••".to_owned();
    }
    let mut text: Vec<char> = cell.chars().collect();
    // The places of the digits of the number that has begun.
    let mut number = Vec::new();
    for at in 0..=text.len() {
        match text.get(at) {
            Some(c) if c.is_numeric() => number.push(at),
            Some(c) if c.is_whitespace() || matches!(c, '-' | '‐' | '‑' | '–' | '—' | '.' | '(' | ')') => {}
            _ => {
                if number.len() >= PERSONAL_DIGITS {
                    number.iter().for_each(|digit| text[*digit] = '•');
                }
                number.clear();
            }
        }
    }
    text.into_iter().take(MOST_CHARS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_somebodys_is_masked() {
        for (cell, wanted) in [
            ("Atlantis", "Atlantis"),
            ("12.500.000", "12.500.000"),
            ("14/11/2024", "14/11/2024"),
            ("siti@contoh.id", "•••@•••"),
            ("Siti, siti @ contoh.id", "•••@•••"),
            ("HP 0812-3456 7890 malam", "HP ••••-•••• •••• malam"),
            ("+62 (812) 3456.7890", "+•• (•••) ••••.••••"),
            ("3175010185010001", "••••••••••••••••"),
            ("1 2345-6789", "• ••••-••••"),
            ("1234567/1234567", "1234567/1234567"),
        ] {
            assert_eq!(quoted(cell), wanted);
            assert_eq!(quoted(&quoted(cell)), wanted);
        }
        // A number that goes beyond the cut is seen as a whole.
        let cut = quoted(&format!("{}0812345678", "x".repeat(95)));
        assert_eq!(cut, format!("{}•••••", "x".repeat(95)));
    }
}
