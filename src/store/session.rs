//! Sessions of a cohort, and who attended them.

use diesel::prelude::*;

use super::conn::{Conn, on_both};
use super::error::Result;
use super::schema::{attendances, participants, sessions};
use crate::domain::id::{CohortId, ParticipantId, SessionId, VentureId};
use crate::domain::rubric::Topic;
use crate::domain::time::Instant;
use crate::domain::venture::Attendance;

/// A session.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = sessions)]
pub struct Session {
    /// The id.
    pub id: SessionId,
    /// Of which cohort.
    pub cohort_id: CohortId,
    /// What it taught.
    pub topic: Topic,
    /// What it was called.
    pub title: String,
    /// The day, `YYYY-MM-DD`.
    pub held_on: String,
    /// Rises with each change.
    pub version: i32,
    /// When it was made.
    pub created_at: Instant,
}

/// Somebody at a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = attendances)]
pub struct Attended {
    /// The session.
    pub session_id: SessionId,
    /// The person.
    pub participant_id: ParticipantId,
    /// How.
    pub attendance: Attendance,
}

/// Adds a session.
pub fn insert(conn: &mut Conn, session: &Session) -> Result<()> {
    diesel::insert_into(sessions::table).values(session).execute(conn)?;
    Ok(())
}

/// One session of a cohort.
pub fn find(conn: &mut Conn, cohort: CohortId, id: SessionId) -> Result<Option<Session>> {
    let query = sessions::table.find(id).filter(sessions::cohort_id.eq(cohort));
    Ok(query.select(Session::as_select()).first(conn).optional()?)
}

/// The sessions of a cohort, or of all, by day.
pub fn all(conn: &mut Conn, cohort: Option<CohortId>) -> Result<Vec<Session>> {
    let mut query = sessions::table.select(Session::as_select()).into_boxed();
    if let Some(cohort) = cohort {
        query = query.filter(sessions::cohort_id.eq(cohort));
    }
    Ok(query.order((sessions::held_on, sessions::id)).load(conn)?)
}

/// How many sessions a cohort has.
pub fn count(conn: &mut Conn, cohort: CohortId) -> Result<i64> {
    Ok(sessions::table.filter(sessions::cohort_id.eq(cohort)).count().get_result(conn)?)
}

/// Stores a changed session over `session.version - 1`; false when somebody was faster.
pub fn update(conn: &mut Conn, session: &Session) -> Result<bool> {
    let stands = sessions::table.find(session.id).filter(sessions::version.eq(session.version - 1));
    let set = (
        sessions::topic.eq(session.topic),
        sessions::title.eq(&session.title),
        sessions::held_on.eq(&session.held_on),
        sessions::version.eq(session.version),
    );
    Ok(diesel::update(stands).set(set).execute(conn)? == 1)
}

/// Takes a session that nobody attended away, if it stands at `version`; false when it does not.
pub fn delete(conn: &mut Conn, id: SessionId, version: i32) -> Result<bool> {
    let stands = sessions::table.find(id).filter(sessions::version.eq(version));
    Ok(diesel::delete(stands).execute(conn)? == 1)
}

/// Who attended these sessions, by session and person.
pub fn attended(conn: &mut Conn, ids: &[SessionId]) -> Result<Vec<Attended>> {
    let query = attendances::table.filter(attendances::session_id.eq_any(ids));
    let query = query.order((attendances::session_id, attendances::participant_id));
    Ok(query.select(Attended::as_select()).load(conn)?)
}

/// The sessions that the people of a venture attended, by day.
pub fn of_venture(conn: &mut Conn, venture: VentureId) -> Result<Vec<(Session, Attendance)>> {
    let people = participants::table.filter(participants::venture_id.eq(venture)).select(participants::id);
    Ok(attendances::table
        .inner_join(sessions::table.on(sessions::id.eq(attendances::session_id)))
        .filter(attendances::participant_id.eq_any(people))
        .order((sessions::held_on, sessions::id, attendances::participant_id))
        .select((Session::as_select(), attendances::attendance))
        .load(conn)?)
}

/// Puts those who attended a session in the place of those noted before, over `session.version - 1`; false when somebody was
/// faster.
pub fn put_attended(conn: &mut Conn, session: &Session, all: &[Attended]) -> Result<bool> {
    let stands = sessions::table.find(session.id).filter(sessions::version.eq(session.version - 1));
    if diesel::update(stands).set(sessions::version.eq(session.version)).execute(conn)? == 0 {
        return Ok(false);
    }
    diesel::delete(attendances::table.filter(attendances::session_id.eq(session.id))).execute(conn)?;
    for chunk in all.chunks(500) {
        on_both!(conn, c => diesel::insert_into(attendances::table).values(chunk).execute(c))?;
    }
    Ok(true)
}
