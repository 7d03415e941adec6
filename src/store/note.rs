//! What investors note about matches for themselves.

use diesel::prelude::*;

use super::conn::Conn;
use super::error::Result;
use super::schema::match_notes;
use crate::domain::id::MatchId;
use crate::domain::time::Instant;

/// A note.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = match_notes)]
pub struct Note {
    /// About which match.
    pub match_id: MatchId,
    /// The text, encrypted.
    pub sealed: Vec<u8>,
    /// Rises with each change.
    pub version: i32,
    /// When it was last written.
    pub updated_at: Instant,
}

/// The note about a match.
pub fn find(conn: &mut Conn, id: MatchId) -> Result<Option<Note>> {
    Ok(match_notes::table.find(id).select(Note::as_select()).first(conn).optional()?)
}

/// Puts a note in the place of the one before, if there is one.
pub fn put(conn: &mut Conn, note: &Note) -> Result<()> {
    diesel::delete(match_notes::table.find(note.match_id)).execute(conn)?;
    diesel::insert_into(match_notes::table).values(note).execute(conn)?;
    Ok(())
}
