//! Accounts.

use super::{Act, Conflict, Error, Result, next_version};
use crate::domain::actor::Role;
use crate::domain::fault::Fault;
use crate::domain::id::{InvestorId, UserId, VentureId};
use crate::domain::text::Text;
use crate::keys::hashing::new_claim_code;
use crate::store::user::{self, User};
use crate::store::{StoreError, investor};

/// What an account is made from.
pub struct NewUser {
    /// The name to sign in with.
    pub username: String,
    /// Argon2id, PHC form; made outside the transaction, since it takes its time.
    pub password_hash: String,
    /// The role; owners' accounts come with their ventures and not from here.
    pub role: Role,
    /// The investor it acts for: with [`Role::Investor`] and only then.
    pub investor_id: Option<InvestorId>,
}

/// Makes an account.
///
/// # Errors
/// [`Error::Invalid`] when role and investor do not go together; [`Error::NotFound`] for an unknown investor;
/// [`Conflict::UsernameTaken`].
pub fn create(act: &mut Act<'_>, new: NewUser) -> Result<User> {
    let fault = |pointer: &str, code, id, en| {
        Err(Error::Invalid(vec![Fault { pointer: pointer.into(), code, detail: Text::new(id, en) }]))
    };
    match (new.role, new.investor_id) {
        (Role::Owner, _) => {
            return fault(
                "/role",
                "not_for_this_role",
                "Akun pemilik dibuat bersama usahanya.",
                "An owner's account comes with the venture.",
            );
        }
        (Role::Investor, None) => {
            return fault(
                "/investor_id",
                "missing_member",
                "Akun investor perlu investor_id.",
                "An investor's account needs the investor_id.",
            );
        }
        (Role::Investor, Some(id)) => drop(investor::find(act.conn, id)?.ok_or(Error::NotFound)?),
        (_, Some(_)) => {
            return fault(
                "/investor_id",
                "not_for_this_role",
                "Hanya akun investor yang memiliki investor_id.",
                "Only an investor's account has an investor_id.",
            );
        }
        (_, None) => {}
    }
    let made = User {
        id: act.ids.next(act.now),
        username: Some(new.username),
        password_hash: Some(new.password_hash),
        role: new.role,
        investor_id: new.investor_id,
        venture_id: None,
        disabled_at: None,
        version: 1,
        created_at: act.now,
    };
    user::insert(act.conn, &made).map_err(|e| match e {
        StoreError::Duplicate => Conflict::UsernameTaken.into(),
        other => Error::from(other),
    })?;
    act.audit("user.create", made.id, &(made.role, made.investor_id))?;
    Ok(made)
}

/// A change to an account; what is `None` stays.
#[derive(Default)]
pub struct Change {
    /// Whether it may sign in.
    pub enabled: Option<bool>,
    /// A new password, hashed.
    pub password_hash: Option<String>,
}

/// Changes an account that stands at `version`. Disabling it and a new password end its sessions.
///
/// # Errors
/// [`Error::NotFound`] or [`Error::Stale`].
pub fn change(act: &mut Act<'_>, id: UserId, version: i64, change: Change) -> Result<User> {
    let mut found = user::find(act.conn, id)?.ok_or(Error::NotFound)?;
    let ends_sessions = change.enabled == Some(false) || change.password_hash.is_some();
    match change.enabled {
        Some(true) => found.disabled_at = None,
        Some(false) => found.disabled_at = found.disabled_at.or(Some(act.now)),
        None => {}
    }
    if change.password_hash.is_some() {
        found.password_hash = change.password_hash;
    }
    found.version = next_version(found.version, version)?;
    if !user::update(act.conn, &found)? {
        return Err(Error::Stale);
    }
    if ends_sessions {
        act.takes_access();
        user::revoke_sessions(act.conn, id, act.now)?;
    }
    act.audit("user.change", id, &(found.disabled_at, ends_sessions))?;
    Ok(found)
}

/// The owner's account of a venture, made when it is first needed.
fn owner_account(act: &mut Act<'_>, venture: VentureId) -> Result<User> {
    if let Some(found) = user::by_venture(act.conn, venture)? {
        return Ok(found);
    }
    let made = User {
        id: act.ids.next(act.now),
        username: None,
        password_hash: None,
        role: Role::Owner,
        investor_id: None,
        venture_id: Some(venture),
        disabled_at: None,
        version: 1,
        created_at: act.now,
    };
    user::insert(act.conn, &made)?;
    act.audit("user.create", made.id, &(made.role, venture))?;
    Ok(made)
}

/// Gives the owner of a venture a new code to carry home on paper. An earlier one stops working. The code
/// is shown once; only its keyed hash is kept.
///
/// # Errors
/// [`Error::NotFound`] for an unknown venture.
pub fn issue_claim_code(act: &mut Act<'_>, venture: VentureId) -> Result<String> {
    crate::store::venture::find(act.conn, venture)?.ok_or(Error::NotFound)?;
    let account = owner_account(act, venture)?;
    let code = new_claim_code(act.ids);
    user::replace_claim_code(act.conn, account.id, &act.keys.hashing().claim_code(&code), act.now)?;
    act.audit("user.claim_code", account.id, &())?;
    Ok(code)
}
