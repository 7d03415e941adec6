//! Fair ranking: how many of a protected group every prefix of a list must hold, the greedy re-ranker that
//! keeps to it, and the reports of what it did or of what a list without any floor looks like.
//!
//! ```text
//! proportion  p, alpha and declared shares as exact fractions
//! table       m(i): how many protected the first i positions must hold
//! binomial    F(j; i, p), in doubles with a bound on their error and, where that leaves a doubt, exactly
//! failure     the probability that a table rejects a list drawn by coin tosses, by (position, count)
//! adjusted    FA*IR's table: the strictest whose failure probability stays within alpha
//! rerank      the one greedy re-ranker, for any table
//! exposure    how much the places of a group are seen
//! report      what a floor did
//! audit       the ranked group fairness test of a list, floor or none
//! ```
//!
//! Reference: Zehlike, Bonchi, Castillo, Hajian, Megahed and Baeza-Yates, *FA*IR: a fair top-k ranking
//! algorithm* (CIKM 2017); Zehlike, Sühr, Baeza-Yates, Bonchi, Castillo and Hajian, *Fair top-k ranking with
//! multiple protected groups* (2022), for the adjustment.

mod adjusted;
mod audit;
mod binomial;
mod exposure;
mod failure;
mod proportion;
mod report;
mod rerank;
mod table;

pub use adjusted::{Adjusted, MAX_POSITIONS, adjusted, binomial};
pub use audit::{Audit, Tested, audit};
pub use exposure::{GroupExposure, exposure, group_exposure};
pub use failure::failure_probability;
pub use proportion::{NotAProportion, Proportion};
pub use report::{FloorReport, Moved, Prefix, prefixes, report};
pub use rerank::{Reranked, greedy};
pub use table::{NotMonotone, Table, share};

/// Why a fair table cannot be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// At 0 and at 1 nothing is left to chance.
    #[error("p must lie strictly between 0 and 1")]
    P,
    /// At 0 every list passes, at 1 none.
    #[error("alpha must lie strictly between 0 and 1")]
    Alpha,
    /// The work grows with the square of the positions.
    #[error("a fair table speaks of at most {MAX_POSITIONS} positions")]
    Positions,
}
