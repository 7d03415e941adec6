//! The targets, for the fuzzers of this folder.
mod targets;
pub use targets::*;
