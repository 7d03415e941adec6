//! Ventures and the people behind them. The empty row of one that was erased is nobody's and never found.

use diesel::prelude::*;

use super::conn::{Conn, on_both};
use super::error::Result;
use super::schema::{import_touched, participants, ventures};
use super::seek::{Page, Seek, cut};
use crate::domain::id::{CohortId, ParticipantId, VentureId};
use crate::domain::time::Instant;
use crate::domain::venture::{Attendance, ParticipantType};

/// A business, as stored.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = ventures, treat_none_as_default_value = false)]
pub struct Venture {
    /// The id.
    pub id: VentureId,
    /// The cohort it came with.
    pub cohort_id: CohortId,
    /// Its number in the cohort's papers.
    pub external_ref: String,
    /// Its name; never shown to investors before an introduction.
    pub name: String,
    /// Canonical JSON of [`crate::domain::venture::Profile`].
    pub profile: String,
    /// The encrypted private part.
    pub sealed: Vec<u8>,
    /// What an import compares to see whether anything changed.
    pub content_hash: String,
    /// Rises with each change.
    pub version: i32,
    /// When it was first stored.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
    /// Members of the profile that the owner has said, with commas between them: a sheet does not take them back.
    pub owner_said: String,
}

/// A person at a cohort, as stored.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = participants, treat_none_as_default_value = false)]
pub struct Participant {
    /// The id.
    pub id: ParticipantId,
    /// The cohort.
    pub cohort_id: CohortId,
    /// The person's number in the cohort's papers.
    pub external_ref: String,
    /// The venture this person stands for.
    pub venture_id: Option<VentureId>,
    /// How the person came to the cohort.
    pub kind: Option<ParticipantType>,
    /// How the person attended.
    pub attendance: Option<Attendance>,
    /// Whether the person is of age; unknown when not answered.
    pub adult: Option<bool>,
    /// Name, phone and e-mail, encrypted.
    pub sealed: Vec<u8>,
    /// Keyed hash of the national identity number, for duplicate detection.
    pub nik_hash: Option<String>,
    /// What an import compares to see whether anything changed.
    pub content_hash: String,
    /// Rises with each change.
    pub version: i32,
    /// When it was first stored.
    pub created_at: Instant,
}

/// Adds ventures, at most 500 in one statement.
pub fn insert_many(conn: &mut Conn, rows: &[Venture]) -> Result<()> {
    for chunk in rows.chunks(500) {
        on_both!(conn, c => diesel::insert_into(ventures::table).values(chunk).execute(c))?;
    }
    Ok(())
}

/// One venture.
pub fn find(conn: &mut Conn, id: VentureId) -> Result<Option<Venture>> {
    let alive = ventures::table.find(id).filter(ventures::erased_at.is_null());
    Ok(alive.select(Venture::as_select()).first(conn).optional()?)
}

/// Of these ventures those that were not erased.
pub fn alive(conn: &mut Conn, ids: &[VentureId]) -> Result<Vec<VentureId>> {
    let mut found = Vec::with_capacity(ids.len());
    for chunk in ids.chunks(500) {
        let alive = ventures::table.filter(ventures::id.eq_any(chunk)).filter(ventures::erased_at.is_null());
        found.extend(alive.select(ventures::id).load::<VentureId>(conn)?);
    }
    Ok(found)
}

/// These ventures, by id.
pub fn find_many(conn: &mut Conn, ids: &[VentureId]) -> Result<Vec<Venture>> {
    let mut found = Vec::with_capacity(ids.len());
    for chunk in ids.chunks(500) {
        let alive = ventures::table.filter(ventures::id.eq_any(chunk)).filter(ventures::erased_at.is_null());
        let page: Vec<Venture> = alive.select(Venture::as_select()).load(conn)?;
        found.extend(page);
    }
    Ok(found)
}

/// Of these ventures, those that may be ranked now: written by no import that is still in progress.
pub fn settled(conn: &mut Conn, ids: &[VentureId]) -> Result<Vec<Venture>> {
    let mut found = Vec::with_capacity(ids.len());
    for chunk in ids.chunks(500) {
        let page: Vec<Venture> = ventures::table
            .filter(ventures::id.eq_any(chunk))
            .filter(ventures::erased_at.is_null())
            .filter(ventures::id.ne_all(import_touched::table.select(import_touched::venture_id)))
            .select(Venture::as_select())
            .load(conn)?;
        found.extend(page);
    }
    Ok(found)
}

/// Up to `limit` ids of ventures after `after`, in order.
pub fn ids_after(conn: &mut Conn, after: Option<VentureId>, limit: i64) -> Result<Vec<VentureId>> {
    let alive = ventures::table.filter(ventures::erased_at.is_null());
    let mut query = alive.select(ventures::id).order(ventures::id).limit(limit).into_boxed();
    if let Some(after) = after {
        query = query.filter(ventures::id.gt(after));
    }
    Ok(query.load(conn)?)
}

/// The ventures of a cohort with these numbers.
pub fn by_external_refs(conn: &mut Conn, cohort: CohortId, refs: &[&str]) -> Result<Vec<Venture>> {
    Ok(ventures::table
        .filter(ventures::cohort_id.eq(cohort))
        .filter(ventures::external_ref.eq_any(refs))
        .select(Venture::as_select())
        .load(conn)?)
}

/// A page of ventures, oldest first; of one cohort or of all.
pub fn page(conn: &mut Conn, cohort: Option<CohortId>, seek: &Seek<VentureId>, limit: i64) -> Result<Page<Venture>> {
    let alive = ventures::table.filter(ventures::erased_at.is_null());
    let mut query = alive.select(Venture::as_select()).into_boxed();
    if let Some(cohort) = cohort {
        query = query.filter(ventures::cohort_id.eq(cohort));
    }
    Ok(cut!(conn, query, ventures::id, ascending, seek, limit))
}

/// Stores a changed venture over `venture.version - 1`; false when somebody was faster.
pub fn update(conn: &mut Conn, venture: &Venture) -> Result<bool> {
    let changed = diesel::update(ventures::table.find(venture.id).filter(ventures::version.eq(venture.version - 1)))
        .set((
            ventures::name.eq(&venture.name),
            ventures::profile.eq(&venture.profile),
            ventures::sealed.eq(&venture.sealed),
            ventures::content_hash.eq(&venture.content_hash),
            ventures::version.eq(venture.version),
            ventures::updated_at.eq(venture.updated_at),
            ventures::owner_said.eq(&venture.owner_said),
        ))
        .execute(conn)?;
    Ok(changed == 1)
}

/// Adds people, at most 500 in one statement.
pub fn insert_participants(conn: &mut Conn, rows: &[Participant]) -> Result<()> {
    for chunk in rows.chunks(500) {
        on_both!(conn, c => diesel::insert_into(participants::table).values(chunk).execute(c))?;
    }
    Ok(())
}

/// The people of a cohort with these numbers.
pub fn participants_by_external_refs(conn: &mut Conn, cohort: CohortId, refs: &[&str]) -> Result<Vec<Participant>> {
    Ok(participants::table
        .filter(participants::cohort_id.eq(cohort))
        .filter(participants::external_ref.eq_any(refs))
        .select(Participant::as_select())
        .load(conn)?)
}

/// A person.
pub fn participant(conn: &mut Conn, id: ParticipantId) -> Result<Option<Participant>> {
    Ok(participants::table.find(id).select(Participant::as_select()).first(conn).optional()?)
}

/// The people behind these ventures.
pub fn participants_of(conn: &mut Conn, ventures: &[VentureId]) -> Result<Vec<Participant>> {
    let mut found = Vec::new();
    for chunk in ventures.chunks(500) {
        let page: Vec<Participant> = participants::table
            .filter(participants::venture_id.eq_any(chunk))
            .order(participants::id)
            .select(Participant::as_select())
            .load(conn)?;
        found.extend(page);
    }
    Ok(found)
}

/// A page of the people of a cohort, in the order they were stored.
pub fn participants_page(
    conn: &mut Conn,
    cohort: CohortId,
    seek: &Seek<ParticipantId>,
    limit: i64,
) -> Result<Page<Participant>> {
    let query =
        participants::table.filter(participants::cohort_id.eq(cohort)).select(Participant::as_select()).into_boxed();
    Ok(cut!(conn, query, participants::id, ascending, seek, limit))
}

/// How many ventures a cohort has.
pub fn count(conn: &mut Conn, cohort: CohortId) -> Result<i64> {
    let alive = ventures::table.filter(ventures::cohort_id.eq(cohort)).filter(ventures::erased_at.is_null());
    Ok(alive.count().get_result(conn)?)
}

/// How many ventures of a cohort, or of all, were erased.
pub fn count_erased(conn: &mut Conn, cohort: Option<CohortId>) -> Result<i64> {
    let mut query = ventures::table.filter(ventures::erased_at.is_not_null()).into_boxed();
    if let Some(cohort) = cohort {
        query = query.filter(ventures::cohort_id.eq(cohort));
    }
    Ok(query.count().get_result(conn)?)
}

/// Somebody who came: to which cohort, how they attended, and the venture that they stand for.
pub struct Came {
    /// Who.
    pub person: ParticipantId,
    /// To which cohort.
    pub cohort: CohortId,
    /// How they attended, if that is known.
    pub attendance: Option<Attendance>,
    /// The venture that they stand for.
    pub venture: Option<VentureId>,
}

/// How the people of a cohort, or of all, came and attended, and whether they stand for a venture.
pub fn attendances(conn: &mut Conn, cohort: Option<CohortId>) -> Result<Vec<Came>> {
    let columns = (participants::id, participants::cohort_id, participants::attendance, participants::venture_id);
    let query = participants::table.select(columns).order(participants::id);
    let rows: Vec<(ParticipantId, CohortId, Option<Attendance>, Option<VentureId>)> = match cohort {
        Some(cohort) => query.filter(participants::cohort_id.eq(cohort)).load(conn)?,
        None => query.load(conn)?,
    };
    let came = |(person, cohort, attendance, venture)| Came { person, cohort, attendance, venture };
    Ok(rows.into_iter().map(came).collect())
}

/// How many people a cohort has.
pub fn count_participants(conn: &mut Conn, cohort: CohortId) -> Result<i64> {
    Ok(participants::table.filter(participants::cohort_id.eq(cohort)).count().get_result(conn)?)
}

/// Stores a changed person over `person.version - 1`; false when somebody was faster.
pub fn update_participant(conn: &mut Conn, person: &Participant) -> Result<bool> {
    let changed =
        diesel::update(participants::table.find(person.id).filter(participants::version.eq(person.version - 1)))
            .set((
                participants::venture_id.eq(person.venture_id),
                participants::kind.eq(person.kind),
                participants::attendance.eq(person.attendance),
                participants::adult.eq(person.adult),
                participants::sealed.eq(&person.sealed),
                participants::nik_hash.eq(&person.nik_hash),
                participants::content_hash.eq(&person.content_hash),
                participants::version.eq(person.version),
            ))
            .execute(conn)?;
    Ok(changed == 1)
}
