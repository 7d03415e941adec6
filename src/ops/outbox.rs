//! What is on its way out: taken by lease in one transaction, carried outside of any, settled in another. Whoever dies in
//! between leaves a lease that runs out, and it is carried again: at least once, and one after the other about one thing.

use super::message::{self, Letter};
use super::{Act, By, Result, Service, webhook};
use crate::domain::delivery::{DeliveryFailure, DeliveryState, GIVEN_UP_UNTIL_STOPPED, KEPT_DAYS, Lane, Stopped, wait};
use crate::domain::id::WebhookId;
use crate::domain::message::is_final;
use crate::domain::time::Instant;
use crate::keys::webhook::WebhookSecret;
use crate::store;
use crate::store::outbox;
pub use crate::store::outbox::Item;

/// For how many seconds an item is somebody's; longer than any attempt takes.
const LEASE: i64 = 60;

/// Messages to owners that are on their way at once, over all processes: they all go through one messenger.
const MESSAGES_AT_ONCE: i64 = 16;

/// After so many seconds a message is tried again that a messenger has refused because of us.
const REFUSED: i64 = 1800;

/// Items that are forgotten in one transaction.
const FORGOTTEN_AT_ONCE: i64 = 1000;

/// Something to be carried, and what is needed for it.
#[derive(Debug)]
pub struct Parcel {
    /// To whom.
    pub to: To,
    /// The item, as it stood when it was taken.
    pub item: Item,
    lease: Instant,
}

/// To whom something is carried, as known when it was taken.
#[derive(Debug)]
pub enum To {
    /// To a webhook.
    Webhook(Address),
    /// To an owner's phone.
    Owner(Letter),
}

/// Where a webhook is told of things.
#[derive(Debug)]
pub struct Address {
    /// Where.
    pub url: String,
    /// What it is signed with, the newest first.
    pub secrets: Vec<WebhookSecret>,
    id: WebhookId,
}

/// What came of an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// What was answered, if anything was.
    pub status: Option<u16>,
    /// Why it failed; `None` when it has arrived.
    pub failure: Option<DeliveryFailure>,
    /// How many seconds the receiver asks to be left alone.
    pub pause: Option<i64>,
}

impl To {
    /// Whether an answer says that no other attempt will fare better.
    fn has_given_its_last_word(&self, status: u16) -> bool {
        match self {
            Self::Webhook(_) => status == 410,
            Self::Owner(_) => is_final(status),
        }
    }
}

/// Takes what is due: of each lane as much as may be on its way at once. What waits for owners goes on waiting where they are
/// sent no messages.
///
/// # Errors
/// The store's; what was taken by then runs out.
pub fn claim(service: &Service) -> Result<Vec<Parcel>> {
    let now = service.clock.now();
    // Looking costs no write; most of the time there is nothing.
    let lanes = service.read(|conn| {
        let mut free = Vec::new();
        for name in outbox::ready_lanes(conn, now)? {
            let Ok(lane) = name.parse::<Lane>() else {
                tracing::error!(lane = name, "a lane to nowhere");
                continue;
            };
            if (service.tells_owners() || matches!(lane, Lane::Webhook(_))) && room(conn, lane, now)? > 0 {
                free.push(lane);
            }
        }
        Ok(free)
    })?;
    let mut parcels = Vec::new();
    for lane in lanes {
        // One lane that nothing can be taken from holds up no other.
        match service.write(By::Operator, |act| take(act, lane)) {
            Ok(taken) => parcels.extend(taken),
            Err(error) => tracing::error!(%lane, %error, "nothing can be taken from a lane"),
        }
    }
    Ok(parcels)
}

/// How much more of a lane may be on its way.
fn room(conn: &mut store::Conn, lane: Lane, now: Instant) -> Result<usize> {
    let count = |many: i64| usize::try_from(many).unwrap_or(0);
    let own = lane.at_once().saturating_sub(count(outbox::under_way(conn, &lane.to_string(), now)?));
    Ok(match lane {
        Lane::Webhook(_) => own,
        Lane::Owner(_) => own.min(count(MESSAGES_AT_ONCE - outbox::messages_under_way(conn, now)?)),
    })
}

fn take(act: &mut Act<'_>, lane: Lane) -> Result<Vec<Parcel>> {
    let room = room(act.conn, lane, act.now)?;
    let lease = act.now.plus_seconds(LEASE);
    let name = lane.to_string();
    let mut parcels = Vec::new();
    while parcels.len() < room {
        let Some(item) = outbox::ready(act.conn, &name, act.now, 1)?.pop() else { break };
        let to = match lane {
            Lane::Webhook(id) => {
                let Some(found) = store::webhook::find(act.conn, id)? else { break };
                match webhook::secrets(act.keys, &found, act.now) {
                    Ok(secrets) => To::Webhook(Address { id, secrets, url: found.url }),
                    // Sealed with keys that are not here any more: its owner draws a new secret and starts it again.
                    Err(error) => {
                        tracing::error!(%id, %error, "the secret of a webhook does not open; the webhook is stopped");
                        webhook::stop(act, found, Stopped::Failing)?;
                        break;
                    }
                }
            }
            Lane::Owner(venture) => match message::write(act, venture, &item)? {
                Ok(letter) => To::Owner(letter),
                Err(why) => {
                    message::give_up(act, &item, why)?;
                    continue;
                }
            },
        };
        outbox::lease(act.conn, item.seq, lease)?;
        parcels.push(Parcel { to, item, lease });
    }
    Ok(parcels)
}

/// Writes down what came of a parcel. What comes too late, when the lease is somebody else's, counts for nothing: it is on
/// its way again.
///
/// # Errors
/// The store's; the lease runs out then.
pub fn settle(service: &Service, parcel: &Parcel, attempt: Attempt) -> Result<DeliveryState> {
    service.write(By::Operator, |act| {
        let mut item = parcel.item.clone();
        let is_message = matches!(parcel.to, To::Owner(_));
        // A messenger that refuses us refuses everybody's messages, until somebody has put that right: no message's attempt is used up.
        let refuses_us = is_message && matches!(attempt.status, Some(401 | 403));
        item.attempts += i32::from(!refuses_us);
        item.status = attempt.status.map(i32::from);
        item.failure = attempt.failure;
        let failed = usize::try_from(item.attempts).unwrap_or(usize::MAX);
        let is_last = attempt.status.is_some_and(|status| parcel.to.has_given_its_last_word(status));
        match attempt.failure {
            None => item.state = DeliveryState::Delivered,
            Some(_) if refuses_us => item.due_at = act.now.plus_seconds(REFUSED),
            // All messages about one thing say the same: a newer one goes at once, and not behind what fails.
            Some(_) if is_message && outbox::is_followed(act.conn, &item)? => {
                item.state = DeliveryState::GivenUp;
                item.failure = Some(DeliveryFailure::MovedOn);
            }
            Some(_) => match wait(failed, attempt.pause).filter(|_| !is_last) {
                Some(seconds) => item.due_at = act.now.plus_seconds(seconds),
                None => item.state = DeliveryState::GivenUp,
            },
        }
        item.settled_at = (item.state != DeliveryState::Waiting).then_some(act.now);
        if outbox::settle(act.conn, &item, parcel.lease)? && item.state != DeliveryState::Waiting {
            match &parcel.to {
                To::Webhook(address) => count(act, address.id, item.state, is_last)?,
                To::Owner(_) => {
                    message::forget_code(act, &item)?;
                    if item.state == DeliveryState::Delivered {
                        message::delivered(act, &item)?;
                    }
                }
            }
        }
        Ok(item.state)
    })
}

/// A webhook that is gone, or that too many deliveries in a row have not reached, is stopped. What arrives after that, since it
/// was on its way already, ends no row: all of it is to be had again.
fn count(act: &mut Act<'_>, id: WebhookId, state: DeliveryState, gone: bool) -> Result<()> {
    let Some(mut found) = store::webhook::find(act.conn, id)? else { return Ok(()) };
    if state == DeliveryState::GivenUp {
        found.given_up += 1;
        found.failing_since = found.failing_since.or(Some(act.now));
    } else if found.given_up > 0 && found.stopped.is_none() {
        (found.given_up, found.failing_since) = (0, None);
    } else {
        return Ok(());
    }
    store::webhook::count_given_up(act.conn, &found)?;
    let why = if gone { Stopped::Gone } else { Stopped::Failing };
    if found.stopped.is_none() && (gone || found.given_up >= GIVEN_UP_UNTIL_STOPPED) {
        webhook::stop(act, found, why)?;
    }
    Ok(())
}

/// Forgets what is older than it is kept; tells how much.
///
/// # Errors
/// The store's.
pub fn forget(service: &Service) -> Result<usize> {
    let before = service.clock.now().plus_seconds(-KEPT_DAYS * 86_400);
    let mut forgotten = 0;
    loop {
        let some = service.db.write(|conn| outbox::forget(conn, before, FORGOTTEN_AT_ONCE))?;
        forgotten += some;
        if i64::try_from(some).unwrap_or(0) < FORGOTTEN_AT_ONCE {
            return Ok(forgotten);
        }
    }
}
