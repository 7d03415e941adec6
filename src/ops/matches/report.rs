//! What both sides and staff report once there is an introduction: how it goes, what came of it, and half a year and a year later
//! whether the business is going.

use super::super::import::sealing;
use super::super::{Act, Conflict, Error, Result};
use super::readable;
use crate::domain::actor::{Actor, Role};
use crate::domain::id::{MatchId, MatchReportId};
use crate::domain::match_life::Side;
use crate::domain::time::Instant;
use crate::keys::Keys;
use crate::store::match_report::{self, MatchReport};
use crate::store::{Conn, venture};

/// Reports that each side may write about one match.
const MOST: usize = 100;

/// A report, opened.
#[derive(Clone, Debug)]
pub struct Report {
    /// The id.
    pub id: MatchReportId,
    /// By which side.
    pub side: Side,
    /// When.
    pub at: Instant,
    /// Whether the business is going, as far as that was said.
    pub is_going: Option<bool>,
    /// The words.
    pub text: String,
}

fn side(actor: &Actor) -> Result<Side> {
    match actor.role {
        Role::Staff => Ok(Side::Staff),
        Role::Investor => Ok(Side::Investor),
        Role::Owner => Ok(Side::Owner),
        Role::Assessor | Role::Auditor | Role::Admin => Err(Error::Forbidden),
    }
}

fn place(id: MatchReportId) -> Vec<u8> {
    format!("match_reports {id}").into_bytes()
}

/// The reports about a match, the oldest first: to each side its own, to staff all.
///
/// # Errors
/// [`Error::NotFound`].
pub fn reports(conn: &mut Conn, keys: &Keys, actor: &Actor, id: MatchId, now: Instant) -> Result<Vec<Report>> {
    readable(conn, actor, id, now)?;
    let side = side(actor)?;
    let told = match_report::of(conn, id)?.into_iter();
    told.filter(|row| side == Side::Staff || row.side == side).map(|row| open(keys, row)).collect()
}

/// What one side has reported about a match.
///
/// # Errors
/// The store's.
pub fn reports_of(conn: &mut Conn, keys: &Keys, id: MatchId, side: Side) -> Result<Vec<Report>> {
    let told = match_report::of(conn, id)?.into_iter();
    told.filter(|row| row.side == side).map(|row| open(keys, row)).collect()
}

fn open(keys: &Keys, row: MatchReport) -> Result<Report> {
    let text = keys.personal().open(&place(row.id), &row.sealed).map_err(sealing)?;
    let text = String::from_utf8(text).map_err(|e| Error::Internal(e.to_string()))?;
    Ok(Report { id: row.id, side: row.side, at: row.at, is_going: row.is_going, text })
}

/// Writes a report.
///
/// # Errors
/// [`Error::NotFound`]; [`Conflict::NotIntroduced`] before contact data has crossed, and where it came to nothing;
/// [`Conflict::TooManyReports`].
pub fn report(act: &mut Act<'_>, actor: &Actor, id: MatchId, text: String, is_going: Option<bool>) -> Result<Report> {
    let found = readable(act.conn, actor, id, act.now)?;
    let side = side(actor)?;
    if !found.state.is_introduced() || found.crosses_at.is_none_or(|at| at > act.now) {
        return Err(Conflict::NotIntroduced.into());
    }
    // Of a venture that was erased nothing is written down again.
    venture::find(act.conn, found.venture_id)?.ok_or(Error::NotFound)?;
    let own = match_report::of(act.conn, id)?.into_iter().filter(|row| row.side == side);
    if own.count() >= MOST {
        return Err(Conflict::TooManyReports.into());
    }
    let report_id: MatchReportId = act.ids.next(act.now);
    let sealed = act.keys.personal().seal(&place(report_id), text.as_bytes()).map_err(sealing)?;
    let row = MatchReport { id: report_id, match_id: id, side, user_id: actor.user, at: act.now, is_going, sealed };
    match_report::insert(act.conn, &row)?;
    act.audit("match.report", id, &(report_id, side, is_going, &text))?;
    Ok(Report { id: report_id, side, at: act.now, is_going, text })
}
