//! What a match stands on: a list that suggests it, and the consents without which a business may not stand there.

use std::collections::{BTreeMap, BTreeSet};

use super::super::basis::Basis;
use super::super::rankable::read_consent;
use super::super::{Act, Error, Result};
use super::{end, save};
use crate::domain::consent::{self, Consent};
use crate::domain::id::VentureId;
use crate::domain::time::Instant;
use crate::store::match_list::{self, MatchList};
use crate::store::matches::{self, Match};
use crate::store::{self, Conn};

/// Whether the venture of a match may stand on lists now, and on the one that suggested it, by what is stored.
pub(super) fn is_listed(conn: &mut Conn, found: &Match, now: Instant) -> Result<bool> {
    let venture = found.venture_id;
    Ok(may_be_listed(conn, venture, now)? && basis(conn, found)?.holds(&consents(conn, venture)?))
}

/// Whether a venture may stand on lists now, by what is stored.
pub(super) fn may_be_listed(conn: &mut Conn, venture: VentureId, now: Instant) -> Result<bool> {
    let consents = consents(conn, venture)?;
    let people = store::venture::participants_of(conn, &[venture])?;
    let adult = people.into_iter().map(|person| person.adult).min_by_key(|a| a.map(u8::from)).flatten();
    let is_restricted = !store::data_request::restricted(conn, &[venture])?.is_empty();
    Ok(consent::listed(&consents, adult, is_restricted, now).is_ok())
}

fn consents(conn: &mut Conn, venture: VentureId) -> Result<Vec<Consent>> {
    store::consent::of(conn, &[venture])?.into_iter().map(read_consent).collect()
}

/// What the list rests on that suggested a match.
fn basis(conn: &mut Conn, found: &Match) -> Result<Basis> {
    let list = match_list::find(conn, found.list_id)?.ok_or(Error::NotFound)?;
    Basis::of(conn, &list)
}

/// Those of these ventures whose owners may not be found any more by what a list rests on.
pub(super) fn lost(conn: &mut Conn, list: &MatchList, ventures: &[VentureId]) -> Result<BTreeSet<VentureId>> {
    let basis = Basis::of(conn, list)?;
    if basis.is_free() {
        return Ok(BTreeSet::new());
    }
    let mut given = BTreeMap::<VentureId, Vec<Consent>>::new();
    for row in store::consent::of(conn, ventures)? {
        given.entry(row.venture_id).or_default().push(read_consent(row)?);
    }
    Ok(given.into_iter().filter(|(_, consents)| !basis.holds(consents)).map(|(venture, _)| venture).collect())
}

/// Whether a published list of the investor holds the venture of a match. The match is of the newest one that does.
pub(super) fn held(act: &mut Act<'_>, found: &mut Match) -> Result<bool> {
    let consents = consents(act.conn, found.venture_id)?;
    for list in match_list::published_with(act.conn, found.investor_id, found.venture_id)? {
        if !Basis::of(act.conn, &list)?.holds(&consents) {
            continue;
        }
        if list.id != found.list_id {
            found.list_id = list.id;
            found.version += 1;
            save(act.conn, found)?;
        }
        return Ok(true);
    }
    Ok(false)
}

/// Ends what is open of a venture and was suggested by a list that rests on what its owner may not be found by any more, unless
/// another published list holds it.
///
/// # Errors
/// The store's.
pub fn end_lost(act: &mut Act<'_>, venture: VentureId) -> Result<()> {
    let consents = consents(act.conn, venture)?;
    let mut all = matches::of_venture(act.conn, venture)?;
    // Those that wait for their turn first: none of them is to get it now.
    all.sort_by_key(|found| found.queued_at.is_none());
    for found in all.iter_mut().filter(|found| found.state.is_open()) {
        if !basis(act.conn, found)?.holds(&consents) && !held(act, found)? {
            end(act, found)?;
        }
    }
    Ok(())
}
