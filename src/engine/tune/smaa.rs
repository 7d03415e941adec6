//! SMAA-2: how often a venture is where, when nobody knows the weights (Lahdelma and Salminen, 2001).
//!
//! Weights are drawn uniformly from a [`Region`]; under each draw all eligible ventures are scored with the values of
//! the published ranking and ranked as it ranks, 1 + the number with a higher score, so ventures with the same answers
//! share their ranks; among the first k there are never more than k, and the lottery decides between equals there. Who is eligible, and by merit alone, is as the document says: neither coverage nor a floor
//! follows the draws.
//!
//! Scores are sums of doubles in one fixed order, counts are whole numbers and weights are added up in units of 2⁻⁴⁰:
//! the result depends on the seed and not on the number of threads.

use std::collections::HashMap;
use std::sync::Arc;

use serde::Serialize;

use super::draw::{Sampler, Way};
use super::region::{NoWeights, Polytope, Region};
use super::tally::{Table, count};
use crate::domain::criteria::normalised;
use crate::domain::decimal::{Decimal, UNITS};
use crate::engine::ranking::Ranking;
use crate::engine::snapshot::RowNo;

/// Most draws of one survey.
pub const MOST_DRAWS: u32 = 1_000_000;
/// Most ventures whose ranks are told in full.
pub const MOST_NAMED: usize = 100;

/// What to ask.
#[derive(Clone, Debug)]
pub struct Survey<'a> {
    /// How many weights to draw, 1 to [`MOST_DRAWS`].
    pub draws: u32,
    /// The same seed gives the same draws.
    pub seed: &'a str,
    /// Where from.
    pub region: &'a Region,
    /// Eligible ventures to tell all ranks of, at most [`MOST_NAMED`], each once.
    pub named: &'a [RowNo],
    /// How many threads may work; it changes nothing else.
    pub threads: usize,
}

/// Why a survey was not made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// There are no weights to draw.
    #[error(transparent)]
    Weights(#[from] NoWeights),
    /// No draws, or too many.
    #[error("{draws} draws; 1 to {MOST_DRAWS} are possible")]
    Draws {
        /// How many were asked for.
        draws: u32,
    },
    /// More ventures are named than can be told of in full.
    #[error("{named} ventures are named; {MOST_NAMED} are possible")]
    TooManyNamed {
        /// How many are named.
        named: usize,
    },
    /// A named venture is not eligible, or named twice.
    #[error("the named venture at place {at} is not eligible, or is named twice")]
    NotEligible {
        /// Its place among those named.
        at: usize,
    },
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Smaa {
    /// How many weights were drawn.
    pub draws: u32,
    /// The k of the top k.
    pub k: usize,
    /// How many steps of hit-and-run lay between two draws; nothing when draws are independent.
    pub steps: Option<u32>,
    /// The largest 95 % error of any share here, that of one half; [`Smaa::error_of`] tells that of another.
    pub error: f64,
    /// All eligible ventures, in merit order.
    pub ventures: Vec<Acceptability>,
    /// The named ventures, in the order in which they were named.
    pub named: Vec<Named>,
}

/// How often one venture is where.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Acceptability {
    /// The venture.
    pub id: Arc<str>,
    /// Share of the draws in which it is among the first k; of equals at the cut-off, those whom the lottery draws.
    pub top: f64,
    /// Share of the draws in which its rank is 1.
    pub first: f64,
    /// The mean of the weights that make it first, in document order, summing to 1; nothing if none do.
    pub central: Option<Vec<Decimal>>,
}

/// All ranks of one venture, and how it does against the others that are named.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Named {
    /// The venture.
    pub id: Arc<str>,
    /// Rank and share of the draws in which it has it, for the ranks that it ever has, ascending.
    pub ranks: Vec<(u32, f64)>,
    /// For each named venture, the share of the draws in which this one is strictly above it.
    pub wins: Vec<f64>,
}

impl Smaa {
    /// The 95 % error of a share among independent draws: 1.96·√(p(1 − p) ÷ draws). Draws along a chain are nearly
    /// independent, so theirs is a little larger.
    pub fn error_of(&self, share: f64) -> f64 {
        error(share, self.draws)
    }
}

fn error(share: f64, draws: u32) -> f64 {
    let share = share.clamp(0.0, 1.0);
    1.959_963_984_540_054 * (share * (1.0 - share) / f64::from(draws.max(1))).sqrt()
}

/// Draws weights and counts ranks.
///
/// # Errors
/// [`Refused`].
pub fn smaa(ranking: &Ranking, survey: &Survey<'_>) -> Result<Smaa, Refused> {
    let Survey { draws, named, .. } = *survey;
    if draws == 0 || draws > MOST_DRAWS {
        return Err(Refused::Draws { draws });
    }
    if named.len() > MOST_NAMED {
        return Err(Refused::TooManyNamed { named: named.len() });
    }
    let places: HashMap<RowNo, usize> = ranking.merit().iter().map(|placed| placed.row).zip(0..).collect();
    let mut asked = Vec::with_capacity(named.len());
    for (at, row) in named.iter().enumerate() {
        match places.get(row) {
            Some(place) if !asked.contains(place) => asked.push(*place),
            _ => return Err(Refused::NotEligible { at }),
        }
    }
    let polytope = Polytope::new(survey.region, ranking.plan.preferences.len())?;
    let sampler = Sampler::new(&polytope, survey.seed);
    let table = Table::new(ranking);
    let tally = count(&table, &sampler, ranking.k(), draws, &asked, survey.threads);
    let share = |count: u32| f64::from(count) / f64::from(draws);
    let id = |place: usize| ranking.merit().get(place).map(|placed| ranking.id(placed.row).clone());
    let ventures = tally.top.iter().enumerate().filter_map(|(place, top)| {
        // Ventures with the same answers are first together.
        let first = tally.first.get(&table.twin[place]);
        let central = first.map(|(_, sum)| sum.iter().map(|units| i128::from(*units)).collect::<Vec<i128>>());
        Some(Acceptability {
            id: id(place)?,
            top: share(*top),
            first: first.map_or(0.0, |(count, _)| share(*count)),
            central: central.map(|sum| normalised(&sum, UNITS).into_iter().map(Decimal::from_units).collect()),
        })
    });
    let told = asked.iter().enumerate().filter_map(|(at, place)| {
        Some(Named {
            id: id(*place)?,
            ranks: tally.ranks[at].iter().map(|(rank, count)| (*rank, share(*count))).collect(),
            wins: tally.wins[at * asked.len()..][..asked.len()].iter().map(|count| share(*count)).collect(),
        })
    });
    Ok(Smaa {
        draws,
        k: ranking.k(),
        steps: if let Way::HitAndRun { steps } = sampler.way() { Some(steps) } else { None },
        error: error(0.5, draws),
        ventures: ventures.collect(),
        named: told.collect(),
    })
}
