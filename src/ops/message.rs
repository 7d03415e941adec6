//! Messages to owners. The outbox knows why something is sent and about which match; the phone number is opened when it is taken,
//! so that a changed number, an erasure and an answer given meanwhile count.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::import::sealing;
use super::{Act, Error, Result, matches, one_time_code, person, renewal};
use crate::domain::canonical;
use crate::domain::delivery::{DeliveryFailure, DeliveryState, Lane};
use crate::domain::id::{DataRequestId, DeliveryId, MandateId, MatchId, VentureId};
use crate::domain::intake::Secret;
use crate::domain::match_life::{MatchState, Side};
use crate::domain::message::{MessageKind, Words, is_needed};
use crate::domain::phone::Phone;
use crate::domain::time::Instant;
use crate::store::data_request::DataRequest;
use crate::store::mandate::Mandate;
use crate::store::matches::Match;
use crate::store::outbox::{self, Item, NewItem};
use crate::store::{self, Conn};

/// What waits in the outbox.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum About {
    /// Something about a match.
    Match { kind: MessageKind, match_id: MatchId },
    /// A one-time code, encrypted; the rest stands with the code of the same id.
    Code { code: String },
    /// Somebody may act for the owner now.
    Companion { mandate: MandateId },
    /// What the owner has asked about the own data was answered.
    Answer { request: DataRequestId },
    /// The consent to be listed is about to lapse.
    Renewal { lapses_on: NaiveDate },
}

/// A message, ready to be carried.
#[derive(Debug)]
pub struct Letter {
    /// To whom.
    pub phone: Phone,
    /// What it says.
    pub words: Words,
}

/// A message, as its owner may know of it.
#[derive(Clone, Copy, Debug)]
pub struct Sent {
    /// Why; none for a one-time code.
    pub kind: Option<MessageKind>,
    /// When it was written.
    pub at: Instant,
    /// Where it stands.
    pub state: DeliveryState,
}

/// The messages to the owner of a venture that are still known of, the newest first.
///
/// # Errors
/// The store's; [`Error::Internal`] for a message that says nothing we know.
pub fn all(conn: &mut Conn, venture: VentureId, limit: i64) -> Result<Vec<Sent>> {
    let items = outbox::page(conn, &Lane::Owner(venture).to_string(), &store::Seek::First, limit)?.items;
    let sent = |item: Item| {
        let kind = match serde_json::from_str(&item.payload)? {
            About::Match { kind, .. } => Some(kind),
            About::Companion { .. } | About::Answer { .. } => Some(MessageKind::News),
            About::Renewal { .. } => Some(MessageKind::Reminder),
            About::Code { .. } => None,
        };
        Ok(Sent { kind, at: item.created_at, state: item.state })
    };
    items.into_iter().map(sent).collect()
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
    let id = act.ids.next(act.now);
    add(act, id, found.venture_id, found.id.to_string(), &About::Match { kind, match_id: found.id })
}

/// Has the owner told that somebody has taken an invitation up, if owners are sent messages.
///
/// # Errors
/// The store's: then the deed fails as a whole.
pub(super) fn note_companion(act: &mut Act<'_>, mandate: &Mandate) -> Result<()> {
    if !act.tells_owners {
        return Ok(());
    }
    let id = act.ids.next(act.now);
    add(act, id, mandate.venture_id, mandate.id.to_string(), &About::Companion { mandate: mandate.id })
}

/// Has the owner told that a request about the own data has come to an end, if owners are sent messages.
///
/// # Errors
/// The store's: then the deed fails as a whole.
pub(super) fn note_answer(act: &mut Act<'_>, request: &DataRequest) -> Result<()> {
    if !act.tells_owners {
        return Ok(());
    }
    let id = act.ids.next(act.now);
    add(act, id, request.venture_id, request.id.to_string(), &About::Answer { request: request.id })
}

/// Has the owner told that the consent to be listed is about to lapse, if owners are sent messages.
///
/// # Errors
/// The store's: then the deed fails as a whole.
pub(super) fn note_renewal(act: &mut Act<'_>, venture: VentureId, lapses_on: NaiveDate) -> Result<()> {
    if !act.tells_owners {
        return Ok(());
    }
    let id = act.ids.next(act.now);
    add(act, id, venture, venture.to_string(), &About::Renewal { lapses_on })
}

/// Has a one-time code sent. It takes the place of those that wait about the same.
///
/// # Errors
/// The store's; [`super::Error::Internal`] when it cannot be encrypted.
pub(super) fn send_code(
    act: &mut Act<'_>,
    id: DeliveryId,
    subject: String,
    venture: VentureId,
    code: &str,
) -> Result<()> {
    let sealed = act.keys.personal().seal(&place(id), code.as_bytes()).map_err(sealing)?;
    let about = About::Code { code: fast32::base64::RFC4648_URL_NOPAD.encode(&sealed) };
    add(act, id, venture, subject, &about)
}

fn place(id: DeliveryId) -> Vec<u8> {
    format!("one-time code {id}").into_bytes()
}

fn add(act: &mut Act<'_>, id: DeliveryId, venture: VentureId, subject: String, about: &About) -> Result<()> {
    let lane = Lane::Owner(venture).to_string();
    for earlier in outbox::waiting(act.conn, &lane, &subject, act.now)? {
        give_up(act, &earlier, DeliveryFailure::MovedOn)?;
    }
    let item = NewItem {
        id,
        lane,
        event: None,
        subject,
        payload: canonical::to_string(about)?,
        state: DeliveryState::Waiting,
        attempts: 0,
        due_at: act.now,
        created_at: act.now,
    };
    Ok(outbox::insert(act.conn, &[item])?)
}

/// Gives up a message that nobody has on its way.
///
/// # Errors
/// The store's.
pub(super) fn give_up(act: &mut Act<'_>, item: &Item, why: DeliveryFailure) -> Result<()> {
    outbox::give_up(act.conn, item.seq, why, act.now)?;
    forget_code(act, item)
}

/// Forgets the code that a message carried, which is not carried again.
///
/// # Errors
/// The store's.
pub(super) fn forget_code(act: &mut Act<'_>, item: &Item) -> Result<()> {
    match serde_json::from_str(&item.payload)? {
        About::Code { .. } => {
            let empty = canonical::to_string(&About::Code { code: String::new() })?;
            Ok(outbox::reword(act.conn, item.seq, &empty)?)
        }
        About::Match { .. } | About::Companion { .. } | About::Answer { .. } | About::Renewal { .. } => Ok(()),
    }
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
    if store::venture::find(act.conn, venture)?.is_none() {
        return Ok(Err(DeliveryFailure::Erased));
    }
    let (kind, match_id) = match serde_json::from_str(&item.payload)? {
        About::Match { kind, match_id } => (kind, match_id),
        About::Code { code } => return write_code(act, item.id, &code),
        About::Companion { mandate } => {
            // What the owner has ended meanwhile is no news.
            let stands = store::mandate::find(act.conn, mandate)?.is_some_and(|found| found.ended_at.is_none());
            if !stands {
                return Ok(Err(DeliveryFailure::MovedOn));
            }
            return news(act, venture);
        }
        About::Answer { .. } => return news(act, venture),
        About::Renewal { .. } => {
            // Renewed or taken back meanwhile, there is nothing to be asked.
            let is_due = renewal::is_due(act.conn, venture, act.now)?;
            return if is_due { news(act, venture) } else { Ok(Err(DeliveryFailure::MovedOn)) };
        }
    };
    let Some(found) = store::matches::find(act.conn, match_id)? else { return Ok(Err(DeliveryFailure::Erased)) };
    let found = matches::as_of(found, act.now);
    // Who has stepped back, or taken a consent back, is not told of it.
    let is_over = found.state == MatchState::Withdrawn && found.ended_by != Some(Side::Investor);
    if is_over || !is_needed(kind, found.state) {
        return Ok(Err(DeliveryFailure::MovedOn));
    }
    news(act, venture)
}

/// The one message that there is, to whom it goes.
fn news(act: &mut Act<'_>, venture: VentureId) -> Result<std::result::Result<Letter, DeliveryFailure>> {
    Ok(phone(act, venture)?.map(|phone| Letter { phone, words: Words::News }).ok_or(DeliveryFailure::NoPhone))
}

/// The owner's own phone. A message on anybody else's has not reached the owner: then staff call.
fn phone(act: &mut Act<'_>, venture: VentureId) -> Result<Option<Phone>> {
    let owner = person::reachable_owner(act.conn, act.keys, venture)?;
    Ok(owner.and_then(|owner| owner.phone).and_then(|phone| Phone::parse(phone.expose())))
}

/// Whether the owner of a venture can be sent a message.
///
/// # Errors
/// The store's; [`super::Error::Internal`] when what is encrypted does not open.
pub(super) fn reaches(act: &mut Act<'_>, venture: VentureId) -> Result<bool> {
    Ok(act.tells_owners && phone(act, venture)?.is_some())
}

/// A code that has come too late, or was used meanwhile, is not sent.
fn write_code(act: &mut Act<'_>, id: DeliveryId, sealed: &str) -> Result<std::result::Result<Letter, DeliveryFailure>> {
    let Some(kept) = store::one_time_code::find(act.conn, id)?.filter(|kept| one_time_code::is_live(kept, act.now))
    else {
        return Ok(Err(DeliveryFailure::MovedOn));
    };
    let odd = |_not_text| Error::Internal("a code in the outbox is not readable".into());
    let sealed = fast32::base64::RFC4648_URL_NOPAD.decode_str(sealed).map_err(|_not_base64| odd(()))?;
    let code = act.keys.personal().open(&place(id), &sealed).map_err(sealing)?;
    let code = Secret::new(String::from_utf8(code).map_err(|_not_utf8| odd(()))?);
    Ok(Ok(Letter { phone: one_time_code::open_phone(act.keys, id, &kept.phone)?, words: Words::Code(code) }))
}

/// A message has arrived: who was asked by it has been reached.
///
/// # Errors
/// The store's.
pub(super) fn delivered(act: &mut Act<'_>, item: &Item) -> Result<()> {
    match serde_json::from_str(&item.payload)? {
        About::Match { kind: MessageKind::Asked, match_id } => matches::reached(act, match_id),
        About::Match { .. }
        | About::Code { .. }
        | About::Companion { .. }
        | About::Answer { .. }
        | About::Renewal { .. } => Ok(()),
    }
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
    let About::Match { kind, .. } = serde_json::from_str(&item.payload)? else { return Ok(None) };
    let Item { state, failure, created_at, settled_at, .. } = item;
    Ok(Some(Told { kind, state, failure, created_at, settled_at }))
}
