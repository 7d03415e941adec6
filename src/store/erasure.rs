//! Erasure: everything personal of a venture, table by table. What is not named here holds ids and codes only.

use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Write as _};
use std::path::Path;

use diesel::prelude::*;

use super::conn::{Conn, on_both};
use super::error::Result;
use super::schema::{
    assessments, audit_salts, claim_codes, consents, idempotency, import_errors, imports, matches, one_time_codes,
    outcomes, owner_phones, participants, refresh_tokens, tombstones, users, ventures,
};
use crate::domain::id::{MatchId, ParticipantId, UserId, VentureId};
use crate::domain::time::Instant;

/// Erases a venture: its people, ratings, consents and account, what was written about its matches, and the salts of its audit
/// rows. Its row stays empty. False when it was erased before.
pub fn erase(conn: &mut Conn, id: VentureId, now: Instant) -> Result<bool> {
    let alive = ventures::table.find(id).filter(ventures::erased_at.is_null());
    let emptied = diesel::update(alive).set((
        ventures::external_ref.eq(format!("erased {id}")),
        ventures::name.eq(""),
        ventures::profile.eq("{}"),
        ventures::sealed.eq(Vec::<u8>::new()),
        ventures::content_hash.eq(""),
        ventures::version.eq(ventures::version + 1),
        ventures::updated_at.eq(now),
        ventures::erased_at.eq(now),
    ));
    if emptied.execute(conn)? == 0 {
        return Ok(false);
    }
    let people = participants::table.filter(participants::venture_id.eq(id));
    let people: Vec<ParticipantId> = people.select(participants::id).load(conn)?;
    let accounts: Vec<UserId> = users::table.filter(users::venture_id.eq(id)).select(users::id).load(conn)?;
    let met: Vec<MatchId> = matches::table.filter(matches::venture_id.eq(id)).select(matches::id).load(conn)?;

    diesel::delete(participants::table.filter(participants::venture_id.eq(id))).execute(conn)?;
    diesel::delete(consents::table.filter(consents::venture_id.eq(id))).execute(conn)?;
    diesel::delete(assessments::table.filter(assessments::venture_id.eq(id))).execute(conn)?;
    diesel::delete(outcomes::table.filter(outcomes::venture_id.eq(id))).execute(conn)?;
    diesel::delete(claim_codes::table.filter(claim_codes::user_id.eq_any(&accounts))).execute(conn)?;
    diesel::delete(refresh_tokens::table.filter(refresh_tokens::user_id.eq_any(&accounts))).execute(conn)?;
    diesel::delete(owner_phones::table.filter(owner_phones::user_id.eq_any(&accounts))).execute(conn)?;
    diesel::delete(one_time_codes::table.filter(one_time_codes::user_id.eq_any(&accounts))).execute(conn)?;
    diesel::update(users::table.filter(users::venture_id.eq(id)))
        .set((users::disabled_at.eq(now), users::version.eq(users::version + 1)))
        .execute(conn)?;
    // How a match ended is no personal data; what people wrote about it may be.
    let none: Option<Vec<u8>> = None;
    diesel::update(matches::table.filter(matches::venture_id.eq(id)))
        .set((
            matches::terms.eq(&none),
            matches::pledge.eq(&none),
            matches::outcome.eq(&none),
            matches::reason.eq(&none),
        ))
        .execute(conn)?;
    // A fault quotes the cell that it is about. Which venture's it was is not kept, so those of its cohort lose their quotes.
    let cohort = ventures::table.find(id).select(ventures::cohort_id);
    let of_cohort = imports::table.filter(imports::cohort_id.eq_any(cohort)).select(imports::id);
    diesel::update(import_errors::table.filter(import_errors::import_id.eq_any(of_cohort)))
        .set(import_errors::value.eq(""))
        .execute(conn)?;

    let ids = |all: &[_]| all.iter().map(ToString::to_string).collect::<Vec<String>>();
    let principals = ids(&accounts);
    let mut subjects = vec![id.to_string()];
    subjects.extend(people.iter().map(ToString::to_string));
    subjects.extend(principals.iter().cloned());
    subjects.extend(met.iter().map(ToString::to_string));
    for chunk in subjects.chunks(500) {
        diesel::delete(idempotency::table.filter(idempotency::subject.eq_any(chunk))).execute(conn)?;
        diesel::delete(audit_salts::table.filter(audit_salts::subject.eq_any(chunk))).execute(conn)?;
    }
    diesel::delete(idempotency::table.filter(idempotency::principal.eq_any(&principals))).execute(conn)?;
    bury(conn, &id.to_string(), now)?;
    Ok(true)
}

/// Notes that something was erased.
fn bury(conn: &mut Conn, subject: &str, now: Instant) -> Result<()> {
    let row = (tombstones::subject.eq(subject), tombstones::erased_at.eq(now));
    on_both!(conn, c => diesel::insert_into(tombstones::table).values(row).on_conflict_do_nothing().execute(c))?;
    Ok(())
}

/// Everything that was erased.
pub fn buried(conn: &mut Conn) -> Result<Vec<String>> {
    Ok(tombstones::table.order(tombstones::subject).select(tombstones::subject).load(conn)?)
}

/// The tombstones in a file: one id a line. None where there is no file.
///
/// # Errors
/// When the file cannot be read.
pub fn read_file(path: &Path) -> std::io::Result<Vec<String>> {
    match File::open(path) {
        Ok(file) => BufReader::new(file).lines().collect(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

/// Adds tombstones to a file, and waits until the disk has them.
///
/// # Errors
/// When the file cannot be written.
pub fn add_to_file(path: &Path, subjects: &[String]) -> std::io::Result<()> {
    if subjects.is_empty() {
        return Ok(());
    }
    let mut text = subjects.join("\n");
    text.push('\n');
    let mut file = OpenOptions::new().create(true).append(true).open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

/// Has the database file forget what was deleted: SQLite overwrites deleted rows, but its log still has the old pages. The
/// server of PostgreSQL frees them in its own time.
pub fn forget_pages(conn: &mut Conn) -> Result<()> {
    use diesel::connection::SimpleConnection as _;
    if let Conn::Sqlite(sqlite) = conn {
        sqlite.batch_execute("PRAGMA wal_checkpoint(TRUNCATE)")?;
    }
    Ok(())
}
