//! Sessions of a cohort: what they taught, and who attended.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::{Act, Conflict, Error, Result, Service, consent, next_version};
use crate::domain::fault::Fault;
use crate::domain::id::{CohortId, ParticipantId, SessionId, VentureId};
use crate::domain::rubric::Topic;
use crate::domain::text::Text;
use crate::domain::venture::Attendance;
use crate::store::cohort::{self, Cohort};
use crate::store::session::{self, Attended, Session};
use crate::store::{Conn, venture};

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

/// A change to a session; what is `None` stays.
#[derive(Clone, Debug, Default)]
pub struct Change {
    /// Another topic.
    pub topic: Option<Topic>,
    /// Another title.
    pub title: Option<String>,
    /// Another day.
    pub held_on: Option<NaiveDate>,
}

/// A session, and who attended it.
#[derive(Clone, Debug)]
pub struct Held {
    /// The session.
    pub session: Session,
    /// By person.
    pub attended: Vec<Attended>,
}

/// A session is held while its cohort is: on its days, spelled `YYYY-MM-DD`.
fn check_day(cohort: &Cohort, held_on: &str) -> Result<()> {
    let (first, last) = (cohort.starts_on.as_str(), cohort.ends_on.as_str());
    if (first..=last).contains(&held_on) {
        return Ok(());
    }
    Err(Error::Invalid(vec![Fault {
        pointer: "/held_on".into(),
        code: "not_in_the_cohort",
        detail: Text::new(
            format!("Angkatan ini berlangsung {first} sampai {last}: pilih hari di antaranya, atau ubah harinya dulu."),
            format!("The cohort is from {first} to {last}: choose a day of these, or change the cohort's days first."),
        ),
    }]))
}

/// Makes a session.
///
/// # Errors
/// [`Error::NotFound`] for an unknown cohort; [`Error::Invalid`] for a day that is none of the cohort's;
/// [`Conflict::TooManySessions`].
pub fn create(act: &mut Act<'_>, cohort_id: CohortId, new: NewSession) -> Result<Session> {
    let cohort = cohort::find(act.conn, cohort_id)?.ok_or(Error::NotFound)?;
    let held_on = new.held_on.to_string();
    check_day(&cohort, &held_on)?;
    if session::count(act.conn, cohort_id)? >= MOST {
        return Err(Conflict::TooManySessions.into());
    }
    let made = Session {
        id: act.ids.next(act.now),
        cohort_id,
        topic: new.topic,
        title: new.title,
        held_on,
        version: 1,
        created_at: act.now,
    };
    session::insert(act.conn, &made)?;
    act.audit("session.create", made.id, &(cohort_id, made.topic, &made.title, &made.held_on))?;
    Ok(made)
}

/// One session of a cohort, with who attended it.
///
/// # Errors
/// [`Error::NotFound`].
pub fn find(conn: &mut Conn, cohort: CohortId, id: SessionId) -> Result<Held> {
    let session = session::find(conn, cohort, id)?.ok_or(Error::NotFound)?;
    Ok(Held { session, attended: session::attended(conn, &[id])? })
}

/// Changes a session that stands at `version`. Who attended stays.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Stale`]; [`Error::Invalid`] for a day that is none of the cohort's.
pub fn change(act: &mut Act<'_>, cohort_id: CohortId, id: SessionId, version: i64, change: Change) -> Result<Held> {
    let Held { mut session, attended } = find(act.conn, cohort_id, id)?;
    session.version = next_version(session.version, version)?;
    if let Some(day) = change.held_on {
        let cohort = cohort::find(act.conn, cohort_id)?.ok_or(Error::NotFound)?;
        session.held_on = day.to_string();
        check_day(&cohort, &session.held_on)?;
    }
    if let Some(topic) = change.topic {
        session.topic = topic;
    }
    if let Some(title) = change.title {
        session.title = title;
    }
    if !session::update(act.conn, &session)? {
        return Err(Error::Stale);
    }
    act.audit("session.change", id, &(cohort_id, session.topic, &session.title, &session.held_on))?;
    Ok(Held { session, attended })
}

/// Takes away a session that stands at `version` and that nobody attended. Where attendance is noted it is what owners have to
/// show: whoever means it notes first that nobody came, and the record keeps both.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Stale`]; [`Conflict::SessionAttended`].
pub fn delete(act: &mut Act<'_>, cohort: CohortId, id: SessionId, version: i64) -> Result<()> {
    let Held { session, attended } = find(act.conn, cohort, id)?;
    next_version(session.version, version)?;
    if !attended.is_empty() {
        return Err(Conflict::SessionAttended.into());
    }
    if !session::delete(act.conn, id, session.version)? {
        return Err(Error::Stale);
    }
    act.audit("session.delete", id, &(cohort, session.topic, &session.title, &session.held_on))
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
    for one in &held {
        // A topic that reached nobody is one to look at.
        by_topic.entry(one.session.topic).or_default();
    }
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
