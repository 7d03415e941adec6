//! What the signed-in person may know of their own.

use super::{Error, Result, Service};
use crate::domain::id::VentureId;
use crate::domain::status::{Status, status};

/// The status of the owner's venture.
///
/// # Errors
/// [`Error::NotFound`] when the venture is not there any more; [`super::Conflict::NoRubric`].
pub fn own_status(service: &Service, venture: VentureId) -> Result<Status> {
    let rankable = service.rankable()?;
    let known = rankable.venture(venture).ok_or(Error::NotFound)?;
    Ok(status(&rankable.rubric, known.outcome.as_ref(), known.listed(service.clock.now())))
}
