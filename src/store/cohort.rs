//! Cohorts.

use diesel::prelude::*;

use super::conn::Conn;
use super::error::Result;
use super::schema::cohorts;
use super::seek::{Page, Seek, cut};
use crate::domain::id::CohortId;
use crate::domain::time::Instant;

/// One workshop or intake.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = cohorts)]
pub struct Cohort {
    /// The id.
    pub id: CohortId,
    /// Its name.
    pub name: String,
    /// First day, `YYYY-MM-DD`.
    pub starts_on: String,
    /// Last day, `YYYY-MM-DD`.
    pub ends_on: String,
    /// Rises with each change.
    pub version: i32,
    /// When it was made.
    pub created_at: Instant,
}

/// Adds a cohort.
pub fn insert(conn: &mut Conn, cohort: &Cohort) -> Result<()> {
    diesel::insert_into(cohorts::table).values(cohort).execute(conn)?;
    Ok(())
}

/// One cohort.
pub fn find(conn: &mut Conn, id: CohortId) -> Result<Option<Cohort>> {
    Ok(cohorts::table.find(id).select(Cohort::as_select()).first(conn).optional()?)
}

/// A page of cohorts, newest first.
pub fn page(conn: &mut Conn, seek: &Seek<CohortId>, limit: i64) -> Result<Page<Cohort>> {
    let query = cohorts::table.select(Cohort::as_select()).into_boxed();
    Ok(cut!(conn, query, cohorts::id, descending, seek, limit))
}

/// Stores a changed cohort over `cohort.version - 1`; false when somebody was faster.
pub fn update(conn: &mut Conn, cohort: &Cohort) -> Result<bool> {
    let changed = diesel::update(cohorts::table.find(cohort.id).filter(cohorts::version.eq(cohort.version - 1)))
        .set((
            cohorts::name.eq(&cohort.name),
            cohorts::starts_on.eq(&cohort.starts_on),
            cohorts::ends_on.eq(&cohort.ends_on),
            cohorts::version.eq(cohort.version),
        ))
        .execute(conn)?;
    Ok(changed == 1)
}
