//! The database: the only room that holds queries.
//!
//! [`db`] opens either database behind one connection type and has the one way to write. Every other file is one
//! noun: its rows and its queries. Ids are stored as they print, instants as microseconds, documents as
//! canonical JSON: the same bytes on both databases.

pub mod access_log;
pub mod allocation;
pub mod assessment;
pub mod audit;
pub mod chain;
pub mod cohort;
mod column;
pub mod complaint;
pub mod conn;
pub mod consent;
pub mod criteria;
pub mod data_request;
pub mod db;
pub mod erasure;
pub mod error;
pub mod gate;
pub mod idempotency;
pub mod import;
pub mod incident;
pub mod investor;
pub mod mandate;
pub mod match_list;
pub mod match_report;
pub mod matches;
pub mod note;
pub mod one_time_code;
pub mod outbox;
pub mod retention;
pub mod rubric;
mod schema;
pub mod sealed;
pub mod seek;
pub mod service_token;
pub mod session;
pub mod sign_in_failure;
pub mod support_plan;
pub mod user;
pub mod venture;
pub mod visit;
pub mod webhook;

pub use conn::Conn;
pub use db::{Db, Location};
pub use error::{Result, StoreError};
pub use seek::{Page, Seek};
