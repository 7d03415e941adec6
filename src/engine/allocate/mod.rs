//! Allocation: who meets whom, in which round, and whether anyone would rather meet somebody else.
//!
//! ```text
//! market      the input of a programme's meetings: capacities, minimums, weights, banned and forced pairs
//! flow        minimum-cost flow by successive shortest paths, exact integers
//! meetings    the allocation of greatest weight, and who cannot be served and why
//! schedule    meetings into rounds without double booking (edge colouring)
//! preferences both sides' preference lists, ties broken by lottery
//! deferred    venture-proposing deferred acceptance
//! blocking    what makes any allocation unstable
//! ```

mod blocking;
mod deferred;
mod flow;
mod market;
mod meetings;
mod preferences;
mod schedule;

pub use blocking::{Instability, instability};
pub use deferred::{Placement, Unplaced, Why, propose};
pub use market::{MAX_PARTICIPANTS, MAX_WEIGHT, MAX_WISH, Market, Meeting, Pair, Refused, Venture};
pub use meetings::{Allocation, Crowding, NotKept, Unkept, Unserved, WhyUnserved, allocate};
pub use preferences::{Misnamed, Participant, Preferences, break_ties};
pub use schedule::{Overbooked, Schedule, schedule};
