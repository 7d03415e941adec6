//! Who looked at a venture. A look is noted in memory by whoever answers it, which costs no reader any time, and written down in
//! batches, within a second and at an orderly stop. A process that is killed loses the looks of its last second.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::{Mutex, PoisonError};

use quick_cache::sync::Cache;

use super::{Result, Service};
use crate::domain::actor::Actor;
use crate::domain::id::{InvestorId, VentureId};
use crate::domain::look::{Look, LookKind};
use crate::domain::time::Instant;
use crate::store::access_log::{self, Noted};
use crate::store::{self, Conn, Page, Seek, venture};

/// Looks that wait in memory at most. Whoever adds more writes them down first.
const MOST_WAITING: usize = 20_000;

/// Looks that are remembered as written down already, so that who reads the same page all day writes once.
const REMEMBERED: usize = 50_000;

/// The looks of this process that are not written down yet.
pub struct Looks {
    waiting: Mutex<HashSet<Look>>,
    written: Cache<Look, ()>,
    /// One writer at a time: whoever asks for it waits for what is on its way.
    writing: Mutex<()>,
}

impl Default for Looks {
    fn default() -> Self {
        Self { waiting: Mutex::default(), written: Cache::new(REMEMBERED), writing: Mutex::default() }
    }
}

impl fmt::Debug for Looks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Looks").field("written", &self.written.len()).finish_non_exhaustive()
    }
}

impl Looks {
    /// Notes looks; gives how many wait now.
    fn add(&self, looks: impl Iterator<Item = Look>) -> usize {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.extend(looks.filter(|look| self.written.get(look).is_none()));
        waiting.len()
    }
}

/// Notes that somebody looks at these ventures.
///
/// # Errors
/// The store's, when so many wait that they have to be written down now.
pub fn note(
    service: &Service,
    actor: &Actor,
    kind: LookKind,
    ventures: impl IntoIterator<Item = VentureId>,
    now: Instant,
) -> Result<()> {
    let looks = ventures.into_iter().filter_map(|venture| Look::by(actor, venture, kind, now));
    if service.looks.add(looks) > MOST_WAITING {
        flush(service)?;
    }
    Ok(())
}

/// Notes that somebody who acts for an owner looks at the business; of an owner nothing is noted.
///
/// # Errors
/// As [`note`].
pub fn note_own(service: &Service, actor: &Actor, kind: LookKind) -> Result<()> {
    note(service, actor, kind, actor.venture, service.clock.now())
}

/// Writes down what waits; gives how many looks that were. What cannot be written waits on.
///
/// # Errors
/// The store's.
pub fn flush(service: &Service) -> Result<usize> {
    let looks = &service.looks;
    let _one_at_a_time = looks.writing.lock().unwrap_or_else(PoisonError::into_inner);
    let waiting = std::mem::take(&mut *looks.waiting.lock().unwrap_or_else(PoisonError::into_inner));
    if waiting.is_empty() {
        return Ok(0);
    }
    let mut all: Vec<Look> = waiting.into_iter().collect();
    // The newest last, whatever waited together.
    all.sort_unstable_by_key(|look| (look.day, look.venture, look.user, look.kind));
    let written = service.db.write(|conn| {
        // Of what was erased meanwhile nothing is noted any more.
        let ids: HashSet<VentureId> = all.iter().map(|look| look.venture).collect();
        let ids: Vec<VentureId> = ids.into_iter().collect();
        let alive: HashSet<VentureId> = venture::alive(conn, &ids)?.into_iter().collect();
        let kept: Vec<Look> = all.iter().filter(|look| alive.contains(&look.venture)).cloned().collect();
        access_log::insert(conn, &kept)
    });
    match written {
        Ok(()) => {
            let count = all.len();
            for look in all {
                looks.written.insert(look, ());
            }
            Ok(count)
        }
        Err(error) => {
            looks.waiting.lock().unwrap_or_else(PoisonError::into_inner).extend(all);
            Err(error.into())
        }
    }
}

/// A look, as the owner may know of it.
pub struct Told {
    /// As noted.
    pub noted: Noted,
    /// The investor, once the owner's contact data has gone there.
    pub investor: Option<store::investor::Investor>,
    /// Its name is the owner's to know.
    pub is_introduced: bool,
}

/// A page of the looks at a venture, the newest first, as its owner may know of them: of an investor the name only once contact
/// data has crossed.
///
/// # Errors
/// The store's.
pub fn told(service: &Service, venture: VentureId, seek: &Seek<i64>, limit: i64) -> Result<Page<Told>> {
    flush(service)?;
    let now = service.clock.now();
    service.read(|conn| {
        let known = introduced(conn, venture, now)?;
        let page = access_log::page(conn, venture, seek, limit)?;
        let ids = page.items.iter().filter_map(|noted| noted.investor_id);
        let investors = investors(conn, ids)?;
        page.try_map(|noted| {
            let investor = noted.investor_id.and_then(|id| investors.get(&id).cloned());
            let is_introduced = noted.investor_id.is_some_and(|id| known.contains(&id));
            Ok(Told { noted, investor, is_introduced })
        })
    })
}

/// These investors, each asked for once.
///
/// # Errors
/// The store's.
pub(super) fn investors(
    conn: &mut Conn,
    ids: impl Iterator<Item = InvestorId>,
) -> Result<HashMap<InvestorId, store::investor::Investor>> {
    let mut found = HashMap::new();
    for id in ids.collect::<HashSet<_>>() {
        found.extend(store::investor::find(conn, id)?.map(|investor| (id, investor)));
    }
    Ok(found)
}

/// The investors whom an owner's contact data has reached.
///
/// # Errors
/// The store's.
pub fn introduced(conn: &mut Conn, venture: VentureId, now: Instant) -> Result<HashSet<InvestorId>> {
    let met = store::matches::of_venture(conn, venture)?.into_iter();
    let met = met.filter(|found| found.crosses_at.is_some_and(|at| at <= now));
    Ok(met.map(|found| found.investor_id).collect())
}
