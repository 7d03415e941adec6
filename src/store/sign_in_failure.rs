//! Failed sign-ins, counted by the minute.

use diesel::prelude::*;

use super::conn::{Conn, on_both};
use super::error::Result;
use super::schema::sign_in_failures::{self, failures, minute, subject};

/// How often a subject has failed in a minute.
pub fn count(conn: &mut Conn, of: &str, in_minute: i64) -> Result<i32> {
    let found = sign_in_failures::table.find((of, in_minute)).select(failures).first(conn).optional()?;
    Ok(found.unwrap_or(0))
}

/// Counts one more, and forgets what is older than a minute.
pub fn note(conn: &mut Conn, of: &str, in_minute: i64) -> Result<()> {
    diesel::delete(sign_in_failures::table.filter(minute.lt(in_minute - 1))).execute(conn)?;
    let row = (subject.eq(of), minute.eq(in_minute), failures.eq(1));
    on_both!(conn, c => diesel::insert_into(sign_in_failures::table)
        .values(row)
        .on_conflict((subject, minute))
        .do_update()
        .set(failures.eq(failures + 1))
        .execute(c))?;
    Ok(())
}
