//! Accounts.

use super::{Act, Conflict, Error, Result, next_version};
use crate::domain::actor::{Actor, Identity, Role};
use crate::domain::fault::Fault;
use crate::domain::id::{InvestorId, UserId, VentureId};
use crate::domain::text::Text;
use crate::keys::hashing::new_claim_code;
use crate::store::user::{self, User};
use crate::store::{Conn, StoreError, investor};

/// What an account is made from.
pub struct NewUser {
    /// The name to sign in with.
    pub username: String,
    /// Argon2id, PHC form; made outside the transaction, since it takes its time.
    pub password_hash: Option<String>,
    /// Who they are to another issuer of tokens.
    pub identity: Option<Identity>,
    /// The role; owners' accounts come with their ventures and not from here.
    pub role: Role,
    /// The investor it acts for: with [`Role::Investor`] and only then.
    pub investor_id: Option<InvestorId>,
}

fn fault(pointer: &str, code: &'static str, id: &str, en: &str) -> Error {
    Error::Invalid(vec![Fault { pointer: pointer.into(), code, detail: Text::new(id, en) }])
}

/// Makes an account.
///
/// # Errors
/// [`Error::Invalid`] when role and investor do not go together or there is no way to sign in; [`Error::NotFound`] for an
/// unknown investor; [`Conflict::UsernameTaken`] and [`Conflict::IdentityTaken`].
pub fn create(act: &mut Act<'_>, new: NewUser) -> Result<User> {
    investor_fits(act, new.role, new.investor_id)?;
    if new.password_hash.is_none() && new.identity.is_none() {
        return Err(fault(
            "/password",
            "missing_member",
            "Akun perlu password atau identity.",
            "An account needs a password or an identity.",
        ));
    }
    let (issuer, subject) = free_identity(act, new.identity)?;
    let made = User {
        username: Some(new.username),
        password_hash: new.password_hash,
        investor_id: new.investor_id,
        issuer,
        subject,
        ..User::new(act.ids.next(act.now), new.role, act.now)
    };
    user::insert(act.conn, &made).map_err(|e| match e {
        StoreError::Duplicate => Conflict::UsernameTaken.into(),
        other => Error::from(other),
    })?;
    act.audit("user.create", made.id, &(made.role, made.investor_id, &made.issuer, &made.subject))?;
    Ok(made)
}

/// Whether a role goes with acting for an investor, and the investor is there.
///
/// # Errors
/// [`Error::Invalid`] or [`Error::NotFound`].
pub(super) fn investor_fits(act: &mut Act<'_>, role: Role, investor_id: Option<InvestorId>) -> Result<()> {
    match (role, investor_id) {
        (Role::Owner, _) => {
            return Err(fault(
                "/role",
                "not_for_this_role",
                "Akun pemilik dibuat bersama usahanya.",
                "An owner's account comes with the venture.",
            ));
        }
        (Role::Investor, None) => {
            return Err(fault(
                "/investor_id",
                "missing_member",
                "Akun investor perlu investor_id.",
                "An investor's account needs the investor_id.",
            ));
        }
        (Role::Investor, Some(id)) => drop(investor::find(act.conn, id)?.ok_or(Error::NotFound)?),
        (_, Some(_)) => {
            return Err(fault(
                "/investor_id",
                "not_for_this_role",
                "Hanya akun investor yang memiliki investor_id.",
                "Only an investor's account has an investor_id.",
            ));
        }
        (_, None) => {}
    }
    Ok(())
}

/// The two columns of an identity that nobody has yet.
fn free_identity(act: &mut Act<'_>, identity: Option<Identity>) -> Result<(Option<String>, Option<String>)> {
    let Some(identity) = identity else { return Ok((None, None)) };
    if user::by_identity(act.conn, &identity)?.is_some() {
        return Err(Conflict::IdentityTaken.into());
    }
    Ok((Some(identity.issuer), Some(identity.subject)))
}

/// A change to an account; what is `None` stays.
#[derive(Default)]
pub struct Change {
    /// Whether it may sign in.
    pub enabled: Option<bool>,
    /// A new password, hashed.
    pub password_hash: Option<String>,
    /// Another identity, or none.
    pub identity: Option<Option<Identity>>,
}

/// Changes an account that stands at `version`. Disabling it and a new password end its sessions; what holds of a token
/// of another issuer is asked anew.
///
/// # Errors
/// [`Error::NotFound`] or [`Error::Stale`]; [`Error::Invalid`] for ways to sign in to an account that has no name;
/// [`Conflict::IdentityTaken`].
pub fn change(act: &mut Act<'_>, id: UserId, version: i64, change: Change) -> Result<User> {
    let mut found = user::find(act.conn, id)?.ok_or(Error::NotFound)?;
    // Owners come with a code and programs with a token. A password or an identity would let them in without those.
    let of_no_name = |pointer: &str| Fault {
        pointer: pointer.into(),
        code: "not_for_this_role",
        detail: Text::new("Akun ini tidak memiliki nama pengguna.", "This account has no username."),
    };
    if found.username.is_none() {
        let given = [(change.password_hash.is_some(), "/password"), (change.identity.is_some(), "/identity")];
        let faults: Vec<Fault> = given.iter().filter(|(sent, _)| *sent).map(|(_, at)| of_no_name(at)).collect();
        if !faults.is_empty() {
            return Err(Error::Invalid(faults));
        }
    }
    let has_new_password = change.password_hash.is_some();
    let ends_sessions = change.enabled == Some(false) || has_new_password;
    match change.enabled {
        Some(true) => found.disabled_at = None,
        Some(false) => found.disabled_at = found.disabled_at.or(Some(act.now)),
        None => {}
    }
    if change.password_hash.is_some() {
        found.password_hash = change.password_hash;
    }
    let takes_identity = change.identity.is_some();
    if let Some(identity) = change.identity.filter(|identity| *identity != found.identity()) {
        (found.issuer, found.subject) = free_identity(act, identity)?;
    }
    found.version = next_version(found.version, version)?;
    if !user::update(act.conn, &found)? {
        return Err(Error::Stale);
    }
    if ends_sessions || takes_identity {
        act.takes_access();
    }
    if ends_sessions {
        user::revoke_sessions(act.conn, id, act.now)?;
    } else if takes_identity {
        // Begun by a token of the other issuer, they would outlive it.
        user::revoke_acting(act.conn, id, None, act.now)?;
    }
    act.audit("user.change", id, &(found.disabled_at, has_new_password, &found.issuer, &found.subject))?;
    Ok(found)
}

/// Who a person of another issuer is here: nobody, unless an administrator has said so and the account is enabled.
///
/// # Errors
/// The store's.
pub fn of_identity(conn: &mut Conn, identity: &Identity) -> Result<Option<Actor>> {
    Ok(user::by_identity(conn, identity)?.and_then(|u| u.actor()))
}

/// Whether an account can be the witness of what the actor notes: active, staff or an assessor, and somebody else.
///
/// # Errors
/// The store's.
pub(super) fn other_witness(act: &mut Act<'_>, witness: Option<UserId>) -> Result<bool> {
    let Some(witness) = witness else { return Ok(false) };
    let known = user::find(act.conn, witness)?.and_then(|found| found.actor());
    let is_another = act.by.name() != witness.to_string();
    Ok(is_another && known.is_some_and(|found| matches!(found.role, Role::Staff | Role::Assessor)))
}

/// The owner's account of a venture, made when it is first needed.
fn owner_account(act: &mut Act<'_>, venture: VentureId) -> Result<User> {
    if let Some(found) = user::by_venture(act.conn, venture)? {
        return Ok(found);
    }
    let made = User { venture_id: Some(venture), ..User::new(act.ids.next(act.now), Role::Owner, act.now) };
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
