//! People at a cohort, opened for staff.

use super::import::{PrivatePerson, sealing};
use super::{Error, Result, Service};
use crate::domain::id::{CohortId, ParticipantId};
use crate::keys::Keys;
use crate::store::venture::{self, Participant};
use crate::store::{Page, Seek};

/// A person with the private part opened.
pub struct Person {
    /// As stored.
    pub row: Participant,
    /// Name, phone, e-mail.
    pub private: PrivatePerson,
}

/// Opens the private part of a person.
///
/// # Errors
/// [`super::Error::Internal`] when it does not open: its key is missing, or it was changed.
pub fn open(keys: &Keys, row: Participant) -> Result<Person> {
    let place = format!("participants {}", row.id);
    let text = keys.personal().open(place.as_bytes(), &row.sealed).map_err(sealing)?;
    Ok(Person { private: serde_json::from_slice(&text)?, row })
}

/// A person.
///
/// # Errors
/// [`Error::NotFound`]; the store's; as [`open`].
pub fn find(service: &Service, id: ParticipantId) -> Result<Person> {
    let row = service.read(|conn| venture::participant(conn, id)?.ok_or(Error::NotFound))?;
    open(&service.keys, row)
}

/// A page of the people of a cohort.
///
/// # Errors
/// The store's; as [`open`].
pub fn page(service: &Service, cohort: CohortId, seek: &Seek<ParticipantId>, limit: i64) -> Result<Page<Person>> {
    let page = service.read(|conn| Ok(venture::participants_page(conn, cohort, seek, limit)?))?;
    page.try_map(|row| open(&service.keys, row))
}
