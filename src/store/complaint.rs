//! What somebody complains about.

use diesel::prelude::*;

use super::conn::Conn;
use super::error::Result;
use super::schema::complaints;
use super::seek::{Page, Seek, cut};
use crate::domain::case::{CaseState, ComplaintAbout};
use crate::domain::id::{ComplaintId, InvestorId, MatchId, VentureId};
use crate::domain::time::Instant;

/// A complaint.
#[derive(Clone, Debug, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = complaints, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct Complaint {
    /// The id.
    pub id: ComplaintId,
    /// Where it stands.
    pub state: CaseState,
    /// Whose it is, or about whom.
    pub venture_id: Option<VentureId>,
    /// About which match.
    pub match_id: Option<MatchId>,
    /// About which investor.
    pub investor_id: Option<InvestorId>,
    /// In their words, encrypted.
    pub said: Option<Vec<u8>>,
    /// What was done, encrypted.
    pub done: Option<Vec<u8>>,
    /// When it came in: from then on the time counts.
    pub received_at: Instant,
    /// By when it is dealt with.
    pub due_at: Instant,
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
    /// What it is about, where the owner has written it.
    pub about: Option<ComplaintAbout>,
}

/// Adds one.
pub fn insert(conn: &mut Conn, complaint: &Complaint) -> Result<()> {
    diesel::insert_into(complaints::table).values(complaint).execute(conn)?;
    Ok(())
}

/// One of them.
pub fn find(conn: &mut Conn, id: ComplaintId) -> Result<Option<Complaint>> {
    Ok(complaints::table.find(id).select(Complaint::as_select()).first(conn).optional()?)
}

/// A page of complaints, oldest first; only in one state, or only late ones, if told.
pub fn page(
    conn: &mut Conn,
    state: Option<CaseState>,
    late_at: Option<Instant>,
    seek: &Seek<ComplaintId>,
    limit: i64,
) -> Result<Page<Complaint>> {
    let mut query = complaints::table.select(Complaint::as_select()).into_boxed();
    if let Some(state) = state {
        query = query.filter(complaints::state.eq(state));
    }
    if let Some(now) = late_at {
        query = query.filter(complaints::closed_at.is_null()).filter(complaints::due_at.lt(now));
    }
    Ok(cut!(conn, query, complaints::id, ascending, seek, limit))
}

/// The complaints of or about a venture, the newest first.
pub fn of(conn: &mut Conn, venture: VentureId, limit: i64) -> Result<Vec<Complaint>> {
    let of = complaints::table.filter(complaints::venture_id.eq(venture));
    Ok(of.order(complaints::id.desc()).limit(limit).select(Complaint::as_select()).load(conn)?)
}

/// The complaints that should have been closed by now, of those that are about a venture: about which, and by when.
pub fn late(conn: &mut Conn, now: Instant) -> Result<Vec<(VentureId, Instant)>> {
    let open = complaints::table.filter(complaints::closed_at.is_null()).filter(complaints::due_at.le(now));
    let all: Vec<(Option<VentureId>, Instant)> =
        open.order(complaints::id).select((complaints::venture_id, complaints::due_at)).load(conn)?;
    Ok(all.into_iter().filter_map(|(venture, due_at)| Some((venture?, due_at))).collect())
}

/// Whether a complaint about a match was written down at that very time: an owner's report stops a match as it is made.
pub fn made_at(conn: &mut Conn, match_id: MatchId, at: Instant) -> Result<bool> {
    let made = complaints::table.filter(complaints::match_id.eq(match_id)).filter(complaints::created_at.eq(at));
    Ok(diesel::select(diesel::dsl::exists(made)).get_result(conn)?)
}

/// A page of the complaints of a venture that these accounts wrote, the newest first.
pub fn written_by(
    conn: &mut Conn,
    venture: VentureId,
    by: &[String],
    seek: &Seek<ComplaintId>,
    limit: i64,
) -> Result<Page<Complaint>> {
    let query = complaints::table
        .filter(complaints::venture_id.eq(venture))
        .filter(complaints::entered_by.eq_any(by))
        .select(Complaint::as_select())
        .into_boxed();
    Ok(cut!(conn, query, complaints::id, descending, seek, limit))
}

/// How many complaints of a venture are open that an account wrote.
pub fn open_of(conn: &mut Conn, venture: VentureId, by: &str) -> Result<i64> {
    let open = complaints::table.filter(complaints::closed_at.is_null()).filter(complaints::entered_by.eq(by));
    Ok(open.filter(complaints::venture_id.eq(venture)).count().get_result(conn)?)
}

/// Stores a changed complaint over `complaint.version - 1`; false when somebody was faster.
pub fn update(conn: &mut Conn, complaint: &Complaint) -> Result<bool> {
    let row = complaints::table.find(complaint.id).filter(complaints::version.eq(complaint.version - 1));
    Ok(diesel::update(row).set(complaint).execute(conn)? == 1)
}
