//! What complaints and incidents have in common: sealed texts, and how a change ends them.

use super::import::sealing;
use super::{Conflict, Error, Result};
use crate::domain::case::CaseState;
use crate::domain::fault::Fault;
use crate::domain::text::Text;
use crate::keys::Keys;

/// A change to a case; what is `None` stays.
#[derive(Default)]
pub struct Change {
    /// Where it comes to stand.
    pub state: Option<CaseState>,
    /// What was done: with the state that ends it.
    pub done: Option<String>,
}

impl Change {
    /// Where the case comes to stand, if it may and everything needed is said.
    pub(super) fn check(&self, from: CaseState) -> Result<CaseState> {
        let to = self.state.unwrap_or(from);
        if self.state.is_some() && !from.leads_to(to) || self.done.is_some() && from == CaseState::Closed {
            return Err(Conflict::CaseClosed.into());
        }
        let ends = to == CaseState::Closed && from != CaseState::Closed;
        if ends && self.done.is_none() {
            return Err(fault("/done", "needed_here", "Tulis apa yang telah dilakukan.", "Write what was done."));
        }
        if self.done.is_some() && !ends {
            return Err(fault(
                "/done",
                "not_with_this_state",
                "Ditulis bersama closed; hapus dulu.",
                "It goes with closed; remove it.",
            ));
        }
        Ok(to)
    }
}

pub(super) fn fault(pointer: &str, code: &'static str, id: &str, en: &str) -> Error {
    Error::Invalid(vec![Fault { pointer: pointer.into(), code, detail: Text::new(id, en) }])
}

/// Encrypts a text for its place: `complaint said cmp_…`.
pub(super) fn seal(keys: &Keys, place: &str, text: &str) -> Result<Vec<u8>> {
    keys.personal().seal(place.as_bytes(), text.as_bytes()).map_err(sealing)
}

/// Opens what [`seal`] has encrypted.
pub(super) fn open(keys: &Keys, place: &str, sealed: Option<&[u8]>) -> Result<Option<String>> {
    let Some(sealed) = sealed else { return Ok(None) };
    let text = keys.personal().open(place.as_bytes(), sealed).map_err(sealing)?;
    String::from_utf8(text).map(Some).map_err(|e| Error::Internal(e.to_string()))
}
