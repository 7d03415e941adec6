//! Whether a text can be a value of a field.

use super::{Field, Values};
use crate::domain::region::{Region, RegionFault};
use crate::domain::sector::{Sector, SectorFault};
use crate::domain::text::Text;

/// Why a text is no value of a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadValue {
    /// Stable code: `unknown_code`, or those of [`RegionFault`] and [`SectorFault`].
    pub code: &'static str,
    /// What is wrong and what would be right.
    pub detail: Text,
}

impl From<RegionFault> for BadValue {
    fn from(fault: RegionFault) -> Self {
        Self { code: fault.code(), detail: fault.detail() }
    }
}
impl From<SectorFault> for BadValue {
    fn from(fault: SectorFault) -> Self {
        Self { code: fault.code(), detail: fault.detail() }
    }
}

pub(super) fn check(field: &Field, text: &str) -> Result<(), BadValue> {
    let unknown = |choices: &str| BadValue {
        code: "unknown_code",
        detail: Text::new(
            format!("Bukan nilai dari {}. Pilih: {choices}.", field.key),
            format!("No value of {}. Choose from: {choices}.", field.key),
        ),
    };
    match field.values {
        Values::Numbers => Ok(()),
        Values::Regions => Ok(text.parse::<Region>().map(drop)?),
        Values::Sectors => Ok(text.parse::<Sector>().map(drop)?),
        // One spelling: no sign, no leading zero.
        Values::Goals => match text.parse::<u8>() {
            Ok(goal @ 1..=17) if goal.to_string() == text => Ok(()),
            _ => Err(unknown("1, 2, … 17")),
        },
        Values::SocialRegistry => match text.split_once(':').map_or((text, None), |(s, r)| (s, Some(r))) {
            ("DTSEN" | "DTKS", None) => Ok(()),
            ("DTSEN" | "DTKS", Some(status)) if !status.is_empty() => Ok(()),
            _ => Err(unknown("DTSEN:…, DTKS:…")),
        },
        Values::Booleans | Values::Codes(_) => {
            let codes = field.codes();
            if codes.iter().any(|(code, _)| *code == text) {
                return Ok(());
            }
            let codes: Vec<&str> = codes.into_iter().map(|(code, _)| code).collect();
            Err(unknown(&codes.join(", ")))
        }
    }
}
