//! What is reported about matches.

use diesel::prelude::*;

use super::conn::{Conn, on_both};
use super::error::Result;
use super::schema::{match_reports, matches, ventures};
use crate::domain::id::{MatchId, MatchReportId, UserId};
use crate::domain::match_life::{MatchState, Side};
use crate::domain::time::Instant;
use crate::store::matches::Match;

/// A report.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = match_reports, treat_none_as_default_value = false)]
pub struct MatchReport {
    /// The id.
    pub id: MatchReportId,
    /// About which match.
    pub match_id: MatchId,
    /// By which side.
    pub side: Side,
    /// By which account.
    pub user_id: UserId,
    /// When.
    pub at: Instant,
    /// Whether the business is going, as far as that was said.
    pub is_going: Option<bool>,
    /// The words, encrypted.
    pub sealed: Vec<u8>,
}

/// Adds a report.
pub fn insert(conn: &mut Conn, report: &MatchReport) -> Result<()> {
    on_both!(conn, c => diesel::insert_into(match_reports::table).values(report).execute(c))?;
    Ok(())
}

/// The reports about a match, the oldest first.
pub fn of(conn: &mut Conn, id: MatchId) -> Result<Vec<MatchReport>> {
    let query =
        match_reports::table.filter(match_reports::match_id.eq(id)).order((match_reports::at, match_reports::id));
    Ok(query.select(MatchReport::as_select()).load(conn)?)
}

/// Matches that were fulfilled by a time, each with when it was last reported about; not of ventures that were erased.
pub fn fulfilled(conn: &mut Conn, by: Instant) -> Result<Vec<(Match, Option<Instant>)>> {
    let alive = ventures::table.filter(ventures::erased_at.is_null()).select(ventures::id);
    let done = matches::table
        .filter(matches::state.eq(MatchState::Fulfilled))
        .filter(matches::moved_at.le(by))
        .filter(matches::venture_id.eq_any(alive));
    let done: Vec<Match> = done.order(matches::id).select(Match::as_select()).load(conn)?;
    let mut all = Vec::with_capacity(done.len());
    for chunk in done.chunks(500) {
        let ids: Vec<MatchId> = chunk.iter().map(|found| found.id).collect();
        let told = match_reports::table.filter(match_reports::match_id.eq_any(ids)).order(match_reports::at);
        let told: Vec<(MatchId, Instant)> = told.select((match_reports::match_id, match_reports::at)).load(conn)?;
        let last: std::collections::HashMap<MatchId, Instant> = told.into_iter().collect();
        all.extend(chunk.iter().map(|found| (found.clone(), last.get(&found.id).copied())));
    }
    Ok(all)
}
