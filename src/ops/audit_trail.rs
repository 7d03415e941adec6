//! The audit, as auditors and administrators read it.

use super::{Result, Service};
use crate::store::audit::{self, Chain};

/// Walks the whole chain as it stands at one moment.
///
/// # Errors
/// The store's.
pub fn verify(service: &Service) -> Result<Chain> {
    service.db.consistent(|conn| Ok(audit::verify(conn)?))
}
