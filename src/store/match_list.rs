//! Match lists and their entries.

use std::collections::HashMap;

use diesel::prelude::*;

use super::conn::{Conn, on_both};
use super::error::Result;
use super::schema::{match_list_entries, match_list_gaps, match_lists};
use super::seek::{Page, Seek, cut};
use crate::domain::id::{CohortId, CriteriaId, InvestorId, MatchListId, UserId, VentureId};
use crate::domain::life::ListState;
use crate::domain::time::Instant;

/// A ranked list for one criteria version over one data version.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = match_lists, treat_none_as_default_value = false)]
pub struct MatchList {
    /// The id.
    pub id: MatchListId,
    /// The criteria …
    pub criteria_id: CriteriaId,
    /// … and their version.
    pub criteria_number: i32,
    /// For whom.
    pub investor_id: InvestorId,
    /// Only ventures of this cohort.
    pub cohort_id: Option<CohortId>,
    /// Where it stands.
    pub state: ListState,
    /// The data version it was ranked over.
    pub data_version: i64,
    /// The lottery's seed.
    pub seed: String,
    /// Which engine ranked.
    pub engine_version: String,
    /// BLAKE3 of what was ranked, hex.
    pub inputs_hash: String,
    /// BLAKE3 of the lines' hashes, hex.
    pub output_hash: String,
    /// How many entries it has.
    pub entries_total: i32,
    /// Canonical JSON of the ranking's summary.
    pub summary: String,
    /// Score points that its floor gave up in all, in tenths; none without a floor.
    pub floor_price_tenths: Option<i64>,
    /// Who made it.
    pub made_by: UserId,
    /// When.
    pub created_at: Instant,
    /// Who published it.
    pub published_by: Option<UserId>,
    /// When.
    pub published_at: Option<Instant>,
    /// The list that took its place.
    pub superseded_by: Option<MatchListId>,
    /// Rises with each change.
    pub version: i32,
}

/// One line of a list.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = match_list_entries)]
pub struct Entry {
    /// The list.
    pub list_id: MatchListId,
    /// Its place, from 1.
    pub position: i32,
    /// The venture.
    pub venture_id: VentureId,
    /// The engine's result as canonical JSON.
    pub result: String,
    /// The printed card as canonical JSON.
    pub card: String,
    /// BLAKE3 of position, venture, result and card, hex.
    pub hash: String,
}

/// Where a line was erased.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = match_list_gaps)]
pub struct Gap {
    /// The list.
    pub list_id: MatchListId,
    /// Its place, from 1.
    pub position: i32,
    /// The hash of the line that stood there.
    pub hash: String,
}

/// Adds a list with what it was ranked from and its entries.
pub fn insert(conn: &mut Conn, list: &MatchList, inputs: &[u8], entries: &[Entry]) -> Result<()> {
    diesel::insert_into(match_lists::table).values((list, match_lists::inputs.eq(inputs))).execute(conn)?;
    for chunk in entries.chunks(500) {
        on_both!(conn, c => diesel::insert_into(match_list_entries::table).values(chunk).execute(c))?;
    }
    Ok(())
}

/// One list.
pub fn find(conn: &mut Conn, id: MatchListId) -> Result<Option<MatchList>> {
    Ok(match_lists::table.find(id).select(MatchList::as_select()).first(conn).optional()?)
}

/// The compressed inputs of a list.
pub fn inputs(conn: &mut Conn, id: MatchListId) -> Result<Option<Vec<u8>>> {
    Ok(match_lists::table.find(id).select(match_lists::inputs).first(conn).optional()?)
}

/// What a page of lists is filtered by.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Only of this investor.
    pub investor: Option<InvestorId>,
    /// Only in this state.
    pub state: Option<ListState>,
}

/// A page of lists, newest first.
pub fn page(conn: &mut Conn, filter: &Filter, seek: &Seek<MatchListId>, limit: i64) -> Result<Page<MatchList>> {
    let mut query = match_lists::table.select(MatchList::as_select()).into_boxed();
    if let Some(investor) = filter.investor {
        query = query.filter(match_lists::investor_id.eq(investor));
    }
    if let Some(state) = filter.state {
        query = query.filter(match_lists::state.eq(state));
    }
    Ok(cut!(conn, query, match_lists::id, descending, seek, limit))
}

/// The published list of a criteria set, if there is one.
pub fn published_for(conn: &mut Conn, criteria: CriteriaId) -> Result<Option<MatchList>> {
    Ok(match_lists::table
        .filter(match_lists::criteria_id.eq(criteria))
        .filter(match_lists::state.eq(ListState::Published))
        .select(MatchList::as_select())
        .first(conn)
        .optional()?)
}

/// The newest list that was made for criteria, published or not.
pub fn newest_for(conn: &mut Conn, criteria: CriteriaId) -> Result<Option<MatchList>> {
    Ok(match_lists::table
        .filter(match_lists::criteria_id.eq(criteria))
        .order((match_lists::created_at.desc(), match_lists::id.desc()))
        .select(MatchList::as_select())
        .first(conn)
        .optional()?)
}

/// The published lists of an investor on which a venture stands, the newest first.
pub fn published_with(conn: &mut Conn, investor: InvestorId, venture: VentureId) -> Result<Vec<MatchList>> {
    Ok(match_lists::table
        .inner_join(match_list_entries::table.on(match_list_entries::list_id.eq(match_lists::id)))
        .filter(match_lists::investor_id.eq(investor))
        .filter(match_lists::state.eq(ListState::Published))
        .filter(match_list_entries::venture_id.eq(venture))
        .order(match_lists::id.desc())
        .select(MatchList::as_select())
        .load(conn)?)
}

/// Whether a venture stands on a published list.
pub fn is_on_published(conn: &mut Conn, venture: VentureId) -> Result<bool> {
    let lines = match_lists::table
        .inner_join(match_list_entries::table.on(match_list_entries::list_id.eq(match_lists::id)))
        .filter(match_lists::state.eq(ListState::Published))
        .filter(match_list_entries::venture_id.eq(venture));
    Ok(diesel::select(diesel::dsl::exists(lines)).get_result(conn)?)
}

/// Stores where a list stands over `list.version - 1`; false when somebody was faster.
pub fn update(conn: &mut Conn, list: &MatchList) -> Result<bool> {
    let changed = diesel::update(match_lists::table.find(list.id).filter(match_lists::version.eq(list.version - 1)))
        .set((
            match_lists::state.eq(list.state),
            match_lists::published_by.eq(list.published_by),
            match_lists::published_at.eq(list.published_at),
            match_lists::superseded_by.eq(list.superseded_by),
            match_lists::version.eq(list.version),
        ))
        .execute(conn)?;
    Ok(changed == 1)
}

/// A page of entries, by position.
pub fn entries(conn: &mut Conn, id: MatchListId, seek: &Seek<i32>, limit: i64) -> Result<Page<Entry>> {
    let query =
        match_list_entries::table.filter(match_list_entries::list_id.eq(id)).select(Entry::as_select()).into_boxed();
    Ok(cut!(conn, query, match_list_entries::position, ascending, seek, limit))
}

/// The lines of a venture on lists that are or were published, the newest list first.
pub fn places(conn: &mut Conn, venture: VentureId, limit: i64) -> Result<Vec<(MatchList, Entry)>> {
    Ok(match_lists::table
        .inner_join(match_list_entries::table.on(match_list_entries::list_id.eq(match_lists::id)))
        .filter(match_list_entries::venture_id.eq(venture))
        .filter(match_lists::state.eq_any([ListState::Published, ListState::Superseded]))
        .order(match_lists::id.desc())
        .limit(limit)
        .select((MatchList::as_select(), Entry::as_select()))
        .load(conn)?)
}

/// The card of a venture on a list, canonical JSON, if it stands there.
pub fn card_of(conn: &mut Conn, id: MatchListId, venture: VentureId) -> Result<Option<String>> {
    let query = match_list_entries::table.filter(match_list_entries::list_id.eq(id));
    let query = query.filter(match_list_entries::venture_id.eq(venture)).select(match_list_entries::card);
    Ok(query.first(conn).optional()?)
}

/// The places of a list where a line was erased, by position.
pub fn gaps(conn: &mut Conn, id: MatchListId) -> Result<Vec<Gap>> {
    Ok(match_list_gaps::table
        .filter(match_list_gaps::list_id.eq(id))
        .order(match_list_gaps::position)
        .select(Gap::as_select())
        .load(conn)?)
}

/// Erases the line of a venture: only its place and its hash are kept. Whether there was one.
pub fn leave_gap(conn: &mut Conn, id: MatchListId, venture: VentureId) -> Result<bool> {
    let line = || match_list_entries::list_id.eq(id).and(match_list_entries::venture_id.eq(venture));
    let gap: Option<Gap> = match_list_entries::table
        .filter(line())
        .select((match_list_entries::list_id, match_list_entries::position, match_list_entries::hash))
        .first(conn)
        .optional()?;
    let Some(gap) = gap else { return Ok(false) };
    diesel::insert_into(match_list_gaps::table).values(&gap).execute(conn)?;
    diesel::delete(match_list_entries::table.filter(line())).execute(conn)?;
    Ok(true)
}

/// Replaces the compressed inputs of a list, and notes that the list has changed.
pub fn set_inputs(conn: &mut Conn, id: MatchListId, inputs: &[u8]) -> Result<()> {
    let change = (match_lists::inputs.eq(inputs), match_lists::version.eq(match_lists::version + 1));
    diesel::update(match_lists::table.find(id)).set(change).execute(conn)?;
    Ok(())
}

/// The lists that were made since, in whatever state.
pub fn made_since(conn: &mut Conn, since: Instant) -> Result<Vec<MatchListId>> {
    Ok(match_lists::table
        .filter(match_lists::created_at.ge(since))
        .order(match_lists::id)
        .select(match_lists::id)
        .load(conn)?)
}

/// Every venture of a list, by position.
pub fn ventures(conn: &mut Conn, id: MatchListId) -> Result<Vec<VentureId>> {
    Ok(match_list_entries::table
        .filter(match_list_entries::list_id.eq(id))
        .order(match_list_entries::position)
        .select(match_list_entries::venture_id)
        .load(conn)?)
}

/// The places of a list by venture.
pub fn places_by_venture(conn: &mut Conn, id: MatchListId) -> Result<HashMap<VentureId, i32>> {
    let query = match_list_entries::table.filter(match_list_entries::list_id.eq(id));
    let all: Vec<_> = query.select((match_list_entries::venture_id, match_list_entries::position)).load(conn)?;
    Ok(all.into_iter().collect())
}

/// The list whose place a list took, or, of a draft, the one whose place it would take.
pub fn before(conn: &mut Conn, list: &MatchList) -> Result<Option<MatchListId>> {
    if list.state == ListState::Draft {
        return Ok(published_for(conn, list.criteria_id)?.map(|published| published.id));
    }
    let query = match_lists::table.filter(match_lists::superseded_by.eq(list.id));
    Ok(query.select(match_lists::id).first(conn).optional()?)
}

/// Every place on a published list: whose list, which place, which venture.
pub fn published_places(conn: &mut Conn) -> Result<Vec<(InvestorId, i32, VentureId)>> {
    Ok(match_list_entries::table
        .inner_join(match_lists::table.on(match_lists::id.eq(match_list_entries::list_id)))
        .filter(match_lists::state.eq(ListState::Published))
        .select((match_lists::investor_id, match_list_entries::position, match_list_entries::venture_id))
        .load(conn)?)
}

/// The lists on which a venture stands, in whatever state.
pub fn with(conn: &mut Conn, venture: VentureId) -> Result<Vec<MatchListId>> {
    Ok(match_list_entries::table
        .filter(match_list_entries::venture_id.eq(venture))
        .order(match_list_entries::list_id)
        .select(match_list_entries::list_id)
        .load(conn)?)
}
