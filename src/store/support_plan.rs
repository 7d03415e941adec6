//! Support plans: one for each venture.

use diesel::prelude::*;

use super::conn::Conn;
use super::error::Result;
use super::schema::support_plans;
use crate::domain::id::VentureId;
use crate::domain::time::Instant;

/// A plan, as stored.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = support_plans)]
pub struct SupportPlan {
    /// Whose.
    pub venture_id: VentureId,
    /// Steps and visits, encrypted.
    pub sealed: Vec<u8>,
    /// Whether a step is still to be done.
    pub is_open: bool,
    /// Rises with each change.
    pub version: i32,
    /// When it last changed.
    pub updated_at: Instant,
    /// The last day of a visit that nobody has written about.
    pub visits_until: Option<String>,
}

/// The plan of a venture.
pub fn find(conn: &mut Conn, venture: VentureId) -> Result<Option<SupportPlan>> {
    Ok(support_plans::table.find(venture).select(SupportPlan::as_select()).first(conn).optional()?)
}

/// Puts a plan in the place of the one before.
pub fn put(conn: &mut Conn, plan: &SupportPlan) -> Result<()> {
    diesel::delete(support_plans::table.find(plan.venture_id)).execute(conn)?;
    diesel::insert_into(support_plans::table).values(plan).execute(conn)?;
    Ok(())
}

/// The ventures with a plan in which something is still to come: a step, or a visit on this day or later.
pub fn open(conn: &mut Conn, today: &str) -> Result<Vec<VentureId>> {
    let to_come = support_plans::visits_until.ge(today.to_owned()).assume_not_null();
    let visited = support_plans::visits_until.is_not_null().and(to_come);
    let open = support_plans::table.filter(support_plans::is_open.eq(true).or(visited));
    Ok(open.select(support_plans::venture_id).load(conn)?)
}
