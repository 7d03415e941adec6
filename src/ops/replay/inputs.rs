//! What a list was ranked from: everything the engine read, and nothing else.
//!
//! Kept are the criteria, the seed, and of each venture that was considered the cells of the columns that the criteria
//! read: no name, and no answer that could not have changed the list. Of lines at the cut-off also what could be
//! raised, since their explanation says it.
//!
//! The hash is one over the hashes of the rows. So a row can be cut out for good, its hash left in its place, and what
//! remains is still proven to be what was ranked.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read as _, Write as _};
use std::sync::Arc;

use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use crate::domain::assessment::{Combined, Outcome};
use crate::domain::canonical;
use crate::domain::criteria::{Criteria, Reading, Source, each_once};
use crate::domain::decimal::Decimal;
use crate::domain::fixed::TenThousandths;
use crate::domain::rubric::{Raw, Rubric, Scale};
use crate::engine::{self, Cell, Column, Measured, Movable, Options, Placed, Ranking, Row, Snapshot};
use crate::ops::criteria::AsWritten;
use crate::ops::{self, Error};

/// Inputs may inflate to so many bytes; those of a hundred thousand ventures take a fifth of it.
const LARGEST: u64 = 256 << 20;

/// Inputs that cannot be ranked: they are damaged, or were kept by a version before replays.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the inputs cannot be read: {0}")]
pub struct Unreadable(pub String);

fn unreadable(why: impl ToString) -> Unreadable {
    Unreadable(why.to_string())
}

/// What a list was ranked from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Inputs {
    /// The engine that ranked.
    pub engine_version: String,
    /// The criteria document.
    #[serde(deserialize_with = "each_once")]
    pub criteria: Value,
    /// Seed of the lottery.
    pub seed: String,
    /// The columns that the document reads, in the order of each row's cells.
    pub columns: Vec<Read>,
    /// The rubric, if some row could be raised.
    #[serde(default, deserialize_with = "rubric")]
    pub rubric: Option<Value>,
    /// Every venture that was considered, by id.
    pub rows: Vec<InputRow>,
    /// The hashes of rows that were cut out since, in ascending order.
    pub cut: Vec<String>,
}

fn rubric<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    each_once(deserializer).map(|value| Some(value).filter(|value| !value.is_null()))
}

/// A column that the document reads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Read {
    /// Its field.
    pub field: String,
    /// How its cells were read.
    pub reading: Reading,
}

/// One venture that was considered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InputRow {
    /// Its id: the lottery draws by it.
    pub id: String,
    /// Not assessed yet.
    pub pending: bool,
    /// An adjudication was open.
    pub open_adjudication: bool,
    /// One for each column.
    pub cells: Vec<Coded>,
    /// What could be raised, of a line at the cut-off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
}

/// A cell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Coded {
    /// The owner did not say.
    NotAnswered,
    /// Does not apply.
    NotApplicable,
    /// Still to be assessed.
    NotAssessed,
    /// A dimension with too little assessed to have a number.
    Insufficient,
    /// A number, and the lowest and the highest that an assessor gave.
    Number([Decimal; 3]),
    /// A text.
    Text(Arc<str>),
    /// Texts in ascending order.
    Set(Vec<Arc<str>>),
    /// From and to.
    Range([Decimal; 2]),
}

impl From<&Cell> for Coded {
    fn from(cell: &Cell) -> Self {
        match cell {
            Cell::NotAnswered => Self::NotAnswered,
            Cell::NotApplicable => Self::NotApplicable,
            Cell::NotAssessed => Self::NotAssessed,
            Cell::Insufficient => Self::Insufficient,
            Cell::Number(n) => Self::Number([n.value, n.low, n.high]),
            Cell::Text(text) => Self::Text(text.clone()),
            Cell::Set(texts) => Self::Set(texts.to_vec()),
            Cell::Range(from, to) => Self::Range([*from, *to]),
        }
    }
}

impl Coded {
    fn cell(&self) -> Result<Cell, Unreadable> {
        Ok(match self {
            Self::NotAnswered => Cell::NotAnswered,
            Self::NotApplicable => Cell::NotApplicable,
            Self::NotAssessed => Cell::NotAssessed,
            Self::Insufficient => Cell::Insufficient,
            Self::Number([value, low, high]) if low <= value && value <= high => {
                Cell::Number(Measured { value: *value, low: *low, high: *high })
            }
            Self::Range([from, to]) if from <= to => Cell::Range(*from, *to),
            Self::Number(_) | Self::Range(_) => return Err(unreadable("a cell that ends before it begins")),
            Self::Text(text) => Cell::Text(text.clone()),
            Self::Set(texts) if texts.is_sorted_by(|a, b| a < b) => Cell::Set(texts.clone().into()),
            Self::Set(_) => return Err(unreadable("a set that is not in order")),
        })
    }
}

/// Inputs, ranked once more.
pub struct Ranked {
    /// The ranking.
    pub ranking: Ranking,
    /// The document's limit: a list holds so many lines at most.
    pub limit: usize,
    rubric: Option<Rubric>,
    outcomes: BTreeMap<String, Outcome>,
}

impl Ranked {
    /// What of a venture can be raised.
    pub fn movable(&self, placed: &Placed) -> Movable<'_> {
        let outcome = self.outcomes.get(&**self.ranking.id(placed.row));
        self.rubric.as_ref().zip(outcome).map_or(Movable::Nothing, |(r, o)| Movable::Indicators(r, o))
    }
}

impl Inputs {
    /// The inputs of a ranking of all these rows. `outcome` gives what can be raised of a venture.
    ///
    /// # Errors
    /// A fault of ours.
    pub fn of(
        ranking: &Ranking,
        document: &Criteria,
        seed: &str,
        rubric: &Rubric,
        outcome: impl Fn(&str) -> Option<Outcome>,
    ) -> ops::Result<Self> {
        let internal = |e: &dyn ToString| Error::Internal(e.to_string());
        let snapshot = ranking.snapshot();
        let read = engine::columns_read(document, snapshot.schema()).map_err(|e| internal(&e))?;
        let columns = read.iter().map(|c| &snapshot.schema()[*c]);
        let columns = columns.map(|c| Read { field: c.field.clone(), reading: c.reading }).collect();
        let raisable: BTreeSet<_> = ranking
            .placed()
            .take(document.limit as usize)
            .filter(|placed| ranking.is_below_cutoff(placed))
            .map(|placed| placed.row)
            .collect();
        let eligible = ranking.merit().iter().map(|placed| placed.row);
        let considered = eligible.chain(ranking.excluded().iter().map(|left| left.row));
        let mut rows: Vec<_> = considered
            .chain(ranking.pending().iter().copied())
            .map(|row| {
                let (pending, open_adjudication) = snapshot.standing(row);
                InputRow {
                    id: snapshot.id(row).to_string(),
                    pending,
                    open_adjudication,
                    cells: read.iter().map(|c| snapshot.cell(row, *c).into()).collect(),
                    outcome: if raisable.contains(&row) { outcome(snapshot.id(row)) } else { None },
                }
            })
            .collect();
        rows.sort_by(|a, b| a.id.cmp(&b.id));
        let is_raised = rows.iter().any(|row| row.outcome.is_some());
        Ok(Self {
            engine_version: engine::VERSION.to_owned(),
            criteria: serde_json::from_str(&document.canonical()?)?,
            seed: seed.to_owned(),
            columns,
            rubric: if is_raised { Some(serde_json::from_str(&rubric.canonical_json()?)?) } else { None },
            rows,
            cut: Vec::new(),
        })
    }

    /// BLAKE3 of everything, with the hash of each row in its place: the same whether a row is here or cut out.
    ///
    /// # Errors
    /// A fault of ours.
    pub fn hash(&self) -> serde_json::Result<String> {
        #[derive(Serialize)]
        struct Hashed<'a> {
            engine_version: &'a str,
            criteria: &'a Value,
            seed: &'a str,
            columns: &'a [Read],
            rubric: &'a Option<Value>,
            rows: Vec<String>,
        }
        let mut rows = self.rows.iter().map(canonical::hash).collect::<serde_json::Result<Vec<_>>>()?;
        rows.extend(self.cut.iter().cloned());
        // In the order of the hashes, which tells nothing of a row that is gone.
        rows.sort();
        canonical::hash(&Hashed {
            engine_version: &self.engine_version,
            criteria: &self.criteria,
            seed: &self.seed,
            columns: &self.columns,
            rubric: &self.rubric,
            rows,
        })
    }

    /// Takes a venture out for good: all that stays of it is the hash of its row. Whether it was here.
    ///
    /// # Errors
    /// A fault of ours.
    pub fn cut(&mut self, id: &str) -> serde_json::Result<bool> {
        let Some(at) = self.rows.iter().position(|row| row.id == id) else { return Ok(false) };
        let row = self.rows.remove(at);
        self.cut.push(canonical::hash(&row)?);
        self.cut.sort();
        Ok(true)
    }

    /// As they are stored.
    ///
    /// # Errors
    /// A fault of ours.
    pub fn compressed(&self) -> ops::Result<Vec<u8>> {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
        let written = encoder.write_all(canonical::to_string(self)?.as_bytes()).and_then(|()| encoder.finish());
        written.map_err(|e| Error::Internal(e.to_string()))
    }

    /// Reads them as they are stored.
    ///
    /// # Errors
    /// [`Unreadable`].
    pub fn read(compressed: &[u8]) -> Result<Self, Unreadable> {
        let mut text = Vec::new();
        DeflateDecoder::new(compressed).take(LARGEST + 1).read_to_end(&mut text).map_err(unreadable)?;
        if text.len() as u64 > LARGEST {
            return Err(unreadable(format!("more than {LARGEST} bytes")));
        }
        serde_json::from_slice(&text).map_err(unreadable)
    }

    /// Ranks the rows that are here, with the engine that runs now.
    ///
    /// # Errors
    /// [`Unreadable`].
    pub fn rank(&self) -> Result<Ranked, Unreadable> {
        let told = |faults: Vec<crate::domain::fault::Fault>| {
            let first = faults.first().map(|f| format!("{} {}", f.pointer, f.detail.en));
            unreadable(first.unwrap_or_default())
        };
        let document = Criteria::parse(&Source::from(self.criteria.clone()), &AsWritten).map_err(told)?;
        let rubric = self.rubric.as_ref().map(|r| Rubric::from_json(&r.to_string())).transpose().map_err(told)?;
        let schema = self.columns.iter().map(|c| Column { field: c.field.clone(), reading: c.reading });
        let mut snapshot = Snapshot::new(schema.collect::<Vec<_>>());
        let mut outcomes = BTreeMap::new();
        for row in &self.rows {
            if let Some(outcome) = &row.outcome {
                let fits = rubric.as_ref().is_some_and(|rubric| fits(rubric, outcome));
                if !fits {
                    return Err(unreadable(format!("what could be raised of {} does not fit the rubric", row.id)));
                }
                outcomes.insert(row.id.clone(), outcome.clone());
            }
            let row = Row {
                id: row.id.clone(),
                pending: row.pending,
                open_adjudication: row.open_adjudication,
                cells: row.cells.iter().map(Coded::cell).collect::<Result<_, _>>()?,
            };
            snapshot.put(row).map_err(unreadable)?;
        }
        if snapshot.len() != self.rows.len() {
            return Err(unreadable("a venture stands twice"));
        }
        let options = Options { seed: Some(&self.seed), ..Options::default() };
        let ranking = engine::rank(&snapshot, &document, options).map_err(unreadable)?;
        Ok(Ranked { ranking, limit: document.limit as usize, rubric, outcomes })
    }
}

/// Whether an outcome is one under a rubric: the engine counts on it.
fn fits(rubric: &Rubric, outcome: &Outcome) -> bool {
    let scales = rubric.indicators().map(|i| &i.scale).zip(&outcome.indicators);
    let most = |sign| Raw::from(TenThousandths::whole(sign * 1_000_000));
    outcome.indicators.len() == rubric.indicator_count()
        && outcome.dimensions.len() == rubric.dimensions().len()
        && scales.into_iter().all(|(scale, combined)| match (scale, combined) {
            (Scale::Ordinal { .. }, Combined::Value { median, .. }) => {
                let level = |n| Raw::from(TenThousandths::whole(n));
                (level(1)..=level(5)).contains(median)
            }
            (Scale::Numeric { .. }, Combined::Value { median, .. }) => (most(-1)..=most(1)).contains(median),
            _ => true,
        })
        // The numbers are those that the ratings come to.
        && (0..outcome.dimensions.len())
            .all(|d| outcome.dimensions[d].score() == outcome.dimension_with(rubric, d, &[]))
        && outcome.overall.map(|o| o.score) == outcome.overall_with(rubric, &[])
}
