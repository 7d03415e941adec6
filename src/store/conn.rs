//! One connection type for both databases.
#![allow(missing_docs, reason = "the derive writes public items without documentation")]

use diesel::prelude::*;

/// A connection to either database.
#[derive(diesel::MultiConnection)]
pub enum Conn {
    /// PostgreSQL.
    Pg(diesel::PgConnection),
    /// The embedded database.
    Sqlite(diesel::SqliteConnection),
}

/// Runs one Diesel expression against the connection behind [`Conn`]: for what the derive cannot do,
/// an INSERT of many rows and ON CONFLICT.
macro_rules! on_both {
    ($conn:expr, $c:ident => $body:expr) => {
        match $conn {
            $crate::store::conn::Conn::Pg($c) => $body,
            $crate::store::conn::Conn::Sqlite($c) => $body,
        }
    };
}
pub(crate) use on_both;
