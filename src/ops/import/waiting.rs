//! Rows that wait in the database: how they are written, and how they come back in groups that belong together.
//!
//! A row waits sealed, in a positional encoding a fifth of its JSON: every byte of it is written, copied by a
//! checkpoint, read twice and overwritten with zeros. Such bytes say nothing without the type that wrote them, so
//! they begin with a number that changes with it, and a row of another number is an error and never misread.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::mpsc::sync_channel;
use std::thread::Scope;

use serde::{Deserialize, Serialize};

use crate::domain::id::{CohortId, ImportId};
use crate::domain::intake::{
    COLUMNS, IntakeParticipant, IntakeVenture, ParsedRow, Part, RowError, RowFault, RowSecrets, join_participant,
    join_venture,
};
use crate::domain::rubric::Rubric;
use crate::keys::Keys;
use crate::keys::seal::Unsealable;
use crate::ops::{Error, Result, Service, erasure};
use crate::store::import::{self, StagedRow};

/// Groups that are checked or applied in one go: what other writes wait for.
const GROUPS_PER_STEP: i64 = 300;

/// The encoding of [`Waiting`]. To be raised when a test finds that a row is written otherwise.
const FORMAT: u8 = 1;

/// A row as it waits: its identity number is a keyed hash already.
#[derive(Serialize, Deserialize)]
struct Waiting {
    row: ParsedRow,
    nik_hash: Option<String>,
}

impl Waiting {
    fn to_bytes(&self) -> Result<Vec<u8>> {
        postcard::to_extend(self, vec![FORMAT]).map_err(|e| Error::Internal(e.to_string()))
    }

    fn from_bytes(bytes: &[u8]) -> Result<Self> {
        match bytes {
            [FORMAT, row @ ..] => postcard::from_bytes(row).map_err(|e| Error::Internal(e.to_string())),
            _ => Err(Error::Internal("the rows of this import were put by by another version of the service".into())),
        }
    }
}

/// Seals a row to wait.
pub(super) fn seal(keys: &Keys, import_id: ImportId, secrets: RowSecrets) -> Result<StagedRow> {
    let row_no = i64::from(secrets.row.row);
    let group_key = group_key(&secrets.row);
    let nik_hash = secrets.nik.map(|nik| keys.hashing().nik(nik.expose()));
    let text = Waiting { row: secrets.row, nik_hash }.to_bytes()?;
    let sealed = keys.personal().seal(&place(import_id, row_no), &text).map_err(sealing)?;
    Ok(StagedRow { import_id, row_no, group_key, sealed })
}

fn place(import: ImportId, row_no: i64) -> Vec<u8> {
    format!("import_rows {import} {row_no}").into_bytes()
}

pub(crate) fn sealing(error: Unsealable) -> Error {
    Error::Internal(error.to_string())
}

/// Rows of one venture belong together; rows without one, by their person.
fn group_key(row: &ParsedRow) -> String {
    match &row.venture {
        Some(venture) => format!("v:{}", venture.reference),
        None => format!("p:{}", row.participant.reference),
    }
}

/// What a group of rows comes to.
pub(super) enum Joined {
    Venture(Box<IntakeVenture>),
    Person(Box<IntakeParticipant>),
}

/// Rows that belong together, with the keyed identity numbers by person.
pub(super) struct Group {
    pub key: String,
    pub rows: Vec<ParsedRow>,
    pub nik_hashes: BTreeMap<String, String>,
}

impl Group {
    pub fn join(&self, rubric: &Rubric) -> Result<Joined, Vec<RowError>> {
        let rows: Vec<&ParsedRow> = self.rows.iter().collect();
        if rows.iter().any(|r| r.venture.is_some()) {
            join_venture(&rows, rubric).map(|v| Joined::Venture(Box::new(v)))
        } else {
            join_participant(&rows).map(|p| Joined::Person(Box::new(p)))
        }
    }
}

impl Group {
    /// The fault of a business, or of one of its people, that was erased: it does not come back by the same sheet.
    pub fn of_erased(&self, service: &Service, cohort: CohortId, gone: &BTreeSet<String>) -> Option<RowError> {
        // Most cohorts have none.
        let first = self.rows.first().filter(|_| !gone.is_empty())?;
        let header = |wanted: fn(&Part) -> bool| COLUMNS.iter().find(|c| wanted(&c.part)).map_or("", |c| c.header);
        if let Some(venture) = &first.venture
            && gone.contains(&erasure::gravestone(&service.keys, cohort, &venture.reference))
        {
            return Some(RowFault::Erased.at(first.row, header(|part| matches!(part, Part::VentureCode)), ""));
        }
        let is_gone = |row: &&ParsedRow| {
            gone.contains(&erasure::gravestone_of_person(&service.keys, cohort, &row.participant.reference))
        };
        let row = self.rows.iter().find(is_gone)?;
        Some(RowFault::Erased.at(row.row, header(|part| matches!(part, Part::ParticipantCode)), ""))
    }
}

/// Groups that are taken in one go.
pub(super) struct Step<T> {
    /// Each as [`steps`] was told to make it.
    pub groups: Vec<T>,
    /// The key of the last one.
    pub last: String,
}

/// The waiting groups after the group `after`, in order of their keys and step by step; `make` is done to each one.
pub(super) fn steps<'s, T>(
    service: &'s Service,
    import: ImportId,
    after: &str,
    make: impl Fn(Group) -> Result<T> + 's,
) -> impl Iterator<Item = Result<Step<T>>> + 's {
    let mut after = after.to_owned();
    std::iter::from_fn(move || {
        let groups = match opened(service, import, &after) {
            Ok(groups) => groups,
            Err(error) => return Some(Err(error)),
        };
        after.clone_from(&groups.last()?.key);
        let groups = groups.into_iter().map(&make).collect::<Result<_>>();
        Some(groups.map(|groups| Step { groups, last: after.clone() }))
    })
}

fn opened(service: &Service, import: ImportId, after: &str) -> Result<Vec<Group>> {
    let staged = service.read(|conn| Ok(import::staged_groups(conn, import, after, GROUPS_PER_STEP)?))?;
    let mut groups = Vec::<Group>::new();
    for StagedRow { row_no, group_key, sealed, .. } in staged {
        let text = service.keys.personal().open(&place(import, row_no), &sealed).map_err(sealing)?;
        let Waiting { row, nik_hash } = Waiting::from_bytes(&text)?;
        let group = match groups.last_mut() {
            Some(group) if group.key == group_key => group,
            _ => groups.push_mut(Group { key: group_key, rows: Vec::new(), nik_hashes: BTreeMap::new() }),
        };
        if let Some(hash) = nik_hash {
            group.nik_hashes.insert(row.participant.reference.clone(), hash);
        }
        group.rows.push(row);
    }
    Ok(groups)
}

/// The same items, each made on a thread of its own while the one before is in use. One item waits at most.
pub(super) fn ahead<'s, T: Send + 's>(
    scope: &'s Scope<'s, '_>,
    mut items: impl Iterator<Item = T> + Send + 's,
) -> std::sync::mpsc::IntoIter<T> {
    let (put, taken) = sync_channel(0);
    // Whoever takes them may stop before the end.
    scope.spawn(move || items.all(|item| put.send(item).is_ok()));
    taken.into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::intake::Codebook;
    use crate::sources::Sheet;
    use crate::{demo, reference};

    fn sample() -> Vec<RowSecrets> {
        let rubric = reference::rubric::sedaya_v1().clone().into();
        let day = "2024-11-14".parse().unwrap();
        let book = Codebook { rubric, regions: reference::region::names(), day, today: day };
        Sheet::from_bytes(demo::CSV.to_vec(), book).unwrap().map(Result::unwrap).collect()
    }

    #[test]
    fn rows_are_read_as_they_were_written() {
        let (mut all, mut size) = (blake3::Hasher::new(), (0, 0));
        for RowSecrets { row, .. } in sample() {
            let bytes = Waiting { row: row.clone(), nik_hash: Some("hash".into()) }.to_bytes().unwrap();
            all.update(&bytes);
            let read = Waiting::from_bytes(&bytes).unwrap();
            assert_eq!((&read.row, read.nik_hash.as_deref()), (&row, Some("hash")));
            assert!(Waiting::from_bytes(&bytes[..bytes.len() - 1]).is_err());
            assert!(Waiting::from_bytes(&[&[FORMAT + 1], &bytes[1..]].concat()).is_err());
            size.0 += bytes.len();
            size.1 += serde_json::to_vec(&row).unwrap().len();
        }
        assert!(size.0 * 3 < size.1, "{size:?}");
        // When this differs though the sample does not, rows that wait in a database cannot be read any more: raise FORMAT.
        assert_eq!(
            (FORMAT, all.finalize().to_hex().as_str()),
            (1, "cbbd905f2accf8e504e61accefdd2e45272205a9f593b23cfa84d91d935a6a19")
        );
    }

    #[test]
    fn items_come_in_order_until_nobody_takes_them() {
        let made = std::sync::atomic::AtomicUsize::new(0);
        let count = |n: usize| {
            made.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            n
        };
        let all: Vec<_> = std::thread::scope(|scope| ahead(scope, (0..100).map(count)).collect());
        assert_eq!(all, (0..100).collect::<Vec<_>>());
        let first = std::thread::scope(|scope| ahead(scope, (0..).map(count)).take(3).last());
        assert_eq!(first, Some(2));
        assert!(made.into_inner() <= 100 + 3 + 2, "no more than one is made ahead, and one waits");
        // What is broken while it is made does not look like the end.
        let broken = || std::thread::scope(|scope| ahead(scope, (0..9).map(|n| 1 / (5 - n))).count());
        assert!(std::panic::catch_unwind(broken).is_err());
    }
}
