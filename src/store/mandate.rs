//! Mandates: who may act for an owner, and invitations to.

use diesel::prelude::*;

use super::conn::{Conn, on_both};
use super::error::Result;
use super::schema::{mandates, users, ventures};
use crate::domain::id::{MandateId, UserId, VentureId};
use crate::domain::time::Instant;

/// A mandate, or an invitation that nobody has taken up yet.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = mandates, treat_none_as_default_value = false)]
pub struct Mandate {
    /// The id.
    pub id: MandateId,
    /// For the owner of which venture.
    pub venture_id: VentureId,
    /// Keyed hash of the code.
    pub code_hash: Option<String>,
    /// Who has taken it up.
    pub user_id: Option<UserId>,
    /// When the owner invited.
    pub created_at: Instant,
    /// When it was taken up.
    pub accepted_at: Option<Instant>,
    /// When a session under it was last begun.
    pub last_session_at: Option<Instant>,
    /// When it ended.
    pub ended_at: Option<Instant>,
    /// Who ended it.
    pub ended_by: Option<String>,
}

/// Adds an invitation.
pub fn insert(conn: &mut Conn, mandate: &Mandate) -> Result<()> {
    on_both!(conn, c => diesel::insert_into(mandates::table).values(mandate).execute(c))?;
    Ok(())
}

/// One of them.
pub fn find(conn: &mut Conn, id: MandateId) -> Result<Option<Mandate>> {
    Ok(mandates::table.find(id).select(Mandate::as_select()).first(conn).optional()?)
}

/// The one with this code.
pub fn by_code(conn: &mut Conn, code_hash: &str) -> Result<Option<Mandate>> {
    let query = mandates::table.filter(mandates::code_hash.eq(Some(code_hash)));
    Ok(query.select(Mandate::as_select()).first(conn).optional()?)
}

/// How many stand of a venture: taken up, or open invitations that were made after `since`.
pub fn standing(conn: &mut Conn, venture: VentureId, since: Instant) -> Result<i64> {
    let stands = mandates::accepted_at.is_not_null().or(mandates::created_at.gt(since));
    let of = mandates::table.filter(mandates::venture_id.eq(venture)).filter(mandates::ended_at.is_null());
    Ok(of.filter(stands).count().get_result(conn)?)
}

/// Whether somebody may act for the owner of a venture.
pub fn stands(conn: &mut Conn, venture: VentureId, user: UserId) -> Result<bool> {
    Ok(diesel::select(diesel::dsl::exists(
        mandates::table
            .filter(mandates::venture_id.eq(venture))
            .filter(mandates::user_id.eq(Some(user)))
            .filter(mandates::accepted_at.is_not_null())
            .filter(mandates::ended_at.is_null()),
    ))
    .get_result(conn)?)
}

/// Those that stand of a venture, as [`standing`] counts them, the newest first, each with the name of the account that has taken it
/// up.
pub fn standing_of(conn: &mut Conn, venture: VentureId, since: Instant) -> Result<Vec<(Mandate, Option<String>)>> {
    let stands = mandates::accepted_at.is_not_null().or(mandates::created_at.gt(since));
    Ok(mandates::table
        .left_join(users::table.on(users::id.nullable().eq(mandates::user_id)))
        .filter(mandates::venture_id.eq(venture))
        .filter(mandates::ended_at.is_null())
        .filter(stands)
        .order((mandates::created_at.desc(), mandates::id.desc()))
        .select((Mandate::as_select(), users::username.nullable()))
        .load(conn)?)
}

/// Those of a venture that were ever taken up, the newest first, `limit` of them at most, each with the name of the account.
pub fn taken_up(conn: &mut Conn, venture: VentureId, limit: i64) -> Result<Vec<(Mandate, Option<String>)>> {
    Ok(mandates::table
        .inner_join(users::table.on(users::id.nullable().eq(mandates::user_id)))
        .filter(mandates::venture_id.eq(venture))
        .order((mandates::created_at.desc(), mandates::id.desc()))
        .limit(limit)
        .select((Mandate::as_select(), users::username))
        .load(conn)?)
}

/// Those under which somebody may act now, the oldest first, each with the name of the business.
pub fn of_user(conn: &mut Conn, user: UserId) -> Result<Vec<(Mandate, String)>> {
    Ok(mandates::table
        .inner_join(ventures::table.on(ventures::id.eq(mandates::venture_id)))
        .filter(mandates::user_id.eq(Some(user)))
        .filter(mandates::accepted_at.is_not_null())
        .filter(mandates::ended_at.is_null())
        .filter(ventures::erased_at.is_null())
        .order((mandates::accepted_at, mandates::id))
        .select((Mandate::as_select(), ventures::name))
        .load(conn)?)
}

/// Stores what has become of one.
pub fn update(conn: &mut Conn, mandate: &Mandate) -> Result<()> {
    diesel::update(mandates::table.find(mandate.id))
        .set((
            mandates::user_id.eq(mandate.user_id),
            mandates::accepted_at.eq(mandate.accepted_at),
            mandates::last_session_at.eq(mandate.last_session_at),
            mandates::ended_at.eq(mandate.ended_at),
            mandates::ended_by.eq(&mandate.ended_by),
        ))
        .execute(conn)?;
    Ok(())
}
