//! Answers given to requests that carried an `Idempotency-Key`.

use diesel::prelude::*;

use super::conn::Conn;
use super::error::Result;
use super::schema::idempotency;
use crate::domain::time::Instant;

/// An answer that was given.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = idempotency, treat_none_as_default_value = false)]
pub struct Given {
    /// To whom: an account.
    pub principal: String,
    /// Hash of the key that came with the request.
    pub key_hash: String,
    /// Hash of the request.
    pub fingerprint: String,
    /// The answer, encrypted: it may be personal or secret.
    pub sealed: Vec<u8>,
    /// When.
    pub created_at: Instant,
    /// What it is about: the id in the path, if there was one.
    pub subject: Option<String>,
}

/// The answer that a key was given since `since`.
pub fn find(conn: &mut Conn, principal: &str, key_hash: &str, since: Instant) -> Result<Option<Given>> {
    Ok(idempotency::table
        .find((principal, key_hash))
        .filter(idempotency::created_at.ge(since))
        .select(Given::as_select())
        .first(conn)
        .optional()?)
}

/// Keeps an answer, and forgets those from before `since`.
pub fn insert(conn: &mut Conn, given: &Given, since: Instant) -> Result<()> {
    diesel::delete(idempotency::table.filter(idempotency::created_at.lt(since))).execute(conn)?;
    diesel::insert_into(idempotency::table).values(given).execute(conn)?;
    Ok(())
}
