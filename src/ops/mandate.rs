//! Mandates: an owner invites a pendamping to act for them, sees who may, and ends it at once.
//!
//! The owner reads out a code, which works once and for half an hour. Whoever takes it up begins sessions that act for the owner: see
//! [`super::session`]. They act under their own name; what needs the owner's own word is refused to them.

use std::net::IpAddr;

use super::session::{self, Session};
use super::{Act, By, Conflict, Error, Result, Service, message, throttle};
use crate::domain::actor::{Actor, Role};
use crate::domain::fault::Fault;
use crate::domain::id::{MandateId, VentureId};
use crate::domain::mandate::{LIVES, MOST};
use crate::domain::text::Text;
use crate::domain::time::Instant;
use crate::keys::hashing::new_mandate_code;
use crate::store::mandate::{self as store, Mandate};
use crate::store::{Conn, user, venture};

/// When the code of an invitation stops working.
pub const fn expires_at(invitation: &Mandate) -> Instant {
    invitation.created_at.plus_seconds(LIVES)
}

/// Whether it is an invitation that can still be taken up.
fn is_open(found: &Mandate, now: Instant) -> bool {
    found.accepted_at.is_none() && found.ended_at.is_none() && now < expires_at(found)
}

/// Whether somebody may act under it now.
const fn is_standing(found: &Mandate) -> bool {
    found.accepted_at.is_some() && found.ended_at.is_none()
}

/// A mandate that is the actor's: an owner's own word, or a pendamping's own task.
///
/// # Errors
/// [`Error::NotFound`].
pub fn readable(conn: &mut Conn, actor: &Actor, id: MandateId) -> Result<Mandate> {
    let found = store::find(conn, id)?.ok_or(Error::NotFound)?;
    let is_own = match actor.role {
        Role::Owner => actor.venture == Some(found.venture_id),
        Role::Assessor => found.user_id == Some(actor.user),
        _ => false,
    };
    if is_own { Ok(found) } else { Err(Error::NotFound) }
}

/// Invites somebody to act for the owner of a venture; gives the code, of which only the keyed hash is kept.
///
/// # Errors
/// [`Error::NotFound`] for an account without a venture; [`Conflict::TooManyCompanions`].
pub fn invite(act: &mut Act<'_>, actor: &Actor) -> Result<(Mandate, String)> {
    let venture = actor.venture.ok_or(Error::NotFound)?;
    venture::find(act.conn, venture)?.ok_or(Error::NotFound)?;
    if store::standing(act.conn, venture, act.now.plus_seconds(-LIVES))? >= MOST {
        return Err(Conflict::TooManyCompanions.into());
    }
    let code = new_mandate_code(act.ids);
    let made = Mandate {
        id: act.ids.next(act.now),
        venture_id: venture,
        code_hash: Some(act.keys.hashing().mandate_code(&code)),
        user_id: None,
        created_at: act.now,
        accepted_at: None,
        last_session_at: None,
        ended_at: None,
        ended_by: None,
    };
    store::insert(act.conn, &made)?;
    act.audit("mandate.invite", made.id, &venture)?;
    Ok((made, code))
}

/// Somebody who may act for an owner, or did.
#[derive(Clone, Debug)]
pub struct Companion {
    /// As stored.
    pub mandate: Mandate,
    /// What they sign in with.
    pub username: String,
}

/// Who may act for the owner of a venture now, and the invitations that can still be taken up; both the newest first.
///
/// # Errors
/// The store's.
pub fn of_venture(conn: &mut Conn, venture: VentureId, now: Instant) -> Result<(Vec<Companion>, Vec<Mandate>)> {
    // Those that count are few; what has ended or was never taken up may be much.
    let (mut companions, mut open) = (Vec::new(), Vec::new());
    for (mandate, username) in store::standing_of(conn, venture, now.plus_seconds(-LIVES))? {
        match mandate.accepted_at {
            Some(_) => companions.push(Companion { mandate, username: username.unwrap_or_default() }),
            None => open.push(mandate),
        }
    }
    Ok((companions, open))
}

/// Everybody who may act for the owner of a venture or ever did, the newest first.
///
/// # Errors
/// The store's.
pub fn ever(conn: &mut Conn, venture: VentureId, limit: i64) -> Result<Vec<Companion>> {
    let all = store::taken_up(conn, venture, limit)?.into_iter();
    Ok(all.map(|(mandate, username)| Companion { mandate, username: username.unwrap_or_default() }).collect())
}

fn wrong_code() -> Error {
    Error::Invalid(vec![Fault {
        pointer: "/code".into(),
        code: "wrong_code",
        detail: Text::new(
            "Kode salah, sudah dipakai, atau tidak berlaku lagi. Mintalah pemilik mengundang Anda lagi.",
            "Not the code, or used, or not valid any more. Ask the owner to invite you again.",
        ),
    }])
}

/// Whether a code can be taken up. One that cannot is counted as a failed try of the address.
///
/// # Errors
/// [`Error::Invalid`].
pub fn try_code(service: &Service, code_hash: &str, address: IpAddr) -> Result<()> {
    let now = service.clock.now();
    let found = service.read(|conn| Ok(store::by_code(conn, code_hash)?))?;
    if found.is_some_and(|found| is_open(&found, now)) {
        return Ok(());
    }
    service.write(By::Nobody, |act| throttle::note_failure(act, address))?;
    Err(wrong_code())
}

/// Takes an invitation up; gives what the business is called too. An earlier mandate of the same two ends with it. The owner is told.
///
/// # Errors
/// [`Error::Invalid`] when the code cannot be taken up, any more.
pub fn accept(act: &mut Act<'_>, actor: &Actor, code_hash: &str) -> Result<(Mandate, String)> {
    let now = act.now;
    let found = store::by_code(act.conn, code_hash)?.filter(|found| is_open(found, now));
    let Some(mut found) = found else { return Err(wrong_code()) };
    let business = venture::find(act.conn, found.venture_id)?.ok_or_else(wrong_code)?.name;
    for (mut earlier, _) in store::of_user(act.conn, actor.user)? {
        if earlier.venture_id == found.venture_id {
            (earlier.ended_at, earlier.ended_by) = (Some(now), Some(act.by.name()));
            store::update(act.conn, &earlier)?;
            act.audit("mandate.end", earlier.id, &earlier.venture_id)?;
        }
    }
    (found.user_id, found.accepted_at) = (Some(actor.user), Some(now));
    store::update(act.conn, &found)?;
    act.audit("mandate.accept", found.id, &found.venture_id)?;
    message::note_companion(act, &found)?;
    Ok((found, business))
}

/// For whom somebody may act, the oldest first, with what each business is called.
///
/// # Errors
/// The store's.
pub fn of_companion(conn: &mut Conn, actor: &Actor) -> Result<Vec<(Mandate, String)>> {
    Ok(store::of_user(conn, actor.user)?)
}

/// Begins a session in which a pendamping acts for the owner.
///
/// # Errors
/// [`Error::NotFound`]; [`Conflict::MandateEnded`].
pub fn start_session(act: &mut Act<'_>, actor: &Actor, id: MandateId) -> Result<Session> {
    let mut found = readable(act.conn, actor, id)?;
    // What the account may do is asked of what stands now, not of who was let in some seconds ago.
    let account = user::find(act.conn, actor.user)?.and_then(|account| account.actor()).ok_or(Error::Forbidden)?;
    let for_owner = match is_standing(&found) {
        true => session::for_owner(act.conn, account, found.venture_id)?,
        false => None,
    };
    let for_owner = for_owner.ok_or(Conflict::MandateEnded)?;
    found.last_session_at = Some(act.now);
    store::update(act.conn, &found)?;
    act.audit("mandate.session", id, &found.venture_id)?;
    session::start(act, for_owner)
}

/// Ends a mandate or an invitation, and every session that acts under it. Ended before, it stays as it is.
///
/// # Errors
/// [`Error::NotFound`].
pub fn end(act: &mut Act<'_>, actor: &Actor, id: MandateId) -> Result<()> {
    let mut found = readable(act.conn, actor, id)?;
    if found.ended_at.is_some() {
        return Ok(());
    }
    (found.ended_at, found.ended_by) = (Some(act.now), Some(act.by.name()));
    store::update(act.conn, &found)?;
    if let Some(companion) = found.user_id {
        user::revoke_acting(act.conn, companion, Some(found.venture_id), act.now)?;
        act.takes_access();
    }
    act.audit("mandate.end", id, &found.venture_id)
}
