//! Taking consent back.

use super::{Act, Error, Result, matches};
use crate::domain::consent::Purpose;
use crate::domain::id::VentureId;
use crate::store::{consent, match_list, venture};

/// Takes back a venture's consent to a purpose. It acts in the same transaction: the venture leaves rankings, and
/// every list it stands on gets a new version, so that no client keeps showing it.
///
/// # Errors
/// [`Error::NotFound`] for an unknown venture or when there is nothing to take back.
pub fn withdraw(act: &mut Act<'_>, id: VentureId, purpose: Purpose) -> Result<()> {
    let mut found = venture::find(act.conn, id)?.ok_or(Error::NotFound)?;
    if consent::withdraw(act.conn, id, &purpose.to_string(), act.now)? == 0 {
        return Err(Error::NotFound);
    }
    // What staff read of the venture has changed too.
    found.version += 1;
    found.updated_at = act.now;
    if !venture::update(act.conn, &found)? {
        return Err(Error::Stale);
    }
    for list_id in match_list::with(act.conn, id)? {
        let mut list = match_list::find(act.conn, list_id)?.ok_or(Error::NotFound)?;
        list.version += 1;
        if !match_list::update(act.conn, &list)? {
            return Err(Error::Stale);
        }
    }
    match purpose {
        Purpose::Matching | Purpose::AnonymisedListing => matches::end_all(act, id)?,
        Purpose::ShareContact(investor) => matches::end_introductions(act, id, investor)?,
        _ => {}
    }
    act.rankable_changed(id)?;
    act.audit("consent.withdraw", id, &purpose.to_string())
}
