//! Plans of matching days.

use diesel::prelude::*;

use super::conn::Conn;
use super::error::Result;
use super::schema::allocations;
use super::seek::{Page, Seek, cut};
use crate::domain::allocation::AllocationKind;
use crate::domain::id::{AllocationId, UserId};
use crate::domain::time::Instant;

/// A plan, as stored. It never changes.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = allocations)]
pub struct Allocation {
    /// The id.
    pub id: AllocationId,
    /// What is allocated.
    pub kind: AllocationKind,
    /// What came of it: canonical JSON.
    pub result: String,
    /// Who made it.
    pub made_by: UserId,
    /// When.
    pub created_at: Instant,
}

/// Adds one.
pub fn insert(conn: &mut Conn, made: &Allocation) -> Result<()> {
    diesel::insert_into(allocations::table).values(made).execute(conn)?;
    Ok(())
}

/// One of them.
pub fn find(conn: &mut Conn, id: AllocationId) -> Result<Option<Allocation>> {
    Ok(allocations::table.find(id).select(Allocation::as_select()).first(conn).optional()?)
}

/// A page of plans, the newest first.
pub fn page(conn: &mut Conn, seek: &Seek<AllocationId>, limit: i64) -> Result<Page<Allocation>> {
    let query = allocations::table.select(Allocation::as_select()).into_boxed();
    Ok(cut!(conn, query, allocations::id, descending, seek, limit))
}
