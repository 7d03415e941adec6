//! Incidents: breaches of personal data, told to the authority and to those whom they concern within 72 hours.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::case::{Change, fault, open as open_text, seal};
use super::complaint::received;
use super::{Act, Error, Result, Service, looks, next_version};
use crate::domain::case::{self, CaseState};
use crate::domain::fault::Fault;
use crate::domain::id::{IncidentId, InvestorId, UserId, VentureId};
use crate::domain::look::LookKind;
use crate::domain::text::Text;
use crate::domain::time::Instant;
use crate::keys::Keys;
use crate::store::incident::{self as incidents, Incident};
use crate::store::{access_log, investor, user};

/// Looks that are gone through for one question at most.
const MOST_LOOKS: i64 = 100_000;

/// An incident with its texts opened.
pub struct Opened {
    /// As stored.
    pub row: Incident,
    /// What happened.
    pub what: String,
    /// What was done.
    pub done: Option<String>,
}

fn place(part: &str, id: IncidentId) -> String {
    format!("incident {part} {id}")
}

/// Opens the texts of an incident.
///
/// # Errors
/// [`Error::Internal`] when they do not open.
pub fn open(keys: &Keys, row: Incident) -> Result<Opened> {
    // Nothing is left of what was closed long ago.
    let what = Some(row.what.as_slice()).filter(|what| !what.is_empty());
    let what = open_text(keys, &place("what", row.id), what)?.unwrap_or_default();
    let done = open_text(keys, &place("done", row.id), row.done.as_deref())?;
    Ok(Opened { row, what, done })
}

/// Writes an incident down that was found on a day, or just now.
///
/// # Errors
/// [`Error::Invalid`] for a day in the future.
pub fn create(act: &mut Act<'_>, what: String, found_on: Option<NaiveDate>) -> Result<Opened> {
    let found_at = received(found_on, "/found_on", act.now)?;
    let id = act.ids.next(act.now);
    let row = Incident {
        id,
        state: CaseState::Open,
        what: seal(act.keys, &place("what", id), &what)?,
        done: None,
        found_at,
        due_at: case::due_at(found_at),
        authority_told_on: None,
        subjects_told_on: None,
        closed_at: None,
        entered_by: act.by.name(),
        handled_by: None,
        version: 1,
        created_at: act.now,
    };
    incidents::insert(act.conn, &row)?;
    act.audit("incident.create", id, &row.found_at)?;
    Ok(Opened { row, what, done: None })
}

/// When authority and subjects were told; what is `None` stays.
#[derive(Default)]
pub struct ToldOn {
    /// The authority.
    pub authority: Option<NaiveDate>,
    /// Those whom it concerns.
    pub subjects: Option<NaiveDate>,
    /// Nobody is to be told: no personal data was in wrong hands.
    pub no_breach: bool,
}

fn not_told(pointer: &str) -> Fault {
    let (id, en) = (
        "Catat hari pemberitahuannya, atau no_breach: true bila ternyata tidak ada data pribadi yang bocor.",
        "Note the day on which they were told, or no_breach: true if no personal data was in wrong hands after all.",
    );
    Fault { pointer: pointer.into(), code: "needed_here", detail: Text::new(id, en) }
}

fn told_before_found(pointer: &str) -> Error {
    fault(
        pointer,
        "before_it_was_found",
        "Catat hari pada atau sesudah kejadian ditemukan (found_at): sebelum itu belum ada yang dapat diberitahukan.",
        "Note the day on which it was found (found_at) or a later one: before it there was nothing to tell.",
    )
}

/// Moves an incident that stands at `version`. It is closed when authority and subjects have been told, or when it turned out that no
/// personal data was in wrong hands.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Stale`]; [`super::Conflict::CaseClosed`]; [`Error::Invalid`].
pub fn change(act: &mut Act<'_>, id: IncidentId, version: i64, change: &Change, told: &ToldOn) -> Result<Opened> {
    let mut row = incidents::find(act.conn, id)?.ok_or(Error::NotFound)?;
    row.version = next_version(row.version, version)?;
    let from = row.state;
    row.state = change.check(from)?;
    let days = [("/authority_told_on", told.authority), ("/subjects_told_on", told.subjects)];
    for (pointer, day) in days {
        if day.is_some() && from == CaseState::Closed {
            return Err(super::Conflict::CaseClosed.into());
        }
        received(day, pointer, act.now)?;
        if day.is_some_and(|day| day < row.found_at.jakarta_day()) {
            return Err(told_before_found(pointer));
        }
    }
    row.authority_told_on = told.authority.map(|day| day.to_string()).or(row.authority_told_on);
    row.subjects_told_on = told.subjects.map(|day| day.to_string()).or(row.subjects_told_on);
    let closes = row.state == CaseState::Closed;
    if closes && !told.no_breach {
        let days = [("/authority_told_on", &row.authority_told_on), ("/subjects_told_on", &row.subjects_told_on)];
        let missing = days.iter().filter(|(_, day)| day.is_none());
        let faults: Vec<Fault> = missing.map(|(pointer, _)| not_told(pointer)).collect();
        if !faults.is_empty() {
            return Err(Error::Invalid(faults));
        }
    }
    if let Some(done) = &change.done {
        row.done = Some(seal(act.keys, &place("done", id), done)?);
        row.closed_at = Some(act.now);
    }
    if change.state.is_some() || days.iter().any(|(_, day)| day.is_some()) {
        row.handled_by = Some(act.by.name());
    }
    if !incidents::update(act.conn, &row)? {
        return Err(Error::Stale);
    }
    let audited = (from, row.state, &row.authority_told_on, &row.subjects_told_on, told.no_breach);
    act.audit("incident.change", id, &audited)?;
    open(act.keys, row)
}

/// Whose data may have been seen: by an account or for an investor, in these days.
#[derive(Clone, Copy)]
pub struct Question {
    /// By which account.
    pub user: Option<UserId>,
    /// For which investor.
    pub investor: Option<InvestorId>,
    /// The first day in Jakarta.
    pub from: NaiveDate,
    /// The last.
    pub to: NaiveDate,
}

/// What of a venture may have been seen.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// What was looked at.
    pub looks: BTreeSet<LookKind>,
    /// The first day of it.
    pub first_day: Option<String>,
    /// The last.
    pub last_day: Option<String>,
    /// Whether the investor held its contact data then.
    pub contact_held: bool,
}

/// The ventures that a question is answered with, by id, and whether these are all. Days are whole: a look is noted by its day.
///
/// # Errors
/// [`Error::NotFound`] for an account or an investor that there is not: nobody is told that it has seen nothing. The store's.
pub fn affected(service: &Service, question: &Question) -> Result<(BTreeMap<VentureId, Seen>, bool)> {
    looks::flush(service)?;
    let days = (question.from.to_string(), question.to.to_string());
    let start = Instant::start_of_jakarta_day(question.from);
    let end = Instant::start_of_jakarta_day(question.to).plus_days(1);
    service.read(|conn| {
        if let Some(id) = question.user {
            user::find(conn, id)?.ok_or(Error::NotFound)?;
        }
        if let Some(id) = question.investor {
            investor::find(conn, id)?.ok_or(Error::NotFound)?;
        }
        let days = (days.0.as_str(), days.1.as_str());
        let noted = access_log::looked(conn, question.user, question.investor, days, MOST_LOOKS)?;
        let complete = i64::try_from(noted.len()).unwrap_or(i64::MAX) < MOST_LOOKS;
        let mut all: BTreeMap<VentureId, Seen> = BTreeMap::new();
        for look in noted {
            let seen = all.entry(look.venture_id).or_default();
            seen.looks.insert(look.look);
            let earlier = seen.first_day.as_ref().is_none_or(|day| look.day < *day);
            let later = seen.last_day.as_ref().is_none_or(|day| look.day > *day);
            if earlier {
                seen.first_day = Some(look.day.clone());
            }
            if later {
                seen.last_day = Some(look.day);
            }
        }
        if let Some(investor) = question.investor {
            for venture in incidents::contact_held(conn, investor, start, end)? {
                all.entry(venture).or_default().contact_held = true;
            }
        }
        Ok((all, complete))
    })
}
