//! Ventures, opened for staff.

use super::import::PrivateVenture;
use super::person::{self, Person};
use super::{Error, Result, Service};
use crate::domain::assessment::Outcome;
use crate::domain::id::VentureId;
use crate::domain::venture::Profile;
use crate::store::assessment;
use crate::store::consent::{self, Consent};
use crate::store::venture::{self, Venture};

/// All that staff may see of a venture.
pub struct Opened {
    /// As stored.
    pub row: Venture,
    /// What is known beside its ratings.
    pub profile: Profile,
    /// Address and numbers of papers.
    pub private: PrivateVenture,
    /// The people behind it.
    pub people: Vec<Person>,
    /// What they agreed to.
    pub consents: Vec<Consent>,
    /// What its ratings come to; nothing before an assessment.
    pub outcome: Option<Outcome>,
}

/// Opens a venture.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Internal`] when its private part does not open.
pub fn open(service: &Service, id: VentureId) -> Result<Opened> {
    let (row, people, consents, outcome) = service.read(|conn| {
        let row = venture::find(conn, id)?.ok_or(Error::NotFound)?;
        let people = venture::participants_of(conn, &[id])?;
        let consents = consent::of(conn, &[id])?;
        let outcome = assessment::outcomes_of(conn, &[id])?.pop();
        Ok((row, people, consents, outcome))
    })?;
    Ok(Opened {
        profile: serde_json::from_str(&row.profile)?,
        private: PrivateVenture::open(&service.keys, id, &row.sealed)?,
        people: people.into_iter().map(|p| person::open(&service.keys, p)).collect::<Result<_>>()?,
        consents,
        outcome: outcome.map(|o| serde_json::from_str(&o.outcome)).transpose()?,
        row,
    })
}
