//! The integration tests: one binary, a file a noun.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

mod accounts;
mod architecture;
mod audit;
mod cohorts;
mod compatibility;
mod criteria;
mod engine;
mod examples;
mod imports;
mod intake;
mod limits;
mod lists;
mod me;
mod once;
mod openapi;
mod parity;
mod patches;
mod permissions;
mod privacy;
mod problems;
mod rank;
mod rankings;
mod readme;
mod sample;
mod serving;
mod sign_in;
mod store;
mod support;
mod tables;
mod tokens;
