//! Sessions of a cohort: what they taught, and who attended.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::{Act, Conflict, Error, Result, Service, consent, next_version};
use crate::domain::fault::Fault;
use crate::domain::id::{CohortId, ParticipantId, SessionId, VentureId};
use crate::domain::rubric::Topic;
use crate::domain::text::Text;
use crate::domain::venture::Attendance;
use crate::store::session::{self, Attended, Session};
use crate::store::{Conn, cohort, venture};

/// Sessions that a cohort may have.
const MOST: i64 = 200;

/// What a session is made from.
#[derive(Clone, Debug)]
pub struct NewSession {
    /// What it teaches.
    pub topic: Topic,
    /// What it is called.
    pub title: String,
    /// The day.
    pub held_on: NaiveDate,
}

/// A session, and who attended it.
#[derive(Clone, Debug)]
pub struct Held {
    /// The session.
    pub session: Session,
    /// By person.
    pub attended: Vec<Attended>,
}

/// Makes a session.
///
/// # Errors
/// [`Error::NotFound`] for an unknown cohort; [`Conflict::TooManySessions`].
pub fn create(act: &mut Act<'_>, cohort_id: CohortId, new: NewSession) -> Result<Session> {
    cohort::find(act.conn, cohort_id)?.ok_or(Error::NotFound)?;
    if session::count(act.conn, cohort_id)? >= MOST {
        return Err(Conflict::TooManySessions.into());
    }
    let made = Session {
        id: act.ids.next(act.now),
        cohort_id,
        topic: new.topic,
        title: new.title,
        held_on: new.held_on.to_string(),
        version: 1,
        created_at: act.now,
    };
    session::insert(act.conn, &made)?;
    act.audit("session.create", made.id, &(cohort_id, made.topic, &made.title, &made.held_on))?;
    Ok(made)
}

/// The sessions of a cohort, with who attended them.
///
/// # Errors
/// [`Error::NotFound`] for an unknown cohort.
pub fn of_cohort(conn: &mut Conn, id: CohortId) -> Result<Vec<Held>> {
    cohort::find(conn, id)?.ok_or(Error::NotFound)?;
    held(conn, Some(id))
}

fn held(conn: &mut Conn, cohort: Option<CohortId>) -> Result<Vec<Held>> {
    let all = session::all(conn, cohort)?;
    let ids: Vec<SessionId> = all.iter().map(|session| session.id).collect();
    let mut attended = BTreeMap::<SessionId, Vec<Attended>>::new();
    for one in session::attended(conn, &ids)? {
        attended.entry(one.session_id).or_default().push(one);
    }
    let with = |session: Session| Held { attended: attended.remove(&session.id).unwrap_or_default(), session };
    Ok(all.into_iter().map(with).collect())
}

/// Notes who attended a session that stands at `version`, in place of what was noted before.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Stale`]; [`Error::Invalid`] for people who are not at the cohort, or named twice.
pub fn note_attended(
    act: &mut Act<'_>,
    cohort: CohortId,
    id: SessionId,
    version: i64,
    all: &[(ParticipantId, Attendance)],
) -> Result<Held> {
    let mut found = session::find(act.conn, cohort, id)?.ok_or(Error::NotFound)?;
    found.version = next_version(found.version, version)?;
    let known: BTreeSet<ParticipantId> =
        venture::attendances(act.conn, Some(cohort))?.into_iter().map(|came| came.person).collect();
    let mut seen = BTreeSet::new();
    let mut faults = Vec::new();
    for (n, (person, _)) in all.iter().enumerate() {
        let fault = |code, id: &str, en: &str| Fault {
            pointer: format!("/items/{n}/participant_id"),
            code,
            detail: Text::new(id, en),
        };
        if !known.contains(person) {
            faults.push(fault("not_of_this_cohort", "Orang ini bukan peserta angkatan ini.", "Nobody of this cohort."));
        } else if !seen.insert(*person) {
            faults.push(fault("named_twice", "Orang ini sudah disebut.", "This person is named already."));
        }
    }
    if !faults.is_empty() {
        return Err(Error::Invalid(faults));
    }
    let attended: Vec<Attended> = all
        .iter()
        .map(|(person, attendance)| Attended { session_id: id, participant_id: *person, attendance: *attendance })
        .collect();
    if !session::put_attended(act.conn, &found, &attended)? {
        return Err(Error::Stale);
    }
    act.audit("session.attended", id, &all)?;
    let attended = session::attended(act.conn, &[id])?;
    Ok(Held { session: found, attended })
}

/// How many attended something.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// In the room.
    pub in_person: usize,
    /// From afar.
    pub online: usize,
}

impl Count {
    fn of(all: impl Iterator<Item = Attendance>) -> Self {
        let mut count = Self::default();
        for attendance in all {
            match attendance {
                Attendance::InPerson => count.in_person += 1,
                Attendance::Online => count.online += 1,
            }
        }
        count
    }
}

/// Who attended what.
#[derive(Clone, Debug)]
pub struct Report {
    /// How many ventures are left out, whose owners do not want to be counted; nor are their people counted.
    pub left_out: usize,
    /// How many people came.
    pub people: usize,
    /// How they said that they attended as a whole …
    pub whole: Count,
    /// … and how many of whom that is not known.
    pub unknown: usize,
    /// Each session, with how many people its cohort has.
    pub sessions: Vec<(Session, Count, usize)>,
    /// Each topic: how many different people attended at least one of its sessions; in person if they were at one of them.
    pub topics: Vec<(Topic, Count)>,
}

/// Who attended what in a cohort, or in all.
///
/// # Errors
/// [`Error::NotFound`] for an unknown cohort.
pub fn report(service: &Service, cohort: Option<CohortId>) -> Result<Report> {
    let (all, mut held, uncounted) = service.read(|conn| {
        if let Some(id) = cohort {
            cohort::find(conn, id)?.ok_or(Error::NotFound)?;
        }
        Ok((venture::attendances(conn, cohort)?, held(conn, cohort)?, consent::uncounted(conn)?))
    })?;
    let is_left_out = |came: &venture::Came| came.venture.is_some_and(|venture| uncounted.contains(&venture));
    let (left_out, people): (Vec<_>, Vec<_>) = all.into_iter().partition(is_left_out);
    let absent: BTreeSet<ParticipantId> = left_out.iter().map(|came| came.person).collect();
    for one in &mut held {
        one.attended.retain(|one| !absent.contains(&one.participant_id));
    }
    let mut of_cohort = BTreeMap::<CohortId, usize>::new();
    for came in &people {
        *of_cohort.entry(came.cohort).or_default() += 1;
    }
    let mut by_topic = BTreeMap::<Topic, BTreeMap<ParticipantId, Attendance>>::new();
    for one in held.iter().flat_map(|h| h.attended.iter().map(move |one| (h.session.topic, one))) {
        let (topic, Attended { participant_id, attendance, .. }) = one;
        let known = by_topic.entry(topic).or_default().entry(*participant_id).or_insert(*attendance);
        if *attendance == Attendance::InPerson {
            *known = Attendance::InPerson;
        }
    }
    Ok(Report {
        left_out: left_out.iter().filter_map(|came| came.venture).collect::<BTreeSet<VentureId>>().len(),
        people: people.len(),
        whole: Count::of(people.iter().filter_map(|came| came.attendance)),
        unknown: people.iter().filter(|came| came.attendance.is_none()).count(),
        topics: by_topic.into_iter().map(|(topic, people)| (topic, Count::of(people.into_values()))).collect(),
        sessions: held
            .into_iter()
            .map(|held| {
                let count = Count::of(held.attended.iter().map(|one| one.attendance));
                let of = of_cohort.get(&held.session.cohort_id).copied().unwrap_or_default();
                (held.session, count, of)
            })
            .collect(),
    })
}
