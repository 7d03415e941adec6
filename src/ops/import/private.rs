//! The private parts of ventures and people: sealed for their place, opened, and what a sheet says over them. An empty cell takes
//! nothing back.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::waiting::sealing;
use crate::domain::id::{ParticipantId, VentureId};
use crate::domain::intake::{IntakeParticipant, IntakeVenture, Secret};
use crate::domain::venture::LegalPaper;
use crate::keys::Keys;
use crate::ops::Result;

/// The private part of a venture, encrypted at rest.
#[derive(Default, Serialize, Deserialize)]
pub struct PrivateVenture {
    /// Where it is.
    pub address: Option<Secret>,
    /// Numbers of its papers.
    pub legal_numbers: BTreeMap<LegalPaper, Secret>,
}

/// The private part of a person, encrypted at rest.
#[derive(Serialize, Deserialize)]
pub struct PrivatePerson {
    /// Name.
    pub name: Secret,
    /// Phone, as `+62…`.
    pub phone: Option<Secret>,
    /// E-mail address.
    pub email: Option<Secret>,
    /// Role in a home, a pillar or the business.
    pub role: Option<String>,
    /// Whether this person's row described the business when it was first imported: the owner, where no role says who that is.
    #[serde(default)]
    pub describes: bool,
}

impl PrivateVenture {
    /// What a sheet says, over what was known.
    pub(super) fn of(venture: &IntakeVenture, known: Self) -> Self {
        let mut legal_numbers = known.legal_numbers;
        legal_numbers.extend(venture.legal_numbers.clone());
        Self { address: venture.address.clone().or(known.address), legal_numbers }
    }

    /// Opens what was sealed for a venture.
    ///
    /// # Errors
    /// [`crate::ops::Error::Internal`] when it does not open: its key is missing, or it was changed.
    pub fn open(keys: &Keys, id: VentureId, sealed: &[u8]) -> Result<Self> {
        open(keys, &format!("ventures {id}"), sealed)
    }

    pub(super) fn seal(&self, keys: &Keys, id: VentureId) -> Result<Vec<u8>> {
        seal(keys, &format!("ventures {id}"), self)
    }
}

impl PrivatePerson {
    /// What a sheet says, over what was known.
    pub(super) fn of(person: &IntakeParticipant, known: Option<Self>, describes: bool) -> Self {
        let (phone, email, role) = known.map_or((None, None, None), |known| (known.phone, known.email, known.role));
        Self {
            name: person.name.clone(),
            phone: person.phone.clone().or(phone),
            email: person.email.clone().or(email),
            role: person.role.clone().or(role),
            describes,
        }
    }

    /// Opens what was sealed for a person.
    ///
    /// # Errors
    /// As [`PrivateVenture::open`].
    pub fn open(keys: &Keys, id: ParticipantId, sealed: &[u8]) -> Result<Self> {
        open(keys, &format!("participants {id}"), sealed)
    }

    pub(super) fn seal(&self, keys: &Keys, id: ParticipantId) -> Result<Vec<u8>> {
        seal(keys, &format!("participants {id}"), self)
    }
}

fn open<T: DeserializeOwned>(keys: &Keys, place: &str, sealed: &[u8]) -> Result<T> {
    Ok(serde_json::from_slice(&keys.personal().open(place.as_bytes(), sealed).map_err(sealing)?)?)
}

fn seal<T: Serialize>(keys: &Keys, place: &str, private: &T) -> Result<Vec<u8>> {
    keys.personal().seal(place.as_bytes(), &serde_json::to_vec(private)?).map_err(sealing)
}
