//! What is known of an investor before it may ask for introductions.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

crate::codes! {
    /// Who may lend at interest.
    LicenceKind {
        /// A lender licensed by OJK.
        OjkLender = "ojk_lender",
        /// A cooperative with its registration.
        Cooperative = "cooperative",
    }
}

/// A paper that was signed: which wording, and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signed {
    /// The version of the wording.
    pub version: String,
    /// The day.
    pub signed_on: NaiveDate,
}

/// A licence to lend.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Licence {
    /// Of which kind.
    pub kind: LicenceKind,
    /// Its number.
    pub number: String,
}

/// What staff have seen of an investor: who they are, and what they have signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Verification {
    /// The day on which staff saw papers that prove identity and kind.
    pub identity_checked_on: NaiveDate,
    /// The code of conduct.
    pub code_of_conduct: Signed,
    /// The agreement on personal data.
    pub data_agreement: Signed,
    /// The licence to lend at interest, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub licence: Option<Licence>,
}

impl Verification {
    /// The members whose day lies after `today`: nobody has seen or signed anything in the future.
    pub fn in_the_future(&self, today: NaiveDate) -> Vec<&'static str> {
        let days = [
            ("identity_checked_on", self.identity_checked_on),
            ("code_of_conduct/signed_on", self.code_of_conduct.signed_on),
            ("data_agreement/signed_on", self.data_agreement.signed_on),
        ];
        days.into_iter().filter(|(_, day)| *day > today).map(|(member, _)| member).collect()
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub fn verified() -> Verification {
        let signed_on = NaiveDate::from_ymd_opt(2024, 11, 1).unwrap();
        let signed = Signed { version: "2024-11".into(), signed_on };
        Verification {
            identity_checked_on: signed_on,
            code_of_conduct: signed.clone(),
            data_agreement: signed,
            licence: None,
        }
    }

    #[test]
    fn nothing_is_signed_tomorrow() {
        let mut found = verified();
        let today = found.identity_checked_on;
        assert!(found.in_the_future(today).is_empty());
        found.data_agreement.signed_on = today.succ_opt().unwrap();
        assert_eq!(found.in_the_future(today), ["data_agreement/signed_on"]);
    }
}
