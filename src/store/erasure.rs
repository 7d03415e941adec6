//! Erasure: everything personal of a venture, or of a person without one, table by table. What is not named here holds ids and codes only.

use std::collections::BTreeSet;
use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Write as _};
use std::path::Path;

use diesel::prelude::*;

use super::conn::{Conn, on_both};
use super::error::Result;
use super::schema::{
    access_log, assessments, attendances, audit_salts, change_log, claim_codes, complaints, consents, data_requests,
    erased_people, idempotency, import_errors, imports, mandates, match_notes, match_reports, matches, one_time_codes,
    outcomes, owner_phones, participants, refresh_tokens, support_plans, tombstones, users, ventures,
};
use crate::domain::actor::Actor;
use crate::domain::id::{CohortId, ComplaintId, DataRequestId, MandateId, MatchId, ParticipantId, UserId, VentureId};
use crate::domain::time::Instant;

/// Erases a venture: its people, ratings, consents and account, what was written about its matches, and the salts of its audit
/// rows. Its row stays, with `gravestone` in place of its number; of its people theirs stay, `of_people`. False when it was erased
/// before.
pub fn erase(conn: &mut Conn, id: VentureId, gravestone: &str, of_people: &[String], now: Instant) -> Result<bool> {
    let alive = ventures::table.find(id).filter(ventures::erased_at.is_null());
    let emptied = diesel::update(alive).set((
        ventures::external_ref.eq(gravestone),
        ventures::name.eq(""),
        ventures::profile.eq("{}"),
        ventures::owner_said.eq(""),
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
    let asked = data_requests::table.filter(data_requests::venture_id.eq(id));
    let complained = complaints::table.filter(complaints::venture_id.eq(id));
    let complained: Vec<ComplaintId> = complained.select(complaints::id).load(conn)?;
    let asked: Vec<DataRequestId> = asked.select(data_requests::id).load(conn)?;
    let let_act: Vec<(MandateId, Option<UserId>)> =
        mandates::table.filter(mandates::venture_id.eq(id)).select((mandates::id, mandates::user_id)).load(conn)?;

    let cohort: CohortId = ventures::table.find(id).select(ventures::cohort_id).first(conn)?;
    for stone in of_people {
        keep_away(conn, cohort, stone)?;
    }
    remove_people(conn, &people)?;
    diesel::delete(support_plans::table.find(id)).execute(conn)?;
    diesel::delete(consents::table.filter(consents::venture_id.eq(id))).execute(conn)?;
    diesel::delete(assessments::table.filter(assessments::venture_id.eq(id))).execute(conn)?;
    diesel::delete(outcomes::table.filter(outcomes::venture_id.eq(id))).execute(conn)?;
    diesel::delete(claim_codes::table.filter(claim_codes::user_id.eq_any(&accounts))).execute(conn)?;
    diesel::delete(refresh_tokens::table.filter(refresh_tokens::user_id.eq_any(&accounts))).execute(conn)?;
    // Whoever acted for the owner has nobody to act for any more.
    diesel::delete(refresh_tokens::table.filter(refresh_tokens::acts_for.eq(Some(id)))).execute(conn)?;
    diesel::delete(mandates::table.filter(mandates::venture_id.eq(id))).execute(conn)?;
    diesel::delete(owner_phones::table.filter(owner_phones::user_id.eq_any(&accounts))).execute(conn)?;
    diesel::delete(one_time_codes::table.filter(one_time_codes::user_id.eq_any(&accounts))).execute(conn)?;
    diesel::update(users::table.filter(users::venture_id.eq(id)))
        .set((users::disabled_at.eq(now), users::version.eq(users::version + 1)))
        .execute(conn)?;
    diesel::delete(match_notes::table.filter(match_notes::match_id.eq_any(&met))).execute(conn)?;
    diesel::delete(match_reports::table.filter(match_reports::match_id.eq_any(&met))).execute(conn)?;
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
    diesel::delete(access_log::table.filter(access_log::venture_id.eq(id))).execute(conn)?;
    diesel::update(complaints::table.filter(complaints::venture_id.eq(id)))
        .set((complaints::said.eq(&none), complaints::done.eq(&none)))
        .execute(conn)?;
    // That one asked and was answered is no personal data either.
    diesel::update(data_requests::table.filter(data_requests::venture_id.eq(id)))
        .set((data_requests::said.eq(&none), data_requests::answer.eq(&none)))
        .execute(conn)?;
    remove_quotes(conn, cohort)?;

    let ids = |all: &[_]| all.iter().map(ToString::to_string).collect::<Vec<String>>();
    let mut principals = ids(&accounts);
    let mut subjects = vec![id.to_string()];
    subjects.extend(let_act.iter().map(|(mandate, _)| mandate.to_string()));
    subjects.extend(principals.iter().cloned());
    subjects.extend(met.iter().map(ToString::to_string));
    subjects.extend(complained.iter().map(ToString::to_string));
    subjects.extend(asked.iter().map(ToString::to_string));
    forget_subjects(conn, &subjects)?;
    principals.extend(let_act.iter().filter_map(|(_, user)| Some(Actor::principal_of((*user)?, id))));
    diesel::delete(idempotency::table.filter(idempotency::principal.eq_any(&principals))).execute(conn)?;
    bury(conn, &id.to_string(), now)?;
    Ok(true)
}

/// Erases a person who stands for no venture. `gravestone` stays in place of the person's number.
pub fn erase_person(
    conn: &mut Conn,
    id: ParticipantId,
    cohort: CohortId,
    gravestone: &str,
    now: Instant,
) -> Result<()> {
    keep_away(conn, cohort, gravestone)?;
    remove_people(conn, &[id])?;
    remove_quotes(conn, cohort)?;
    bury(conn, &id.to_string(), now)
}

/// Removes people, how they attended, and what else names them; gives how many that were.
pub(super) fn remove_people(conn: &mut Conn, people: &[ParticipantId]) -> Result<usize> {
    let mut removed = 0;
    for chunk in people.chunks(500) {
        diesel::delete(attendances::table.filter(attendances::participant_id.eq_any(chunk))).execute(conn)?;
        let subjects: Vec<String> = chunk.iter().map(ToString::to_string).collect();
        forget_subjects(conn, &subjects)?;
        removed += diesel::delete(participants::table.filter(participants::id.eq_any(chunk))).execute(conn)?;
    }
    Ok(removed)
}

/// A sheet that brings the person again is seen.
fn keep_away(conn: &mut Conn, cohort: CohortId, gravestone: &str) -> Result<()> {
    let row = (erased_people::gravestone.eq(gravestone), erased_people::cohort_id.eq(cohort));
    on_both!(conn, c => diesel::insert_into(erased_people::table).values(row).on_conflict_do_nothing().execute(c))?;
    Ok(())
}

/// A fault quotes the cell that it is about. Whose it was is not kept, so those of a cohort lose their quotes.
fn remove_quotes(conn: &mut Conn, cohort: CohortId) -> Result<()> {
    let of_cohort = imports::table.filter(imports::cohort_id.eq(cohort)).select(imports::id);
    diesel::update(import_errors::table.filter(import_errors::import_id.eq_any(of_cohort)))
        .set(import_errors::value.eq(""))
        .execute(conn)?;
    Ok(())
}

/// Kept answers about these, and the salts of their audit rows.
fn forget_subjects(conn: &mut Conn, subjects: &[String]) -> Result<()> {
    for chunk in subjects.chunks(500) {
        diesel::delete(idempotency::table.filter(idempotency::subject.eq_any(chunk))).execute(conn)?;
        diesel::delete(audit_salts::table.filter(audit_salts::subject.eq_any(chunk))).execute(conn)?;
    }
    Ok(())
}

/// The ventures that were erased after a data version.
pub fn erased_after(conn: &mut Conn, version: i64) -> Result<Vec<VentureId>> {
    let changed = change_log::table.filter(change_log::seq.gt(version)).select(change_log::venture_id);
    let erased = ventures::table.filter(ventures::erased_at.is_not_null()).filter(ventures::id.eq_any(changed));
    Ok(erased.select(ventures::id).order(ventures::id).load(conn)?)
}

/// Notes that something was erased.
pub fn bury(conn: &mut Conn, subject: &str, now: Instant) -> Result<()> {
    let row = (tombstones::subject.eq(subject), tombstones::erased_at.eq(now));
    on_both!(conn, c => diesel::insert_into(tombstones::table).values(row).on_conflict_do_nothing().execute(c))?;
    Ok(())
}

/// Everything that was erased.
pub fn buried(conn: &mut Conn) -> Result<BTreeSet<String>> {
    let all: Vec<String> = tombstones::table.select(tombstones::subject).load(conn)?;
    Ok(all.into_iter().collect())
}

/// What stands in place of the numbers of a cohort's erased ventures, and of the people erased with them.
pub fn gravestones(conn: &mut Conn, cohort: CohortId) -> Result<BTreeSet<String>> {
    let erased = ventures::table.filter(ventures::cohort_id.eq(cohort)).filter(ventures::erased_at.is_not_null());
    let all: Vec<String> = erased.select(ventures::external_ref).load(conn)?;
    let people = erased_people::table.filter(erased_people::cohort_id.eq(cohort)).select(erased_people::gravestone);
    let people: Vec<String> = people.load(conn)?;
    Ok(all.into_iter().chain(people).collect())
}

/// The tombstones in a file: one id a line. None where there is no file.
///
/// # Errors
/// When the file cannot be read.
pub fn read_file(path: &Path) -> std::io::Result<BTreeSet<String>> {
    match File::open(path) {
        Ok(file) => BufReader::new(file).lines().collect(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(BTreeSet::new()),
        Err(error) => Err(error),
    }
}

/// Adds tombstones to a file, and waits until the disk has them. A file that is not there is made, also for none.
///
/// # Errors
/// When the file cannot be written.
pub fn add_to_file(path: &Path, subjects: &[String]) -> std::io::Result<()> {
    let is_new = !path.exists();
    let mut file = OpenOptions::new().create(true).append(true).open(path)?;
    let text: String = subjects.iter().map(|subject| format!("{subject}\n")).collect();
    file.write_all(text.as_bytes())?;
    if is_new || !text.is_empty() {
        file.sync_all()?;
    }
    match path.parent().filter(|_| is_new) {
        // The folder knows of the file only when it has come to the disk too.
        Some(folder) if !folder.as_os_str().is_empty() => File::open(folder)?.sync_all(),
        _ => Ok(()),
    }
}

/// Has the database file forget what was deleted: SQLite overwrites deleted rows, but its log still has the old pages. The
/// server of PostgreSQL frees them in its own time. False while somebody reads an old state: then they are still there.
pub fn forget_pages(conn: &mut Conn) -> Result<bool> {
    #[derive(QueryableByName)]
    struct Checkpoint {
        #[diesel(sql_type = diesel::sql_types::Integer)]
        busy: i32,
    }
    match conn {
        Conn::Sqlite(sqlite) => {
            let done: Checkpoint = diesel::sql_query("PRAGMA wal_checkpoint(TRUNCATE)").get_result(sqlite)?;
            Ok(done.busy == 0)
        }
        Conn::Pg(_) => Ok(true),
    }
}
