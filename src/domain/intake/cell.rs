//! One cell of a sheet, as a reader hands it over.

/// The longest text a cell may have; readers cut what is longer and say so with [`Cell::TooLong`].
pub const MAX_CELL_CHARS: usize = 4_000;

/// One cell. CSV cells are always texts; XLSX cells may be typed.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Nothing in it.
    Empty,
    /// A text.
    Text(String),
    /// A number of a spreadsheet.
    Number {
        /// The number as stored.
        value: f64,
        /// Shown with a percent sign: 0.3 stands for 30 %.
        percent: bool,
    },
    /// A truth value of a spreadsheet.
    Bool(bool),
    /// A spreadsheet's error, such as `#REF!`.
    Error(String),
    /// A text beyond [`MAX_CELL_CHARS`].
    TooLong,
    /// Bytes that are not UTF-8.
    NotUtf8,
}

impl Cell {
    /// A text cell; blank text is an empty cell.
    pub fn text(text: &str) -> Self {
        if text.trim().is_empty() {
            Self::Empty
        } else if text.chars().count() > MAX_CELL_CHARS {
            Self::TooLong
        } else {
            Self::Text(text.to_owned())
        }
    }

    /// As a person would see it, for messages and for columns of text.
    pub fn shown(&self) -> String {
        match self {
            Self::Empty | Self::TooLong | Self::NotUtf8 => String::new(),
            Self::Text(text) => text.trim().to_owned(),
            Self::Number { value, percent: false } => value.to_string(),
            Self::Number { value, percent: true } => format!("{}%", value * 100.0),
            Self::Bool(true) => "TRUE".to_owned(),
            Self::Bool(false) => "FALSE".to_owned(),
            Self::Error(text) => text.clone(),
        }
    }

    /// Whether the cell says nothing: empty, or a lone dash as people write it.
    pub fn is_blank(&self) -> bool {
        match self {
            Self::Empty => true,
            Self::Text(text) => matches!(text.trim(), "" | "-" | "–" | "—"),
            _ => false,
        }
    }
}

/// A key for comparing what people type: lower case, letters and digits only.
pub fn folded(text: &str) -> String {
    letters(text).collect()
}

/// Whether a text folds to this key. Made for comparing one cell with many names: it allocates nothing
/// and mostly ends at the first letter.
pub fn folds_to(text: &str, key: &str) -> bool {
    letters(text).eq(key.chars())
}

fn letters(text: &str) -> impl Iterator<Item = char> + '_ {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase)
}

/// A text cell made storable: trimmed, each run of white space (line breaks and tabs included) one space.
/// `None` when it holds control characters, or characters that turn the direction of writing.
pub fn clean(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    for c in text.trim().chars() {
        if c.is_whitespace() {
            if !out.ends_with(' ') {
                out.push(' ');
            }
        } else if c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}') {
            return None;
        } else {
            out.push(c);
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_folded_and_cleaned() {
        assert_eq!(folded(" Nama_Usaha  *"), "namausaha");
        assert_eq!(clean(" a\r\n b\tc "), Some("a b c".into()));
        assert_eq!(clean("a\u{0}b"), None);
        assert_eq!(clean("a\u{202e}b"), None);
        assert!(Cell::text(" - ").is_blank() && Cell::text("\u{a0}").is_blank());
        assert_eq!(Cell::text(&"x".repeat(MAX_CELL_CHARS + 1)), Cell::TooLong);
    }
}
