//! What a business does: a KBLI code with its scheme, and the broad group printed on cards.
//!
//! KBLI 2025 replaced KBLI 2020 on 18 December 2025 and its letters from J on mean other things, so a
//! code is never without its scheme: `KBLI2020:C10799`.

use std::fmt;
use std::str::FromStr;

use super::text::{Text, Words};
use super::venture::SectorGroup;

crate::codes! {
    /// An edition of the classification.
    Scheme {
        /// BPS Regulation 2/2020.
        Kbli2020 = "KBLI2020",
        /// BPS Regulation 7/2025.
        Kbli2025 = "KBLI2025",
    }
}

impl Scheme {
    /// The last section: A to U, or A to V.
    pub const fn last_section(self) -> char {
        match self {
            Self::Kbli2020 => 'U',
            Self::Kbli2025 => 'V',
        }
    }

    /// The section that a two-digit division belongs to. Divisions are those of ISIC Rev. 4 for
    /// KBLI 2020 and ISIC Rev. 5 for KBLI 2025.
    pub const fn section_of(self, division: u8) -> Option<char> {
        let is_2025 = matches!(self, Self::Kbli2025);
        Some(match division {
            1..=3 => 'A',
            5..=9 => 'B',
            10..=33 => 'C',
            35 => 'D',
            36..=39 => 'E',
            41..=43 => 'F',
            45 if !is_2025 => 'G',
            46..=47 => 'G',
            49..=53 => 'H',
            55..=56 => 'I',
            58..=60 => 'J',
            61..=63 => {
                if is_2025 {
                    'K'
                } else {
                    'J'
                }
            }
            64..=66 => shifted('K', is_2025),
            68 => shifted('L', is_2025),
            69..=75 => shifted('M', is_2025),
            77..=82 => shifted('N', is_2025),
            84 => shifted('O', is_2025),
            85 => shifted('P', is_2025),
            86..=88 => shifted('Q', is_2025),
            90..=93 => shifted('R', is_2025),
            94..=96 => shifted('S', is_2025),
            97..=98 => shifted('T', is_2025),
            99 => shifted('U', is_2025),
            _ => return None,
        })
    }
}

/// From K on, KBLI 2025 calls a section by the next letter: it split J in two.
const fn shifted(letter: char, is_2025: bool) -> char {
    if is_2025 { (letter as u8 + 1) as char } else { letter }
}

/// A KBLI code with its scheme: a section letter and, perhaps, two to five digits.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Sector {
    scheme: Scheme,
    /// `C`, `C10`, `C107`, `C1079`, `C10799`.
    code: String,
}

/// Why a text is no sector.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SectorFault {
    /// No scheme before a colon.
    #[error("a KBLI code needs its scheme, KBLI2020: or KBLI2025:, because the same letter means different things")]
    NoScheme,
    /// Neither a letter nor a letter with two to five digits.
    #[error("a KBLI code is a section letter, or the letter and two to five digits: C, C10, C10799")]
    NoLevel,
    /// The scheme has no such section.
    #[error("this scheme has no such section")]
    NoSection,
    /// The division is of another section.
    #[error("these digits do not belong to this section")]
    OtherSection,
}

impl SectorFault {
    /// Stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NoScheme => "sector_without_scheme",
            Self::NoLevel => "not_a_kbli_level",
            Self::NoSection => "unknown_section",
            Self::OtherSection => "digits_of_another_section",
        }
    }
    /// For people.
    pub fn detail(self) -> Text {
        let id = match self {
            Self::NoScheme => {
                "Kode KBLI perlu skemanya, KBLI2020: atau KBLI2025:, karena huruf yang sama berarti hal yang berbeda."
            }
            Self::NoLevel => {
                "Kode KBLI adalah huruf kategori, atau huruf itu dengan dua sampai lima angka: C, C10, C10799."
            }
            Self::NoSection => "Skema ini tidak memiliki kategori tersebut.",
            Self::OtherSection => "Angka ini bukan bagian dari kategori tersebut.",
        };
        let mut en = self.to_string();
        en[..1].make_ascii_uppercase();
        Text::new(id, format!("{en}."))
    }
}

impl Sector {
    /// The edition.
    pub fn scheme(&self) -> Scheme {
        self.scheme
    }
    /// The section's letter.
    pub fn section(&self) -> char {
        char::from(self.code.as_bytes()[0])
    }
    /// The letter and the digits, without the scheme.
    pub fn code(&self) -> &str {
        &self.code
    }

    /// The broad group, with the reason for it.
    pub fn group(&self) -> (SectorGroup, Words) {
        let digits = &self.code[1..];
        let any = |codes: &[&str]| codes.iter().any(|c| digits.starts_with(c));
        match self.section() {
            'C' if any(&["10", "11"]) => {
                (SectorGroup::Makanan, Words::new("membuat makanan atau minuman", "makes food or drink"))
            }
            'C' if any(&["33"]) => {
                (SectorGroup::Jasa, Words::new("memperbaiki mesin orang lain", "repairs machines of others"))
            }
            'I' if any(&["55"]) => (SectorGroup::Jasa, Words::new("menyediakan penginapan", "gives lodging")),
            'I' => (SectorGroup::Makanan, Words::new("menyajikan makanan atau minuman", "serves food or drink")),
            'A' => (SectorGroup::Makanan, Words::new("menanam atau memelihara pangan", "grows or raises food")),
            // Only KBLI 2020 keeps vehicle repair among trade; KBLI 2025 moved it to services.
            'G' if self.scheme == Scheme::Kbli2020 && any(&["452", "45407"]) => {
                (SectorGroup::Jasa, Words::new("memperbaiki kendaraan", "repairs vehicles"))
            }
            'G' => (SectorGroup::Dagang, Words::new("membeli dan menjual barang", "buys and sells goods")),
            'B' | 'C' => (SectorGroup::KerajinanIndustri, Words::new("membuat barang bukan pangan", "makes things")),
            // Every other section is services in both editions, so the letters that moved do no harm here.
            _ => (SectorGroup::Jasa, Words::new("memberi jasa", "gives a service")),
        }
    }
}

impl FromStr for Sector {
    type Err = SectorFault;
    fn from_str(text: &str) -> Result<Self, SectorFault> {
        let (scheme, code) = text.split_once(':').ok_or(SectorFault::NoScheme)?;
        let scheme = Scheme::parse(scheme).ok_or(SectorFault::NoScheme)?;
        let mut chars = code.chars();
        let section = chars.next().filter(char::is_ascii_uppercase).ok_or(SectorFault::NoLevel)?;
        let digits = chars.as_str();
        if !digits.bytes().all(|b| b.is_ascii_digit()) || !matches!(digits.len(), 0 | 2..=5) {
            return Err(SectorFault::NoLevel);
        }
        if section > scheme.last_section() {
            return Err(SectorFault::NoSection);
        }
        if let Some(division) = digits.get(..2) {
            let division = division.parse().map_err(|_not_a_number| SectorFault::NoLevel)?;
            if scheme.section_of(division) != Some(section) {
                return Err(SectorFault::OtherSection);
            }
        }
        Ok(Self { scheme, code: code.to_owned() })
    }
}

impl fmt::Display for Sector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.scheme.as_str(), self.code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_has_its_scheme_and_its_level() {
        for good in ["KBLI2020:C", "KBLI2020:C10", "KBLI2020:C10799", "KBLI2020:I56", "KBLI2025:V", "KBLI2025:K62"] {
            assert_eq!(good.parse::<Sector>().map(|s| s.to_string()), Ok(good.to_owned()));
        }
        for (bad, why) in [
            ("C", SectorFault::NoScheme),
            ("C10", SectorFault::NoScheme),
            ("KBLI2015:C", SectorFault::NoScheme),
            ("KBLI2020:", SectorFault::NoLevel),
            ("KBLI2020:C1", SectorFault::NoLevel),
            ("KBLI2020:c10", SectorFault::NoLevel),
            ("KBLI2020:C107999", SectorFault::NoLevel),
            ("KBLI2020:10", SectorFault::NoLevel),
            ("KBLI2020:V", SectorFault::NoSection),
            ("KBLI2020:C56", SectorFault::OtherSection),
            ("KBLI2020:K62", SectorFault::OtherSection),
            ("KBLI2025:G45", SectorFault::OtherSection),
        ] {
            assert_eq!(bad.parse::<Sector>(), Err(why), "{bad}");
            assert!(!why.detail().id.is_empty());
        }
    }

    #[test]
    fn groups_follow_what_is_done_not_the_letter() {
        use SectorGroup::{Dagang, Jasa, KerajinanIndustri, Makanan};
        for (code, group) in [
            ("KBLI2020:C10710", Makanan),
            ("KBLI2020:C11", Makanan),
            ("KBLI2020:C14", KerajinanIndustri),
            ("KBLI2020:C", KerajinanIndustri),
            ("KBLI2020:C33", Jasa),
            ("KBLI2020:I", Makanan),
            ("KBLI2020:I55", Jasa),
            ("KBLI2020:G47", Dagang),
            ("KBLI2020:G45407", Jasa),
            ("KBLI2020:G45201", Jasa),
            ("KBLI2020:S96", Jasa),
            ("KBLI2025:T96", Jasa),
            ("KBLI2025:S90", Jasa),
            ("KBLI2020:A03", Makanan),
        ] {
            assert_eq!(code.parse::<Sector>().unwrap().group().0, group, "{code}");
        }
    }

    #[test]
    fn every_division_of_both_schemes_has_one_section() {
        for scheme in [Scheme::Kbli2020, Scheme::Kbli2025] {
            let sections: std::collections::BTreeSet<char> =
                (0..=99).filter_map(|division| scheme.section_of(division)).collect();
            assert_eq!(sections, ('A'..=scheme.last_section()).collect());
        }
    }
}
