//! Lists drafted on a schedule, in the name of whoever has wished so; a second person publishes them, or does not.

use super::match_list::{self, Order};
use super::{By, Result, Service};
use crate::domain::actor::Role;
use crate::store::criteria::{self, Criteria};
use crate::store::{self, user};

/// Drafts the lists whose day has come and which would not be the same as the newest; gives how many.
///
/// # Errors
/// The store's.
pub fn sweep(service: &Service) -> Result<usize> {
    let scheduled = service.read(|conn| Ok(criteria::scheduled(conn)?))?;
    let mut drafted = 0;
    for set in scheduled {
        match draft(service, &set) {
            Ok(done) => drafted += usize::from(done),
            // Criteria that cannot be ranked now hold up no other's.
            Err(error) => tracing::warn!(criteria = %set.id, %error, "a list could not be drafted on its day"),
        }
    }
    Ok(drafted)
}

fn draft(service: &Service, set: &Criteria) -> Result<bool> {
    let (Some(days), Some(wished_by)) = (set.draft_every_days, set.drafts_for) else { return Ok(false) };
    let now = service.clock.now();
    let (newest, version, maker) = service.read(|conn| {
        let newest = store::match_list::newest_for(conn, set.id)?;
        let maker = user::find(conn, wished_by)?.and_then(|found| found.actor());
        Ok((newest, criteria::published(conn, set.id)?, maker))
    })?;
    // Who has left makes no lists any more.
    let (Some(version), Some(maker)) = (version, maker.filter(|maker| maker.role == Role::Staff)) else {
        return Ok(false);
    };
    if newest.as_ref().is_some_and(|list| list.created_at.plus_days(days.into()) > now) {
        return Ok(false);
    }
    let data_version = service.rankable()?.version;
    let is_same = |list: &store::match_list::MatchList| {
        list.data_version == data_version && list.criteria_number == version.number
    };
    if newest.as_ref().is_some_and(is_same) {
        return Ok(false);
    }
    let cohort = newest.as_ref().and_then(|list| list.cohort_id);
    let draft = match_list::draft(service, Order { criteria: set.id, number: version.number, cohort })?;
    service.write(By::Account(&maker), |act| {
        // Not if somebody, or another process, was faster.
        let now_newest = store::match_list::newest_for(act.conn, set.id)?;
        if now_newest.map(|list| list.id) != newest.map(|list| list.id) {
            return Ok(false);
        }
        match_list::make(act, draft)?;
        Ok(true)
    })
}
