//! Sessions: a chain of refresh tokens, each used once, from sign-in to sign-out. In one that acts for an owner a pendamping has the
//! owner's rights, as long as the owner's word stands.

use super::{Act, Result};
use crate::domain::actor::{Actor, Role};
use crate::domain::id::{UserId, VentureId};
use crate::domain::time::Instant;
use crate::keys::hashing::new_refresh_token;
use crate::store::user::{self, RefreshToken, User};
use crate::store::{Conn, mandate};

/// A lost answer on a bad line may be asked for again for this long.
const GRACE_SECONDS: i64 = 60;
const DAY: i64 = 86_400;

/// How long a refresh token works: owners and assessors, on phones with a bad line, need not sign in often.
const fn lifetime_seconds(role: Role) -> i64 {
    match role {
        Role::Owner | Role::Assessor => 60 * DAY,
        Role::Admin | Role::Staff | Role::Investor | Role::Auditor => 7 * DAY,
    }
}

/// What a sign-in or a refresh gives.
#[derive(Debug)]
pub struct Session {
    /// Who is signed in.
    pub actor: Actor,
    /// The name of the session, from its first token on; access tokens carry it.
    pub family: String,
    /// The token to come back with.
    pub refresh_token: String,
}

/// Starts a session for an account whose password or code was right.
///
/// # Errors
/// The store's.
pub fn start(act: &mut Act<'_>, actor: Actor) -> Result<Session> {
    let token = new_refresh_token(act.ids);
    let family = act.keys.hashing().refresh_token(&token);
    let session = hand_out(act, token, family, actor, act.now)?;
    act.audit("session.start", actor.user, &())?;
    Ok(session)
}

fn hand_out(act: &mut Act<'_>, token: String, family: String, actor: Actor, at: Instant) -> Result<Session> {
    let row = RefreshToken {
        token_hash: act.keys.hashing().refresh_token(&token),
        family: family.clone(),
        user_id: actor.user,
        issued_at: at,
        expires_at: at.plus_seconds(lifetime_seconds(actor.role)),
        used_at: None,
        revoked_at: None,
        acts_for: actor.venture.filter(|_| actor.companion),
    };
    user::insert_refresh_token(act.conn, &row)?;
    Ok(Session { actor, family, refresh_token: token })
}

/// Exchanges a refresh token for its successor; `None` when it does not work. The same token gets the same
/// successor for a minute, since the answer may have been lost; after that its use means that somebody else
/// has a copy, and the whole session ends. (That is why a refusal is no error: the end must be committed.)
///
/// # Errors
/// The store's.
pub fn refresh(act: &mut Act<'_>, token: &str) -> Result<Option<Session>> {
    let Some(found) = user::refresh_token(act.conn, &act.keys.hashing().refresh_token(token))? else { return Ok(None) };
    if found.revoked_at.is_some() || found.expires_at <= act.now {
        return Ok(None);
    }
    let Some(account) = user::find(act.conn, found.user_id)? else { return Ok(None) };
    let Some(actor) = acting(act.conn, &account, found.acts_for)? else { return Ok(None) };
    // Derived, not stored: the same token always leads to the same next one.
    let successor = act.keys.hashing().refresh_token_after(token);
    match found.used_at {
        None => {
            user::mark_refresh_token_used(act.conn, &found.token_hash, act.now)?;
            hand_out(act, successor, found.family, actor, act.now).map(Some)
        }
        Some(used_at) if act.now <= used_at.plus_seconds(GRACE_SECONDS) => {
            Ok(Some(Session { actor, family: found.family, refresh_token: successor }))
        }
        Some(_) => {
            act.takes_access();
            user::revoke_family(act.conn, &found.family, act.now)?;
            act.audit("session.reuse", found.user_id, &())?;
            Ok(None)
        }
    }
}

/// Who an access token of this session speaks for now: nobody when the account is disabled or the session has ended, or the word of
/// the owner whom it acts for stands no more.
///
/// # Errors
/// The store's.
pub fn active(conn: &mut Conn, user: UserId, family: &str) -> Result<Option<Actor>> {
    let Some((account, acts_for)) = user::in_session(conn, user, family)? else { return Ok(None) };
    acting(conn, &account, acts_for)
}

/// Who acts in a session of an account, by what stands now: the account itself, or for the owner of a venture. The second needs three
/// to stand: the pendamping's account, the mandate, and the owner's account, which an erasure disables.
fn acting(conn: &mut Conn, account: &User, acts_for: Option<VentureId>) -> Result<Option<Actor>> {
    let Some(actor) = account.actor() else { return Ok(None) };
    match acts_for {
        None => Ok(Some(actor)),
        Some(venture) => for_owner(conn, actor, venture),
    }
}

/// Somebody who acts for the owner of a venture, if they may now.
///
/// # Errors
/// The store's.
pub(super) fn for_owner(conn: &mut Conn, actor: Actor, venture: VentureId) -> Result<Option<Actor>> {
    let may = actor.role == Role::Assessor && mandate::stands(conn, venture, actor.user)?;
    if !may || user::by_venture(conn, venture)?.and_then(|owner| owner.actor()).is_none() {
        return Ok(None);
    }
    Ok(Some(Actor { role: Role::Owner, venture: Some(venture), companion: true, ..actor }))
}

/// Ends the session of a refresh token; an unknown one has none.
///
/// # Errors
/// The store's.
pub fn end(act: &mut Act<'_>, token: &str) -> Result<()> {
    if let Some(found) = user::refresh_token(act.conn, &act.keys.hashing().refresh_token(token))? {
        act.takes_access();
        user::revoke_family(act.conn, &found.family, act.now)?;
        act.audit("session.end", found.user_id, &())?;
    }
    Ok(())
}
