//! One-time codes: an owner confirms a phone with one, and signs in with one from then on.
//!
//! A code goes by the outbox like every message. The database holds its keyed hash, bound to account and purpose; the code itself lies
//! encrypted with its message until that is forgotten, and is of no use long before.

use std::net::IpAddr;

use super::import::sealing;
use super::session::{self, Session};
use super::{Act, Conflict, Error, Result, Service, message};
use crate::domain::actor::{Actor, Role};
use crate::domain::id::{DeliveryId, UserId, VentureId};
use crate::domain::one_time_code::{AN_HOUR, CodePurpose, KEPT_HOURS, LIVES, TO_A_PHONE, TRIES};
use crate::domain::phone::Phone;
use crate::domain::time::Instant;
use crate::keys::Keys;
use crate::keys::hashing::new_one_time_code;
use crate::store::Conn;
use crate::store::one_time_code::{self as store, OneTimeCode, OwnerPhone};
use crate::store::user;

const HOUR: i64 = 3600;

/// What came of asking for a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// It is on its way.
    Sent,
    /// There were too many this hour; so many seconds are left of it.
    TooMany(i64),
}

/// What came of a code that is to confirm a phone. That it was tried is kept in every case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Confirmed {
    /// The phone is the owner's.
    Done,
    /// It is not the code, or not any more.
    Wrong,
    /// The phone is another owner's.
    InUse,
}

/// Sends a code to a phone that a signed-in owner says is theirs.
///
/// # Errors
/// [`Conflict::NoMessenger`]; [`Error::Forbidden`] for an account without a venture.
pub fn ask_to_confirm(act: &mut Act<'_>, actor: &Actor, phone: &Phone) -> Result<Asked> {
    has_messenger(act)?;
    let venture = actor.venture.ok_or(Error::Forbidden)?;
    let since = act.now.plus_seconds(-HOUR);
    let sent = store::sent_since(act.conn, actor.user, CodePurpose::Confirm, since)?;
    let is_free = is_within_the_hour(act, &hash_of(act.keys, phone), TO_A_PHONE)?;
    if !is_free || sent >= i64::from(AN_HOUR) {
        return Ok(Asked::TooMany(HOUR - act.now.seconds().rem_euclid(HOUR)));
    }
    // Of this account's only the newest works.
    store::end(act.conn, actor.user, CodePurpose::Confirm, act.now)?;
    let id = act.ids.next(act.now);
    send(act, id, (actor.user, venture), CodePurpose::Confirm, phone)?;
    Ok(Asked::Sent)
}

/// Confirms the phone that the newest code was sent to. From then on it signs the owner in, messages go to it, and codes on paper end;
/// so do codes and sessions of the phone before.
///
/// # Errors
/// The store's.
pub fn confirm(act: &mut Act<'_>, actor: &Actor, code: &str) -> Result<Confirmed> {
    let newest = store::open(act.conn, actor.user, CodePurpose::Confirm)?;
    let Some(right) = check(act, newest, code)? else { return Ok(Confirmed::Wrong) };
    let phone = open_phone(act.keys, right.id, &right.phone)?;
    let phone_hash = hash_of(act.keys, &phone);
    if store::by_phone(act.conn, &phone_hash)?.is_some_and(|known| known.user_id != actor.user) {
        return Ok(Confirmed::InUse);
    }
    let sealed = act.keys.personal().seal(&place_of_owner(actor.user), phone.international().as_bytes());
    let row = OwnerPhone { user_id: actor.user, phone_hash, phone: sealed.map_err(sealing)?, confirmed_at: act.now };
    store::end(act.conn, actor.user, CodePurpose::SignIn, act.now)?;
    if store::phone_of(act.conn, actor.user)?.is_some_and(|before| before.phone_hash != row.phone_hash) {
        user::revoke_sessions(act.conn, actor.user, act.now)?;
        act.takes_access();
    }
    store::set_phone(act.conn, &row)?;
    if !act.claim_codes_stay {
        user::end_claim_codes(act.conn, actor.user, act.now)?;
    }
    act.audit("user.phone", actor.user, &())?;
    Ok(Confirmed::Done)
}

/// Sends a code to a phone to sign in with, if it is a confirmed one of an owner; gives the name of this request, by which the code is
/// tried. Whoever asks cannot tell whether it is one. Every request has its own code: a stranger who asks for codes, or guesses, takes
/// none from the owner.
///
/// # Errors
/// [`Conflict::NoMessenger`].
pub fn ask_to_sign_in(act: &mut Act<'_>, phone: &Phone, address: IpAddr) -> Result<DeliveryId> {
    has_messenger(act)?;
    let id = act.ids.next(act.now);
    let hash = hash_of(act.keys, phone);
    let from = format!("{hash} {}", act.keys.hashing().address(&address.to_string()));
    let is_free = is_within_the_hour(act, &from, AN_HOUR)? && is_within_the_hour(act, &hash, TO_A_PHONE)?;
    let owner = owner_of(act, &hash)?;
    if let (true, Some((owner, venture))) = (is_free, owner.and_then(|owner| Some((owner, owner.venture?)))) {
        send(act, id, (owner.user, venture), CodePurpose::SignIn, phone)?;
    }
    Ok(id)
}

/// Starts a session for the owner whose phone a request's code went to, if it is the code; `None` if anything is wrong. That it was
/// tried is kept.
///
/// # Errors
/// The store's.
pub fn sign_in(act: &mut Act<'_>, request: DeliveryId, code: &str) -> Result<Option<Session>> {
    let found = store::find(act.conn, request)?.filter(|found| found.purpose == CodePurpose::SignIn);
    let Some(right) = check(act, found, code)? else { return Ok(None) };
    match user::find(act.conn, right.user_id)?.and_then(|found| found.actor()) {
        Some(owner) => session::start(act, owner).map(Some),
        None => Ok(None),
    }
}

/// Forgets codes that are too old to be kept; tells how many.
///
/// # Errors
/// The store's.
pub fn forget(service: &Service) -> Result<usize> {
    let now = service.clock.now();
    let before = now.plus_seconds(-KEPT_HOURS * HOUR);
    Ok(service.db.write(|conn| {
        store::forget_requests(conn, now.seconds().div_euclid(HOUR) - 1)?;
        store::forget(conn, before)
    })?)
}

fn has_messenger(act: &Act<'_>) -> Result<()> {
    if act.tells_owners { Ok(()) } else { Err(Conflict::NoMessenger.into()) }
}

fn hash_of(keys: &Keys, phone: &Phone) -> String {
    keys.hashing().phone(phone.international())
}

/// Counts a code that is asked for; whether another may be sent in this hour. Counted for every number, known or not.
fn is_within_the_hour(act: &mut Act<'_>, counted: &str, most: i32) -> Result<bool> {
    Ok(store::count_request(act.conn, counted, act.now.seconds().div_euclid(HOUR))? <= most)
}

/// The owner who has confirmed this phone.
fn owner_of(act: &mut Act<'_>, phone_hash: &str) -> Result<Option<Actor>> {
    let Some(known) = store::by_phone(act.conn, phone_hash)? else { return Ok(None) };
    let actor = user::find(act.conn, known.user_id)?.and_then(|found| found.actor());
    Ok(actor.filter(|actor| actor.role == Role::Owner))
}

fn send(
    act: &mut Act<'_>,
    id: DeliveryId,
    (user, venture): (UserId, VentureId),
    purpose: CodePurpose,
    phone: &Phone,
) -> Result<()> {
    let code = new_one_time_code(act.ids);
    let sealed = act.keys.personal().seal(&place_of_code(id), phone.international().as_bytes());
    let row = OneTimeCode {
        id,
        user_id: user,
        purpose,
        phone: sealed.map_err(sealing)?,
        code_hash: act.keys.hashing().one_time_code(&user.to_string(), purpose.as_str(), &code),
        tries: 0,
        used_at: None,
        created_at: act.now,
    };
    store::insert(act.conn, &row)?;
    // What an account asks for itself takes the place of what waits; what anybody asks for takes nobody's place.
    let subject = match purpose {
        CodePurpose::Confirm => user.to_string(),
        CodePurpose::SignIn => id.to_string(),
    };
    message::send_code(act, id, subject, venture, &code)?;
    act.audit("user.code", user, &purpose)
}

/// The code that was sent, if this is it and it works. The try is counted before the codes are compared; a code that was right is used
/// up.
fn check(act: &mut Act<'_>, sent: Option<OneTimeCode>, code: &str) -> Result<Option<OneTimeCode>> {
    let Some(found) = sent.filter(|found| is_live(found, act.now)) else { return Ok(None) };
    if found.tries >= TRIES {
        return Ok(None);
    }
    store::count_try(act.conn, found.id)?;
    if !act.keys.hashing().is_one_time_code(&found.code_hash, &found.user_id.to_string(), found.purpose.as_str(), code)
    {
        return Ok(None);
    }
    store::use_up(act.conn, found.id, act.now)?;
    Ok(Some(found))
}

/// Whether a code still works, as far as time goes.
pub(super) fn is_live(code: &OneTimeCode, now: Instant) -> bool {
    code.used_at.is_none() && now < code.created_at.plus_seconds(LIVES)
}

fn place_of_code(id: DeliveryId) -> Vec<u8> {
    format!("one-time code phone {id}").into_bytes()
}

fn place_of_owner(user: UserId) -> Vec<u8> {
    format!("owner phone {user}").into_bytes()
}

/// The number that a code goes to.
pub(super) fn open_phone(keys: &Keys, id: DeliveryId, sealed: &[u8]) -> Result<Phone> {
    read_phone(&keys.personal().open(&place_of_code(id), sealed).map_err(sealing)?)
}

/// The number that the owner of a venture has confirmed.
pub(super) fn confirmed_phone(conn: &mut Conn, keys: &Keys, venture: VentureId) -> Result<Option<Phone>> {
    let Some(account) = user::by_venture(conn, venture)? else { return Ok(None) };
    let Some(known) = store::phone_of(conn, account.id)? else { return Ok(None) };
    let text = keys.personal().open(&place_of_owner(account.id), &known.phone).map_err(sealing)?;
    read_phone(&text).map(Some)
}

fn read_phone(text: &[u8]) -> Result<Phone> {
    let phone = std::str::from_utf8(text).ok().and_then(Phone::parse);
    phone.ok_or_else(|| Error::Internal("a stored number is none".into()))
}
