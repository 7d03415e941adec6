//! A workshop sheet: one row a participant, venture and assessor, read and checked.
//!
//! A reader in `sources` turns a file into [`Cell`]s; [`Layout`] knows what each header means;
//! [`Layout::read`] turns one row of cells into a [`ParsedRow`] or into every fault of that row at once;
//! [`join_venture`] and [`join_participant`] put the rows of one venture or person together.
//! Everything here is pure: no file, no clock, no database.
//!
//! What an empty cell means: of an attribute, *not answered*; of a rating, while an assessor is named
//! and at least one indicator of the row is filled, *not assessed*: the programme did not do it yet,
//! and nobody may claim that the owner would not say. `tidak dijawab` says that.

mod attributes;
mod cell;
mod choice;
mod column;
mod date;
mod fault;
mod indicator;
mod join;
mod layout;
mod number;
mod quote;
mod read;
mod row;
mod secret;
mod write;

pub use attributes::{Part, Value};
pub use cell::Cell;
pub use cell::MAX_CELL_CHARS;
pub use choice::Choice;
pub use column::{COLUMNS, Column, Kind};
pub use fault::{RowError, RowFault};
pub use indicator::RatingPart;
pub use join::{IntakeAssessment, IntakeParticipant, IntakeVenture, join_participant, join_venture};
pub use layout::{Codebook, Layout, MAX_COLUMNS, Target};
pub use row::{AgeBand, ParsedRow, ParticipantAttributes, RowAssessment, RowConsents, RowSecrets, VentureAttributes};
pub use secret::{Nik, Secret};
