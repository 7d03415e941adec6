//! What each weight does to one venture.

use std::time::Instant as Stopwatch;

use actix_web::post;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::super::answer::Answer;
use super::super::caller::Caller;
use super::super::engine_schema::CriteriaDocument;
use super::super::json::Json;
use super::super::problem::Result;
use super::{decimal, label, seen, written};
use crate::domain::decimal::Decimal;
use crate::domain::field::Registry;
use crate::domain::id::{CohortId, VentureId};
use crate::domain::right::op;
use crate::domain::text::{Lang, Text};
use crate::engine::tune::{Bar, Tip};
use crate::ops::By;
use crate::ops::tuning;

/// One venture under weights that move a little.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TornadoQuestion {
    /// Filters, preferences and options.
    #[schema(value_type = CriteriaDocument)]
    document: Value,
    /// Which venture.
    venture_id: VentureId,
    /// By how much each weight moves, of 1; 0.05 if left out.
    #[schema(nullable = false, example = 0.05, minimum = 0, maximum = 1)]
    step: Option<f64>,
    /// Only ventures of this cohort; all if left out.
    #[schema(nullable = false)]
    cohort_id: Option<CohortId>,
}

/// The venture at one end.
#[derive(Serialize, ToSchema)]
pub struct TornadoTip {
    /// The weight there, of 1.
    #[schema(example = 0.35, minimum = 0, maximum = 1)]
    weight: f64,
    /// Its score there; null when it is not ranked there.
    #[schema(required = true, example = 79.5)]
    score: Option<f64>,
    /// Its rank by merit there; null when it is not ranked there.
    #[schema(required = true, example = 4, minimum = 1)]
    rank: Option<usize>,
}

impl From<Tip> for TornadoTip {
    fn from(tip: Tip) -> Self {
        Self { weight: tip.weight.to_f64(), score: tip.score.map(Decimal::to_f64), rank: tip.rank }
    }
}

/// What one weight does to the venture.
#[derive(Serialize, ToSchema)]
pub struct TornadoBar {
    /// The field.
    #[schema(example = "dimension.MGT", max_length = 200)]
    field: String,
    /// What people read.
    #[schema(example = "Manajemen keuangan berkelanjutan", max_length = 200)]
    label: String,
    /// Its weight now, of 1.
    #[schema(example = 0.4, minimum = 0, maximum = 1)]
    weight: f64,
    low: TornadoTip,
    high: TornadoTip,
    /// Its best rank with any weight between the two ends, wherever it is ranked.
    #[schema(example = 2, minimum = 1)]
    best_rank: usize,
    /// Its worst.
    #[schema(example = 7, minimum = 1)]
    worst_rank: usize,
}

/// What each weight does to the venture.
#[derive(Serialize, ToSchema)]
pub struct Tornado {
    venture_id: VentureId,
    /// What people read first.
    #[schema(
        example = "Peringkat 2 sampai 7, skor 71,3 sampai 80,2; paling bergantung pada Manajemen keuangan berkelanjutan.",
        max_length = 400
    )]
    headline: String,
    /// Its rank by merit with the weights as they are.
    #[schema(example = 3, minimum = 1)]
    rank: u32,
    /// Its score with the weights as they are.
    #[schema(example = 76.5)]
    score: f64,
    /// By preference, in the document's order.
    #[schema(max_items = 64)]
    items: Vec<TornadoBar>,
    /// The data version that was ranked.
    #[schema(example = 80, minimum = 0)]
    data_version: i64,
}

/// The range of ranks and scores, and the weight that does most.
fn headline(bars: &[Bar], registry: &Registry) -> Text {
    let best = bars.iter().map(|bar| bar.best_rank).min().unwrap_or_default();
    let worst = bars.iter().map(|bar| bar.worst_rank).max().unwrap_or_default();
    let least = bars.iter().map(|bar| bar.scores[0]).min().unwrap_or_default().to_f64();
    let most = bars.iter().map(|bar| bar.scores[1]).max().unwrap_or_default().to_f64();
    let is_ranked = |bar: &Bar| bar.low.rank.is_some() && bar.high.rank.is_some();
    let width = |bar: &&Bar| (!is_ranked(bar), bar.scores[1].units() - bar.scores[0].units());
    // Of equals the first of the document: `max_by_key` gives the last.
    let widest = bars.iter().rev().max_by_key(width).map_or("", |bar| &*bar.field);
    let (hangs, depends) = (label(registry, widest, Lang::En), label(registry, widest, Lang::Id));
    let said = |number: f64, lang: Lang| written(number, 1, lang);
    let (low, high) = (said(least, Lang::Id), said(most, Lang::Id));
    let id = format!("Peringkat {best} sampai {worst}, skor {low} sampai {high}; paling bergantung pada {depends}.");
    let (low, high) = (said(least, Lang::En), said(most, Lang::En));
    let en = format!("Rank {best} to {worst}, score {low} to {high}; it hangs most on {hangs}.");
    if best == worst && bars.iter().all(|bar| is_ranked(bar) && bar.scores[0] == bar.scores[1]) {
        return Text::new(
            format!("Peringkat {best}; tidak ada bobot yang mengubah skornya."),
            format!("Rank {best}; no weight changes its score."),
        );
    }
    match bars.iter().all(is_ranked) {
        true => Text::new(id, en),
        false => Text::new(
            format!("{id} Dengan sebagian bobot usaha ini tidak diperingkat."),
            format!("{en} With some weights it is not ranked."),
        ),
    }
}

/// What does each weight do to one venture?
///
/// Use it to see which weights a venture's place hangs on: its score and rank when each weight in turn is a little smaller and a little
/// larger, the others keeping their proportions, and the range of its ranks between.
#[utoipa::path(
    tag = "rankings",
    responses((status = 200, body = Tornado)),
    extensions(("x-problems" = json!(["not_found", "no_rubric"])))
)]
#[post("/v1/rankings/tornado")]
pub async fn get_tornado(caller: Caller<op::GetTornado>, Json(sent): Json<TornadoQuestion>) -> Result<Answer<Tornado>> {
    let (actor, lang, began) = (caller.actor, caller.lang, Stopwatch::now());
    let step = decimal(sent.step.unwrap_or(0.05), "/step")?;
    let work = caller.run(move |service| {
        let one = (sent.venture_id, step);
        let (found, tried) = tuning::tornado(service, By::Account(&actor), &sent.document, sent.cohort_id, one)?;
        seen(service, &actor, [sent.venture_id])?;
        let registry = &tried.rankable.registry;
        let headline = headline(&found.bars, registry).get(lang).to_owned();
        let bar = |bar: Bar| TornadoBar {
            label: label(registry, &bar.field, lang),
            field: bar.field.to_string(),
            weight: bar.weight.to_f64(),
            low: bar.low.into(),
            high: bar.high.into(),
            best_rank: bar.best_rank,
            worst_rank: bar.worst_rank,
        };
        Ok(Tornado {
            venture_id: sent.venture_id,
            headline,
            rank: found.rank,
            score: found.score.to_f64(),
            items: found.bars.into_iter().map(bar).collect(),
            data_version: tried.rankable.version,
        })
    });
    Ok(Answer::ok(work.await?).timed("tornado", began.elapsed()))
}
