//! Ending what is over time, and reminding both sides of what is not yet. Whoever reads a match sees it ended already; here it is
//! written down.

use super::super::event::{self, Event};
use super::super::{Act, By, Result, Service, message};
use super::{expire_if_over, go, reminders};
use crate::domain::deadline;
use crate::domain::id::{MatchId, VentureId};
use crate::domain::match_life::{Move, Side};
use crate::domain::message::MessageKind;
use crate::store::matches;

/// So many in one transaction: others wait no longer than that.
const AT_ONCE: i64 = 500;

/// Ends every match whose time is up; gives how many.
///
/// # Errors
/// The store's.
pub fn sweep(service: &Service) -> Result<usize> {
    let mut all = 0;
    loop {
        let some = sweep_some(service)?;
        all += some;
        if some == 0 {
            return Ok(all);
        }
    }
}

/// Ends some of the matches whose time is up, those first that have waited longest; gives how many.
fn sweep_some(service: &Service) -> Result<usize> {
    let now = service.clock.now();
    if service.read(|conn| Ok(matches::expired(conn, now, 1)?.is_empty()))? {
        return Ok(0);
    }
    service.write(By::Operator, |act| {
        let found = matches::expired(act.conn, act.now, AT_ONCE)?;
        let count = found.len();
        for mut found in found {
            go(act, &mut found, Move::Expire, Side::Service)?;
        }
        Ok(count)
    })
}

/// Has everybody reminded whose reminder is due, owners by a message if they are sent messages, investors by an event; gives of how many
/// matches. The reminder is written in the transaction that plans the next one, so that none is sent twice; what should have been sent
/// while nobody was there is sent once.
///
/// # Errors
/// The store's.
pub fn remind(service: &Service) -> Result<usize> {
    let mut all = 0;
    loop {
        let some = remind_some(service)?;
        all += some;
        if some == 0 {
            return Ok(all);
        }
    }
}

fn remind_some(service: &Service) -> Result<usize> {
    let now = service.clock.now();
    if service.read(|conn| Ok(matches::to_remind(conn, now, 1)?.is_empty()))? {
        return Ok(0);
    }
    service.write(By::Operator, |act| {
        let found = matches::to_remind(act.conn, act.now, AT_ONCE)?;
        for found in &found {
            let reminders = reminders(found);
            let is_due = |side: Side| {
                let since = found.remind_at;
                reminders.iter().any(|r| r.side == side && r.at <= act.now && since.is_none_or(|since| since <= r.at))
            };
            let (owner, investor) = (is_due(Side::Owner), is_due(Side::Investor));
            if owner {
                message::note(act, found, MessageKind::Reminder)?;
            }
            if investor {
                event::note(act, &Event::MatchDue(found))?;
            }
            matches::remind_at(act.conn, found.id, deadline::next_reminder(None, &reminders, act.now))?;
        }
        Ok(found.len())
    })
}

/// Ends what is over time of one venture, so that the turn passes on before anybody new asks.
pub(super) fn sweep_venture(act: &mut Act<'_>, venture: VentureId) -> Result<()> {
    for mut found in matches::of_venture(act.conn, venture)? {
        expire_if_over(act, &mut found)?;
    }
    Ok(())
}

/// Ends one match, if its time is up.
pub(super) fn sweep_one(act: &mut Act<'_>, id: MatchId) -> Result<()> {
    if let Some(mut found) = matches::find(act.conn, id)? {
        expire_if_over(act, &mut found)?;
    }
    Ok(())
}
