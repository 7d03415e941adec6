//! An owner's own venture: its strengths, the one thing that blocks the next level, and what its owner says of it.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{Act, Error, Result, Service, next_version};
use crate::domain::assessment::Outcome;
use crate::domain::canonical;
use crate::domain::fault::Fault;
use crate::domain::id::VentureId;
use crate::domain::rubric::Rubric;
use crate::domain::text::Text;
use crate::domain::venture::{Instrument, InvestorKind, Profile, RupiahRange};
use crate::store::{assessment, venture};

/// How many strengths are told.
const TOLD: usize = 2;

/// What an owner may know of the own venture.
pub struct Own {
    /// What it is called.
    pub name: String,
    /// Rises with each change.
    pub version: i32,
    /// What is known of it.
    pub profile: Profile,
    /// What its ratings come to; nothing before an assessment.
    pub outcome: Option<Outcome>,
    /// The rubric that names dimensions and levels.
    pub rubric: Arc<Rubric>,
}

impl Own {
    /// The dimensions in which it is strongest, the strongest first; of equals the first of the rubric. By number.
    pub fn strengths(&self) -> Vec<usize> {
        let Some(outcome) = &self.outcome else { return Vec::new() };
        let scored = outcome.dimensions.iter().enumerate().filter_map(|(d, found)| Some((found.score()?, d)));
        let mut scored: Vec<_> = scored.collect();
        scored.sort_by_key(|(score, d)| (std::cmp::Reverse(*score), *d));
        scored.into_iter().take(TOLD).map(|(_, d)| d).collect()
    }

    /// The dimension that blocks the next level.
    pub fn blocking(&self) -> Option<usize> {
        self.outcome.as_ref()?.readiness.blocking
    }
}

/// An owner's own venture.
///
/// # Errors
/// [`Error::NotFound`]; [`super::Conflict::NoRubric`].
pub fn own(service: &Service, id: VentureId) -> Result<Own> {
    let rankable = service.rankable()?;
    service.read(|conn| {
        let row = venture::find(conn, id)?.ok_or(Error::NotFound)?;
        let outcome = assessment::outcomes_of(conn, &[id])?.pop();
        let outcome = outcome.filter(|found| (found.rubric_id, found.rubric_number) == rankable.rubric_of());
        Ok(Own {
            profile: serde_json::from_str(&row.profile)?,
            name: row.name,
            version: row.version,
            outcome: outcome.map(|found| serde_json::from_str(&found.outcome)).transpose()?,
            rubric: rankable.rubric.clone(),
        })
    })
}

/// What an owner may say of the own venture without anybody else: which support is welcome. What is `None` stays; `Some(None)`
/// takes the answer back.
#[derive(Clone, Debug, Default)]
pub struct Welcome {
    /// Kinds of support.
    pub instruments: Option<Option<Vec<Instrument>>>,
    /// How much is asked for.
    pub funding_need: Option<Option<RupiahRange>>,
    /// Sharia contracts only.
    pub sharia_only: Option<Option<bool>>,
    /// Kinds of investor that are not wanted.
    pub excluded_investor_kinds: Option<Option<Vec<InvestorKind>>>,
}

/// Changes what is welcome to a venture that stands at `version`.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Stale`]; [`Error::Invalid`] for a range that ends before it begins.
pub fn change(act: &mut Act<'_>, id: VentureId, version: i64, change: Welcome) -> Result<()> {
    let mut row = venture::find(act.conn, id)?.ok_or(Error::NotFound)?;
    let mut profile: Profile = serde_json::from_str(&row.profile)?;
    if let Some(Some(need)) = change.funding_need
        && need.min > need.max
    {
        return Err(Error::Invalid(vec![Fault {
            pointer: "/funding_need/max".into(),
            code: "range_reversed",
            detail: Text::new(
                "Paling sedikit tidak boleh melebihi paling banyak.",
                "The least must not be above the most.",
            ),
        }]));
    }
    let said = [
        ("instruments", change.instruments.is_some()),
        ("funding_need", change.funding_need.is_some()),
        ("sharia_only", change.sharia_only.is_some()),
        ("excluded_investor_kinds", change.excluded_investor_kinds.is_some()),
    ];
    let now = said.iter().filter(|(_, is_said)| *is_said).map(|(name, _)| *name);
    let all: BTreeSet<&str> = row.owner_said.split(',').filter(|name| !name.is_empty()).chain(now).collect();
    row.owner_said = all.into_iter().collect::<Vec<_>>().join(",");
    profile.instruments = change.instruments.unwrap_or(profile.instruments);
    profile.funding_need = change.funding_need.unwrap_or(profile.funding_need);
    profile.sharia_only = change.sharia_only.unwrap_or(profile.sharia_only);
    profile.excluded_investor_kinds = change.excluded_investor_kinds.unwrap_or(profile.excluded_investor_kinds);
    row.profile = canonical::to_string(&profile)?;
    row.version = next_version(row.version, version)?;
    row.updated_at = act.now;
    if !venture::update(act.conn, &row)? {
        return Err(Error::Stale);
    }
    act.rankable_changed(id)?;
    act.audit("venture.change", id, &row.profile)
}
