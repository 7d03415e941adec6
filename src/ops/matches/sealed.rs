//! What is encrypted of a match: each part for its own place, so that none can be moved to another.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::super::import::sealing;
use super::super::{Error, Result};
use crate::domain::id::MatchId;
use crate::keys::Keys;

/// A part.
#[derive(Clone, Copy)]
pub(super) enum Part {
    Reason,
    Terms,
    Pledge,
    Outcome,
    Note,
}

fn place(part: Part, id: MatchId) -> Vec<u8> {
    let part = match part {
        Part::Reason => "reason",
        Part::Terms => "terms",
        Part::Pledge => "pledge",
        Part::Outcome => "outcome",
        Part::Note => "note",
    };
    format!("match {part} {id}").into_bytes()
}

pub(super) fn seal_text(keys: &Keys, part: Part, id: MatchId, text: &str) -> Result<Vec<u8>> {
    keys.personal().seal(&place(part, id), text.as_bytes()).map_err(sealing)
}

pub(super) fn seal<T: Serialize>(keys: &Keys, part: Part, id: MatchId, value: &T) -> Result<Vec<u8>> {
    seal_text(keys, part, id, &serde_json::to_string(value)?)
}

pub(super) fn open_text(keys: &Keys, part: Part, id: MatchId, sealed: Option<&[u8]>) -> Result<Option<String>> {
    let Some(sealed) = sealed else { return Ok(None) };
    let text = keys.personal().open(&place(part, id), sealed).map_err(sealing)?;
    String::from_utf8(text).map(Some).map_err(|e| Error::Internal(e.to_string()))
}

pub(super) fn open<T: DeserializeOwned>(
    keys: &Keys,
    part: Part,
    id: MatchId,
    sealed: Option<&[u8]>,
) -> Result<Option<T>> {
    let text = open_text(keys, part, id, sealed)?;
    Ok(text.map(|text| serde_json::from_str(&text)).transpose()?)
}
