//! Tokens of programs: what a program may do of all that its role may, and until when.

use super::{Act, Error, Result, next_version, user};
use crate::domain::actor::{Actor, Role};
use crate::domain::id::{InvestorId, UserId};
use crate::domain::scope::Scope;
use crate::domain::time::Instant;
use crate::store::service_token::{self, ServiceToken};
use crate::store::user::{self as users, User};
use crate::store::{Conn, StoreError};

const DAY: i64 = 86_400;

/// What a token is made from.
pub struct NewServiceToken {
    /// What people call it.
    pub name: String,
    /// The role of the program.
    pub role: Role,
    /// The investor it acts for: with [`Role::Investor`] and only then.
    pub investor_id: Option<InvestorId>,
    /// What it may do, by `operationId`.
    pub operations: Vec<String>,
    /// How many days it works.
    pub lifetime_days: u16,
}

/// Makes a token and the account it acts as. The token itself is in the answer and not in the table, which has its
/// keyed hash.
///
/// # Errors
/// [`Error::Invalid`] when the role may not have a token or not these operations, or does not go with the investor;
/// [`Error::NotFound`] for an unknown investor.
pub fn create(act: &mut Act<'_>, new: NewServiceToken) -> Result<(ServiceToken, User, String)> {
    let scope = Scope::choose(new.role, &new.operations).map_err(Error::Invalid)?;
    user::investor_fits(act, new.role, new.investor_id)?;
    let account = User { investor_id: new.investor_id, ..User::new(act.ids.next(act.now), new.role, act.now) };
    let token = act.keys.hashing().new_service_token(act.ids);
    let token_hash =
        act.keys.hashing().service_token(&token).ok_or_else(|| Error::Internal("a token of ours".into()))?;
    let made = ServiceToken {
        user_id: account.id,
        name: new.name,
        token_hash,
        operations: scope.to_text(),
        created_by: act.by.name(),
        expires_at: act.now.plus_seconds(i64::from(new.lifetime_days) * DAY),
    };
    users::insert(act.conn, &account)?;
    service_token::insert(act.conn, &made)?;
    let (operations, expires_at) = (&made.operations, made.expires_at);
    act.audit("service_token.create", account.id, &(account.role, account.investor_id, operations, expires_at))?;
    Ok((made, account, token))
}

/// A change to a token; what is `None` stays.
#[derive(Default)]
pub struct Change {
    /// Another name.
    pub name: Option<String>,
    /// Other operations.
    pub operations: Option<Vec<String>>,
    /// Whether it works.
    pub enabled: Option<bool>,
}

/// Changes a token whose account stands at `version`.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Stale`]; [`Error::Invalid`] for operations that it may not have.
pub fn change(act: &mut Act<'_>, id: UserId, version: i64, change: Change) -> Result<(ServiceToken, User)> {
    let (mut token, mut account) = service_token::find(act.conn, id)?.ok_or(Error::NotFound)?;
    account.version = next_version(account.version, version)?;
    if let Some(operations) = &change.operations {
        token.operations = Scope::choose(account.role, operations).map_err(Error::Invalid)?.to_text();
    }
    if let Some(name) = change.name {
        token.name = name;
    }
    match change.enabled {
        Some(true) => account.disabled_at = None,
        Some(false) => account.disabled_at = account.disabled_at.or(Some(act.now)),
        None => {}
    }
    if !users::update(act.conn, &account)? {
        return Err(Error::Stale);
    }
    service_token::update(act.conn, &token)?;
    act.takes_access();
    act.audit("service_token.change", id, &(account.disabled_at, &token.operations))?;
    Ok((token, account))
}

/// Who a token speaks for at a time, what it may do and until when; nobody when it has ended or its account is disabled.
///
/// # Errors
/// The store's.
pub fn active(conn: &mut Conn, token_hash: &str, now: Instant) -> Result<Option<(Actor, Scope, Instant)>, StoreError> {
    let Some((token, account)) = service_token::by_hash(conn, token_hash)? else { return Ok(None) };
    let Some(actor) = account.actor().filter(|_| now < token.expires_at) else { return Ok(None) };
    Ok(Some((actor, Scope::parse(&token.operations), token.expires_at)))
}
