//! Breaches of personal data.

use diesel::prelude::*;

use super::conn::Conn;
use super::error::Result;
use super::schema::{incidents, matches};
use super::seek::{Page, Seek, cut};
use crate::domain::case::CaseState;
use crate::domain::id::{IncidentId, InvestorId, VentureId};
use crate::domain::time::Instant;

/// An incident.
#[derive(Clone, Debug, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = incidents, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct Incident {
    /// The id.
    pub id: IncidentId,
    /// Where it stands.
    pub state: CaseState,
    /// What happened, encrypted.
    pub what: Vec<u8>,
    /// What was done, encrypted.
    pub done: Option<Vec<u8>>,
    /// When it was found: from then on the time counts.
    pub found_at: Instant,
    /// By when authority and subjects are told.
    pub due_at: Instant,
    /// The day on which the authority was told.
    pub authority_told_on: Option<String>,
    /// The day on which those whom it concerns were told.
    pub subjects_told_on: Option<String>,
    /// When it ended.
    pub closed_at: Option<Instant>,
    /// Who wrote it down.
    pub entered_by: String,
    /// Who was last on it.
    pub handled_by: Option<String>,
    /// Rises with each change.
    pub version: i32,
    /// When it was written down.
    pub created_at: Instant,
}

/// Adds one.
pub fn insert(conn: &mut Conn, incident: &Incident) -> Result<()> {
    diesel::insert_into(incidents::table).values(incident).execute(conn)?;
    Ok(())
}

/// One of them.
pub fn find(conn: &mut Conn, id: IncidentId) -> Result<Option<Incident>> {
    Ok(incidents::table.find(id).select(Incident::as_select()).first(conn).optional()?)
}

/// A page of incidents, oldest first; only in one state, or only late ones, if told.
pub fn page(
    conn: &mut Conn,
    state: Option<CaseState>,
    late_at: Option<Instant>,
    seek: &Seek<IncidentId>,
    limit: i64,
) -> Result<Page<Incident>> {
    let mut query = incidents::table.select(Incident::as_select()).into_boxed();
    if let Some(state) = state {
        query = query.filter(incidents::state.eq(state));
    }
    if let Some(now) = late_at {
        let untold = incidents::authority_told_on.is_null().or(incidents::subjects_told_on.is_null());
        query = query.filter(incidents::closed_at.is_null()).filter(untold).filter(incidents::due_at.lt(now));
    }
    Ok(cut!(conn, query, incidents::id, ascending, seek, limit))
}

/// Stores a changed incident over `incident.version - 1`; false when somebody was faster.
pub fn update(conn: &mut Conn, incident: &Incident) -> Result<bool> {
    let row = incidents::table.find(incident.id).filter(incidents::version.eq(incident.version - 1));
    Ok(diesel::update(row).set(incident).execute(conn)? == 1)
}

/// The ventures whose contact data an investor held at some time between two: from when it crossed until the investor said that it
/// was deleted.
pub fn contact_held(conn: &mut Conn, investor: InvestorId, from: Instant, to: Instant) -> Result<Vec<VentureId>> {
    let crossed = matches::table.filter(matches::investor_id.eq(investor)).filter(matches::crosses_at.le(to));
    let held = crossed.filter(matches::deleted_at.is_null().or(matches::deleted_at.ge(from)));
    Ok(held.order(matches::venture_id).select(matches::venture_id).distinct().load(conn)?)
}
