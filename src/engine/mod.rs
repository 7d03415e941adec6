//! The scoring-and-ranking engine: pure computation over a columnar snapshot.
//!
//! One call, [`rank`]: a [`Snapshot`] of rows and a [`Criteria`](crate::domain::criteria::Criteria)
//! document give a [`Ranking`] in which every row is a result, excluded or pending. Inside:
//!
//! ```text
//! snapshot   columns of codes, in chunks; a changed row is one cloned chunk
//! plan       document × schema → a table per filter and preference: what each distinct cell means
//! value      value functions as exact fractions; exact holds their arithmetic
//! score      exact sums, their order, the figures that are shown
//! ranking    the pass over the rows, order, ties, lottery; floor re-ranks it
//! explain    one result in full, when it is asked for; levels and changes say what would move it
//! fair       tables of floors, the one re-ranker, what a floor did, and the test of a list for fairness
//! allocate   a matching day: who meets whom and in which round; exclusive places
//! tune       what a change of the document or its weights does, and whether a list holds
//! doors      turned round: which documents a venture's next steps would give it a place under
//! ```
//!
//! Beside it, and never part of a published list:
//!
//! ```text
//! analyse    other methods over plain numbers (second opinions), and where weights come from
//! agreement  how far assessors agree
//! ```
//!
//! Nothing here reads a clock, draws a random number or uses floating point to order a list: the same
//! document, rows and seed give the same bytes everywhere.

pub mod agreement;
pub mod allocate;
pub mod analyse;
mod cell;
mod changes;
mod columns;
mod doors;
mod exact;
mod explain;
pub mod fair;
mod floor;
mod indicators;
mod levels;
mod plan;
mod ranking;
mod score;
mod snapshot;
mod summary;
pub mod tune;
mod value;

pub use cell::{Cell, Measured};
pub use columns::Columns;
pub use doors::{Door, Passage, Step, steps};
pub use explain::{Contribution, Excluded, Explained, FilterResult, Raw};
pub use fair::{FloorReport, exposure};
pub use levels::{Change, Movable};
pub use plan::{NoColumn, Outcome, columns_read};
pub use ranking::{Flag, Flags, Left, Options, Placed, Ranking, lottery, rank};
pub use score::{Score, allot};
pub use snapshot::{CHUNK, Column, Row, RowNo, Snapshot, Unfit};
pub use summary::{Distribution, SievedOut, Summary};
pub use value::values_between;

/// Changes whenever the same input could give other bytes. A published list names it.
pub const VERSION: &str = "1";
