//! Why: what each side has said to staff with a move. What somebody said is never written over by what another says later.

use serde::{Deserialize, Serialize};

use super::super::Result;
use super::sealed::{Part, open, seal};
use crate::domain::match_life::{Move, Side};
use crate::domain::time::Instant;
use crate::keys::Keys;
use crate::store::matches::Match;

/// Words with a move.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Said {
    /// When.
    pub at: Instant,
    /// By which side.
    pub side: Side,
    /// With which move.
    pub step: Move,
    /// What.
    pub text: String,
}

/// Everything that was said, the oldest first.
pub(super) fn all(keys: &Keys, found: &Match) -> Result<Vec<Said>> {
    Ok(open(keys, Part::Reason, found.id, found.reason.as_deref())?.unwrap_or_default())
}

/// Adds what is said now.
pub(super) fn add(keys: &Keys, found: &mut Match, said: Said) -> Result<()> {
    let mut words = all(keys, found)?;
    words.push(said);
    found.reason = Some(seal(keys, Part::Reason, found.id, &words)?);
    Ok(())
}
