//! Where a business is: a Kemendagri code, `31`, `31.75`, `31.75.10`.
//!
//! BPS codes have the same digits without dots and other meanings (BPS 3171 is Jakarta Selatan,
//! Kemendagri 31.71 is Jakarta Pusat), so an undotted code of more than two digits is refused.

use std::fmt;
use std::str::FromStr;

use super::text::Text;

/// A Kemendagri code of a province, kota, kecamatan or kelurahan.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Region(String);

/// Why a text is no region.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RegionFault {
    /// Digits without dots: perhaps a BPS code.
    #[error(
        "write the Kemendagri code with dots, such as 31.75.10: without dots it could be a BPS code, \
         where 3171 is Jakarta Selatan while 31.71 is Jakarta Pusat"
    )]
    Undotted,
    /// Anything else that is not a code.
    #[error("a region is a Kemendagri code such as 31, 31.75 or 31.75.10")]
    NotACode,
}

impl RegionFault {
    /// Stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Undotted => "region_without_dots",
            Self::NotACode => "not_a_region",
        }
    }
    /// For people.
    pub fn detail(self) -> Text {
        let id = match self {
            Self::Undotted => {
                "Tulis kode Kemendagri dengan titik, misalnya 31.75.10: tanpa titik bisa berarti kode BPS, \
                 yang memberi 3171 kepada Jakarta Selatan sedangkan 31.71 adalah Jakarta Pusat."
            }
            Self::NotACode => "Wilayah ditulis dengan kode Kemendagri, misalnya 31, 31.75 atau 31.75.10.",
        };
        let mut en = self.to_string();
        en[..1].make_ascii_uppercase();
        Text::new(id, format!("{en}."))
    }
}

impl Region {
    /// The code.
    pub fn as_str(&self) -> &str {
        &self.0
    }
    /// The code of the kota or kabupaten, unless the region is a whole province.
    pub fn kota(&self) -> Option<&str> {
        self.0.get(..5)
    }
}

impl FromStr for Region {
    type Err = RegionFault;
    fn from_str(text: &str) -> Result<Self, RegionFault> {
        if text.len() > 2 && text.bytes().all(|b| b.is_ascii_digit()) {
            return Err(RegionFault::Undotted);
        }
        // Province, kota, kecamatan of two digits each, kelurahan of four.
        let mut lengths = [2, 2, 2, 4].into_iter();
        let fits =
            text.split('.').all(|part| lengths.next() == Some(part.len()) && part.bytes().all(|b| b.is_ascii_digit()));
        if fits { Ok(Self(text.to_owned())) } else { Err(RegionFault::NotACode) }
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_dotted_codes_are_regions() {
        for good in ["31", "31.75", "31.75.10", "31.75.10.1001"] {
            assert_eq!(good.parse::<Region>().map(|r| r.to_string()), Ok(good.to_owned()));
        }
        for bad in ["3171", "3172030", "317"] {
            assert_eq!(bad.parse::<Region>(), Err(RegionFault::Undotted), "{bad}");
        }
        for bad in ["", "3", "31.", "31.7", "31.75.1", "31.75.10.1", "31.75.10.1001.1", "Jakarta", "31 75", "３１"] {
            assert_eq!(bad.parse::<Region>(), Err(RegionFault::NotACode), "{bad}");
        }
        assert!(RegionFault::Undotted.detail().en.contains("31.71 is Jakarta Pusat"));
    }

    #[test]
    fn a_province_has_no_kota() {
        assert_eq!("31.75.10".parse::<Region>().unwrap().kota(), Some("31.75"));
        assert_eq!("31".parse::<Region>().unwrap().kota(), None);
    }
}
