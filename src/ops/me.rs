//! What the signed-in person may know of their own.

use super::rankable::Rankable;
use super::{Error, Result, Service, matches};
use crate::domain::id::VentureId;
use crate::domain::match_life::{MatchState, Side};
use crate::domain::status::{Affair, Asked, Status, status};
use crate::domain::time::Instant;
use crate::store::matches::Match;
use crate::store::{self, Conn};

/// The status of the owner's venture.
///
/// # Errors
/// [`Error::NotFound`] when the venture is not there any more; [`super::Conflict::NoRubric`].
pub fn own_status(service: &Service, venture: VentureId) -> Result<Status> {
    let rankable = service.rankable()?;
    let now = service.clock.now();
    service.read(|conn| {
        let found = asked_of(conn, venture, now)?;
        let affairs = found.iter().map(|found| affair(conn, found, now)).collect::<Result<Vec<_>>>()?;
        let mut asked = Asked::default();
        for request in store::data_request::of(conn, venture)? {
            asked.add(request.due_at, request.lifted_at.or(request.resolved_at), now);
        }
        Ok(alone(conn, &rankable, venture, now)?.with(&affairs, now).with_requests(&asked, now))
    })
}

/// The status of a venture by itself, without what comes of matches and requests: fit for paper, which others see.
///
/// # Errors
/// As [`own_status`].
pub fn status_on_paper(service: &Service, venture: VentureId) -> Result<Status> {
    let rankable = service.rankable()?;
    let now = service.clock.now();
    service.read(|conn| alone(conn, &rankable, venture, now))
}

fn alone(conn: &mut Conn, rankable: &Rankable, venture: VentureId, now: Instant) -> Result<Status> {
    let known = rankable.venture(venture).ok_or(Error::NotFound)?;
    let is_on_list = store::match_list::is_on_published(conn, venture)?;
    let is_listed = known.listed(now);
    let told = status(&rankable.rubric, known.outcome.as_ref(), is_listed.map(|()| is_on_list));
    Ok(match known.lapsing(now).filter(|_| is_listed.is_ok()) {
        Some(day) => told.lapsing(day),
        None => told,
    })
}

/// The matches that the owner of a venture was asked about, as they stand now, newest first.
///
/// # Errors
/// The store's.
pub fn asked_of(conn: &mut Conn, venture: VentureId, now: Instant) -> Result<Vec<Match>> {
    Ok(store::matches::asked_of(conn, venture)?.into_iter().map(|found| matches::as_of(found, now)).collect())
}

fn affair(conn: &mut Conn, found: &Match, now: Instant) -> Result<Affair> {
    let deadline = matches::deadline_for(Some(Side::Owner), found, now);
    let is_stopped = found.state == MatchState::Suspended;
    Ok(Affair {
        state: found.state,
        moved_at: found.moved_at,
        due_at: deadline.due_at,
        ends_at: deadline.expires_at,
        was_asked: found.furthest == MatchState::AwaitingOwner,
        has_crossed: found.crosses_at.is_some_and(|at| at <= now),
        is_pledged: found.pledge.is_some(),
        is_received: found.received_at.is_some(),
        is_reported: is_stopped && store::complaint::made_at(conn, found.id, found.moved_at)?,
    })
}
