//! Asking owners again for their consent to be listed, before it lapses: by a message once, and by staff.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::rankable::read_consent;
use super::{Act, By, Result, Service, message};
use crate::domain::consent::{self, Consent, Purpose};
use crate::domain::id::VentureId;
use crate::domain::time::Instant;
use crate::store::{self, Conn};

/// So many in one transaction: others wait no longer than that.
const AT_ONCE: i64 = 100;

fn purpose() -> String {
    Purpose::AnonymisedListing.to_string()
}

/// Ventures whose owners are to be asked again by now, with the day on which the consent lapses or has lapsed.
///
/// # Errors
/// The store's.
pub fn due(conn: &mut Conn, now: Instant) -> Result<Vec<(VentureId, NaiveDate)>> {
    let Some(before) = consent::asked_again_if_given_before(now) else { return Ok(Vec::new()) };
    let old = store::consent::given_before(conn, &purpose(), before, false, i64::MAX)?;
    lapsing(conn, &old, now)
}

/// Of these ventures those whose owners are to be asked again.
fn lapsing(conn: &mut Conn, ventures: &[VentureId], now: Instant) -> Result<Vec<(VentureId, NaiveDate)>> {
    let mut given = BTreeMap::<VentureId, Vec<Consent>>::new();
    for row in store::consent::of(conn, ventures)? {
        given.entry(row.venture_id).or_default().push(read_consent(row)?);
    }
    let lapsing = given.into_iter().filter_map(|(venture, all)| Some((venture, consent::lapsing(&all, now)?)));
    Ok(lapsing.collect())
}

/// Whether the owner of a venture is still to be asked again.
///
/// # Errors
/// The store's.
pub(super) fn is_due(conn: &mut Conn, venture: VentureId, now: Instant) -> Result<bool> {
    Ok(!lapsing(conn, &[venture], now)?.is_empty())
}

/// Has every owner told once whose consent to be listed is about to lapse, if owners are sent messages; gives how many. What should have
/// been sent while nobody was there is sent once.
///
/// # Errors
/// The store's.
pub fn ask(service: &Service) -> Result<usize> {
    let mut all = 0;
    while service.tells_owners() {
        let (seen, asked) = ask_some(service)?;
        all += asked;
        if seen == 0 {
            break;
        }
    }
    Ok(all)
}

/// How many were gone through, and how many of them were asked: whoever has renewed the consent is not.
fn ask_some(service: &Service) -> Result<(usize, usize)> {
    let unasked = |conn: &mut Conn, now: Instant, limit: i64| {
        let Some(before) = consent::asked_again_if_given_before(now) else { return Ok((Vec::new(), now)) };
        Ok((store::consent::given_before(conn, &purpose(), before, true, limit)?, before))
    };
    let now = service.clock.now();
    if service.read(|conn| unasked(conn, now, 1))?.0.is_empty() {
        return Ok((0, 0));
    }
    service.write(By::Operator, |act: &mut Act<'_>| {
        let (seen, before) = unasked(act.conn, act.now, AT_ONCE)?;
        for venture in &seen {
            store::consent::note_asked_again(act.conn, *venture, &purpose(), before, act.now)?;
        }
        let due = lapsing(act.conn, &seen, act.now)?;
        for (venture, lapses_on) in &due {
            message::note_renewal(act, *venture, *lapses_on)?;
        }
        Ok((seen.len(), due.len()))
    })
}
