//! What an investor notes about a match for itself: nobody else reads it.

use super::super::{Act, Error, Result, next_version};
use super::readable;
use super::sealed::{Part, open_text, seal_text};
use crate::domain::actor::Actor;
use crate::domain::id::MatchId;
use crate::domain::time::Instant;
use crate::keys::Keys;
use crate::store::{Conn, matches, note, venture};

/// A note.
#[derive(Clone, Debug, Default)]
pub struct Note {
    /// The text; empty before anything was noted.
    pub text: String,
    /// Rises with each change; 0 before anything was noted.
    pub version: i32,
    /// When it was last written.
    pub updated_at: Option<Instant>,
}

/// The note of the actor's own investor about a match.
///
/// # Errors
/// [`super::super::Error::NotFound`].
pub fn note(conn: &mut Conn, keys: &Keys, actor: &Actor, id: MatchId, now: Instant) -> Result<Note> {
    readable(conn, actor, id, now)?;
    let Some(stored) = note::find(conn, id)? else { return Ok(Note::default()) };
    let text = open_text(keys, Part::Note, id, Some(&stored.sealed))?.unwrap_or_default();
    Ok(Note { text, version: stored.version, updated_at: Some(stored.updated_at) })
}

/// Writes the note over the one that stands at `version`.
///
/// # Errors
/// [`super::super::Error::NotFound`]; [`super::super::Error::Stale`].
pub fn write_note(act: &mut Act<'_>, actor: &Actor, id: MatchId, version: i64, text: String) -> Result<Note> {
    let before = note(act.conn, act.keys, actor, id, act.now)?;
    // Of a venture that was erased nothing is written down again.
    let found = matches::find(act.conn, id)?.ok_or(Error::NotFound)?;
    venture::find(act.conn, found.venture_id)?.ok_or(Error::NotFound)?;
    let version = next_version(before.version, version)?;
    let sealed = seal_text(act.keys, Part::Note, id, &text)?;
    note::put(act.conn, &note::Note { match_id: id, sealed, version, updated_at: act.now })?;
    act.audit("match.note", id, &text)?;
    Ok(Note { text, version, updated_at: Some(act.now) })
}
