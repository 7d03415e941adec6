//! Matches: one investor and one venture, from a line on a published list to its end.

use diesel::prelude::*;

use super::conn::{Conn, on_both};
use super::error::Result;
use super::schema::{match_lists, matches};
use super::seek::{Page, Seek, cut};
use crate::domain::id::{InvestorId, MatchId, MatchListId, VentureId};
use crate::domain::life::ListState;
use crate::domain::match_life::MatchState;
use crate::domain::time::Instant;

/// A match.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = matches, treat_none_as_default_value = false)]
pub struct Match {
    /// The id.
    pub id: MatchId,
    /// Who was suggested a venture …
    pub investor_id: InvestorId,
    /// … and which.
    pub venture_id: VentureId,
    /// The newest list that suggested it.
    pub list_id: MatchListId,
    /// Where it stands.
    pub state: MatchState,
    /// The state that a suspended match left.
    pub before: Option<MatchState>,
    /// Why it was dismissed, encrypted.
    pub reason: Option<Vec<u8>>,
    /// Rises with each move.
    pub version: i32,
    /// When it was suggested.
    pub created_at: Instant,
    /// When it came to stand where it stands.
    pub moved_at: Instant,
}

/// Adds matches.
pub fn insert(conn: &mut Conn, all: &[Match]) -> Result<()> {
    for chunk in all.chunks(500) {
        on_both!(conn, c => diesel::insert_into(matches::table).values(chunk).execute(c))?;
    }
    Ok(())
}

/// One match.
pub fn find(conn: &mut Conn, id: MatchId) -> Result<Option<Match>> {
    Ok(matches::table.find(id).select(Match::as_select()).first(conn).optional()?)
}

/// All matches of an investor, oldest first.
pub fn of_investor(conn: &mut Conn, investor: InvestorId) -> Result<Vec<Match>> {
    let query = matches::table.filter(matches::investor_id.eq(investor)).order(matches::id);
    Ok(query.select(Match::as_select()).load(conn)?)
}

/// All matches of a venture, oldest first.
pub fn of_venture(conn: &mut Conn, venture: VentureId) -> Result<Vec<Match>> {
    let query = matches::table.filter(matches::venture_id.eq(venture)).order(matches::id);
    Ok(query.select(Match::as_select()).load(conn)?)
}

/// What a page of matches is filtered by.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Only of this investor.
    pub investor: Option<InvestorId>,
    /// Only in this state.
    pub state: Option<MatchState>,
}

/// A page of matches, newest first.
pub fn page(conn: &mut Conn, filter: &Filter, seek: &Seek<MatchId>, limit: i64) -> Result<Page<Match>> {
    let mut query = matches::table.select(Match::as_select()).into_boxed();
    if let Some(investor) = filter.investor {
        query = query.filter(matches::investor_id.eq(investor));
    }
    if let Some(state) = filter.state {
        query = query.filter(matches::state.eq(state));
    }
    Ok(cut!(conn, query, matches::id, descending, seek, limit))
}

/// Stores where a match stands over `found.version - 1`; false when somebody was faster.
pub fn update(conn: &mut Conn, found: &Match) -> Result<bool> {
    let changed = diesel::update(matches::table.find(found.id).filter(matches::version.eq(found.version - 1)))
        .set((
            matches::list_id.eq(found.list_id),
            matches::state.eq(found.state),
            matches::before.eq(found.before),
            matches::reason.eq(&found.reason),
            matches::version.eq(found.version),
            matches::moved_at.eq(found.moved_at),
        ))
        .execute(conn)?;
    Ok(changed == 1)
}

/// Published lists that have suggested nothing: those of a time before there were matches.
pub fn lists_without(conn: &mut Conn) -> Result<Vec<MatchListId>> {
    let suggested = matches::table.select(matches::list_id);
    Ok(match_lists::table
        .filter(match_lists::state.eq(ListState::Published))
        .filter(match_lists::entries_total.gt(0))
        .filter(match_lists::id.ne_all(suggested))
        .order(match_lists::id)
        .select(match_lists::id)
        .load(conn)?)
}
