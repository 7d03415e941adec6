//! Collecting what is wrong with a criteria document.

use std::fmt::Write as _;

use crate::domain::decimal::Refused;
use crate::domain::fault::Fault;
use crate::domain::field::BadValue;
use crate::domain::text::Text;

/// A JSON pointer under construction.
#[derive(Clone, Debug, Default)]
pub(super) struct Pointer(String);

impl Pointer {
    /// The pointer of a member.
    pub fn member(&self, name: &str) -> Self {
        Self(format!("{}/{}", self.0, name.replace('~', "~0").replace('/', "~1")))
    }

    /// The pointer of an element.
    pub fn element(&self, index: usize) -> Self {
        let mut out = self.0.clone();
        // Writing to a text cannot fail.
        let _ = write!(out, "/{index}");
        Self(out)
    }
}

/// Collects faults, in the order of the document's members as this module reads them.
#[derive(Debug, Default)]
pub(super) struct Faults(pub Vec<Fault>);

impl Faults {
    /// Notes one fault.
    pub fn add(&mut self, at: &Pointer, code: &'static str, id: impl Into<String>, en: impl Into<String>) {
        self.0.push(Fault { pointer: at.0.clone(), code, detail: Text::new(id, en) });
    }

    /// Notes that a value has another type than the wanted one.
    pub fn wrong_type(&mut self, at: &Pointer, id: &str, en: &str) {
        self.add(at, "wrong_type", format!("Harus {id}."), format!("Must be {en}."));
    }

    /// Notes a text that cannot be a value of its field.
    pub fn bad_value(&mut self, at: &Pointer, bad: BadValue) {
        self.0.push(Fault { pointer: at.0.clone(), code: bad.code, detail: bad.detail });
    }

    /// Notes a number that is no decimal of ours.
    pub fn refused(&mut self, at: &Pointer, refused: Refused) {
        let text = refused.words();
        self.add(at, refused.code(), text.id, text.en);
    }
}

impl Refused {
    /// The code of a refused number, in documents and in tables alike.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotANumber => "not_a_number",
            Self::NonFinite => "non_finite",
            Self::Digits => "too_many_digits",
            Self::Decimals => "too_many_decimals",
            Self::Range => "number_out_of_range",
        }
    }

    /// The words of a refused number.
    pub const fn words(self) -> crate::domain::text::Words {
        use crate::domain::text::Words;
        match self {
            Self::NotANumber => Words::new(
                "Bukan angka. Tulis seperti 1250000 atau 12.5, tanpa pemisah ribuan.",
                "Not a number. Write it as 1250000 or 12.5, without thousands separators.",
            ),
            Self::NonFinite => Words::new(
                "Bukan angka terhingga (NaN atau tak hingga). Isi angka biasa atau kosongkan.",
                "Not a finite number (NaN or infinity). Give an ordinary number or leave it out.",
            ),
            Self::Digits => Words::new(
                "Lebih dari 15 angka penting. Bulatkan, atau tulis sebagai teks bila ini kode.",
                "More than 15 significant digits. Round it, or write it as text if it is a code.",
            ),
            Self::Decimals => Words::new(
                "Lebih dari 9 angka di belakang koma. Bulatkan.",
                "More than 9 digits after the point. Round it.",
            ),
            Self::Range => Words::new(
                "Di luar ±10^15. Bila ini kode, tulis sebagai teks.",
                "Beyond ±10^15. If it is a code, write it as text.",
            ),
        }
    }
}
