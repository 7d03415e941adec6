//! The audit, as auditors and administrators read it.

use super::{Result, Service};
use crate::store::Db;
use crate::store::chain::{self, Chain, Walk};

/// One turn of a walk along the chain: a short read. Gives the walk back with what it found, if it has ended.
///
/// # Errors
/// The store's.
pub fn turn(service: &Service, mut walk: Walk) -> Result<(Walk, Option<Chain>)> {
    let found = walk.turn(&service.db)?;
    Ok((walk, found))
}

/// Walks the whole chain; `expected` is the hash of a head noted earlier. It needs the database alone: no keys.
///
/// # Errors
/// The store's.
pub fn verify(db: &Db, expected: Option<String>) -> Result<Chain> {
    Ok(chain::verify(db, expected)?)
}
