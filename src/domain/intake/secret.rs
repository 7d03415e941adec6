//! Personal values that never print themselves.

use std::fmt;

use serde::{Deserialize, Serialize};
use zeroize::Zeroize;

/// A personal text: a name, phone, e-mail, address or paper's number. Debug output hides it, memory is
/// overwritten when it goes. It serialises as it is, so whoever stores it encrypts it first.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// Wraps a text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }
    /// The text itself. The name is long on purpose: each use is a place to look at.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl Drop for Secret {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

/// A national identity number as read: sixteen digits. It has no `Serialize`: the only thing to do with
/// it is to turn it into a keyed hash and drop it.
#[derive(Clone, PartialEq, Eq)]
pub struct Nik(Secret);

impl Nik {
    /// Sixteen digits, or nothing. The parts (region, day of birth) are not checked: only a hash of the
    /// number is ever compared with another.
    pub fn parse(text: &str) -> Option<Self> {
        (text.len() == 16 && text.bytes().all(|b| b.is_ascii_digit())).then(|| Self(Secret::new(text)))
    }
    /// The digits, for the keyed hash.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

impl fmt::Debug for Nik {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Nik(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_output_shows_nothing() {
        let nik = Nik::parse("0012345678900001").unwrap();
        assert_eq!(format!("{nik:?} {:?}", Secret::new("Melati")), "Nik(…) Secret(…)");
        assert_eq!(nik.expose(), "0012345678900001");
        for bad in ["", "123", "00123456789000012", "0012 4567890 001", "００１２３４５６７８９０００００"]
        {
            assert!(Nik::parse(bad).is_none(), "{bad}");
        }
    }
}
