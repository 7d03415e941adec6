//! Importing a workshop sheet.
//!
//! [`stage`] reads the file once, as a stream, and puts its rows into the database, encrypted and without
//! identity numbers; with [`promise`] the job exists and will be carried out. [`run`] does the rest and may be interrupted
//! anywhere: it checks every group of rows that belong together, then applies group by group in small
//! transactions, and at the end makes everything rankable at once. Memory depends on the largest group, not on
//! the file. What comes next is read (`waiting`) while the database writes.

mod apply;
mod private;
mod refused;
mod waiting;

pub use private::{PrivatePerson, PrivateVenture};

use std::collections::HashMap;

pub(crate) use waiting::sealing;
use waiting::{Group, Step, ahead, seal, steps};

use super::event::{self, Event};
use super::{Act, By, Error, Result, Service, rubric};
use crate::domain::id::{CohortId, ImportId};
use crate::domain::intake::{COLUMNS, ParsedRow, Part, RowError, RowFault, RowSecrets};
use crate::domain::life::{ImportMode, ImportState};
use crate::domain::time::Instant;
use crate::store::import::{self, Import, StagedRow};
use crate::store::{self, Conn, cohort};

/// Rows that come in with one transaction.
const ROWS_PER_STEP: usize = 1000;
/// More faults than these are counted but not kept.
const MOST_FAULTS: i64 = 10_000;

/// What is imported, and how.
#[derive(Clone, Debug)]
pub struct Order {
    /// Into which cohort.
    pub cohort: CohortId,
    /// What a faulty row does to the others.
    pub mode: ImportMode,
    /// Check only.
    pub dry_run: bool,
    /// What the file is called.
    pub file_name: String,
    /// BLAKE3 of the file, hex.
    pub file_hash: String,
}

/// An import whose rows are here, and which nobody has been promised.
pub struct Staged {
    job: Import,
    /// Why nothing of the file could be read.
    unreadable: Vec<RowError>,
}

/// Takes the rows of a file in. Nothing has been promised yet: what is killed now leaves rows behind that go in time.
///
/// # Errors
/// [`Error::NotFound`] for an unknown cohort; the store's.
pub fn stage(
    service: &Service,
    by: By<'_>,
    order: Order,
    rows: Result<impl Iterator<Item = Result<RowSecrets, Vec<RowError>>> + Send, Vec<RowError>>,
) -> Result<Staged> {
    let mut job = service.write(by, |act| begin(act, order))?;
    let rows = match rows {
        Ok(rows) => rows,
        Err(unreadable) => return Ok(Staged { job, unreadable }),
    };
    let id = job.id;
    // The next rows are read and sealed while these are written.
    std::thread::scope(|scope| {
        for batch in ahead(scope, batches(rows, move |row| seal(&service.keys, id, row))) {
            let Batch { count, staged, faults } = batch?;
            job.rows_total += count;
            service.db.write(|conn| {
                import::stage(conn, &staged)?;
                note_faults(conn, &mut job, faults)
            })?;
        }
        Ok::<_, Error>(())
    })?;
    Ok(Staged { job, unreadable: Vec::new() })
}

/// Promises an import: from the end of this transaction on it happens, whatever is killed. One of which nothing can be
/// read ends here, and says why.
///
/// # Errors
/// The store's.
pub fn promise(act: &mut Act<'_>, staged: Staged) -> Result<Import> {
    let Staged { mut job, unreadable } = staged;
    if !unreadable.is_empty() {
        note_faults(act.conn, &mut job, unreadable)?;
        return finish(act, job, ImportState::Refused);
    }
    job.state = ImportState::Queued;
    import::update(act.conn, &job)?;
    act.audit("import.receive", job.id, &(job.cohort_id, &job.file_hash, job.mode, job.dry_run))?;
    Ok(job)
}

/// Rows that come in with one transaction.
struct Batch {
    count: i64,
    staged: Vec<StagedRow>,
    faults: Vec<RowError>,
}

fn batches(
    mut rows: impl Iterator<Item = Result<RowSecrets, Vec<RowError>>>,
    seal: impl Fn(RowSecrets) -> Result<StagedRow>,
) -> impl Iterator<Item = Result<Batch>> {
    std::iter::from_fn(move || {
        let mut batch = Batch { count: 0, staged: Vec::with_capacity(ROWS_PER_STEP), faults: Vec::new() };
        for row in rows.by_ref().take(ROWS_PER_STEP) {
            batch.count += 1;
            match row.map(&seal) {
                Ok(Ok(row)) => batch.staged.push(row),
                Ok(Err(error)) => return Some(Err(error)),
                Err(found) => batch.faults.extend(found),
            }
        }
        (batch.count > 0).then_some(Ok(batch))
    })
}

fn begin(act: &mut Act<'_>, order: Order) -> Result<Import> {
    cohort::find(act.conn, order.cohort)?.ok_or(Error::NotFound)?;
    let job = Import {
        id: act.ids.next(act.now),
        cohort_id: order.cohort,
        state: ImportState::Receiving,
        mode: order.mode,
        dry_run: order.dry_run,
        file_name: order.file_name,
        file_hash: order.file_hash,
        rows_total: 0,
        rows_done: 0,
        created: 0,
        updated: 0,
        unchanged: 0,
        errors_total: 0,
        applied_to: String::new(),
        created_by: act.by.name(),
        created_at: act.now,
        finished_at: None,
    };
    import::insert(act.conn, &job)?;
    Ok(job)
}

fn note_faults(conn: &mut Conn, job: &mut Import, faults: Vec<RowError>) -> Result<()> {
    let mut rows = Vec::with_capacity(faults.len());
    for fault in faults {
        job.errors_total += 1;
        if job.errors_total <= MOST_FAULTS {
            rows.push(import::RowFault {
                import_id: job.id,
                seq: job.errors_total,
                row_no: i64::from(fault.row),
                column_name: fault.column,
                value: fault.value,
                code: fault.code,
                detail_id: fault.detail.id,
                detail_en: fault.detail.en,
            });
        }
    }
    import::insert_faults(conn, &rows)?;
    Ok(import::update(conn, job)?)
}

/// Carries an import that waits, or was interrupted, to its end. `progress` hears of rows done and rows in all.
///
/// # Errors
/// The store's; the import can be run again then.
pub fn run(service: &Service, id: ImportId, progress: &dyn Fn(i64, i64)) -> Result<Import> {
    let mut job = service.read(|conn| import::find(conn, id)?.ok_or(Error::NotFound))?;
    let (version, rubric) = service.read(rubric::current)?;
    let rules = apply::Rules { rubric: &rubric, rubric_id: version.rubric_id, rubric_number: version.number };
    if job.state == ImportState::Queued {
        check(service, &mut job, &rules)?;
    }
    while job.state == ImportState::Running {
        job = apply_from(service, job, &rules, progress)?;
    }
    progress(job.rows_total, job.rows_total);
    Ok(job)
}

/// Applies the groups that have not been yet, and ends the import after the last one; stops where another process has
/// carried it on.
fn apply_from(
    service: &Service,
    mut job: Import,
    rules: &apply::Rules<'_>,
    progress: &dyn Fn(i64, i64),
) -> Result<Import> {
    std::thread::scope(|scope| {
        let prepare = |group: Group| apply::prepared(&service.keys, rules, group);
        let after = job.applied_to.clone();
        for step in ahead(scope, steps(service, job.id, &after, prepare)) {
            let Step { groups, last } = step?;
            let (found, next) = service.write(By::Operator, |act| match overtaken(act.conn, &job)? {
                Some(other) => Ok((true, other)),
                None => Ok((false, apply::groups(act, rules, Import { applied_to: last, ..job.clone() }, groups)?)),
            })?;
            job = next;
            if found {
                return Ok(job);
            }
            progress(job.rows_done, job.rows_total);
        }
        service.write(By::Operator, |act| match overtaken(act.conn, &job)? {
            Some(other) => Ok(other),
            None => finish(act, job, ImportState::Applied),
        })
    })
}

/// Which business each person of a sheet stands for: one, however many rows there are. Digests, since a sheet may have
/// a hundred thousand people and nothing else of it stays in memory.
#[derive(Default)]
struct People(HashMap<[u8; 16], ([u8; 16], u32)>);

impl People {
    /// Takes the rows of a group in; tells which of them put a person with another business than an earlier row did.
    fn meet(&mut self, rows: &[ParsedRow]) -> Vec<RowError> {
        let digest = |text: &str| {
            let mut short = [0; 16];
            short.copy_from_slice(&blake3::hash(text.as_bytes()).as_bytes()[..16]);
            short
        };
        let column = COLUMNS.iter().find(|c| matches!(c.part, Part::VentureCode)).map_or("", |c| c.header);
        let mut faults = Vec::new();
        for row in rows {
            let Some(venture) = &row.venture else { continue };
            let home = digest(&venture.reference);
            let (known, first) = *self.0.entry(digest(&row.participant.reference)).or_insert((home, row.row));
            if known != home {
                faults.push(RowFault::Differs(first).at(row.row, column, &venture.reference));
            }
        }
        faults
    }
}

/// The import as it stands, if somebody has carried it on since `job` was read: another process may work on the same
/// database.
fn overtaken(conn: &mut Conn, job: &Import) -> Result<Option<Import>> {
    let stands = import::find(conn, job.id)?.ok_or(Error::NotFound)?;
    Ok(((stands.state, &stands.applied_to) != (job.state, &job.applied_to)).then_some(stands))
}

/// Checks every group and decides whether the import goes on.
fn check(service: &Service, job: &mut Import, rules: &apply::Rules<'_>) -> Result<()> {
    let mut faults = Vec::new();
    let mut people = People::default();
    let mut torn = Vec::new();
    let gone = service.read(|conn| Ok(store::erasure::gravestones(conn, job.cohort_id)?))?;
    let mut preview = apply::Preview::default();
    std::thread::scope(|scope| {
        let join = |group: Group| Ok((group.join(rules.rubric), group));
        for step in ahead(scope, steps(service, job.id, "", join)) {
            let mut sound = Vec::new();
            let groups = step?.groups;
            let unrated =
                refused::unrated(service, job.cohort_id, groups.iter().filter_map(|(joined, _)| joined.as_ref().ok()))?;
            for (joined, group) in groups {
                match joined {
                    Err(found) => faults.extend(found),
                    Ok(joined) => {
                        let mut found = people.meet(&group.rows);
                        found.extend(group.of_erased(service, job.cohort_id, &gone));
                        found.extend(refused::ratings(&joined, &unrated));
                        if found.is_empty() {
                            sound.push((joined, group));
                        } else {
                            faults.extend(found);
                            torn.push(group.key);
                        }
                    }
                }
            }
            if job.dry_run {
                preview.count(service, job.cohort_id, sound)?;
            }
        }
        Ok::<_, Error>(())
    })?;
    let refused = job.dry_run || (job.mode == ImportMode::AllOrNothing && job.errors_total + faults.len() as i64 > 0);
    *job = service.write(By::Operator, |act| {
        if let Some(other) = overtaken(act.conn, job)? {
            return Ok(other);
        }
        let mut job = job.clone();
        note_faults(act.conn, &mut job, faults)?;
        import::drop_groups(act.conn, job.id, &torn)?;
        (job.created, job.updated, job.unchanged) = (preview.created, preview.updated, preview.unchanged);
        if refused {
            // A dry run that found nothing wrong has ended well, though it has written nothing.
            let well = job.dry_run && (job.errors_total == 0 || job.mode == ImportMode::ValidRows);
            return finish(act, job, if well { ImportState::Applied } else { ImportState::Refused });
        }
        job.state = ImportState::Running;
        import::update(act.conn, &job)?;
        Ok(job)
    })?;
    Ok(())
}

fn finish(act: &mut Act<'_>, mut job: Import, state: ImportState) -> Result<Import> {
    import::release_touched(act.conn, job.id, act.now)?;
    import::drop_rows(act.conn, job.id)?;
    job.state = state;
    job.rows_done = job.rows_total;
    // The number of the last business or person.
    job.applied_to.clear();
    job.finished_at = Some(act.now);
    import::update(act.conn, &job)?;
    act.audit("import.finish", job.id, &(state, job.created, job.updated, job.unchanged, job.errors_total))?;
    event::note(act, &Event::ImportFinished(&job))?;
    Ok(job)
}

/// A file that takes longer than this to come in never will: its sender or its process has gone.
const RECEIVING_SECONDS: i64 = 3600;

/// Imports that were promised and have not ended, oldest first. Rows of imports that nobody was promised go.
///
/// # Errors
/// The store's.
pub fn waiting(service: &Service) -> Result<Vec<ImportId>> {
    let stale = |job: &Import, now: Instant| job.created_at.plus_seconds(RECEIVING_SECONDS) < now;
    let now = service.clock.now();
    let receiving = service.read(|conn| Ok(import::in_state(conn, ImportState::Receiving)?))?;
    for job in receiving.iter().filter(|job| stale(job, now)) {
        service.db.write(|conn| import::remove(conn, job.id))?;
    }
    service.read(|conn| {
        let mut waiting = import::in_state(conn, ImportState::Running)?;
        waiting.extend(import::in_state(conn, ImportState::Queued)?);
        Ok(waiting.into_iter().map(|job| job.id).collect())
    })
}
