//! Erasing a venture: everything personal goes, everywhere, at once and for good.
//!
//! What stays is of nobody any more: an empty row that ids lead to, numbered gaps in lists, how matches ended, and audit rows
//! whose salts are destroyed. The ids of what was erased stand in the database and in a file beside the keys; whoever restores a
//! database from before finds it erased again at the next start.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::{Act, By, Error, Result, Service, data_request, matches, replay};
use crate::domain::id::{InvestorId, VentureId};
use crate::store::{self, erasure, venture};

/// Erases a venture that stands at `version`. Investors who hold contact data are told to delete it.
///
/// # Errors
/// [`Error::NotFound`], also when it was erased before; [`Error::Stale`].
pub fn erase(act: &mut Act<'_>, id: VentureId, version: i64) -> Result<()> {
    let found = venture::find(act.conn, id)?.ok_or(Error::NotFound)?;
    super::next_version(found.version, version)?;
    erase_now(act, id)
}

/// Erases a venture whose time is over, if it is still there; tells whether it was.
///
/// # Errors
/// The store's.
pub(super) fn erase_if_there(act: &mut Act<'_>, id: VentureId) -> Result<bool> {
    let is_there = venture::find(act.conn, id)?.is_some();
    if is_there {
        erase_now(act, id)?;
    }
    Ok(is_there)
}

fn erase_now(act: &mut Act<'_>, id: VentureId) -> Result<()> {
    matches::end_all(act, id)?;
    data_request::end_all(act, id)?;
    let met: BTreeSet<InvestorId> =
        store::matches::of_venture(act.conn, id)?.into_iter().map(|found| found.investor_id).collect();
    for investor in met {
        matches::end_introductions(act, id, investor, None)?;
    }
    replay::erase(act.conn, id)?;
    act.rankable_changed(id)?;
    // Before the salts go: this row's goes with them.
    act.audit("venture.erase", id, &())?;
    erasure::erase(act.conn, id, act.now)?;
    act.takes_access();
    act.afterwards(move |service| {
        service.forget();
        if let Err(error) = settle(service) {
            tracing::error!(%error, "an erasure is committed, and its tombstone is not in the file; the next start adds it");
        }
    });
    Ok(())
}

/// The file of tombstones of a key file.
pub fn file_beside(key_file: &Path) -> PathBuf {
    let mut name = key_file.as_os_str().to_owned();
    name.push(".erased");
    name.into()
}

/// Brings database and file to the same tombstones: what only the file knows is erased again, what only the database knows is
/// written to the file. Gives how many ventures were erased again.
///
/// # Errors
/// The store's; [`Error::Internal`] when the file cannot be read or written.
pub fn settle(service: &Service) -> Result<usize> {
    let Some(path) = service.keys.file().map(file_beside) else { return Ok(0) };
    let io = |e: std::io::Error| Error::Internal(format!("{}: {e}", path.display()));
    let in_file = erasure::read_file(&path).map_err(io)?;
    let known = service.read(|conn| Ok(erasure::buried(conn)?))?;
    let missing: Vec<String> = known.iter().filter(|id| !in_file.contains(id)).cloned().collect();
    erasure::add_to_file(&path, &missing).map_err(io)?;
    let mut again = 0;
    for id in in_file.iter().filter(|id| !known.contains(id)) {
        let Ok(id) = id.parse::<VentureId>() else { continue };
        let erased = service.write(By::Operator, |act| erase_if_there(act, id))?;
        again += usize::from(erased);
    }
    service.read(|conn| Ok(erasure::forget_pages(conn)?))?;
    Ok(again)
}
