//! Second opinions: what other methods make of the ventures that a document ranks. Nothing is stored but an audit line,
//! and nothing of it is ever a list.

use serde_json::Value;

use super::live::venture_of;
use super::tuning::{Trial, Tried};
use super::{By, Error, Result, Service};
use crate::domain::criteria::Method;
use crate::domain::id::{CohortId, VentureId};
use crate::engine::analyse::{Agreement, Settings, second_opinions};

/// Most lines that are told.
pub const MOST: u32 = 100;

/// Where one venture stands, by each method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stands {
    /// The venture.
    pub venture: VentureId,
    /// In the published order.
    pub position: u32,
    /// By the published score.
    pub rank: u32,
    /// By the weighted product.
    pub wpm: usize,
    /// By TOPSIS.
    pub topsis: usize,
    /// By VIKOR.
    pub vikor: usize,
    /// Whether it is in VIKOR's compromise set.
    pub in_compromise: bool,
    /// By PROMETHEE II.
    pub promethee2: usize,
}

/// What the other methods say.
pub struct SecondOpinions {
    /// The first of the published order, at most as many as the document's limit and as [`MOST`].
    pub lines: Vec<Stands>,
    /// How many are among the first k by every method.
    pub shared: usize,
    /// How far every two of the orders agree, over all eligible ventures.
    pub agreement: Vec<Agreement>,
    /// The k of the top-k overlap.
    pub k: u32,
    /// How many ventures are eligible.
    pub eligible: usize,
    /// The data version that was ranked.
    pub data_version: i64,
}

/// Ranks a document over what is listed now, as a what-if does, and by four other methods over the same values.
///
/// The methods take the values that the score took: those of the value functions, and for a missing answer its policy's.
/// Where a preference drops out of a venture's score, the venture's own score stands in for it: the average without it is
/// the average with it.
///
/// # Errors
/// [`Error::Invalid`] with every fault; [`Error::NotFound`] for an unknown cohort.
pub fn ask(service: &Service, by: By<'_>, document: &Value, cohort: Option<CohortId>) -> Result<SecondOpinions> {
    let trial = Trial::new(service, cohort)?;
    let tried = trial.rank(document, "/document")?;
    trial.note(by, "second_opinions", &[&tried.document])?;
    let Tried { rankable, document, ranking } = tried;

    let mut weights = Vec::new();
    let mut values = Vec::with_capacity(ranking.merit().len());
    for placed in ranking.placed() {
        let own = (ranking.shown(placed.score).to_f64() / 100.0).clamp(0.0, 1.0);
        let contributions = ranking.contributions(placed);
        if weights.is_empty() {
            weights = contributions.iter().map(|c| c.weight.to_f64()).collect();
        }
        let value = |c: &crate::engine::Contribution| c.value.map_or(own, |v| v.to_f64().clamp(0.0, 1.0));
        values.push(contributions.iter().map(value).collect::<Vec<f64>>());
    }
    let k = document.limit.min(MOST);
    let mut found = SecondOpinions {
        lines: Vec::new(),
        shared: 0,
        agreement: Vec::new(),
        k,
        eligible: values.len(),
        data_version: rankable.version,
    };
    if values.is_empty() {
        return Ok(found);
    }
    let floor = match document.method {
        Method::Geometric { floor } => floor.to_f64(),
        Method::Additive => Settings::default().floor,
    };
    let settings = Settings { floor, ..Settings::default() };
    let opinions = second_opinions(&values, &weights, &settings).map_err(|e| Error::Internal(e.to_string()))?;
    let ranks: Vec<usize> = ranking.placed().map(|placed| placed.rank as usize).collect();
    found.agreement = opinions.agreement(&ranks, k as usize);
    let compromise = opinions.compromise();
    for (row, placed) in ranking.placed().enumerate().take(k as usize) {
        found.lines.push(Stands {
            venture: venture_of(&ranking, placed.row)?,
            position: placed.position,
            rank: placed.rank,
            wpm: opinions.wpm.ranking[row],
            topsis: opinions.topsis.ranking[row],
            vikor: opinions.vikor.ranking[row],
            in_compromise: compromise.contains(&row),
            promethee2: opinions.promethee2.ranking[row],
        });
    }
    let among = |rank: usize| rank <= k as usize;
    let by_all = |line: &&Stands| [line.wpm, line.topsis, line.vikor, line.promethee2].into_iter().all(among);
    found.shared = found.lines.iter().filter(by_all).count();
    Ok(found)
}
