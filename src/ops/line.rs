//! The lines of match lists: what is kept of each, and those that were read lately.

use std::fmt;
use std::sync::Arc;

use quick_cache::Weighter;
use quick_cache::sync::Cache;
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

use super::Result;
use super::basis::Basis;
use crate::domain::canonical;
use crate::domain::card::Card;
use crate::domain::decimal::Decimal;
use crate::domain::id::{MatchListId, VentureId};
use crate::engine::{Explained, Flag, Movable, Outcome, Placed, Ranking};
use crate::store::match_list::{self, Entry, MatchList};
use crate::store::{Conn, Seek};

/// What is kept of a line beside its card, as canonical JSON: the engine's result as `engine.md` §10 prints it, and its
/// figures with one decimal for people.
///
/// # Errors
/// A fault of ours.
pub fn keep(ranking: &Ranking, placed: &Placed, movable: Movable<'_>) -> Result<String> {
    #[derive(Serialize)]
    struct Kept {
        result: Explained,
        score_tenths: i64,
        points_tenths: Vec<i64>,
    }
    let (score, points) = ranking.points(placed, 10);
    let tenths = |n: i128| i64::try_from(n).unwrap_or(i64::MAX);
    Ok(canonical::to_string(&Kept {
        result: ranking.explain(placed, movable),
        score_tenths: tenths(score),
        points_tenths: points.into_iter().map(tenths).collect(),
    })?)
}

/// What of a kept line is told to an investor; the rest is passed over.
#[derive(Debug, Deserialize)]
pub struct Told {
    /// Of the engine's result.
    pub result: ToldResult,
    /// The score in tenths.
    pub score_tenths: i64,
    /// The points of each preference in tenths, in document order; they add up to the score.
    pub points_tenths: Vec<i64>,
}

/// What of an engine's result is told to an investor.
#[derive(Debug, Deserialize)]
pub struct ToldResult {
    /// By merit.
    pub rank: u32,
    /// How many share the score.
    pub tie_size: u32,
    /// The score with everything unknown at its worst, and at its best.
    pub interval: [f64; 2],
    /// In document order.
    pub contributions: Vec<Contribution>,
    /// In document order.
    pub filters: Vec<Filter>,
    /// What to know beside the score.
    pub flags: Vec<Flag>,
}

/// What one preference gave.
#[derive(Debug, Deserialize)]
pub struct Contribution {
    /// Its field.
    pub field: String,
    /// Its share of all weights.
    pub weight: Decimal,
    /// The answer's value, 0–1, or its policy's; none when the preference drops out.
    pub value: Option<f64>,
    /// Its points of the score, as the engine gives them.
    pub points: Decimal,
    raw: Option<IgnoredAny>,
}

impl Contribution {
    /// Whether its weight counts for this venture.
    pub const fn counts(&self) -> bool {
        self.value.is_some()
    }

    /// Whether there is an answer.
    pub const fn is_answered(&self) -> bool {
        self.raw.is_some()
    }
}

/// What one filter said.
#[derive(Debug, Deserialize)]
pub struct Filter {
    /// Its field.
    pub field: String,
    /// What it said.
    pub result: Outcome,
}

/// One line of a list.
#[derive(Debug)]
pub struct Line {
    /// Its place, from 1.
    pub position: i32,
    /// Which venture.
    pub venture: VentureId,
    /// What it says.
    pub told: Told,
    /// Its card.
    pub card: Card,
}

impl Line {
    pub(super) fn read(entry: Entry) -> Result<Self> {
        Ok(Self {
            position: entry.position,
            venture: entry.venture_id,
            told: serde_json::from_str(&entry.result)?,
            card: serde_json::from_str(&entry.card)?,
        })
    }
}

/// Lines kept in memory at most, over all lists; some kilobytes each.
const MOST_LINES: u64 = 4_000;

/// Lists they are thought to be of; few, so that a long one finds room.
const LISTS: usize = 32;

#[derive(Clone)]
struct ByLines;

impl Weighter<Key, Arc<Listed>> for ByLines {
    fn weight(&self, _: &Key, list: &Arc<Listed>) -> u64 {
        1 + list.lines.len() as u64
    }
}

/// What a list says.
#[derive(Debug)]
pub struct Listed {
    /// All its lines that have not been erased, in their order.
    pub lines: Vec<Arc<Line>>,
    /// What they rest on.
    pub basis: Basis,
}

/// Lines never change while their list stands at one version: whatever takes a line away raises it.
type Key = (MatchListId, i32);

/// The lines of lists that were read lately, so that a page need not be parsed anew for each reader.
pub struct Lines(Cache<Key, Arc<Listed>, ByLines>);

impl Default for Lines {
    fn default() -> Self {
        Self(Cache::with_weighter(LISTS, MOST_LINES, ByLines))
    }
}

impl fmt::Debug for Lines {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lines").field("lists", &self.0.len()).finish()
    }
}

impl Lines {
    /// Forgets all of them.
    pub fn clear(&self) {
        self.0.clear();
    }

    /// What a list says.
    ///
    /// # Errors
    /// The store's.
    pub fn of(&self, conn: &mut Conn, list: &MatchList) -> Result<Arc<Listed>> {
        let key = (list.id, list.version);
        if let Some(listed) = self.0.get(&key) {
            return Ok(listed);
        }
        let entries = match_list::entries(conn, list.id, &Seek::First, list.entries_total.into())?.items;
        let lines = entries.into_iter().map(|e| Line::read(e).map(Arc::new)).collect::<Result<_>>()?;
        let listed = Arc::new(Listed { lines, basis: Basis::of(conn, list)? });
        self.0.insert(key, listed.clone());
        Ok(listed)
    }
}
