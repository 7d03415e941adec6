//! Which list of a criteria set an account has seen last.

use diesel::prelude::*;

use super::conn::Conn;
use super::error::Result;
use super::schema::list_visits;
use crate::domain::id::{CriteriaId, MatchListId, UserId};
use crate::domain::time::Instant;

/// A visit.
#[derive(Clone, Copy, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = list_visits)]
pub struct Visit {
    /// Who.
    pub user_id: UserId,
    /// Of which criteria set.
    pub criteria_id: CriteriaId,
    /// Which list.
    pub list_id: MatchListId,
    /// When.
    pub at: Instant,
}

/// The last visit of an account to the lists of a criteria set.
pub fn last(conn: &mut Conn, user: UserId, criteria: CriteriaId) -> Result<Option<Visit>> {
    Ok(list_visits::table.find((user, criteria)).select(Visit::as_select()).first(conn).optional()?)
}

/// Puts a visit in the place of the one before.
pub fn put(conn: &mut Conn, visit: Visit) -> Result<()> {
    diesel::delete(list_visits::table.find((visit.user_id, visit.criteria_id))).execute(conn)?;
    diesel::insert_into(list_visits::table).values(visit).execute(conn)?;
    Ok(())
}
