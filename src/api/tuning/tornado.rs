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
use crate::domain::id::{CohortId, VentureId};
use crate::domain::right::op;
use crate::domain::text::{Lang, Text};
use crate::engine::tune::Tip;
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
    /// By preference, in the document's order.
    #[schema(max_items = 64)]
    items: Vec<TornadoBar>,
    /// The data version that was ranked.
    #[schema(example = 80, minimum = 0)]
    data_version: i64,
}

/// The range of ranks and scores, and the weight that does most. Nothing where the venture is ranked at no end.
fn headline(items: &[TornadoBar], lang: Lang) -> String {
    let tips = || items.iter().flat_map(|bar| [&bar.low, &bar.high]);
    let ranks = || tips().filter_map(|tip| tip.rank);
    let scores = || tips().filter_map(|tip| tip.score);
    let (Some(best), Some(worst)) = (ranks().min(), ranks().max()) else {
        let nowhere = Text::new(
            "Dengan bobot yang bergeser usaha ini tidak diperingkat.",
            "With weights that move, this business is not ranked.",
        );
        return nowhere.get(lang).to_owned();
    };
    let least = written(scores().fold(f64::INFINITY, f64::min), 1, lang);
    let most = written(scores().fold(f64::NEG_INFINITY, f64::max), 1, lang);
    let width = |bar: &TornadoBar| bar.low.score.zip(bar.high.score).map_or(f64::INFINITY, |(a, b)| (a - b).abs());
    // Of equals the first of the document: `max_by` gives the last.
    let widest = items.iter().rev().max_by(|a, b| width(a).total_cmp(&width(b)));
    let most_by = widest.map_or("", |bar| &bar.label);
    let told = Text::new(
        format!("Peringkat {best} sampai {worst}, skor {least} sampai {most}; paling bergantung pada {most_by}."),
        format!("Rank {best} to {worst}, score {least} to {most}; it hangs most on {most_by}."),
    );
    told.get(lang).to_owned()
}

/// What does each weight do to one venture?
///
/// Use it to see which weights a venture's place hangs on: its score and rank when each weight in turn is a little smaller and a little
/// larger, the others keeping their proportions.
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
        let (bars, tried) = tuning::tornado(service, By::Account(&actor), &sent.document, sent.cohort_id, one)?;
        seen(service, &actor, [sent.venture_id])?;
        let bar = |bar: crate::engine::tune::Bar| TornadoBar {
            label: label(&tried.rankable.registry, &bar.field, lang),
            field: bar.field.to_string(),
            weight: bar.weight.to_f64(),
            low: bar.low.into(),
            high: bar.high.into(),
        };
        let items: Vec<TornadoBar> = bars.into_iter().map(bar).collect();
        let headline = headline(&items, lang);
        Ok(Tornado { venture_id: sent.venture_id, headline, items, data_version: tried.rankable.version })
    });
    Ok(Answer::ok(work.await?).timed("tornado", began.elapsed()))
}
