//! What is on its way out, to webhooks and to owners: written with the deed that it tells of, and taken from here by whoever
//! carries it.

use diesel::dsl::{count_star, exists, not};
use diesel::prelude::*;

use super::conn::{Conn, on_both};
use super::error::Result;
use super::schema::{outbox, webhooks};
use super::seek::{Page, Seek, cut};
use crate::domain::delivery::{DeliveryFailure, DeliveryState, EventKind};
use crate::domain::id::DeliveryId;
use crate::domain::time::Instant;

/// Something to be carried.
#[derive(Clone, Debug, Insertable)]
#[diesel(table_name = outbox, treat_none_as_default_value = false)]
pub struct NewItem {
    /// The id, the same at every attempt.
    pub id: DeliveryId,
    /// Where to: a [`crate::domain::delivery::Lane`].
    pub lane: String,
    /// What happened, for webhooks.
    pub event: Option<EventKind>,
    /// What it is about: one after the other in a lane.
    pub subject: String,
    /// To webhooks, what is sent, to the byte. To owners, why and about what something is sent.
    pub payload: String,
    /// Where it stands.
    pub state: DeliveryState,
    /// How often it was tried.
    pub attempts: i32,
    /// When it is to be tried.
    pub due_at: Instant,
    /// When it happened.
    pub created_at: Instant,
}

/// Something that is, or was, to be carried.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = outbox)]
pub struct Item {
    /// Its number: rises in commit order.
    pub seq: i64,
    /// The id, the same at every attempt.
    pub id: DeliveryId,
    /// Where to: a [`crate::domain::delivery::Lane`].
    pub lane: String,
    /// What happened, for webhooks.
    pub event: Option<EventKind>,
    /// To webhooks, what is sent, to the byte. To owners, why and about what something is sent.
    pub payload: String,
    /// Where it stands.
    pub state: DeliveryState,
    /// How often it was tried.
    pub attempts: i32,
    /// When it is tried next, or was tried last.
    pub due_at: Instant,
    /// Until when somebody has it on its way.
    pub leased_until: Option<Instant>,
    /// What the last attempt was answered with.
    pub status: Option<i32>,
    /// Why the last attempt failed.
    pub failure: Option<DeliveryFailure>,
    /// When it happened.
    pub created_at: Instant,
    /// When it arrived or was given up.
    pub settled_at: Option<Instant>,
}

/// Adds items, in this order.
pub fn insert(conn: &mut Conn, items: &[NewItem]) -> Result<()> {
    for chunk in items.chunks(500) {
        on_both!(conn, c => diesel::insert_into(outbox::table).values(chunk).execute(c))?;
    }
    Ok(())
}

/// What waits before an item and is about the same.
macro_rules! before {
    () => {{
        let earlier = diesel::alias!(outbox as earlier);
        earlier
            .filter(earlier.field(outbox::lane).eq(outbox::lane))
            .filter(earlier.field(outbox::subject).eq(outbox::subject))
            .filter(earlier.field(outbox::state).eq(DeliveryState::Waiting))
            .filter(earlier.field(outbox::seq).lt(outbox::seq))
    }};
}

/// Items that may be taken: due, on nobody's way, and nothing waits before them that is about the same. Not those of
/// lanes that are stopped.
macro_rules! ready {
    ($now:expr) => {{
        let stopped = webhooks::table.filter(webhooks::id.eq(outbox::lane)).filter(webhooks::stopped.is_not_null());
        outbox::table
            .filter(outbox::state.eq(DeliveryState::Waiting))
            .filter(outbox::due_at.le($now))
            .filter(outbox::leased_until.is_null().or(outbox::leased_until.le($now)))
            .filter(not(exists(before!())))
            .filter(not(exists(stopped)))
    }};
}

/// The lanes that have something to be taken.
pub fn ready_lanes(conn: &mut Conn, now: Instant) -> Result<Vec<String>> {
    Ok(ready!(now).select(outbox::lane).distinct().order(outbox::lane).load(conn)?)
}

/// What can be taken in a lane, oldest first.
pub fn ready(conn: &mut Conn, lane: &str, now: Instant, limit: i64) -> Result<Vec<Item>> {
    let query = ready!(now).filter(outbox::lane.eq(lane)).order(outbox::seq).limit(limit);
    Ok(query.select(Item::as_select()).load(conn)?)
}

/// How much of a lane is on its way.
pub fn under_way(conn: &mut Conn, lane: &str, now: Instant) -> Result<i64> {
    let leased = outbox::table
        .filter(outbox::lane.eq(lane))
        .filter(outbox::state.eq(DeliveryState::Waiting))
        .filter(outbox::leased_until.gt(now));
    Ok(leased.select(count_star()).first(conn)?)
}

/// How many messages to owners are on their way, whoever they go to.
pub fn messages_under_way(conn: &mut Conn, now: Instant) -> Result<i64> {
    let leased = outbox::table
        .filter(outbox::event.is_null())
        .filter(outbox::state.eq(DeliveryState::Waiting))
        .filter(outbox::leased_until.gt(now));
    Ok(leased.select(count_star()).first(conn)?)
}

/// Gives an item up that nobody has on its way.
pub fn give_up(conn: &mut Conn, seq: i64, why: DeliveryFailure, now: Instant) -> Result<()> {
    let set = (
        outbox::state.eq(DeliveryState::GivenUp),
        outbox::failure.eq(Some(why)),
        outbox::leased_until.eq(None::<Instant>),
        outbox::settled_at.eq(Some(now)),
    );
    diesel::update(outbox::table.find(seq)).set(set).execute(conn)?;
    Ok(())
}

/// Puts other words in place of those of an item.
pub fn reword(conn: &mut Conn, seq: i64, payload: &str) -> Result<()> {
    diesel::update(outbox::table.find(seq)).set(outbox::payload.eq(payload)).execute(conn)?;
    Ok(())
}

/// Whether something newer waits in a lane about the subject of an item.
pub fn is_followed(conn: &mut Conn, item: &Item) -> Result<bool> {
    let subject: Option<String> = outbox::table.find(item.seq).select(outbox::subject).first(conn).optional()?;
    let Some(subject) = subject else { return Ok(false) };
    let newer = outbox::table
        .filter(outbox::lane.eq(&item.lane))
        .filter(outbox::subject.eq(subject))
        .filter(outbox::state.eq(DeliveryState::Waiting))
        .filter(outbox::seq.gt(item.seq));
    Ok(newer.select(count_star()).first::<i64>(conn)? > 0)
}

/// What waits in a lane about a subject and is on nobody's way, oldest first.
pub fn waiting(conn: &mut Conn, lane: &str, subject: &str, now: Instant) -> Result<Vec<Item>> {
    let query = outbox::table
        .filter(outbox::lane.eq(lane))
        .filter(outbox::subject.eq(subject))
        .filter(outbox::state.eq(DeliveryState::Waiting))
        .filter(outbox::leased_until.is_null().or(outbox::leased_until.le(now)));
    Ok(query.order(outbox::seq).select(Item::as_select()).load(conn)?)
}

/// The newest item of a lane about a subject.
pub fn newest(conn: &mut Conn, lane: &str, subject: &str) -> Result<Option<Item>> {
    let query = outbox::table.filter(outbox::lane.eq(lane)).filter(outbox::subject.eq(subject));
    Ok(query.order(outbox::seq.desc()).select(Item::as_select()).first(conn).optional()?)
}

/// Takes an item until then.
pub fn lease(conn: &mut Conn, seq: i64, until: Instant) -> Result<()> {
    diesel::update(outbox::table.find(seq)).set(outbox::leased_until.eq(Some(until))).execute(conn)?;
    Ok(())
}

/// Stores what came of an item that was leased until `lease`; false when the lease has become somebody else's, or the item
/// has gone.
pub fn settle(conn: &mut Conn, item: &Item, lease: Instant) -> Result<bool> {
    let held = outbox::table.find(item.seq).filter(outbox::id.eq(item.id)).filter(outbox::leased_until.eq(lease));
    let changed = diesel::update(held)
        .set((
            outbox::state.eq(item.state),
            outbox::attempts.eq(item.attempts),
            outbox::due_at.eq(item.due_at),
            outbox::leased_until.eq(None::<Instant>),
            outbox::status.eq(item.status),
            outbox::failure.eq(item.failure),
            outbox::settled_at.eq(item.settled_at),
        ))
        .execute(conn)?;
    Ok(changed == 1)
}

/// One item of a lane.
pub fn find(conn: &mut Conn, lane: &str, id: DeliveryId) -> Result<Option<Item>> {
    let query = outbox::table.filter(outbox::lane.eq(lane)).filter(outbox::id.eq(id));
    Ok(query.select(Item::as_select()).first(conn).optional()?)
}

/// Has an item tried again from the beginning.
pub fn again(conn: &mut Conn, seq: i64, now: Instant) -> Result<()> {
    diesel::update(outbox::table.find(seq))
        .set((
            outbox::state.eq(DeliveryState::Waiting),
            outbox::attempts.eq(0),
            outbox::due_at.eq(now),
            // What an attempt under way comes back with counts for nothing.
            outbox::leased_until.eq(None::<Instant>),
            outbox::settled_at.eq(None::<Instant>),
        ))
        .execute(conn)?;
    Ok(())
}

/// What of a lane has been given up since then, oldest first.
pub fn given_up_since(conn: &mut Conn, lane: &str, since: Instant) -> Result<Vec<i64>> {
    let query = outbox::table
        .filter(outbox::lane.eq(lane))
        .filter(outbox::state.eq(DeliveryState::GivenUp))
        .filter(outbox::settled_at.ge(since));
    Ok(query.order(outbox::seq).select(outbox::seq).load(conn)?)
}

/// Which of these items wait until another one about the same has gone.
pub fn behind(conn: &mut Conn, items: &[i64]) -> Result<Vec<i64>> {
    let query = outbox::table.filter(outbox::seq.eq_any(items)).filter(exists(before!()));
    Ok(query.select(outbox::seq).load(conn)?)
}

/// A page of a lane, newest first.
pub fn page(conn: &mut Conn, lane: &str, seek: &Seek<i64>, limit: i64) -> Result<Page<Item>> {
    let query = outbox::table.filter(outbox::lane.eq(lane)).select(Item::as_select()).into_boxed();
    Ok(cut!(conn, query, outbox::seq, descending, seek, limit))
}

/// Forgets what is older than `before`, some of it at a time; tells how much.
pub fn forget(conn: &mut Conn, before: Instant, limit: i64) -> Result<usize> {
    let old = outbox::table.filter(outbox::created_at.lt(before)).order(outbox::created_at).limit(limit);
    let old: Vec<i64> = old.select(outbox::seq).load(conn)?;
    if old.is_empty() {
        return Ok(0);
    }
    Ok(diesel::delete(outbox::table.filter(outbox::seq.eq_any(old))).execute(conn)?)
}
