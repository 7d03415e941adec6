//! Messages to owners. The outbox knows why something is sent and about which match; the phone number is opened when it is taken,
//! so that a changed number, an erasure and an answer given meanwhile count.

use serde::{Deserialize, Serialize};

use super::{Act, Result, matches, person};
use crate::domain::canonical;
use crate::domain::delivery::{DeliveryFailure, DeliveryState, Lane};
use crate::domain::id::{MatchId, VentureId};
use crate::domain::match_life::{MatchState, Side};
use crate::domain::message::{MessageKind, NEUTRAL, is_needed};
use crate::domain::phone::Phone;
use crate::domain::time::Instant;
use crate::store::matches::Match;
use crate::store::outbox::{self, Item, NewItem};
use crate::store::{self, Conn};

/// What waits in the outbox.
#[derive(Serialize, Deserialize)]
struct About {
    kind: MessageKind,
    match_id: MatchId,
}

/// A message, ready to be carried.
#[derive(Debug)]
pub struct Letter {
    /// To whom.
    pub phone: Phone,
    /// What it says.
    pub text: &'static str,
}

/// How the newest message about a match fared; for staff.
#[derive(Clone, Copy, Debug)]
pub struct Told {
    /// Why it is sent.
    pub kind: MessageKind,
    /// Where it stands.
    pub state: DeliveryState,
    /// Why it did not arrive.
    pub failure: Option<DeliveryFailure>,
    /// When there was something to tell.
    pub created_at: Instant,
    /// When it arrived or was given up.
    pub settled_at: Option<Instant>,
}

/// Has the owner told of a match, if the owner knows of it and is sent messages. All messages say the same, so a new one takes the
/// place of those that wait.
///
/// # Errors
/// The store's: then the deed fails as a whole.
pub(super) fn note(act: &mut Act<'_>, found: &Match, kind: MessageKind) -> Result<()> {
    if !act.tells_owners || found.asked_at.is_none() {
        return Ok(());
    }
    let (lane, subject) = (Lane::Owner(found.venture_id).to_string(), found.id.to_string());
    for earlier in outbox::waiting(act.conn, &lane, &subject, act.now)? {
        outbox::give_up(act.conn, earlier.seq, DeliveryFailure::MovedOn, act.now)?;
    }
    let item = NewItem {
        id: act.ids.next(act.now),
        lane,
        event: None,
        subject,
        payload: canonical::to_string(&About { kind, match_id: found.id })?,
        state: DeliveryState::Waiting,
        attempts: 0,
        due_at: act.now,
        created_at: act.now,
    };
    Ok(outbox::insert(act.conn, &[item])?)
}

/// Writes a message that is due, or says why it is not sent.
///
/// # Errors
/// The store's; [`super::Error::Internal`] when what is encrypted does not open.
pub(super) fn write(
    act: &mut Act<'_>,
    venture: VentureId,
    item: &Item,
) -> Result<std::result::Result<Letter, DeliveryFailure>> {
    let about: About = serde_json::from_str(&item.payload)?;
    if store::venture::find(act.conn, venture)?.is_none() {
        return Ok(Err(DeliveryFailure::Erased));
    }
    let Some(found) = store::matches::find(act.conn, about.match_id)? else { return Ok(Err(DeliveryFailure::Erased)) };
    let found = matches::as_of(found, act.now);
    // Who has stepped back, or taken a consent back, is not told of it.
    let is_over = found.state == MatchState::Withdrawn && found.ended_by != Some(Side::Investor);
    if is_over || !is_needed(about.kind, found.state) {
        return Ok(Err(DeliveryFailure::MovedOn));
    }
    Ok(phone_of(act, venture)?.map(|phone| Letter { phone, text: NEUTRAL }).ok_or(DeliveryFailure::NoPhone))
}

/// The number of the owner: of the person whose role says so, or of the first who has one.
fn phone_of(act: &mut Act<'_>, venture: VentureId) -> Result<Option<Phone>> {
    let mut numbers = Vec::new();
    for row in store::venture::participants_of(act.conn, &[venture])? {
        let private = person::open(act.keys, row)?.private;
        let is_owner =
            private.role.is_some_and(|role| matches!(role.trim().to_lowercase().as_str(), "pemilik" | "owner"));
        if let Some(phone) = private.phone.and_then(|phone| Phone::parse(phone.expose())) {
            numbers.push((!is_owner, phone));
        }
    }
    // The order among equals stays.
    numbers.sort_by_key(|(other, _)| *other);
    Ok(numbers.into_iter().next().map(|(_, phone)| phone))
}

/// A message has arrived: who was asked by it has been reached.
///
/// # Errors
/// The store's.
pub(super) fn delivered(act: &mut Act<'_>, item: &Item) -> Result<()> {
    let about: About = serde_json::from_str(&item.payload)?;
    if about.kind == MessageKind::Asked { matches::reached(act, about.match_id) } else { Ok(()) }
}

/// How the newest message about a match fared, as long as that is kept.
///
/// # Errors
/// The store's.
pub fn newest(conn: &mut Conn, found: &Match) -> Result<Option<Told>> {
    if found.asked_at.is_none() {
        return Ok(None);
    }
    let Some(item) = outbox::newest(conn, &Lane::Owner(found.venture_id).to_string(), &found.id.to_string())? else {
        return Ok(None);
    };
    let About { kind, .. } = serde_json::from_str(&item.payload)?;
    let Item { state, failure, created_at, settled_at, .. } = item;
    Ok(Some(Told { kind, state, failure, created_at, settled_at }))
}
