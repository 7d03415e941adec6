//! Rubrics and their versions.

use diesel::prelude::*;

use super::conn::Conn;
use super::error::Result;
use super::schema::{rubric_versions, rubrics};
use super::seek::{Page, Seek, cut};
use crate::domain::id::RubricId;
use crate::domain::life::RubricState;
use crate::domain::time::Instant;

/// A rubric.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = rubrics)]
pub struct Rubric {
    /// The id.
    pub id: RubricId,
    /// The number of its newest version.
    pub latest: i32,
    /// Rises with each change.
    pub version: i32,
    /// When it was made.
    pub created_at: Instant,
}

/// One version of a rubric.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = rubric_versions)]
pub struct RubricVersion {
    /// The rubric.
    pub rubric_id: RubricId,
    /// Its number, from 1.
    pub number: i32,
    /// Where it stands.
    pub state: RubricState,
    /// Canonical JSON of `domain::rubric::Rubric`.
    pub document: String,
    /// Who wrote it.
    pub created_by: String,
    /// When.
    pub created_at: Instant,
    /// When it was published.
    pub published_at: Option<Instant>,
}

/// Adds a rubric with its first version.
pub fn insert(conn: &mut Conn, rubric: &Rubric, first: &RubricVersion) -> Result<()> {
    diesel::insert_into(rubrics::table).values(rubric).execute(conn)?;
    diesel::insert_into(rubric_versions::table).values(first).execute(conn)?;
    Ok(())
}

/// Adds a further version over `rubric.version - 1`; false when somebody was faster.
pub fn insert_version(conn: &mut Conn, rubric: &Rubric, version: &RubricVersion) -> Result<bool> {
    let changed = diesel::update(rubrics::table.find(rubric.id).filter(rubrics::version.eq(rubric.version - 1)))
        .set((rubrics::latest.eq(rubric.latest), rubrics::version.eq(rubric.version)))
        .execute(conn)?;
    if changed == 1 {
        diesel::insert_into(rubric_versions::table).values(version).execute(conn)?;
    }
    Ok(changed == 1)
}

/// One rubric.
pub fn find(conn: &mut Conn, id: RubricId) -> Result<Option<Rubric>> {
    Ok(rubrics::table.find(id).select(Rubric::as_select()).first(conn).optional()?)
}

/// A page of rubrics, oldest first.
pub fn page(conn: &mut Conn, seek: &Seek<RubricId>, limit: i64) -> Result<Page<Rubric>> {
    let query = rubrics::table.select(Rubric::as_select()).into_boxed();
    Ok(cut!(conn, query, rubrics::id, ascending, seek, limit))
}

/// One version.
pub fn version(conn: &mut Conn, id: RubricId, number: i32) -> Result<Option<RubricVersion>> {
    Ok(rubric_versions::table.find((id, number)).select(RubricVersion::as_select()).first(conn).optional()?)
}

/// All versions of a rubric, oldest first.
pub fn versions(conn: &mut Conn, id: RubricId) -> Result<Vec<RubricVersion>> {
    Ok(rubric_versions::table
        .filter(rubric_versions::rubric_id.eq(id))
        .order(rubric_versions::number)
        .select(RubricVersion::as_select())
        .load(conn)?)
}

/// The version that new assessments are made under: the published one that was published last.
pub fn current(conn: &mut Conn) -> Result<Option<RubricVersion>> {
    Ok(rubric_versions::table
        .filter(rubric_versions::state.eq(RubricState::Published))
        .order((
            rubric_versions::published_at.desc(),
            rubric_versions::rubric_id.desc(),
            rubric_versions::number.desc(),
        ))
        .select(RubricVersion::as_select())
        .first(conn)
        .optional()?)
}

/// Which version that is.
pub fn current_number(conn: &mut Conn) -> Result<Option<(RubricId, i32)>> {
    Ok(rubric_versions::table
        .filter(rubric_versions::state.eq(RubricState::Published))
        .order((
            rubric_versions::published_at.desc(),
            rubric_versions::rubric_id.desc(),
            rubric_versions::number.desc(),
        ))
        .select((rubric_versions::rubric_id, rubric_versions::number))
        .first(conn)
        .optional()?)
}

/// Every published or retired version: those that assessments may stand under.
pub fn in_use(conn: &mut Conn) -> Result<Vec<RubricVersion>> {
    Ok(rubric_versions::table
        .filter(rubric_versions::state.ne(RubricState::Draft))
        .select(RubricVersion::as_select())
        .load(conn)?)
}

/// Publishes a draft; false when it is no draft.
pub fn publish(conn: &mut Conn, id: RubricId, number: i32, now: Instant) -> Result<bool> {
    let changed =
        diesel::update(rubric_versions::table.find((id, number)).filter(rubric_versions::state.eq(RubricState::Draft)))
            .set((rubric_versions::state.eq(RubricState::Published), rubric_versions::published_at.eq(now)))
            .execute(conn)?;
    Ok(changed == 1)
}
