//! What people do with a match, and what each deed needs besides the table of moves.

use super::super::user::other_witness;
use super::super::{Act, Conflict, Error, Result, complaint, consent, message, next_version};
use super::ground::is_listed;
use super::said::{self, Said};
use super::sealed::{Part, open, seal, seal_text};
use super::sweep::sweep_venture;
use super::{OPEN_REQUESTS, end_introductions, go, lacks_own_word, may, readable, side};
use crate::domain::actor::{Actor, Role};
use crate::domain::card::Card;
use crate::domain::consent::{Method, Purpose};
use crate::domain::deadline;
use crate::domain::fault::Fault;
use crate::domain::id::{MatchId, UserId};
use crate::domain::match_life::{MatchState, Move, Side};
use crate::domain::terms::{self, Pledge, Terms};
use crate::domain::text::{Lang, Text};
use crate::domain::time::Instant;
use crate::domain::verification::Verification;
use crate::keys::Keys;
use crate::store::investor::{self, Investor};
use crate::store::matches::{self, Match};
use crate::store::{self, Conn};

/// A deed.
#[derive(Clone, Debug)]
pub enum Deed {
    /// Look closer.
    Shortlist,
    /// Turn away.
    Dismiss,
    /// Ask for an introduction with these terms.
    Request(Terms),
    /// Let a request through; whoever does says that they have no part in either side.
    Screen {
        /// They say so.
        no_conflict: bool,
    },
    /// Say no.
    Decline,
    /// Note that the owner has been reached.
    Reach,
    /// Agree to the introduction.
    Accept(Agreed),
    /// Say that one is in contact.
    Contact,
    /// Say what is to be given.
    Commit(Pledge),
    /// Confirm it.
    Confirm,
    /// Say that it has been received.
    Receive,
    /// Note what came of it.
    Fulfil {
        /// In a few words.
        outcome: String,
    },
    /// Step back.
    Withdraw,
    /// Stop it while something is looked into.
    Suspend,
    /// Let it go on.
    Resume,
}

impl Deed {
    const fn step(&self) -> Move {
        match self {
            Self::Shortlist => Move::Shortlist,
            Self::Dismiss => Move::Dismiss,
            Self::Request(_) => Move::Request,
            Self::Screen { .. } => Move::Screen,
            Self::Decline => Move::Decline,
            Self::Reach => Move::Reach,
            Self::Accept(_) => Move::Accept,
            Self::Contact => Move::Contact,
            Self::Commit(_) => Move::Commit,
            Self::Confirm => Move::Confirm,
            Self::Receive => Move::Receive,
            Self::Fulfil { .. } => Move::Fulfil,
            Self::Withdraw => Move::Withdraw,
            Self::Suspend => Move::Suspend,
            Self::Resume => Move::Resume,
        }
    }
}

/// An owner's agreement that contact data goes to one investor.
#[derive(Clone, Debug)]
pub struct Agreed {
    /// The version of the text that was read.
    pub text_version: String,
    /// In which language.
    pub lang: Lang,
    /// If it was spoken.
    pub spoken: Option<Spoken>,
}

/// A consent that was spoken on the phone.
#[derive(Clone, Debug)]
pub struct Spoken {
    /// Who heard it besides the one who notes it.
    pub witness: UserId,
    /// Where the recording or form is kept.
    pub reference: String,
    /// How the owner was given a receipt, where none can be sent.
    pub receipt: Option<String>,
}

/// Does a deed with a match that stands at `version`. `reason` is for staff alone.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Stale`]; [`Error::OwnWord`] when somebody who acts for the owner makes a move that is the owner's own;
/// [`Conflict::MoveNotOpen`] when this side may not make this move now;
/// [`Error::Invalid`] when something needed was not said; and for a request what stands in its way: see [`Conflict`].
pub fn make(
    act: &mut Act<'_>,
    actor: &Actor,
    id: MatchId,
    version: i64,
    deed: Deed,
    reason: Option<String>,
) -> Result<Match> {
    let mut found = readable(act.conn, actor, id, act.now)?;
    next_version(found.version, version)?;
    let side = side(actor).ok_or(Error::Forbidden)?;
    let step = deed.step();
    if lacks_own_word(actor, &found, step) {
        return Err(Error::OwnWord);
    }
    if !may(&found, step, side, act.now) {
        return Err(Conflict::MoveNotOpen.into());
    }
    let reported = (side == Side::Owner && matches!(deed, Deed::Suspend)).then(|| reason.clone());
    if let Some(reason) = reason {
        said::add(act.keys, &mut found, Said { at: act.now, side, step, text: reason })?;
    }
    match deed {
        Deed::Request(terms) => request(act, &mut found, &terms)?,
        Deed::Screen { no_conflict } => screen(act, &mut found, no_conflict)?,
        Deed::Reach => found.reached_at = Some(act.now),
        Deed::Accept(agreed) => accept(act, actor, &mut found, agreed)?,
        Deed::Contact => contact(&mut found, side, act.now),
        Deed::Commit(pledge) => commit(act, &mut found, pledge)?,
        Deed::Receive => found.received_at = Some(act.now),
        Deed::Fulfil { outcome } => found.outcome = Some(seal_text(act.keys, Part::Outcome, id, &outcome)?),
        Deed::Withdraw if side == Side::Owner => take_contact_back(act, &found)?,
        _ => {}
    }
    go(act, &mut found, step, side)?;
    if let Some(said) = reported {
        complaint::reported(act, &found, said)?;
    }
    Ok(found)
}

fn fault(pointer: &str, code: &'static str, id: &str, en: &str) -> Error {
    Error::Invalid(vec![Fault { pointer: pointer.into(), code, detail: Text::new(id, en) }])
}

fn refuse(faults: Vec<Fault>) -> Result<()> {
    if faults.is_empty() { Ok(()) } else { Err(Error::Invalid(faults)) }
}

/// Both capacities are counted behind the write gate, so that any number of requests at once exceed neither.
fn request(act: &mut Act<'_>, found: &mut Match, terms: &Terms) -> Result<()> {
    refuse(terms::faults("/request", terms))?;
    let asker = investor::find(act.conn, found.investor_id)?.ok_or(Error::NotFound)?;
    may_ask(&asker, terms)??;
    if asker.paused_at.is_some() {
        return Err(Conflict::InvestorPaused.into());
    }
    // What the investor can mend alone comes first: a request that fails for it says nothing of the venture.
    if !has_room(act.conn, &asker, act.now)? {
        return Err(Conflict::NoCapacity.into());
    }
    if !is_listed(act.conn, found, act.now)? {
        return Err(Conflict::VentureUnavailable.into());
    }
    // The card that the investor has read says what is welcome. What it does not say, the amount asked for above all, is left
    // to staff and to the owner: a refusal here would tell it.
    let card = store::match_list::card_of(act.conn, found.list_id, found.venture_id)?;
    let card: Option<Card> = card.as_deref().map(serde_json::from_str).transpose()?;
    if card.and_then(|card| card.instruments).is_some_and(|welcome| !welcome.contains(&terms.instrument)) {
        return Err(Conflict::InstrumentNotWelcome.into());
    }
    sweep_venture(act, found.venture_id)?;
    let is_full = matches::open_requests(act.conn, found.venture_id, act.now)? >= OPEN_REQUESTS;
    if is_full || !matches::queued(act.conn, found.venture_id)?.is_empty() {
        found.queued_at = Some(act.now);
    }
    found.requested_at = Some(act.now);
    found.terms = Some(seal(act.keys, Part::Terms, found.id, terms)?);
    Ok(())
}

/// Whether an investor is verified, and may offer such terms.
fn may_ask(asker: &Investor, terms: &Terms) -> Result<std::result::Result<(), Conflict>> {
    let Some(verification) = &asker.verification else { return Ok(Err(Conflict::InvestorNotVerified)) };
    let verification: Verification = serde_json::from_str(verification)?;
    Ok(if terms::may_offer(terms, &verification) { Ok(()) } else { Err(Conflict::LicenceRequired) })
}

/// Whether an investor carries fewer introductions than it can.
fn has_room(conn: &mut Conn, asker: &Investor, now: Instant) -> Result<bool> {
    Ok(matches::carried(conn, asker.id, now)? < asker.capacity.into())
}

/// Whether nothing beside the match itself stands in a move's way: what depends on who asks, and on the venture.
///
/// # Errors
/// The store's; [`Error::Internal`] when what is encrypted does not open.
pub(super) fn is_free(conn: &mut Conn, keys: &Keys, found: &Match, step: Move, now: Instant) -> Result<bool> {
    match step {
        Move::Request => {
            let asker = investor::find(conn, found.investor_id)?.ok_or(Error::NotFound)?;
            Ok(asker.verification.is_some()
                && asker.paused_at.is_none()
                && has_room(conn, &asker, now)?
                && is_listed(conn, found, now)?)
        }
        Move::Screen => Ok(stands(conn, keys, found)?.is_ok() && is_listed(conn, found, now)?),
        Move::Accept => Ok(stands(conn, keys, found)?.is_ok()),
        _ => Ok(true),
    }
}

/// Whether the investor may still ask for what it has asked for: what held then may not hold any more.
pub(super) fn stands(conn: &mut Conn, keys: &Keys, found: &Match) -> Result<std::result::Result<(), Conflict>> {
    let asker = investor::find(conn, found.investor_id)?.ok_or(Error::NotFound)?;
    let terms: Option<Terms> = open(keys, Part::Terms, found.id, found.terms.as_deref())?;
    let terms = terms.ok_or_else(|| Error::Internal("a request without terms".into()))?;
    may_ask(&asker, &terms)
}

/// What both are to confirm says how much, where it is money.
fn commit(act: &Act<'_>, found: &mut Match, pledge: Pledge) -> Result<()> {
    refuse(terms::pledge_faults("/pledge", &pledge))?;
    found.pledge = Some(seal(act.keys, Part::Pledge, found.id, &pledge)?);
    Ok(())
}

fn screen(act: &mut Act<'_>, found: &mut Match, no_conflict: bool) -> Result<()> {
    if !no_conflict {
        return Err(fault(
            "/no_conflict",
            "conflict_of_interest",
            "Nyatakan bahwa Anda tidak berkepentingan pada kedua pihak, atau mintalah rekan lain menyaringnya.",
            "Say that you have no part in either side, or ask somebody else to screen it.",
        ));
    }
    stands(act.conn, act.keys, found)??;
    if !is_listed(act.conn, found, act.now)? {
        return Err(Conflict::VentureUnavailable.into());
    }
    found.asked_at = Some(act.now);
    Ok(())
}

/// The consent is written with the move: contact data never crosses without one.
fn accept(act: &mut Act<'_>, actor: &Actor, found: &mut Match, agreed: Agreed) -> Result<()> {
    // Owners agree to an investor whose papers staff have seen; which papers are missing by now is not theirs to know.
    if stands(act.conn, act.keys, found)?.is_err() {
        return Err(Conflict::MoveNotOpen.into());
    }
    let purpose = Purpose::ShareContact(found.investor_id);
    if actor.role == Role::Staff && agreed.spoken.is_none() {
        return Err(fault(
            "/spoken",
            "needed_here",
            "Staf hanya mencatat persetujuan lisan: sebutkan saksi dan rekaman atau formulirnya.",
            "Staff only note a spoken consent: name the witness, and the recording or form.",
        ));
    }
    if actor.role == Role::Owner && agreed.spoken.is_some() {
        return Err(fault(
            "/spoken",
            "not_for_this_role",
            "Persetujuan lisan dicatat oleh staf; Anda cukup menyetujui teksnya.",
            "A spoken consent is noted by staff; you agree to the text yourself.",
        ));
    }
    let at = if agreed.spoken.is_some() { "/spoken" } else { "/consent" };
    consent::check_text(&agreed.text_version, &purpose, &format!("{at}/text_version"))?;
    let (method, reference, witness) = match agreed.spoken {
        None => (Method::App, found.id.to_string(), None),
        Some(Spoken { witness, reference, receipt }) => {
            match receipt {
                Some(text) => {
                    said::add(act.keys, found, Said { at: act.now, side: Side::Staff, step: Move::Accept, text })?
                }
                // Without a receipt the owner could not call off what somebody else noted.
                None if message::reaches(act, found.venture_id)? => {}
                None => {
                    return Err(fault(
                        "/spoken/receipt",
                        "needed_here",
                        "Pemilik tidak dapat dikirimi pesan: beri tanda terima tertulis, lalu sebutkan di sini.",
                        "The owner cannot be sent a message: give a receipt on paper, and name it here.",
                    ));
                }
            }
            (Method::Spoken, reference, Some(witness))
        }
    };
    if witness.is_some() && !other_witness(act, witness)? {
        return Err(consent::not_a_witness("/spoken/witness_id"));
    }
    let (text_version, lang) = (agreed.text_version, agreed.lang);
    let given = consent::Given { purpose, text_version, lang, method, reference, witness };
    consent::add(act, found.venture_id, given)?;
    consent::noted(act, found.venture_id)?;
    let wait = if method == Method::Spoken { deadline::SPOKEN_HOURS * 3600 } else { 0 };
    found.crosses_at = Some(act.now.plus_seconds(wait));
    Ok(())
}

/// With the first contact the time of both begins; later each counts for one's own.
const fn contact(found: &mut Match, side: Side, now: Instant) {
    let is_first = matches!(found.state, MatchState::Introduced);
    if is_first || matches!(side, Side::Investor) {
        found.investor_tap_at = Some(now);
    }
    if is_first || matches!(side, Side::Owner) {
        found.owner_tap_at = Some(now);
    }
}

/// An owner who steps back from an introduction takes back the consent it stood on, and with it all that stands on it.
fn take_contact_back(act: &mut Act<'_>, found: &Match) -> Result<()> {
    if found.crosses_at.is_some() {
        let purpose = Purpose::ShareContact(found.investor_id).to_string();
        store::consent::withdraw(act.conn, found.venture_id, &purpose, act.now)?;
        consent::noted(act, found.venture_id)?;
        end_introductions(act, found.venture_id, found.investor_id, Some(found.id))?;
        act.audit("consent.withdraw", found.venture_id, &purpose)?;
    }
    Ok(())
}
