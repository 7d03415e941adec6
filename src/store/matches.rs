//! Matches: one investor and one venture, from a line on a published list to its end.

use diesel::prelude::*;

use super::conn::{Conn, on_both};
use super::error::Result;
use super::schema::{match_lists, matches, ventures};
use super::seek::{Page, Seek, cut};
use crate::domain::deadline::CALL_DAYS;
use crate::domain::id::{CohortId, InvestorId, MatchId, MatchListId, VentureId};
use crate::domain::life::ListState;
use crate::domain::match_life::{MatchState, Side};
use crate::domain::time::Instant;

/// A match.
#[derive(Clone, Debug, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = matches, treat_none_as_default_value = false, treat_none_as_null = true)]
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
    /// What the investor asks for an introduction with, encrypted: [`crate::domain::terms::Terms`].
    pub terms: Option<Vec<u8>>,
    /// What the investor says is to be given, encrypted: [`crate::domain::terms::Pledge`].
    pub pledge: Option<Vec<u8>>,
    /// What came of it, encrypted.
    pub outcome: Option<Vec<u8>>,
    /// Since when a request waits for its turn; none when it does not.
    pub queued_at: Option<Instant>,
    /// When the request came, or when its turn came.
    pub requested_at: Option<Instant>,
    /// When staff let it through to the owner. Before that the owner knows nothing of it.
    pub asked_at: Option<Instant>,
    /// When the owner was reached.
    pub reached_at: Option<Instant>,
    /// From when on the contact data may be seen.
    pub crosses_at: Option<Instant>,
    /// When the investor last said that they are in contact.
    pub investor_tap_at: Option<Instant>,
    /// When the owner last said so.
    pub owner_tap_at: Option<Instant>,
    /// When the owner said that it has been received.
    pub received_at: Option<Instant>,
    /// When something is expected of somebody.
    pub due_at: Option<Instant>,
    /// When it ends if nothing comes. Says nothing while the match is suspended.
    pub expires_at: Option<Instant>,
    /// By when the investor is to delete contact data of an introduction that has ended.
    pub delete_by: Option<Instant>,
    /// When the investor said that it is deleted.
    pub deleted_at: Option<Instant>,
    /// Which side ended it.
    pub ended_by: Option<Side>,
    /// How far it has ever come on the way to support that was given.
    pub furthest: MatchState,
    /// When the owner is reminded next. Says nothing while the match is suspended.
    pub remind_at: Option<Instant>,
}

impl Match {
    /// A match as a list suggests it.
    pub const fn suggested(
        id: MatchId,
        investor_id: InvestorId,
        venture_id: VentureId,
        list_id: MatchListId,
        now: Instant,
    ) -> Self {
        Self {
            id,
            investor_id,
            venture_id,
            list_id,
            state: MatchState::Suggested,
            before: None,
            reason: None,
            version: 1,
            created_at: now,
            moved_at: now,
            terms: None,
            pledge: None,
            outcome: None,
            queued_at: None,
            requested_at: None,
            asked_at: None,
            reached_at: None,
            crosses_at: None,
            investor_tap_at: None,
            owner_tap_at: None,
            received_at: None,
            due_at: None,
            expires_at: None,
            delete_by: None,
            deleted_at: None,
            ended_by: None,
            furthest: MatchState::Suggested,
            remind_at: None,
        }
    }
}

/// The states in which a match can end by its deadline.
const CAN_EXPIRE: [MatchState; 3] = [MatchState::AwaitingOwner, MatchState::Introduced, MatchState::InDiscussion];

/// The states in which something is due.
const DUE: [MatchState; 4] =
    [MatchState::Requested, MatchState::AwaitingOwner, MatchState::Introduced, MatchState::InDiscussion];

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

/// The matches of a venture that its owner was asked about, newest first.
pub fn asked_of(conn: &mut Conn, venture: VentureId) -> Result<Vec<Match>> {
    let query = matches::table.filter(matches::venture_id.eq(venture)).filter(matches::asked_at.is_not_null());
    Ok(query.order(matches::id.desc()).select(Match::as_select()).load(conn)?)
}

/// The open matches that owners know of.
pub fn asked_and_open(conn: &mut Conn) -> Result<Vec<Match>> {
    let open = MatchState::ALL.iter().copied().filter(|state| state.is_open());
    let query = matches::table.filter(matches::asked_at.is_not_null()).filter(matches::state.eq_any(open));
    Ok(query.order(matches::id).select(Match::as_select()).load(conn)?)
}

/// How far the matches of a cohort's ventures, or of all, have come, and where they stand.
pub fn ways(conn: &mut Conn, cohort: Option<CohortId>) -> Result<Vec<(VentureId, MatchState, MatchState)>> {
    let mut query = matches::table
        .inner_join(ventures::table.on(ventures::id.eq(matches::venture_id)))
        .select((matches::venture_id, matches::furthest, matches::state))
        .into_boxed();
    if let Some(cohort) = cohort {
        query = query.filter(ventures::cohort_id.eq(cohort));
    }
    Ok(query.load(conn)?)
}

/// The matches about which somebody may owe something by now: a deadline has passed, or staff are to look at them.
pub fn with_tasks(conn: &mut Conn, now: Instant) -> Result<Vec<Match>> {
    // An owner is called before the time to answer is over; who else is owed something only after theirs is.
    let nearly_over = matches::expires_at.le(now.plus_days(CALL_DAYS)).assume_not_null();
    let unanswered = matches::state.eq(MatchState::AwaitingOwner).and(nearly_over);
    let late = matches::due_at.le(now).assume_not_null().and(matches::state.eq_any(DUE));
    let to_delete = matches::delete_by.le(now).assume_not_null().and(matches::deleted_at.is_null());
    let received = matches::state.eq(MatchState::Committed).and(matches::received_at.is_not_null());
    let stopped = matches::state.eq(MatchState::Suspended);
    let query = matches::table.filter(late.or(unanswered).or(to_delete).or(received).or(stopped)).order(matches::id);
    Ok(query.select(Match::as_select()).load(conn)?)
}

/// How many matches of an investor take one of the introductions it can carry.
pub fn carried(conn: &mut Conn, investor: InvestorId, now: Instant) -> Result<i64> {
    let states = || MatchState::ALL.iter().copied().filter(|state| state.is_carried());
    let open = matches::state.eq_any(states()).and(matches::expires_at.is_null().or(matches::expires_at.gt(now)));
    let stopped = matches::state.eq(MatchState::Suspended).and(matches::before.eq_any(states()));
    let query = matches::table.filter(matches::investor_id.eq(investor));
    Ok(query.filter(open.or(stopped.assume_not_null())).count().get_result(conn)?)
}

/// How many open requests a venture has; those that wait for their turn do not count.
pub fn open_requests(conn: &mut Conn, venture: VentureId, now: Instant) -> Result<i64> {
    let states = || MatchState::ALL.iter().copied().filter(|state| state.is_request());
    let open = matches::state.eq_any(states()).and(matches::expires_at.is_null().or(matches::expires_at.gt(now)));
    let stopped = matches::state.eq(MatchState::Suspended).and(matches::before.eq_any(states()));
    let query = matches::table.filter(matches::venture_id.eq(venture)).filter(matches::queued_at.is_null());
    Ok(query.filter(open.or(stopped.assume_not_null())).count().get_result(conn)?)
}

/// The requests that wait for their turn with a venture, the earliest first.
pub fn queued(conn: &mut Conn, venture: VentureId) -> Result<Vec<Match>> {
    let query = matches::table
        .filter(matches::venture_id.eq(venture))
        .filter(matches::state.eq(MatchState::Requested))
        .filter(matches::queued_at.is_not_null());
    Ok(query.order((matches::queued_at, matches::id)).select(Match::as_select()).load(conn)?)
}

/// The ventures with whom requests of an investor wait for their turn.
pub fn queued_at(conn: &mut Conn, investor: InvestorId) -> Result<Vec<VentureId>> {
    let query = matches::table
        .filter(matches::investor_id.eq(investor))
        .filter(matches::state.eq(MatchState::Requested))
        .filter(matches::queued_at.is_not_null());
    Ok(query.select(matches::venture_id).distinct().order(matches::venture_id).load(conn)?)
}

/// Up to `limit` matches whose time is up, the earliest first.
pub fn expired(conn: &mut Conn, now: Instant, limit: i64) -> Result<Vec<Match>> {
    let query = matches::table.filter(matches::expires_at.le(now)).filter(matches::state.eq_any(CAN_EXPIRE));
    Ok(query.order((matches::expires_at, matches::id)).limit(limit).select(Match::as_select()).load(conn)?)
}

/// Up to `limit` matches whose owner is to be reminded, those first that have waited longest.
pub fn to_remind(conn: &mut Conn, now: Instant, limit: i64) -> Result<Vec<Match>> {
    let in_time = matches::expires_at.is_null().or(matches::expires_at.gt(now));
    let query = matches::table
        .filter(matches::remind_at.le(now))
        .filter(matches::state.eq_any(CAN_EXPIRE))
        .filter(in_time.assume_not_null());
    Ok(query.order((matches::remind_at, matches::id)).limit(limit).select(Match::as_select()).load(conn)?)
}

/// Notes when the owner of a match is reminded next. The match itself stays as it is, and so does its version.
pub fn remind_at(conn: &mut Conn, id: MatchId, next: Option<Instant>) -> Result<()> {
    diesel::update(matches::table.find(id)).set(matches::remind_at.eq(next)).execute(conn)?;
    Ok(())
}

/// What a page of matches is filtered by.
#[derive(Clone, Debug)]
pub struct Filter {
    /// Only of this investor.
    pub investor: Option<InvestorId>,
    /// Only in this state …
    pub state: Option<MatchState>,
    /// … as it stands at this time: what is over time counts as expired before anybody has swept it up.
    pub now: Instant,
}

/// A page of matches, newest first.
pub fn page(conn: &mut Conn, filter: &Filter, seek: &Seek<MatchId>, limit: i64) -> Result<Page<Match>> {
    let mut query = matches::table.select(Match::as_select()).into_boxed();
    if let Some(investor) = filter.investor {
        query = query.filter(matches::investor_id.eq(investor));
    }
    match filter.state {
        None => {}
        Some(MatchState::Expired) => {
            let over = matches::expires_at.le(filter.now).and(matches::state.eq_any(CAN_EXPIRE));
            query = query.filter(matches::state.eq(MatchState::Expired).or(over.assume_not_null()));
        }
        Some(state) if CAN_EXPIRE.contains(&state) => {
            let in_time = matches::expires_at.is_null().or(matches::expires_at.gt(filter.now));
            query = query.filter(matches::state.eq(state).and(in_time.assume_not_null()));
        }
        Some(state) => query = query.filter(matches::state.eq(state)),
    }
    Ok(cut!(conn, query, matches::id, descending, seek, limit))
}

/// Stores a changed match over `found.version - 1`; false when somebody was faster.
pub fn update(conn: &mut Conn, found: &Match) -> Result<bool> {
    let row = matches::table.find(found.id).filter(matches::version.eq(found.version - 1));
    Ok(diesel::update(row).set(found).execute(conn)? == 1)
}

/// Published lists that have suggested nothing: those of a time before there were matches.
pub fn lists_without(conn: &mut Conn) -> Result<Vec<MatchListId>> {
    Ok(match_lists::table
        .filter(match_lists::state.eq(ListState::Published))
        .filter(match_lists::entries_total.gt(0))
        .filter(match_lists::suggested_at.is_null())
        .order(match_lists::id)
        .select(match_lists::id)
        .load(conn)?)
}

/// Notes that a list has made its suggestions.
pub fn note_suggested(conn: &mut Conn, list: MatchListId, now: Instant) -> Result<()> {
    diesel::update(match_lists::table.find(list)).set(match_lists::suggested_at.eq(now)).execute(conn)?;
    Ok(())
}
