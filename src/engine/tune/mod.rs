//! Tuning aids: what a change of the document or of its weights does to a list, and whether the list holds.
//!
//! ```text
//! compare    what-if: two documents over one snapshot; kendall is the agreement of their orders
//! stability  how far each weight may move before the top k changes; crossing, line and root find where
//! tornado    one venture's rank and score when each weight moves a little; span is the range of the rank
//! smaa       how often a venture is where, when weights are drawn at random: region says from where, draw how; tally
//!            counts
//! ```
//!
//! Nothing here is the published ranking, and nothing here changes it.

mod compare;
mod crossing;
mod draw;
mod kendall;
mod line;
mod region;
mod root;
mod smaa;
mod span;
mod stability;
mod tally;
mod tornado;

pub use compare::{Comparison, Lead, Moved, OtherSnapshot, Reason, Shift, Standing, compare};
pub use kendall::tau_b;
pub use region::{NoWeights, Region};
pub use smaa::{Acceptability, MOST_DRAWS, MOST_NAMED, Named, Refused, Smaa, Survey, smaa};
pub use stability::{Cause, End, SoleWeight, Stability, stability};
pub use tornado::{Bar, Tip, Tornado, Unmoved, tornado};
