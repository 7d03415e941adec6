//! Webhooks: addresses that an investor, or the programme, has told of events.

use super::{Act, Conflict, Error, Result, next_version};
use crate::domain::actor::{Actor, Role};
use crate::domain::delivery::{DeliveryState, EventKind, MOST_WEBHOOKS, Stopped, TWO_SECRETS};
use crate::domain::fault::Fault;
use crate::domain::id::{DeliveryId, WebhookId};
use crate::domain::text::Text;
use crate::domain::time::Instant;
use crate::keys::Keys;
use crate::keys::webhook::WebhookSecret;
use crate::store::outbox::{self, Item};
use crate::store::webhook::{self, Webhook};
use crate::store::{Conn, Page, Seek};

/// What a webhook is made from. Whether its URL may be called is asked before, by whoever knows the way out.
pub struct NewWebhook {
    /// Where.
    pub url: String,
    /// What people call it.
    pub description: String,
    /// Of what it is told.
    pub events: Vec<EventKind>,
}

/// A change to a webhook; what is `None` stays.
#[derive(Default)]
pub struct Change {
    /// Another URL.
    pub url: Option<String>,
    /// Another name.
    pub description: Option<String>,
    /// Other events.
    pub events: Option<Vec<EventKind>>,
    /// Whether it is told anything.
    pub enabled: Option<bool>,
}

/// A webhook, as far as the actor may know of it: staff of all, an investor of the own ones.
///
/// # Errors
/// [`Error::NotFound`].
pub fn readable(conn: &mut Conn, actor: &Actor, id: WebhookId) -> Result<Webhook> {
    let found = webhook::find(conn, id)?.ok_or(Error::NotFound)?;
    match actor.role {
        Role::Staff => Ok(found),
        Role::Investor if actor.investor.is_some() && actor.investor == found.investor_id => Ok(found),
        _ => Err(Error::NotFound),
    }
}

/// Events in the order of the table, each once.
fn spell(events: &[EventKind]) -> String {
    let named = EventKind::ALL.iter().filter(|kind| events.contains(kind));
    named.map(|kind| kind.as_str()).collect::<Vec<_>>().join(",")
}

/// What a webhook is told of.
pub fn events(webhook: &Webhook) -> Vec<EventKind> {
    webhook.events.split(',').filter_map(EventKind::parse).collect()
}

/// Whether a webhook is told of such events.
pub(super) fn hears(webhook: &Webhook, kind: EventKind) -> bool {
    webhook.events.split(',').any(|name| name == kind.as_str())
}

/// An investor's webhook hears what an investor may know.
fn may_hear(of_investor: bool, events: &[EventKind]) -> Result<()> {
    let role = if of_investor { Role::Investor } else { Role::Staff };
    let fault = |(n, _): (usize, _)| Fault {
        pointer: format!("/events/{n}"),
        code: "not_for_this_role",
        detail: Text::new(
            "Peristiwa ini hanya untuk webhook milik program.",
            "This event is for the programme's own webhooks only.",
        ),
    };
    let faults: Vec<_> = events.iter().enumerate().filter(|(_, kind)| !kind.is_for(role)).map(fault).collect();
    if faults.is_empty() { Ok(()) } else { Err(Error::Invalid(faults)) }
}

/// Makes a webhook and the secret that it shares. The secret is in the answer, and encrypted in the table.
///
/// # Errors
/// [`Error::Invalid`] for events that it may not hear; [`Conflict::TooManyWebhooks`].
pub fn create(act: &mut Act<'_>, actor: &Actor, new: NewWebhook) -> Result<(Webhook, WebhookSecret)> {
    may_hear(actor.investor.is_some(), &new.events)?;
    if webhook::of(act.conn, actor.investor)?.len() >= MOST_WEBHOOKS {
        return Err(Conflict::TooManyWebhooks.into());
    }
    let id = act.ids.next(act.now);
    let secret = WebhookSecret::new(act.ids);
    let made = Webhook {
        id,
        investor_id: actor.investor,
        url: new.url,
        description: new.description,
        events: spell(&new.events),
        stopped: None,
        secret: sealed(act.keys, id, &secret)?,
        earlier_secret: None,
        earlier_until: None,
        given_up: 0,
        version: 1,
        created_at: act.now,
        failing_since: None,
    };
    webhook::insert(act.conn, &made)?;
    act.audit("webhook.create", id, &(made.investor_id, &made.url, &made.events))?;
    Ok((made, secret))
}

/// Changes a webhook that stands at `version`.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Stale`]; [`Error::Invalid`] for events that it may not hear.
pub fn change(act: &mut Act<'_>, actor: &Actor, id: WebhookId, version: i64, change: Change) -> Result<Webhook> {
    let mut found = readable(act.conn, actor, id)?;
    found.version = next_version(found.version, version)?;
    if let Some(events) = change.events {
        may_hear(found.investor_id.is_some(), &events)?;
        found.events = spell(&events);
    }
    if let Some(url) = change.url {
        found.url = url;
    }
    if let Some(description) = change.description {
        found.description = description;
    }
    match change.enabled {
        Some(true) => enable(act, &mut found)?,
        Some(false) => found.stopped = found.stopped.or(Some(Stopped::ByHand)),
        None => {}
    }
    save(act, &found)?;
    act.audit("webhook.change", id, &(&found.url, &found.events, found.stopped))?;
    Ok(found)
}

/// Has a webhook told things again. What never arrived in the row of failures that it ended with waits again, in its order, with
/// all that has happened meanwhile.
fn enable(act: &mut Act<'_>, found: &mut Webhook) -> Result<()> {
    if let (Some(_), Some(since)) = (found.stopped, found.failing_since) {
        for seq in outbox::given_up_since(act.conn, &found.id.to_string(), since)? {
            outbox::again(act.conn, seq, act.now)?;
        }
    }
    (found.stopped, found.given_up, found.failing_since) = (None, 0, None);
    Ok(())
}

fn save(act: &mut Act<'_>, changed: &Webhook) -> Result<()> {
    if webhook::update(act.conn, changed)? { Ok(()) } else { Err(Error::Stale) }
}

/// Draws a new secret. The one before signs too for a day, so that the receiver can change over; the one before that
/// ends at once.
///
/// # Errors
/// [`Error::NotFound`].
pub fn rotate(act: &mut Act<'_>, actor: &Actor, id: WebhookId) -> Result<(Webhook, WebhookSecret)> {
    let mut found = readable(act.conn, actor, id)?;
    let secret = WebhookSecret::new(act.ids);
    let earlier = std::mem::replace(&mut found.secret, sealed(act.keys, id, &secret)?);
    found.earlier_secret = Some(earlier);
    found.earlier_until = Some(act.now.plus_seconds(TWO_SECRETS));
    found.version += 1;
    save(act, &found)?;
    act.audit("webhook.rotate", id, &found.earlier_until)?;
    Ok((found, secret))
}

/// Takes a webhook that stands at `version` away, with all it was told and all that waits for it.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Stale`].
pub fn delete(act: &mut Act<'_>, actor: &Actor, id: WebhookId, version: i64) -> Result<()> {
    let found = readable(act.conn, actor, id)?;
    next_version(found.version, version)?;
    if !webhook::delete(act.conn, id, found.version)? {
        return Err(Error::Stale);
    }
    act.audit("webhook.delete", id, &found.investor_id)
}

/// Stops a webhook by itself.
pub(super) fn stop(act: &mut Act<'_>, mut found: Webhook, why: Stopped) -> Result<()> {
    found.stopped = Some(why);
    found.version += 1;
    save(act, &found)?;
    act.audit("webhook.stop", found.id, &why)
}

/// One message of a webhook, told or to be told.
pub struct Delivery {
    /// As it stands.
    pub item: Item,
    /// When it is tried next by itself; none where it is not, or not before another one about the same has gone.
    pub next_attempt_at: Option<Instant>,
}

/// A page of what a webhook was told and is to be told, newest first.
///
/// # Errors
/// [`Error::NotFound`].
pub fn deliveries(
    conn: &mut Conn,
    actor: &Actor,
    id: WebhookId,
    seek: &Seek<i64>,
    limit: i64,
) -> Result<Page<Delivery>> {
    let webhook = readable(conn, actor, id)?;
    let page = outbox::page(conn, &id.to_string(), seek, limit)?;
    let seqs: Vec<i64> = page.items.iter().map(|item| item.seq).collect();
    let behind = outbox::behind(conn, &seqs)?;
    Ok(page.map(|item| Delivery::new(&webhook, &behind, item)))
}

/// Has a delivery made again from the first attempt, be it delivered or given up; one that waits goes at once.
///
/// # Errors
/// [`Error::NotFound`].
pub fn retry(act: &mut Act<'_>, actor: &Actor, id: WebhookId, delivery: DeliveryId) -> Result<Delivery> {
    let webhook = readable(act.conn, actor, id)?;
    let lane = id.to_string();
    let found = outbox::find(act.conn, &lane, delivery)?.ok_or(Error::NotFound)?;
    outbox::again(act.conn, found.seq, act.now)?;
    act.audit("webhook.retry", id, &delivery)?;
    let again = outbox::find(act.conn, &lane, delivery)?.ok_or(Error::NotFound)?;
    let behind = outbox::behind(act.conn, &[again.seq])?;
    Ok(Delivery::new(&webhook, &behind, again))
}

impl Delivery {
    fn new(webhook: &Webhook, behind: &[i64], item: Item) -> Self {
        let is_tried = item.state == DeliveryState::Waiting && webhook.stopped.is_none() && !behind.contains(&item.seq);
        Self { next_attempt_at: is_tried.then_some(item.due_at), item }
    }
}

fn place(id: WebhookId) -> Vec<u8> {
    format!("webhook secret {id}").into_bytes()
}

fn sealed(keys: &Keys, id: WebhookId, secret: &WebhookSecret) -> Result<Vec<u8>> {
    keys.personal().seal(&place(id), secret.bytes()).map_err(|e| Error::Internal(e.to_string()))
}

/// What a webhook's messages are signed with at a time: the newest secret first.
pub(super) fn secrets(keys: &Keys, webhook: &Webhook, now: Instant) -> Result<Vec<WebhookSecret>> {
    let earlier = webhook.earlier_secret.as_ref().filter(|_| webhook.earlier_until.is_some_and(|until| now < until));
    let open = |sealed: &Vec<u8>| {
        let opened = keys.personal().open(&place(webhook.id), sealed);
        opened.map(WebhookSecret::from_bytes).map_err(|e| Error::Internal(e.to_string()))
    };
    [Some(&webhook.secret), earlier].into_iter().flatten().map(open).collect()
}
