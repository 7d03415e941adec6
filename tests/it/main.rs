//! The integration tests: one binary, a file a noun.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

mod architecture;
mod engine;
mod intake;
mod openapi;
mod permissions;
mod problems;
mod rank;
mod readme;
mod sample;
mod serving;
mod store;
mod support;
mod tokens;
