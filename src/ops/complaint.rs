//! Complaints: written down by staff, or made by an owner's "Laporkan"; looked into by a human within 72 hours.

use chrono::NaiveDate;

use super::case::{Change, fault, open as open_text, seal};
use super::{Act, Conflict, Error, Result, mandate, next_version};
use crate::domain::actor::Actor;
use crate::domain::case::{self, CaseState, ComplaintAbout};
use crate::domain::id::{ComplaintId, InvestorId, MatchId, VentureId};
use crate::domain::time::Instant;
use crate::keys::Keys;
use crate::store::complaint::{self as complaints, Complaint};
use crate::store::matches::{self, Match};
use crate::store::{Conn, investor, venture};

/// A complaint as it comes in.
#[derive(Default)]
pub struct NewComplaint {
    /// In their words.
    pub said: Option<String>,
    /// Whose it is, or about whom.
    pub venture: Option<VentureId>,
    /// About which match: says whose and about which investor.
    pub about_match: Option<MatchId>,
    /// About which investor.
    pub investor: Option<InvestorId>,
    /// What it is about, where the owner writes it.
    pub about: Option<ComplaintAbout>,
    /// The day on which it came, if not just now.
    pub received_on: Option<NaiveDate>,
}

/// A complaint with its texts opened.
pub struct Opened {
    /// As stored.
    pub row: Complaint,
    /// What was said.
    pub said: Option<String>,
    /// What was done.
    pub done: Option<String>,
}

fn place(part: &str, id: ComplaintId) -> String {
    format!("complaint {part} {id}")
}

/// Opens the texts of a complaint.
///
/// # Errors
/// [`Error::Internal`] when they do not open.
pub fn open(keys: &Keys, row: Complaint) -> Result<Opened> {
    let said = open_text(keys, &place("said", row.id), row.said.as_deref())?;
    let done = open_text(keys, &place("done", row.id), row.done.as_deref())?;
    Ok(Opened { row, said, done })
}

/// When something was received that came on a day.
///
/// # Errors
/// [`Error::Invalid`] for a day in the future.
pub(super) fn received(day: Option<NaiveDate>, pointer: &str, now: Instant) -> Result<Instant> {
    let today = now.jakarta_day();
    match day {
        Some(day) if day > today => {
            Err(fault(pointer, "in_the_future", "Hari ini atau sebelumnya.", "Today or earlier."))
        }
        Some(day) if day < today => Ok(Instant::start_of_jakarta_day(day)),
        _ => Ok(now),
    }
}

/// Writes a complaint down.
///
/// # Errors
/// [`Error::NotFound`] for a match, venture or investor that there is not; [`Error::Invalid`] when they do not go together, or when it
/// comes from the future.
pub fn receive(act: &mut Act<'_>, new: NewComplaint) -> Result<Opened> {
    let received_at = received(new.received_on, "/received_on", act.now)?;
    let (mut venture, mut about) = (new.venture, new.investor);
    if let Some(id) = new.about_match {
        let found = matches::find(act.conn, id)?.ok_or(Error::NotFound)?;
        let goes = venture.is_none_or(|id| id == found.venture_id) && about.is_none_or(|id| id == found.investor_id);
        if !goes {
            return Err(fault(
                "/match_id",
                "not_of_these",
                "Kecocokan ini bukan antara usaha dan investor yang disebut.",
                "This match is not between the venture and the investor that are named.",
            ));
        }
        (venture, about) = (Some(found.venture_id), Some(found.investor_id));
    }
    if let Some(id) = venture {
        venture::find(act.conn, id)?.ok_or(Error::NotFound)?;
    }
    if let Some(id) = about {
        investor::find(act.conn, id)?.ok_or(Error::NotFound)?;
    }
    let id = act.ids.next(act.now);
    let row = Complaint {
        id,
        state: CaseState::Open,
        venture_id: venture,
        match_id: new.about_match,
        investor_id: about,
        said: new.said.as_deref().map(|said| seal(act.keys, &place("said", id), said)).transpose()?,
        done: None,
        received_at,
        due_at: case::due_at(received_at),
        closed_at: None,
        entered_by: act.by.name(),
        handled_by: None,
        version: 1,
        created_at: act.now,
        about: new.about,
    };
    complaints::insert(act.conn, &row)?;
    act.audit("complaint.receive", id, &(row.venture_id, row.match_id, row.investor_id, row.received_at))?;
    Ok(Opened { row, said: new.said, done: None })
}

/// A complaint that an owner writes about anything but a match, for which there is "Laporkan".
///
/// # Errors
/// [`Conflict::TooManyRequests`] when as many are open as one owner may have; as [`receive`].
pub fn write_own(act: &mut Act<'_>, actor: &Actor, about: ComplaintAbout, said: String) -> Result<Opened> {
    let venture = actor.venture.ok_or(Error::NotFound)?;
    if said.trim().is_empty() {
        return Err(fault("/text", "needed_here", "Tulis apa yang Anda adukan.", "Write what you complain of."));
    }
    if complaints::open_of(act.conn, venture, &act.by.name())? >= case::OPEN_AT_ONCE {
        return Err(Conflict::TooManyRequests.into());
    }
    let new = NewComplaint { said: Some(said), venture: Some(venture), about: Some(about), ..NewComplaint::default() };
    receive(act, new)
}

/// The accounts that write for an owner: the own one, and of whoever may act for the owner or ever did.
///
/// # Errors
/// The store's.
pub fn own_accounts(conn: &mut Conn, actor: &Actor, venture: VentureId) -> Result<Vec<String>> {
    let acted = mandate::ever(conn, venture, i64::MAX)?.into_iter().filter_map(|found| found.mandate.user_id);
    Ok(acted.chain([actor.user]).map(|user| user.to_string()).collect())
}

/// An owner's "Laporkan": the match has stopped at once, and this is the task of staff to look into it.
pub(super) fn reported(act: &mut Act<'_>, found: &Match, said: Option<String>) -> Result<()> {
    receive(act, NewComplaint { said, about_match: Some(found.id), ..NewComplaint::default() }).map(drop)
}

/// Moves a complaint that stands at `version`. What ends it says what was done.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Stale`]; [`Conflict::CaseClosed`]; [`Error::Invalid`].
pub fn change(act: &mut Act<'_>, id: ComplaintId, version: i64, change: &Change) -> Result<Opened> {
    let mut row = complaints::find(act.conn, id)?.ok_or(Error::NotFound)?;
    row.version = next_version(row.version, version)?;
    let from = row.state;
    row.state = change.check(from)?;
    if let Some(done) = &change.done {
        // Of an erased venture nothing is written any more.
        let is_erased = row.venture_id.map(|id| venture::find(act.conn, id)).transpose()?.is_some_and(|v| v.is_none());
        if !is_erased {
            row.done = Some(seal(act.keys, &place("done", id), done)?);
        }
        row.closed_at = Some(act.now);
    }
    if change.state.is_some() {
        row.handled_by = Some(act.by.name());
    }
    if !complaints::update(act.conn, &row)? {
        return Err(Error::Stale);
    }
    act.audit("complaint.move", id, &(from, row.state))?;
    open(act.keys, row)
}
