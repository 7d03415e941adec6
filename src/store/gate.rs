//! The write gate's row: the numbers that every write transaction carries forward.

use diesel::prelude::*;

use super::conn::Conn;
use super::error::Result;
use super::schema::{change_log, write_gate};
use crate::domain::id::VentureId;
use crate::domain::time::Instant;

/// Notes in the change log that a venture's rankable data changed; gives the new data version.
pub fn note_change(conn: &mut Conn, venture: VentureId, at: Instant) -> Result<i64> {
    let seq = write_gate::table.find(1).select(write_gate::change_seq).first::<i64>(conn)? + 1;
    diesel::insert_into(change_log::table)
        .values((change_log::seq.eq(seq), change_log::venture_id.eq(venture), change_log::at.eq(at)))
        .execute(conn)?;
    diesel::update(write_gate::table.find(1)).set(write_gate::change_seq.eq(seq)).execute(conn)?;
    Ok(seq)
}

/// Makes a new data version of the same ventures; gives it.
pub fn new_version(conn: &mut Conn) -> Result<i64> {
    let seq = write_gate::table.find(1).select(write_gate::change_seq).first::<i64>(conn)? + 1;
    diesel::update(write_gate::table.find(1)).set(write_gate::change_seq.eq(seq)).execute(conn)?;
    Ok(seq)
}

/// The data version: the number of the newest change.
pub fn data_version(conn: &mut Conn) -> Result<i64> {
    Ok(write_gate::table.find(1).select(write_gate::change_seq).first(conn)?)
}

/// The ventures that changed after `version`, each once.
pub fn changed_after(conn: &mut Conn, version: i64) -> Result<Vec<VentureId>> {
    Ok(change_log::table
        .filter(change_log::seq.gt(version))
        .select(change_log::venture_id)
        .distinct()
        .order(change_log::venture_id)
        .load(conn)?)
}
