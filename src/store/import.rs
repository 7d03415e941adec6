//! Imports: the job, the rows that wait, the errors found.

use diesel::prelude::*;

use super::conn::{Conn, on_both};
use super::error::Result;
use super::schema::{change_log, import_errors, import_rows, import_touched, imports, write_gate};
use super::seek::{Page, Seek, cut};
use crate::domain::id::{CohortId, ImportId, VentureId};
use crate::domain::life::{ImportMode, ImportState};
use crate::domain::time::Instant;

/// An import.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = imports, treat_none_as_default_value = false)]
pub struct Import {
    /// The id.
    pub id: ImportId,
    /// Into which cohort.
    pub cohort_id: CohortId,
    /// Where it stands.
    pub state: ImportState,
    /// What a faulty row does to the others.
    pub mode: ImportMode,
    /// Check only.
    pub dry_run: bool,
    /// What the file was called.
    pub file_name: String,
    /// BLAKE3 of the file, hex.
    pub file_hash: String,
    /// Rows below the header.
    pub rows_total: i64,
    /// Rows dealt with so far.
    pub rows_done: i64,
    /// Ventures and lone participants made.
    pub created: i64,
    /// … changed.
    pub updated: i64,
    /// … found just as they were.
    pub unchanged: i64,
    /// How many faults there are.
    pub errors_total: i64,
    /// The last group of rows that has been applied; empty before the first.
    pub applied_to: String,
    /// Who imports.
    pub created_by: String,
    /// Since when.
    pub created_at: Instant,
    /// When it ended.
    pub finished_at: Option<Instant>,
}

/// A row that waits.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = import_rows)]
pub struct StagedRow {
    /// The import.
    pub import_id: ImportId,
    /// Its number on the sheet, the header being 1.
    pub row_no: i64,
    /// Rows that belong together have the same key.
    pub group_key: String,
    /// The encrypted row.
    pub sealed: Vec<u8>,
}

/// A fault of a row.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = import_errors)]
pub struct RowFault {
    /// The import.
    pub import_id: ImportId,
    /// Its number among the faults, from 1.
    pub seq: i64,
    /// The row on the sheet.
    pub row_no: i64,
    /// The header's text.
    pub column_name: String,
    /// What stands in the cell; empty where that is nobody's business.
    pub value: String,
    /// A code for machines.
    pub code: String,
    /// What to do, in Bahasa Indonesia.
    pub detail_id: String,
    /// What to do, in English.
    pub detail_en: String,
}

/// Adds an import.
pub fn insert(conn: &mut Conn, import: &Import) -> Result<()> {
    diesel::insert_into(imports::table).values(import).execute(conn)?;
    Ok(())
}

/// One import.
pub fn find(conn: &mut Conn, id: ImportId) -> Result<Option<Import>> {
    Ok(imports::table.find(id).select(Import::as_select()).first(conn).optional()?)
}

/// A page of imports, newest first. Those still coming in are nobody's business.
pub fn page(conn: &mut Conn, seek: &Seek<ImportId>, limit: i64) -> Result<Page<Import>> {
    let query =
        imports::table.filter(imports::state.ne(ImportState::Receiving)).select(Import::as_select()).into_boxed();
    Ok(cut!(conn, query, imports::id, descending, seek, limit))
}

/// Imports in a state, oldest first.
pub fn in_state(conn: &mut Conn, state: ImportState) -> Result<Vec<Import>> {
    Ok(imports::table.filter(imports::state.eq(state)).order(imports::id).select(Import::as_select()).load(conn)?)
}

/// Whether an import into a cohort has been promised and has not ended.
pub fn is_under_way(conn: &mut Conn, cohort: CohortId) -> Result<bool> {
    let states = [ImportState::Queued, ImportState::Running];
    let query = imports::table.filter(imports::cohort_id.eq(cohort)).filter(imports::state.eq_any(states));
    Ok(query.count().get_result::<i64>(conn)? > 0)
}

/// Stores where an import stands.
pub fn update(conn: &mut Conn, import: &Import) -> Result<()> {
    diesel::update(imports::table.find(import.id))
        .set((
            imports::state.eq(import.state),
            imports::file_hash.eq(&import.file_hash),
            imports::rows_total.eq(import.rows_total),
            imports::rows_done.eq(import.rows_done),
            imports::created.eq(import.created),
            imports::updated.eq(import.updated),
            imports::unchanged.eq(import.unchanged),
            imports::errors_total.eq(import.errors_total),
            imports::applied_to.eq(&import.applied_to),
            imports::finished_at.eq(import.finished_at),
        ))
        .execute(conn)?;
    Ok(())
}

/// Removes an import that never came in whole, with its rows.
pub fn remove(conn: &mut Conn, id: ImportId) -> Result<()> {
    drop_rows(conn, id)?;
    diesel::delete(import_errors::table.filter(import_errors::import_id.eq(id))).execute(conn)?;
    diesel::delete(imports::table.find(id)).execute(conn)?;
    Ok(())
}

/// Adds waiting rows.
pub fn stage(conn: &mut Conn, rows: &[StagedRow]) -> Result<()> {
    for chunk in rows.chunks(500) {
        on_both!(conn, c => diesel::insert_into(import_rows::table).values(chunk).execute(c))?;
    }
    Ok(())
}

/// Whole groups of waiting rows after the group `after`: at most `limit` groups, in order of key and row.
pub fn staged_groups(conn: &mut Conn, id: ImportId, after: &str, limit: i64) -> Result<Vec<StagedRow>> {
    let last: Option<String> = import_rows::table
        .filter(import_rows::import_id.eq(id))
        .filter(import_rows::group_key.gt(after))
        .select(import_rows::group_key)
        .distinct()
        .order(import_rows::group_key)
        .limit(limit)
        .load::<String>(conn)?
        .pop();
    let Some(last) = last else { return Ok(Vec::new()) };
    Ok(import_rows::table
        .filter(import_rows::import_id.eq(id))
        .filter(import_rows::group_key.gt(after))
        .filter(import_rows::group_key.le(last))
        .order((import_rows::group_key, import_rows::row_no))
        .select(StagedRow::as_select())
        .load(conn)?)
}

/// Forgets whole groups of waiting rows.
pub fn drop_groups(conn: &mut Conn, id: ImportId, keys: &[String]) -> Result<()> {
    for chunk in keys.chunks(500) {
        let rows = import_rows::table.filter(import_rows::import_id.eq(id));
        diesel::delete(rows.filter(import_rows::group_key.eq_any(chunk))).execute(conn)?;
    }
    Ok(())
}

/// Forgets the waiting rows of an import.
pub fn drop_rows(conn: &mut Conn, id: ImportId) -> Result<()> {
    diesel::delete(import_rows::table.filter(import_rows::import_id.eq(id))).execute(conn)?;
    Ok(())
}

/// Remembers that an import in progress has written these ventures.
pub fn touch(conn: &mut Conn, id: ImportId, ventures: &[VentureId]) -> Result<()> {
    let rows: Vec<_> =
        ventures.iter().map(|v| (import_touched::venture_id.eq(*v), import_touched::import_id.eq(id))).collect();
    for chunk in rows.chunks(500) {
        on_both!(conn, c => diesel::insert_into(import_touched::table)
            .values(chunk.to_vec())
            .on_conflict_do_nothing()
            .execute(c))?;
    }
    Ok(())
}

/// Makes everything that an import has written rankable, at once: its ventures enter the change log in order of
/// their ids. Gives how many.
pub fn release_touched(conn: &mut Conn, id: ImportId, now: Instant) -> Result<i64> {
    let seq: i64 = write_gate::table.find(1).select(write_gate::change_seq).first(conn)?;
    let venture_ids: Vec<VentureId> = import_touched::table
        .filter(import_touched::import_id.eq(id))
        .order(import_touched::venture_id)
        .select(import_touched::venture_id)
        .load(conn)?;
    let rows: Vec<_> = (seq + 1..)
        .zip(&venture_ids)
        .map(|(seq, v)| (change_log::seq.eq(seq), change_log::venture_id.eq(*v), change_log::at.eq(now)))
        .collect();
    for chunk in rows.chunks(500) {
        on_both!(conn, c => diesel::insert_into(change_log::table).values(chunk.to_vec()).execute(c))?;
    }
    let count = i64::try_from(rows.len()).unwrap_or(i64::MAX);
    diesel::update(write_gate::table.find(1)).set(write_gate::change_seq.eq(seq + count)).execute(conn)?;
    diesel::delete(import_touched::table.filter(import_touched::import_id.eq(id))).execute(conn)?;
    Ok(count)
}

/// Adds faults.
pub fn insert_faults(conn: &mut Conn, rows: &[RowFault]) -> Result<()> {
    for chunk in rows.chunks(500) {
        on_both!(conn, c => diesel::insert_into(import_errors::table).values(chunk).execute(c))?;
    }
    Ok(())
}

/// A page of faults, in the order in which they were found.
pub fn faults(conn: &mut Conn, id: ImportId, seek: &Seek<i64>, limit: i64) -> Result<Page<RowFault>> {
    let query = import_errors::table.filter(import_errors::import_id.eq(id)).select(RowFault::as_select()).into_boxed();
    Ok(cut!(conn, query, import_errors::seq, ascending, seek, limit))
}
