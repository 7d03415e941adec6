//! A list as one file that verifies itself: what it was ranked from, its lines, and their hashes. No name is in it, and
//! no answer that the criteria do not read. Ventures are there by their ids, which are random: the lottery draws by
//! them. Whom an id belongs to only the service knows.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::inputs::Inputs;
use super::verdict::{Kept, KeptLine, Replay};
use crate::domain::canonical;
use crate::domain::criteria::each_once;
use crate::domain::id::VentureId;
use crate::ops::{Error, Result};

/// What a kit says it is.
pub const FORMAT: &str = "sedaya-kit-1";

/// A kit may be so long.
pub const LARGEST: u64 = 256 << 20;

/// A list as a file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kit {
    /// [`FORMAT`].
    pub format: String,
    /// The list.
    pub list: Named,
    /// The engine that ranked.
    pub engine_version: String,
    /// Seed of the lottery.
    pub lottery_seed: String,
    /// BLAKE3 of what was ranked.
    pub inputs_hash: String,
    /// BLAKE3 of the lines' hashes.
    pub output_hash: String,
    /// How many lines it had when it was made.
    pub entries_total: i32,
    /// What it was ranked from.
    pub inputs: Inputs,
    /// Its lines, by position.
    pub lines: Vec<KitLine>,
    /// Its erased lines, by position.
    pub gaps: Vec<KitGap>,
}

/// Which list a kit is of. No hash is over this: a kit proves what its lines follow from, and not whose they are. That
/// the list has this output hash is told by the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Named {
    /// Its id.
    pub id: String,
    /// The criteria …
    pub criteria_id: String,
    /// … and their version.
    pub criteria_version: i32,
    /// The data version it was ranked over.
    pub data_version: i64,
}

/// One line of a kit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KitLine {
    /// Its place, from 1.
    pub position: i32,
    /// Which row.
    pub id: String,
    /// What is said of it.
    #[serde(deserialize_with = "each_once")]
    pub result: Value,
    /// Its card.
    #[serde(deserialize_with = "each_once")]
    pub card: Value,
    /// BLAKE3 of the line.
    pub hash: String,
}

/// One erased line of a kit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KitGap {
    /// Its place, from 1.
    pub position: i32,
    /// BLAKE3 of the line that stood there.
    pub hash: String,
}

/// Why a file is no kit.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoKit {
    /// Not JSON of this shape.
    #[error("this is no kit: {0}. Download it again from GET /v1/match-lists/{{id}}/kit")]
    Shape(String),
    /// A kit of another format.
    #[error(
        "this kit has the format {0:?}, and this program reads {FORMAT:?}. Replay it with the version that made it"
    )]
    Format(String),
}

impl Kit {
    /// A kit of what is kept.
    ///
    /// # Errors
    /// [`Error::Internal`] when the inputs cannot be read.
    pub(super) fn of(list: Named, kept: Kept) -> Result<Self> {
        let line = |line: KeptLine| {
            Ok(KitLine {
                position: line.position,
                id: line.id,
                result: serde_json::from_str(&line.result)?,
                card: serde_json::from_str(&line.card)?,
                hash: line.hash,
            })
        };
        Ok(Self {
            format: FORMAT.to_owned(),
            list,
            engine_version: kept.engine_version,
            lottery_seed: kept.seed,
            inputs_hash: kept.inputs_hash,
            output_hash: kept.output_hash,
            entries_total: kept.entries,
            inputs: kept.inputs.map_err(|e| Error::Internal(e.to_string()))?,
            lines: kept.lines.into_iter().map(line).collect::<Result<_>>()?,
            gaps: kept.gaps.into_iter().map(|(position, hash)| KitGap { position, hash }).collect(),
        })
    }

    /// Of whom it tells: the lines, and whoever was considered.
    pub fn ventures(&self) -> impl Iterator<Item = VentureId> {
        let lines = self.lines.iter().map(|line| &line.id);
        lines.chain(self.inputs.rows.iter().map(|row| &row.id)).filter_map(|id| id.parse().ok())
    }

    /// As a file: canonical JSON.
    ///
    /// # Errors
    /// A fault of ours.
    pub fn text(&self) -> Result<String> {
        Ok(canonical::to_string(self)?)
    }

    /// Reads a file. A member that is written twice is refused wherever it stands: what is read must be all that the
    /// file says.
    ///
    /// # Errors
    /// [`NoKit`].
    pub fn read(bytes: &[u8]) -> Result<Self, NoKit> {
        #[derive(Deserialize)]
        struct Told {
            format: String,
        }
        let shape = |e: serde_json::Error| NoKit::Shape(e.to_string());
        let told: Told = serde_json::from_slice(bytes).map_err(shape)?;
        if told.format != FORMAT {
            return Err(NoKit::Format(told.format.chars().take(40).collect()));
        }
        serde_json::from_slice(bytes).map_err(shape)
    }

    /// Ranks again and compares, with nothing but what is in the kit.
    ///
    /// # Errors
    /// A fault of ours.
    pub fn replay(self) -> Result<Replay> {
        let line = |line: KitLine| {
            Ok(KeptLine {
                position: line.position,
                id: line.id,
                result: canonical::to_string(&line.result)?,
                card: canonical::to_string(&line.card)?,
                hash: line.hash,
            })
        };
        let kept = Kept {
            inputs: Ok(self.inputs),
            inputs_hash: self.inputs_hash,
            output_hash: self.output_hash,
            engine_version: self.engine_version,
            seed: self.lottery_seed,
            entries: self.entries_total,
            lines: self.lines.into_iter().map(line).collect::<Result<_>>()?,
            gaps: self.gaps.into_iter().map(|gap| (gap.position, gap.hash)).collect(),
            audited: None,
        };
        kept.replay()
    }
}
