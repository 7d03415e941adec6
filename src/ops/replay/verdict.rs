//! The replay itself: inputs and kept lines in, a verdict out. Needs no database, so that anybody can run it on a kit.
//!
//! Without erasures every line is made again from the inputs, and must be the kept one to the byte.
//!
//! Once a venture is erased its row and its line are gone, and only their hashes are kept. Then a line cannot be made
//! again as a whole, since part of it spoke of the others: its rank, the size of its tie, its distance to the cut-off.
//! What is proven then, and how:
//! - the bytes of every line that is left are those that were published: their hashes, and those in the gaps, give the
//!   hash of the list;
//! - what a line says of its venture alone (score, interval, coverage, contributions, filters, flags) is made again and
//!   must be equal;
//! - what it says of its place is not made again; it must fit. The lines that are left must be the best of the rows
//!   that are left, in the order of merit and lottery (under a floor: of each group). An erased line may have stood
//!   between them and no row that is left may.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value;

use super::inputs::{Inputs, Ranked, Unreadable};
use crate::domain::canonical;
use crate::engine::{self, Flag, Movable, Placed};
use crate::ops::{Result, line};

crate::codes! {
    /// What a replay found.
    Verdict {
        /// Everything is made again, and equal to the byte.
        Verified = "verified",
        /// So is everything that is left; some ventures were erased since.
        VerifiedExceptErased = "verified_except_erased",
        /// Something is not what was ranked or published.
        Differs = "differs",
    }
    /// How something was verified.
    How {
        /// Made again from the inputs, and equal.
        Recomputed = "recomputed",
        /// Its bytes have the hash that was kept when they were made.
        Hashed = "hashed",
    }
    /// What differs.
    What {
        /// What was ranked cannot be read any more.
        Inputs = "inputs",
        /// What was ranked has another hash.
        InputsHash = "inputs_hash",
        /// The lines have another hash.
        OutputHash = "output_hash",
        /// Another seed is printed than was drawn with.
        Seed = "seed",
        /// Another engine is named than ranked.
        EngineVersion = "engine_version",
        /// The bytes of a line, result or card, are not those that were kept.
        Line = "line",
        /// The line that is made again is another one.
        Result = "result",
        /// A line stands where it does not belong.
        Place = "place",
        /// A line is missing, or too many.
        Count = "count",
        /// It was published with other hashes, says the audit.
        Audit = "audit",
    }
}

/// Differences that are told one by one.
const TOLD: usize = 20;

/// One difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// What differs.
    pub what: What,
    /// At which line, if it is one's.
    pub position: Option<i32>,
}

/// What a replay found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Replay {
    /// In a word.
    pub verdict: Verdict,
    /// How many of the ventures that were considered have been erased since.
    pub erased: usize,
    /// Lines the list had when it was made.
    pub entries: i32,
    /// Lines that were verified.
    pub entries_equal: usize,
    /// Places of erased lines: "dihapus atas permintaan".
    pub gaps: Vec<i32>,
    /// BLAKE3 of what was ranked, as kept …
    pub inputs_hash: String,
    /// … and of the inputs now; nothing if they cannot be read.
    pub inputs_hash_now: Option<String>,
    /// BLAKE3 of what came out, as kept …
    pub output_hash: String,
    /// … and of the lines now.
    pub output_hash_now: String,
    /// The engine that ranked …
    pub engine_version: String,
    /// … and the one that replayed.
    pub engine_version_now: String,
    /// Whether the audit has these hashes as those that were published; nothing where there is no audit to ask, or
    /// the list is a draft.
    pub audited: Option<bool>,
    /// How what the lines say of their ventures was verified.
    pub results: How,
    /// How what they say of their places was.
    pub places: How,
    /// How the cards were: printed from more than a ranking reads, they are never made again.
    pub cards: How,
    /// What differs; the first twenty.
    pub differences: Vec<Difference>,
    /// How many differences there are.
    pub differences_total: usize,
}

/// One kept line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptLine {
    /// Its place, from 1.
    pub position: i32,
    /// Which venture.
    pub id: String,
    /// Canonical JSON of what is said of it.
    pub result: String,
    /// Canonical JSON of its card.
    pub card: String,
    /// The hash that was kept with it.
    pub hash: String,
}

impl KeptLine {
    /// BLAKE3 of its bytes.
    ///
    /// # Errors
    /// A fault of ours.
    pub fn hash_now(&self) -> serde_json::Result<String> {
        hash_of(self.position, &self.id, &self.result, &self.card)
    }
}

/// BLAKE3 of a line.
///
/// # Errors
/// A fault of ours.
pub fn hash_of(position: i32, id: &str, result: &str, card: &str) -> serde_json::Result<String> {
    canonical::hash(&(position, id, result, card))
}

/// BLAKE3 of a list: of the hashes of its lines in their order.
///
/// # Errors
/// A fault of ours.
pub fn output_hash<'a>(hashes: impl IntoIterator<Item = &'a str>) -> serde_json::Result<String> {
    canonical::hash(&hashes.into_iter().collect::<Vec<_>>())
}

/// Everything that is kept of a list.
#[derive(Clone, Debug)]
pub struct Kept {
    /// What it was ranked from.
    pub inputs: Result<Inputs, Unreadable>,
    /// The hash of that when the list was made.
    pub inputs_hash: String,
    /// The hash of what came out.
    pub output_hash: String,
    /// The engine that the list names.
    pub engine_version: String,
    /// The seed that it prints.
    pub seed: String,
    /// How many lines it had.
    pub entries: i32,
    /// Its lines.
    pub lines: Vec<KeptLine>,
    /// Place and hash of its erased lines.
    pub gaps: Vec<(i32, String)>,
    /// Whether the audit has both hashes as those that were published; nothing if nobody can tell.
    pub audited: Option<bool>,
}

/// Differences as they are found.
#[derive(Default)]
struct Found {
    told: Vec<Difference>,
    total: usize,
    /// Places at which something differs.
    places: BTreeSet<i32>,
}

impl Found {
    fn add(&mut self, what: What, position: impl Into<Option<i32>>) {
        let position = position.into();
        self.total += 1;
        self.places.extend(position);
        if self.told.len() < TOLD {
            self.told.push(Difference { what, position });
        }
    }
}

impl Kept {
    /// Ranks again and compares.
    ///
    /// # Errors
    /// A fault of ours.
    pub fn replay(&self) -> Result<Replay> {
        let mut found = Found::default();
        let output_hash_now = self.hashes(&mut found)?;
        if output_hash_now != self.output_hash {
            found.add(What::OutputHash, None);
        }
        if self.audited == Some(false) {
            found.add(What::Audit, None);
        }
        let (mut erased, mut inputs_hash_now) = (0, None);
        match &self.inputs {
            Err(_) => found.add(What::Inputs, None),
            Ok(inputs) => {
                erased = inputs.cut.len();
                let now = inputs.hash()?;
                if now != self.inputs_hash {
                    found.add(What::InputsHash, None);
                }
                inputs_hash_now = Some(now);
                if inputs.seed != self.seed {
                    found.add(What::Seed, None);
                }
                if inputs.engine_version != self.engine_version {
                    found.add(What::EngineVersion, None);
                }
                match inputs.rank() {
                    Err(_) => found.add(What::Inputs, None),
                    Ok(ranked) if erased == 0 => self.whole(&ranked, &mut found)?,
                    Ok(ranked) => self.what_is_left(&ranked, erased, &mut found)?,
                }
            }
        }
        let verdict = match (found.total, erased) {
            (0, 0) => Verdict::Verified,
            (0, _) => Verdict::VerifiedExceptErased,
            _ => Verdict::Differs,
        };
        Ok(Replay {
            verdict,
            erased,
            entries: self.entries,
            entries_equal: self.lines.iter().filter(|l| !found.places.contains(&l.position)).count(),
            gaps: self.gaps.iter().map(|(position, _)| *position).collect(),
            inputs_hash: self.inputs_hash.clone(),
            inputs_hash_now,
            output_hash: self.output_hash.clone(),
            output_hash_now,
            engine_version: self.engine_version.clone(),
            engine_version_now: engine::VERSION.to_owned(),
            audited: self.audited,
            results: How::Recomputed,
            places: if erased == 0 { How::Recomputed } else { How::Hashed },
            cards: How::Hashed,
            differences: found.told,
            differences_total: found.total,
        })
    }

    /// Every place has a line or a gap, and every line the bytes that were kept; gives the hash of the list.
    fn hashes(&self, found: &mut Found) -> Result<String> {
        let mut hashes = BTreeMap::new();
        for line in &self.lines {
            let now = line.hash_now()?;
            if now != line.hash {
                found.add(What::Line, line.position);
            }
            if hashes.insert(line.position, now).is_some() {
                found.add(What::Count, line.position);
            }
        }
        for (position, hash) in &self.gaps {
            if hashes.insert(*position, hash.clone()).is_some() {
                found.add(What::Count, *position);
            }
        }
        let places = i32::try_from(hashes.len()).unwrap_or(i32::MAX);
        // All different, so the first and the last say whether one is missing.
        let is_whole = hashes.keys().next().is_none_or(|first| *first == 1)
            && hashes.keys().next_back().is_none_or(|last| *last == places);
        if places != self.entries || !is_whole {
            found.add(What::Count, None);
        }
        Ok(output_hash(hashes.values().map(String::as_str))?)
    }

    /// Nobody was erased: every line is made again.
    fn whole(&self, ranked: &Ranked, found: &mut Found) -> Result<()> {
        let made = ranked.ranking.placed().take(ranked.limit);
        if made.len() != self.lines.len() {
            found.add(What::Count, None);
        }
        if !self.gaps.is_empty() {
            // A line was taken away, and its venture was not.
            found.add(What::Count, None);
        }
        let lines: BTreeMap<i32, &KeptLine> = self.lines.iter().map(|line| (line.position, line)).collect();
        for placed in made {
            let position = i32::try_from(placed.position).unwrap_or(i32::MAX);
            let Some(line) = lines.get(&position) else { continue };
            if line.id != **ranked.ranking.id(placed.row) {
                found.add(What::Place, position);
            } else if line.result != line::keep(&ranked.ranking, placed, ranked.movable(placed))? {
                found.add(What::Result, position);
            }
        }
        Ok(())
    }

    /// Somebody was erased: what does not speak of the others is made again, and the rest must fit.
    fn what_is_left(&self, ranked: &Ranked, erased: usize, found: &mut Found) -> Result<()> {
        let ranking = &ranked.ranking;
        let by_id: BTreeMap<&str, &Placed> = ranking.merit().iter().map(|p| (&**ranking.id(p.row), p)).collect();
        let mut lines: Vec<&KeptLine> = self.lines.iter().collect();
        lines.sort_by_key(|line| line.position);
        let mut next = [false, true].map(|group| ranking.merit().iter().filter(move |p| p.protected == group));
        for line in &lines {
            let Some(placed) = by_id.get(line.id.as_str()) else {
                found.add(What::Place, line.position);
                continue;
            };
            // Of each group the lines are the best, in the order of merit and lottery.
            if next[usize::from(placed.protected)].next().is_none_or(|best| best.row != placed.row) {
                found.add(What::Place, line.position);
            }
            let kept: Value = serde_json::from_str(&line.result).unwrap_or_default();
            let made: Value = serde_json::from_str(&line::keep(ranking, placed, Movable::Nothing)?)?;
            if own(kept.clone()) != own(made.clone()) {
                found.add(What::Result, line.position);
            }
            let number = |line: &Value, name: &str| line["result"][name].as_u64();
            // Whoever is gone may have stood before it, or drawn with it; nobody else can.
            let fits = |name| match (number(&kept, name), number(&made, name)) {
                (Some(then), Some(now)) => (now..=now + erased as u64).contains(&then),
                _ => false,
            };
            let position = number(&kept, "position").and_then(|n| i32::try_from(n).ok());
            if position != Some(line.position) || !fits("rank") || !fits("tie_size") {
                found.add(What::Place, line.position);
            }
        }
        let (eligible, entries) = (ranking.merit().len(), usize::try_from(self.entries).unwrap_or(0));
        // A list that is not full has everybody.
        if self.gaps.len() > erased || entries > ranked.limit || (entries < ranked.limit && lines.len() != eligible) {
            found.add(What::Count, None);
        }
        Ok(())
    }
}

/// What a line says of its venture alone.
fn own(mut line: Value) -> Value {
    if let Some(result) = line.get_mut("result").and_then(Value::as_object_mut) {
        for name in ["rank", "position", "tie_size", "gap_to_cutoff", "changes", "combination"] {
            result.remove(name);
        }
        if let Some(Value::Array(flags)) = result.get_mut("flags") {
            flags.retain(|flag| flag != Flag::Setara.as_str());
        }
    }
    line
}
