//! The integration tests: one binary, a file a noun.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

mod intake;
mod problems;
mod sample;
mod store;
mod support;
