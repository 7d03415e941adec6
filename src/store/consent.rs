//! Consents, as given and withdrawn.

use diesel::prelude::*;

use super::conn::{Conn, on_both};
use super::error::Result;
use super::schema::consents;
use crate::domain::id::VentureId;
use crate::domain::time::Instant;

/// One consent.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = consents, treat_none_as_default_value = false)]
pub struct Consent {
    /// Whose.
    pub venture_id: VentureId,
    /// For what: a purpose of `domain::consent`, as printed.
    pub purpose: String,
    /// Which text was agreed to.
    pub text_version: String,
    /// In which language.
    pub lang: String,
    /// On paper, in the app, or spoken.
    pub method: String,
    /// Where the proof is kept.
    pub reference: String,
    /// When.
    pub given_at: Instant,
    /// When it was taken back.
    pub withdrawn_at: Option<Instant>,
    /// The investor as the text named it, in a consent to share contact data.
    pub named: Option<String>,
}

/// Adds consents; one that stands already is left as it is.
pub fn insert_many(conn: &mut Conn, rows: &[Consent]) -> Result<()> {
    for chunk in rows.chunks(500) {
        on_both!(conn, c => diesel::insert_into(consents::table).values(chunk).on_conflict_do_nothing().execute(c))?;
    }
    Ok(())
}

/// Adds a consent; gives 0 when one for the same purpose was given at the same time.
pub fn insert(conn: &mut Conn, row: &Consent) -> Result<usize> {
    Ok(on_both!(conn, c => diesel::insert_into(consents::table).values(row).on_conflict_do_nothing().execute(c))?)
}

/// All consents of these ventures, oldest first.
pub fn of(conn: &mut Conn, ventures: &[VentureId]) -> Result<Vec<Consent>> {
    let mut found = Vec::new();
    for chunk in ventures.chunks(500) {
        let page: Vec<Consent> = consents::table
            .filter(consents::venture_id.eq_any(chunk))
            .order((consents::venture_id, consents::purpose, consents::given_at))
            .select(Consent::as_select())
            .load(conn)?;
        found.extend(page);
    }
    Ok(found)
}

/// Ventures that have ever taken a consent to a purpose back.
pub fn ever_withdrawn(conn: &mut Conn, purpose: &str) -> Result<Vec<VentureId>> {
    let rows = consents::table.filter(consents::purpose.eq(purpose)).filter(consents::withdrawn_at.is_not_null());
    Ok(rows.select(consents::venture_id).distinct().load(conn)?)
}

/// Takes back every standing consent of a venture for a purpose; gives how many there were.
pub fn withdraw(conn: &mut Conn, venture: VentureId, purpose: &str, now: Instant) -> Result<usize> {
    Ok(diesel::update(
        consents::table
            .filter(consents::venture_id.eq(venture))
            .filter(consents::purpose.eq(purpose))
            .filter(consents::withdrawn_at.is_null()),
    )
    .set(consents::withdrawn_at.eq(now))
    .execute(conn)?)
}

/// Ventures with a standing consent to a purpose that was given before a time, by id; only those that were not asked for it again yet,
/// if told, and `limit` of them at most.
pub fn given_before(
    conn: &mut Conn,
    purpose: &str,
    before: Instant,
    only_unasked: bool,
    limit: i64,
) -> Result<Vec<VentureId>> {
    let mut query = consents::table
        .filter(consents::purpose.eq(purpose))
        .filter(consents::given_at.lt(before))
        .filter(consents::withdrawn_at.is_null())
        .select(consents::venture_id)
        .distinct()
        .into_boxed();
    if only_unasked {
        query = query.filter(consents::asked_again_at.is_null());
    }
    Ok(query.order(consents::venture_id).limit(limit).load(conn)?)
}

/// Notes that an owner has been asked again for a consent that was given before a time.
pub fn note_asked_again(
    conn: &mut Conn,
    venture: VentureId,
    purpose: &str,
    before: Instant,
    now: Instant,
) -> Result<()> {
    let given = consents::table
        .filter(consents::venture_id.eq(venture))
        .filter(consents::purpose.eq(purpose))
        .filter(consents::given_at.lt(before))
        .filter(consents::asked_again_at.is_null());
    diesel::update(given).set(consents::asked_again_at.eq(now)).execute(conn)?;
    Ok(())
}
