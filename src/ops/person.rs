//! People at a cohort, opened for staff.

use super::import::PrivatePerson;
use super::{Error, Result, Service, one_time_code};
use crate::domain::id::{CohortId, ParticipantId, VentureId};
use crate::domain::intake::Secret;
use crate::domain::owner::{self, Stands};
use crate::keys::Keys;
use crate::store::venture::{self, Participant};
use crate::store::{Conn, Page, Seek};

/// A person with the private part opened.
pub struct Person {
    /// As stored.
    pub row: Participant,
    /// Name, phone, e-mail.
    pub private: PrivatePerson,
}

impl Person {
    /// What says whether this is the owner.
    fn stands(&self) -> Stands<'_> {
        Stands { role: self.private.role.as_deref(), kind: self.row.kind, describes: self.private.describes }
    }
}

/// Opens the private part of a person.
///
/// # Errors
/// [`super::Error::Internal`] when it does not open: its key is missing, or it was changed.
pub fn open(keys: &Keys, row: Participant) -> Result<Person> {
    Ok(Person { private: PrivatePerson::open(keys, row.id, &row.sealed)?, row })
}

/// The owner of a business, of all the people behind it, the oldest first.
///
/// # Errors
/// As [`open`].
pub(super) fn owner(keys: &Keys, behind: Vec<Participant>) -> Result<Option<Person>> {
    let people = behind.into_iter().map(|row| open(keys, row)).collect::<Result<Vec<_>>>()?;
    Ok(owner::owner(people.iter().map(Person::stands)).and_then(|place| people.into_iter().nth(place)))
}

/// The owner of a venture, as others reach them: the phone is the one that the owner has confirmed, else that of the sheet.
///
/// # Errors
/// The store's; as [`open`].
pub(super) fn reachable_owner(conn: &mut Conn, keys: &Keys, id: VentureId) -> Result<Option<PrivatePerson>> {
    let behind = venture::participants_of(conn, &[id])?;
    let Some(Person { mut private, .. }) = owner(keys, behind)? else { return Ok(None) };
    if let Some(confirmed) = one_time_code::confirmed_phone(conn, keys, id)? {
        private.phone = Some(Secret::new(confirmed.international()));
    }
    Ok(Some(private))
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
