//! What the signed-in person may know of their own.

use super::{Error, Result, Service, matches};
use crate::domain::id::VentureId;
use crate::domain::status::{Affair, Status, status};
use crate::domain::time::Instant;
use crate::store::matches::Match;
use crate::store::{self, Conn};

/// The status of the owner's venture.
///
/// # Errors
/// [`Error::NotFound`] when the venture is not there any more; [`super::Conflict::NoRubric`].
pub fn own_status(service: &Service, venture: VentureId) -> Result<Status> {
    let rankable = service.rankable()?;
    let known = rankable.venture(venture).ok_or(Error::NotFound)?;
    let now = service.clock.now();
    let affairs: Vec<Affair> =
        service.read(|conn| asked_of(conn, venture, now))?.iter().map(|found| affair(found, now)).collect();
    let mut told = status(&rankable.rubric, known.outcome.as_ref(), known.listed(now));
    if let Some(day) = known.lapsing(now).filter(|_| known.listed(now).is_ok()) {
        told = told.lapsing(day);
    }
    Ok(told.with(&affairs, now))
}

/// The matches that the owner of a venture was asked about, as they stand now, newest first.
///
/// # Errors
/// The store's.
pub fn asked_of(conn: &mut Conn, venture: VentureId, now: Instant) -> Result<Vec<Match>> {
    Ok(store::matches::asked_of(conn, venture)?.into_iter().map(|found| matches::as_of(found, now)).collect())
}

fn affair(found: &Match, now: Instant) -> Affair {
    Affair {
        state: found.state,
        moved_at: found.moved_at,
        due_at: found.due_at,
        has_crossed: found.crosses_at.is_some_and(|at| at <= now),
        is_pledged: found.pledge.is_some(),
        is_received: found.received_at.is_some(),
    }
}
