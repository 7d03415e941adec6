//! What is on its way out: taken by lease in one transaction, carried outside of any, settled in another. Whoever dies in
//! between leaves a lease that runs out, and it is carried again: at least once, and one after the other about one thing.

use super::{Act, By, Error, Result, Service, webhook};
use crate::domain::delivery::{DeliveryFailure, DeliveryState, GIVEN_UP_UNTIL_STOPPED, KEPT_DAYS, Stopped, wait};
use crate::domain::id::WebhookId;
use crate::domain::time::Instant;
use crate::keys::webhook::WebhookSecret;
use crate::store;
use crate::store::outbox::{self, Item};

/// For how many seconds an item is somebody's; longer than any attempt takes.
const LEASE: i64 = 60;

/// Items of one lane that are on their way at once, over all processes: a slow receiver holds up these and no others.
const AT_ONCE: i64 = 4;

/// Items that are forgotten in one transaction.
const FORGOTTEN_AT_ONCE: i64 = 1000;

/// Something to be carried, and what is needed for it.
#[derive(Debug)]
pub struct Parcel {
    /// Where to.
    pub url: String,
    /// What it is signed with, the newest first.
    pub secrets: Vec<WebhookSecret>,
    /// The item, as it stood when it was taken.
    pub item: Item,
    webhook: WebhookId,
    lease: Instant,
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

/// Takes what is due: of each lane as much as may be on its way at once.
///
/// # Errors
/// The store's; what was taken by then runs out.
pub fn claim(service: &Service) -> Result<Vec<Parcel>> {
    let now = service.clock.now();
    // Looking costs no write; most of the time there is nothing.
    let lanes = service.read(|conn| {
        let mut free = Vec::new();
        for lane in outbox::ready_lanes(conn, now)? {
            if outbox::under_way(conn, &lane, now)? < AT_ONCE {
                free.push(lane);
            }
        }
        Ok(free)
    })?;
    let mut parcels = Vec::new();
    for lane in lanes {
        parcels.extend(service.write(By::Operator, |act| take(act, &lane))?);
    }
    Ok(parcels)
}

fn take(act: &mut Act<'_>, lane: &str) -> Result<Vec<Parcel>> {
    let free = AT_ONCE - outbox::under_way(act.conn, lane, act.now)?;
    let ready = outbox::ready(act.conn, lane, act.now, free.max(0))?;
    let id: WebhookId = lane.parse().map_err(|_odd| Error::Internal(format!("a lane to nowhere: {lane}")))?;
    let Some(to) = store::webhook::find(act.conn, id)? else { return Ok(Vec::new()) };
    let lease = act.now.plus_seconds(LEASE);
    let mut parcels = Vec::new();
    for item in ready {
        outbox::lease(act.conn, item.seq, lease)?;
        let secrets = webhook::secrets(act.keys, &to, act.now)?;
        parcels.push(Parcel { url: to.url.clone(), secrets, item, webhook: id, lease });
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
        item.attempts += 1;
        item.status = attempt.status.map(i32::from);
        item.failure = attempt.failure;
        let failed = usize::try_from(item.attempts).unwrap_or(usize::MAX);
        let gone = attempt.status == Some(410);
        match attempt.failure {
            None => item.state = DeliveryState::Delivered,
            Some(_) => match wait(failed, attempt.pause).filter(|_| !gone) {
                Some(seconds) => item.due_at = act.now.plus_seconds(seconds),
                None => item.state = DeliveryState::GivenUp,
            },
        }
        item.settled_at = (item.state != DeliveryState::Waiting).then_some(act.now);
        if outbox::settle(act.conn, &item, parcel.lease)? && item.state != DeliveryState::Waiting {
            count(act, parcel.webhook, item.state, gone)?;
        }
        Ok(item.state)
    })
}

/// A webhook that is gone, or that too many deliveries in a row have not reached, is stopped.
fn count(act: &mut Act<'_>, id: WebhookId, state: DeliveryState, gone: bool) -> Result<()> {
    let Some(found) = store::webhook::find(act.conn, id)? else { return Ok(()) };
    let given_up = if state == DeliveryState::GivenUp { found.given_up + 1 } else { 0 };
    if given_up != found.given_up {
        store::webhook::count_given_up(act.conn, id, given_up)?;
    }
    let why = if gone { Stopped::Gone } else { Stopped::Failing };
    if found.stopped.is_none() && (gone || given_up >= GIVEN_UP_UNTIL_STOPPED) {
        webhook::stop(act, store::webhook::Webhook { given_up, ..found }, why)?;
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
