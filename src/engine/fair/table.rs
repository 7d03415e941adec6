//! m(i): how many protected ventures the first i positions must hold.

use super::proportion::Proportion;

/// A requirement for each of the positions 1 to `len`, never falling.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table(Vec<u32>);

/// A later position requires less than an earlier one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("position {position} requires less than the one before it")]
pub struct NotMonotone {
    /// From 1.
    pub position: usize,
}

/// ⌊min · i⌋ for the positions i = 1 to `positions`. A whole list needs no table: [`Proportion::floor_of`] is its m(i).
pub fn share(positions: u32, min: Proportion) -> Table {
    let at = |i: u32| u32::try_from(min.floor_of(i as usize)).unwrap_or(u32::MAX);
    Table((1..=positions).map(at).collect())
}

impl Table {
    /// From m(1), m(2), …
    ///
    /// # Errors
    /// [`NotMonotone`] at the first position that requires less than the one before it.
    pub fn new(required: Vec<u32>) -> Result<Self, NotMonotone> {
        match required.windows(2).position(|pair| pair[1] < pair[0]) {
            Some(at) => Err(NotMonotone { position: at + 2 }),
            None => Ok(Self(required)),
        }
    }

    /// m(i) for a position from 1. Position 0 requires nothing; past the last position nothing is added: a rule
    /// about the first k does not bind those behind them.
    pub fn required(&self, position: usize) -> usize {
        match position {
            0 => 0,
            _ => self.0.get(position - 1).or(self.0.last()).map_or(0, |m| *m as usize),
        }
    }

    /// The positions it speaks of.
    pub const fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether it speaks of none.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// m(1), m(2), …
    pub fn as_slice(&self) -> &[u32] {
        &self.0
    }

    /// The table that the same lists meet and that never rises by more than one a position: a rise by two at
    /// position i means that position i − 1 must already hold one more. The greedy re-ranker looks at one
    /// position at a time and needs this form; tables of [`share`] and of FA*IR have it from the start.
    ///
    /// A table that requires more than i of the first i positions stays one, and no list meets it.
    #[must_use]
    pub fn closed(&self) -> Self {
        let mut required = self.0.clone();
        for at in (1..required.len()).rev() {
            required[at - 1] = required[at - 1].max(required[at].saturating_sub(1));
        }
        Self(required)
    }
}
