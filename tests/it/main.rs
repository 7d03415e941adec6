//! The integration tests: one binary, a file a noun.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

mod accounts;
mod architecture;
mod audit;
mod chain;
mod cohorts;
mod compatibility;
mod criteria;
mod cursors;
mod engine;
mod imports;
mod intake;
mod issuers;
mod limits;
mod lists;
mod matches;
mod me;
mod once;
mod openapi;
mod outbound;
mod parity;
mod patches;
mod permissions;
mod privacy;
mod problems;
mod rank;
mod rankings;
mod readme;
mod sample;
mod service_tokens;
mod serving;
mod sign_in;
mod store;
mod support;
mod tables;
mod tokens;
