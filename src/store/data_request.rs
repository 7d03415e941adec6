//! What owners ask about their data.

use diesel::prelude::*;

use super::conn::Conn;
use super::error::Result;
use super::schema::data_requests;
use super::seek::{Page, Seek, cut};
use crate::domain::data_request::{RequestChannel, RequestKind, RequestState};
use crate::domain::id::{DataRequestId, VentureId};
use crate::domain::time::Instant;

/// A request.
#[derive(Clone, Debug, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = data_requests, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct DataRequest {
    /// The id.
    pub id: DataRequestId,
    /// About whose data.
    pub venture_id: VentureId,
    /// What is asked.
    pub kind: RequestKind,
    /// Where it stands.
    pub state: RequestState,
    /// How it came in.
    pub channel: RequestChannel,
    /// In the owner's words, encrypted.
    pub said: Option<Vec<u8>>,
    /// What the owner is answered, encrypted.
    pub answer: Option<Vec<u8>>,
    /// When it was received: from then on the time counts.
    pub received_at: Instant,
    /// By when it is answered.
    pub due_at: Instant,
    /// When it was told that the time is nearly over.
    pub told_at: Option<Instant>,
    /// When it ended.
    pub resolved_at: Option<Instant>,
    /// Who wrote it down.
    pub entered_by: String,
    /// Who was last on it.
    pub handled_by: Option<String>,
    /// Rises with each change.
    pub version: i32,
    /// When it was written down.
    pub created_at: Instant,
    /// When what was asked stopped holding, on the owner's word.
    pub lifted_at: Option<Instant>,
}

/// Adds one.
pub fn insert(conn: &mut Conn, request: &DataRequest) -> Result<()> {
    diesel::insert_into(data_requests::table).values(request).execute(conn)?;
    Ok(())
}

/// One of them.
pub fn find(conn: &mut Conn, id: DataRequestId) -> Result<Option<DataRequest>> {
    Ok(data_requests::table.find(id).select(DataRequest::as_select()).first(conn).optional()?)
}

/// What a page of requests is filtered by.
#[derive(Clone, Debug)]
pub struct Filter {
    /// Only of this state.
    pub state: Option<RequestState>,
    /// Only of this kind.
    pub kind: Option<RequestKind>,
    /// Only those that should have been answered, or only the others …
    pub overdue: Option<bool>,
    /// … at this time.
    pub now: Instant,
}

/// A page of requests, oldest first.
pub fn page(conn: &mut Conn, filter: &Filter, seek: &Seek<DataRequestId>, limit: i64) -> Result<Page<DataRequest>> {
    let mut query = data_requests::table.select(DataRequest::as_select()).into_boxed();
    if let Some(state) = filter.state {
        query = query.filter(data_requests::state.eq(state));
    }
    if let Some(kind) = filter.kind {
        query = query.filter(data_requests::kind.eq(kind));
    }
    query = match filter.overdue {
        None => query,
        Some(true) => query.filter(data_requests::resolved_at.is_null()).filter(data_requests::due_at.lt(filter.now)),
        Some(false) => query.filter(data_requests::resolved_at.is_not_null().or(data_requests::due_at.ge(filter.now))),
    };
    Ok(cut!(conn, query, data_requests::id, ascending, seek, limit))
}

/// A page of the requests about one venture, newest first.
pub fn page_of(
    conn: &mut Conn,
    venture: VentureId,
    seek: &Seek<DataRequestId>,
    limit: i64,
) -> Result<Page<DataRequest>> {
    let of = data_requests::table.filter(data_requests::venture_id.eq(venture));
    let query = of.select(DataRequest::as_select()).into_boxed();
    Ok(cut!(conn, query, data_requests::id, descending, seek, limit))
}

/// All requests about one venture, oldest first.
pub fn of(conn: &mut Conn, venture: VentureId) -> Result<Vec<DataRequest>> {
    let of = data_requests::table.filter(data_requests::venture_id.eq(venture));
    Ok(of.order(data_requests::id).select(DataRequest::as_select()).load(conn)?)
}

/// How many requests about a venture are open.
pub fn open_of(conn: &mut Conn, venture: VentureId) -> Result<i64> {
    let of = data_requests::table.filter(data_requests::venture_id.eq(venture));
    Ok(of.filter(data_requests::resolved_at.is_null()).count().get_result(conn)?)
}

/// Of these ventures those that a request keeps off lists: an open one, or one that was granted and not lifted.
pub fn restricted(conn: &mut Conn, ventures: &[VentureId]) -> Result<Vec<VentureId>> {
    let kinds = || RequestKind::ALL.iter().copied().filter(|kind| kind.keeps_off_lists());
    let states = || RequestState::ALL.iter().copied().filter(|state| state.holds());
    let mut found = Vec::new();
    for chunk in ventures.chunks(500) {
        let holds = data_requests::table.filter(data_requests::state.eq_any(states()));
        let holds = holds.filter(data_requests::kind.eq_any(kinds())).filter(data_requests::venture_id.eq_any(chunk));
        found.extend(holds.select(data_requests::venture_id).load::<VentureId>(conn)?);
    }
    Ok(found)
}

/// The requests that should have been answered by now: about which venture, and by when.
pub fn late(conn: &mut Conn, now: Instant) -> Result<Vec<(VentureId, Instant)>> {
    let open = data_requests::table.filter(data_requests::resolved_at.is_null()).filter(data_requests::due_at.le(now));
    Ok(open.order(data_requests::id).select((data_requests::venture_id, data_requests::due_at)).load(conn)?)
}

/// Up to `limit` open requests that are due before a time and of which nobody has been told so.
pub fn nearly_due(conn: &mut Conn, before: Instant, limit: i64) -> Result<Vec<DataRequest>> {
    let open = data_requests::table.filter(data_requests::resolved_at.is_null());
    let due = open.filter(data_requests::told_at.is_null()).filter(data_requests::due_at.le(before));
    let query = due.order((data_requests::due_at, data_requests::id)).limit(limit);
    Ok(query.select(DataRequest::as_select()).load(conn)?)
}

/// Notes that it was told. No change that anybody made, so the version stays.
pub fn note_told(conn: &mut Conn, id: DataRequestId, now: Instant) -> Result<()> {
    diesel::update(data_requests::table.find(id)).set(data_requests::told_at.eq(now)).execute(conn)?;
    Ok(())
}

/// What is counted of a request: what is asked, where it stands, when it was received, due and ended.
pub type Figures = (RequestKind, RequestState, Instant, Instant, Option<Instant>);

/// Every request, as far as it is counted.
pub fn figures(conn: &mut Conn) -> Result<Vec<Figures>> {
    Ok(data_requests::table
        .order(data_requests::id)
        .select((
            data_requests::kind,
            data_requests::state,
            data_requests::received_at,
            data_requests::due_at,
            data_requests::resolved_at,
        ))
        .load(conn)?)
}

/// Stores a changed request over `request.version - 1`; false when somebody was faster.
pub fn update(conn: &mut Conn, request: &DataRequest) -> Result<bool> {
    let row = data_requests::table.find(request.id).filter(data_requests::version.eq(request.version - 1));
    Ok(diesel::update(row).set(request).execute(conn)? == 1)
}
