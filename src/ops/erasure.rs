//! Erasing a venture, or a person without one: everything personal goes, everywhere, at once and for good.
//!
//! What stays is of nobody any more: an empty row that ids lead to, numbered gaps in lists, how matches ended, and audit rows
//! whose salts are destroyed. The ids of what was erased stand in the database and in a file that is kept apart from it; whoever restores
//! a database from before finds it erased again at the next start, and within a minute where one goes on running.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

use super::{Act, By, Conflict, Error, Result, Service, data_request, matches, replay};
use crate::domain::id::{CohortId, InvestorId, ParticipantId, VentureId};
use crate::keys::Keys;
use crate::store::venture::{Participant, Venture};
use crate::store::{self, StoreError, erasure, venture};

/// Erases a venture that stands at `version`. Investors who hold contact data are told to delete it. Its tombstone is on the
/// disk before it is acknowledged.
///
/// # Errors
/// [`Error::NotFound`], also when it was erased before; [`Error::Stale`]; [`Conflict::ImportUnderWay`] while an import may be
/// writing it; [`StoreError::Beside`] when the file of tombstones cannot be written: then nothing is erased.
pub fn erase(act: &mut Act<'_>, id: VentureId, version: i64) -> Result<()> {
    let found = venture::find(act.conn, id)?.ok_or(Error::NotFound)?;
    super::next_version(found.version, version)?;
    if store::import::is_under_way(act.conn, found.cohort_id)? {
        return Err(Conflict::ImportUnderWay.into());
    }
    erase_now(act, &found)?;
    promise(act, &id.to_string())
}

/// Erases a person who stands for no business and whose row stands at `version`. The tombstone is on the disk before it is
/// acknowledged.
///
/// # Errors
/// [`Error::NotFound`], also when erased before; [`Error::Stale`]; [`Conflict::StandsForVenture`]; otherwise as [`erase`].
pub fn erase_person(act: &mut Act<'_>, id: ParticipantId, version: i64) -> Result<()> {
    let found = venture::participant(act.conn, id)?.ok_or(Error::NotFound)?;
    super::next_version(found.version, version)?;
    if found.venture_id.is_some() {
        return Err(Conflict::StandsForVenture.into());
    }
    if store::import::is_under_way(act.conn, found.cohort_id)? {
        return Err(Conflict::ImportUnderWay.into());
    }
    erase_person_now(act, &found)?;
    promise(act, &id.to_string())
}

/// What is erased stays so: its tombstone comes to the disk, and what still remembers it forgets.
fn promise(act: &mut Act<'_>, subject: &str) -> Result<()> {
    // A tombstone too many, if the commit fails, is of somebody who asked for it.
    if let Some(path) = act.tombstones {
        erasure::add_to_file(path, &[subject.to_owned()]).map_err(|e| unwritable(path, &e))?;
    }
    act.afterwards(|service| {
        // Before a rubric is published nothing is kept; and what does not answer now is asked again by the next reader.
        let _ = service.rankable();
        service.unforgotten.store(true, Ordering::SeqCst);
        if let Err(error) = forget_pages(service) {
            tracing::warn!(%error, "the database's log may still hold what was erased; it is tried again");
        }
    });
    Ok(())
}

/// Erases a venture whose time is over, if it is still there and no import may be writing it; tells whether it did.
///
/// # Errors
/// The store's.
pub(super) fn erase_if_there(act: &mut Act<'_>, id: VentureId) -> Result<bool> {
    let Some(found) = venture::find(act.conn, id)? else { return Ok(false) };
    if store::import::is_under_way(act.conn, found.cohort_id)? {
        return Ok(false);
    }
    erase_now(act, &found)?;
    Ok(true)
}

fn erase_now(act: &mut Act<'_>, found: &Venture) -> Result<()> {
    let id = found.id;
    matches::end_all(act, id)?;
    data_request::end_all(act, id)?;
    let met: BTreeSet<InvestorId> =
        store::matches::of_venture(act.conn, id)?.into_iter().map(|found| found.investor_id).collect();
    for investor in met {
        matches::end_introductions(act, id, investor, None)?;
    }
    replay::erase(act.conn, id)?;
    act.rankable_changed(id)?;
    act.audit("venture.erase", id, &())?;
    let people = venture::participants_of(act.conn, &[id])?;
    let people: Vec<String> =
        people.iter().map(|one| gravestone_of_person(act.keys, one.cohort_id, &one.external_ref)).collect();
    let gravestone = gravestone(act.keys, found.cohort_id, &found.external_ref);
    // Before the salts go: this row's goes with them.
    act.write_down()?;
    erasure::erase(act.conn, id, &gravestone, &people, act.now)?;
    act.takes_access();
    Ok(())
}

fn erase_person_now(act: &mut Act<'_>, found: &Participant) -> Result<()> {
    act.audit("participant.erase", found.id, &())?;
    // Before the salts go: this row's goes with them.
    act.write_down()?;
    let gravestone = gravestone_of_person(act.keys, found.cohort_id, &found.external_ref);
    Ok(erasure::erase_person(act.conn, found.id, found.cohort_id, &gravestone, act.now)?)
}

/// What stands in place of the number that an erased venture had: a sheet that brings it again is seen.
pub(super) fn gravestone(keys: &Keys, cohort: CohortId, reference: &str) -> String {
    format!("erased {}", keys.hashing().erased_reference(&cohort.to_string(), reference))
}

/// The same for a person who was erased with a venture.
pub(super) fn gravestone_of_person(keys: &Keys, cohort: CohortId, reference: &str) -> String {
    gravestone(keys, cohort, &format!("p:{reference}"))
}

/// The file of tombstones beside a key file.
pub fn file_beside(key_file: &Path) -> PathBuf {
    let mut name = key_file.as_os_str().to_owned();
    name.push(".erased");
    name.into()
}

fn unwritable(path: &Path, error: &std::io::Error) -> Error {
    Error::Store(StoreError::Beside(format!(
        "the file of tombstones {} cannot be written: {error}; set SEDAYA_TOMBSTONE_FILE to one that can, apart from the \
         database",
        path.display()
    )))
}

/// Brings database and file to the same tombstones: what only the file knows is erased again, what only the database knows is
/// written to the file. Gives how many ventures and people were erased again. Cheap where nothing is to be done.
///
/// # Errors
/// The store's; [`StoreError::Beside`] when the file cannot be read or written.
pub fn settle(service: &Service) -> Result<usize> {
    let Some(path) = service.tombstones.as_deref() else { return Ok(0) };
    let in_file = erasure::read_file(path).map_err(|e| unwritable(path, &e))?;
    let known = service.read(|conn| Ok(erasure::buried(conn)?))?;
    let missing: Vec<String> = known.difference(&in_file).cloned().collect();
    // Also with nothing to add: that it can be written is to be known before anybody is promised it.
    erasure::add_to_file(path, &missing).map_err(|e| unwritable(path, &e))?;
    let mut again = 0;
    for text in in_file.difference(&known) {
        again += usize::from(if let Ok(id) = text.parse::<VentureId>() {
            service.write(By::Operator, |act| match venture::find(act.conn, id)? {
                // What may be writing it comes to its end first.
                Some(found) if store::import::is_under_way(act.conn, found.cohort_id)? => Ok(false),
                Some(found) => erase_now(act, &found).map(|()| true),
                None => erasure::bury(act.conn, text, act.now).map(|()| false).map_err(Error::from),
            })?
        } else if let Ok(id) = text.parse::<ParticipantId>() {
            service.write(By::Operator, |act| match venture::participant(act.conn, id)? {
                Some(found) if store::import::is_under_way(act.conn, found.cohort_id)? => Ok(false),
                Some(found) => erase_person_now(act, &found).map(|()| true),
                None => erasure::bury(act.conn, text, act.now).map(|()| false).map_err(Error::from),
            })?
        } else {
            tracing::warn!(file = %path.display(), "a line of the file of tombstones is no id");
            false
        });
    }
    if again > 0 {
        let _ = service.rankable();
        service.unforgotten.store(true, Ordering::SeqCst);
    }
    forget_pages(service)?;
    Ok(again)
}

/// Has the database's log forget what was erased. While somebody reads an old state it cannot; then it is tried again.
fn forget_pages(service: &Service) -> Result<()> {
    if service.unforgotten.load(Ordering::SeqCst) {
        let done = service.read(|conn| Ok(erasure::forget_pages(conn)?))?;
        service.unforgotten.store(!done, Ordering::SeqCst);
    }
    Ok(())
}
