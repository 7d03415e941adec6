//! Sealing anew what is at rest, when a sealing key is replaced.
//!
//! Of what is kept for a day or two at most nothing is sealed anew: answers for repeated requests, codes on their way, rows of imports.
//! Their key goes when they have gone.

use serde::Serialize;

use super::import::sealing;
use super::{Act, By, Error, Result, Service};
use crate::keys::seal::{Seal, Unsealable};
use crate::store::Conn;
use crate::store::sealed::{self, SealedColumn};

/// How many rows are sealed anew in one transaction: others write in between.
const BATCH: u32 = 500;

const fn column(table: &'static str, key: &'static str, column: &'static str, place: &'static str) -> SealedColumn {
    SealedColumn { table, key, column, place }
}

/// Every sealed column whose rows stay, with the place it is sealed for.
pub const SEALED: &[SealedColumn] = &[
    column("ventures", "id", "sealed", "ventures"),
    column("participants", "id", "sealed", "participants"),
    column("support_plans", "venture_id", "sealed", "support_plans"),
    column("matches", "id", "reason", "match reason"),
    column("matches", "id", "terms", "match terms"),
    column("matches", "id", "pledge", "match pledge"),
    column("matches", "id", "outcome", "match outcome"),
    column("match_notes", "match_id", "sealed", "match note"),
    column("match_reports", "id", "sealed", "match_reports"),
    column("data_requests", "id", "said", "data_request said"),
    column("data_requests", "id", "answer", "data_request answer"),
    column("complaints", "id", "said", "complaint said"),
    column("complaints", "id", "done", "complaint done"),
    column("incidents", "id", "what", "incident what"),
    column("incidents", "id", "done", "incident done"),
    column("owner_phones", "user_id", "phone", "owner phone"),
    column("webhooks", "id", "secret", "webhook secret"),
    column("webhooks", "id", "earlier_secret", "webhook secret"),
];

/// Sealed columns whose rows are soon gone.
pub const PASSING: &[SealedColumn] = &[
    column("import_rows", "import_id", "sealed", "import_rows"),
    column("idempotency", "key_hash", "sealed", "idempotency"),
    column("one_time_codes", "id", "phone", "one-time code phone"),
];

/// Columns of bytes that are not sealed.
pub const OPEN: &[(&str, &str)] = &[("audit_salts", "salt"), ("match_lists", "inputs")];

/// How many values at rest are sealed with another key than the one that seals now.
///
/// # Errors
/// The store's.
pub fn waiting(conn: &mut Conn, current: u8) -> Result<u64> {
    count(conn, SEALED, current)
}

/// How many values that are soon gone are sealed with another key, and have not gone.
///
/// # Errors
/// The store's.
pub fn passing(conn: &mut Conn, current: u8) -> Result<u64> {
    count(conn, PASSING, current)
}

fn count(conn: &mut Conn, columns: &[SealedColumn], current: u8) -> Result<u64> {
    let counts = columns.iter().map(|column| Ok(sealed::count_others(conn, column, current)?));
    Ok(counts.sum::<Result<i64>>()?.unsigned_abs())
}

/// What came of sealing anew.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Resealed {
    /// Values sealed anew.
    pub done: u64,
    /// Values left as they are, since they do not open: their key is missing, or they were changed.
    pub unopened: u64,
}

#[derive(Serialize)]
struct Audited<'a> {
    table: &'a str,
    column: &'a str,
    rows: u64,
}

/// Seals anew whatever is sealed with another key than the one that seals now, some rows a transaction; it can be killed and begun
/// again. `progress` hears how many rows each has looked at.
///
/// # Errors
/// The store's.
pub fn reseal(service: &Service, progress: impl Fn(u64)) -> Result<Resealed> {
    let seal = service.keys.personal();
    let current = seal.current().ok_or_else(|| Error::Internal("there is no sealing key".into()))?;
    let mut total = Resealed::default();
    for column in SEALED {
        let mut after = String::new();
        loop {
            let (last, batch) = service.write(By::Operator, |act| one_batch(act, seal, column, current, &after))?;
            total.done += batch.done;
            total.unopened += batch.unopened;
            progress(batch.done + batch.unopened);
            let Some(last) = last else { break };
            after = last;
        }
    }
    Ok(total)
}

/// The next rows after one; gives the last of them.
fn one_batch(
    act: &mut Act<'_>,
    seal: &Seal,
    of: &SealedColumn,
    current: u8,
    after: &str,
) -> Result<(Option<String>, Resealed)> {
    let mut batch = Resealed::default();
    let rows = sealed::some_others(act.conn, of, current, after, BATCH)?;
    for (key, old) in &rows {
        let place = format!("{} {key}", of.place);
        match seal.open(place.as_bytes(), old) {
            Ok(text) => {
                let new = seal.seal(place.as_bytes(), &text).map_err(sealing)?;
                sealed::replace(act.conn, of, key, &new)?;
                batch.done += 1;
            }
            Err(Unsealable) => batch.unopened += 1,
        }
    }
    if batch.done > 0 {
        let audited = Audited { table: of.table, column: of.column, rows: batch.done };
        act.audit("keys.reseal", format!("sealing key {current}"), &audited)?;
    }
    Ok((rows.into_iter().next_back().map(|(key, _)| key), batch))
}
