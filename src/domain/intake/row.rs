//! What one row of a sheet says.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};

use super::secret::{Nik, Secret};
use crate::domain::assessment::Ratings;
use crate::domain::life::AssessmentKind;
use crate::domain::money::Rupiah;
use crate::domain::venture::{Attendance, LegalPaper, ParticipantType, Profile};

crate::codes! {
    /// The age of a person on the day of the cohort; the birth date itself is not kept.
    AgeBand {
        /// A child.
        Under18 = "under_18",
        /// 18 to 30: young by the programme's reading.
        From18 = "18_30",
        /// 31 to 45.
        From31 = "31_45",
        /// 46 to 60.
        From46 = "46_60",
        /// Over 60.
        Over60 = "over_60",
    }
}

impl AgeBand {
    /// The band of a person born on `birth` on the day `on`.
    pub fn on(birth: NaiveDate, on: NaiveDate) -> Self {
        let before_birthday = (on.month(), on.day()) < (birth.month(), birth.day());
        match on.year() - birth.year() - i32::from(before_birthday) {
            ..18 => Self::Under18,
            18..=30 => Self::From18,
            31..=45 => Self::From31,
            46..=60 => Self::From46,
            _ => Self::Over60,
        }
    }
    /// Only adults are listed.
    pub const fn adult(self) -> bool {
        !matches!(self, Self::Under18)
    }
}

/// What a row says about a person.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ParticipantAttributes {
    /// The programme's own code of the person.
    pub reference: String,
    /// Name.
    pub name: Option<Secret>,
    /// Phone, as `+62…`.
    pub phone: Option<Secret>,
    /// E-mail address.
    pub email: Option<Secret>,
    /// Age group, as written or from the birth date.
    pub age_band: Option<AgeBand>,
    /// How the person came to the cohort.
    pub participant_type: Option<ParticipantType>,
    /// How the person attended.
    pub attendance: Option<Attendance>,
    /// Role in a panti, a pilar sosial or the business.
    pub role: Option<String>,
}

/// What a row says about a business, its papers' numbers beside its profile.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct VentureAttributes {
    /// The programme's own code of the business.
    pub reference: String,
    /// Name.
    pub name: Option<Secret>,
    /// Address.
    pub address: Option<Secret>,
    /// Numbers of legal papers.
    pub legal_numbers: BTreeMap<LegalPaper, Secret>,
    /// Lower end of the need; with `need_max` it becomes the profile's `funding_need` when rows are joined.
    pub need_min: Option<Rupiah>,
    /// Upper end of the need.
    pub need_max: Option<Rupiah>,
    /// `DTSEN` or `DTKS`; with `registry_status` it becomes the profile's `social_registry`.
    pub registry_scheme: Option<String>,
    /// The registry's status text.
    pub registry_status: Option<String>,
    /// Everything else.
    pub profile: Profile,
}

/// The consents a row records: the reference of the form each one is written on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RowConsents {
    /// Purpose (`matching`, `anonymised_listing`, `found_by:pena_category` …) → reference of the form.
    pub given: BTreeMap<String, String>,
    /// The day they were given.
    pub given_on: Option<NaiveDate>,
}

impl RowConsents {
    /// Nothing recorded.
    pub fn is_empty(&self) -> bool {
        self.given.is_empty() && self.given_on.is_none()
    }
}

/// One assessor's ratings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RowAssessment {
    /// The programme's own code of the assessor.
    pub assessor_ref: String,
    /// The assessor's name.
    pub assessor_name: Option<Secret>,
    /// The day of the assessment.
    pub assessed_on: Option<NaiveDate>,
    /// Which of the two.
    pub kind: AssessmentKind,
    /// Indicator code → rating; what is not in it was not assessed.
    pub ratings: Ratings,
}

/// One row, read and checked. It serialises (personal values as they are: encrypt before staging).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ParsedRow {
    /// Row of the sheet, from 1.
    pub row: u32,
    /// The person.
    pub participant: ParticipantAttributes,
    /// The business, if the person has one.
    pub venture: Option<VentureAttributes>,
    /// Consents recorded in this row.
    pub consents: RowConsents,
    /// Ratings, if an assessor's columns are filled.
    pub assessment: Option<RowAssessment>,
}

/// A row and what must not be stored with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowSecrets {
    /// The row.
    pub row: ParsedRow,
    /// The identity number, to be hashed and dropped.
    pub nik: Option<Nik>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_turn_on_the_birthday() {
        let day = |y, m, d| NaiveDate::from_ymd_opt(y, m, d).unwrap();
        let on = day(2024, 11, 14);
        for (birth, band) in [
            (day(2006, 11, 14), AgeBand::From18),
            (day(2006, 11, 15), AgeBand::Under18),
            (day(1993, 11, 15), AgeBand::From18),
            (day(1993, 11, 14), AgeBand::From31),
            (day(1963, 11, 15), AgeBand::From46),
            (day(1900, 1, 1), AgeBand::Over60),
            (day(2024, 2, 29), AgeBand::Under18),
        ] {
            assert_eq!(AgeBand::on(birth, on), band, "{birth}");
        }
    }
}
